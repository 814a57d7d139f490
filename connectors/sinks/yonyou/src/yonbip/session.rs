//! The access token of a self-built application: two hours, fetched anew five minutes before.

use crossdock_connector::sign::{base64, hmac_sha256};
use crossdock_connector::{
    Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Session, Token, percent,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::reply::{text, words};

/// How long before its end a token is not used any more.
const EARLY: u32 = 300;

/// Opens sessions.
pub(crate) struct YonbipSession {
    pub(crate) token_url: String,
    pub(crate) app_key: String,
    pub(crate) app_secret: Secret,
}

/// The signature: names and values in the order of the names, put together.
fn signature(app_key: &str, secret: &Secret, milliseconds: i64) -> String {
    let text = format!("appKey{app_key}timestamp{milliseconds}");
    base64(&hmac_sha256(secret.expose(), text.as_bytes()))
}

impl Session for YonbipSession {
    fn open(&self, _last: Option<&Token>, now: Timestamp) -> Result<HttpRequest> {
        let time = now.as_millisecond();
        let signature = signature(&self.app_key, &self.app_secret, time);
        Ok(HttpRequest::get(format!(
            "{}/open-auth/selfAppAuth/getAccessToken?appKey={}&timestamp={time}&signature={}",
            self.token_url.trim_end_matches('/'),
            percent::encode(&self.app_key),
            percent::encode(&signature),
        )))
    }

    fn opened(&self, _last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        let value: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let code = text(value.as_ref().and_then(|value| value.get("code")));
        if code.is_empty() {
            let nonsense = || Error::new(ErrorKind::Unavailable, "the answer to the token call has no code");
            return Err(if reply.is_success() { nonsense() } else { Error::from_response(reply) });
        }
        if code != "00000" {
            let message = words(&text(value.as_ref().and_then(|value| value.get("message"))));
            return Err(Error::auth(format!("token refused: {message}")).vendor(words(&code)));
        }
        let data = value.as_ref().and_then(|value| value.get("data"));
        let access = text(data.and_then(|data| data.get("access_token")));
        let seconds = data.and_then(|data| data.get("expire")).and_then(Value::as_u64);
        if access.is_empty() {
            return Err(Error::new(ErrorKind::Unavailable, "the answer to the token call has no token"));
        }
        let token = Token::new(access);
        Ok(match seconds.and_then(|seconds| u32::try_from(seconds).ok()) {
            Some(seconds) => token.lives(now, seconds.saturating_sub(EARLY)),
            None => token,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the fact sheet, made by the vendor's demonstration of a self-built application.
    #[test]
    fn signs_as_the_demonstration_does() {
        let secret = Secret::new("demo-app-secret");
        assert_eq!(
            signature("demo-app-key", &secret, 1_760_000_000_000),
            "HmccZjLRQB9vf4rx66ZLrSKzSpGE/r1hcNgtxSeK3zk="
        );
        let session = YonbipSession {
            token_url: "https://c0.example.test/iuap-api-auth/".into(),
            app_key: "demo-app-key".into(),
            app_secret: secret,
        };
        let request = session.open(None, Timestamp::from_millisecond(1_760_000_000_000).unwrap()).unwrap();
        assert_eq!(
            request.url,
            "https://c0.example.test/iuap-api-auth/open-auth/selfAppAuth/getAccessToken?appKey=demo-app-key\
             &timestamp=1760000000000&signature=HmccZjLRQB9vf4rx66ZLrSKzSpGE%2Fr1hcNgtxSeK3zk%3D"
        );
    }
}
