//! Vendors that call us: what they signed, and the answer they insist on.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;

use crate::{Captured, Error, Headers, HttpReply, Result, Secret, Verified};

/// A request as it came in. Its body cannot be captured before [`verify`](crate::verify) said yes.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Headers, names in lower case.
    pub headers: &'a Headers,
    /// Text after the `?`, as received.
    pub query: &'a str,
    /// The last path segment after the source id, where vendors without signatures carry a secret.
    pub path_token: Option<&'a str>,
    /// The body as received.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// A header that must be there exactly once.
    ///
    /// # Errors
    /// `Auth` when it is missing or there twice.
    pub fn required(&self, name: &str) -> Result<&str> {
        let mut found = self.headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ok(value),
            (None, _) => Err(Error::auth(format!("header {name} is missing"))),
            (Some(_), Some(_)) => Err(Error::auth(format!("header {name} is there twice"))),
        }
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} bytes)", self.body.len())
    }
}

/// A connector whose vendor calls us.
///
/// # Behaviour
/// `signed_parts` is called for every request and must be cheap; it says *what* was signed and never
/// compares. `capture` is called only for a request that was verified. `reply` is called after the capture
/// is durable, or when it was refused.
pub trait Push: Send + Sync {
    /// What was signed, by which scheme, and what the request claims.
    ///
    /// # Errors
    /// `Auth` when something needed for checking is missing or unreadable.
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>>;

    /// What to store: topic, the headers normalizing needs, the body as received.
    fn capture(&self, request: &Verified<'_>) -> Captured;

    /// The answer this vendor insists on.
    fn reply(&self, ack: Ack) -> HttpReply;

    /// The same for a request that was verified, for vendors whose answer has to repeat something of it.
    fn reply_to(&self, ack: Ack, _request: &Request<'_>) -> HttpReply {
        self.reply(ack)
    }
}

/// What we tell the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// It is stored durably.
    Stored,
    /// It could not be stored now: send it again later.
    TryLater,
    /// The signature or key does not fit.
    Refused,
}

impl Ack {
    /// The status that says so, for vendors that only look at that.
    pub const fn status(self) -> u16 {
        match self {
            Self::Stored => 200,
            Self::TryLater => 503,
            Self::Refused => 401,
        }
    }
}

/// How a request is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC-SHA256 over the message, key as given.
    HmacSha256,
    /// Ed25519 over the message, keys are public keys of 32 bytes.
    Ed25519,
    /// MD5 over the message, which already holds the secret: what some vendors still demand.
    LegacyMd5,
    /// MD5 over the message and then the key: what many Chinese carriers and gateways still demand.
    SaltedMd5,
    /// SHA-256 over the message and then the key, what some vendors take for an HMAC.
    SaltedSha256,
    /// The presented bytes must equal the key: a secret path segment of a vendor that does not sign.
    SharedToken,
}

/// What was signed, and what the request claims.
pub struct SignedParts<'a> {
    /// The bytes that were signed.
    pub message: Cow<'a, [u8]>,
    /// The claims, decoded: one of them must fit one of the keys. Several during key rotation.
    pub presented: Vec<(Scheme, Vec<u8>)>,
    /// The keys in force, by scheme.
    pub keys: Vec<(Scheme, &'a Secret)>,
    /// The signed time, where the vendor signs one.
    pub signed_at: Option<Timestamp>,
}

impl<'a> SignedParts<'a> {
    /// A text signed as many Chinese carriers do it: MD5 of the text with a secret behind it.
    pub fn salted_md5(text: Cow<'a, str>, claim: Vec<u8>, secrets: &'a [Secret]) -> Self {
        Self {
            message: match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
            presented: vec![(Scheme::SaltedMd5, claim)],
            keys: secrets.iter().map(|secret| (Scheme::SaltedMd5, secret)).collect(),
            signed_at: None,
        }
    }

    /// Nothing is signed, a token of ours comes along: the presented text must equal one of the keys.
    pub fn shared(claim: &str, keys: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self {
            message: Cow::Borrowed(&[]),
            presented: vec![(Scheme::SharedToken, claim.as_bytes().to_vec())],
            keys: keys.into_iter().map(|key| (Scheme::SharedToken, key)).collect(),
            signed_at: None,
        }
    }
}
