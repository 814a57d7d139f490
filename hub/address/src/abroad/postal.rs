//! Postal codes in their national form.

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

/// What a postal code is in its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Postal {
    /// In its national form.
    Valid(String),
    /// Not a postal code of this country; as it was given.
    Invalid(String),
    /// The country's form is not known here; as it was given.
    Unknown(String),
}

/// Brings a postal code into its national form.
pub(crate) fn read(country: &str, given: &str) -> Postal {
    let given = given.trim();
    let own = |row: &&(&str, _)| row.0.bytes().eq(country.bytes());
    let Some((_, forms)) = FORMS.iter().find(own) else {
        return Postal::Unknown(given.to_owned());
    };
    let bare: Vec<char> = given
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let plain = given.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '-'));
    forms
        .iter()
        .filter(|_| plain)
        .find_map(|form| fit(form, &bare))
        .map_or_else(|| Postal::Invalid(given.to_owned()), Postal::Valid)
}

fn fit(form: &str, bare: &[char]) -> Option<String> {
    let mut letters = bare.iter();
    let mut out = String::with_capacity(form.len());
    for place in form.chars() {
        if matches!(place, ' ' | '-') {
            out.push(place);
            continue;
        }
        let letter = *letters.next()?;
        let fits = match place {
            '9' => letter.is_ascii_digit(),
            'A' => letter.is_ascii_uppercase(),
            _ => letter.is_ascii_digit() || letter.is_ascii_uppercase(),
        };
        if !fits {
            return None;
        }
        out.push(letter);
    }
    letters.next().is_none().then_some(out)
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
            assert_eq!(read(country, given), Postal::Valid(form.to_owned()), "{country} {given}");
        }
        assert_eq!(read("US", "9404"), Postal::Invalid("9404".to_owned()));
        assert_eq!(read("CN", "51805７"), Postal::Invalid("51805７".to_owned()));
        assert_eq!(read("HK", "n/a"), Postal::Unknown("n/a".to_owned()));
    }
}
