//! Addresses in the few fields that receivers have for them, and phone numbers as they are given.

use crossdock_schemas::{Address, Phone};

/// All of it on one line: from its parts, else as received, else masked.
pub fn one_line(to: &Address) -> Option<String> {
    let parts = [&to.province, &to.city, &to.district, &to.town, &to.line1, &to.line2, &to.line3];
    let mut text = String::new();
    for part in parts.into_iter().flatten() {
        // Chinese addresses have no blanks between their parts.
        if !text.is_empty() && (text.is_ascii() || part.is_ascii()) {
            text.push(' ');
        }
        text.push_str(part);
    }
    let detailed = to.line1.is_some();
    let whole = Some(text).filter(|text| !text.is_empty() && detailed);
    whole.or_else(|| to.raw.clone()).or_else(|| masked(to))
}

/// What comes below the city, on one line; else masked.
pub fn street(to: &Address) -> Option<String> {
    let detail = [&to.line1, &to.line2, &to.line3];
    // District and town alone are no street: a masked one says more.
    if detail.iter().all(|line| line.is_none()) {
        return masked(to);
    }
    let parts = [&to.district, &to.town].into_iter().chain(detail);
    Some(parts.flatten().map(String::as_str).collect::<Vec<_>>().join(" "))
}

/// A phone number, international where it says so itself. With an extension or words it stays as it is.
pub fn phone(given: &str) -> Phone {
    let plain = given.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    let international = given.starts_with('+') && !digits.starts_with('0');
    if international && plain && (8..=15).contains(&digits.len()) {
        Phone { e164: Some(format!("+{digits}")), ..Phone::default() }
    } else {
        Phone { national: Some(given.to_owned()), ..Phone::default() }
    }
}

fn masked(to: &Address) -> Option<String> {
    to.protected.as_ref()?.shown().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_schemas::Protected;

    #[test]
    fn a_line_is_written_as_its_country_writes() {
        let mut to = Address {
            province: Some("浙江省".into()),
            city: Some("杭州市".into()),
            line1: Some("示范路1号".into()),
            line2: Some("2幢".into()),
            raw: Some("as received".into()),
            protected: Some(Protected::masked("示范路**")),
            ..Address::default()
        };
        assert_eq!(one_line(&to).as_deref(), Some("浙江省杭州市示范路1号2幢"));
        let latin = Address {
            city: Some("Springfield".into()),
            line1: Some("1 Example Rd".into()),
            ..Address::default()
        };
        assert_eq!(one_line(&latin).as_deref(), Some("Springfield 1 Example Rd"));
        to.line1 = None;
        assert_eq!(one_line(&to).as_deref(), Some("as received"));
        to.raw = None;
        assert_eq!(one_line(&to).as_deref(), Some("示范路**"));
        assert_eq!(one_line(&Address::default()), None);
    }

    #[test]
    fn a_number_is_international_when_it_says_so() {
        assert_eq!(phone("+1 (555) 010-0142").e164.as_deref(), Some("+15550100142"));
        for local in ["(555) 010-0142", "+1 555 010 0142 ext. 7", "+142", "+0555010014"] {
            assert_eq!(
                phone(local),
                Phone { national: Some(local.to_owned()), ..Phone::default() },
                "{local}"
            );
        }
    }

    #[test]
    fn a_masked_street_stays_masked() {
        let masked = Address {
            district: Some("南山区".into()),
            protected: Some(Protected::masked("科苑路*号")),
            ..Address::default()
        };
        assert_eq!(street(&masked).as_deref(), Some("科苑路*号"));
        let plain = Address { line1: Some("演示路 1 号".into()), ..masked };
        assert_eq!(street(&plain).as_deref(), Some("南山区 演示路 1 号"));
        assert_eq!(street(&Address::default()), None);
    }
}
