//! The platform's errors, which come inside HTTP 200: the sub code decides before the code, the settings before both.
//!
//! The published page of codes (as carried by two public SDKs) is in `codes/errors.toml`. A sub code that is not there
//! says by its first part whose fault it is: `isv.` ours, which asking again does not mend; `isp.` and `dop.` theirs.

use crossdock_connector::{Error, ErrorKind, refusal};

use crate::codes::Codes;
use crate::config::Config;
use crate::wire::{Envelope, text};

/// Reads an envelope that says that the call failed.
pub(crate) fn read(said: &Envelope<'_>, config: &Config, codes: &Codes) -> Error {
    let (code, sub_code) = (text(&said.code).or(text(&said.err_no)), text(&said.sub_code));
    let known = |code: &str| {
        let named = config.error_codes.get(code).copied();
        named.or_else(|| codes.errors.get(code).map(|row| row.kind)).map(ErrorKind::from)
    };
    // `isp.service-error:1234` carries the code of something behind it.
    let family = sub_code.and_then(|sub| sub.split_once(':')).map(|(family, _)| family);
    let kind = sub_code
        .and_then(known)
        .or_else(|| family.and_then(known))
        .unwrap_or_else(|| by_family(said, sub_code, code.and_then(known)));
    let kind = refusal::renewable(kind, config.has_session());
    let mut error = Error::new(kind, "the gateway refused the call");
    if let Some(log) = text(&said.log_id) {
        error = error.with("log_id", log);
    }
    match (code, sub_code) {
        (Some(code), Some(sub_code)) => error.vendor(code).with("sub_code", sub_code),
        (Some(code), None) => error.vendor(code),
        (None, Some(sub_code)) => error.vendor(sub_code),
        (None, None) => error,
    }
}

fn by_family(said: &Envelope<'_>, sub_code: Option<&str>, code: Option<ErrorKind>) -> ErrorKind {
    let words = [text(&said.msg), text(&said.sub_msg)];
    if words.iter().flatten().any(|words| refusal::too_often(words)) {
        return ErrorKind::RateLimited;
    }
    match sub_code {
        Some(sub) if sub.starts_with("isp.") || sub.starts_with("dop.") => {
            code.filter(|kind| *kind != ErrorKind::Rejected).unwrap_or(ErrorKind::Unavailable)
        }
        Some(sub) if sub.starts_with("isv.") => code.unwrap_or(ErrorKind::Rejected),
        // Nobody knows it: asking again loses nothing.
        _ => code.unwrap_or(ErrorKind::Unavailable),
    }
}
