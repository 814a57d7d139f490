//! What JD's codes mean for us: the gateway's in `error_response`, and those of the interface behind it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crossdock_connector::refusal::{self, CodeKind};
use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, Result};

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

/// Looks for trouble at the gateway, before anything else is read. A list is no reply of it.
///
/// # Errors
/// The gateway's error; `Malformed` when it is not an object.
pub(crate) fn gateway(body: &[u8], codes: &BTreeMap<String, CodeKind>, has_session: bool) -> Result<()> {
    if wire::first_byte(body) == Some(b'[') {
        return Ok(());
    }
    let Some(trouble) = wire::object::<Gateway<'_>>(body)?.error_response else {
        return Ok(());
    };
    let code = trouble.code.text().unwrap_or_default();
    let words = [trouble.zh_desc.as_str(), trouble.en_desc.as_str()].join(" ").to_lowercase();
    let kind = codes.get(code).map_or_else(|| by_words(&words), |known| ErrorKind::from(*known));
    let kind = refusal::renewable(kind, has_session);
    Err(Error::new(kind, "the gateway refused the call").vendor(code).at("$.error_response.code"))
}

/// The gateway's codes are not published; a few words of its descriptions are plain enough.
fn by_words(words: &str) -> ErrorKind {
    let says = |list: &[&str]| list.iter().any(|word| words.contains(word));
    if says(&["sign", "签名"]) {
        ErrorKind::Auth
    } else if says(&["token"]) {
        ErrorKind::Session
    } else if says(&["limit", "too many", "流控"]) || refusal::too_often(words) {
        ErrorKind::RateLimited
    } else if says(&["permission", "权限", "appkey", "app_key"]) {
        ErrorKind::Auth
    } else {
        ErrorKind::Unavailable
    }
}
