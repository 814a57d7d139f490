//! Small keys, found fast: hashes of words that the tables or the merchant's own source bring, and countries by their code.
//! Nobody outside chooses what is kept under these hashes, so they need no key.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map of words that are known beforehand.
pub(crate) type Known<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Multiplies and folds, eight bytes at a time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quick(u64);

impl Quick {
    const fn mix(self, word: u64) -> Quick {
        let product = ((self.0 ^ word) as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = product.to_le_bytes();
        Quick(u64::from_le_bytes([a, b, c, d, e, f, g, h]) ^ u64::from_le_bytes([i, j, k, l, m, n, o, p]))
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut hash = *self;
        for word in words {
            hash = hash.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
        // The length keeps a text apart from the same one with zeros behind it, and one field from the next.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        *self = hash.mix(u64::from_le_bytes(last)).mix(length | 1 << 63);
    }

    fn write_u8(&mut self, byte: u8) {
        *self = self.mix(u64::from(byte));
    }
}

/// The row of each country in a table, by its code of two capitals.
#[derive(Debug)]
pub(crate) struct Rows(Vec<u8>);

/// Stands where a country has no row.
const NONE: u8 = u8::MAX;

impl Rows {
    /// The rows of a table, given the codes in its order: fewer than 255.
    pub(crate) fn new<'a>(codes: impl Iterator<Item = &'a str>) -> Rows {
        let mut rows = vec![NONE; 26 * 26];
        for (code, row) in codes.zip(0..NONE) {
            if let Some(slot) = place(code).and_then(|at| rows.get_mut(at)).filter(|slot| **slot == NONE) {
                *slot = row;
            }
        }
        Rows(rows)
    }

    /// The row of a country.
    pub(crate) fn of(&self, code: &str) -> Option<usize> {
        self.0.get(place(code)?).filter(|row| **row != NONE).map(|row| usize::from(*row))
    }
}

fn place(code: &str) -> Option<usize> {
    match code.as_bytes() {
        [first @ b'A'..=b'Z', second @ b'A'..=b'Z'] => {
            Some(usize::from(first - b'A') * 26 + usize::from(second - b'A'))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_apart() {
        let hash = |parts: &[&str]| {
            let mut hash = Quick::default();
            parts.iter().for_each(|part| hash.write(part.as_bytes()));
            hash.finish()
        };
        let texts: &[&[&str]] = &[
            &[],
            &[""],
            &["", ""],
            &["a"],
            &["a\0"],
            &["a", ""],
            &["", "a"],
            &["ab"],
            &["a", "b"],
            &["12345678"],
            &["1234567", "8"],
        ];
        for (at, one) in texts.iter().enumerate() {
            assert!(texts.iter().skip(at + 1).all(|other| hash(one) != hash(other)), "{one:?}");
        }
    }

    #[test]
    fn countries_by_their_code() {
        let rows = Rows::new(["CN", "US", "CN"].into_iter());
        assert_eq!((rows.of("CN"), rows.of("US")), (Some(0), Some(1)));
        assert!(["", "C", "DE", "cn", "CNN", "中"].iter().all(|code| rows.of(code).is_none()));
    }
}
