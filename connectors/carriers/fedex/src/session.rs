//! The OAuth token: client credentials in the body, about an hour.

use jiff::Timestamp;

use crossdock_connector::{HttpRequest, HttpResponse, Result, Session, Token, at_login, form};

use crate::error;
use crate::track::Calls;

impl Session for Calls {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let secret = self.config.client_secret.text("track.client_secret")?;
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
        error::check(reply).map_err(at_login)?;
        Token::granted(&reply.body, now)
    }
}
