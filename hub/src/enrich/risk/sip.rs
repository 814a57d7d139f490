//! SipHash-2-4: a short keyed hash that says nothing without its key, and a tenth of the work of a long one.

/// The key.
#[derive(Clone, Copy)]
pub(super) struct Sip {
    keys: [u64; 2],
}

struct State([u64; 4]);

impl State {
    fn round(&mut self) {
        let [a, b, c, d] = &mut self.0;
        *a = a.wrapping_add(*b);
        *b = b.rotate_left(13) ^ *a;
        *a = a.rotate_left(32);
        *c = c.wrapping_add(*d);
        *d = d.rotate_left(16) ^ *c;
        *a = a.wrapping_add(*d);
        *d = d.rotate_left(21) ^ *a;
        *c = c.wrapping_add(*b);
        *b = b.rotate_left(17) ^ *c;
        *c = c.rotate_left(32);
    }

    fn take(&mut self, word: u64) {
        let [.., d] = &mut self.0;
        *d ^= word;
        self.round();
        self.round();
        let [a, ..] = &mut self.0;
        *a ^= word;
    }
}

impl Sip {
    pub(super) const fn new(key: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = key;
        let keys = [[a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]];
        let [first, second] = keys;
        Self { keys: [u64::from_le_bytes(first), u64::from_le_bytes(second)] }
    }

    pub(super) fn hash(&self, text: &[u8]) -> u64 {
        let [first, second] = self.keys;
        let mut state = State([
            first ^ 0x736f_6d65_7073_6575,
            second ^ 0x646f_7261_6e64_6f6d,
            first ^ 0x6c79_6765_6e65_7261,
            second ^ 0x7465_6462_7974_6573,
        ]);
        let (words, rest) = text.as_chunks::<8>();
        words.iter().for_each(|word| state.take(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
        // Of the length its last eight bits count.
        let length = u64::try_from(text.len()).unwrap_or_default() << 56;
        state.take(u64::from_le_bytes(last) | length);
        let [.., c, _] = &mut state.0;
        *c ^= 0xff;
        (0..4).for_each(|_| state.round());
        let [a, b, c, d] = state.0;
        a ^ b ^ c ^ d
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of its authors: the key is 00 01 .. 0f, the texts are 00, 00 01, ...
    #[test]
    fn as_its_authors_say() {
        let bytes: Vec<u8> = (0..64).collect();
        let sip = Sip::new(*bytes.first_chunk().unwrap());
        for (len, hash) in [
            (0, 0x726f_db47_dd0e_0e31),
            (1, 0x74f8_39c5_93dc_67fd),
            (7, 0xab02_00f5_8b01_d137),
            (8, 0x93f5_f579_9a93_2462),
            (15, 0xa129_ca61_49be_45e5),
            (63, 0x958a_324c_eb06_4572),
        ] {
            assert_eq!(sip.hash(&bytes[..len]), hash, "{len} bytes");
        }
    }
}
