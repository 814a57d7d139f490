//! Encrypted texts of the platform: phone `$index$cipher$version$$`, name and address `#index#cipher#version##`. The index may
//! be empty, the cipher of two parts with a star between them.
//!
//! The cipher is made anew for each answer; the index is the same for one plain text and shop, so it is what merging goes by.

/// The part of an encrypted text that stays the same; `None` when it has none, or is something else.
pub(super) fn index(text: &str) -> Option<&str> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '$' | '#'))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let ["", index, cipher, version, "", ""] = parts.as_slice() else { return None };
    let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    (base64(index) && cipher.split('*').all(base64) && number).then_some(index)
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
    fn the_index_stays() {
        assert_eq!(index("$WY+yKqwlAlxS$ubNXVLrJs7A7$1$$"), Some("WY+yKqwlAlxS"));
        assert_eq!(index("#/7kmyDzsr58x#XJ1ihwPJv/==#1##"), Some("/7kmyDzsr58x"));
        for text in
            ["", "$", "$$", "王**", "1********35", "$a$b$", "$a$b$1$", "$a$b$x$$", "#a$b#1##", "#王#b#1##"]
        {
            assert_eq!(index(text), None, "{text}");
        }
    }
}
