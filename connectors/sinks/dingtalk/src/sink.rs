//! One message, signed, and what became of it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crossdock_connector::words::{self, Bulletin, Post};
use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Exchange, HttpRequest, HttpResponse, HttpSink, Outcome, Repeat,
    Result, Step, sign,
};

use crate::config::{Config, Format};
use crate::reply;

/// The sink.
pub(crate) struct DingtalkSink {
    send: String,
    secret: Option<Vec<u8>>,
    format: Format,
    bulletin: Bulletin,
}

impl DingtalkSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let base = config.base_url.trim_end_matches('/');
        Ok(Self {
            send: format!("{base}/robot/send?access_token={}", words::token(&config.access_token)?),
            bulletin: config.bulletin(),
            secret: config.secret.map(|secret| secret.expose().to_vec()),
            format: config.format,
        })
    }

    fn request(&self, post: &Post, now: Timestamp) -> HttpRequest {
        // Nobody is called: people decide for themselves what is urgent.
        let body = match self.format {
            Format::Text => {
                json!({"msgtype": "text", "text": {"content": post.text}, "at": {"isAtAll": false}})
            }
            Format::Markdown => json!({
                "msgtype": "markdown",
                "markdown": {"title": post.title, "text": post.text},
                "at": {"isAtAll": false},
            }),
        };
        let mut url = self.send.clone();
        if let Some(secret) = &self.secret {
            let milliseconds = now.as_millisecond();
            url.push_str(&format!("&timestamp={milliseconds}&sign={}", signature(secret, milliseconds)));
        }
        HttpRequest::post(url, "application/json; charset=utf-8", body.to_string())
    }
}

impl HttpSink for DingtalkSink {
    fn together(&self, batch: &[Delivery]) -> usize {
        self.bulletin.together(batch)
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        if let Some(said) = past.last() {
            return Step::Done(self.bulletin.outcomes(batch, || reply::read(&said.reply)));
        }
        match self.bulletin.post(batch) {
            Some(post) => Step::write("send", self.request(&post, context.now)),
            // Nobody is told anything, so there is no reply to ask about.
            None => Step::Done(self.bulletin.outcomes(batch, || Outcome::AlreadyThere)),
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::AtMostOnce
    }

    fn takes(&self) -> &'static [&'static str] {
        self.bulletin.words.takes()
    }

    fn pause(&self, reply: &HttpResponse) -> Option<Duration> {
        reply::pause(reply)
    }
}

/// Base64 of HMAC-SHA256 over time and secret, with the secret as key, as it stands in an address.
fn signature(secret: &[u8], milliseconds: i64) -> String {
    let mut message = format!("{milliseconds}\n").into_bytes();
    message.extend_from_slice(secret);
    let text = sign::base64(&sign::hmac_sha256(secret, &message));
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the fact sheet, and two of our own with the characters that an address cannot hold.
    #[test]
    fn signs_as_the_vendor_does() {
        assert_eq!(
            signature(b"SECdemo", 1_760_000_000_000),
            "tb4KRme0ae1cb6TIwf9fABb7Uu7QlqDJHKvkjDNsNfU%3D"
        );
        for milliseconds in 1_760_000_000_000..1_760_000_000_100 {
            let text = signature(b"SECdemo", milliseconds);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'%'), "{text}");
        }
    }
}
