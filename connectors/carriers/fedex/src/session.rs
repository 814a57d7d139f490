//! The OAuth token: client credentials in the body, about an hour.

use jiff::Timestamp;
use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, HttpRequest, HttpResponse, Result, Session, Token, form};

use crate::error;
use crate::track::Calls;

#[derive(Deserialize)]
struct Opened<'a> {
    #[serde(borrow, default)]
    access_token: Scalar<'a>,
    /// Seconds.
    #[serde(borrow, default)]
    expires_in: Scalar<'a>,
}

impl Session for Calls {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let secret = self.config.client_secret.expose_text();
        let secret = secret.ok_or_else(|| Error::config("expected text").at("track.client_secret"))?;
        let body = form::write([
            ("grant_type", "client_credentials"),
            ("client_id", &self.config.client_id),
            ("client_secret", secret),
        ]);
        Ok(HttpRequest::post(
            format!("{}/oauth/token", self.config.base()),
            "application/x-www-form-urlencoded",
            body,
        ))
    }

    fn opened(&self, _last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        if let Err(error) = error::check(reply) {
            // There is no session yet that could have ended: the credentials are refused.
            return Err(if error.kind() == ErrorKind::Session {
                Error::auth(error.message()).vendor(error.vendor_code.unwrap_or_default())
            } else {
                error
            });
        }
        let opened: Opened<'_> = wire::parse(&reply.body)?;
        let access = opened.access_token.text();
        let access =
            access.ok_or_else(|| Error::malformed("a token reply without a token").at("$.access_token"))?;
        let token = Token::new(access);
        Ok(match opened.expires_in.text().and_then(|text| text.parse().ok()) {
            Some(seconds) => token.lives(now, seconds),
            None => token,
        })
    }
}
