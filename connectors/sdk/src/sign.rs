//! Signing what we send.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::{Error, Result, Secret};

/// HMAC-SHA256 of a message.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    crate::verify::hmac_sha256(key, message)
}

/// SHA-256 of a message.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(message).into()
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from(*DIGITS.get(usize::from(nibble)).unwrap_or(&b'0')));
        }
    }
    text
}

/// Standard base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64 with padding; `None` when it is not.
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads hex in either case; `None` when it is not.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, nibble| (byte << 4) | nibble)).collect())
}

/// The key of a Standard Webhooks secret: `whsec_` and base64, also with the `v1,` that people paste.
///
/// # Errors
/// `Config` when it is not base64 or empty.
pub fn standard_webhooks_key(secret: &Secret) -> Result<Vec<u8>> {
    let text = secret.expose_text().unwrap_or_default().trim();
    let text = text.strip_prefix("v1,").unwrap_or(text);
    let text = text.strip_prefix("whsec_").unwrap_or(text);
    match unbase64(text) {
        Some(key) if !key.is_empty() => Ok(key),
        _ => Err(Error::config("secret is not `whsec_` followed by base64")),
    }
}

/// The `webhook-signature` entry of Standard Webhooks for one key.
pub fn standard_webhooks(key: &[u8], id: &str, seconds: i64, body: &[u8]) -> String {
    let mut message = format!("{id}.{seconds}.").into_bytes();
    message.extend_from_slice(body);
    format!("v1,{}", base64(&hmac_sha256(key, &message)))
}
