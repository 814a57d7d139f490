//! Hashes of short texts, many for each order: of what the merchant configured, and of what is counted, the latter with a
//! key that nobody knows, so that nobody can make values that fall together.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// A map by words of the merchant's own.
pub(crate) type Words<V> = HashMap<String, V, BuildHasherDefault<Quick>>;

/// Odd numbers without a pattern: what stands where there is no key, and by what lengths are spread.
const KEY: u64 = 0xf39c_c060_5ced_c835;
const START: u64 = 0x9e37_79b9_7f4a_7c15;
const FRONT: u64 = 0xa076_1d64_78bd_642f;
const BACK: u64 = 0xe703_7ed1_a0b4_28db;

/// Multiplies and folds, sixteen bytes at a time.
#[derive(Clone, Copy)]
pub struct Quick {
    key: u64,
    hash: u64,
}

impl Default for Quick {
    fn default() -> Self {
        Self { key: KEY, hash: START }
    }
}

impl std::fmt::Debug for Quick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Quick(…)")
    }
}

impl Quick {
    /// With a key of its own.
    pub(super) fn keyed() -> Self {
        let random = RandomState::new();
        Self { key: random.hash_one(1), hash: random.hash_one(2) }
    }

    /// What the hash of a text that begins so begins with.
    pub(super) fn begun(mut self, start: &str) -> Self {
        self.write(start.as_bytes());
        self
    }

    const fn mix(self, front: u64, back: u64) -> Self {
        let product = ((front ^ self.hash) as u128).wrapping_mul((back ^ self.key) as u128);
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = product.to_le_bytes();
        let (low, high) = ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]);
        Self { hash: u64::from_le_bytes(low) ^ u64::from_le_bytes(high), ..self }
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
        self.hash
    }

    fn write(&mut self, bytes: &[u8]) {
        let (pairs, rest) = bytes.as_chunks::<16>();
        let mut hash = *self;
        for [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] in pairs {
            let (front, back) = ([*a, *b, *c, *d, *e, *f, *g, *h], [*i, *j, *k, *l, *m, *n, *o, *p]);
            hash = hash.mix(u64::from_le_bytes(front), u64::from_le_bytes(back));
        }
        // The length keeps a text apart from others with the same ends, and one part from the next.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let (front, back) = ends(rest);
        *self = hash.mix(front ^ length.wrapping_mul(FRONT), back ^ length.wrapping_mul(BACK));
    }

    fn write_u8(&mut self, byte: u8) {
        *self = self.mix(u64::from(byte), 0);
    }
}

/// For keys that are hashes already.
#[derive(Debug, Default)]
pub(crate) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(key: Quick, parts: &[&str]) -> u64 {
        let mut hash = key;
        parts.iter().for_each(|part| hash.write(part.as_bytes()));
        hash.finish()
    }

    #[test]
    fn texts_and_keys_are_told_apart() {
        let texts: &[&[&str]] =
            &[&[], &[""], &["", ""], &["a"], &["a\0"], &["a", ""], &["", "a"], &["ab"], &["a", "b"]];
        let (one, other) = (Quick::keyed(), Quick::keyed());
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(hash(one, text), hash(one, text));
            assert_ne!(hash(one, text), hash(other, text), "{text:?}");
            for next in texts.iter().skip(at + 1) {
                assert_ne!(hash(one, text), hash(one, next), "{text:?} {next:?}");
                assert_ne!(hash(Quick::default(), text), hash(Quick::default(), next), "{text:?} {next:?}");
            }
        }
    }

    #[test]
    fn many_numbers_spread() {
        // Neighbours, as phone numbers are: no two of them fall together, and the low bits are even.
        let key = Quick::keyed();
        let mut low = vec![0_u32; 256];
        let mut all: Vec<u64> =
            (0..100_000_u32).map(|n| hash(key, &["phone", &format!("+86184{n:08}")])).collect();
        for hash in &all {
            low[usize::try_from(hash % 256).unwrap()] += 1;
        }
        assert!(low.iter().all(|count| (200..600).contains(count)), "{low:?}");
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 100_000);
    }
}
