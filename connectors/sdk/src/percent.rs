//! Percent-encoding of RFC 3986: letters, digits and `-._~` stay, every other byte is `%XX` with upper-case hex.
//!
//! A blank becomes `%20`; where a form wants `+` for it see [`form`](crate::form).

/// Encodes one name or value.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&crate::sign::hex(&[byte]).to_ascii_uppercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_means_something_is_written_out() {
        assert_eq!(encode("a b+é~"), "a%20b%2B%C3%A9~");
        assert_eq!(encode("r/1h=+ 张"), "r%2F1h%3D%2B%20%E5%BC%A0");
        assert_eq!(encode("2026-01-05 09:00:00"), "2026-01-05%2009%3A00%3A00");
        assert_eq!(encode("%41"), "%2541");
    }
}
