//! Bytes to text, and texts of documents to values. Nothing here knows a segment.

use std::borrow::Cow;

use encoding_rs::Encoding;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crossdock_connector::{Error, Result};
use crossdock_schemas::{Dec, Ts};

/// The text of an interchange: UTF-8, else what UNB says, else Latin-1. A byte order mark is dropped, non-breaking
/// blanks (which translators put into the padding of ISA) become blanks.
///
/// # Errors
/// `Malformed` when there is nothing, or something that is no text.
pub(crate) fn decode(body: &[u8]) -> Result<Cow<'_, str>> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(Error::malformed("there is nothing in it").at("$"));
    }
    if body.contains(&0) {
        return Err(Error::malformed("holds zero bytes, expected X12 or EDIFACT text").at("$"));
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => match table(body) {
            Some(encoding) => encoding.decode_without_bom_handling(body).0,
            None => Cow::Owned(body.iter().map(|byte| char::from(*byte)).collect()),
        },
    };
    Ok(if text.contains('\u{a0}') { Cow::Owned(text.replace('\u{a0}', " ")) } else { text })
}

/// The character set that UNB names, where it is another than Latin-1.
fn table(body: &[u8]) -> Option<&'static Encoding> {
    let at = body.windows(3).take(64).position(|window| window == b"UNO")?;
    Some(match body.get(at + 3)? {
        b'D' => encoding_rs::ISO_8859_2,
        b'E' => encoding_rs::ISO_8859_5,
        b'F' => encoding_rs::ISO_8859_7,
        b'G' => encoding_rs::ISO_8859_3,
        b'H' => encoding_rs::ISO_8859_4,
        b'I' => encoding_rs::ISO_8859_6,
        b'J' => encoding_rs::ISO_8859_8,
        b'K' => encoding_rs::WINDOWS_1254,
        _ => return None,
    })
}

/// A number with an explicit decimal mark: `9.2500`, `225`, `.5`, `12,5`.
pub(crate) fn real(text: &str) -> Option<Dec> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let mark = |letter| matches!(letter, '.' | ',');
    let (whole, fraction) = digits.split_once(mark).unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let text =
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") };
    Dec::parse(&text).ok()
}

/// A number of type N2: the last two digits are decimals, `1500` is 15.00. One that has a decimal mark all the same is
/// taken as it is written.
pub(crate) fn hundredths(text: &str) -> Option<Dec> {
    let value = real(text)?;
    if text.contains(['.', ',']) {
        return Some(value);
    }
    value.checked_mul(Dec::parse("0.01").ok()?)
}

/// `CCYYMMDD`, or `YYMMDD` as before X12 4010 and in UNB.
pub(crate) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match text.len() {
        8 => text.split_at_checked(4)?,
        6 => text.split_at_checked(2)?,
        _ => return None,
    };
    let (month, day) = rest.split_at_checked(2)?;
    let year: i16 = year.parse().ok()?;
    let year = if text.len() == 8 { year } else { 2000 + year };
    Date::new(year, month.parse().ok()?, day.parse().ok()?)
        .ok()
        .filter(|date| (2000..2100).contains(&date.year()))
}

/// `HHMM`, `HHMMSS`, also with decimals of seconds.
pub(crate) fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    if text.len() < 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |from: usize| text.get(from..from + 2).and_then(|part| part.parse::<i8>().ok());
    Time::new(two(0)?, two(2)?, two(4).unwrap_or(0), 0).ok()
}

/// A local time as a moment.
pub(crate) fn moment(local: DateTime, zone: &TimeZone) -> Option<Ts> {
    let at = zone.to_timestamp(local).ok()?;
    Some(Ts::new(at, zone.to_offset(at)))
}

/// An offset in whole hours, as format 303 has it: `+01`.
pub(crate) fn offset(text: &str) -> Option<TimeZone> {
    let hours: i8 = text.trim().parse().ok().filter(|hours| (-14..=14).contains(hours))?;
    text.trim().starts_with(['+', '-']).then(|| TimeZone::fixed(jiff::tz::Offset::constant(hours)))
}

/// The beginning of a day.
pub(crate) fn midnight(day: Date, zone: &TimeZone) -> Option<Ts> {
    moment(day.at(0, 0, 0, 0), zone)
}

/// The end of a day, for "not after".
pub(crate) fn day_end(day: Date, zone: &TimeZone) -> Option<Ts> {
    moment(day.at(23, 59, 59, 0), zone)
}

/// An article number of 8 to 14 digits, filled up to 14: the same article may come with or without leading zeros.
pub(crate) fn gtin(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (8..=14).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| format!("{text:0>14}"))
}

/// An ISBN of ten places as the article number it has today: 978 before it, another check digit. `None` for what is none.
pub(crate) fn isbn(text: &str) -> Option<String> {
    let places: Vec<u32> = text
        .trim()
        .chars()
        .enumerate()
        .map(|(at, letter)| match letter {
            'X' | 'x' if at == 9 => Some(10),
            letter => letter.to_digit(10),
        })
        .collect::<Option<_>>()?;
    let weighed: u32 = (1..=10).rev().zip(&places).map(|(weight, place)| weight * place).sum();
    if places.len() != 10 || !weighed.is_multiple_of(11) {
        return None;
    }
    let body: String = text.trim().chars().take(9).collect();
    let digits = format!("978{body}");
    let sum: u32 = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    gtin(&format!("{digits}{}", (10 - sum % 10) % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let told = |text: &str| real(text).map(|value| value.canonical());
        assert_eq!(told("9.2500").as_deref(), Some("9.25"));
        assert_eq!(told("225").as_deref(), Some("225"));
        assert_eq!((told(".5").as_deref(), told("12,5").as_deref()), (Some("0.5"), Some("12.5")));
        assert_eq!((told("-3.").as_deref(), told("+7").as_deref()), (Some("-3"), Some("7")));
        for bad in ["six", "", ".", "1.2.3", "1e5", "1 000", "--1"] {
            assert_eq!(told(bad), None, "{bad}");
        }
        let cents = |text: &str| hundredths(text).map(|value| value.canonical());
        assert_eq!((cents("1500").as_deref(), cents("7").as_deref()), (Some("15"), Some("0.07")));
        assert_eq!((cents("-250").as_deref(), cents("15.00").as_deref()), (Some("-2.5"), Some("15")));
    }

    #[test]
    fn times_are_local() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let shown = |ts: Option<Ts>| ts.map(|ts| ts.to_string()).unwrap_or_default();
        assert_eq!(shown(date("20261101").and_then(|day| midnight(day, &zone))), "2026-11-01T00:00:00-07:00");
        assert_eq!(shown(date("261106").and_then(|day| day_end(day, &zone))), "2026-11-06T23:59:59-08:00");
        let plus = offset("+01").and_then(|zone| midnight(date("20261101")?, &zone));
        assert_eq!(shown(plus), "2026-11-01T00:00:00+01:00");
        assert!(offset("01").is_none() && offset("+99").is_none() && offset("CET").is_none());
        assert_eq!(time("0412"), Time::new(4, 12, 0, 0).ok());
        assert_eq!(time("14242899"), Time::new(14, 24, 28, 0).ok());
        assert_eq!((date("20261301"), date("2611"), time("2460"), time("abcd")), (None, None, None, None));
    }

    #[test]
    fn article_numbers_have_one_length() {
        assert_eq!(gtin("012345678905").as_deref(), Some("00012345678905"));
        assert_eq!(gtin("4012345000016").as_deref(), Some("04012345000016"));
        assert_eq!((gtin("1234567"), gtin("A_QU001-BLK")), (None, None));
        assert_eq!(isbn("0306406152").as_deref(), Some("09780306406157"));
        assert_eq!(isbn("080442957X").as_deref(), Some("09780804429573"));
        assert_eq!((isbn("0306406153"), isbn("9780306406157"), isbn("X306406152")), (None, None, None));
    }

    #[test]
    fn any_bytes_are_text_or_refused() {
        assert_eq!(decode(b"\xEF\xBB\xBFISA\xC2\xA0*").unwrap(), "ISA *");
        assert_eq!(decode(b"UNB+UNOC:3'M\xFCller").unwrap(), "UNB+UNOC:3'M\u{fc}ller");
        assert_eq!(decode(b"UNB+UNOD:3'\xB1").unwrap(), "UNB+UNOD:3'\u{105}");
        for bad in [b"".as_slice(), b" \r\n", b"I\0S\0A\0"] {
            assert!(decode(bad).is_err(), "{bad:?}");
        }
    }
}
