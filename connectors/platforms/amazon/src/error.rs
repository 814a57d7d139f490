//! Amazon's errors, and how long it wants us to wait.

use std::time::Duration;

use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, HttpResponse, Result};
use crossdock_schemas::Dec;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body<'a> {
    #[serde(borrow, deserialize_with = "wire::one_or_many")]
    errors: Vec<Trouble<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Trouble<'a> {
    #[serde(borrow)]
    code: Scalar<'a>,
    #[serde(borrow)]
    message: Scalar<'a>,
    #[serde(borrow)]
    details: Scalar<'a>,
}

/// Refuses a reply that is an error, whatever its status. `pace` is the documented pace of the operation in seconds, for
/// a refusal that does not say how long to wait.
///
/// # Errors
/// As the table says.
pub(crate) fn accept(reply: &HttpResponse, pace: u64) -> Result<()> {
    let body: Body<'_> = wire::object(&reply.body).unwrap_or_default();
    let Some(trouble) = body.errors.first() else {
        return if reply.is_success() {
            Ok(())
        } else {
            Err(paced(Error::from_response(reply), reply, pace))
        };
    };
    let code = trouble.code.text().unwrap_or_default();
    let ended = |text: &Scalar<'_>| text.as_str().to_ascii_lowercase().contains("expired");
    let kind = match code {
        // The same code stands for a token that has ended and for a right that is not there.
        "Unauthorized" | "AccessDenied" | "InvalidAccessToken" | "MissingAuthenticationToken"
            if ended(&trouble.details) || ended(&trouble.message) =>
        {
            ErrorKind::Session
        }
        "ExpiredToken" | "ExpiredTokenException" => ErrorKind::Session,
        "Unauthorized"
        | "AccessDenied"
        | "InvalidAccessToken"
        | "InvalidSignature"
        | "MissingAuthenticationToken" => ErrorKind::Auth,
        "QuotaExceeded" | "RequestThrottled" | "Throttled" | "TooManyRequests" => ErrorKind::RateLimited,
        "NotFound" | "ResourceNotFound" => ErrorKind::NotFound,
        "InternalFailure" | "InternalServerError" | "ServiceUnavailable" | "TemporarilyUnavailable" => {
            ErrorKind::Unavailable
        }
        "InvalidInput"
        | "BadRequest"
        | "InvalidRequest"
        | "InvalidParameterValue"
        | "RequestTooLarge"
        | "UnsupportedMediaType" => ErrorKind::Rejected,
        // A code we do not know: the status tells, and inside of a success it is a refusal.
        _ if !reply.is_success() => ErrorKind::from_status(reply.status),
        _ => ErrorKind::Rejected,
    };
    let mut error = Error::new(kind, format!("amazon refuses the call, http status {}", reply.status));
    if !code.is_empty() {
        error = error.vendor(code.chars().take(64).collect::<String>());
    }
    error.retry_after = reply.retry_after();
    Err(paced(error, reply, pace))
}

/// Adds the wait where nobody names one: by the rate in the header, else by the documented one.
fn paced(mut error: Error, reply: &HttpResponse, pace: u64) -> Error {
    if error.kind() == ErrorKind::RateLimited && error.retry_after.is_none() {
        let rate = reply.headers.get("x-amzn-ratelimit-limit");
        let seconds = rate.and_then(seconds).unwrap_or(pace);
        error.retry_after = Some(Duration::from_secs(seconds));
    }
    error
}

/// Whole seconds between calls at a rate, rounded up: `0.0056` a second is one in 179 seconds.
fn seconds(rate: &str) -> Option<u64> {
    let rate = Dec::parse(rate.trim()).ok().filter(|rate| *rate > Dec::ZERO)?;
    let between = Dec::ONE.checked_div(rate)?;
    let whole: u64 = between.canonical().split('.').next()?.parse().ok()?;
    let more = Dec::parse(&whole.to_string()).ok()? < between;
    Some(whole.saturating_add(u64::from(more)).clamp(1, 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_wait() {
        let told = |rate| seconds(rate);
        assert_eq!((told("0.0056"), told("0.5"), told("0.0167")), (Some(179), Some(2), Some(60)));
        assert_eq!((told("20.0"), told("0"), told("-1"), told("x")), (Some(1), None, None, None));
        assert_eq!(told("0.000001"), Some(3600));
    }
}
