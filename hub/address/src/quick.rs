//! Small keys, found fast: hashes of words that the tables or the merchant's own source bring, and countries by their code.
//! Nobody outside chooses what is kept under these hashes, so they need no key.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map of words that are known beforehand.
pub(crate) type Known<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Odd numbers without a pattern: what the hash begins with, and by what lengths are spread.
const START: u64 = 0x9e37_79b9_7f4a_7c15;
const KEY: u64 = 0xf39c_c060_5ced_c835;
const FRONT: u64 = 0xa076_1d64_78bd_642f;
const BACK: u64 = 0xe703_7ed1_a0b4_28db;

/// Multiplies and folds, sixteen bytes at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quick(u64);

impl Default for Quick {
    fn default() -> Self {
        Quick(START)
    }
}

impl Quick {
    const fn mix(self, front: u64, back: u64) -> Quick {
        let product = ((front ^ self.0) as u128).wrapping_mul((back ^ KEY) as u128);
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = product.to_le_bytes();
        Quick(u64::from_le_bytes([a, b, c, d, e, f, g, h]) ^ u64::from_le_bytes([i, j, k, l, m, n, o, p]))
    }
}

/// Fewer than sixteen bytes as two numbers; of few bytes some are in both.
fn ends(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
    }
    let two = |pair: Option<&[u8; 2]>| pair.map_or(0, |pair| u64::from(u16::from_le_bytes(*pair)));
    match bytes {
        [only] => (u64::from(*only), 0),
        _ => (two(bytes.first_chunk()), two(bytes.last_chunk())),
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (pairs, rest) = bytes.as_chunks::<16>();
        let mut hash = *self;
        for [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] in pairs {
            let (front, back) = ([*a, *b, *c, *d, *e, *f, *g, *h], [*i, *j, *k, *l, *m, *n, *o, *p]);
            hash = hash.mix(u64::from_le_bytes(front), u64::from_le_bytes(back));
        }
        // The length keeps a text apart from others with the same ends, and one field from the next.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let (front, back) = ends(rest);
        *self = hash.mix(front ^ length.wrapping_mul(FRONT), back ^ length.wrapping_mul(BACK));
    }

    fn write_u8(&mut self, byte: u8) {
        *self = self.mix(u64::from(byte), 0);
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
