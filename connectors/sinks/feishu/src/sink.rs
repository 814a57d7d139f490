//! One message, signed, and what became of it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crossdock_connector::words::{self, Bulletin, Post};
use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Exchange, HttpRequest, HttpResponse, HttpSink, Outcome, Repeat,
    Result, Step, sign,
};

use crate::config::Config;
use crate::reply;

/// The sink.
pub(crate) struct FeishuSink {
    send: String,
    secret: Option<Vec<u8>>,
    bulletin: Bulletin,
}

impl FeishuSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let base = config.base_url.trim_end_matches('/');
        Ok(Self {
            send: format!("{base}/open-apis/bot/v2/hook/{}", words::token(&config.hook)?),
            bulletin: config.bulletin(),
            secret: config.secret.map(|secret| secret.expose().to_vec()),
        })
    }

    fn request(&self, post: &Post, now: Timestamp) -> HttpRequest {
        let mut body = json!({"msg_type": "text", "content": {"text": post.text}});
        if let (Some(secret), Some(members)) = (&self.secret, body.as_object_mut()) {
            let seconds = now.as_second();
            members.insert("timestamp".to_owned(), seconds.to_string().into());
            members.insert("sign".to_owned(), signature(secret, seconds).into());
        }
        HttpRequest::post(self.send.clone(), "application/json; charset=utf-8", body.to_string())
    }
}

impl HttpSink for FeishuSink {
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

/// Base64 of HMAC-SHA256 over nothing, with time and secret as key: the reverse of what others do.
fn signature(secret: &[u8], seconds: i64) -> String {
    let mut key = format!("{seconds}\n").into_bytes();
    key.extend_from_slice(secret);
    sign::base64(&sign::hmac_sha256(&key, b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the fact sheet.
    #[test]
    fn signs_as_the_vendor_does() {
        let expected = "SXsjdxguugtfNrZxDDzfOZjfKVAwpfP14fZKksUL9rs=";
        assert_eq!(signature(b"demo-secret", 1_760_000_000), expected);
    }
}
