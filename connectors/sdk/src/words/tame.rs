//! Values from outside, so that they are read and do nothing: no mention, no link, no markup, no second line.

/// Most characters of one value.
const LONGEST: usize = 64;

/// A value from outside as it may stand in a message.
///
/// - Line breaks, tabs and runs of blanks become one blank; what cannot be seen or turns text around is dropped.
/// - `@ < > &` and each of `special` become their full-width forms: they look the same to people and mean nothing
///   to a chat program, so that no value can mention anybody or open a tag.
/// - An address loses the form by which chat programs make it a link: `https：//`, `example．com`, `[text］(..)`.
/// - More than 64 characters are cut, with an ellipsis.
pub fn tame(text: &str, special: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4 * LONGEST));
    let mut count = 0_usize;
    let mut before = ' ';
    let mut letters = text.chars().filter(|letter| !is_hidden(*letter)).peekable();
    while let Some(letter) = letters.next() {
        let letter = if letter.is_whitespace() || letter.is_control() { ' ' } else { letter };
        if letter == ' ' && before == ' ' {
            continue;
        }
        if count == LONGEST {
            // What follows is more than blanks, or this blank is not the last one.
            if letter != ' ' || letters.any(|later| !later.is_whitespace() && !later.is_control()) {
                out.push('…');
            }
            break;
        }
        let after = letters.peek().copied().unwrap_or(' ');
        let links = (letter == ':' && after == '/')
            || (letter == ']' && after == '(')
            || (letter == '.' && before.is_alphanumeric() && after.is_ascii_alphabetic());
        let meant = matches!(letter, '@' | '<' | '>' | '&') || special.contains(letter);
        out.push(if letter != ' ' && (links || meant) { wide(letter) } else { letter });
        count += 1;
        before = letter;
    }
    out.truncate(out.trim_end().len());
    out
}

/// The full-width form of a printable ASCII character.
fn wide(letter: char) -> char {
    match letter {
        '!'..='~' => char::from_u32(u32::from(letter) + 0xfee0).unwrap_or(letter),
        other => other,
    }
}

/// What nobody sees, or what turns text around.
pub(super) fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// At most so many bytes of a text, cut between characters and marked with an ellipsis.
pub fn fit(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let room = bytes.saturating_sub('…'.len_utf8());
    let end = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(|end| *end <= room);
    let cut = text.get(..end.last().unwrap_or(0)).unwrap_or_default();
    // Without room for the mark there is none: the limit is the receiver's.
    if bytes < '…'.len_utf8() { cut.to_owned() } else { format!("{cut}…") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_do_something_is_only_shown() {
        for (text, shown) in [
            ("4012345678901234567", "4012345678901234567"),
            ("#1001", "#1001"),
            ("A-1_2/3.5", "A-1_2/3.5"),
            ("<at user_id=\"all\">all</at>", "＜at user_id=\"all\"＞all＜/at＞"),
            ("<@all>", "＜＠all＞"),
            ("@13800000012 x", "＠13800000012 x"),
            ("&lt;at&gt;", "＆lt;at＆gt;"),
            ("https://evil.example/x", "https：//evil．example/x"),
            ("www.evil.example", "www．evil．example"),
            ("[win](x) [1] (2)", "[win］(x) [1] (2)"),
            ("a\r\nb\u{2028}c\td", "a b c d"),
            ("1\u{202e}2\u{200b}3\u{feff}", "123"),
            ("  x  ", "x"),
            ("\u{1b}[31mred", "[31mred"),
            ("广东省 深圳市", "广东省 深圳市"),
            ("St. Louis", "St. Louis"),
            ("", ""),
        ] {
            assert_eq!(tame(text, ""), shown, "{text:?}");
        }
        assert_eq!(tame("*a*_b_`c`[d](e)~f~", "*_`[]~"), "＊a＊＿b＿｀c｀［d］(e)～f～");
    }

    #[test]
    fn long_values_are_cut_and_say_so() {
        let long = "漢".repeat(65);
        assert_eq!(tame(&long, "").chars().count(), 65);
        assert!(tame(&long, "").ends_with('…'));
        assert_eq!(tame(&"x".repeat(64), ""), "x".repeat(64));
        assert_eq!(tame(&format!("{}  ", "x".repeat(64)), ""), "x".repeat(64));
        assert_eq!(tame(&format!("{} y", "x".repeat(64)), ""), format!("{}…", "x".repeat(64)));
    }

    #[test]
    fn bytes_are_cut_between_characters() {
        assert_eq!(fit("揽收", 6), "揽收");
        assert_eq!(fit("揽收妥投", 11), "揽收…");
        assert_eq!(fit("揽收妥投", 9), "揽收…");
        assert_eq!(fit("揽收妥投", 8), "揽…");
        assert_eq!(fit("揽收", 2), "");
    }

    proptest! {
        #[test]
        fn nothing_gets_through(text in any::<String>()) {
            let shown = tame(&text, "*_`[]");
            let bad = shown.contains(['@', '<', '>', '&', '*', '_', '`', '[', ']', '\n', '\r', '\t']);
            prop_assert!(!bad, "{:?} became {:?}", text, shown);
            prop_assert!(!shown.contains("://") && !shown.chars().any(char::is_control));
            prop_assert!(shown.chars().count() <= LONGEST + 1);
            // Once more changes nothing, but for the mark of a cut.
            if shown.chars().count() <= LONGEST {
                prop_assert_eq!(&tame(&shown, "*_`[]"), &shown);
            }
        }

        #[test]
        fn a_cut_never_exceeds_its_bytes(text in any::<String>(), bytes in 0_usize..40) {
            let cut = fit(&text, bytes);
            prop_assert!(cut.len() <= bytes);
            prop_assert!(text.starts_with(cut.trim_end_matches('…')) || text.len() <= bytes);
        }
    }
}
