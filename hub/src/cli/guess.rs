//! Which carrier a number may be of: by its form and, where there is one, its check digit. A hint only: several carriers
//! share forms, and one in seven random numbers of ten digits passes for DHL's. Forms and check digits are those of the
//! fact sheet on taxonomies, part 7; how sure it is of each is said with the guess.

use serde::Serialize;

/// A carrier that a number may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Guess {
    /// Our name of the carrier.
    pub(super) carrier: &'static str,
    /// What kind of number of that carrier it would be.
    pub(super) kind: &'static str,
    /// Whether its check digit is right; absent where the carrier has none that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) check_digit: Option<bool>,
    /// How well the form is established: `solid`, `medium`, `thin`.
    pub(super) confidence: &'static str,
}

/// One form of a number.
struct Form {
    carrier: &'static str,
    kind: &'static str,
    fits: fn(&[u8]) -> bool,
    check: Option<fn(&[u8]) -> bool>,
    confidence: &'static str,
}

/// The carriers a number may be of, the surest first. One whose check digit is wrong is left out.
pub(super) fn guess(number: &str) -> Vec<Guess> {
    let number: Vec<u8> = number
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| byte.to_ascii_uppercase())
        .collect();
    let mut found: Vec<Guess> = FORMS
        .iter()
        .filter(|form| (form.fits)(&number))
        .map(|form| Guess {
            carrier: form.carrier,
            kind: form.kind,
            check_digit: form.check.map(|check| check(&number)),
            confidence: form.confidence,
        })
        .filter(|guess| guess.check_digit != Some(false))
        .collect();
    let rank = |guess: &Guess| match (guess.check_digit, guess.confidence) {
        (Some(_), "solid") => 0,
        (None, "solid") => 1,
        (Some(_), _) => 2,
        (None, "medium") => 3,
        (None, _) => 4,
    };
    found.sort_by_key(rank);
    found
}

const fn form(
    carrier: &'static str,
    kind: &'static str,
    fits: fn(&[u8]) -> bool,
    check: Option<fn(&[u8]) -> bool>,
    confidence: &'static str,
) -> Form {
    Form { carrier, kind, fits, check, confidence }
}

const FORMS: &[Form] = &[
    form(
        "ups",
        "1Z number",
        |n| after(n, b"1Z").is_some_and(|r| r.len() == 16 && alnum(r) && ends_in_digit(r)),
        Some(ups),
        "solid",
    ),
    form(
        "ups",
        "waybill",
        |n| {
            n.first().is_some_and(|b| b"AHJKTV".contains(b))
                && n.get(1..).is_some_and(|r| digits_of(r, 10..=10))
        },
        Some(|n| n.get(1..).is_some_and(ups_check)),
        "medium",
    ),
    form("fedex", "Express", |n| digits_of(n, 12..=12), Some(fedex_express), "solid"),
    form("fedex", "Ground", |n| digits_of(n, 15..=15), Some(fedex_ground), "solid"),
    form("fedex", "Ground 96", |n| starts(n, b"96") && digits_of(n, 22..=22), None, "medium"),
    form(
        "fedex",
        "barcode of 34 digits",
        |n| digits_of(n, 34..=34) && (starts(n, b"96") || n.first().is_some_and(|b| *b != b'9')),
        Some(fedex_barcode),
        "medium",
    ),
    form("usps", "IMpb", |n| impb(n).is_some(), Some(|n| impb(n).is_some_and(gs1)), "solid"),
    form("usps", "IMpb, long", |n| service(n) && matches!(n.len(), 26 | 30), Some(gs1), "medium"),
    form("usps", "20 digits", |n| digits_of(n, 20..=20), Some(gs1), "medium"),
    form("china_post", "UPU S10", |n| s10(n) && n.ends_with(b"CN"), Some(s10_check), "solid"),
    form("upu", "UPU S10, a post", |n| s10(n) && !n.ends_with(b"CN"), Some(s10_check), "solid"),
    form("dhl", "Express waybill", |n| digits_of(n, 10..=11), Some(dhl), "solid"),
    form(
        "dhl",
        "Express piece",
        |n| piece(n) || after(n, b"JD").is_some_and(|r| digits_of(r, 18..=18)),
        None,
        "medium",
    ),
    form(
        "dhl",
        "eCommerce",
        |n| {
            [b"GM", b"LX", b"RX"]
                .iter()
                .any(|p| after(n, *p).is_some_and(|r| (10..=39).contains(&r.len()) && alnum(r)))
        },
        None,
        "thin",
    ),
    form(
        "yunexpress",
        "YT number",
        |n| after(n, b"YT").is_some_and(|r| digits_of(r, 16..=16)),
        None,
        "solid",
    ),
    form("yto", "YT number", |n| after(n, b"YT").is_some_and(|r| digits_of(r, 13..=13)), None, "medium"),
    form(
        "yto",
        "older number",
        |n| {
            n.first().is_some_and(|b| b"DGV".contains(b))
                && n.len() >= 10
                && digits(n.get(1..).unwrap_or_default())
        },
        None,
        "thin",
    ),
    form(
        "sf_express",
        "SF number",
        |n| after(n, b"SF").is_some_and(|r| digits_of(r, 12..=13)),
        None,
        "medium",
    ),
    form("sf_express", "older number", |n| digits_of(n, 12..=12), None, "thin"),
    form(
        "zto",
        "14 digits",
        |n| digits_of(n, 14..=14) && starts(n, b"7") && n.get(1).is_some_and(|b| (b'3'..=b'9').contains(b)),
        None,
        "medium",
    ),
    form(
        "zto",
        "12 digits",
        |n| digits_of(n, 12..=12) && n.first().is_some_and(|b| (b'2'..=b'7').contains(b)),
        None,
        "thin",
    ),
    form("sto", "77 number", |n| starts(n, b"77") && digits_of(n, 15..=15), None, "medium"),
    form(
        "yunda",
        "43 or 46 number",
        |n| (starts(n, b"43") || starts(n, b"46")) && digits_of(n, 13..=13),
        None,
        "thin",
    ),
    form("yunda", "15 digits", |n| digits_of(n, 15..=15), None, "thin"),
    form(
        "jt_express",
        "JT number",
        |n| after(n, b"JT").is_some_and(|r| digits_of(r, 13..=13)),
        None,
        "medium",
    ),
    form("jd_logistics", "JD number", jd, None, "medium"),
    form(
        "deppon",
        "DP number",
        |n| after(n, b"DP").is_some_and(|r| digits_of(letterless(r, 1), 9..=12)),
        None,
        "thin",
    ),
    // Digits alone: after every form that says more.
    form("sto", "older number", |n| digits_of(n, 12..=13), None, "thin"),
    form("deppon", "8 to 10 digits", |n| digits_of(n, 8..=10), None, "thin"),
    form("yto", "10 to 18 digits", |n| digits_of(n, 10..=18), None, "thin"),
    form(
        "amazon_logistics",
        "TB number",
        |n| [b"TBA", b"TBC", b"TBM"].iter().any(|p| after(n, *p).is_some_and(|r| digits_of(r, 12..=12))),
        None,
        "medium",
    ),
    form(
        "4px",
        "4PX number",
        |n| after(n, b"4PX").and_then(|r| r.strip_suffix(b"CN")).is_some_and(|r| digits_of(r, 13..=13)),
        None,
        "medium",
    ),
];

fn after<'a>(number: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    number.strip_prefix(prefix)
}

fn starts(number: &[u8], prefix: &[u8]) -> bool {
    number.starts_with(prefix)
}

fn digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

fn digits_of(text: &[u8], length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && digits(text)
}

fn alnum(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_alphanumeric)
}

fn ends_in_digit(text: &[u8]) -> bool {
    text.last().is_some_and(u8::is_ascii_digit)
}

/// Without so many letters at its front, as far as they are there.
fn letterless(text: &[u8], most: usize) -> &[u8] {
    let letters = text.iter().take(most).take_while(|byte| byte.is_ascii_uppercase()).count();
    text.get(letters..).unwrap_or_default()
}

/// `J`, two or three letters, nine or ten digits.
fn piece(number: &[u8]) -> bool {
    let Some(rest) = number.strip_prefix(b"J") else { return false };
    let letters = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    (2..=3).contains(&letters) && digits_of(rest.get(letters..).unwrap_or_default(), 9..=10)
}

/// `JD`, up to two letters, ten to fifteen digits, and `-1-3-` for the first of three pieces.
fn jd(number: &[u8]) -> bool {
    let Some(rest) = number.strip_prefix(b"JD") else { return false };
    let rest = letterless(rest, 2);
    let whole = rest.split(|byte| *byte == b'-').next().unwrap_or_default();
    let pieces = rest.get(whole.len()..).unwrap_or_default();
    digits_of(whole, 10..=15) && pieces.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
}

/// The number of an IMpb, without `420` and a ZIP code in front of it.
fn impb(number: &[u8]) -> Option<&[u8]> {
    let is = |text: &[u8]| text.len() == 22 && service(text);
    if is(number) {
        return Some(number);
    }
    let rest = number.strip_prefix(b"420").filter(|_| digits(number))?;
    [5, 9].into_iter().filter_map(|zip| rest.get(zip..)).find(|text| is(text))
}

/// Digits that begin with one of the post's services, 91 to 95.
fn service(number: &[u8]) -> bool {
    digits(number)
        && number.first() == Some(&b'9')
        && number.get(1).is_some_and(|byte| (b'1'..=b'5').contains(byte))
}

fn s10(number: &[u8]) -> bool {
    let (service, rest) = number.split_at(number.len().min(2));
    let (serial, country) = rest.split_at(rest.len().min(9));
    let letters = |text: &[u8]| text.len() == 2 && text.iter().all(u8::is_ascii_uppercase);
    letters(service) && digits_of(serial, 9..=9) && letters(country)
}

fn value(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// The last digit, and what stands before it.
fn split(number: &[u8]) -> (u32, &[u8]) {
    number.split_last().map_or((99, &[]), |(last, rest)| (value(*last), rest))
}

/// What UPS checks of `1Z` and fifteen characters.
fn ups(number: &[u8]) -> bool {
    number.get(2..).is_some_and(ups_check)
}

/// Modulo 10 over the characters between a prefix and the check digit: letters count as (ASCII - 3) modulo 10, every
/// second one twice.
fn ups_check(number: &[u8]) -> bool {
    let (check, body) = split(number);
    let sum: u32 = body
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            let value =
                if byte.is_ascii_digit() { value(*byte) } else { (u32::from(*byte).saturating_sub(3)) % 10 };
            if at % 2 == 1 { 2 * value } else { value }
        })
        .sum();
    (10 - sum % 10) % 10 == check
}

/// Weights 3, 1, 7 over the first eleven digits, modulo 11, modulo 10.
fn fedex_express(number: &[u8]) -> bool {
    let (check, body) = split(number);
    let sum: u32 =
        body.iter().zip([3, 1, 7].into_iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    sum % 11 % 10 == check
}

/// Weights 1, 7, 3 over the thirteen digits before the last one, modulo 11, modulo 10.
fn fedex_barcode(number: &[u8]) -> bool {
    let (check, body) = split(number);
    let serial = body.get(body.len().saturating_sub(13)..).unwrap_or_default();
    let sum: u32 =
        serial.iter().zip([1, 7, 3].into_iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    sum % 11 % 10 == check
}

/// Modulo 10, every second digit from the left times three.
fn fedex_ground(number: &[u8]) -> bool {
    let (check, body) = split(number);
    let sum: u32 =
        body.iter().zip([1, 3].into_iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    (10 - sum % 10) % 10 == check
}

/// GS1: from the right, weights 3 and 1.
fn gs1(number: &[u8]) -> bool {
    let (check, body) = split(number);
    let sum: u32 =
        body.iter().rev().zip([3, 1].into_iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    (10 - sum % 10) % 10 == check
}

/// Weights 8 6 4 2 3 5 9 7; 11 minus the rest modulo 11, 10 is 0 and 11 is 5.
fn s10_check(number: &[u8]) -> bool {
    let Some((check, body)) = number.get(2..11).map(split) else { return false };
    let sum: u32 =
        body.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(byte, weight)| value(*byte) * weight).sum();
    let expected = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        other => other,
    };
    expected == check
}

/// The digits before the last one, modulo 7.
fn dhl(number: &[u8]) -> bool {
    let (check, body) = split(number);
    let number = body.iter().fold(0_u64, |sum, byte| sum * 10 + u64::from(value(*byte)));
    number % 7 == u64::from(check)
}

#[cfg(test)]
mod tests;
