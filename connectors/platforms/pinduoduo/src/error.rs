//! The platform's errors, which come inside HTTP 200.
//!
//! The codes are those of the table "返回错误码说明" on the platform's own pages (`pdd.refund.information.get`, as of
//! November 2025, carried by a public repository). The settings may name more. A reply that says in words that calls
//! come too often is believed. Everything else is rejected with its code, never retried blindly; so is 50001, a fault
//! of the business behind the gateway, whose sub code says which.

use std::time::Duration;

use crossdock_connector::{Error, ErrorKind, refusal, wire};

use crate::config::Config;
use crate::wire::ErrorBody;

/// Codes of the platform's table that are not an ordinary refusal.
const CODES: &[(&str, ErrorKind)] = &[
    // The application is offline or its id is wrong.
    ("10016", ErrorKind::Auth),
    // The access token has ended; it is wrong, or the client's id is.
    ("10019", ErrorKind::Session),
    ("20032", ErrorKind::Session),
    // The signature; our address is not on the list; the interface is not in the application's package.
    ("20004", ErrorKind::Auth),
    ("20005", ErrorKind::Auth),
    ("20031", ErrorKind::Auth),
    ("30000", ErrorKind::Auth),
    ("30001", ErrorKind::Auth),
    ("50000", ErrorKind::Unavailable),
    ("50002", ErrorKind::Unavailable),
    ("52001", ErrorKind::Unavailable),
    ("52002", ErrorKind::Unavailable),
    ("52101", ErrorKind::RateLimited),
    ("52102", ErrorKind::Unavailable),
    ("52103", ErrorKind::Unavailable),
    ("70031", ErrorKind::RateLimited),
    // Offline for maintenance.
    ("70033", ErrorKind::Unavailable),
    // The user or the application is a risk to the platform: people have to talk.
    ("70034", ErrorKind::Auth),
    ("70035", ErrorKind::Auth),
    // An application in test has only so many calls.
    ("70036", ErrorKind::RateLimited),
];

/// Reads an `error_response`.
pub(crate) fn read(said: &ErrorBody<'_>, config: &Config, wait: Option<Duration>) -> Error {
    let (code, sub_code) = (wire::text(said.error_code.as_ref()), wire::text(said.sub_code.as_ref()));
    let kind = [sub_code.as_deref(), code.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|code| known(code, config))
        .unwrap_or_else(|| by_words(said));
    let kind = refusal::renewable(kind, config.refresh_token.is_some());
    let mut error = Error::new(kind, "the gateway refused the call");
    error.retry_after = wait;
    if let Some(request) = wire::text(said.request_id.as_ref()) {
        error = error.with("request_id", request);
    }
    match (code, sub_code) {
        (Some(code), Some(sub_code)) if code != sub_code => error.vendor(code).with("sub_code", sub_code),
        (Some(code), _) => error.vendor(code),
        (None, Some(sub_code)) => error.vendor(sub_code),
        (None, None) => error,
    }
}

fn known(code: &str, config: &Config) -> Option<ErrorKind> {
    let named = config.error_codes.get(code).map(|kind| ErrorKind::from(*kind));
    named.or_else(|| CODES.iter().find(|(known, _)| *known == code).map(|(_, kind)| *kind))
}

fn by_words(said: &ErrorBody<'_>) -> ErrorKind {
    let words = [wire::text(said.error_msg.as_ref()), wire::text(said.sub_msg.as_ref())];
    let often = words.iter().flatten().any(|text| refusal::too_often(text));
    if often { ErrorKind::RateLimited } else { ErrorKind::Rejected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_there_once() {
        for (at, (code, kind)) in CODES.iter().enumerate() {
            assert!(CODES.iter().skip(at + 1).all(|(other, _)| other != code), "{code}");
            assert_ne!(*kind, ErrorKind::Rejected, "{code}");
        }
    }
}
