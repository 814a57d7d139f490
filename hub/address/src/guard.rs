//! What is no text to read: cipher text and tokens.

/// Fewest characters of a cipher: shorter runs are order numbers and the like.
pub(crate) const SHORTEST: usize = 24;

fn is_base64(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '=' | '-' | '_')
}

/// Whether a run looks like base64 of random bytes: long, both cases and digits mixed.
fn is_random(run: &str) -> bool {
    run.len() >= SHORTEST
        && run.chars().all(is_base64)
        && run.chars().any(|letter| letter.is_ascii_digit())
        && run.chars().any(|letter| letter.is_ascii_lowercase())
        && run.chars().any(|letter| letter.is_ascii_uppercase())
}

/// Whether the whole text is cipher text: `~…~`, `$…$`, `#…#` around base64, or one long run of it.
pub(crate) fn is_encrypted(raw: &str) -> bool {
    let text = raw.trim();
    let framed = ["~", "$", "#"].iter().any(|frame| {
        text.strip_prefix(frame).is_some_and(|inside| {
            let parts: Vec<&str> = inside.split(['~', '$', '#']).collect();
            parts.len() >= 2
                && parts.first().is_some_and(|first| first.len() >= 12 && first.chars().all(is_base64))
                && parts.iter().all(|part| part.chars().all(|letter| is_base64(letter) || letter == '.'))
        })
    });
    framed || is_random(text)
}

/// A cipher inside a text, as bytes from and to: where a platform shows the region and encrypts the rest.
pub(crate) fn cipher_inside(raw: &str) -> Option<(usize, usize)> {
    if !raw.bytes().any(|byte| matches!(byte, b'~' | b'$' | b'#')) {
        return None;
    }
    for frame in ['~', '$', '#'] {
        let Some((before, behind)) = raw.split_once(frame) else { continue };
        let Some((inside, _)) = behind.rsplit_once(frame) else { continue };
        let start = before.len();
        let end = start + 2 + inside.len();
        let plain = |letter: char| is_base64(letter) || matches!(letter, '~' | '$' | '#' | '.');
        if inside.len() >= 16 && inside.chars().all(plain) {
            return Some((start, end));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ciphers_are_told_from_words() {
        for yes in [
            "~AgAAAAMOXvYH5sQhfAAA2dXn8hX4rLZ7~1~",
            "$pP0xYw2Lk3dGm8QfAAA2dXn8hX4rLZ7$1$",
            "QhfAAA2dXn8hX4rLZ7pP0xYw2Lk3dGm8==",
            "##kXm3Zs8QfAAA2dXn8hX4rLZ7##",
        ] {
            assert!(is_encrypted(yes) || cipher_inside(yes).is_some(), "{yes}");
        }
        for no in [
            "",
            "Room 301 Keyuan Road",
            "13812345678",
            "浙江省~",
            "RUEDELAPAIX",
            "SF1234567890123456789012345",
        ] {
            assert!(!is_encrypted(no), "{no}");
        }
        assert_eq!(cipher_inside("浙江省杭州市~AgAAAAMOXvYH5sQhfAAA2dXn~"), Some((18, 44)));
    }
}
