//! The platform's errors, which come inside HTTP 200.
//!
//! The sub code decides where there is one: code 15 is as often our mistake (`isv.`) as the platform's (`isp.`).
//! Source of the codes below 100 and of the two prefixes: the platform's own page "Troubleshooting and Error
//! Codes" (developer.alibaba.com, articleId 102707) and copies of it; `accesscontrol.` and its wait: the
//! platform's page on call limits; `isv.trade-not-exist`: doc comments of official SDKs. Everything else is
//! rejected with its code, never retried blindly.

use std::time::Duration;

use crossdock_connector::{Error, ErrorKind, wire};

use crate::wire::ErrorBody;

/// Codes of the gateway itself.
const CODES: &[(&str, ErrorKind)] = &[
    ("4", ErrorKind::RateLimited),
    ("5", ErrorKind::RateLimited),
    ("6", ErrorKind::RateLimited),
    ("7", ErrorKind::RateLimited),
    ("8", ErrorKind::RateLimited),
    ("10", ErrorKind::Unavailable),
    ("11", ErrorKind::Auth),
    ("12", ErrorKind::Auth),
    ("13", ErrorKind::Auth),
    // "Remote service error" without a sub code: whose fault it is was not said, so asking again is safe.
    ("15", ErrorKind::Unavailable),
    ("24", ErrorKind::Auth),
    ("25", ErrorKind::Auth),
    ("26", ErrorKind::Auth),
    ("27", ErrorKind::Auth),
    ("28", ErrorKind::Auth),
    ("29", ErrorKind::Auth),
    // The signed time is off by more than ten minutes: our clock needs people, as a wrong key does.
    ("31", ErrorKind::Auth),
    ("42", ErrorKind::Auth),
    ("50", ErrorKind::Unavailable),
    ("53", ErrorKind::Auth),
];

/// Sub codes that are known in full.
const SUB_CODES: &[(&str, ErrorKind)] = &[
    ("invalid-sessionkey", ErrorKind::Auth),
    ("session-expired", ErrorKind::Auth),
    ("session-not-exist", ErrorKind::Auth),
    ("isv.trade-not-exist", ErrorKind::NotFound),
];

/// Reads an `error_response`.
pub(crate) fn read(said: &ErrorBody<'_>, header_wait: Option<Duration>) -> Error {
    let code = wire::text(said.code.as_ref());
    let sub_code = wire::text(said.sub_code.as_ref());
    let kind = kind(code.as_deref(), sub_code.as_deref());
    let mut error = Error::new(kind, "the gateway refused the call");
    if let Some(wait) =
        ban(said.sub_msg.as_ref().or(said.msg.as_ref()).map(wire::Scalar::as_str)).or(header_wait)
    {
        error = error.after(wait);
    }
    if let Some(request) = wire::text(said.request_id.as_ref()) {
        error = error.with("request_id", request);
    }
    match (code, sub_code) {
        (Some(code), Some(sub_code)) => error.vendor(sub_code).with("code", code),
        (Some(code), None) => error.vendor(code),
        (None, Some(sub_code)) => error.vendor(sub_code),
        (None, None) => error,
    }
}

fn kind(code: Option<&str>, sub_code: Option<&str>) -> ErrorKind {
    if let Some(sub_code) = sub_code {
        if let Some((_, kind)) = SUB_CODES.iter().find(|(known, _)| *known == sub_code) {
            return *kind;
        }
        if sub_code.starts_with("accesscontrol.") {
            return ErrorKind::RateLimited;
        }
        if sub_code.starts_with("isp.") {
            return if sub_code.contains("timeout") { ErrorKind::Timeout } else { ErrorKind::Unavailable };
        }
    }
    let by_code = code.and_then(|code| CODES.iter().find(|(known, _)| *known == code)).map(|(_, kind)| *kind);
    match (by_code, sub_code) {
        // "Remote service error" with a sub code that is not the platform's own fault is an answer.
        (Some(ErrorKind::Unavailable), Some(_)) if matches!(code, Some("15" | "50")) => ErrorKind::Rejected,
        (Some(kind), _) => kind,
        (None, _) => ErrorKind::Rejected,
    }
}

/// "This ban will last for 3 more seconds".
fn ban(text: Option<&str>) -> Option<Duration> {
    let (_, rest) = text?.split_once("ban will last for ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sub_code_decides() {
        assert_eq!(kind(Some("15"), None), ErrorKind::Unavailable);
        assert_eq!(kind(Some("15"), Some("isp.remote-service-error")), ErrorKind::Unavailable);
        assert_eq!(kind(Some("15"), Some("isp.top-remote-connection-timeout")), ErrorKind::Timeout);
        assert_eq!(kind(Some("15"), Some("isv.invalid-parameter")), ErrorKind::Rejected);
        assert_eq!(kind(Some("15"), Some("isv.trade-not-exist")), ErrorKind::NotFound);
        assert_eq!(
            kind(Some("7"), Some("accesscontrol.limited-by-api-access-count")),
            ErrorKind::RateLimited
        );
        assert_eq!(kind(Some("40"), Some("isv.missing-parameter:tid")), ErrorKind::Rejected);
        assert_eq!(kind(Some("999"), None), ErrorKind::Rejected);
        assert_eq!(kind(None, None), ErrorKind::Rejected);
    }

    #[test]
    fn a_ban_says_how_long() {
        assert_eq!(ban(Some("This ban will last for 12 more seconds")), Some(Duration::from_secs(12)));
        assert_eq!(ban(Some("no")), None);
        assert_eq!(ban(None), None);
    }
}
