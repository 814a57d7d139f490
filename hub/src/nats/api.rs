//! Calls to the JetStream API as plain JSON. Configurations are compared and changed as the servers send them, so that
//! what this client does not know of yet stays as it is.

use std::time::Duration;

use async_nats::{Request, RequestErrorKind};
use serde_json::{Value, json};

use super::{Link, NatsError};

/// Why a call did not work.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// No such stream or consumer.
    Missing,
    /// The servers say no.
    No(NatsError),
}

impl Trouble {
    /// For callers for whom a missing thing is a mistake.
    pub(crate) fn into_error(self, what: &str) -> NatsError {
        match self {
            Self::Missing => NatsError::Refused(format!("{what} does not exist; run `crossdock nats setup`")),
            Self::No(error) => error,
        }
    }
}

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);
const STREAM_NOT_FOUND: u64 = 10059;
const CONSUMER_NOT_FOUND: u64 = 10014;
const MESSAGE_NOT_FOUND: u64 = 10037;
/// What passes by itself: no leader, no peers, the system is starting, offline.
const PASSING: [u64; 5] = [10005, 10008, 10009, 10118, 10119];

/// Asks the API, such as `STREAM.INFO.NAME`.
pub(crate) async fn ask(link: &Link, subject: &str, body: &Value) -> Result<Value, Trouble> {
    let refused_before = link.refused();
    // What asks for nothing must be empty.
    let payload = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let request = Request::new().payload(payload.into()).timeout(Some(TIMEOUT));
    let asked = link.client.send_request(format!("$JS.API.{subject}"), request).await;
    let answer = asked.map_err(|error| {
        let words = link.explain(subject, &error);
        Trouble::No(match error.kind() {
            RequestErrorKind::NoResponders => NatsError::Refused(format!(
                "{subject}: nobody answers: JetStream is off on these servers, or off for this account"
            )),
            // A call without permission is not answered; the reason came beside it.
            RequestErrorKind::TimedOut if link.refused() != refused_before => NatsError::Refused(words),
            _ => NatsError::Away(words),
        })
    })?;
    let answer: Value = serde_json::from_slice(&answer.payload)
        .map_err(|error| Trouble::No(NatsError::Away(format!("{subject}: {error}"))))?;
    let Some(error) = answer.get("error") else { return Ok(answer) };
    let code = error.get("err_code").and_then(Value::as_u64).unwrap_or_default();
    let words = error.get("description").and_then(Value::as_str).unwrap_or("an error without words");
    Err(match code {
        STREAM_NOT_FOUND | CONSUMER_NOT_FOUND | MESSAGE_NOT_FOUND => Trouble::Missing,
        code if PASSING.contains(&code) => {
            Trouble::No(NatsError::Away(format!("{subject}: {words} ({code})")))
        }
        code => Trouble::No(NatsError::Refused(format!("{subject}: {words} ({code})"))),
    })
}

/// What the servers say about a stream; `None` when there is none of this name.
pub(crate) async fn stream_info(link: &Link, stream: &str) -> super::Result<Option<Value>> {
    match ask(link, &format!("STREAM.INFO.{stream}"), &json!(null)).await {
        Ok(info) => Ok(Some(info)),
        Err(Trouble::Missing) => Ok(None),
        Err(Trouble::No(error)) => Err(error),
    }
}
