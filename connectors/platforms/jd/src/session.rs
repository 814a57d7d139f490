//! Access tokens: a refresh token gives a new one.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, HttpRequest, HttpResponse, Result, Session, Token, form};

use crate::config::Config;
use crate::sign;

/// The session part.
pub(crate) struct Refresh {
    pub(crate) config: Arc<Config>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Grant<'a> {
    #[serde(borrow)]
    access_token: Scalar<'a>,
    #[serde(borrow)]
    refresh_token: Scalar<'a>,
    /// Seconds from now.
    #[serde(borrow)]
    expires_in: Scalar<'a>,
    #[serde(borrow)]
    code: Scalar<'a>,
}

impl Session for Refresh {
    fn open(&self, last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let refresh = last
            .and_then(|token| token.refresh.as_ref())
            .or(self.config.refresh_token.as_ref())
            .ok_or_else(|| Error::config("is missing").at("refresh_token"))?;
        let query = form::write([
            ("app_key", self.config.app_key.as_str()),
            ("app_secret", sign::text(&self.config.app_secret, "app_secret")?),
            ("grant_type", "refresh_token"),
            ("refresh_token", sign::text(refresh, "refresh_token")?),
        ]);
        Ok(HttpRequest::get(format!("{}?{query}", self.config.oauth)))
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        let grant: Grant<'_> = wire::object(&reply.body)?;
        let Some(access) = grant.access_token.text() else {
            return Err(match grant.code.text() {
                // Whatever the reason: only somebody who authorizes anew can mend it.
                Some(code) => Error::auth("the token service refused the refresh token").vendor(code),
                None => Error::malformed("there is no access token in it").at("$.access_token"),
            });
        };
        let mut token = Token::new(access);
        if let Some(seconds) = grant.expires_in.text() {
            let seconds = seconds.parse().map_err(|_| Error::malformed("not seconds").at("$.expires_in"))?;
            token = token.lives(now, seconds);
        }
        // The one used before stays good where the service gives no new one.
        let kept = last.and_then(|token| token.refresh.as_ref()).map(|secret| secret.expose().to_vec());
        Ok(match grant.refresh_token.text().map(|text| text.as_bytes().to_vec()).or(kept) {
            Some(refresh) => token.renewed_by(refresh),
            None => token,
        })
    }
}
