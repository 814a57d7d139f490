//! The OAuth token: client credentials, about four hours.

use jiff::Timestamp;
use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, HttpRequest, HttpResponse, Result, Session, Token, sign};

use crate::error;
use crate::track::Details;

#[derive(Deserialize)]
struct Opened<'a> {
    #[serde(borrow, default)]
    access_token: Scalar<'a>,
    /// Seconds, as a text.
    #[serde(borrow, default)]
    expires_in: Scalar<'a>,
}

impl Session for Details {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let config = &self.config;
        let secret = config.client_secret.expose_text().unwrap_or_default();
        let basic = sign::base64(format!("{}:{secret}", config.client_id).as_bytes());
        let request = HttpRequest::post(
            format!("{}/security/v1/oauth/token", config.base()),
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials",
        )
        .header("authorization", format!("Basic {basic}"))
        .header("accept", "application/json");
        Ok(match &config.merchant_id {
            Some(merchant) => request.header("x-merchant-id", merchant.as_str()),
            None => request,
        })
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
