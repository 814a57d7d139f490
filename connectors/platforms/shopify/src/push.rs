//! Webhooks: base64 HMAC-SHA256 of the raw body under the app's client secret.
//!
//! Only the body is signed. The headers that say which shop and which topic are not, so the shop is held
//! against the configured one here, and the body against the topic when it is normalized.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, Headers, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
    sign,
};

const SIGNATURE: &str = "x-shopify-hmac-sha256";
const TOPIC: &str = "x-shopify-topic";
const SHOP: &str = "x-shopify-shop-domain";
/// Only the newer "Events" channel sends it, and its bodies are of another kind.
const EVENTS_CHANNEL: &str = "shopify-hmac-sha256";
/// What people need to tell deliveries apart; none of it is secret.
const KEPT: &[&str] =
    &["x-shopify-api-version", "x-shopify-event-id", "x-shopify-webhook-id", "x-shopify-triggered-at"];

/// Webhooks of one shop.
#[derive(Debug)]
pub(crate) struct Webhooks {
    pub(crate) shop: String,
    pub(crate) secrets: Vec<Secret>,
}

impl Push for Webhooks {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        if request.headers.get(EVENTS_CHANNEL).is_some() {
            return Err(Error::auth("the events channel is not supported, only classic webhooks"));
        }
        let claim = sign::unbase64(request.required(SIGNATURE)?.trim())
            .ok_or_else(|| Error::auth("signature is not base64"))?;
        request.required(TOPIC)?;
        if !request.required(SHOP)?.trim().eq_ignore_ascii_case(&self.shop) {
            return Err(Error::auth("webhook of another shop"));
        }
        Ok(SignedParts {
            message: Cow::Borrowed(request.body),
            presented: vec![(Scheme::HmacSha256, claim)],
            keys: self.secrets.iter().map(|secret| (Scheme::HmacSha256, secret)).collect(),
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        let request = request.request();
        let mut headers = Headers::default();
        for name in KEPT {
            if let Some(value) = request.headers.get(name) {
                headers.push(name, value);
            }
        }
        let topic = request.headers.get(TOPIC).unwrap_or_default().trim();
        Captured { headers, ..Captured::new(topic, request.body.to_vec()) }
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        HttpReply::empty(ack.status())
    }
}
