//! What went wrong, and what becomes of the events of a batch.

use std::error::Error as _;
use std::time::Duration;

use tokio_postgres::error::DbError;

use crossdock_connector::{Error, ErrorKind, Outcome};

use crate::sqlstate::{self, Meaning};

/// Longest message that is kept.
const LONGEST: usize = 300;

/// How far a batch was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not begun.
    Connect,
    /// In its transaction: whatever happens now, nothing is there.
    Work,
    /// The end of the transaction was asked for: it may have come.
    Commit,
}

/// What became of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    /// One of them was refused.
    Refused,
    /// Nothing was written, and it can be tried again.
    Later,
    /// They may be there.
    Unknown,
}

/// What went wrong. Holds no value of an event.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) became: Became,
    kind: ErrorKind,
    message: String,
    code: Option<String>,
}

impl Failure {
    /// Something that can be mended, said in our words.
    pub(crate) fn later(message: impl Into<String>) -> Self {
        Self {
            became: Became::Later,
            kind: ErrorKind::Unavailable,
            message: shortened(&message.into()),
            code: None,
        }
    }

    /// No answer in time.
    pub(crate) fn late(stage: Stage, limit: Duration) -> Self {
        let became = if stage == Stage::Commit { Became::Unknown } else { Became::Later };
        let message = format!("the database did not answer within {} s", limit.as_secs());
        Self { became, kind: ErrorKind::Timeout, message, code: None }
    }

    /// What the client says.
    pub(crate) fn of(error: &tokio_postgres::Error, stage: Stage) -> Self {
        match error.as_db_error() {
            Some(said) => Self::said(said, stage),
            None => {
                // The outer error says what it did, the inner one why.
                let why = error.source().map(|why| format!(": {why}")).unwrap_or_default();
                let became = if stage == Stage::Commit { Became::Unknown } else { Became::Later };
                let message = shortened(&format!("{error}{why}"));
                Self { became, kind: ErrorKind::Unavailable, message, code: None }
            }
        }
    }

    /// What the server says.
    fn said(said: &DbError, stage: Stage) -> Self {
        let code = said.code().code();
        let meaning = sqlstate::meaning(code);
        let became = match (stage, meaning) {
            (Stage::Commit, _) if !sqlstate::rolled_back(code) => Became::Unknown,
            // Before anything was sent, nothing of it can have been refused.
            (Stage::Connect, _) => Became::Later,
            (_, Meaning::Refused) => Became::Refused,
            (_, Meaning::Later | Meaning::Access) => Became::Later,
            (_, Meaning::Unknown) => Became::Unknown,
        };
        let kind = match (became, meaning) {
            (Became::Refused, _) => ErrorKind::Rejected,
            (_, Meaning::Access) => ErrorKind::Auth,
            _ => ErrorKind::Unavailable,
        };
        Self { became, kind, message: words(said), code: Some(code.to_owned()) }
    }

    /// The same, for events that were not handed over because of it.
    pub(crate) fn untried(self) -> Self {
        Self { became: Became::Later, ..self }
    }

    /// The outcome of one event.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut error = Error::new(self.kind, self.message.clone());
        error.vendor_code.clone_from(&self.code);
        match self.became {
            Became::Refused => Outcome::Rejected(error),
            Became::Later => Outcome::Retry(None, error),
            Became::Unknown => Outcome::Uncertain(error),
        }
    }
}

/// The server's words without what it repeats of the event: never the detail, which shows whole rows, and no quoted
/// value of a data exception.
fn words(said: &DbError) -> String {
    let code = said.code().code();
    let mut text =
        if code.starts_with("22") { without_values(said.message()) } else { said.message().to_owned() };
    let places = [("table", said.table()), ("column", said.column()), ("constraint", said.constraint())];
    for (what, name) in places {
        if let Some(name) = name {
            text.push_str(&format!(", {what} {name}"));
        }
    }
    if let Some(advice) = sqlstate::advice(code) {
        text.push_str(&format!(" ({advice})"));
    }
    shortened(&text)
}

/// A text with what stands in double quotes left out.
fn without_values(text: &str) -> String {
    let mut parts = text.split('"');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    while parts.next().is_some() {
        kept.push('…');
        kept.push_str(parts.next().unwrap_or_default());
    }
    kept
}

/// One line, not longer than anybody reads.
fn shortened(text: &str) -> String {
    let letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    letters.take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_values_stay_here() {
        let text = "invalid input syntax for type numeric: \"Zhang San\"";
        assert_eq!(without_values(text), "invalid input syntax for type numeric: …");
        assert_eq!(without_values("\"a\" is out of range for \"b\""), "… is out of range for …");
        assert_eq!(without_values("cut off \"Zhang"), "cut off …");
        assert_eq!(without_values("plain"), "plain");
    }

    #[test]
    fn no_answer_to_a_commit_is_no_answer() {
        let limit = Duration::from_secs(30);
        assert!(matches!(Failure::late(Stage::Commit, limit).outcome(), Outcome::Uncertain(_)));
        assert!(matches!(Failure::late(Stage::Work, limit).outcome(), Outcome::Retry(None, _)));
        assert!(matches!(Failure::late(Stage::Connect, limit).outcome(), Outcome::Retry(None, _)));
    }

    #[test]
    fn messages_are_one_short_line() {
        let message = shortened(&"a\nb".repeat(500));
        assert_eq!(message.chars().count(), LONGEST);
        assert!(!message.contains('\n'));
    }
}
