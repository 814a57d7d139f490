//! What Salesforce's refusals mean: one table from error code to what happens next.

use serde_json::Value;

use crossdock_connector::talk::{Reach, Trouble, Word};
use crossdock_connector::words::without_people;
use crossdock_connector::{ErrorKind, HttpResponse};

use crate::config::Config;
use crate::quota;

/// A reply that is no success, and how far it reaches. `people` is what we sent about people.
pub(crate) fn refusal(config: &Config, reply: &HttpResponse, people: &[&str]) -> (Trouble, Reach) {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let status = reply.status;
    let first = body.as_array().and_then(|errors| errors.first()).unwrap_or(&Value::Null);
    let code = text(first, "errorCode");
    let said = text(first, "message").unwrap_or_default();
    let known = code.and_then(|code| table(code, said));
    let (word, kind, reach) = match (status, code) {
        (401, Some("INVALID_SESSION_ID")) => (Word::Retry, ErrorKind::Session, Reach::All),
        (_, Some("REQUEST_LIMIT_EXCEEDED")) => (Word::Retry, ErrorKind::RateLimited, Reach::All),
        // People can mend a permission at any time.
        (401 | 403, _) => (Word::Retry, ErrorKind::Auth, Reach::All),
        (408 | 504, _) => (Word::Retry, ErrorKind::Timeout, Reach::All),
        (429, _) => (Word::Retry, ErrorKind::RateLimited, Reach::All),
        (500..=599, _) => (Word::Retry, ErrorKind::Unavailable, Reach::All),
        // No such object, field or path: no smaller call would help.
        (404 | 405 | 410, _) => (Word::Rejected, ErrorKind::NotFound, Reach::Call),
        (300..=399, _) => (Word::Rejected, ErrorKind::Rejected, Reach::Call),
        _ => known.map_or((Word::Rejected, ErrorKind::Rejected, Reach::Record), |(word, kind)| {
            (word, kind, if word == Word::Retry { Reach::Call } else { Reach::Record })
        }),
    };
    let mut message = format!("http status {status}");
    if status == 300 {
        message.push_str(", several records have this key: the key field has to be unique");
    } else if (300..400).contains(&status) {
        message.push_str(", redirects are not followed");
    }
    let mut trouble = told(Trouble::new(word, kind, message), code, said, fields(first), people);
    trouble.wait = match kind {
        ErrorKind::RateLimited if status == 403 => Some(quota::wait(config)),
        _ => reply.retry_after(),
    };
    (trouble, reach)
}

/// The errors of one record in a reply with an outcome for each.
pub(crate) fn record(errors: &[Value], people: &[&str]) -> Trouble {
    let Some(first) = errors.first() else {
        return Trouble::new(Word::Uncertain, ErrorKind::Malformed, "neither success nor an error");
    };
    let code = text(first, "statusCode");
    let said = text(first, "message").unwrap_or_default();
    let (word, kind) =
        code.and_then(|code| table(code, said)).unwrap_or((Word::Rejected, ErrorKind::Rejected));
    told(Trouble::new(word, kind, "refused"), code, said, fields(first), people)
}

/// Codes that mean anything but "never".
fn table(code: &str, said: &str) -> Option<(Word, ErrorKind)> {
    let locked = said.contains("UNABLE_TO_LOCK_ROW") || said.contains("exclusive access");
    match code {
        "UNABLE_TO_LOCK_ROW" | "SERVER_UNAVAILABLE" | "UNKNOWN_EXCEPTION" => {
            Some((Word::Retry, ErrorKind::Unavailable))
        }
        // A trigger or flow of the org failed for a lock below it.
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" if locked => Some((Word::Retry, ErrorKind::Unavailable)),
        // Somebody created the same key at the same moment: the next upsert updates it.
        "DUPLICATE_VALUE" => Some((Word::Retry, ErrorKind::Rejected)),
        "INVALID_CROSS_REFERENCE_KEY" => Some((Word::Wait, ErrorKind::NotFound)),
        "INVALID_FIELD" if said.starts_with("Foreign key external ID") => {
            Some((Word::Wait, ErrorKind::NotFound))
        }
        _ => None,
    }
}

/// What helps against a code, where we know.
fn hint(code: Option<&str>) -> &'static str {
    match code {
        Some("DUPLICATES_DETECTED") => {
            "; a duplicate rule of the org: change it, or set `allow_duplicates = true`"
        }
        Some("DUPLICATE_EXTERNAL_ID") => "; several records have this key: the key field has to be unique",
        Some("NOT_FOUND") => "; no such object or external id field",
        _ => "",
    }
}

fn told(mut trouble: Trouble, code: Option<&str>, said: &str, fields: String, people: &[&str]) -> Trouble {
    if !said.is_empty() {
        trouble.message.push_str(": ");
        trouble.message.push_str(&without_people(said, people));
    }
    if !fields.is_empty() {
        trouble.message.push_str(", fields ");
        trouble.message.push_str(&without_people(&fields, &[]));
    }
    trouble.message.push_str(hint(code));
    trouble.code = code.map(str::to_owned);
    trouble
}

fn fields(error: &Value) -> String {
    let names = error.get("fields").and_then(Value::as_array).into_iter().flatten();
    names.filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str().filter(|text| !text.is_empty())
}
