//! The OAuth token: client credentials, as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, HttpRequest, HttpResponse, Result, Session, Token};

use crate::error;
use crate::track::Tracking;

#[derive(Serialize)]
struct Ask<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
}

#[derive(Deserialize)]
struct Opened<'a> {
    #[serde(borrow, default)]
    access_token: Scalar<'a>,
    /// Seconds, as a number or a text.
    #[serde(borrow, default)]
    expires_in: Scalar<'a>,
}

impl Session for Tracking {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let config = &self.config;
        let ask = Ask {
            grant_type: "client_credentials",
            client_id: &config.client_id,
            client_secret: config.client_secret.expose_text().unwrap_or_default(),
        };
        let body = serde_json::to_vec(&ask)
            .map_err(|error| Error::new(ErrorKind::Bug, "a call cannot be written").because(error))?;
        let url = format!("{}/oauth2/v3/token", config.base());
        Ok(HttpRequest::post(url, "application/json", body).header("accept", "application/json"))
    }

    fn opened(&self, _last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        if let Err(error) = error::check(reply) {
            let refused = matches!(reply.status, 200 | 400 | 401 | 403);
            return Err(if refused {
                // There is no session yet that could have ended: the credentials are refused.
                let auth = Error::auth("usps opens no session");
                match error.vendor_code {
                    Some(code) => auth.vendor(code),
                    None => auth,
                }
            } else {
                error
            });
        }
        let opened: Opened<'_> = wire::parse(&reply.body)?;
        let access = opened
            .access_token
            .text()
            .ok_or_else(|| Error::malformed("a token reply without a token").at("$.access_token"))?;
        let token = Token::new(access);
        Ok(match opened.expires_in.text().and_then(|text| text.parse().ok()) {
            Some(seconds) => token.lives(now, seconds),
            None => token,
        })
    }
}
