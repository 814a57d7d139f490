//! Calls of the API, and what its answers mean.
//!
//! Every refusal is HTTP 400, that for too many calls too: the code in the body decides.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crossdock_connector::{Error, ErrorKind, HttpRequest, HttpResponse, Outcome, Result, Secret};

use crate::config::{Config, Meaning};
use crate::form::Form;
use crate::plan::Wanted;
use crate::row;

/// Most characters of the vendor's own words that are kept.
const SHOWN: usize = 200;
/// The code for too many calls.
const TOO_FAST: &str = "8303";
/// How long to wait then, at least.
pub(crate) const BREATH: Duration = Duration::from_secs(1);
/// Most rows of one search.
const LIMIT: usize = 100;

/// How calls are put together and answers read.
pub(crate) struct Api {
    base: String,
    key: Secret,
    codes: BTreeMap<String, Meaning>,
}

impl Api {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            base: config.base_url.trim_end_matches('/').to_owned(),
            key: config.api_key.clone(),
            codes: config.codes.clone(),
        }
    }

    fn request(&self, path: &str, form: &Form, more: Value) -> HttpRequest {
        let mut body = Map::new();
        body.insert("app_id".to_owned(), form.app_id.as_str().into());
        body.insert("entry_id".to_owned(), form.entry_id.as_str().into());
        if let Value::Object(more) = more {
            body.extend(more);
        }
        let key = self.key.expose_text().unwrap_or_default();
        HttpRequest::post(
            format!("{}/api/v5/app/entry/{path}", self.base),
            "application/json; charset=utf-8",
            Value::Object(body).to_string(),
        )
        .header("authorization", format!("Bearer {key}"))
    }

    /// Asks for the widgets of a form.
    pub(crate) fn widgets(&self, form: &Form) -> HttpRequest {
        self.request("widget/list", form, json!({}))
    }

    /// Asks for the rows with some of our keys.
    pub(crate) fn list(&self, form: &Form, keys: &[&str]) -> HttpRequest {
        let mut fields = vec![form.key.as_str(), form.revision.as_str()];
        fields.extend(form.lines.as_ref().map(|lines| lines.widget.as_str()));
        let method = if keys.len() == 1 { "eq" } else { "in" };
        let condition = json!({"field": form.key, "type": "text", "method": method, "value": keys});
        let filter = json!({"rel": "and", "cond": [condition]});
        self.request("data/list", form, json!({"fields": fields, "limit": LIMIT, "filter": filter}))
    }

    /// Makes a row. The only way that notices a repetition.
    pub(crate) fn create(&self, wanted: &Wanted<'_>, data: &Value) -> HttpRequest {
        let form = wanted.form;
        let mut body = json!({
            "data_list": [data],
            "transaction_id": row::transaction(wanted),
            "is_start_workflow": form.start_workflow,
        });
        if let (Some(creator), Some(body)) = (&form.creator, body.as_object_mut()) {
            body.insert("data_creator".to_owned(), creator.as_str().into());
        }
        self.request("data/batch_create", form, body)
    }

    /// Changes a row.
    pub(crate) fn update(&self, wanted: &Wanted<'_>, id: &str, data: &Value) -> HttpRequest {
        let body = json!({
            "data_id": id,
            "data": data,
            "is_start_trigger": wanted.form.start_trigger,
            "transaction_id": row::transaction(wanted),
        });
        self.request("data/update", wanted.form, body)
    }

    /// What came back, or why not.
    pub(crate) fn read(&self, reply: &HttpResponse) -> Result<Value> {
        let body = serde_json::from_slice::<Value>(&reply.body).ok().filter(Value::is_object);
        if reply.is_success() {
            return body.ok_or_else(|| Error::malformed("the answer is not of the expected form"));
        }
        let said = |name: &str| body.as_ref().and_then(|body| body.get(name));
        let code = said("code").filter(|code| code.is_number()).map(Value::to_string);
        let meaning = code.as_deref().and_then(|code| self.codes.get(code)).copied();
        let kind = match (meaning, code.as_deref()) {
            (Some(Meaning::Throttled), _) | (None, Some(TOO_FAST)) => ErrorKind::RateLimited,
            (Some(Meaning::Auth), _) => ErrorKind::Auth,
            (Some(Meaning::Retry), _) => ErrorKind::Unavailable,
            (Some(Meaning::Rejected), _) => ErrorKind::Rejected,
            (None, _) => ErrorKind::from_status(reply.status),
        };
        let words = said("msg").and_then(Value::as_str).filter(|text| !text.is_empty());
        let message = words.map_or_else(|| format!("http status {}", reply.status), words_of);
        let mut error = Error::new(kind, message).with("status", reply.status);
        error.retry_after = reply.retry_after();
        if kind == ErrorKind::RateLimited {
            error.retry_after = Some(error.retry_after.unwrap_or(BREATH).max(BREATH));
        }
        Err(match code {
            Some(code) => error.vendor(code),
            None => error,
        })
    }
}

/// The outcome of a call that failed.
pub(crate) fn outcome(error: Error, writes: bool) -> Outcome {
    let gateway = error.context().iter().any(|(name, value)| *name == "status" && value == "502");
    match error.kind() {
        ErrorKind::Malformed | ErrorKind::Timeout if writes => Outcome::Uncertain(error),
        // Behind a broken gateway the work may have been done: the same transaction says.
        ErrorKind::Unavailable if writes && gateway => Outcome::Uncertain(error),
        ErrorKind::Malformed => Outcome::Retry(None, error),
        _ => Outcome::from_error(error),
    }
}

/// Whether an error is about this row alone: the next one is tried all the same.
pub(crate) fn is_of_one_row(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound)
}

/// The vendor's own words, bounded, with control characters written out: they end up on terminals.
fn words_of(text: &str) -> String {
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
    use crate::config::tests::read;
    use crossdock_connector::Headers;

    const FORM: &str = "[orders]\napp_id = 'a'\nentry_id = 'b'\nkey = 'k'\nrevision = 'r'\n";

    fn said(settings: &str, status: u16, body: &'static str) -> Error {
        let config = read(&format!("{settings}\n{FORM}")).unwrap();
        let reply = HttpResponse { status, headers: Headers::default(), body: body.into() };
        Api::new(&config).read(&reply).unwrap_err()
    }

    #[test]
    fn the_code_decides_not_the_status() {
        let fast = said("", 400, r#"{"code":8303,"msg":"超出请求频率限制"}"#);
        assert_eq!((fast.kind(), fast.retry_after), (ErrorKind::RateLimited, Some(BREATH)));
        assert_eq!(fast.to_string(), "超出请求频率限制 (code 8303), status 400");
        assert_eq!(
            said("", 400, r#"{"code":1,"msg":"The request is invalid."}"#).kind(),
            ErrorKind::Rejected
        );
        assert_eq!(said("", 429, "").kind(), ErrorKind::RateLimited);
        assert_eq!(said("", 401, "").kind(), ErrorKind::Auth);
    }

    #[test]
    fn codes_that_the_documents_do_not_explain_are_settings() {
        let body = r#"{"code":8304,"msg":"x"}"#;
        assert_eq!(said("", 400, body).kind(), ErrorKind::Rejected);
        for (meaning, kind) in [
            ("throttled", ErrorKind::RateLimited),
            ("auth", ErrorKind::Auth),
            ("retry", ErrorKind::Unavailable),
            ("rejected", ErrorKind::Rejected),
        ] {
            assert_eq!(said(&format!("codes = {{ '8304' = '{meaning}' }}"), 400, body).kind(), kind);
        }
    }

    #[test]
    fn words_are_bounded_and_safe_to_show() {
        assert_eq!(words_of("a\nb\u{1b}[2J\u{202e}"), "a b\\u{1b}[2J\\u{202e}");
        assert_eq!(words_of(&"漢".repeat(5000)).chars().count(), SHOWN);
    }
}
