//! Refusals that concern several deliveries of a conversation.

use std::time::Duration;

use crate::{Class, Error, ErrorKind, Outcome};

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The same again, later.
    Retry,
    /// Once something else is there.
    Wait,
    /// Nobody knows whether it arrived.
    Uncertain,
    /// Never.
    Rejected,
}

/// How far a refusal reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// One record of the call at least; the others may be fine.
    Record,
    /// This call as it is: all its records.
    Call,
    /// Everything we might say next as well.
    All,
}

/// A refusal. One may concern several deliveries, so it can be copied.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What happens next.
    pub word: Word,
    /// What happened.
    pub kind: ErrorKind,
    /// In words.
    pub message: String,
    /// The vendor's own code.
    pub code: Option<String>,
    /// How long the vendor asks us to wait.
    pub wait: Option<Duration>,
}

impl Trouble {
    /// A refusal without a code or a wait.
    pub fn new(word: Word, kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { word, kind, message: message.into(), code: None, wait: None }
    }

    /// What an error of ours is.
    pub fn from_error(error: &Error) -> Self {
        let word = match error.class() {
            Class::Retryable | Class::Auth => Word::Retry,
            Class::Malformed | Class::Permanent => Word::Rejected,
        };
        let plain = Self::new(word, error.kind(), error.to_string());
        Self { code: error.vendor_code.clone(), wait: error.retry_after, ..plain }
    }

    /// The outcome it is.
    pub fn outcome(&self) -> Outcome {
        let mut error = Error::new(self.kind, self.message.clone());
        error.vendor_code.clone_from(&self.code);
        error.retry_after = self.wait;
        match self.word {
            Word::Retry => Outcome::Retry(self.wait, error),
            Word::Wait => Outcome::Wait(error),
            Word::Uncertain => Outcome::Uncertain(error),
            Word::Rejected => Outcome::Rejected(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stays_what_it_is() {
        let wait = Duration::from_secs(7);
        let limited = Error::new(ErrorKind::RateLimited, "too many").vendor("429").after(wait);
        let trouble = Trouble::from_error(&limited);
        for _ in 0..2 {
            match trouble.outcome() {
                Outcome::Retry(after, error) => {
                    assert_eq!((after, error.retry_after), (Some(wait), Some(wait)));
                    assert_eq!(
                        (error.kind(), error.vendor_code.as_deref()),
                        (ErrorKind::RateLimited, Some("429"))
                    );
                }
                other => panic!("{other:?}"),
            }
        }
        let refused = Trouble::from_error(&Error::new(ErrorKind::Rejected, "no such field").at("a.b"));
        match refused.outcome() {
            Outcome::Rejected(error) => assert_eq!(error.message(), "no such field at a.b"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_word_is_its_outcome() {
        for (word, expected) in [
            (Word::Retry, "retry"),
            (Word::Wait, "wait"),
            (Word::Uncertain, "uncertain"),
            (Word::Rejected, "rejected"),
        ] {
            assert_eq!(Trouble::new(word, ErrorKind::Unavailable, "x").outcome().as_str(), expected);
        }
    }
}
