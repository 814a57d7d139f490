//! Which two characters begin something that is looked for in texts. Most places of a text begin nothing, and this says
//! so at once.

/// Bits, a power of two: of those who begin nothing, about one in twenty is looked at all the same.
const BITS: usize = 1 << 17;

/// A set of pairs of characters, kept by their hashes: a pair that was added is in it, and few others are.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    bits: Vec<u64>,
    /// There is a word of one character, which begins with any pair.
    lone: bool,
}

fn place(first: char, second: char) -> usize {
    let mixed =
        u32::from(first).wrapping_mul(0x0019_660d).wrapping_add(u32::from(second)).wrapping_mul(0x9e37_79b1);
    usize::try_from(mixed >> 15).unwrap_or_default()
}

impl Pairs {
    pub(crate) fn new() -> Pairs {
        Pairs { bits: vec![0; BITS / 64], lone: false }
    }

    /// Adds what begins with these characters.
    pub(crate) fn add(&mut self, mut word: impl Iterator<Item = char>) {
        let (Some(first), Some(second)) = (word.next(), word.next()) else {
            self.lone = true;
            return;
        };
        let at = place(first, second);
        if let Some(bits) = self.bits.get_mut(at / 64) {
            *bits |= 1 << (at % 64);
        }
    }

    /// Whether something may begin with two characters.
    pub(crate) fn may_begin(&self, first: char, second: char) -> bool {
        let at = place(first, second);
        self.lone || self.bits.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    /// Whether there is a word of one character.
    pub(crate) const fn has_lone(&self) -> bool {
        self.lone
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.bits.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_found_and_little_else() {
        let mut pairs = Pairs::new();
        let letters = || ('\u{4e00}'..'\u{9e00}').step_by(101);
        letters()
            .zip(letters().skip(1))
            .for_each(|(first, second)| pairs.add([first, second, '路'].into_iter()));
        assert!(letters().zip(letters().skip(1)).all(|(first, second)| pairs.may_begin(first, second)));
        let others = letters().flat_map(|first| letters().map(move |second| (first, second)));
        let found = others.filter(|(first, second)| pairs.may_begin(*first, *second)).count();
        assert!(found < 202 + 400, "{found} of 40804");
        pairs.add("县".chars());
        assert!(pairs.may_begin('大', '道'));
    }
}
