//! Login with Amazon: the refresh token gives access tokens of an hour.

use std::sync::Arc;

use jiff::Timestamp;

use crossdock_connector::{
    Error, ErrorKind, Grant, HttpRequest, HttpResponse, Result, Session, Token, form, wire,
};

use crate::config::Config;

/// The session part.
pub(crate) struct Lwa {
    pub(crate) config: Arc<Config>,
}

impl Session for Lwa {
    fn open(&self, last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let refresh = last.and_then(|token| token.refresh.as_ref()).unwrap_or(&self.config.refresh_token);
        let body = form::write([
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.text("refresh_token")?),
            ("client_id", &self.config.client_id),
            ("client_secret", self.config.client_secret.text("client_secret")?),
        ]);
        Ok(HttpRequest::post(self.config.token_service.clone(), form::TYPE, body)
            .header("accept", "application/json"))
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        let read = wire::object::<Grant<'_>>(&reply.body);
        if let Some(code) = read.as_ref().ok().and_then(|grant| grant.error.text()) {
            let kind = match code {
                "invalid_grant" | "invalid_client" | "unauthorized_client" | "access_denied" => {
                    ErrorKind::Auth
                }
                "invalid_request" | "unsupported_grant_type" | "invalid_scope" => ErrorKind::Config,
                "server_error" | "temporarily_unavailable" => ErrorKind::Unavailable,
                _ if reply.is_success() => ErrorKind::Auth,
                _ => ErrorKind::from_status(reply.status),
            };
            let mut error = Error::new(kind, "the token service refuses").vendor(code);
            error.retry_after = reply.retry_after();
            return Err(error);
        }
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        read?.token(last, now)
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::{ConnectorConfig, settings, sign};

    use super::*;

    /// The vector of the fact sheet: the body of the call, with a bar in the refresh token.
    #[test]
    fn the_form_is_written_as_amazon_reads_it() {
        let mut table: toml::Table = Config::example().parse().unwrap();
        settings::resolve(&mut table, &|reference| {
            Ok(match reference {
                settings::SecretRef::Env("AMAZON_REFRESH_TOKEN") => "Atzr|demo".to_owned(),
                settings::SecretRef::Env("AMAZON_CLIENT_SECRET") => "amzn1.oa2-cs.v1.demo".to_owned(),
                _ => "a-token-of-some-length".to_owned(),
            })
        })
        .unwrap();
        let lwa = Lwa { config: Arc::new(settings::read(table).unwrap()) };
        let request = lwa.open(None, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(
            sign::hex(&sign::sha256(&request.body)),
            "19b66361f5e4fc507d9acb2f20fb64aab63463fbb214cd06b8dc3e51e178ecc1",
            "{:?}",
            request.body
        );
        // A refresh token that was replaced is used from then on.
        let last = Token::new("x").renewed_by("Atzr|new");
        let body = lwa.open(Some(&last), Timestamp::UNIX_EPOCH).unwrap().body;
        assert!(std::str::from_utf8(&body).unwrap().contains("refresh_token=Atzr%7Cnew"));
    }
}
