//! YonBIP's answers: a code as text or number in HTTP 200, or no JSON at all.

use std::time::Duration;

use crossdock_connector::{Error, ErrorKind, HttpResponse};
use serde_json::Value;

use crate::reply::{Failure, http, nonsense, text, words};

/// How long no call is made after a limit.
const LIMITED: Duration = Duration::from_secs(60);
/// How long the first of two equal calls gets.
const PROCESSING: Duration = Duration::from_secs(5);

/// An answer with its code.
pub(crate) struct Answer {
    code: String,
    message: String,
    /// What was asked for.
    pub(crate) data: Value,
}

impl Answer {
    /// Reads an answer of any code.
    pub(crate) fn read(reply: &HttpResponse, call: &'static str, writes: bool) -> Result<Self, Failure> {
        let value: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let code = text(value.as_ref().and_then(|value| value.get("code")));
        if code.is_empty() {
            let plain = String::from_utf8_lossy(&reply.body);
            // Some services answer with plain text when the token is not good.
            if plain.contains("非法token") {
                return Err(Failure::Told(Error::new(
                    ErrorKind::Session,
                    format!("yonyou {call}: {}", words(&plain)),
                )));
            }
            if !reply.is_success() {
                return Err(http(reply, call, writes));
            }
            return Err(nonsense(&plain, call, writes));
        }
        let message = words(&text(value.as_ref().and_then(|value| value.get("message"))));
        let data = value.and_then(|mut value| value.get_mut("data").map(Value::take)).unwrap_or_default();
        Ok(Self { code, message, data })
    }

    /// The order was saved before with the same key. Two documents print two codes.
    pub(crate) fn is_repeated(&self) -> bool {
        matches!(self.code.as_str(), "10004" | "100004")
    }

    /// What was asked for does not exist.
    pub(crate) fn is_missing(&self) -> bool {
        self.code == "1002"
    }

    /// What was asked for, or why not.
    pub(crate) fn data(self, call: &'static str) -> Result<Value, Failure> {
        if self.code == "200" { Ok(self.data) } else { Err(refusal(&self.code, &self.message, call)) }
    }
}

/// Whether a step was taken for all orders it named: it named one.
pub(crate) fn all_done(data: &Value, call: &'static str) -> Result<(), Failure> {
    let count = |name: &str| data.get(name).and_then(Value::as_u64);
    match (count("failCount"), count("sucessCount")) {
        (Some(0), _) => Ok(()),
        (None, Some(1..)) => Ok(()),
        (Some(_), _) => {
            let said = data.get("messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let said: Vec<String> = said.iter().map(|message| text(Some(message))).collect();
            let what = format!("yonyou {call}: {}", words(&said.join("; ")));
            Err(Failure::Refused(Error::new(ErrorKind::Rejected, what).vendor("200")))
        }
        (None, _) => Err(nonsense("the answer does not say what was done", call, true)),
    }
}

fn refusal(code: &str, message: &str, call: &str) -> Failure {
    let (kind, wait) = kind(code);
    let error = Error::new(kind, format!("yonyou {call}: {message}")).vendor(words(code));
    Failure::told(match wait {
        Some(wait) => error.after(wait),
        None => error,
    })
}

fn kind(code: &str) -> (ErrorKind, Option<Duration>) {
    match code {
        "310036" | "310001" => (ErrorKind::Session, None),
        // The interface is not granted to the application: people mend it.
        "310037" => (ErrorKind::Auth, None),
        "310032" | "310039" | "310042" | "310046" => (ErrorKind::RateLimited, Some(LIMITED)),
        "310043" => (ErrorKind::Unavailable, Some(LIMITED)),
        // The first call is still at work, or its answer came too late: the same key again.
        "202" | "310504" => (ErrorKind::Unavailable, Some(PROCESSING)),
        "310071" | "310072" => (ErrorKind::Unavailable, None),
        "310008" | "310015" | "310023" => (ErrorKind::Bug, None),
        "310404" => (ErrorKind::Config, None),
        "1002" => (ErrorKind::NotFound, None),
        _ => (ErrorKind::Rejected, None),
    }
}

/// How long no call at all is wanted, read from any reply.
pub(crate) fn limited(reply: &HttpResponse) -> Option<Duration> {
    // Refusals are short; long replies are data.
    if reply.body.len() > 4096 {
        return None;
    }
    let value: Value = serde_json::from_slice(&reply.body).ok()?;
    match kind(&text(value.get("code"))) {
        (ErrorKind::RateLimited, wait) => wait,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::Headers;

    fn reply(body: &'static str) -> HttpResponse {
        HttpResponse { status: 200, headers: Headers::default(), body: body.into() }
    }

    #[test]
    fn codes_are_texts_or_numbers() {
        for body in [r#"{"code":"200","data":{"id":"7"}}"#, r#"{"code":200,"data":{"id":7}}"#] {
            let answer = Answer::read(&reply(body), "detail", false).unwrap();
            assert_eq!(text(answer.data("detail").unwrap().get("id")), "7");
        }
    }

    #[test]
    fn a_limit_stops_all_calls() {
        let wait = limited(&reply(r#"{"code":"310046","message":"x"}"#));
        assert_eq!(wait, Some(Duration::from_secs(60)));
        for body in [r#"{"code":"200"}"#, r#"{"code":"999"}"#, r#"{"code":"202"}"#, "", "非法token"] {
            assert_eq!(limited(&reply(body)), None, "{body}");
        }
    }

    #[test]
    fn a_step_that_does_not_say_so_was_not_taken() {
        let done = |text: &str| all_done(&serde_json::from_str(text).unwrap(), "batchaudit");
        assert!(done(r#"{"count":1,"sucessCount":1,"failCount":0}"#).is_ok());
        assert!(matches!(
            done(r#"{"count":1,"sucessCount":0,"failCount":1,"messages":["x"]}"#),
            Err(Failure::Refused(_))
        ));
        assert!(matches!(done("{}"), Err(Failure::Unclear(_))));
    }
}
