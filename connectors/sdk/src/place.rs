//! Where something happened tells what its clock showed: for carriers that give local times without a zone.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crossdock_schemas::{AtQuality, Location, Ts};

use crate::time;

/// A row of the table; its zone is read when it is first asked for.
struct Row {
    name: &'static str,
    only: bool,
    zone: OnceLock<Option<TimeZone>>,
}

static TABLE: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    let rows = include_str!("place/zones.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut columns = line.split('\t');
        let (place, name) = (columns.next()?, columns.next()?);
        Some((place, Row { name, only: columns.next().is_none(), zone: OnceLock::new() }))
    })
    .collect()
});

/// The time zone of a place.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    /// The zone, with its daylight saving rules.
    pub zone: &'static TimeZone,
    /// Whether the whole place keeps this time.
    pub only: bool,
}

/// The zone of a country (ISO 3166-1 alpha-2) or of a state or province in it. `None` where the country alone does
/// not tell, or is not known.
pub fn zone(country: &str, division: Option<&str>) -> Option<Zone> {
    // Territories with codes of their own may also come as states of the United States.
    let row = match division.map(str::trim).filter(|division| !division.is_empty()) {
        Some(division) => {
            TABLE.get(format!("{country}-{division}").as_str()).or_else(|| TABLE.get(country))?
        }
        None => TABLE.get(country)?,
    };
    // The zones that come with the library, not the machine's: the same bytes mean the same everywhere.
    let zone = row.zone.get_or_init(|| TimeZoneDatabase::bundled().get(row.name).ok()).as_ref()?;
    Some(Zone { zone, only: row.only })
}

/// A local time as a moment. Where the place does not tell its zone, the clock is read as UTC; that, and a place that
/// keeps several times, is [`AtQuality::NoZone`].
pub fn moment(local: DateTime, country: Option<&str>, division: Option<&str>) -> (Ts, AtQuality) {
    let found = country.and_then(|country| zone(country, division));
    let placed = found.and_then(|found| Some((found.zone.to_timestamp(local).ok()?, found)));
    match placed {
        Some((at, Zone { zone, only })) => {
            let quality = if only { AtQuality::Exact } else { AtQuality::NoZone };
            (Ts::new(at, zone.to_offset(at)), quality)
        }
        None => (Ts::utc(Offset::UTC.to_timestamp(local).unwrap_or_default()), AtQuality::NoZone),
    }
}

/// From when to when something should arrive, as a text tells it: a moment with its offset, a local time, or a day. A local
/// time needs a place that tells its clock.
pub fn arrival(text: &str, country: Option<&str>, division: Option<&str>) -> Option<(Option<Ts>, Ts)> {
    if let Ok(moment) = text.parse() {
        return Some((None, moment));
    }
    match time::civil(text) {
        Ok(civil) => arrival_on(civil.date(), Some(civil.time()), country, division),
        Err(_) => arrival_on(text.trim().parse().ok()?, None, country, division),
    }
}

/// The same for a day, and an hour where one is told. Nobody arrives at midnight: carriers write that where they know only
/// the day, which is from its first second to its last.
pub fn arrival_on(
    day: Date,
    hour: Option<Time>,
    country: Option<&str>,
    division: Option<&str>,
) -> Option<(Option<Ts>, Ts)> {
    zone(country?, division)?;
    let there = |hour: Time| moment(day.to_datetime(hour), country, division).0;
    Some(match hour.filter(|hour| *hour != Time::midnight()) {
        Some(hour) => (None, there(hour)),
        None => (Some(there(Time::midnight())), there(Time::constant(23, 59, 59, 0))),
    })
}

/// A country's code (ISO 3166-1 alpha-2), where the text is one and not a name.
pub fn country(text: Option<&str>) -> Option<&str> {
    text.filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// Where a scan happened, as text from the larger to the smaller or the other way round, as the carrier has it; `None`
/// where it says nothing. The postal code is no part of the text: only some sources of the same scan have it.
pub fn location<'p>(
    parts: impl IntoIterator<Item = Option<&'p str>>,
    country: Option<&str>,
    postal_code: Option<&str>,
) -> Option<Location> {
    let mut text = String::new();
    for part in parts.into_iter().flatten() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(part);
    }
    (!text.is_empty()).then(|| Location {
        text: Some(text),
        country: country.map(str::to_owned),
        postal_code: postal_code.map(str::to_owned),
        ..Location::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_what_is_said_of_it() {
        let found = location([Some("Wayne"), None, Some("US")], country(Some("US")), Some("07470")).unwrap();
        assert_eq!(found.text.as_deref(), Some("Wayne, US"));
        assert_eq!((found.country.as_deref(), found.postal_code.as_deref()), (Some("US"), Some("07470")));
        assert_eq!(location([None, None], None, Some("07470")), None);
        assert_eq!((country(Some("us")), country(Some("USA")), country(None)), (None, None, None));
    }

    #[test]
    fn arrivals_are_times_or_days() {
        let text_of = |at: Ts| serde_json::to_value(at).unwrap().as_str().unwrap().to_owned();
        let told = |text, country, state| {
            arrival(text, country, state).map(|(from, to)| (from.map(text_of), text_of(to)))
        };
        let nj = |text| told(text, Some("US"), Some("NJ"));
        let first = "2024-11-29T00:00:00-05:00".to_owned();
        let day = Some((Some(first), "2024-11-29T23:59:59-05:00".to_owned()));
        assert_eq!((nj("2024-11-29T00:00:00"), nj("2024-11-29")), (day.clone(), day));
        assert_eq!(nj("2024-11-29T18:00:00"), Some((None, "2024-11-29T18:00:00-05:00".to_owned())));
        let moment = Some((None, "2024-11-29T18:00:00Z".to_owned()));
        assert_eq!(told("2024-11-29T18:00:00Z", None, None), moment);
        assert_eq!((nj("soon"), told("2024-11-29", Some("US"), None)), (None, None));
    }

    fn told(local: &str, country: Option<&str>, division: Option<&str>) -> (String, AtQuality) {
        let (at, quality) = moment(local.parse().unwrap(), country, division);
        (serde_json::to_value(at).unwrap().as_str().unwrap().to_owned(), quality)
    }

    #[test]
    fn a_country_with_one_time_tells_it() {
        let (exact, guess) = (AtQuality::Exact, AtQuality::NoZone);
        let cases = [
            ("2026-03-02T16:20:00", Some("DE"), None, "2026-03-02T16:20:00+01:00", exact),
            ("2026-07-02T16:20:00", Some("DE"), None, "2026-07-02T16:20:00+02:00", exact),
            ("2026-03-03T11:12:00", Some("GB"), None, "2026-03-03T11:12:00Z", exact),
            ("2026-03-02T17:42:00", Some("US"), Some("GA"), "2026-03-02T17:42:00-05:00", exact),
            ("2026-03-02T17:42:00", Some("US"), Some("TX"), "2026-03-02T17:42:00-06:00", guess),
            ("2026-03-02T17:42:00", Some("US"), None, "2026-03-02T17:42:00Z", guess),
            ("2026-03-02T17:42:00", Some("ES"), Some("X"), "2026-03-02T17:42:00+01:00", guess),
            ("2026-03-02T17:42:00", Some("XX"), None, "2026-03-02T17:42:00Z", guess),
            ("2026-03-02T17:42:00", None, Some("GA"), "2026-03-02T17:42:00Z", guess),
        ];
        for (local, country, division, at, quality) in cases {
            assert_eq!(told(local, country, division), (at.to_owned(), quality), "{country:?} {division:?}");
        }
    }

    #[test]
    fn every_zone_of_the_table_exists() {
        assert!(TABLE.len() > 250);
        for (place, row) in TABLE.iter() {
            assert!(TimeZoneDatabase::bundled().get(row.name).is_ok(), "{place}: {}", row.name);
        }
    }
}
