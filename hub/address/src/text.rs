//! Small questions about a run of characters.

/// Stands where something was taken out: it separates what was left and right of it.
pub(crate) const GONE: char = '\u{0}';

/// The character at a place; [`GONE`] outside.
pub(crate) fn at(text: &[char], place: usize) -> char {
    text.get(place).copied().unwrap_or(GONE)
}

/// Where `word` ends, when it stands at `from`.
pub(crate) fn starts_with(text: &[char], from: usize, word: &str) -> Option<usize> {
    let mut place = from;
    for letter in word.chars() {
        if text.get(place) != Some(&letter) {
            return None;
        }
        place += 1;
    }
    Some(place)
}

/// Words that are looked for together. Most places of a text begin none of them: a set of first characters, of each its
/// last seven bits, says so at once.
#[derive(Debug)]
pub(crate) struct Words {
    words: &'static [&'static str],
    firsts: u128,
}

impl Words {
    pub(crate) const fn new(words: &'static [&'static str]) -> Words {
        let (mut firsts, mut rest) = (0, words);
        while let [word, others @ ..] = rest {
            firsts |= Words::first(word.as_bytes());
            rest = others;
        }
        Words { words, firsts }
    }

    /// The bit of a word's first character, from its UTF-8 form: the last byte holds six bits of it.
    const fn first(word: &[u8]) -> u128 {
        let seven = match word {
            [one @ 0..=0x7f, ..] => *one,
            [one @ 0xc0..=0xdf, two, ..] | [0xe0..=0xef, one, two, ..] | [0xf0..=0xff, _, one, two, ..] => {
                ((*one & 1) << 6) | (*two & 0x3f)
            }
            _ => return 0,
        };
        1 << seven
    }

    /// The words.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().copied()
    }

    /// Where the longest of the words that stands at `from` ends.
    pub(crate) fn at(&self, text: &[char], from: usize) -> Option<usize> {
        let first = *text.get(from)?;
        if self.firsts & (1 << (u32::from(first) & 127)) == 0 {
            return None;
        }
        starts_with_any(text, from, self.words)
    }
}

/// Where the longest of these words that stands at `from` ends.
pub(crate) fn starts_with_any(text: &[char], from: usize, words: &[&str]) -> Option<usize> {
    let first = *text.get(from)?;
    let begins = |word: &&&str| word.starts_with(first);
    words.iter().filter(begins).filter_map(|word| starts_with(text, from, word)).max()
}

/// Whether one of these words ends right before `end`.
pub(crate) fn ends_with_any(text: &[char], start: usize, end: usize, words: &[&str]) -> bool {
    words.iter().any(|word| {
        let len = word.chars().count();
        end.checked_sub(len).is_some_and(|from| from >= start && starts_with(text, from, word) == Some(end))
    })
}

/// The piece from `start` to `end`.
pub(crate) fn piece(text: &[char], start: usize, end: usize) -> &[char] {
    text.get(start..end.min(text.len())).unwrap_or_default()
}

/// Whether there is anything but white space.
pub(crate) fn says(text: &str) -> bool {
    match text.as_bytes() {
        [] => false,
        // No white space begins so: nearly every field that says something does.
        [b'!'..=b'~' | 0xe4..=0xe9, ..] => true,
        _ => !text.trim().is_empty(),
    }
}

/// A text without white space at its ends, as nearly every field already is.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// Whether the character belongs to a Chinese word.
pub(crate) const fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// The ASCII characters that only separate, a bit for each.
const SEPARATORS: u128 = {
    let (mut bits, mut rest) = (0, b"\0\t\n\x0c\r ,;/\\|-_.:><=+~^!?\"'`".as_slice());
    while let [byte, others @ ..] = rest {
        bits |= 1 << *byte;
        rest = others;
    }
    bits
};

/// Whether the character only separates.
pub(crate) const fn is_separator(letter: char) -> bool {
    match letter {
        '\0'..='\u{7f}' => SEPARATORS >> (letter as u32) & 1 == 1,
        '\u{3400}'..='\u{9fff}' => false,
        _ => matches!(
            letter,
            '，' | '。'
                | '、'
                | '；'
                | '：'
                | '！'
                | '？'
                | '·'
                | '•'
                | '—'
                | '–'
                | '―'
                | '→'
                | '“'
                | '”'
                | '‘'
                | '’'
                | '…'
                | '　'
        ),
    }
}

/// The first place from `from` on that does not only separate.
pub(crate) fn skip_separators(text: &[char], from: usize) -> usize {
    let rest = piece(text, from, text.len());
    from + rest.iter().take_while(|letter| is_separator(**letter)).count()
}

/// A run of characters as a text.
pub(crate) fn string(text: &[char]) -> String {
    text.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_says_nothing() {
        for letter in (0..=0xffff).filter_map(char::from_u32) {
            assert_eq!(says(&letter.to_string()), !letter.is_whitespace(), "{letter:?}");
        }
        assert!([" a", "a ", "a", "", "a b", "é ", "　a"].iter().all(|text| trimmed(text) == text.trim()));
        assert!(says(" a") && !says("") && !says(" \u{3000}\n"));
    }

    #[test]
    fn what_separates() {
        let found: String =
            (0..=0x3fff).filter_map(char::from_u32).filter(|letter| is_separator(*letter)).collect();
        assert_eq!(found, "\0\t\n\u{c}\r !\"'+,-./:;<=>?\\^_`|~·–—―‘’“”•…→\u{3000}、。");
        assert!("，；：！？".chars().all(is_separator) && !"号a1*()[]".chars().any(is_separator));
    }

    #[test]
    fn the_set_of_first_characters_misses_no_word() {
        const WORDS: Words = Words::new(&["路", "a", "é", "大道", "𠀀", "道"]);
        for word in ["路", "a", "é", "大道", "𠀀", "道"] {
            let text: Vec<char> = word.chars().collect();
            assert_eq!(WORDS.at(&text, 0), Some(text.len()), "{word}");
        }
        assert_eq!(WORDS.at(&['大', '小'], 0), None);
        assert_eq!(WORDS.at(&[], 0), None);
    }
}
