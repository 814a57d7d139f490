//! Postal codes in their national form.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::rows::Rows;
use crate::text::trimmed;

/// Country and its forms: `9` is a digit, `A` a letter, `X` either; everything else is written as it stands.
const FORMS: &[(&str, &[&str])] = &[
    ("CN", &["999999"]),
    ("TW", &["999", "99999", "999999"]),
    ("US", &["99999", "99999-9999"]),
    ("CA", &["A9A 9A9"]),
    ("GB", &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"]),
    ("DE", &["99999"]),
    ("FR", &["99999"]),
    ("IT", &["99999"]),
    ("ES", &["99999"]),
    ("NL", &["9999 AA"]),
    ("PL", &["99-999"]),
    ("JP", &["999-9999"]),
    ("KR", &["99999"]),
    ("AU", &["9999"]),
    ("NZ", &["9999"]),
    ("BR", &["99999-999"]),
    ("MX", &["99999"]),
    ("SG", &["999999"]),
    ("IN", &["999999"]),
    ("AT", &["9999"]),
    ("BE", &["9999"]),
    ("CH", &["9999"]),
    ("LI", &["9999"]),
    ("LU", &["9999"]),
    ("DK", &["9999"]),
    ("NO", &["9999"]),
    ("SE", &["999 99"]),
    ("FI", &["99999"]),
    ("PT", &["9999-999"]),
    ("CZ", &["999 99"]),
    ("SK", &["999 99"]),
    ("GR", &["999 99"]),
    ("HU", &["9999"]),
    ("RO", &["999999"]),
    ("BG", &["9999"]),
    ("HR", &["99999"]),
    ("SI", &["9999"]),
    ("EE", &["99999"]),
    ("IE", &["A99 XXXX", "A9X XXXX"]),
    ("RU", &["999999"]),
    ("UA", &["99999"]),
    ("TR", &["99999"]),
    ("TH", &["99999"]),
    ("MY", &["99999"]),
    ("ID", &["99999"]),
    ("PH", &["9999"]),
    ("VN", &["99999", "999999"]),
    ("ZA", &["9999"]),
    ("IL", &["9999999"]),
    ("SA", &["99999", "99999-9999"]),
    ("AR", &["9999", "A9999AAA"]),
    ("CL", &["9999999", "999-9999"]),
    ("CO", &["999999"]),
    ("PR", &["99999", "99999-9999"]),
];

/// Where the forms of a country stand.
static ROWS: LazyLock<Rows> = LazyLock::new(|| Rows::new(FORMS.iter().map(|row| row.0)));

/// What a postal code is in its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Postal<'a> {
    /// In its national form.
    Valid(Cow<'a, str>),
    /// Not a postal code of this country; as it was given.
    Invalid(&'a str),
    /// The country's form is not known here; as it was given.
    Unknown(&'a str),
}

impl<'a> Postal<'a> {
    /// Brings a postal code into its national form.
    pub(crate) fn read(country: &str, given: &'a str) -> Postal<'a> {
        let given = trimmed(given);
        let Some((_, forms)) = ROWS.of(country).and_then(|row| FORMS.get(row)) else {
            return Postal::Unknown(given);
        };
        // Most are written as they should be.
        let stands_so = |form: &str| form.len() == given.len() && form.bytes().zip(given.bytes()).all(stands);
        for form in *forms {
            if stands_so(form) {
                return Postal::Valid(Cow::Borrowed(given));
            }
            if may_be(form, given) {
                return Postal::Valid(Cow::Owned(write(form, given)));
            }
        }
        Postal::Invalid(given)
    }

    /// The code.
    pub(crate) fn code(&self) -> &str {
        match self {
            Postal::Valid(code) => code,
            Postal::Invalid(code) | Postal::Unknown(code) => code,
        }
    }

    pub(crate) const fn is_invalid(&self) -> bool {
        matches!(self, Postal::Invalid(_))
    }

    /// The code, when it is not written as the source wrote it.
    pub(crate) fn rewritten(self, given: &str) -> Option<String> {
        (self.code() != given).then(|| match self {
            Postal::Valid(code) => code.into_owned(),
            Postal::Invalid(code) | Postal::Unknown(code) => code.to_owned(),
        })
    }
}

const fn separates(byte: &u8) -> bool {
    matches!(byte, b' ' | b'-')
}

/// The letters and digits of a code, in capitals.
fn bare(given: &str) -> impl Iterator<Item = u8> {
    given.bytes().filter(|byte| !separates(byte)).map(|byte| byte.to_ascii_uppercase())
}

/// Whether a code has this form but for its separators and small letters.
fn may_be(form: &str, given: &str) -> bool {
    let (mut places, mut letters) = (form.bytes().filter(|place| !separates(place)), bare(given));
    letters.all(|letter| places.next().is_some_and(|place| stands((place, letter))))
        && places.next().is_none()
}

/// Whether a letter may stand at a place of a form.
const fn stands((place, letter): (u8, u8)) -> bool {
    match place {
        b'9' => letter.is_ascii_digit(),
        b'A' => letter.is_ascii_uppercase(),
        b'X' => letter.is_ascii_digit() || letter.is_ascii_uppercase(),
        _ => letter == place,
    }
}

/// The code in its form.
fn write(form: &str, given: &str) -> String {
    let mut letters = bare(given);
    let place = |place: u8| if separates(&place) { Some(place) } else { letters.next() };
    form.bytes().filter_map(place).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_forms() {
        for (country, given, form) in [
            ("US", "94043", "94043"),
            ("US", "940431351", "94043-1351"),
            ("CA", "k1a0b1", "K1A 0B1"),
            ("GB", "sw1a2aa", "SW1A 2AA"),
            ("GB", "M1 1AE", "M1 1AE"),
            ("NL", "1012ab", "1012 AB"),
            ("PL", "00950", "00-950"),
            ("JP", "1000001", "100-0001"),
            ("BR", "01310-100", "01310-100"),
            ("IE", "d02af30", "D02 AF30"),
        ] {
            assert_eq!(Postal::read(country, given), Postal::Valid(form.into()), "{country} {given}");
        }
        assert_eq!(Postal::read("US", "9404"), Postal::Invalid("9404"));
        assert_eq!(Postal::read("CN", "51805７"), Postal::Invalid("51805７"));
        assert_eq!(Postal::read("HK", "n/a"), Postal::Unknown("n/a"));
        assert_eq!(Postal::read("US", " 94043").rewritten(" 94043").as_deref(), Some("94043"));
        assert_eq!(Postal::read("US", "94043").rewritten("94043"), None);
    }
}
