//! One error type: what happened, whether trying again helps, and where.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// Result of everything in a connector.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The vendor asks us to slow down.
    RateLimited,
    /// The other side is down or broken.
    Unavailable,
    /// No answer in time: what happened over there is not known.
    Timeout,
    /// A signature, key, token or permission is wrong.
    Auth,
    /// The session or access token has ended: a new one is opened and the call made again.
    Session,
    /// Bytes that are not what they claim to be.
    Malformed,
    /// The other side understood and refused.
    Rejected,
    /// The object does not exist over there.
    NotFound,
    /// Understood, but not something we do.
    Unsupported,
    /// Our configuration cannot work.
    Config,
    /// A promise inside crossdock was broken.
    Bug,
}

/// What the hub does about an error; see STYLE 3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Try again later.
    Retryable,
    /// Refuse inbound; pause and alert outbound.
    Auth,
    /// Keep the bytes in quarantine.
    Malformed,
    /// Park with its reason.
    Permanent,
}

impl ErrorKind {
    /// What the hub does about it.
    pub const fn class(self) -> Class {
        match self {
            Self::RateLimited | Self::Unavailable | Self::Timeout | Self::Session => Class::Retryable,
            Self::Auth => Class::Auth,
            Self::Malformed => Class::Malformed,
            Self::Rejected | Self::NotFound | Self::Unsupported | Self::Config | Self::Bug => {
                Class::Permanent
            }
        }
    }

    /// The kind as a metric label and log field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Auth => "auth",
            Self::Session => "session",
            Self::Malformed => "malformed",
            Self::Rejected => "rejected",
            Self::NotFound => "not_found",
            Self::Unsupported => "unsupported",
            Self::Config => "config",
            Self::Bug => "bug",
        }
    }

    /// The kind that an HTTP status means when the vendor's own table says nothing else.
    pub const fn from_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Auth,
            404 | 410 => Self::NotFound,
            408 | 504 => Self::Timeout,
            429 => Self::RateLimited,
            500..=599 => Self::Unavailable,
            _ => Self::Rejected,
        }
    }
}

/// An error of a connector. Messages are lower case, without a full stop, payload or secret.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    /// The vendor's own code, when it gave one.
    pub vendor_code: Option<String>,
    /// How long the vendor asks us to wait.
    pub retry_after: Option<Duration>,
    /// JSON path or field where it happened: `$.lines[2].quantity`.
    pub path: Option<String>,
    context: Vec<(&'static str, String)>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a kind with its message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            vendor_code: None,
            retry_after: None,
            path: None,
            context: Vec::new(),
            source: None,
        }
    }

    /// Bytes that are not what they claim to be.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    /// A signature or key that does not fit.
    pub fn auth(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Auth, message)
    }

    /// A configuration that cannot work.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Adds the vendor's own code.
    #[must_use]
    pub fn vendor(mut self, code: impl Into<String>) -> Self {
        self.vendor_code = Some(code.into());
        self
    }

    /// Adds the path at which it happened.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds how long the vendor asks us to wait.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Adds a field for people and logs. Never a payload, never a secret.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.context.push((key, value.to_string()));
        self
    }

    /// Adds what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same as bytes that are not what they claim to be: an error reply that was captured as an answer.
    #[must_use]
    pub fn into_malformed(self) -> Self {
        self.of_kind(ErrorKind::Malformed)
    }

    /// The same with another meaning.
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What happened.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What the hub does about it.
    pub fn class(&self) -> Class {
        self.kind.class()
    }

    /// The message alone.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The fields for people and logs.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.context
    }

    /// Reads an HTTP failure by its status: the wait in `Retry-After` (seconds) is kept.
    pub fn from_response(response: &crate::HttpResponse) -> Self {
        let mut error =
            Self::new(ErrorKind::from_status(response.status), format!("http status {}", response.status));
        error.retry_after = response.retry_after();
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(path) = &self.path {
            write!(f, " at {path}")?;
        }
        if let Some(code) = &self.vendor_code {
            write!(f, " (code {code})")?;
        }
        for (key, value) in &self.context {
            write!(f, ", {key} {value}")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
