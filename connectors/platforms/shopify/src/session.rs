//! Access tokens of apps that the platform lets expire: an hour each. The refresh token gives the next one, and with it the
//! refresh token of the time after that (90 days).

use jiff::Timestamp;

use crossdock_connector::{
    Error, ErrorKind, Grant, HttpRequest, HttpResponse, Result, Secret, Session, Token, form, wire,
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

impl Session for Refresh {
    fn open(&self, last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let refresh = last.and_then(|token| token.refresh.as_ref()).unwrap_or(&self.first);
        let body = form::write([
            ("client_id", self.client_id.trim()),
            ("client_secret", self.client_secret.text("secret")?.trim()),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.text("refresh_token")?.trim()),
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
        read?.token(last, now)
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
