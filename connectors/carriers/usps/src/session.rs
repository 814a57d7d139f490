//! The OAuth token: client credentials, as JSON.

use jiff::Timestamp;
use serde::Serialize;

use crossdock_connector::{Error, HttpRequest, HttpResponse, Result, Session, Token, wire};

use crate::error;
use crate::track::Tracking;

#[derive(Serialize)]
struct Ask<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
}

impl Session for Tracking {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let config = &self.config;
        let ask = Ask {
            grant_type: "client_credentials",
            client_id: &config.client_id,
            client_secret: config.client_secret.text("track.client_secret")?,
        };
        let body = wire::json(&ask)?;
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
        Token::granted(&reply.body, now)
    }
}
