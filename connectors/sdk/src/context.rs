//! What a pure part is told about the moment of a call.

use jiff::Timestamp;

use crate::Token;

/// The moment of a call: every attempt is put together and signed anew with its own.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// The session, for connectors that have a [`Session`](crate::Session) part. Never `None` for them.
    pub token: Option<&'a Token>,
}

impl<'a> Context<'a> {
    /// A call without a session.
    pub const fn at(now: Timestamp) -> Self {
        Self { now, token: None }
    }

    /// The same moment with a session.
    #[must_use]
    pub const fn with(self, token: &'a Token) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The session's token.
    ///
    /// # Errors
    /// `Bug` when the hub opened none.
    pub fn token(&self) -> crate::Result<&'a Token> {
        self.token.ok_or_else(|| crate::Error::new(crate::ErrorKind::Bug, "a call without its session"))
    }
}
