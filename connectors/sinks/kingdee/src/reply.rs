//! Reads replies: errors come in HTTP 200, in several wrappings.

use crossdock_connector::{Error, ErrorKind, HttpResponse, Outcome, Result};
use serde_json::Value;

use crate::error;

/// Most characters of the vendor's words that are kept.
const SHOWN: usize = 200;

/// What a failed call leaves behind, for those who have to say what became of a delivery.
pub(crate) enum Failure {
    /// The vendor, or its HTTP server, said no.
    Told(Error),
    /// Nobody can tell whether it was done.
    Unclear(Error),
}

impl Failure {
    /// The outcome of a delivery whose call failed.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Told(error) => Outcome::from_error(copy(error)),
            Self::Unclear(error) => Outcome::Uncertain(copy(error)),
        }
    }
}

/// The same error once more: each delivery has its own.
pub(crate) fn copy(error: &Error) -> Error {
    let mut again = Error::new(error.kind(), error.message());
    again.vendor_code.clone_from(&error.vendor_code);
    again.retry_after = error.retry_after;
    again.path.clone_from(&error.path);
    again
}

/// The rows a query found.
pub(crate) fn rows(reply: &HttpResponse) -> Result<Vec<Vec<Value>>, Failure> {
    let value = body(reply, "query", false)?;
    if let Some(status) = response_status(&value) {
        let written = Written::read(status, "query");
        let error = written.failed.map_or_else(
            || Error::new(ErrorKind::Unavailable, "kingdee query: no rows"),
            |(code, words)| error::read(code, &words, "query"),
        );
        return Err(Failure::Told(error));
    }
    let rows: Option<Vec<Vec<Value>>> = match value {
        Value::Array(rows) => rows.into_iter().map(|row| row.as_array().cloned()).collect(),
        _ => None,
    };
    rows.ok_or_else(|| {
        Failure::Told(Error::new(ErrorKind::Unavailable, "kingdee query: the answer is no list of rows"))
    })
}

/// What a call that writes did.
pub(crate) fn written(reply: &HttpResponse, call: &'static str) -> Result<Written, Failure> {
    let value = body(reply, call, true)?;
    match response_status(&value) {
        Some(status) => Ok(Written::read(status, call)),
        None => Err(unclear(call, "the answer has no `ResponseStatus`")),
    }
}

/// What a call that writes did, bill by bill.
#[derive(Debug)]
pub(crate) struct Written {
    call: &'static str,
    /// Code and words, when not everything went well.
    failed: Option<(Option<i64>, String)>,
    done: Vec<(Option<usize>, String)>,
    faults: Vec<(Option<usize>, String)>,
}

impl Written {
    fn read(status: &Value, call: &'static str) -> Self {
        let list = |name: &str| status.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let place =
            |item: &Value| item.get("DIndex").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
        let done = list("SuccessEntitys");
        let done =
            done.iter().map(|item| (place(item), item.get("Number").map(text).unwrap_or_default())).collect();
        let errors = list("Errors");
        let faults: Vec<(Option<usize>, String)> = errors
            .iter()
            .map(|item| {
                let message = words(item.get("Message").and_then(Value::as_str).unwrap_or_default());
                let field = item.get("FieldName").and_then(Value::as_str).unwrap_or_default();
                (place(item), if field.is_empty() { message } else { format!("{}: {message}", words(field)) })
            })
            .collect();
        let code = status.get("MsgCode").and_then(Value::as_i64);
        let failed = (status.get("IsSuccess").and_then(Value::as_bool) != Some(true)).then(|| {
            let all: Vec<&str> = faults.iter().map(|(_, words)| words.as_str()).collect();
            (code, words(&all.join("; ")))
        });
        Self { call, failed, done, faults }
    }

    /// What became of one of `count` bills: done, refused, or not even looked at.
    pub(crate) fn of(&self, at: usize, number: &str, count: usize) -> Result<(), Error> {
        let Some((code, all)) = &self.failed else { return Ok(()) };
        let is = |place: &Option<usize>, named: &str| {
            if named.is_empty() { *place == Some(at) } else { named.eq_ignore_ascii_case(number) }
        };
        if self.done.iter().any(|(place, named)| is(place, named)) {
            return Ok(());
        }
        let whole = error::read(*code, all, self.call);
        // What is about the session, the licence or the database is about all of them.
        if count == 1 || !error::may_be_done(&whole) {
            return Err(whole);
        }
        let own: Vec<&str> = self
            .faults
            .iter()
            .filter(|(place, _)| *place == Some(at))
            .map(|(_, words)| words.as_str())
            .collect();
        if own.is_empty() {
            let what =
                format!("kingdee {}: said nothing about this bill beside the others: {all}", self.call);
            return Err(Error::new(ErrorKind::Unavailable, what));
        }
        Err(error::read(*code, &words(&own.join("; ")), self.call))
    }
}

/// The body as JSON, unless the reply is a failure without the vendor's wrapping.
fn body(reply: &HttpResponse, call: &'static str, writes: bool) -> Result<Value, Failure> {
    let text = String::from_utf8_lossy(&reply.body);
    if !reply.is_success() {
        let mut error = Error::from_response(reply);
        if !text.trim().is_empty() {
            error =
                Error::new(error.kind(), format!("kingdee {call}: {}: {}", error.message(), words(&text)));
            error.retry_after = reply.retry_after();
        }
        let lost = matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable) && reply.status != 503;
        return Err(if writes && lost { Failure::Unclear(error) } else { Failure::Told(error) });
    }
    let value = match serde_json::from_slice(&reply.body) {
        // The same reply once more, as text inside a string.
        Ok(Value::String(inner)) => serde_json::from_str(&inner).unwrap_or(Value::String(inner)),
        Ok(value) => value,
        Err(_) => Value::String(text.into_owned()),
    };
    let Value::String(plain) = &value else { return Ok(value) };
    if error::session_lost(plain) {
        return Err(Failure::Told(error::read(None, &words(plain), call)));
    }
    let what = words(plain.trim().strip_prefix("response_error:").unwrap_or(plain));
    if writes {
        return Err(unclear(call, &what));
    }
    Err(Failure::Told(Error::new(ErrorKind::Unavailable, format!("kingdee {call}: {what}"))))
}

fn unclear(call: &str, what: &str) -> Failure {
    Failure::Unclear(Error::new(ErrorKind::Unavailable, format!("kingdee {call}: {what}")))
}

/// `Result.ResponseStatus`, also inside the two lists that queries put around it.
fn response_status(value: &Value) -> Option<&Value> {
    let inner = match value {
        Value::Array(outer) => outer.first()?.as_array()?.first()?,
        other => other,
    };
    inner.get("Result")?.get("ResponseStatus").filter(|status| status.is_object())
}

/// A cell of a row as text: ids are numbers, codes are texts, nothing is nothing.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// The vendor's words, bounded, with control characters written out: they end up on terminals.
pub(crate) fn words(text: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out = String::new();
    for letter in text.trim().chars().take(SHOWN) {
        if hidden(letter) {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    out.chars().take(SHOWN + SHOWN / 2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::Headers;

    fn reply(body: &'static str) -> HttpResponse {
        HttpResponse { status: 200, headers: Headers::default(), body: body.into() }
    }

    const LOST: &str = r#"{"Result":{"ResponseStatus":{"IsSuccess":false,"MsgCode":1,"Errors":[{"Message":"x","DIndex":0}]}}}"#;

    #[test]
    fn an_error_is_found_in_every_wrapping() {
        let twice = r#"[[{"Result":{"ResponseStatus":{"IsSuccess":false,"MsgCode":1,"Errors":[]}}}]]"#;
        let inside = r#""{\"Result\":{\"ResponseStatus\":{\"IsSuccess\":false,\"MsgCode\":1}}}""#;
        for body in [
            LOST,
            twice,
            inside,
            "response_error:会话信息已丢失",
            r#""\\u4f1a\\u8bdd\\u4fe1\\u606f\\u5df2\\u4e22\\u5931""#,
        ] {
            let Err(Failure::Told(error)) = rows(&reply(body)) else { panic!("{body}") };
            assert_eq!(error.kind(), ErrorKind::Session, "{body}");
        }
    }

    #[test]
    fn a_write_without_a_proper_answer_is_unclear() {
        for body in ["", "{}", "[]", "null", "<html></html>", "response_error: System.Exception"] {
            assert!(matches!(written(&reply(body), "save"), Err(Failure::Unclear(_))), "{body}");
        }
        for body in ["", "{}", "null", "<html></html>", "response_error: x"] {
            let Err(Failure::Told(error)) = rows(&reply(body)) else { panic!("{body}") };
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{body}");
        }
        assert!(rows(&reply("[]")).is_ok_and(|rows| rows.is_empty()));
    }

    #[test]
    fn success_inside_a_failure_counts_and_silence_does_not() {
        let body = r#"{"Result":{"ResponseStatus":{"IsSuccess":false,"MsgCode":11,
            "Errors":[{"FieldName":"FMaterialId","Message":"no such","DIndex":1}],
            "SuccessEntitys":[{"Id":1,"Number":"A","DIndex":0}]}}}"#;
        let Ok(written) = written(&reply(body), "save") else { panic!("not read") };
        assert!(written.of(0, "A", 3).is_ok());
        let refused = written.of(1, "B", 3).unwrap_err();
        assert_eq!(
            (refused.kind(), refused.message()),
            (ErrorKind::Rejected, "kingdee save: FMaterialId: no such")
        );
        assert_eq!(written.of(2, "C", 3).unwrap_err().kind(), ErrorKind::Unavailable);
    }
}
