//! What Odoo's errors mean for a delivery.
//!
//! Odoo names Python exceptions. A table of the names that are known decides; the words are shown to people
//! and never looked at, because they are translated. Exceptions with the same meaning in both interfaces are read once.

use serde_json::{Map, Value};

use crossdock_connector::{Error, ErrorKind, HttpResponse, Outcome};

/// Most characters of Odoo's own words that are kept.
const SHOWN: usize = 200;

/// Reads a refusal that shows in the HTTP status: JSON-2, and every proxy.
pub(crate) fn of_status(reply: &HttpResponse) -> Error {
    let said = serde_json::from_slice::<Map<String, Value>>(&reply.body).unwrap_or_default();
    let text = |name: &str| said.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let status = reply.status;
    let by_status = match status {
        // The documents name 422 for wrong arguments and refused values.
        300..=399 => ErrorKind::Rejected,
        _ => ErrorKind::from_status(status),
    };
    let kind = match (text("name").and_then(by_name), status) {
        // A worker that was stopped or a proxy says more by its status than by words.
        (_, 429 | 502..=504) | (None, _) => by_status,
        (Some(kind), _) => kind,
    };
    let message = text("message").map_or_else(|| format!("http status {status}"), words);
    let mut error = Error::new(kind, message).with("status", status);
    error.retry_after = reply.retry_after();
    match text("name") {
        Some(name) => error.vendor(words(name)),
        None => error,
    }
}

/// Reads the error of a JSON-RPC answer.
pub(crate) fn of_rpc(said: &Map<String, Value>) -> Error {
    let data = said.get("data").and_then(Value::as_object);
    let text = |name: &str| data.and_then(|data| data.get(name)).and_then(Value::as_str);
    let outer = said.get("message").and_then(Value::as_str).unwrap_or("odoo refused without words");
    let message = text("message").filter(|text| !text.is_empty()).unwrap_or(outer);
    let name = text("name").unwrap_or_default();
    let error = Error::new(by_name(name).unwrap_or(ErrorKind::Rejected), words(message));
    if name.is_empty() { error } else { error.vendor(words(name)) }
}

/// The kind of an exception; nothing for one that is not in the table.
fn by_name(name: &str) -> Option<ErrorKind> {
    Some(match name {
        "odoo.exceptions.AccessDenied"
        | "odoo.exceptions.AccessError"
        | "werkzeug.exceptions.Unauthorized"
        | "werkzeug.exceptions.Forbidden" => ErrorKind::Auth,
        "odoo.exceptions.ValidationError" | "odoo.exceptions.UserError" => ErrorKind::Rejected,
        // A record is gone: ids are looked up anew by the next attempt.
        "odoo.exceptions.MissingError" => ErrorKind::Unavailable,
        // Somebody else writes, or wrote, the same: the next attempt looks it up and finds it.
        "psycopg2.errors.UniqueViolation"
        | "psycopg2.IntegrityError"
        | "psycopg2.errors.SerializationFailure"
        | "psycopg2.errors.LockNotAvailable"
        | "psycopg2.errors.DeadlockDetected"
        | "psycopg2.OperationalError"
        | "psycopg2.InterfaceError"
        | "psycopg2.pool.PoolError"
        | "odoo.sql_db.PoolError" => ErrorKind::Unavailable,
        _ if name.starts_with("psycopg2.errors.") => ErrorKind::Rejected,
        // Wrong arguments, a field that is not there: our settings and their database do not fit.
        _ if name.starts_with("builtins.") => ErrorKind::Rejected,
        _ => return None,
    })
}

/// Reads a message of `load`, which catches the database's errors and passes on their words alone.
pub(crate) fn of_load(message: &str) -> Error {
    // The words of PostgreSQL for: somebody else writes, or wrote, the same.
    let passing = [
        "could not serialize access",
        "deadlock detected",
        "could not obtain lock",
        "duplicate key value violates unique constraint",
    ];
    let kind = match passing.iter().any(|words| message.contains(words)) {
        true => ErrorKind::Unavailable,
        false => ErrorKind::Rejected,
    };
    Error::new(kind, words(message))
}

/// The outcome of a call that failed.
pub(crate) fn outcome(error: Error, writes: bool) -> Outcome {
    match error.kind() {
        ErrorKind::Malformed | ErrorKind::Timeout if writes => Outcome::Uncertain(error),
        // A gateway that gave up waiting: the worker behind it may have gone on.
        ErrorKind::Unavailable if writes && gave_up(&error) => Outcome::Uncertain(error),
        ErrorKind::Malformed => Outcome::Retry(None, error),
        _ => Outcome::from_error(error),
    }
}

fn gave_up(error: &Error) -> bool {
    error.context().iter().any(|(name, value)| *name == "status" && value == "502")
}

/// Odoo's own words, bounded, with control characters written out: they end up on terminals.
pub(crate) fn words(text: &str) -> String {
    let turning = |letter| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::new();
    for letter in text.trim().chars().take(SHOWN) {
        match letter {
            '\n' | '\r' | '\t' => shown.push(' '),
            _ if letter.is_control() || turning(letter) => shown.extend(letter.escape_default()),
            _ => shown.push(letter),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::Headers;

    fn reply(status: u16, body: &'static str) -> HttpResponse {
        HttpResponse { status, headers: Headers::default(), body: body.into() }
    }

    #[test]
    fn a_proxy_says_more_by_its_status() {
        let body = r#"{"name":"odoo.exceptions.ValidationError","message":"no"}"#;
        assert_eq!(of_status(&reply(422, body)).kind(), ErrorKind::Rejected);
        assert_eq!(of_status(&reply(429, body)).kind(), ErrorKind::RateLimited);
        assert_eq!(of_status(&reply(503, body)).kind(), ErrorKind::Unavailable);
        assert_eq!(of_status(&reply(500, "<html>")).kind(), ErrorKind::Unavailable);
        assert_eq!(of_status(&reply(301, "")).kind(), ErrorKind::Rejected);
    }

    #[test]
    fn a_write_that_got_no_clear_answer_may_have_happened() {
        for status in [502, 504] {
            assert!(
                matches!(outcome(of_status(&reply(status, "")), true), Outcome::Uncertain(_)),
                "{status}"
            );
            assert!(matches!(outcome(of_status(&reply(status, "")), false), Outcome::Retry(..)), "{status}");
        }
        assert!(matches!(outcome(of_status(&reply(503, "")), true), Outcome::Retry(..)));
    }

    #[test]
    fn words_are_bounded_and_safe_to_show() {
        assert_eq!(words("a\nb\u{1b}[2J\u{202e}"), "a b\\u{1b}[2J\\u{202e}");
        assert_eq!(words(&"漢".repeat(5000)).chars().count(), SHOWN);
    }
}
