//! The session of the integration user. Salesforce does not say how long it lives: it is used until it is refused.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crossdock_connector::words::without_people;
use crossdock_connector::{
    Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Session, Token, percent,
};

use crate::config::Config;

/// Where calls go, kept beside the token.
pub(crate) const INSTANCE: &str = "instance_url";

/// The session of a connected app.
pub(crate) fn of(config: &Config) -> Arc<dyn Session> {
    Arc::new(ClientCredentials {
        url: format!("{}/services/oauth2/token", config.base()),
        encrypted: config.base_url.starts_with("https://"),
        client_id: config.client_id.clone(),
        client_secret: config.client_secret.clone(),
    })
}

struct ClientCredentials {
    url: String,
    encrypted: bool,
    client_id: String,
    client_secret: Secret,
}

impl Session for ClientCredentials {
    fn open(&self, _: Option<&Token>, _: Timestamp) -> Result<HttpRequest> {
        let mut body = String::from("grant_type=client_credentials&client_id=");
        body.push_str(&percent::encode(&self.client_id));
        body.push_str("&client_secret=");
        body.push_str(&percent::encode(self.client_secret.expose_text().unwrap_or_default()));
        Ok(HttpRequest::post(self.url.clone(), "application/x-www-form-urlencoded", body)
            .header("accept", "application/json"))
    }

    fn opened(&self, _: Option<&Token>, reply: &HttpResponse, _: Timestamp) -> Result<Token> {
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if !reply.is_success() {
            let kind = match reply.status {
                // Refused grants and apps come as 400.
                400..=403 => ErrorKind::Auth,
                status => ErrorKind::from_status(status),
            };
            let said = without_people(text("error_description").unwrap_or_default(), &[]);
            let mut error = Error::new(kind, format!("no session, http status {}: {said}", reply.status));
            error.vendor_code = text("error").map(str::to_owned);
            error.retry_after = reply.retry_after();
            return Err(error);
        }
        let (Some(access), Some(instance)) = (text("access_token"), text("instance_url")) else {
            return Err(Error::malformed("a token reply without `access_token` and `instance_url`"));
        };
        let instance = instance.trim_end_matches('/');
        // The session goes there with every call: never in the clear where the login was not.
        if self.encrypted && !instance.starts_with("https://") {
            return Err(Error::malformed("`instance_url` of the token reply is not encrypted"));
        }
        Ok(Token::new(access).with(INSTANCE, instance))
    }
}
