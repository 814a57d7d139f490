//! Messages posted to us: by a bridge beside the platform's own channel, or by the Agiso relay.
//!
//! The platform calls no URL: it speaks over a WebSocket that a client of ours holds open. A bridge beside that
//! client posts each text frame as it is and proves itself by the token in the path. Our answer is the Ack frame
//! that the bridge sends back; without it the platform sends the message again.
//!
//! The relay calls a URL of ours and signs its one field with a secret.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, SignedParts, Verified, form, sign, wire,
};

use crate::config::Config;
use crate::wire::Frame;
use crate::{PMC, RELAY, sign as ours};

/// The push part.
#[derive(Debug)]
pub(crate) struct PinduoduoPush {
    pub(crate) config: Arc<Config>,
}

/// The query of the relay; nothing else that posts to us has a signature there.
fn relay<'q>(request: &Request<'q>) -> Result<Option<form::Form<'q>>> {
    let query = form::Form::read(request.query.as_bytes())
        .map_err(|_| Error::auth("the query is no proper URL encoding"))?;
    let signed = query.fields().any(|(name, _)| name == "sign");
    Ok(signed.then_some(query))
}

impl Push for PinduoduoPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let Some(query) = relay(request)? else {
            let token = request.path_token.ok_or_else(|| Error::auth("path token is missing"))?;
            let keys = self.config.path_token.iter().chain(&self.config.previous_path_token);
            return Ok(SignedParts::shared(token, keys));
        };
        let secret =
            self.config.relay_secret.as_ref().ok_or_else(|| Error::auth("no relay is configured"))?;
        let needed = |name: &'static str| {
            let value = query.get(name).map(str::to_owned);
            value.ok_or_else(|| Error::auth(format!("{name} is missing or there twice")))
        };
        let (claim, timestamp) = (needed("sign")?, needed("timestamp")?);
        let claim = sign::unhex(&claim).ok_or_else(|| Error::auth("the signature is not hex"))?;
        let seconds = timestamp.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let seconds = seconds.ok_or_else(|| Error::auth("the signed time is not seconds"))?;
        let json = form::Form::read(request.body).ok().and_then(|body| body.take("json"));
        let json = json.ok_or_else(|| Error::auth("the signed field is missing or there twice"))?;
        Ok(SignedParts {
            message: Cow::Owned(ours::relay_message(secret.expose(), &json, &timestamp)),
            presented: vec![(Scheme::LegacyMd5, claim)],
            keys: vec![(Scheme::LegacyMd5, secret)],
            signed_at: Some(seconds),
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        let request = request.request();
        let topic = if matches!(relay(request), Ok(Some(_))) { RELAY } else { PMC };
        Captured::new(topic, request.body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, r#"{"stored":true}"#),
            Ack::TryLater => HttpReply::json(503, r#"{"stored":false}"#),
            Ack::Refused => HttpReply::json(401, r#"{"stored":false}"#),
        }
    }

    fn reply_to(&self, ack: Ack, request: &Request<'_>) -> HttpReply {
        if ack != Ack::Stored || matches!(relay(request), Ok(Some(_)) | Err(_)) {
            return self.reply(ack);
        }
        // A frame that cannot be read is stored all the same, but nobody can say what to confirm.
        frame_ack(request.body).map_or_else(|| self.reply(ack), |frame| HttpReply::json(200, frame))
    }
}

/// The Ack frame for a message.
fn frame_ack(body: &[u8]) -> Option<String> {
    let frame: Frame<'_> = wire::parse(body).ok()?;
    let message = frame.message?;
    let number = |value: &crate::wire::Value<'_>| {
        let text = wire::text(value.as_ref())?;
        text.parse::<i64>().ok()
    };
    let mut ack = serde_json::Map::new();
    ack.insert("id".to_owned(), number(&frame.id)?.into());
    ack.insert("commandType".to_owned(), "Ack".into());
    for (name, value) in [("time", &frame.time), ("sendTime", &frame.send_time)] {
        if let Some(value) = number(value) {
            ack.insert(name.to_owned(), value.into());
        }
    }
    ack.insert("type".to_owned(), wire::text(message.kind.as_ref())?.into());
    if let Some(mall) = number(&message.mall_id) {
        ack.insert("mallID".to_owned(), mall.into());
    }
    Some(serde_json::Value::Object(ack).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ack_is_the_frame_the_platform_wants() {
        let frame = include_bytes!("../fixtures/pmc/trade_confirmed/input.json");
        let wanted = include_str!("../fixtures/_requests/pmc_ack.json");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&frame_ack(frame).unwrap()), read(wanted));
        assert_eq!(frame_ack(b"{\"id\":1"), None);
        assert_eq!(frame_ack(br#"{"id":1,"commandType":"HeartBeat","time":1}"#), None);
    }
}
