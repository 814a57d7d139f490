//! Encrypted texts of the platform.
//!
//! `~cipher~index~version~~` name and address, `$index$cipher$version$$` phone, `#index#cipher#version##` id card;
//! without an index `~cipher~version~` and `$x$cipher$version$`. The cipher is made anew for each answer; the index is
//! the same for one plain text and mall, so it is what merging and searching go by.

/// An encrypted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cipher<'t> {
    /// What stays the same, where there is one.
    pub(super) index: Option<&'t str>,
}

/// Reads an encrypted text; `None` when it is something else.
pub(super) fn read(text: &str) -> Option<Cipher<'_>> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '~' | '$' | '#'))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let (first, second, version, index) = match (mark, parts.as_slice()) {
        ('~', ["", cipher, index, version, "", ""]) => (*cipher, *index, *version, Some(*index)),
        ('$' | '#', ["", index, cipher, version, "", ""]) => (*cipher, *index, *version, Some(*index)),
        ('~', ["", cipher, version, ""]) => (*cipher, "A", *version, None),
        ('$', ["", other, cipher, version, ""]) => (*cipher, *other, *version, None),
        _ => return None,
    };
    let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    (base64(first) && base64(second) && number).then_some(Cipher { index })
}

fn base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && text.len().saturating_sub(body.len()) <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
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
        assert_eq!(index("~AgAAAAWY+yKqwg==~4~"), Some(None));
        assert_eq!(index("$x$AgAAAAWY+yKqwg==$4$"), Some(None));
    }

    #[test]
    fn nothing_else() {
        for text in [
            "",
            "~",
            "~~",
            "张三",
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
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
