//! DHL's times: ISO 8601, with or without a zone. Without one it is the clock of the scan's place.

use std::fmt::Arguments;

use jiff::civil::DateTime;

use crossdock_connector::{Error, Issue, IssueKind, Result, place, time};
use crossdock_schemas::{AtQuality, Ts};

/// Whose clock it is where a time has no zone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock<'c> {
    /// The country of the scan.
    pub(crate) here: Option<&'c str>,
    /// The state in it.
    pub(crate) state: Option<&'c str>,
    /// The country of both ends, where they lie in the same one: a guess for a scan that names none.
    pub(crate) ends: Option<&'c str>,
}

impl Clock<'_> {
    fn moment(self, local: DateTime) -> (Ts, AtQuality) {
        match (self.here, self.ends) {
            (None, Some(country)) => (place::moment(local, Some(country), None).0, AtQuality::NoZone),
            (here, _) => place::moment(local, here, self.state),
        }
    }
}

/// Reads a time; `path` is where it stands.
///
/// # Errors
/// `Malformed` when it is no time.
pub(crate) fn moment(
    text: &str,
    clock: Clock<'_>,
    path: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let text = text.trim();
    if let Some(at) = with_zone(text) {
        return Ok((at, AtQuality::Exact));
    }
    if text.len() == 10
        && let Ok(day) = time::civil(&format!("{text}T00:00:00"))
    {
        return Ok((clock.moment(day).0, AtQuality::DateOnly));
    }
    let local = time::civil(text).map_err(|error| error.at(path.to_string()))?;
    let (at, quality) = clock.moment(local);
    if quality == AtQuality::NoZone {
        let what = "neither a zone nor a place that tells it";
        issues.push(Issue::new(IssueKind::NoZone, path.to_string(), what));
    }
    Ok((at, quality))
}

/// From when to when something should arrive, by the clock of the country it goes to where no zone is told.
pub(crate) fn arrival(text: &str, country: Option<&str>) -> Option<(Option<Ts>, Ts)> {
    with_zone(text).map(|at| (None, at)).or_else(|| place::arrival(text, country, None))
}

/// A time with its zone; some services leave out the colon of the offset.
fn with_zone(text: &str) -> Option<Ts> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let at = text.len().checked_sub(5)?;
    let (head, offset) = text.split_at_checked(at)?;
    let (hours, minutes) = offset.split_at_checked(3)?;
    let fits = head.contains(['T', ' ']) && hours.starts_with(['+', '-']);
    format!("{head}{hours}:{minutes}").parse().ok().filter(|_| fits)
}

/// Reads MyDHL's date, time and offset, each in a field of its own.
///
/// # Errors
/// `Malformed` when there is no date or no time.
pub(crate) fn parts(
    [date, hour, offset]: [Option<&str>; 3],
    clock: Clock<'_>,
    path: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let date = date.ok_or_else(|| Error::malformed("the date is missing").at(path.to_string()))?;
    let Some(hour) = hour else { return moment(date, clock, path, issues) };
    let local = format!("{date}T{hour}");
    match offset.and_then(|offset| with_zone(&format!("{local}{offset}"))) {
        Some(at) => Ok((at, AtQuality::Exact)),
        None => moment(&local, clock, path, issues),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: Clock<'_> = Clock { here: None, state: None, ends: None };

    fn told(text: &str, here: Option<&str>) -> (String, AtQuality, usize) {
        let mut issues = Vec::new();
        let ends = Some("DE").filter(|_| text.starts_with("2027"));
        let clock = Clock { here, ends, ..NOWHERE };
        let (at, quality) = moment(text, clock, format_args!("$"), &mut issues).unwrap();
        (serde_json::to_value(at).unwrap().as_str().unwrap().to_owned(), quality, issues.len())
    }

    #[test]
    fn a_zone_or_a_place_tells_the_moment() {
        let (exact, none) = (AtQuality::Exact, AtQuality::NoZone);
        for (text, country, at, quality, issues) in [
            ("2026-03-03T10:41:00+01:00", None, "2026-03-03T10:41:00+01:00", exact, 0),
            ("2026-03-03T10:41:00+0100", Some("GB"), "2026-03-03T10:41:00+01:00", exact, 0),
            ("2026-03-03T10:41:00.000Z", None, "2026-03-03T10:41:00Z", exact, 0),
            ("2026-03-02T16:20:00", Some("DE"), "2026-03-02T16:20:00+01:00", exact, 0),
            ("2026-03-02T16:20:00", None, "2026-03-02T16:20:00Z", none, 1),
            ("2026-03-02T16:20:00", Some("US"), "2026-03-02T16:20:00Z", none, 1),
            ("2026-03-02", Some("DE"), "2026-03-02T00:00:00+01:00", AtQuality::DateOnly, 0),
            // Between two places of one country.
            ("2027-03-02T16:20:00", None, "2027-03-02T16:20:00+01:00", none, 1),
            ("2027-03-02T16:20:00", Some("GB"), "2027-03-02T16:20:00Z", exact, 0),
        ] {
            assert_eq!(told(text, country), (at.to_owned(), quality, issues), "{text}");
        }
        for text in ["yesterday", ""] {
            assert!(moment(text, NOWHERE, format_args!("$"), &mut Vec::new()).is_err());
        }
    }

    #[test]
    fn arrivals_are_known_or_not_said() {
        let told = |text, country| {
            arrival(text, country).map(|(from, to)| (from.map(|at| at.utc_text()), to.utc_text()))
        };
        let local = Some((None, "2026-08-11T21:59:00Z".to_owned()));
        assert_eq!(told("2026-08-11T23:59:00", Some("CZ")), local);
        assert_eq!(told("2026-08-11T23:59:00+0200", None), local);
        let day = Some((Some("2026-08-10T22:00:00Z".to_owned()), "2026-08-11T21:59:59Z".to_owned()));
        assert_eq!(told("2026-08-11", Some("CZ")), day);
        assert_eq!((told("2026-08-11T23:59:00", Some("US")), told("soon", Some("CZ"))), (None, None));
    }

    #[test]
    fn parts_are_put_together() {
        let mut issues = Vec::new();
        let mut told = |offset, country| {
            let clock = Clock { here: country, ..NOWHERE };
            let stamp = [Some("2020-06-10"), Some("13:06:00"), offset];
            let found = parts(stamp, clock, format_args!("$"), &mut issues).unwrap();
            (found.0.utc_text(), found.1)
        };
        assert_eq!(told(Some("+09:00"), None), ("2020-06-10T04:06:00Z".to_owned(), AtQuality::Exact));
        assert_eq!(told(None, Some("JP")), ("2020-06-10T04:06:00Z".to_owned(), AtQuality::Exact));
        assert_eq!(told(Some("x"), None), ("2020-06-10T13:06:00Z".to_owned(), AtQuality::NoZone));
    }
}
