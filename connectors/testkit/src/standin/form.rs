//! `application/x-www-form-urlencoded`, read and written.

/// The pairs of a form; `None` when an escape is broken or the text is not UTF-8.
pub(crate) fn parse(text: &[u8]) -> Option<Vec<(String, String)>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split(|byte| *byte == b'&')
        .map(|pair| {
            let (key, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (pair.get(..at)?, pair.get(at + 1..)?),
                None => (pair, &b""[..]),
            };
            Some((decode(key)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
                u8::try_from(value).ok()?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// As Java's `URLEncoder` writes it: letters, digits and `.-*_` stay, a blank is `+`, the rest `%XX`.
pub(crate) fn java_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                encoded.push(char::from(byte))
            }
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// The value of a key that stands there exactly once.
pub(crate) fn once<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(name, _)| name == key);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let text = "a b*c~d 丰巢&=+%";
        let form = format!("x={}&y=", java_encode(text));
        let pairs = parse(form.as_bytes()).unwrap();
        assert_eq!(once(&pairs, "x"), Some(text));
        assert_eq!(once(&pairs, "y"), Some(""));
        assert_eq!(once(&pairs, "z"), None);
    }

    #[test]
    fn broken_escapes_are_no_form() {
        for bad in ["x=%", "x=%4", "x=%zz", "x=%ff"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(once(&parse(b"x=1&x=2").unwrap(), "x"), None);
    }
}
