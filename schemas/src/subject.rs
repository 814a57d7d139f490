//! Subjects: nine tokens a broker can filter on, without personal data and without order numbers.
//!
//! `xd.v1.<tenant>.<entity>.<event>.<platform or carrier>.<shop or account>.<class>.<partition>`

use std::borrow::Cow;

use crate::identity::{hex, sha256};
use crate::{Class, EventType};

/// How many partitions there are.
pub const PARTITIONS: u8 = 64;
/// The longest token.
const MAX_TOKEN: usize = 64;

/// The subject of an event.
#[must_use]
pub fn subject(
    tenant: &str,
    event: EventType,
    platform: &str,
    shop: &str,
    class: Class,
    partition_key: &str,
) -> String {
    format!(
        "xd.v1.{}.{}.{}.{}.{}.{}.p{:02}",
        token(tenant),
        event.entity(),
        event.token(),
        token(platform),
        token(shop),
        class.as_str(),
        partition(partition_key),
    )
}

/// The partition of a key: equal keys stay in order.
#[must_use]
pub fn partition(partition_key: &str) -> u8 {
    let [first, ..] = sha256(partition_key.as_bytes());
    first % PARTITIONS
}

/// A value as a token: every byte outside `[A-Za-z0-9-]` becomes `_` and two hex digits. Too long a token
/// becomes `h-` and 32 hex digits of its SHA-256; so does a value that looks like one, lest somebody name
/// a shop after another one's hash. An empty value is `_`.
#[must_use]
pub fn token(value: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let escaped: Cow<'_, str> = if value.is_empty() {
        Cow::Borrowed("_")
    } else if value.bytes().all(plain) {
        Cow::Borrowed(value)
    } else {
        let mut out = String::with_capacity(value.len() + 8);
        for byte in value.bytes() {
            if plain(byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&hex("_", &[byte]).to_ascii_uppercase());
            }
        }
        Cow::Owned(out)
    };
    if escaped.len() > MAX_TOKEN || looks_hashed(&escaped) {
        let hash = sha256(value.as_bytes());
        return Cow::Owned(hex("h-", hash.first_chunk::<16>().unwrap_or(&[0; 16])));
    }
    escaped
}

fn looks_hashed(token: &str) -> bool {
    token
        .strip_prefix("h-")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
