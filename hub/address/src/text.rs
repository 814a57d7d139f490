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

/// Where the longest of these words that stands at `from` ends.
pub(crate) fn starts_with_any(text: &[char], from: usize, words: &[&str]) -> Option<usize> {
    words.iter().filter_map(|word| starts_with(text, from, word)).max()
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

/// Whether the character belongs to a Chinese word.
pub(crate) const fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// Whether the character only separates.
pub(crate) const fn is_separator(letter: char) -> bool {
    letter.is_ascii_whitespace()
        || matches!(
            letter,
            GONE | ','
                | ';'
                | '/'
                | '\\'
                | '|'
                | '-'
                | '_'
                | '.'
                | ':'
                | '>'
                | '<'
                | '='
                | '+'
                | '~'
                | '^'
                | '!'
                | '?'
                | '"'
                | '\''
                | '`'
        )
        || matches!(
            letter,
            '，' | '。' | '、' | '；' | '：' | '！' | '？' | '·' | '•' | '—' | '–' | '―' | '→'
        )
        || matches!(letter, '“' | '”' | '‘' | '’' | '…' | '　')
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
