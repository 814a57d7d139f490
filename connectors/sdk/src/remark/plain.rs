//! Texts that were written for web pages: `USPS Ground Advantage<SUP>&#153;</SUP>`, `see <a href='..'>here</a>`.

use std::borrow::Cow;

/// The text without tags and needless blanks, its entities resolved. They may be escaped twice.
pub fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let blank = |pair: &[u8]| pair.iter().all(u8::is_ascii_whitespace);
    let odd = |byte: u8| matches!(byte, b'<' | b'&' | b'\t' | b'\n' | b'\r') || !byte.is_ascii();
    if !text.bytes().any(odd) && !text.as_bytes().windows(2).any(blank) {
        return Cow::Borrowed(text);
    }
    let once = without_tags(&resolved(text));
    let twice = without_tags(&resolved(&once));
    Cow::Owned(twice.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('&') {
        out.push_str(head);
        match tail.split_once(';').and_then(|(name, after)| Some((entity(name)?, after))) {
            Some((letter, after)) => {
                out.push(letter);
                rest = after;
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "reg" => Some('®'),
        "trade" => Some('™'),
        _ => match name.strip_prefix('#')?.parse::<u32>().ok()? {
            // 153 is the trade mark of Windows-1252, a control character in Unicode.
            153 => Some('™'),
            code => char::from_u32(code).filter(|letter| !letter.is_control()),
        },
    }
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('<') {
        out.push_str(head);
        match tail.split_once('>') {
            Some((_, after)) => rest = after,
            None => {
                out.push('<');
                rest = tail;
                break;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_and_tags_are_not() {
        assert_eq!(plain("USPS Ground Advantage<SUP>&#153;</SUP>"), "USPS Ground Advantage™");
        assert_eq!(plain("Priority Mail&lt;SUP&gt;&amp;#174;&lt;/SUP&gt;"), "Priority Mail®");
        assert_eq!(plain("A &b; & < c &#0; &#xZ;"), "A &b; & < c &#0; &#xZ;");
        assert_eq!(plain(" two  blanks "), "two blanks");
        assert_eq!(plain("arrived (<a href='https://a.example'>link</a>)"), "arrived (link)");
        assert!(matches!(plain(" Out for Delivery "), Cow::Borrowed("Out for Delivery")));
    }
}
