//! Vendors that want a session or an access token before they listen.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::wire::{self, Scalar};
use crate::{Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret};

/// Opens and renews a session. Pure: the hub makes the call, one at a time for all parts of a connector
/// (single flight), keeps the token and opens a new one shortly before it ends.
///
/// # Behaviour
/// - A part that finds its token refused answers with [`ErrorKind::Session`](crate::ErrorKind::Session): the hub
///   throws the token away, opens a new session and tries again; a second refusal in a row waits like any failure.
/// - A reply that does not say how long the token lives gives a token without an end: it is used until refused.
pub trait Session: Send + Sync {
    /// The call that opens a session; `last` is the token used before, for vendors that want it renewed.
    ///
    /// # Errors
    /// `Config` when something is missing for it.
    fn open(&self, last: Option<&Token>, now: Timestamp) -> Result<HttpRequest>;

    /// Reads the reply. An error body inside a 200 is an error.
    ///
    /// # Errors
    /// `Auth` when the vendor refuses our credentials, else as its table says.
    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token>;
}

/// An open session. Not printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What is sent with each call.
    pub access: Secret,
    /// What a renewal needs, where the vendor gives one.
    pub refresh: Option<Secret>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What else calls need: the address of the tenant, a second cookie. No secrets.
    pub extra: BTreeMap<&'static str, String>,
}

impl Token {
    /// A token without an end.
    pub fn new(access: impl Into<Vec<u8>>) -> Self {
        Self { access: Secret::new(access), refresh: None, expires_at: None, extra: BTreeMap::new() }
    }

    /// The token that an OAuth server grants by our own credentials: nothing renews it, and where it does not say how
    /// long it lives it is used until it is refused.
    ///
    /// # Errors
    /// `Malformed` when there is no token in it.
    pub fn granted(body: &[u8], now: Timestamp) -> Result<Self> {
        let grant: Grant<'_> = wire::parse(body)?;
        let token = Self::new(grant.access()?);
        Ok(match grant.seconds() {
            Ok(Some(seconds)) => token.lives(now, seconds),
            Ok(None) | Err(_) => token,
        })
    }

    /// Sets the end by the vendor's "expires in" seconds.
    #[must_use]
    pub fn lives(mut self, now: Timestamp, seconds: u32) -> Self {
        self.expires_at = now.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok();
        self
    }

    /// Sets what a renewal needs.
    #[must_use]
    pub fn renewed_by(mut self, refresh: impl Into<Vec<u8>>) -> Self {
        self.refresh = Some(Secret::new(refresh));
        self
    }

    /// Sets what the next renewal needs: what a reply gives, else what was used before, which then stays good.
    #[must_use]
    pub fn renewed_or_kept(mut self, given: Option<&str>, last: Option<&Self>) -> Self {
        self.refresh = given.map(Secret::new).or_else(|| last.and_then(|token| token.refresh.clone()));
        self
    }

    /// Adds something else calls need.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.extra.insert(name, value.into());
        self
    }

    /// Whether it still holds so many seconds from now.
    pub fn holds(&self, now: Timestamp, seconds: i64) -> bool {
        self.expires_at.is_none_or(|end| end.as_second().saturating_sub(now.as_second()) > seconds)
    }
}

/// What a token service grants, or why it does not (RFC 6749). Not printed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Grant<'a> {
    /// What is sent with each call.
    #[serde(borrow)]
    pub access_token: Scalar<'a>,
    /// What the next renewal needs.
    #[serde(borrow)]
    pub refresh_token: Scalar<'a>,
    /// Seconds from now, as a number or a text.
    #[serde(borrow)]
    pub expires_in: Scalar<'a>,
    /// The code of a refusal.
    #[serde(borrow)]
    pub error: Scalar<'a>,
}

impl Grant<'_> {
    /// The token, after the one that was used before.
    ///
    /// # Errors
    /// `Malformed` when there is none, or its end is no number of seconds.
    pub fn token(&self, last: Option<&Token>, now: Timestamp) -> Result<Token> {
        let token = Token::new(self.access()?).renewed_or_kept(self.refresh_token.text(), last);
        Ok(match self.seconds()? {
            Some(seconds) => token.lives(now, seconds),
            None => token,
        })
    }

    fn access(&self) -> Result<&str> {
        let access = self.access_token.text();
        access.ok_or_else(|| Error::malformed("there is no access token in it").at("$.access_token"))
    }

    fn seconds(&self) -> Result<Option<u32>> {
        let read = |text: &str| text.parse().map_err(|_| Error::malformed("not seconds").at("$.expires_in"));
        self.expires_in.text().map(read).transpose()
    }
}

/// What an error means while a session is opened: there is none yet that could have ended, so the credentials are refused.
#[must_use]
pub fn at_login(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Session => error.of_kind(ErrorKind::Auth),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_has_a_token_and_perhaps_an_end() {
        let now = Timestamp::UNIX_EPOCH;
        let told = |body: &str| Token::granted(body.as_bytes(), now);
        for (body, ends) in [
            (r#"{"access_token":"a","expires_in":"3599","token_type":"Bearer"}"#, Some(3599)),
            (r#"{"access_token":"a","expires_in":60}"#, Some(60)),
            (r#"{"access_token":"a","expires_in":"soon"}"#, None),
            (r#"{"access_token":"a"}"#, None),
        ] {
            let token = told(body).unwrap();
            assert_eq!(token.access.expose_text(), Some("a"));
            assert_eq!(token.expires_at.map(|end| end.as_second()), ends, "{body}");
        }
        assert_eq!(told("{}").unwrap_err().path.as_deref(), Some("$.access_token"));
    }

    #[test]
    fn what_renews_stays_good_where_no_other_is_given() {
        let now = Timestamp::UNIX_EPOCH;
        let told = |body: &str, last: Option<&Token>| {
            let grant: Grant<'_> = wire::parse(body.as_bytes()).unwrap();
            grant.token(last, now)
        };
        let first = told(r#"{"access_token":"a","refresh_token":"r","expires_in":60}"#, None).unwrap();
        assert_eq!(first, Token::new("a").renewed_by("r").lives(now, 60));
        let second = told(r#"{"access_token":"b"}"#, Some(&first)).unwrap();
        assert_eq!(second, Token::new("b").renewed_by("r"));
        let third = told(r#"{"access_token":"c","refresh_token":"s"}"#, Some(&second)).unwrap();
        assert_eq!(third, Token::new("c").renewed_by("s"));
        let wrong = |body: &str| told(body, None).unwrap_err().path.unwrap_or_default();
        assert_eq!(wrong(r#"{"error":"invalid_grant"}"#), "$.access_token");
        assert_eq!(wrong(r#"{"access_token":"a","expires_in":"soon"}"#), "$.expires_in");
    }

    #[test]
    fn no_session_ends_before_it_began() {
        let ended = Error::new(ErrorKind::Session, "token refused").vendor("250002").with("log_id", "7");
        let ended = at_login(ended);
        assert_eq!((ended.kind(), ended.vendor_code.as_deref()), (ErrorKind::Auth, Some("250002")));
        assert_eq!(ended.context(), [("log_id", "7".to_owned())]);
        assert_eq!(at_login(Error::malformed("x")).kind(), ErrorKind::Malformed);
    }
}
