//! The platform's errors, which come inside HTTP 200.
//!
//! Only two codes are established: 20004 (a public SDK's issue) and, less surely, 10019 for a token that has ended.
//! The settings may name more. A reply that says in words that calls come too often is believed. Everything else is
//! rejected with its code, never retried blindly.

use std::time::Duration;

use crossdock_connector::{Error, ErrorKind, wire};

use crate::config::Config;
use crate::wire::ErrorBody;

/// Established codes.
const CODES: &[(&str, ErrorKind)] = &[("10019", ErrorKind::Session), ("20004", ErrorKind::Auth)];
/// Words that only a reply to too many calls uses.
const TOO_OFTEN: [&str; 3] = ["频繁", "限流", "频率"];

/// Reads an `error_response`.
pub(crate) fn read(said: &ErrorBody<'_>, config: &Config, wait: Option<Duration>) -> Error {
    let (code, sub_code) = (wire::text(said.error_code.as_ref()), wire::text(said.sub_code.as_ref()));
    let mut kind = [sub_code.as_deref(), code.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|code| known(code, config))
        .unwrap_or_else(|| by_words(said));
    // A token that something else renews cannot be renewed by asking again.
    if kind == ErrorKind::Session && config.refresh_token.is_none() {
        kind = ErrorKind::Auth;
    }
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
    let often = words.iter().flatten().any(|text| TOO_OFTEN.iter().any(|word| text.contains(word)));
    if often { ErrorKind::RateLimited } else { ErrorKind::Rejected }
}
