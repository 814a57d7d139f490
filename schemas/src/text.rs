//! The one form of a text that identity is computed from.
//!
//! Unicode NFC (not NFKC: full-width and half-width SKUs are different SKUs), no zero-width characters,
//! every run of white space one blank, none at the ends. Case is kept.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Brings a text into its one form; borrows when it already is.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_clean_ascii(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        fold_blanks(Cow::Borrowed(text))
    } else {
        fold_blanks(Cow::Owned(text.nfc().collect()))
    }
}

/// Whether nothing is left of a text once it is cleaned.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_zero_width(c))
}

fn is_clean_ascii(bytes: &[u8]) -> bool {
    let mut previous = b' ';
    for &byte in bytes {
        let plain = matches!(byte, 0x21..=0x7e) || (byte == b' ' && previous != b' ');
        // Other control characters are no white space and stay; the slow way handles them.
        if !plain {
            return false;
        }
        previous = byte;
    }
    bytes.is_empty() || previous != b' '
}

const fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn fold_blanks(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().filter(|c| !is_zero_width(*c)) {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    if out == *text { text } else { Cow::Owned(out) }
}
