//! How Odoo words success and refusal.

use serde_json::{Value, json};

use crate::standin::server::Answer;

pub(super) const JSON: &str = "application/json; charset=utf-8";

/// An exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    name: &'static str,
    message: String,
}

impl Refusal {
    pub(super) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, message: message.into() }
    }

    pub(super) fn user(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.UserError", message)
    }

    pub(super) fn value(message: impl Into<String>) -> Self {
        Self::new("builtins.ValueError", message)
    }

    /// The HTTP status over JSON-2.
    pub(super) fn status(&self) -> u16 {
        match self.name {
            "odoo.exceptions.AccessDenied" => 401,
            "odoo.exceptions.AccessError" => 403,
            "odoo.exceptions.MissingError" => 404,
            "odoo.exceptions.ValidationError" | "odoo.exceptions.UserError" | "builtins.ValueError" => 422,
            _ => 500,
        }
    }
}

/// A refusal over JSON-2.
pub(super) fn status(status: u16, refusal: &Refusal) -> Answer {
    let Refusal { name, message } = refusal;
    let body = json!({"name": name, "message": message, "arguments": [message], "context": {}, "debug": ""});
    Answer::reply(status, JSON, body.to_string())
}

/// A result over JSON-RPC.
pub(super) fn result(id: &Value, value: &Value) -> Answer {
    Answer::reply(200, JSON, json!({"jsonrpc": "2.0", "id": id, "result": value}).to_string())
}

/// A refusal over JSON-RPC: HTTP 200.
pub(super) fn error(id: &Value, refusal: &Refusal) -> Answer {
    let Refusal { name, message } = refusal;
    let data = json!({"name": name, "message": message, "arguments": [message], "debug": "", "context": {}});
    let error = json!({"code": 200, "message": "Odoo Server Error", "data": data});
    Answer::reply(200, JSON, json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string())
}

/// What a proxy in front says when there are too many calls.
pub(super) fn throttled(seconds: u32) -> Answer {
    match Answer::reply(429, "text/plain", "Too Many Requests") {
        Answer::Reply(mut response) => {
            if seconds > 0 {
                response.headers_mut().insert(hyper::header::RETRY_AFTER, seconds.into());
            }
            Answer::Reply(response)
        }
        Answer::HangUp => Answer::HangUp,
    }
}
