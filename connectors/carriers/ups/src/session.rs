//! The OAuth token: client credentials, about four hours.

use jiff::Timestamp;

use crossdock_connector::{HttpRequest, HttpResponse, Result, Session, Token, at_login, sign};

use crate::error;
use crate::track::Details;

impl Session for Details {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let config = &self.config;
        let secret = config.client_secret.text("track.client_secret")?;
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
        error::check(reply).map_err(at_login)?;
        Token::granted(&reply.body, now)
    }
}
