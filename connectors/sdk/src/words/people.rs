//! A receiver's words about what we sent, without our people in them.

use super::quoted;

/// The vendor's words, made safe to show: what we sent about people is blanked out, so is everything that looks like
/// a mail address or a phone number.
pub fn without_people(words: &str, people: &[&str]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_people_are_not_repeated() {
        let said = "Email address \"lin@example.com\" of Lin Yi is invalid, call +8613800000001";
        assert_eq!(without_people(said, &["Lin Yi"]), "Email address \"…\" of … is invalid, call …");
        assert_eq!(without_people("13800000001 twice", &[]), "… twice");
    }

    #[test]
    fn the_vendors_own_numbers_stay() {
        let said = "Contact already exists. Existing ID: 7001, order 4012345678901234567";
        assert_eq!(without_people(said, &["x"]), said);
    }
}
