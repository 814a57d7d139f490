//! USPS's times: a local time, in v3 data with the same moment in GMT beside it.

use std::fmt::Arguments;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crossdock_connector::{Error, Issue, IssueKind, Result, place, time};
use crossdock_schemas::{AtQuality, Ts};

/// Where a scan happened, as far as its clock goes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Where<'p> {
    /// ISO 3166-1 alpha-2.
    pub(crate) country: Option<&'p str>,
    /// Of the United States.
    pub(crate) state: Option<&'p str>,
    /// The state of both ends, where they lie in the same one: a guess for a scan that names none.
    pub(crate) ends: Option<&'p str>,
}

impl Where<'_> {
    fn moment(self, local: DateTime) -> (Ts, AtQuality) {
        match (self.state, self.ends) {
            (None, Some(state)) => {
                let (at, quality) = place::moment(local, self.country, Some(state));
                (at, if self.country == Some("US") { AtQuality::NoZone } else { quality })
            }
            (state, _) => place::moment(local, self.country, state),
        }
    }
}

/// When a scan was: GMT decides, then the local time with its offset, then the place's clock, which is said when it is a
/// guess.
///
/// # Errors
/// `Malformed` when there is no time.
pub(crate) fn moment(
    [local, gmt, offset]: [Option<&str>; 3],
    at: Where<'_>,
    path: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let offset = offset.and_then(offset_of);
    // USPS ends local times with `Z` in its own example, whose sentence says the same hour for a town in Virginia.
    let local = local.map(|text| text.trim().trim_end_matches('Z'));
    if let Some(moment) = gmt.and_then(|text| text.parse::<Ts>().ok()) {
        let offset = offset.unwrap_or(moment.offset);
        let told = local.and_then(|text| offset.to_timestamp(time::civil(text).ok()?).ok());
        return Ok((Ts::new(right_day(moment.at, told), offset), AtQuality::Exact));
    }
    let text = local.ok_or_else(|| Error::malformed("the time is missing").at(path.to_string()))?;
    if let Ok(moment) = text.parse::<Ts>() {
        return Ok((moment, AtQuality::Exact));
    }
    let civil = match time::civil(text) {
        Ok(civil) => civil,
        Err(error) => {
            let day: Date = text.parse().map_err(|_| error.at(path.to_string()))?;
            let (day, _) = at.moment(day.to_datetime(Time::midnight()));
            return Ok((day, AtQuality::DateOnly));
        }
    };
    if let Some(moment) = offset.and_then(|offset| Some(Ts::new(offset.to_timestamp(civil).ok()?, offset))) {
        return Ok((moment, AtQuality::Exact));
    }
    // Midnight with nothing beside it is a day of which the time is not known.
    if civil.time() == Time::midnight() {
        return Ok((at.moment(civil).0, AtQuality::DateOnly));
    }
    Ok(placed(civil, at, path, issues))
}

/// Real replies have the hour of GMT on the day of the local clock: `18:31` at `-06:00` as `00:31` of the same day.
fn right_day(gmt: Timestamp, told: Option<Timestamp>) -> Timestamp {
    const DAY: i64 = 24 * 60 * 60;
    let Some(told) = told else { return gmt };
    // The local time has no seconds.
    let apart = told.as_second().saturating_sub(gmt.as_second());
    let days = if (apart.saturating_add(60)).abs_diff(DAY) <= 60 {
        DAY
    } else if (apart.saturating_add(60)).abs_diff(-DAY) <= 60 {
        -DAY
    } else {
        return gmt;
    };
    Timestamp::from_second(gmt.as_second().saturating_add(days)).unwrap_or(gmt)
}

/// `-05:00`, also `-7:00`.
fn offset_of(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.trim().split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let fits = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    Offset::from_seconds(seconds.checked_mul(sign)?).ok().filter(|_| fits)
}

fn placed(civil: DateTime, at: Where<'_>, path: Arguments<'_>, issues: &mut Vec<Issue>) -> (Ts, AtQuality) {
    let (moment, quality) = at.moment(civil);
    if quality == AtQuality::NoZone {
        let what = "neither GMT nor a state that keeps one time";
        issues.push(Issue::new(IssueKind::NoZone, path.to_string(), what));
    }
    (moment, quality)
}

/// `November 22, 2024` and `1:58 pm`, as Web Tools write them. Without a time only the day is known.
///
/// # Errors
/// `Malformed` when it is no such day.
pub(crate) fn written(
    date: &str,
    clock: Option<&str>,
    at: Where<'_>,
    path: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let wrong = || Error::malformed("expected a date like November 22, 2024").at(path.to_string());
    let day = day(date).ok_or_else(wrong)?;
    match clock.and_then(hour) {
        Some(time) => Ok(placed(DateTime::from_parts(day, time), at, path, issues)),
        None => Ok((at.moment(day.to_datetime(Time::midnight())).0, AtQuality::DateOnly)),
    }
}

fn day(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let (month, day, year) = (words.next()?.to_ascii_lowercase(), words.next()?, words.next()?);
    let at = MONTHS.iter().position(|name| month.starts_with(name))?;
    let month = i8::try_from(at.checked_add(1)?).ok()?;
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn hour(text: &str) -> Option<Time> {
    let text = text.trim().to_ascii_lowercase();
    let (clock, afternoon) = match text.strip_suffix("pm") {
        Some(clock) => (clock, true),
        None => (text.strip_suffix("am")?, false),
    };
    let (hour, minute) = clock.trim().split_once(':')?;
    let hour: i8 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let hour = if hour == 12 { 0 } else { hour };
    Time::new(if afternoon { hour.checked_add(12)? } else { hour }, minute.parse().ok()?, 0, 0).ok()
}

/// When it should arrive, from when to when: as the others write it, or as Web Tools do, with an hour in a field of its own.
pub(crate) fn arrival(text: &str, clock: Option<&str>, at: Where<'_>) -> Option<(Option<Ts>, Ts)> {
    let date = text.parse::<Date>().ok().filter(|_| text.len() == 10).or_else(|| day(text));
    match date {
        Some(date) => place::arrival_on(date, clock.and_then(hour), at.country, at.state),
        None => place::arrival(text, at.country, at.state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NJ: Where<'_> = Where { country: Some("US"), state: Some("NJ"), ends: None };

    fn told(stamp: [Option<&str>; 3], at: Where<'_>) -> (String, AtQuality, usize) {
        let mut issues = Vec::new();
        let (at, quality) = moment(stamp, at, format_args!("$"), &mut issues).unwrap();
        (serde_json::to_value(at).unwrap().as_str().unwrap().to_owned(), quality, issues.len())
    }

    #[test]
    fn gmt_then_offset_then_place() {
        let local = Some("2024-11-22T13:58:00");
        let exact = AtQuality::Exact;
        assert_eq!(
            told([local, Some("2024-11-22T18:58:40Z"), Some("-05:00")], NJ),
            ("2024-11-22T13:58:40-05:00".to_owned(), exact, 0)
        );
        assert_eq!(told([local, None, Some("-06:00")], NJ).0, "2024-11-22T13:58:00-06:00");
        assert_eq!(told([local, None, None], NJ), ("2024-11-22T13:58:00-05:00".to_owned(), exact, 0));
        assert_eq!(
            told([local, None, None], Where::default()),
            ("2024-11-22T13:58:00Z".to_owned(), AtQuality::NoZone, 1)
        );
        assert_eq!(told([Some("2024-11-22"), None, None], NJ).1, AtQuality::DateOnly);
        for stamp in [[Some("soon"), None, None], [None, None, None]] {
            assert!(moment(stamp, NJ, format_args!("$"), &mut Vec::new()).is_err());
        }
    }

    #[test]
    fn what_real_replies_have() {
        let exact = AtQuality::Exact;
        // The hour of GMT on the day of the local clock, before and behind Greenwich.
        let late = [Some("2024-11-25T18:31:00"), Some("2024-11-25T00:31:21Z"), Some("-06:00")];
        assert_eq!(told(late, NJ), ("2024-11-25T18:31:21-06:00".to_owned(), exact, 0));
        let early = [Some("2024-11-26T03:10:00"), Some("2024-11-26T19:10:05Z"), Some("+08:00")];
        assert_eq!(told(early, NJ).0, "2024-11-26T03:10:05+08:00");
        // Anything else that disagrees is not put right.
        let odd = [Some("2024-11-25T18:31:00"), Some("2024-11-25T03:31:21Z"), Some("-06:00")];
        assert_eq!(told(odd, NJ).0, "2024-11-24T21:31:21-06:00");
        let short = [None, Some("2024-04-04T14:03:12.041Z"), Some("-7:00")];
        assert_eq!(told(short, NJ).0, "2024-04-04T07:03:12.041-07:00");
        let local_with_z = [Some("2023-08-02T07:31:00Z"), None, None];
        assert_eq!(told(local_with_z, NJ), ("2023-08-02T07:31:00-04:00".to_owned(), exact, 0));
        assert_eq!(told([Some("2024-11-23T00:00:00"), None, None], NJ).1, AtQuality::DateOnly);
        // Without a place, between two of one state.
        let ends = Where { country: Some("US"), state: None, ends: Some("WI") };
        let label = told([Some("2024-11-19T09:27:00"), None, None], ends);
        assert_eq!(label, ("2024-11-19T09:27:00-06:00".to_owned(), AtQuality::NoZone, 1));
        assert_eq!((offset_of("-99:00"), offset_of("5"), offset_of("")), (None, None, None));
    }

    #[test]
    fn arrivals_are_times_or_days() {
        let told = |text, clock| {
            let text_of = |at: Ts| serde_json::to_value(at).unwrap().as_str().unwrap().to_owned();
            arrival(text, clock, NJ).map(|(from, to)| (from.map(text_of), text_of(to)))
        };
        let first = "2024-11-29T00:00:00-05:00".to_owned();
        let day = Some((Some(first), "2024-11-29T23:59:59-05:00".to_owned()));
        for text in ["2024-11-29T00:00:00", "2024-11-29", "November 29, 2024"] {
            assert_eq!(told(text, None), day, "{text}");
        }
        assert_eq!(told("2024-11-29", Some("by end of day")), day);
        assert_eq!(told("2024-11-29", Some("6:00 PM")), Some((None, "2024-11-29T18:00:00-05:00".to_owned())));
        assert_eq!((told("soon", None), arrival("2024-11-29", None, Where::default())), (None, None));
    }

    #[test]
    fn web_tools_write_for_people() {
        let mut issues = Vec::new();
        let mut told = |date, clock| {
            let (at, quality) = written(date, clock, NJ, format_args!("$"), &mut issues).unwrap();
            (serde_json::to_value(at).unwrap().as_str().unwrap().to_owned(), quality)
        };
        assert_eq!(told("November 22, 2024", Some("1:58 pm")).0, "2024-11-22T13:58:00-05:00");
        assert_eq!(told("July 4, 2024", Some("12:05 am")).0, "2024-07-04T00:05:00-04:00");
        assert_eq!(told("May 21, 2024", None).1, AtQuality::DateOnly);
        assert_eq!(hour("13:00 pm"), None);
        assert_eq!(day("Smarch 1, 2024"), None);
    }
}
