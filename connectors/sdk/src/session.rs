//! Vendors that want a session or an access token before they listen.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{HttpRequest, HttpResponse, Result, Secret};

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
