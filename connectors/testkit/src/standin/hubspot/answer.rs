//! What a portal says: bodies, categories, quota headers.

use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::standin::server::Answer;

const JSON: &str = "application/json;charset=utf-8";
const CORRELATION: &str = "00000000-0000-4000-8000-000000000001";

/// A reply before its headers.
pub(super) struct Saying {
    status: u16,
    content_type: &'static str,
    body: String,
}

impl Saying {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { status, content_type: JSON, body: body.to_string() }
    }

    pub(super) fn plain(status: u16, body: &str) -> Self {
        Self { status, content_type: "text/html", body: body.to_owned() }
    }

    pub(super) fn error(status: u16, category: &str, message: &str) -> Self {
        let body = json!({
            "status": "error", "message": message, "correlationId": CORRELATION, "category": category,
        });
        Self::json(status, &body)
    }

    pub(super) fn limited(policy: &str) -> Self {
        let message = format!("You have reached your {} limit.", policy.to_lowercase());
        let body = json!({
            "status": "error", "message": message, "errorType": "RATE_LIMIT", "correlationId": CORRELATION,
            "policyName": policy,
        });
        Self::json(429, &body)
    }

    /// A batch with what went well and what did not.
    pub(super) fn batch(results: Vec<Value>, errors: Vec<Value>) -> Self {
        let mut body = json!({
            "status": "COMPLETE", "results": results,
            "startedAt": "2026-01-05T01:02:03.000Z", "completedAt": "2026-01-05T01:02:03.000Z",
        });
        if errors.is_empty() {
            return Self::json(200, &body);
        }
        if let Some(body) = body.as_object_mut() {
            body.insert("numErrors".into(), errors.len().into());
            body.insert("errors".into(), Value::Array(errors));
        }
        Self::json(207, &body)
    }

    /// With the quota: the limit of the window and what is left of it.
    pub(super) fn answer(self, quota: Option<(usize, usize)>) -> Answer {
        let mut answer = Answer::reply(self.status, self.content_type, self.body);
        if let (Answer::Reply(response), Some((limit, remaining))) = (&mut answer, quota) {
            let headers = response.headers_mut();
            for (name, value) in [
                ("x-hubspot-ratelimit-max", limit),
                ("x-hubspot-ratelimit-remaining", remaining),
                ("x-hubspot-ratelimit-interval-milliseconds", 10_000),
            ] {
                headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
            }
        }
        answer
    }
}
