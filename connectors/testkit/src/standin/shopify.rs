//! Shopify's side of its webhooks: signs a body and posts it until it gets a 2xx.
//!
//! As the fact sheet says: base64 HMAC-SHA256 over the body with the client secret, five seconds for an answer, and
//! retries carry the original bytes. Where Shopify spreads its retries over hours, this one backs off for seconds.
//! Whether `X-Shopify-Webhook-Id` stays the same on a retry is not established; here it does.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use crossdock_connector::sign;
use jiff::Timestamp;

use super::{Client, Rng};

/// The version in the header.
const API_VERSION: &str = "2026-10";

/// A webhook as it is sent: what one subscription tells about one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// `orders/paid`.
    pub topic: String,
    /// The body as sent, on every attempt.
    pub body: Bytes,
    /// Id of the delivery.
    pub webhook_id: String,
    /// Id of the merchant's action: webhooks of other topics may share it.
    pub event_id: String,
    /// When the action was.
    pub triggered_at: Timestamp,
}

impl Webhook {
    /// A webhook with ids drawn from a seed.
    #[must_use]
    pub fn new(topic: &str, body: impl Into<Bytes>, triggered_at: Timestamp, rng: &mut Rng) -> Self {
        let (webhook_id, event_id) = (uuid(rng), uuid(rng));
        Self { topic: topic.to_owned(), body: body.into(), webhook_id, event_id, triggered_at }
    }
}

/// 128 drawn bits in the form of a version 4 UUID.
fn uuid(rng: &mut Rng) -> String {
    let (high, low) = (rng.draw(), rng.draw());
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

/// The value of `X-Shopify-Hmac-Sha256`.
#[must_use]
pub fn signature(secret: &[u8], body: &[u8]) -> String {
    sign::base64(&sign::hmac_sha256(secret, body))
}

/// What became of sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Webhooks that got a 2xx.
    pub acknowledged: u64,
    /// Attempts.
    pub attempts: u64,
    /// Answers other than 2xx.
    pub refused: u64,
    /// Attempts without an answer.
    pub failed: u64,
}

/// Sends to one address.
pub struct Sender {
    client: Client,
    shop_domain: String,
    secret: Vec<u8>,
    /// Wait after the first failure; doubles up to two seconds.
    pub wait: Duration,
    /// Attempts for one webhook before it gives up: Shopify makes nine.
    pub attempts: u32,
    counts: Sent,
}

impl Sender {
    /// Time for an answer.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// A sender for one shop.
    ///
    /// # Errors
    /// `InvalidInput` when it is no `http://` address.
    pub fn new(url: &str, shop_domain: &str, secret: impl Into<Vec<u8>>) -> io::Result<Self> {
        Ok(Self {
            client: Client::new(url, Self::TIMEOUT)?,
            shop_domain: shop_domain.to_owned(),
            secret: secret.into(),
            wait: Duration::from_millis(20),
            attempts: 50,
            counts: Sent::default(),
        })
    }

    /// Sends one webhook until it is acknowledged.
    ///
    /// # Errors
    /// The last reason, when it gave up.
    pub async fn send(&mut self, webhook: &Webhook) -> io::Result<()> {
        let signature = signature(&self.secret, &webhook.body);
        let triggered_at = webhook.triggered_at.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", "Shopify-Captain-Hook"),
            ("x-shopify-topic", webhook.topic.as_str()),
            ("x-shopify-shop-domain", &self.shop_domain),
            ("x-shopify-api-version", API_VERSION),
            ("x-shopify-webhook-id", &webhook.webhook_id),
            ("x-shopify-event-id", &webhook.event_id),
            ("x-shopify-triggered-at", &triggered_at),
            ("x-shopify-hmac-sha256", &signature),
        ];
        let mut wait = self.wait;
        let mut last = io::Error::other("never tried");
        for _ in 0..self.attempts {
            self.counts.attempts += 1;
            match self.client.post("", &headers, webhook.body.clone()).await {
                Ok(reply) if reply.is_success() => {
                    self.counts.acknowledged += 1;
                    return Ok(());
                }
                Ok(reply) => {
                    self.counts.refused += 1;
                    last = io::Error::other(format!("http status {}", reply.status));
                }
                // Trying again would not make a header of it.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
                Err(error) => {
                    self.counts.failed += 1;
                    last = error;
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(2));
        }
        Err(last)
    }

    /// What became of it so far.
    #[must_use]
    pub fn counts(&self) -> Sent {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::standin::server::{Answer, Server};

    /// The worked vector of the fact sheet, section 2.
    #[test]
    fn signs_as_shopify_does() {
        let body = br##"{"id":820982911946154508,"name":"#9999","test":true}"##;
        assert_eq!(
            signature(b"demo-only-shopify-client-secret", body),
            "/FF9JL2UWdmeCzRyBmzyuGeMyU10UxWd4SlWH3i30HE="
        );
    }

    #[test]
    fn ids_have_the_form_of_a_uuid() {
        let mut rng = Rng::new(1);
        let id = uuid(&mut rng);
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_ne!(id, uuid(&mut rng));
    }

    #[tokio::test]
    async fn retries_carry_the_same_bytes_and_ids_until_a_2xx() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        let server = Server::start(move |asked| {
            let notes = Arc::clone(&notes);
            async move {
                let mut notes = notes.lock().unwrap();
                let header = |name: &str| asked.header(name).unwrap_or_default().to_owned();
                let ids = (header("x-shopify-webhook-id"), header("x-shopify-hmac-sha256"));
                notes.push((asked.body.clone(), ids, header("x-shopify-topic")));
                match notes.len() {
                    1 => Answer::HangUp,
                    2 => Answer::reply(503, "text/plain", ""),
                    3 => Answer::reply(302, "text/plain", ""),
                    _ => Answer::reply(204, "text/plain", ""),
                }
            }
        })
        .await
        .unwrap();
        let mut sender = Sender::new(&server.url(), "demo.example.com", "secret").unwrap();
        sender.wait = Duration::from_millis(1);
        let webhook = Webhook::new("orders/paid", "{}", Timestamp::UNIX_EPOCH, &mut Rng::new(1));
        sender.send(&webhook).await.unwrap();
        assert_eq!(sender.counts(), Sent { acknowledged: 1, attempts: 4, refused: 2, failed: 1 });
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.len(), 4);
        assert!(seen.iter().all(|request| *request == seen[0]));
        assert_eq!(seen[0].1.1, signature(b"secret", b"{}"));
        assert_eq!(seen[0].2, "orders/paid");
        server.stop().await;
        sender.attempts = 2;
        assert!(sender.send(&webhook).await.is_err());
    }
}
