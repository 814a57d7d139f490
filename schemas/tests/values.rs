//! Properties of the small values everything else is built from.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails may panic"
)]

use std::str::FromStr;

use crossdock_schemas::{Dec, DecError, Ts, TsError, identity, text};
use jiff::Timestamp;
use jiff::tz::Offset;
use proptest::prelude::*;

fn dec(text: &str) -> Dec {
    Dec::parse(text).unwrap()
}

#[test]
fn decimals_read_exactly_what_is_written() {
    for (text, canonical) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0.0000000001", "0.0000000001"),
        ("99.90", "99.9"),
        ("189.800", "189.8"),
        ("+1.5", "1.5"),
        ("007", "7"),
        ("1200", "1200"),
        ("-1200.0", "-1200"),
        ("9.99e1", "99.9"),
        ("1E3", "1000"),
        ("1e-10", "0.0000000001"),
        ("0e999999999999", "0"),
        ("1.00000000000000000000", "1"),
        ("1234567890123456789012345678", "1234567890123456789012345678"),
        ("123456789012345678.9012345678", "123456789012345678.9012345678"),
    ] {
        assert_eq!(dec(text).canonical(), canonical, "{text}");
    }
}

#[test]
fn decimals_refuse_everything_else() {
    for text in [
        "", "-", "+", ".", ".5", "5.", "1.e2", "1e", "1e+", "0x1", "1,000", "1 000", " 1", "1 ", "--1",
        "NaN", "inf", "１２", "1_0", "1.2.3", "1e1.5", "e5",
    ] {
        assert!(matches!(Dec::parse(text), Err(DecError::Syntax | DecError::Empty)), "{text:?}");
    }
    for text in
        ["12345678901234567890123456789", "1e28", "1e400", "9999999999999999999999999999999999999999999"]
    {
        assert_eq!(Dec::parse(text), Err(DecError::TooManyDigits), "{text:?}");
    }
    for text in ["0.00000000001", "1e-11", "1e-400", "1.12345678901"] {
        assert_eq!(Dec::parse(text), Err(DecError::TooManyFractionDigits), "{text:?}");
    }
    assert_eq!(Dec::parse("1234567890123456789.0123456789"), Err(DecError::TooManyDigits));
}

#[test]
fn decimals_come_out_of_json_by_their_source_text() {
    let read = |json: &str| serde_json::from_str::<Dec>(json).map(Dec::canonical);
    // 2^53 + 1 and 0.1 + 0.2 are where binary floats go wrong.
    assert_eq!(read("9007199254740993").unwrap(), "9007199254740993");
    assert_eq!(read("0.30000000000000004").map_err(|_| ()), Err(()));
    assert_eq!(read("123456789012345678.1234567891").unwrap(), "123456789012345678.1234567891");
    assert_eq!(read("\"99.90\"").unwrap(), "99.9");
    assert_eq!(read("9.99e1").unwrap(), "99.9");
    assert_eq!(serde_json::to_string(&dec("99.90")).unwrap(), "\"99.90\"");
    let value: serde_json::Value = serde_json::from_str("12.50").unwrap();
    assert_eq!(serde_json::from_value::<Dec>(value).unwrap().to_string(), "12.50");
    for refused in ["true", "[]", "{}", "null", "\"\"", "{\"a\":1}"] {
        assert!(serde_json::from_str::<Dec>(refused).is_err(), "{refused}");
    }
    assert_eq!(serde_json::from_str::<Option<Dec>>("null").unwrap(), None);
}

#[test]
fn decimal_operators_stop_at_the_end_instead_of_panicking() {
    let largest = dec("9999999999999999999999999999");
    assert!(largest * largest > largest);
    assert!(!(largest * largest).fits_hash() && !(largest * largest).fits_wire());
    assert_eq!((largest * largest).checked_mul(largest), None);
    assert_eq!(Dec::ZERO - Dec::ZERO, -Dec::ZERO);
    assert_eq!((-Dec::ZERO).to_string(), "0");
    assert_eq!([dec("0.1"), dec("0.2")].iter().sum::<Dec>(), dec("0.3"));
    assert_eq!(dec("0.125").round(2), dec("0.13"));
    assert_eq!(dec("-0.125").round(2), dec("-0.13"));
}

#[test]
fn times_keep_moment_and_offset() {
    for text in [
        "2026-11-21T11:31:00+08:00",
        "2026-11-21T03:31:02.120Z",
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999Z",
        "2026-02-28T23:59:59-03:30",
    ] {
        assert_eq!(Ts::from_str(text).unwrap().to_string(), text);
    }
    let ts = |text: &str| Ts::from_str(text).unwrap();
    assert_eq!(ts("2026-11-21T11:31:00+08:00"), ts("2026-11-21T03:31:00Z"));
    assert_eq!(ts("2026-11-21T11:31:00+08:00").utc_text(), "2026-11-21T03:31:00Z");
    assert_eq!(ts("2026-11-21T11:30:58+08:00").millis_text(), "2026-11-21T03:30:58.000Z");
    assert_eq!(ts("1969-12-31T23:59:59.5Z").utc_text(), "1969-12-31T23:59:59Z");
    // Digits below a millisecond go, whichever way they were written.
    assert_eq!(ts("2026-11-21T03:31:02.1209999Z").to_string(), "2026-11-21T03:31:02.120Z");
    // Forms that only the slow way reads.
    assert_eq!(ts("2026-11-21 11:31:00+0800").to_string(), "2026-11-21T11:31:00+08:00");
    assert_eq!(ts("2026-11-21T11:31:00,5+08:00").to_string(), "2026-11-21T11:31:00.500+08:00");
}

#[test]
fn times_without_offset_are_refused() {
    assert_eq!(Ts::from_str("2026-11-21T11:31:00"), Err(TsError::NoOffset));
    for text in [
        "",
        "2026-11-21",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-21T25:00:00Z",
        "yesterday",
        "2026-11-21T00:00:00+08:99",
    ] {
        assert!(Ts::from_str(text).is_err(), "{text:?}");
    }
}

#[test]
fn text_has_one_form() {
    for (given, clean) in [
        ("", ""),
        ("  \t\r\n ", ""),
        ("TS-RED-L", "TS-RED-L"),
        ("\u{feff} TS-RED-L\u{a0}", "TS-RED-L"),
        ("a \u{3000}\n b", "a b"),
        ("CAFE\u{301}", "CAF\u{c9}"),
        ("１２", "１２"),
        ("a\u{200b}b", "ab"),
        ("ts-Red", "ts-Red"),
        ("a\u{1}b", "a\u{1}b"),
    ] {
        assert_eq!(text::clean(given), clean, "{given:?}");
        assert_eq!(text::is_blank(given), clean.is_empty(), "{given:?}");
    }
    assert!(matches!(text::clean("TS RED 红"), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn composition_comes_before_deletion() {
    // The published rule composes first and deletes zero-width characters second, so a mark behind such
    // a character stays apart. Everybody who recomputes a key has to do it in this order.
    assert_eq!(text::clean("e\u{200b}\u{301}"), "e\u{301}");
}

/// A netstring reader that knows nothing of the writer.
fn read_netstrings(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let colon = bytes.iter().position(|b| *b == b':')?;
        let length: usize = std::str::from_utf8(&bytes[..colon]).ok()?.parse().ok()?;
        fields.push(bytes.get(colon + 1..colon + 1 + length)?.to_vec());
        (*bytes.get(colon + 1 + length)? == b',').then_some(())?;
        bytes = &bytes[colon + 2 + length..];
    }
    Some(fields)
}

proptest! {
    #[test]
    fn decimals_survive_text_and_json(text in r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,10})?") {
        let value = dec(&text);
        prop_assert_eq!(dec(&value.to_string()), value);
        prop_assert_eq!(dec(&value.canonical()), value);
        prop_assert_eq!(dec(&value.canonical()).canonical(), value.canonical());
        let json = serde_json::to_string(&value).unwrap();
        let back: Dec = serde_json::from_str(&json).unwrap();
        // The scale travels too, except that of a negative zero its sign does not.
        prop_assert_eq!(back.to_string(), value.to_string());
        let number: Dec = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(number, value);
        prop_assert!(value.fits_hash() && value.fits_wire());
    }

    #[test]
    fn decimals_agree_with_the_library(mantissa in -9_999_999_999_999_i64..9_999_999_999_999, scale in 0_u32..11) {
        let value = rust_decimal::Decimal::new(mantissa, scale);
        prop_assert_eq!(Dec::parse(&value.to_string()).unwrap().value(), value);
        let expected = if value.is_zero() { "0".to_owned() } else { value.normalize().to_string() };
        prop_assert_eq!(Dec::from_decimal(value).canonical(), expected);
    }

    #[test]
    fn decimals_never_panic(text in "[-+0-9.eE]{0,45}") {
        if let Ok(value) = Dec::parse(&text) {
            prop_assert!(value.fits_hash());
            prop_assert_eq!(dec(&value.canonical()), value);
        }
    }

    #[test]
    fn times_survive_text(millis in -62_135_596_800_000_i64..253_402_214_400_000, minutes in -1439_i32..1439) {
        let at = Timestamp::from_millisecond(millis).unwrap();
        let ts = Ts::new(at, Offset::from_seconds(minutes * 60).unwrap());
        let text = ts.to_string();
        let back = Ts::from_str(&text).unwrap();
        prop_assert_eq!(back.at, at);
        prop_assert_eq!(back.offset, ts.offset);
        prop_assert_eq!(&back.to_string(), &text);
        // The hand-written reader and the library agree.
        prop_assert_eq!(text.parse::<Timestamp>().unwrap(), at);
        prop_assert_eq!(ts.millis_text().parse::<Timestamp>().unwrap(), at);
        prop_assert_eq!(Ts::from_str(&ts.utc_text()).unwrap().utc_seconds(), ts.utc_seconds());
    }

    #[test]
    fn times_never_panic(text in "[0-9TZ:+., -]{0,35}") {
        if let Ok(ts) = Ts::from_str(&text) {
            prop_assert_eq!(Ts::from_str(&ts.to_string()).unwrap(), ts);
        }
    }

    #[test]
    fn cleaning_twice_is_cleaning_once(given in any::<String>(), blanks in r"[ \t\u{3000}\u{a0}a]{0,12}") {
        for given in [format!("{blanks}{given}{blanks}"), blanks, given] {
            // Deletion may bring a letter and a mark together; see composition_comes_before_deletion.
            let given: String = given.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')).collect();
            let once = text::clean(&given).into_owned();
            prop_assert_eq!(text::clean(&once), once.as_str());
            prop_assert_eq!(text::is_blank(&given), once.is_empty());
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        }
    }

    #[test]
    fn netstrings_cannot_be_forged(fields in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..120), 0..6)) {
        let mut out = Vec::new();
        for field in &fields {
            identity::ns(&mut out, field);
        }
        prop_assert_eq!(read_netstrings(&out), Some(fields));
    }
}
