//! U8's token: two hours, fetched anew five minutes before.

use crossdock_connector::{
    Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Session, Token, percent,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::reply::{text, words};

/// How long before its end a token is not used any more.
const EARLY: u32 = 300;

/// Opens sessions.
pub(crate) struct U8Session {
    pub(crate) base_url: String,
    pub(crate) from_account: String,
    pub(crate) app_key: String,
    pub(crate) app_secret: Secret,
}

impl Session for U8Session {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let secret =
            self.app_secret.expose_text().ok_or_else(|| Error::config("is not text").at("u8.app_secret"))?;
        Ok(HttpRequest::get(format!(
            "{}/system/token?from_account={}&app_key={}&app_secret={}",
            self.base_url.trim_end_matches('/'),
            percent::encode(&self.from_account),
            percent::encode(&self.app_key),
            percent::encode(secret),
        )))
    }

    fn opened(&self, _last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        let value: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let code = text(value.as_ref().and_then(|value| value.get("errcode")));
        if code.is_empty() {
            let nonsense =
                || Error::new(ErrorKind::Unavailable, "the answer to the token call has no errcode");
            return Err(if reply.is_success() { nonsense() } else { Error::from_response(reply) });
        }
        if code != "0" {
            let message = words(&text(value.as_ref().and_then(|value| value.get("errmsg"))));
            return Err(Error::auth(format!("token refused: {message}")).vendor(words(&code)));
        }
        let token = value.as_ref().and_then(|value| value.get("token"));
        let id = text(token.and_then(|token| token.get("id")));
        if id.is_empty() {
            return Err(Error::new(ErrorKind::Unavailable, "the answer to the token call has no token"));
        }
        let seconds = text(token.and_then(|token| token.get("expiresIn"))).parse::<u32>().ok();
        Ok(match seconds {
            Some(seconds) => Token::new(id).lives(now, seconds.saturating_sub(EARLY)),
            None => Token::new(id),
        })
    }
}
