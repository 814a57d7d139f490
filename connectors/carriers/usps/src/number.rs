//! USPS's numbers: a barcode may carry `420` and the destination's ZIP code before the number people know.

use crossdock_connector::carrier;

/// The number as it is kept; `None` when nothing is left.
pub(crate) fn number(text: &str) -> Option<String> {
    let whole = carrier::number(text)?;
    // Five digits of ZIP code, or nine: where both would do, the check digit decides.
    let bare = [8, 12]
        .into_iter()
        .filter_map(|prefix| without(&whole, prefix))
        .max_by_key(|bare| (checks(bare), bare.len() == 22));
    Some(bare.map(str::to_owned).unwrap_or(whole))
}

/// What is left after `420` and a ZIP code, when that looks like a number of its own: 22 or 26 digits from 91 to 95.
fn without(whole: &str, prefix: usize) -> Option<&str> {
    let digits = whole.bytes().all(|byte| byte.is_ascii_digit());
    let rest = whole.get(prefix..).filter(|_| digits && whole.starts_with("420"))?;
    let service = matches!(rest.get(..2), Some("91" | "92" | "93" | "94" | "95"));
    (service && matches!(rest.len(), 22 | 26)).then_some(rest)
}

/// The last digit of a GS1 number: weights 3 and 1 from the right.
fn checks(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')).saturating_mul(weight))
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zip_code_is_no_part_of_the_number() {
        let bare = "9400111206206406260787";
        assert!(checks(bare));
        for text in [
            "9400 1112 0620 6406 2607 87",
            "420344429400111206206406260787",
            "4203444212349400111206206406260787",
        ] {
            assert_eq!(number(text).as_deref(), Some(bare), "{text}");
        }
        assert_eq!(number("rb123456785us").as_deref(), Some("RB123456785US"));
        assert_eq!(number("42012345678901234567").as_deref(), Some("42012345678901234567"));
        assert_eq!(number(" "), None);
    }
}
