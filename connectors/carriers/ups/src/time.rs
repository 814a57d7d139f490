//! UPS's times: a local date and time, usually with the same moment in GMT beside it.
//!
//! GMT decides. `gmtOffset` comes as `-05:00` and as `-05.00`; times come as `HHMMSS`, with colons, and without their
//! leading zero (`74700`).

use std::fmt::Arguments;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crossdock_connector::{Error, Issue, IssueKind, Result, place};
use crossdock_schemas::{AtQuality, Ts};

use crate::wire::Place;

/// The times of a scan, as they stand.
pub(crate) struct Stamp<'s> {
    pub(crate) local: [Option<&'s str>; 2],
    pub(crate) gmt: [Option<&'s str>; 2],
    pub(crate) offset: Option<&'s str>,
}

impl Stamp<'_> {
    /// When it was. Without GMT the place's own time is taken, which is a guess that is said.
    ///
    /// # Errors
    /// `Malformed` when there is neither.
    pub(crate) fn moment(
        &self,
        at: Option<&Place<'_>>,
        path: Arguments<'_>,
        issues: &mut Vec<Issue>,
    ) -> Result<(Ts, AtQuality)> {
        let local = self.local[0].and_then(date).zip(self.local[1].and_then(clock));
        let local = local.map(|(date, time)| DateTime::from_parts(date, time));
        let gmt = self.gmt[0].and_then(date).zip(self.gmt[1].and_then(clock));
        let gmt =
            gmt.and_then(|(date, time)| Offset::UTC.to_timestamp(DateTime::from_parts(date, time)).ok());
        let stated = self.offset.and_then(offset);
        if let Some(moment) = gmt {
            let offset = stated.or_else(|| between(local?, Offset::UTC.to_datetime(moment)));
            return Ok((Ts::new(moment, offset.unwrap_or(Offset::UTC)), AtQuality::Exact));
        }
        if let (Some(local), Some(offset)) = (local, stated)
            && let Ok(moment) = offset.to_timestamp(local)
        {
            return Ok((Ts::new(moment, offset), AtQuality::Exact));
        }
        let (country, state) = (at.and_then(Place::country), at.and_then(|at| at.state_province.text()));
        let Some(local) = local else {
            let day = self.local[0].and_then(date).ok_or_else(|| {
                Error::malformed("expected a date like 20261121 and a time like 200000").at(path.to_string())
            })?;
            let (at, _) = place::moment(day.to_datetime(Time::midnight()), country, state);
            return Ok((at, AtQuality::DateOnly));
        };
        issues.push(Issue::new(IssueKind::NoZone, path.to_string(), "no GMT time beside it"));
        Ok((place::moment(local, country, state).0, AtQuality::NoZone))
    }
}

/// `20261121`, also `2026-11-21`.
pub(crate) fn date(text: &str) -> Option<Date> {
    let digits = digits(text, '-', 8)?;
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let (month, day) = (i8::try_from(part(4, 6)?).ok()?, i8::try_from(part(6, 8)?).ok()?);
    Date::new(part(0, 4)?, month, day).ok()
}

/// `074700`, also `74700` and `07:47:00`.
pub(crate) fn clock(text: &str) -> Option<Time> {
    let digits = digits(text, ':', 6)?;
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i8>().ok();
    Time::new(part(0, 2)?, part(2, 4)?, part(4, 6)?, 0).ok()
}

/// Exactly so many digits, zeros before them, without a separator.
fn digits(text: &str, separator: char, length: usize) -> Option<String> {
    let digits: String = text.chars().filter(|letter| *letter != separator).collect();
    let fits = (5..=length).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| format!("{digits:0>length$}"))
}

/// `-05:00`, `-05.00`, `-0500`, `+5`.
fn offset(text: &str) -> Option<Offset> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let rest: String = rest.chars().filter(|letter| !matches!(letter, ':' | '.')).collect();
    if rest.is_empty() || rest.len() > 4 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) =
        rest.split_at(if rest.len() > 2 { rest.len().saturating_sub(2) } else { rest.len() });
    let hours: i32 = hours.parse().ok()?;
    let minutes: i32 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    if seconds > 14 * 3600 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(if negative { -seconds } else { seconds }).ok()
}

/// What lies between the local time and GMT, where it can be an offset.
fn between(local: DateTime, gmt: DateTime) -> Option<Offset> {
    let seconds = i32::try_from(local.duration_since(gmt).as_secs()).ok()?;
    let fits = seconds.abs() <= 14 * 3600 && seconds % 900 == 0;
    Offset::from_seconds(seconds).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_ups_writes() {
        for text in ["-05.00", "-05:00", "-0500", "-5"] {
            assert_eq!(offset(text), Some(Offset::constant(-5)), "{text}");
        }
        assert_eq!(offset("+05:30").map(Offset::seconds), Some(19_800));
        assert_eq!(offset(""), None);
        assert_eq!(offset("EST"), None);
        assert_eq!(offset("-99:00"), None);
        assert_eq!(clock("74700"), clock("07:47:00"));
        assert_eq!(clock("000000"), Some(Time::midnight()));
        assert_eq!(clock("250000"), None);
        assert_eq!(clock("1"), None);
        assert_eq!(date("20260302"), date("2026-03-02"));
        assert_eq!(date("20261302"), None);
    }

    fn told(stamp: &Stamp<'_>) -> (String, AtQuality, usize) {
        let place: Place<'_> = serde_json::from_str(r#"{"stateProvince":"GA","country":"US"}"#).unwrap();
        let mut issues = Vec::new();
        let (at, quality) = stamp.moment(Some(&place), format_args!("$"), &mut issues).unwrap();
        (serde_json::to_value(at).unwrap().as_str().unwrap().to_owned(), quality, issues.len())
    }

    #[test]
    fn gmt_decides_and_the_rest_is_said_to_be_a_guess() {
        let local = [Some("20260302"), Some("174200")];
        let gmt = [Some("20260302"), Some("22:42:00")];
        let wanted = "2026-03-02T17:42:00-05:00".to_owned();
        for offset in [Some("-05.00"), None] {
            assert_eq!(told(&Stamp { local, gmt, offset }), (wanted.clone(), AtQuality::Exact, 0));
        }
        let none = [None, None];
        assert_eq!(
            told(&Stamp { local, gmt: none, offset: Some("-05:00") }),
            (wanted.clone(), AtQuality::Exact, 0)
        );
        assert_eq!(told(&Stamp { local, gmt: none, offset: None }), (wanted, AtQuality::NoZone, 1));
        let (at, quality, _) = told(&Stamp { local: [local[0], None], gmt: none, offset: None });
        assert_eq!((at.as_str(), quality), ("2026-03-02T00:00:00-05:00", AtQuality::DateOnly));
        let empty = Stamp { local: none, gmt: none, offset: None };
        assert!(empty.moment(None, format_args!("$"), &mut Vec::new()).is_err());
    }
}
