//! What HubSpot's refusals mean: one table from status and category to what happens next.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crossdock_connector::talk::{Reach, Trouble, Word};
use crossdock_connector::words::without_people;
use crossdock_connector::{ErrorKind, HttpResponse};

use crate::quota;

/// What refusals are read against.
pub(crate) struct Reader<'a> {
    pub(crate) zone: &'a TimeZone,
    pub(crate) now: Timestamp,
    /// Whether a new access token can be had.
    pub(crate) renewable: bool,
}

impl Reader<'_> {
    /// A reply that is no success, and how far it reaches. `people` is what we sent about people.
    pub(crate) fn refusal(&self, reply: &HttpResponse, people: &[&str]) -> (Trouble, Reach) {
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let status = reply.status;
        let code = category(&body);
        let (word, kind, reach) = self.table(status, code);
        let mut message = format!("http status {status}");
        if status == 401 && !self.renewable {
            message.push_str(", the token of the private app is refused");
        }
        if (300..400).contains(&status) {
            message.push_str(", redirects are not followed");
        }
        let mut trouble = Trouble::new(word, kind, told(message, &body, people));
        trouble.code = code.map(str::to_owned);
        trouble.wait = quota::wait(reply, self.zone, self.now);
        (trouble, reach)
    }

    fn table(&self, status: u16, code: Option<&str>) -> (Word, ErrorKind, Reach) {
        match (status, code) {
            (401, _) if self.renewable => (Word::Retry, ErrorKind::Session, Reach::All),
            // People can mend a token or a scope at any time.
            (401 | 403, _) => (Word::Retry, ErrorKind::Auth, Reach::All),
            (429 | 477, _) => (Word::Retry, ErrorKind::RateLimited, Reach::All),
            (408 | 504, _) => (Word::Retry, ErrorKind::Timeout, Reach::All),
            (500..=599, _) => (Word::Retry, ErrorKind::Unavailable, Reach::All),
            (423, _) => (Word::Retry, ErrorKind::Unavailable, Reach::Call),
            // Somebody else created it between our looking and writing: the next upsert finds it.
            (409, _) => (Word::Retry, ErrorKind::Rejected, Reach::Record),
            // An id that is gone (merged, deleted): the next attempt finds or makes the record by its key.
            (404, Some("OBJECT_NOT_FOUND")) => (Word::Retry, ErrorKind::NotFound, Reach::Record),
            // No such object or path: no smaller call would help.
            (404 | 405 | 410, _) => (Word::Rejected, ErrorKind::NotFound, Reach::Call),
            (300..=399, _) => (Word::Rejected, ErrorKind::Rejected, Reach::Call),
            _ => (Word::Rejected, ErrorKind::Rejected, Reach::Record),
        }
    }

    /// One entry of `errors` in a reply with a mixed outcome.
    pub(crate) fn entry(&self, entry: &Value, people: &[&str]) -> Trouble {
        let code = category(entry);
        let (word, kind) = match code {
            Some("CONFLICT") => (Word::Retry, ErrorKind::Rejected),
            Some("OBJECT_NOT_FOUND") => (Word::Retry, ErrorKind::NotFound),
            Some("RATE_LIMITS") => (Word::Retry, ErrorKind::RateLimited),
            _ => (Word::Rejected, ErrorKind::Rejected),
        };
        let mut trouble = Trouble::new(word, kind, told("refused".to_owned(), entry, people));
        trouble.code = code.map(str::to_owned);
        trouble
    }
}

/// The vendor's code: category, else the error type of a limit.
fn category(body: &Value) -> Option<&str> {
    let name = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    name("category").or_else(|| name("policyName")).or_else(|| name("errorType"))
}

/// Adds the vendor's own words and the number under which its support finds the call.
fn told(mut message: String, body: &Value, people: &[&str]) -> String {
    if let Some(said) = body.get("message").and_then(Value::as_str) {
        message.push_str(": ");
        message.push_str(&without_people(said, people));
    }
    if let Some(id) = body.get("correlationId").and_then(Value::as_str) {
        message.push_str(", correlation id ");
        message.push_str(&without_people(id, &[]));
    }
    message
}
