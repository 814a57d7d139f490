//! FedEx's times: with an offset, as a rule. Without one they are local to the scan's place, and midnight without an offset
//! is a day of which the time is not known.

use jiff::civil::{DateTime, Time};

use crossdock_connector::place;
use crossdock_schemas::{AtQuality, Ts};

use crate::wire::Place;

/// Reads a time; `None` when it is none.
pub(crate) fn when(text: &str, at: Option<&Place<'_>>) -> Option<(Ts, AtQuality)> {
    let text = text.trim();
    if let Ok(exact) = text.parse::<Ts>() {
        return Some((exact, AtQuality::Exact));
    }
    // `2024-08-12T15:18:10 -0500` stands in FedEx's own examples.
    if let Some((time, offset)) = text.split_once(' ')
        && let Some((hours, minutes)) = offset.split_at_checked(3)
        && let Ok(exact) = format!("{time}{hours}:{}", minutes.trim_start_matches(':')).parse::<Ts>()
    {
        return Some((exact, AtQuality::Exact));
    }
    let local: DateTime = text.parse().ok()?;
    let country = at.and_then(Place::country);
    let state = at.and_then(|at| at.state_or_province_code.text());
    let (moment, quality) = place::moment(local, country.as_deref(), state);
    let day = local.time() == Time::midnight();
    Some((moment, if day { AtQuality::DateOnly } else { quality }))
}

/// The same for a day on which something is to happen: midnight means the day, also with an offset, which is then one of
/// FedEx's own and not that of the place. Real replies have `2024-08-28T00:00:00-06:00` for parcels that go to other zones.
pub(crate) fn day_or_time(text: &str, at: Option<&Place<'_>>) -> Option<(Ts, AtQuality)> {
    let found = when(text, at)?;
    let local = found.0.offset.to_datetime(found.0.at);
    if found.1 != AtQuality::Exact || local.time() != Time::midnight() {
        return Some(found);
    }
    let country = at.and_then(Place::country);
    let state = at.and_then(|at| at.state_or_province_code.text());
    let (there, quality) = place::moment(local, country.as_deref(), state);
    Some((if quality == AtQuality::Exact { there } else { found.0 }, AtQuality::DateOnly))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, place: &str) -> Option<(String, AtQuality)> {
        let place: Place<'_> = serde_json::from_str(place).unwrap();
        when(text, Some(&place)).map(|(at, quality)| (at.to_string(), quality))
    }

    #[test]
    fn reads_what_fedex_writes() {
        let (exact, guess, day) = (AtQuality::Exact, AtQuality::NoZone, AtQuality::DateOnly);
        let austin = r#"{"city":"AUSTIN","stateOrProvinceCode":"TX","countryCode":"US"}"#;
        let berlin = r#"{"city":"BERLIN","countryCode":"DE"}"#;
        for (text, place, at, quality) in [
            ("2024-08-15T14:03:00-05:00", austin, "2024-08-15T14:03:00-05:00", exact),
            ("2024-08-12T15:18:10 -0500", austin, "2024-08-12T15:18:10-05:00", exact),
            ("2024-08-12T15:18:10 +05:30", austin, "2024-08-12T15:18:10+05:30", exact),
            ("2026-03-02T00:00:00", austin, "2026-03-02T00:00:00-06:00", day),
            ("2026-03-02", berlin, "2026-03-02T00:00:00+01:00", day),
            ("2026-03-02T00:00:00-06:00", austin, "2026-03-02T00:00:00-06:00", exact),
            ("2026-03-02T10:00:00", berlin, "2026-03-02T10:00:00+01:00", exact),
            ("2026-03-02T10:00:00", austin, "2026-03-02T10:00:00-06:00", guess),
            ("2026-03-02T10:00:00", "{}", "2026-03-02T10:00:00Z", guess),
        ] {
            assert_eq!(told(text, place), Some((at.to_owned(), quality)), "{text}");
        }
        for text in ["", "soon", "2026-13-02T00:00:00", "2026-03-02 x"] {
            assert_eq!(told(text, austin), None, "{text}");
        }
    }

    #[test]
    fn midnight_is_a_day_where_something_is_to_happen() {
        let place: Place<'_> =
            serde_json::from_str(r#"{"stateOrProvinceCode":"MN","countryCode":"US"}"#).unwrap();
        let told = |text, at| day_or_time(text, at).map(|(at, quality)| (at.utc_text(), quality));
        let day = AtQuality::DateOnly;
        let at_place = Some(("2024-08-28T05:00:00Z".to_owned(), day));
        assert_eq!(told("2024-08-28T00:00:00-06:00", Some(&place)), at_place);
        assert_eq!(told("2024-08-28T00:00:00", Some(&place)), at_place);
        assert_eq!(told("2024-08-28T00:00:00-06:00", None), Some(("2024-08-28T06:00:00Z".to_owned(), day)));
        let noon = Some(("2024-08-28T18:00:00Z".to_owned(), AtQuality::Exact));
        assert_eq!(told("2024-08-28T12:00:00-06:00", Some(&place)), noon);
        assert_eq!(told("soon", None), None);
    }
}
