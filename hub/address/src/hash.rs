//! The hash by which the same place is recognised again.

use crossdock_schemas::identity::ns;
use sha2::{Digest, Sha256};

use crate::text::is_han;

/// SHA-256 of `ns("A1") ns(country) ns(deepest region code) ns(detail)`, the detail without white space and
/// punctuation and in lower case.
pub(crate) fn addr_hash(country: &str, region: &str, detail: &str) -> String {
    let plain: String = detail
        .chars()
        .filter(|letter| is_han(*letter) || letter.is_alphanumeric())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let mut buffer = Vec::with_capacity(plain.len() + 32);
    ns(&mut buffer, b"A1");
    ns(&mut buffer, country.as_bytes());
    ns(&mut buffer, region.as_bytes());
    ns(&mut buffer, plain.as_bytes());
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(&buffer) {
        for half in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(half), 16));
        }
    }
    hex
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
