//! Encrypted texts of Chinese platforms, which stand where names, phones and addresses stood.
//!
//! `~cipher~index~version~~` name and address, `$index$cipher$version$$` phone, `#index#cipher#version##` id card, or name
//! and address; without an index `~cipher~version~` and `$x$cipher$version$`. The cipher is made anew for each answer, and
//! may be of two parts with a star between them. The index is the same for one plain text and shop, so it is what merging
//! and searching go by; of `$` and `#` it may be empty.

/// An encrypted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cipher<'t> {
    /// What stays the same, where there is one.
    pub index: Option<&'t str>,
}

/// Reads an encrypted text; `None` when it is something else.
pub fn read(text: &str) -> Option<Cipher<'_>> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '~' | '$' | '#'))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let (cipher, other, version, index) = match (mark, parts.as_slice()) {
        ('~', ["", cipher, index, version, "", ""]) => (*cipher, *index, *version, Some(*index)),
        ('$' | '#', ["", "", cipher, version, "", ""]) => (*cipher, "A", *version, None),
        ('$' | '#', ["", index, cipher, version, "", ""]) => (*cipher, *index, *version, Some(*index)),
        ('~', ["", cipher, version, ""]) => (*cipher, "A", *version, None),
        ('$', ["", other, cipher, version, ""]) => (*cipher, *other, *version, None),
        _ => return None,
    };
    let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    (cipher.split('*').all(base64) && base64(other) && number).then_some(Cipher { index })
}

/// Whether a text is base64, of either alphabet.
pub fn base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && text.len().saturating_sub(body.len()) <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
}

/// Whether a text is masked.
pub fn starred(text: &str) -> bool {
    text.contains(['*', '＊'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form() {
        let index = |text| read(text).map(|cipher| cipher.index);
        assert_eq!(index("~AgAAAAWY+yKqwg==~L3ZrvQGz3AxvZFlD~4~~"), Some(Some("L3ZrvQGz3AxvZFlD")));
        assert_eq!(index("$hr2/xN7r3YcK$AgAAAAcHzv8c==$4$$"), Some(Some("hr2/xN7r3YcK")));
        assert_eq!(index("#hr2/xN7r3YcK#AgAAAAcHzv8c==#4##"), Some(Some("hr2/xN7r3YcK")));
        assert_eq!(index("$WY+yKqwlAlxS$ubNXVLrJs7A7$1$$"), Some(Some("WY+yKqwlAlxS")));
        assert_eq!(index("#/7kmyDzsr58x#XJ1ihwPJv/==#1##"), Some(Some("/7kmyDzsr58x")));
        assert_eq!(index("##qIOpbLPevlQ==*CgYIASAHKAE=#1##"), Some(None));
        assert_eq!(index("$$KlqdO3S6/9vQ*CgYIASAHKAE=$1$$"), Some(None));
        assert_eq!(index("~AgAAAAWY+yKqwg==~4~"), Some(None));
        assert_eq!(index("$x$AgAAAAWY+yKqwg==$4$"), Some(None));
    }

    #[test]
    fn nothing_else() {
        for text in [
            "",
            "~",
            "~~",
            "$",
            "$$",
            "张三",
            "王**",
            "138****0000",
            "~abc~",
            "~AgAA~L3Zr~x~~",
            "~AgAA~L3Zr~4~",
            "$AgAA~L3Zr~4~~",
            "~张三~L3Zr~4~~",
            "~AgAA~L3Zr~4~~ ",
            "#AgAA#4#",
            "~AgAA~~4~~",
            "~A===~L3Zr~4~~",
            "$a$b$",
            "$a$b$x$$",
            "#a$b#1##",
            "#王#b#1##",
            "##*#1##",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
