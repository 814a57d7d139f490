//! Forms (`application/x-www-form-urlencoded`): how many vendors, above all Chinese ones, wrap JSON or XML.
//!
//! Signatures are made over the decoded text of a field, so decoding is strict: what is not proper URL encoding of
//! UTF-8 is refused instead of repaired.

use std::borrow::Cow;

use crate::{Error, Result, wire};

/// The content type of a form.
pub const TYPE: &str = "application/x-www-form-urlencoded; charset=UTF-8";

/// The fields of a form, in the order in which they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    /// Reads a form.
    ///
    /// # Errors
    /// `Malformed` when it is not URL-encoded UTF-8.
    pub fn read(body: &'a [u8]) -> Result<Self> {
        let text = std::str::from_utf8(body).map_err(|_| Error::malformed("not UTF-8 text").at("$"))?;
        let mut fields = Vec::new();
        for pair in text.trim_end_matches(['\r', '\n']).split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), Some(value)) = (decode(name), decode(value)) else {
                return Err(Error::malformed("broken URL encoding").at("$"));
            };
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// The value of a field that is there exactly once.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            // Two values of one field: whoever checks one and reads the other can be fooled.
            _ => None,
        }
    }

    /// As [`get`](Self::get), keeping the text.
    pub fn take(mut self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name)?;
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Name and value of every field.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

/// The text in one field of a form, or the body itself where it begins with one of `bare` (`{`, `<`), as it does when a
/// push is tried out by hand.
///
/// # Errors
/// `Malformed` at `path` when it is neither.
pub fn field<'a>(body: &'a [u8], name: &str, bare: &[u8], path: &str) -> Result<Cow<'a, str>> {
    if wire::first_byte(body).is_some_and(|first| bare.contains(&first)) {
        return wire::utf8(body).map(Cow::Borrowed);
    }
    let missing = || Error::malformed(format!("expected a form with the field `{name}`")).at(path);
    Form::read(body)?.take(name).ok_or_else(missing)
}

/// Decodes one name or value: `+` is a blank, `%XX` a byte. `None` when it is not URL-encoded UTF-8.
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| matches!(byte, b'+' | b'%')) {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                out.push(u8::try_from((high << 4) | low).ok()?);
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

/// Encodes one name or value as Java's `URLEncoder` does: letters, digits and `.-*_` stay, a blank becomes `+`,
/// everything else `%XX` with upper-case hex.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    }
    out
}

/// Writes a form.
pub fn write<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> =
        fields.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = write([("data", r#"{"地":"a b+c&d=%"}"#), ("x", "")]);
        assert_eq!(text, "data=%7B%22%E5%9C%B0%22%3A%22a+b%2Bc%26d%3D%25%22%7D&x=");
        let form = Form::read(text.as_bytes()).unwrap();
        assert_eq!(form.get("data"), Some(r#"{"地":"a b+c&d=%"}"#));
        assert_eq!(form.get("x"), Some(""));
        assert_eq!(form.get("y"), None);
    }

    #[test]
    fn a_field_that_is_there_twice_is_not_there() {
        let form = Form::read(b"data=1&data=2&x=3").unwrap();
        assert_eq!(form.get("data"), None);
        assert_eq!(form.clone().take("data"), None);
        assert_eq!(form.take("x").as_deref(), Some("3"));
    }

    #[test]
    fn a_push_is_a_field_or_itself() {
        let text = |body: &'static str| field(body.as_bytes(), "param", b"{<", "$.param");
        assert_eq!(text("param=%7B%7D").unwrap(), "{}");
        assert_eq!(text("\u{feff} {}").unwrap(), " {}");
        assert_eq!(text("other={}").unwrap_err().path.as_deref(), Some("$.param"));
        assert!(text("[]").is_err());
    }

    #[test]
    fn broken_encoding_is_refused() {
        for body in [b"a=%7".as_slice(), b"a=%zz", b"a=%FF", b"a=\xFF"] {
            assert!(Form::read(body).is_err(), "{body:?}");
        }
    }
}
