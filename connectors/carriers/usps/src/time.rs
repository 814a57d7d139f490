//! USPS's times: a local time, in v3 data with the same moment in GMT beside it.

use jiff::civil::{Date, DateTime, Time};

use crossdock_connector::{Error, Issue, IssueKind, Result, place, time};
use crossdock_schemas::{AtQuality, Ts};

/// Where a scan happened, as far as its clock goes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Where<'p> {
    /// ISO 3166-1 alpha-2.
    pub(crate) country: Option<&'p str>,
    /// Of the United States.
    pub(crate) state: Option<&'p str>,
}

/// When a scan was: GMT decides, then the local time with its offset, then the place's clock, which is said when it is a
/// guess.
///
/// # Errors
/// `Malformed` when there is no time.
pub(crate) fn moment(
    [local, gmt, offset]: [Option<&str>; 3],
    at: Where<'_>,
    path: &str,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let stated = offset.and_then(|text| format!("2000-01-01T00:00:00{text}").parse::<Ts>().ok());
    let offset = stated.map(|known| known.offset);
    if let Some(moment) = gmt.and_then(|text| text.parse::<Ts>().ok()) {
        let offset = offset.unwrap_or(moment.offset);
        return Ok((Ts::new(moment.at, offset), AtQuality::Exact));
    }
    let text = local.ok_or_else(|| Error::malformed("the time is missing").at(path))?;
    if let Ok(moment) = text.parse::<Ts>() {
        return Ok((moment, AtQuality::Exact));
    }
    let civil = match time::civil(text) {
        Ok(civil) => civil,
        Err(error) => {
            let day: Date = text.trim().parse().map_err(|_| error.at(path))?;
            let (day, _) = place::moment(day.to_datetime(Time::midnight()), at.country, at.state);
            return Ok((day, AtQuality::DateOnly));
        }
    };
    if let Some(moment) = offset.and_then(|offset| Some(Ts::new(offset.to_timestamp(civil).ok()?, offset))) {
        return Ok((moment, AtQuality::Exact));
    }
    Ok(placed(civil, at, path, issues))
}

fn placed(civil: DateTime, at: Where<'_>, path: &str, issues: &mut Vec<Issue>) -> (Ts, AtQuality) {
    let (moment, quality) = place::moment(civil, at.country, at.state);
    if quality == AtQuality::NoZone {
        issues.push(Issue::new(IssueKind::NoZone, path, "neither GMT nor a state that keeps one time"));
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
    path: &str,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let day = day(date).ok_or_else(|| Error::malformed("expected a date like November 22, 2024").at(path))?;
    match clock.and_then(hour) {
        Some(time) => Ok(placed(DateTime::from_parts(day, time), at, path, issues)),
        None => Ok((
            place::moment(day.to_datetime(Time::midnight()), at.country, at.state).0,
            AtQuality::DateOnly,
        )),
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

/// A time with its offset, or a local one in a place that keeps one time: for expected arrivals.
pub(crate) fn known(text: &str, at: Where<'_>) -> Option<Ts> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let (moment, quality) = place::moment(time::civil(text).ok()?, at.country, at.state);
    (quality == AtQuality::Exact).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NJ: Where<'_> = Where { country: Some("US"), state: Some("NJ") };

    fn told(stamp: [Option<&str>; 3], at: Where<'_>) -> (String, AtQuality, usize) {
        let mut issues = Vec::new();
        let (at, quality) = moment(stamp, at, "$", &mut issues).unwrap();
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
        assert!(moment([Some("soon"), None, None], NJ, "$", &mut Vec::new()).is_err());
        assert!(moment([None, None, None], NJ, "$", &mut Vec::new()).is_err());
    }

    #[test]
    fn web_tools_write_for_people() {
        let mut issues = Vec::new();
        let mut told = |date, clock| {
            let (at, quality) = written(date, clock, NJ, "$", &mut issues).unwrap();
            (serde_json::to_value(at).unwrap().as_str().unwrap().to_owned(), quality)
        };
        assert_eq!(told("November 22, 2024", Some("1:58 pm")).0, "2024-11-22T13:58:00-05:00");
        assert_eq!(told("July 4, 2024", Some("12:05 am")).0, "2024-07-04T00:05:00-04:00");
        assert_eq!(told("May 21, 2024", None).1, AtQuality::DateOnly);
        assert_eq!(hour("13:00 pm"), None);
        assert_eq!(day("Smarch 1, 2024"), None);
    }
}
