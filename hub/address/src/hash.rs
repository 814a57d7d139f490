//! The hash by which the same place is recognised again.

use crossdock_schemas::identity::ns;
use sha2::{Digest, Sha256};

use crate::text::is_han;

/// SHA-256 of `ns("A1") ns(country) ns(deepest region code) ns(detail)`, the detail without white space and
/// punctuation and in lower case. The detail comes in parts.
pub(crate) fn addr_hash<'a>(
    country: &str,
    region: &str,
    detail: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
) -> String {
    let parts = detail.into_iter();
    let mut plain = Vec::with_capacity(parts.clone().map(str::len).sum());
    for letter in parts.flat_map(str::chars) {
        match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii_alphanumeric() => plain.push(byte.to_ascii_lowercase()),
            Ok(0..=0x7f) => {}
            _ if is_han(letter) || letter.is_alphanumeric() => {
                plain.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => {}
        }
    }
    let mut buffer = Vec::with_capacity(plain.len() + country.len() + region.len() + 24);
    ns(&mut buffer, b"A1");
    ns(&mut buffer, country.as_bytes());
    ns(&mut buffer, region.as_bytes());
    ns(&mut buffer, &plain);
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let mut hex = [0; 64];
    for (pair, byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(Sha256::digest(&buffer)) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    std::str::from_utf8(&hex).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_punctuation_say_nothing() {
        let one = addr_hash("CN", "440305", ["科苑路15号 B栋", ",3单元"]);
        assert_eq!(one, addr_hash("CN", "440305", ["科苑路15号b栋3单元"]));
        assert_ne!(one, addr_hash("CN", "440304", ["科苑路15号B栋3单元"]));
        assert_eq!(one.len(), 64);
    }
}
