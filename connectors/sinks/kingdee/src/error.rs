//! The vendor's codes: what they are, and what has to be asked before they count.
//!
//! Codes are matched, texts are not: their language is a setting. The two texts that are read (a lost session, a
//! deadlock) come where the vendor gives no code of its own for them.

use std::time::Duration;

use crossdock_connector::{Error, ErrorKind};

/// A lost session where no code says so.
const SESSION_LOST: &str = "会话信息已丢失";
const DEADLOCKS: [&str; 2] = ["死锁", "deadlock"];

/// How long a bill that somebody has open is left alone.
const LOCKED: Duration = Duration::from_secs(120);
/// How long no call is made after the limit of calls.
const LIMITED: Duration = Duration::from_secs(60);
/// How long a licence problem is left to people.
const LICENCE: Duration = Duration::from_secs(600);

/// What a failure with a code and words is.
pub(crate) fn read(code: Option<i64>, words: &str, call: &str) -> Error {
    let (kind, wait) = kind(code, words);
    let mut error = Error::new(kind, format!("kingdee {call}: {words}"));
    if let Some(code) = code {
        error = error.vendor(code.to_string());
    }
    match wait {
        Some(wait) => error.after(wait),
        None => error,
    }
}

fn kind(code: Option<i64>, words: &str) -> (ErrorKind, Option<Duration>) {
    if code == Some(1) || session_lost(words) {
        return (ErrorKind::Session, None);
    }
    match code {
        // No permission; an administrator who may not log in: people mend it while we keep trying.
        Some(2 | 15) => (ErrorKind::Auth, None),
        // A wrong operation, form or parameter is a mistake of ours.
        Some(3 | 5 | 8) => (ErrorKind::Bug, None),
        // An exception, the database.
        Some(4 | 6) => (ErrorKind::Unavailable, None),
        Some(7) => (ErrorKind::Auth, Some(LICENCE)),
        Some(10) => (ErrorKind::NotFound, None),
        Some(13) => (ErrorKind::Unavailable, Some(LOCKED)),
        Some(14) => (ErrorKind::RateLimited, Some(LIMITED)),
        // A missing field or value, validation, a state that forbids it, and what has no name.
        _ if DEADLOCKS.iter().any(|text| words.to_lowercase().contains(text)) => {
            (ErrorKind::Unavailable, None)
        }
        _ => (ErrorKind::Rejected, None),
    }
}

/// Whether a text says that the session is lost, also where its letters are written as escapes.
pub(crate) fn session_lost(text: &str) -> bool {
    let escaped =
        || SESSION_LOST.chars().map(|letter| format!("\\u{:04x}", u32::from(letter))).collect::<String>();
    text.contains(SESSION_LOST) || text.to_ascii_lowercase().contains(&escaped())
}

/// Whether a failure may mean that it was done before: the status of the bill decides, not the words.
pub(crate) fn may_be_done(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_session_is_seen_by_code_and_by_text() {
        for (code, words) in [
            (Some(1), "anything"),
            (None, "会话信息已丢失，请重新登录"),
            (Some(0), r"\u4f1a\u8bdd\u4fe1\u606f\u5df2\u4e22\u5931"),
            (None, r"\u4F1A\u8BDD\u4FE1\u606F\u5DF2\u4E22\u5931"),
        ] {
            assert_eq!(read(code, words, "save").kind(), ErrorKind::Session, "{words}");
        }
    }

    #[test]
    fn each_code_has_its_kind() {
        for (code, kind) in [
            (0, ErrorKind::Rejected),
            (2, ErrorKind::Auth),
            (3, ErrorKind::Bug),
            (4, ErrorKind::Unavailable),
            (5, ErrorKind::Bug),
            (6, ErrorKind::Unavailable),
            (7, ErrorKind::Auth),
            (8, ErrorKind::Bug),
            (9, ErrorKind::Rejected),
            (10, ErrorKind::NotFound),
            (11, ErrorKind::Rejected),
            (12, ErrorKind::Rejected),
            (13, ErrorKind::Unavailable),
            (14, ErrorKind::RateLimited),
            (15, ErrorKind::Auth),
            (99, ErrorKind::Rejected),
        ] {
            let error = read(Some(code), "words", "save");
            assert_eq!((error.kind(), error.vendor_code), (kind, Some(code.to_string())));
        }
        assert_eq!(read(Some(0), "事务死锁", "save").kind(), ErrorKind::Unavailable);
    }
}
