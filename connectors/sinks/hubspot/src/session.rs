//! The access token of an OAuth app. It is renewed by its end, not by a refusal: the vendor says that a 401 is no
//! reliable sign of it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crossdock_connector::words::without_people;
use crossdock_connector::{
    Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Session, Token, percent,
};

use crate::config::Config;

/// The session of an app; a private app's token needs none.
pub(crate) fn of(config: &Config) -> Option<Arc<dyn Session>> {
    let oauth = config.oauth.as_ref()?;
    Some(Arc::new(OAuthSession {
        url: format!("{}/oauth/v1/token", config.base()),
        client_id: oauth.client_id.clone(),
        client_secret: oauth.client_secret.clone(),
        refresh_token: oauth.refresh_token.clone(),
    }))
}

struct OAuthSession {
    url: String,
    client_id: String,
    client_secret: Secret,
    refresh_token: Secret,
}

impl Session for OAuthSession {
    fn open(&self, last: Option<&Token>, _: Timestamp) -> Result<HttpRequest> {
        // The vendor may have given a newer one with the last token.
        let refresh = last.and_then(|token| token.refresh.as_ref()).unwrap_or(&self.refresh_token);
        let mut body = String::from("grant_type=refresh_token");
        for (name, value) in [
            ("client_id", Some(self.client_id.as_str())),
            ("client_secret", self.client_secret.expose_text()),
            ("refresh_token", refresh.expose_text()),
        ] {
            body.push('&');
            body.push_str(name);
            body.push('=');
            body.push_str(&percent::encode(value.unwrap_or_default()));
        }
        Ok(HttpRequest::post(self.url.clone(), "application/x-www-form-urlencoded", body))
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if !reply.is_success() {
            let kind = match reply.status {
                // A refused grant comes as 400.
                400..=403 => ErrorKind::Auth,
                status => ErrorKind::from_status(status),
            };
            let said = without_people(text("message").unwrap_or_default(), &[]);
            let mut error =
                Error::new(kind, format!("no access token, http status {}: {said}", reply.status));
            error.vendor_code = text("status").or_else(|| text("error")).map(str::to_owned);
            error.retry_after = reply.retry_after();
            return Err(error);
        }
        let (Some(access), Some(seconds)) =
            (text("access_token"), body.get("expires_in").and_then(Value::as_u64))
        else {
            return Err(Error::malformed("a token reply without `access_token` and `expires_in`"));
        };
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        let token = Token::new(access).lives(now, seconds);
        let kept = last.and_then(|token| token.refresh.as_ref()).and_then(Secret::expose_text);
        Ok(match text("refresh_token").or(kept) {
            Some(refresh) => token.renewed_by(refresh),
            None => token,
        })
    }
}
