//! Pushed messages: a list in one body, signed by MD5 over application, raw body and secret. The platform takes nothing
//! stronger; the messages only say what to fetch.

use std::borrow::Cow;
use std::sync::Arc;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, SignedParts, Verified, sign,
};

use crate::MESSAGES;
use crate::config::Config;

const SIGNATURE: &str = "event-sign";
const APPLICATION: &str = "app-id";

/// The push part.
#[derive(Debug)]
pub(crate) struct DouyinPush {
    pub(crate) config: Arc<Config>,
}

impl Push for DouyinPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let claim = sign::unhex(request.required(SIGNATURE)?.trim())
            .ok_or_else(|| Error::auth("signature is not hex"))?;
        // What is signed begins with the application, so the header cannot lie about it.
        let app_key = self.config.app_key.as_str();
        if request.required(APPLICATION)?.trim() != app_key {
            return Err(Error::auth("message for another application"));
        }
        let secrets = std::iter::once(&self.config.app_secret).chain(&self.config.next_app_secret);
        Ok(SignedParts {
            message: Cow::Owned([app_key.as_bytes(), request.body].concat()),
            presented: vec![(Scheme::SaltedMd5, claim)],
            keys: secrets.map(|secret| (Scheme::SaltedMd5, secret)).collect(),
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(MESSAGES, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, r#"{"code":0,"msg":"success"}"#),
            Ack::TryLater => HttpReply::json(503, r#"{"code":1,"msg":"try later"}"#),
            Ack::Refused => HttpReply::json(401, r#"{"code":1,"msg":"unauthorized"}"#),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_the_one_the_platform_wants() {
        let config = r#"shop = "1"
            app_key = "2"
            app_secret = { env = "X" }
            access_token = { env = "X" }"#;
        let mut table = config.parse().unwrap();
        crossdock_connector::settings::resolve(&mut table, &|_| Ok("secret".to_owned())).unwrap();
        let config = Arc::new(crossdock_connector::settings::read(table).unwrap());
        let stored = DouyinPush { config }.reply(Ack::Stored);
        assert_eq!((stored.status, &*stored.body), (200, br#"{"code":0,"msg":"success"}"#.as_slice()));
    }
}
