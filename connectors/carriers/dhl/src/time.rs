//! DHL's times: ISO 8601, with or without a zone. Without one it is the clock of the scan's place.

use crossdock_connector::{Error, Issue, IssueKind, Result, place, time};
use crossdock_schemas::{AtQuality, Ts};

/// Reads a time; `path` is where it stands.
///
/// # Errors
/// `Malformed` when it is no time.
pub(crate) fn moment(
    text: &str,
    country: Option<&str>,
    path: &str,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let text = text.trim();
    if let Some(at) = with_zone(text) {
        return Ok((at, AtQuality::Exact));
    }
    if text.len() == 10
        && let Ok(day) = time::civil(&format!("{text}T00:00:00"))
    {
        return Ok((place::moment(day, country, None).0, AtQuality::DateOnly));
    }
    let local = time::civil(text).map_err(|error| error.at(path))?;
    let (at, quality) = place::moment(local, country, None);
    if quality == AtQuality::NoZone {
        issues.push(Issue::new(IssueKind::NoZone, path, "neither a zone nor a place that tells it"));
    }
    Ok((at, quality))
}

/// A time with its zone; some services leave out the colon of the offset.
pub(crate) fn with_zone(text: &str) -> Option<Ts> {
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
    [date, clock, offset]: [Option<&str>; 3],
    country: Option<&str>,
    path: &str,
    issues: &mut Vec<Issue>,
) -> Result<(Ts, AtQuality)> {
    let date = date.ok_or_else(|| Error::malformed("the date is missing").at(path))?;
    let Some(clock) = clock else { return moment(date, country, path, issues) };
    let local = format!("{date}T{clock}");
    match offset.and_then(|offset| with_zone(&format!("{local}{offset}"))) {
        Some(at) => Ok((at, AtQuality::Exact)),
        None => moment(&local, country, path, issues),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, country: Option<&str>) -> (String, AtQuality, usize) {
        let mut issues = Vec::new();
        let (at, quality) = moment(text, country, "$", &mut issues).unwrap();
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
        ] {
            assert_eq!(told(text, country), (at.to_owned(), quality, issues), "{text}");
        }
        assert!(moment("yesterday", None, "$", &mut Vec::new()).is_err());
        assert!(moment("", None, "$", &mut Vec::new()).is_err());
    }

    #[test]
    fn parts_are_put_together() {
        let mut issues = Vec::new();
        let mut told = |offset, country| {
            let found =
                parts([Some("2020-06-10"), Some("13:06:00"), offset], country, "$", &mut issues).unwrap();
            (found.0.utc_text(), found.1)
        };
        assert_eq!(told(Some("+09:00"), None), ("2020-06-10T04:06:00Z".to_owned(), AtQuality::Exact));
        assert_eq!(told(None, Some("JP")), ("2020-06-10T04:06:00Z".to_owned(), AtQuality::Exact));
        assert_eq!(told(Some("x"), None), ("2020-06-10T13:06:00Z".to_owned(), AtQuality::NoZone));
    }
}
