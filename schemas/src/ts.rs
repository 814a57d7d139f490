//! `Ts`: a moment together with the offset its source knew.
//!
//! Written as RFC 3339 with at most milliseconds (`2026-11-21T11:31:00+08:00`), compared by instant,
//! hashed as UTC in whole seconds. A time without zone is not a `Ts`: the connector supplies the
//! documented zone of its vendor.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

/// A moment in time and the offset it was written with.
#[derive(Clone, Copy)]
pub struct Ts {
    /// The moment, in whole milliseconds.
    pub at: Timestamp,
    /// The offset of the source, in whole minutes.
    pub offset: Offset,
}

/// Why a text is not a time with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TsError {
    /// Not an RFC 3339 time.
    #[error("not an RFC 3339 time")]
    Syntax,
    /// A local time: nobody can tell which moment is meant.
    #[error("time has no offset")]
    NoOffset,
}

impl Ts {
    /// A moment with its offset; fractions below a millisecond and seconds of the offset are cut off.
    #[must_use]
    pub fn new(at: Timestamp, offset: Offset) -> Ts {
        let at = if at.subsec_nanosecond() % 1_000_000 == 0 {
            at
        } else {
            Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
        };
        let minutes = offset.seconds() / 60;
        let offset = Offset::from_seconds(minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
        Ts { at, offset }
    }

    /// A moment in UTC.
    #[must_use]
    pub fn utc(at: Timestamp) -> Ts {
        Ts::new(at, Offset::UTC)
    }

    /// Whole seconds since 1970 in UTC, rounded down.
    #[must_use]
    pub fn utc_seconds(self) -> i64 {
        self.at.as_millisecond().div_euclid(1000)
    }

    /// The form that is hashed: UTC, whole seconds, `Z`.
    #[must_use]
    pub fn utc_text(self) -> String {
        let mut out = String::with_capacity(20);
        let second = Timestamp::from_second(self.utc_seconds()).unwrap_or(self.at);
        write_local(&mut out, Offset::UTC.to_datetime(second));
        out.push('Z');
        out
    }

    /// The form used as a revision: UTC, always three fraction digits, sorts as text.
    #[must_use]
    pub fn millis_text(self) -> String {
        let mut out = String::with_capacity(24);
        let local = Offset::UTC.to_datetime(self.at);
        write_local(&mut out, local);
        push_millis(&mut out, local);
        out.push('Z');
        out
    }

    /// The wire form.
    fn text(self) -> String {
        let mut out = String::with_capacity(29);
        let local = self.offset.to_datetime(self.at);
        write_local(&mut out, local);
        if local.subsec_nanosecond() != 0 {
            push_millis(&mut out, local);
        }
        let minutes = self.offset.seconds() / 60;
        if minutes == 0 {
            out.push('Z');
        } else {
            out.push(if minutes < 0 { '-' } else { '+' });
            push_digits(&mut out, minutes.unsigned_abs() / 60, 2);
            out.push(':');
            push_digits(&mut out, minutes.unsigned_abs() % 60, 2);
        }
        out
    }
}

fn write_local(out: &mut String, local: DateTime) {
    if local.year() < 0 {
        // RFC 3339 has no such years; the extended form is still read back by the fall-back parser.
        out.push_str("-00");
    }
    push_digits(out, u32::from(local.year().unsigned_abs()), 4);
    let fields = [
        ('-', local.month()),
        ('-', local.day()),
        ('T', local.hour()),
        (':', local.minute()),
        (':', local.second()),
    ];
    for (before, value) in fields {
        out.push(before);
        push_digits(out, u32::from(value.unsigned_abs()), 2);
    }
}

fn push_millis(out: &mut String, local: DateTime) {
    out.push('.');
    push_digits(out, local.subsec_nanosecond().unsigned_abs() / 1_000_000, 3);
}

fn push_digits(out: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_u32.pow(place) % 10;
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

/// The common form by fixed positions: `YYYY-MM-DDTHH:MM:SS`, fraction, `Z` or `+HH:MM`.
fn parse_fast(text: &str) -> Option<Ts> {
    let (head, mut rest) = text.as_bytes().split_first_chunk::<19>()?;
    let [y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b'T', h1, h2, b':', mi1, mi2, b':', s1, s2] = *head
    else {
        return None;
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let (month, day) = (two(mo1, mo2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(mi1, mi2)?, two(s1, s2)?);
    let mut nanos = 0_i32;
    if let [b'.', fraction @ ..] = rest {
        let end = fraction.iter().position(|b| !b.is_ascii_digit())?;
        let (digits, after) = fraction.split_at_checked(end)?;
        if digits.is_empty() || digits.len() > 9 {
            return None;
        }
        let mut unit = 100_000_000;
        for digit in digits {
            nanos += i32::from(digit - b'0') * unit;
            unit /= 10;
        }
        rest = after;
    }
    let offset = match rest {
        b"Z" => Offset::UTC,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(*h1, *h2)?, two(*m1, *m2)?);
            if minutes > 59 {
                return None;
            }
            let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
            Offset::from_seconds(if *sign == b'-' { -seconds } else { seconds }).ok()?
        }
        _ => return None,
    };
    let local = DateTime::new(year, month, day, hour, minute, second, nanos).ok()?;
    Some(Ts::new(offset.to_timestamp(local).ok()?, offset))
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    i8::try_from(digit(tens)? * 10 + digit(ones)?).ok()
}

impl FromStr for Ts {
    type Err = TsError;

    fn from_str(text: &str) -> Result<Ts, TsError> {
        if let Some(ts) = parse_fast(text) {
            return Ok(ts);
        }
        let pieces = Pieces::parse(text).map_err(|_| TsError::Syntax)?;
        let offset = match pieces.offset().ok_or(TsError::NoOffset)? {
            PiecesOffset::Numeric(numeric) => numeric.offset(),
            _ => Offset::UTC,
        };
        let time = pieces.time().ok_or(TsError::Syntax)?;
        let local = DateTime::from_parts(pieces.date(), time);
        Ok(Ts::new(offset.to_timestamp(local).map_err(|_| TsError::Syntax)?, offset))
    }
}

impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

impl fmt::Debug for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Default for Ts {
    fn default() -> Self {
        Ts { at: Timestamp::UNIX_EPOCH, offset: Offset::UTC }
    }
}

impl PartialEq for Ts {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Ts {}

impl PartialOrd for Ts {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ts {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

impl Hash for Ts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl Serialize for Ts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Ts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TsVisitor;
        impl Visitor<'_> for TsVisitor {
            type Value = Ts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time with an offset")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Ts, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(TsVisitor)
    }
}

impl schemars::JsonSchema for Ts {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ts".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A moment: RFC 3339 with the offset known at the source, milliseconds at most.",
            "type": "string",
            "format": "date-time",
        })
    }
}
