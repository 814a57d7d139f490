//! Phone numbers to E.164, by the calling code and trunk prefix of the country. Where the rules are not known here, a
//! number without `+` keeps its national form and no E.164 form is made up.

use std::sync::LazyLock;

use super::rows::Rows;

/// Country, calling code, trunk prefix, fewest and most digits behind the calling code.
const RULES: &[(&str, &str, &str, usize, usize)] = &[
    ("CN", "86", "0", 9, 11),
    ("HK", "852", "", 8, 8),
    ("MO", "853", "", 8, 8),
    ("TW", "886", "0", 8, 9),
    ("US", "1", "1", 10, 10),
    ("CA", "1", "1", 10, 10),
    ("PR", "1", "1", 10, 10),
    ("GB", "44", "0", 9, 10),
    ("DE", "49", "0", 6, 13),
    ("FR", "33", "0", 9, 9),
    ("IT", "39", "", 6, 11),
    ("ES", "34", "", 9, 9),
    ("NL", "31", "0", 9, 9),
    ("PL", "48", "", 9, 9),
    ("BE", "32", "0", 8, 9),
    ("AT", "43", "0", 6, 13),
    ("CH", "41", "0", 9, 9),
    ("SE", "46", "0", 7, 10),
    ("NO", "47", "", 8, 8),
    ("DK", "45", "", 8, 8),
    ("FI", "358", "0", 5, 12),
    ("IE", "353", "0", 7, 9),
    ("PT", "351", "", 9, 9),
    ("GR", "30", "", 10, 10),
    ("CZ", "420", "", 9, 9),
    ("SK", "421", "0", 9, 9),
    ("HU", "36", "06", 8, 9),
    ("RO", "40", "0", 9, 9),
    ("RU", "7", "8", 10, 10),
    ("UA", "380", "0", 9, 9),
    ("TR", "90", "0", 10, 10),
    ("JP", "81", "0", 9, 10),
    ("KR", "82", "0", 8, 10),
    ("AU", "61", "0", 9, 9),
    ("NZ", "64", "0", 8, 10),
    ("SG", "65", "", 8, 8),
    ("MY", "60", "0", 8, 10),
    ("TH", "66", "0", 8, 9),
    ("VN", "84", "0", 9, 10),
    ("PH", "63", "0", 8, 10),
    ("ID", "62", "0", 8, 12),
    ("IN", "91", "0", 10, 10),
    ("BR", "55", "0", 10, 11),
    ("MX", "52", "", 10, 10),
    ("AR", "54", "0", 10, 11),
    ("CL", "56", "", 9, 9),
    ("CO", "57", "", 10, 10),
    ("IL", "972", "0", 8, 9),
    ("AE", "971", "0", 8, 9),
    ("SA", "966", "0", 8, 9),
    ("ZA", "27", "0", 9, 9),
];

/// Where the rule of a country stands.
static ROWS: LazyLock<Rows> = LazyLock::new(|| Rows::new(RULES.iter().map(|row| row.0)));

/// The E.164 form of a number of this country, without its extension.
pub(crate) fn e164(country: &str, given: &str) -> Option<String> {
    let given = given.trim();
    let allowed =
        |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '(' | ')' | '.' | '/' | '+');
    if !given.chars().all(allowed) || given.chars().skip(1).any(|letter| letter == '+') {
        return None;
    }
    // `+44 (0)20 …`: the trunk prefix is not dialled from abroad.
    let given = given.replace("(0)", "");
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    let rule = ROWS.of(country).and_then(|row| RULES.get(row));
    if given.starts_with('+') {
        return international(&digits);
    }
    if let Some(rest) = digits.strip_prefix("00").filter(|_| country != "SG") {
        return international(rest);
    }
    let (_, code, trunk, least, most) = rule?;
    let national = match digits.strip_prefix(trunk) {
        Some(rest) if !trunk.is_empty() && !rest.is_empty() => rest,
        _ => digits.as_str(),
    };
    if (*least..=*most).contains(&national.len()) {
        return Some(format!("+{code}{national}"));
    }
    // The calling code without its plus.
    let rest = digits.strip_prefix(code)?;
    (*least..=*most).contains(&rest.len()).then(|| format!("+{code}{rest}"))
}

/// 7 to 15 digits; of a country whose rules are known here, as many as it has.
fn international(digits: &str) -> Option<String> {
    let plausible = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    let known =
        RULES.iter().find_map(|(_, code, _, least, most)| Some((digits.strip_prefix(code)?, least, most)));
    let fits = known.is_none_or(|(rest, least, most)| (*least..=*most).contains(&rest.len()));
    (plausible && fits).then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_and_international() {
        for (country, given, expected) in [
            ("US", "(650) 253-0000", "+16502530000"),
            ("US", "1-650-253-0000", "+16502530000"),
            ("GB", "020 7946 0018", "+442079460018"),
            ("GB", "+44 (0)20 7946 0018", "+442079460018"),
            ("DE", "030/901820", "+4930901820"),
            ("IT", "06 698 1234", "+39066981234"),
            ("JP", "03-1234-5678", "+81312345678"),
            ("HK", "2123 4567", "+85221234567"),
            ("FR", "0033 1 42 68 53 00", "+33142685300"),
            ("CN", "8613812345678", "+8613812345678"),
            ("ZZ", "+998 71 123 45 67", "+998711234567"),
        ] {
            assert_eq!(e164(country, given).as_deref(), Some(expected), "{given}");
        }
        for (country, given) in
            [("US", "253-0000"), ("ZZ", "0123456"), ("GB", "call me"), ("US", ""), ("US", "+1 23")]
        {
            assert_eq!(e164(country, given), None, "{given}");
        }
    }
}
