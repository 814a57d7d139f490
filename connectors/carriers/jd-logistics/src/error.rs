//! What JD's codes mean for us: the gateway's in `error_response`, and those of the interface behind it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, Result};

use crate::config::GatewayCode;

/// The kind of a code of the interface.
pub(crate) fn kind(code: &str) -> ErrorKind {
    match code {
        "2001" => ErrorKind::Auth,
        "2100" => ErrorKind::NotFound,
        // Invalid number, invalid parameters.
        "2101" | "4000" => ErrorKind::Rejected,
        // A code without a row may pass.
        _ => ErrorKind::Unavailable,
    }
}

#[derive(Deserialize)]
struct Gateway<'a> {
    #[serde(borrow, default)]
    error_response: Option<Trouble<'a>>,
}

#[derive(Deserialize)]
struct Trouble<'a> {
    #[serde(borrow, default)]
    code: Scalar<'a>,
    #[serde(borrow, default)]
    zh_desc: Scalar<'a>,
    #[serde(borrow, default)]
    en_desc: Scalar<'a>,
}

/// A structure would also be read from a list; JD always sends an object.
pub(crate) fn object(body: &[u8]) -> Result<&[u8]> {
    let start = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().first();
    if start == Some(&b'{') { Ok(body) } else { Err(Error::malformed("expected a JSON object").at("$")) }
}

/// Looks for trouble at the gateway, before anything else is read.
///
/// # Errors
/// The gateway's error; `Malformed` when it is not an object.
pub(crate) fn gateway(body: &[u8], codes: &BTreeMap<String, GatewayCode>, has_session: bool) -> Result<()> {
    let Some(trouble) = object(body).and_then(wire::parse::<Gateway<'_>>)?.error_response else {
        return Ok(());
    };
    let code = trouble.code.text().unwrap_or_default();
    let words = [trouble.zh_desc.as_str(), trouble.en_desc.as_str()].join(" ").to_lowercase();
    let kind = match codes.get(code).map(|found| found.kind()).unwrap_or_else(|| by_words(&words)) {
        // Nobody can open a new one: somebody has to give another token.
        ErrorKind::Session if !has_session => ErrorKind::Auth,
        kind => kind,
    };
    Err(Error::new(kind, "the gateway refused the call").vendor(code).at("$.error_response.code"))
}

/// The gateway's codes are not published; a few words of its descriptions are plain enough.
fn by_words(words: &str) -> ErrorKind {
    let says = |list: &[&str]| list.iter().any(|word| words.contains(word));
    if says(&["sign", "签名"]) {
        ErrorKind::Auth
    } else if says(&["token"]) {
        ErrorKind::Session
    } else if says(&["limit", "too many", "限流", "流控", "频率", "频繁"]) {
        ErrorKind::RateLimited
    } else if says(&["permission", "权限", "appkey", "app_key"]) {
        ErrorKind::Auth
    } else {
        ErrorKind::Unavailable
    }
}
