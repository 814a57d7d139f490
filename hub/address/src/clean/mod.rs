//! Brings a raw text into the form in which it is read, and says what that took.
//!
//! Compatibility forms become plain ones (full-width digits, circled numbers), entities are decoded, invisible and
//! decorating characters go, brackets become one kind, traditional characters simplified ones. The raw text is kept
//! by the caller; nothing here is for identity.

pub(crate) mod traditional;

use unicode_normalization::UnicodeNormalization;

use crate::table::Tables;
use crate::text::is_han;

/// Characters of a text that are read; what comes after them is kept as detail, unread.
pub(crate) const MOST_CHARACTERS: usize = 600;

/// A text as it is read.
#[derive(Debug, Default)]
pub(crate) struct Clean {
    /// The text, in simplified characters.
    pub(crate) text: Vec<char>,
    /// The same places before they were simplified, where that changed any: names keep their characters.
    pub(crate) written: Option<Vec<char>>,
    /// What was behind the part that is read.
    pub(crate) unread: String,
    pub(crate) traditional: bool,
    pub(crate) full_width: bool,
    pub(crate) noise: bool,
    /// How many characters were hidden by `*`.
    pub(crate) stars: usize,
    pub(crate) has_han: bool,
}

/// Cleans a text.
pub(crate) fn clean(tables: &Tables, raw: &str) -> Clean {
    let mut out = Clean::default();
    let decoded;
    let raw = if raw.contains('&') {
        decoded = entities(raw);
        out.noise = decoded.len() != raw.len();
        decoded.as_str()
    } else {
        raw
    };
    out.text.reserve(raw.len() / 2);
    let mut rest = raw.chars();
    while let Some(letter) = rest.next() {
        if out.text.len() >= MOST_CHARACTERS {
            out.unread.push(letter);
            out.unread.extend(rest);
            break;
        }
        out.take(letter);
    }
    respace(&mut out.text);
    let Clean { text, written, has_han, stars, .. } = &mut out;
    let mut traditional = false;
    for letter in text.iter() {
        traditional |= tables.simplified(*letter).is_some();
        *has_han |= is_han(*letter);
        *stars += usize::from(*letter == '*');
    }
    if traditional {
        *written = Some(text.clone());
        text.iter_mut().for_each(|letter| *letter = tables.simplified(*letter).unwrap_or(*letter));
    }
    out.traditional = traditional;
    out
}

impl Clean {
    fn take(&mut self, letter: char) {
        match letter {
            '\u{4e00}'..='\u{9fff}' | ' '..='~' => self.text.push(letter),
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' => {
                self.text.push(' ');
            }
            '，' | '；' | '：' | '。' | '、' | '！' | '？' => self.text.push(letter),
            '\u{ff01}'..='\u{ff5e}' => {
                self.full_width = true;
                let plain = u32::from(letter).checked_sub(0xfee0).and_then(char::from_u32);
                self.text.extend(plain);
            }
            '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => self.text.push(' '),
            '【' | '〔' | '「' | '『' | '〖' | '《' | '〈' => self.text.push('['),
            '】' | '〕' | '」' | '』' | '〗' | '》' | '〉' => self.text.push(']'),
            '﹡' | '∗' | '✱' | '⁎' => self.text.push('*'),
            '—' | '–' | '‐' | '‑' | '‒' | '―' | '−' => self.text.push('-'),
            letter if is_noise(letter) => self.noise = true,
            '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3ffff}' => self.text.push(letter),
            letter => {
                let before = self.text.len();
                // One character becomes at most eighteen.
                self.text.extend(
                    std::iter::once(letter).nfkc().map(|it| if it.is_whitespace() { ' ' } else { it }),
                );
                let one = self.text.len() == before + 1;
                self.full_width |= !one || self.text.last() != Some(&letter);
            }
        }
    }
}

/// Characters that say nothing: controls, invisible ones, emoji and ornaments.
fn is_noise(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e000}'..='\u{f8ff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{2300}'..='\u{23ff}' | '\u{2500}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
            | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Chinese characters that stand one by one are written apart and mean no more by it: 广 东 省.
fn respace(text: &mut Vec<char>) {
    if !text.windows(3).any(|three| matches!(three, [' ', letter, ' '] if is_han(*letter))) {
        return;
    }
    let han = |word: &[char]| matches!(word, [letter] if is_han(*letter));
    let lone = |word: &[char]| han(word) || matches!(word, [digit] if digit.is_ascii_digit());
    let words: Vec<&[char]> = text.split(|letter| *letter == ' ').collect();
    let runs = words.chunk_by(|left, right| lone(left) && lone(right));
    let together: Vec<Vec<char>> = runs
        .map(|run| match run.iter().filter(|word| han(word)).count() {
            0..=2 => run.join(&' '),
            _ => run.concat(),
        })
        .collect();
    *text = together.join(&' ');
}

/// Decodes the entities that shops leave in texts.
fn entities(raw: &str) -> String {
    const NAMED: &[(&str, &str)] = &[
        ("&nbsp;", " "),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&middot;", "·"),
        ("&mdash;", "-"),
        ("&ensp;", " "),
        ("&emsp;", " "),
    ];
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        let named = NAMED.iter().find_map(|(name, plain)| Some((entity.strip_prefix(name)?, *plain)));
        if let Some((after, plain)) = named {
            out.push_str(plain);
            rest = after;
        } else if let Some((after, letter)) = numbered(entity) {
            out.push(letter);
            rest = after;
        } else {
            out.push('&');
            rest = entity.strip_prefix('&').unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// `&#26041;` and `&#x65b9;`
fn numbered(entity: &str) -> Option<(&str, char)> {
    let body = entity.strip_prefix("&#")?;
    let end = body.bytes().take(9).position(|byte| byte == b';')?;
    let (digits, after) = body.split_at_checked(end)?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some((after.strip_prefix(';')?, char::from_u32(code)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(entities("a&amp;amp;b&nbsp;c&#65;&#x4E00;&x;&"), "a&amp;b cA一&x;&");
    }

    #[test]
    fn blanks_between_all_characters_go() {
        let mut text: Vec<char> = "广 东 省 深 圳 市 1 号".chars().collect();
        respace(&mut text);
        assert_eq!(text.iter().collect::<String>(), "广东省深圳市1号");
        let mut text: Vec<char> = "广东省 深圳市 南山区".chars().collect();
        respace(&mut text);
        assert_eq!(text.len(), 11);
    }
}
