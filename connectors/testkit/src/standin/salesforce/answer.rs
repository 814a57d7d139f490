//! What an org says: bodies, errors in lists, and how many of the day's calls are used.

use hyper::header::HeaderValue;
use serde_json::{Value, json};

use crate::standin::server::Answer;

/// A reply before its headers.
pub(super) struct Saying {
    status: u16,
    body: String,
}

impl Saying {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string() }
    }

    /// An error of the whole call: a list, as everywhere over there.
    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!([{"message": message, "errorCode": code}]))
    }

    pub(super) fn no_page() -> Self {
        Self::error(404, "NOT_FOUND", "The requested resource does not exist")
    }

    /// With the calls used and those there are.
    pub(super) fn answer(self, usage: Option<(u64, u64)>) -> Answer {
        let mut answer = Answer::reply(self.status, "application/json;charset=UTF-8", self.body);
        if let (Answer::Reply(response), Some((used, most))) = (&mut answer, usage)
            && let Ok(value) = HeaderValue::from_str(&format!("api-usage={}/{most}", used.min(most)))
        {
            response.headers_mut().insert("sforce-limit-info", value);
        }
        answer
    }
}
