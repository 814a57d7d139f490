//! Texts on their way in and out: the vendor's words without our people in them, forms, escapes.

use crossdock_connector::words::quoted;

/// The vendor's words, made safe to show: what we sent about people is blanked out, so is everything that looks like
/// a mail address or a phone number.
pub(crate) fn plain(words: &str, people: &[&str]) -> String {
    let mut text = words.to_owned();
    for value in people.iter().filter(|value| value.len() > 2) {
        text = text.replace(value, "…");
    }
    let mut out = String::with_capacity(text.len());
    for piece in
        text.split_inclusive(|letter: char| letter.is_whitespace() || "\"',;<>()[]{}".contains(letter))
    {
        let digits = piece.chars().filter(char::is_ascii_digit).count();
        let dialled =
            piece.starts_with('+') && digits >= 8 || digits == 11 && piece.trim_start().starts_with('1');
        if piece.contains('@') || dialled {
            out.push('…');
            out.extend(piece.chars().last().filter(|last| !last.is_alphanumeric()));
        } else {
            out.push_str(piece);
        }
    }
    quoted(&out)
}

/// Percent-encodes a value of a form.
pub(crate) fn percent(out: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Lines as HTML, which the body of a note is.
pub(crate) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_people_are_not_repeated() {
        let said =
            plain("Email address \"lin@example.com\" of Lin Yi is invalid, call +8613800000001", &["Lin Yi"]);
        assert_eq!(said, "Email address \"…\" of … is invalid, call …");
        assert_eq!(plain("13800000001 twice", &[]), "… twice");
    }

    #[test]
    fn the_vendors_own_numbers_stay() {
        let said = "Contact already exists. Existing ID: 7001, order 4012345678901234567";
        assert_eq!(plain(said, &["x"]), said);
    }

    #[test]
    fn forms_and_html() {
        let mut out = String::new();
        percent(&mut out, "a b+é~");
        assert_eq!(out, "a%20b%2B%C3%A9~");
        assert_eq!(html("<b>&\nx"), "&lt;b&gt;&amp;<br>x");
    }
}
