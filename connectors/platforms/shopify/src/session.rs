//! Access tokens of apps that the platform lets expire: an hour each. The refresh token gives the next one, and with it the
//! refresh token of the time after that (90 days).

use jiff::Timestamp;
use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{
    Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Session, Token, form,
};

/// Longest code of an error that is kept.
const LONGEST_CODE: usize = 64;

/// The session part.
#[derive(Debug)]
pub(crate) struct Refresh {
    pub(crate) shop: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    /// The one of the settings, for as long as the platform has given no other.
    pub(crate) first: Secret,
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
    error: Scalar<'a>,
}

fn text<'s>(secret: &'s Secret, key: &str) -> Result<&'s str> {
    secret.expose_text().map(str::trim).ok_or_else(|| Error::config("is no text").at(key))
}

impl Session for Refresh {
    fn open(&self, last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let refresh = last.and_then(|token| token.refresh.as_ref()).unwrap_or(&self.first);
        let body = form::write([
            ("client_id", self.client_id.trim()),
            ("client_secret", text(&self.client_secret, "secret")?),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(refresh, "refresh_token")?),
        ]);
        let url = format!("https://{}/admin/oauth/access_token", self.shop);
        Ok(HttpRequest::post(url, form::TYPE, body).header("accept", "application/json"))
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        let read = wire::object::<Grant<'_>>(&reply.body);
        if let Some(code) = read.as_ref().ok().and_then(|grant| grant.error.text()) {
            // Whatever the word: only somebody who authorizes the app anew can mend it, unless the platform itself is down.
            let kind = match ErrorKind::from_status(reply.status) {
                passing @ (ErrorKind::RateLimited | ErrorKind::Unavailable) => passing,
                _ => ErrorKind::Auth,
            };
            let mut error = Error::new(kind, "the platform refuses the refresh token")
                .vendor(code.chars().take(LONGEST_CODE).collect::<String>());
            error.retry_after = reply.retry_after();
            return Err(error);
        }
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        let grant = read?;
        let Some(access) = grant.access_token.text() else {
            return Err(Error::malformed("there is no access token in it").at("$.access_token"));
        };
        let mut token = Token::new(access);
        if let Some(seconds) = grant.expires_in.text() {
            let seconds = seconds.parse().map_err(|_| Error::malformed("not seconds").at("$.expires_in"))?;
            token = token.lives(now, seconds);
        }
        // The one used before stays good where the platform gives no new one.
        let kept = last.and_then(|token| token.refresh.as_ref()).map(|secret| secret.expose().to_vec());
        Ok(match grant.refresh_token.text().map(|text| text.as_bytes().to_vec()).or(kept) {
            Some(refresh) => token.renewed_by(refresh),
            None => token,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_refresh_token_is_used() {
        let session = Refresh {
            shop: "lantern-and-loom-demo.myshopify.com".to_owned(),
            client_id: "demo-client".to_owned(),
            client_secret: Secret::new("demo|secret"),
            first: Secret::new("shprt_first"),
        };
        let asked = |last: Option<&Token>| {
            let body = session.open(last, Timestamp::UNIX_EPOCH).unwrap().body;
            std::str::from_utf8(&body).unwrap().to_owned()
        };
        assert_eq!(
            asked(None),
            "client_id=demo-client&client_secret=demo%7Csecret&grant_type=refresh_token&refresh_token=shprt_first"
        );
        let reply = |body: &'static str| HttpResponse {
            status: 200,
            headers: crossdock_connector::Headers::default(),
            body: body.as_bytes().into(),
        };
        let now = Timestamp::UNIX_EPOCH;
        let second = reply(r#"{"access_token":"shpat_2","expires_in":3600,"refresh_token":"shprt_second"}"#);
        let token = session.opened(None, &second, now).unwrap();
        assert!(asked(Some(&token)).ends_with("&refresh_token=shprt_second"));
        // One that gives no other goes on with the one before.
        let third = reply(r#"{"access_token":"shpat_3","expires_in":3600}"#);
        let token = session.opened(Some(&token), &third, now).unwrap();
        assert!(asked(Some(&token)).ends_with("&refresh_token=shprt_second"));
    }
}
