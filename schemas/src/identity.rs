//! Identity: SHA-256 over netstrings of normalised values, so that everybody can recompute it.
//!
//! Byte differences that mean nothing (order of keys and lines, number formatting, white space) do not
//! change a key; what is sold, how much of it and the agreed price do. Every field is written as
//! `length:bytes,`, so no separator can be forged. The tags (`O1`, `L1`, `LS1`, `K1`, `S1`, `T1`, `E1`,
//! `A1`) version the rules.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::text::clean;
use crate::{Dec, OrderLine, TrackingEvent};

/// Why an identity cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A part of the identity is absent.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A number with more than 28 significant or 10 fraction digits.
    #[error("{0} has too many digits")]
    TooManyDigits(&'static str),
}

/// Appends a netstring: decimal length in bytes, `:`, the bytes, `,`.
pub fn ns(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut digits = [0_u8; 20];
    let mut rest = bytes.len();
    let mut used = 0_usize;
    for slot in digits.iter_mut().rev() {
        // A remainder of ten is one digit.
        *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
    out.push(b':');
    out.extend_from_slice(bytes);
    out.push(b',');
}

/// Identity of an order: `o1-` and 64 hex digits.
#[must_use]
pub fn order_key(platform: &str, shop: &str, order_no: &str) -> String {
    let mut buffer = Vec::with_capacity(128);
    order_fields(&mut buffer, b"O1", platform, shop, order_no);
    key("o1-", &buffer)
}

/// Identity of a parcel: `s1-` and 64 hex digits. `instance` is empty for the first use of the number.
#[must_use]
pub fn parcel_key(carrier: &str, tracking_no: &str, instance: &str) -> String {
    let mut buffer = Vec::with_capacity(128);
    ns(&mut buffer, b"S1");
    ns(&mut buffer, lower(carrier).as_bytes());
    ns(&mut buffer, waybill(tracking_no).as_bytes());
    text(&mut buffer, Some(instance));
    key("s1-", &buffer)
}

/// Identity of an after-sale case: `a1-` and 64 hex digits over
/// `ns("A1") ns(platform) ns(shop) ns(aftersale_no)`. The formula is crossdock's own.
#[must_use]
pub fn aftersale_key(platform: &str, shop: &str, aftersale_no: &str) -> String {
    let mut buffer = Vec::with_capacity(128);
    order_fields(&mut buffer, b"A1", platform, shop, aftersale_no);
    key("a1-", &buffer)
}

/// Identity of an order with its lines: `k1-` and 64 hex digits.
#[must_use]
pub fn idem_key(platform: &str, shop: &str, order_no: &str, lines_hash: &[u8; 32]) -> String {
    let mut buffer = Vec::with_capacity(160);
    order_fields(&mut buffer, b"K1", platform, shop, order_no);
    ns(&mut buffer, lines_hash);
    key("k1-", &buffer)
}

/// Identity of a scan: `t1-` and 64 hex digits. The code stands for the text where there is one, since
/// carriers reword their texts.
#[must_use]
pub fn tracking_event_key(carrier: &str, tracking_no: &str, event: &TrackingEvent) -> String {
    let mut buffer = Vec::with_capacity(256);
    ns(&mut buffer, b"T1");
    ns(&mut buffer, lower(carrier).as_bytes());
    ns(&mut buffer, waybill(tracking_no).as_bytes());
    ns(&mut buffer, event.at.utc_text().as_bytes());
    let code = event.code_raw.as_deref().filter(|code| !crate::text::is_blank(code));
    text(&mut buffer, code.or(event.description.as_deref()));
    text(&mut buffer, event.location.as_ref().and_then(|location| location.text.as_deref()));
    key("t1-", &buffer)
}

/// Identity of an event: `e1-` and 64 hex digits. Replaying the same captures gives the same ids, because
/// the discriminator comes from content, never from arrival.
#[must_use]
pub fn event_id(tenant: &str, event_type: &str, key_of_entity: &str, discriminator: &[u8]) -> String {
    let mut buffer = Vec::with_capacity(256);
    ns(&mut buffer, b"E1");
    ns(&mut buffer, tenant.as_bytes());
    ns(&mut buffer, event_type.as_bytes());
    ns(&mut buffer, key_of_entity.as_bytes());
    ns(&mut buffer, discriminator);
    key("e1-", &buffer)
}

/// Hash of one line.
///
/// # Errors
/// When a number has more digits than can be hashed.
pub fn line_hash(line: &OrderLine, order_currency: Option<&str>) -> Result<[u8; 32], IdentityError> {
    line_hash_in(&mut Vec::with_capacity(256), line, order_currency)
}

/// [`line_hash`] with a buffer that can be used again.
pub(crate) fn line_hash_in(
    buffer: &mut Vec<u8>,
    line: &OrderLine,
    order_currency: Option<&str>,
) -> Result<[u8; 32], IdentityError> {
    buffer.clear();
    line_record(buffer, line, order_currency)?;
    Ok(sha256(buffer))
}

/// Hash of all lines of an order; sorts them. Equal lines count as often as they occur.
#[must_use]
pub fn lines_hash(hashes: &mut [[u8; 32]]) -> [u8; 32] {
    hashes.sort_unstable();
    let mut buffer = Vec::with_capacity(16 + hashes.len() * 36);
    ns(&mut buffer, b"LS1");
    ns(&mut buffer, hashes.len().to_string().as_bytes());
    for hash in hashes.iter() {
        ns(&mut buffer, hash);
    }
    sha256(&buffer)
}

/// Appends the bytes that a line's hash is computed from.
///
/// # Errors
/// When a number has more digits than can be hashed.
pub fn line_record(
    out: &mut Vec<u8>,
    line: &OrderLine,
    order_currency: Option<&str>,
) -> Result<(), IdentityError> {
    ns(out, b"L1");
    text(out, line.line_ref.as_deref());
    text(out, line.sku.as_deref());
    text(out, line.product_ref.as_deref());
    text(out, line.variant_ref.as_deref());
    ns(out, line.kind.as_str().as_bytes());
    text(out, line.parent_ref.as_deref());
    decimal(out, Some(line.quantity), "quantity")?;
    code(out, line.unit.as_deref(), Some("C62"));
    decimal(out, line.unit_price, "unit_price")?;
    decimal(out, line.line_total, "line_total")?;
    code(out, line.currency.as_deref(), order_currency);
    match customization_digest(line) {
        Some(digest) => ns(out, &digest),
        None => ns(out, b""),
    }
    Ok(())
}

fn customization_digest(line: &OrderLine) -> Option<[u8; 32]> {
    let mut entries: Vec<(Cow<'_, str>, Cow<'_, str>)> = line
        .customization
        .iter()
        .map(|(name, value)| (clean(name), clean(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if entries.is_empty() {
        return None;
    }
    // Cleaning may change the order of the keys; the values make it total when two keys become one.
    entries.sort_unstable();
    let mut buffer = Vec::with_capacity(128);
    for (name, value) in &entries {
        ns(&mut buffer, name.as_bytes());
        ns(&mut buffer, value.as_bytes());
    }
    Some(sha256(&buffer))
}

fn order_fields(out: &mut Vec<u8>, tag: &[u8], platform: &str, shop: &str, number: &str) {
    ns(out, tag);
    ns(out, lower(platform).as_bytes());
    text(out, Some(shop));
    text(out, Some(number));
}

fn text(out: &mut Vec<u8>, value: Option<&str>) {
    ns(out, clean(value.unwrap_or_default()).as_bytes());
}

/// A currency or unit: upper case, or its default.
fn code(out: &mut Vec<u8>, value: Option<&str>, default: Option<&str>) {
    let mut value = clean(value.unwrap_or_default());
    if value.is_empty() {
        value = clean(default.unwrap_or_default());
    }
    if value.bytes().any(|byte| byte.is_ascii_lowercase()) {
        value.to_mut().make_ascii_uppercase();
    }
    ns(out, value.as_bytes());
}

fn decimal(out: &mut Vec<u8>, value: Option<Dec>, field: &'static str) -> Result<(), IdentityError> {
    let Some(value) = value else {
        ns(out, b"");
        return Ok(());
    };
    if !value.fits_hash() {
        return Err(IdentityError::TooManyDigits(field));
    }
    value.with_canonical(|digits| ns(out, digits));
    Ok(())
}

fn lower(value: &str) -> Cow<'_, str> {
    let mut value = clean(value);
    if value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        value.to_mut().make_ascii_lowercase();
    }
    value
}

/// A tracking number: upper case, no blanks.
fn waybill(value: &str) -> Cow<'_, str> {
    let mut value = clean(value);
    if value.bytes().any(|byte| byte.is_ascii_lowercase() || byte == b' ') {
        value.to_mut().retain(|c| c != ' ');
        value.to_mut().make_ascii_uppercase();
    }
    value
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hex.
pub(crate) fn hex(prefix: &str, bytes: &[u8]) -> String {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    let mut out = Vec::with_capacity(prefix.len() + bytes.len() * 2);
    out.extend_from_slice(prefix.as_bytes());
    for byte in bytes {
        out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    // A text and ASCII digits are a text.
    String::from_utf8(out).unwrap_or_default()
}

fn key(prefix: &str, buffer: &[u8]) -> String {
    hex(prefix, &sha256(buffer))
}
