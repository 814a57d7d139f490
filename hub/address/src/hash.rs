//! The hash by which the same place is recognised again.

use crossdock_schemas::identity::ns;
use sha2::{Digest, Sha256};

use crate::text::is_han;

/// SHA-256 of `ns("A1") ns(country) ns(deepest region code) ns(detail)`, the detail without white space and
/// punctuation and in lower case.
pub(crate) fn addr_hash(country: &str, region: &str, detail: &str) -> String {
    let mut plain = String::with_capacity(detail.len());
    for letter in detail.chars() {
        let counts = match letter {
            '\0'..='\u{7f}' => letter.is_ascii_alphanumeric(),
            letter => is_han(letter) || letter.is_alphanumeric(),
        };
        if counts {
            plain.push(letter.to_ascii_lowercase());
        }
    }
    let mut buffer = Vec::with_capacity(plain.len() + country.len() + region.len() + 24);
    ns(&mut buffer, b"A1");
    ns(&mut buffer, country.as_bytes());
    ns(&mut buffer, region.as_bytes());
    ns(&mut buffer, plain.as_bytes());
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let mut hex = Vec::with_capacity(64);
    hex.extend(Sha256::digest(&buffer).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    String::from_utf8(hex).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_punctuation_say_nothing() {
        let one = addr_hash("CN", "440305", "科苑路15号 B栋,3单元");
        assert_eq!(one, addr_hash("CN", "440305", "科苑路15号b栋3单元"));
        assert_ne!(one, addr_hash("CN", "440304", "科苑路15号B栋3单元"));
        assert_eq!(one.len(), 64);
    }
}
