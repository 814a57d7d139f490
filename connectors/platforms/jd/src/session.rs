//! Access tokens: a refresh token gives a new one.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, Grant, HttpRequest, HttpResponse, Result, Session, Token, form};

use crate::config::Config;

/// The session part.
pub(crate) struct Refresh {
    pub(crate) config: Arc<Config>,
}

/// What the service says where it grants nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused<'a> {
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
            ("app_secret", self.config.app_secret.text("app_secret")?),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.text("refresh_token")?),
        ]);
        Ok(HttpRequest::get(format!("{}?{query}", self.config.oauth)))
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        let grant: Grant<'_> = wire::object(&reply.body)?;
        let refused: Refused<'_> = wire::object(&reply.body)?;
        if let (None, Some(code)) = (grant.access_token.text(), refused.code.text()) {
            // Whatever the reason: only somebody who authorizes anew can mend it.
            return Err(Error::auth("the token service refused the refresh token").vendor(code));
        }
        grant.token(last, now)
    }
}
