//! When a scan happened: with the place's offset where 17TRACK knows it, else as well as the carrier's own parts tell.

use crossdock_connector::place;
use crossdock_connector::{Error, Result};
use crossdock_schemas::{AtQuality, Ts};
use jiff::civil::{Date, DateTime, Time};

use crate::wire::Row;

/// The time of a scan, which stands at `place`.
///
/// # Errors
/// `Malformed` when there is none, or none that can be read.
pub(crate) fn when(row: &Row<'_>, place: &str) -> Result<(Ts, AtQuality)> {
    let bad = |field: &str, text: &str| {
        let shown: String = text.chars().take(40).collect();
        Error::malformed(format!("`{}` is not a time", shown.escape_debug())).at(format!("{place}.{field}"))
    };
    for (field, text) in [("time_iso", row.time_iso.text()), ("time_utc", row.time_utc.text())] {
        let Some(text) = text else { continue };
        if let Ok(at) = text.parse::<Ts>() {
            return Ok((at, AtQuality::Exact));
        }
        // An offset that is not there.
        return Ok(local(text.parse().map_err(|_| bad(field, text))?, row));
    }
    let raw = row.time_raw.as_ref();
    let date = raw.and_then(|raw| raw.date.text());
    let date = date.ok_or_else(|| Error::malformed("the time is missing").at(format!("{place}.time_iso")))?;
    let time = raw.and_then(|raw| raw.time.text());
    let day: Date = date.parse().map_err(|_| bad("time_raw.date", date))?;
    let Some(time) = time else {
        let (at, _) = local(day.to_datetime(Time::midnight()), row);
        return Ok((at, AtQuality::DateOnly));
    };
    let offset = raw.and_then(|raw| raw.timezone.text()).unwrap_or_default();
    if let Ok(at) = format!("{date}T{time}{offset}").parse::<Ts>() {
        return Ok((at, AtQuality::Exact));
    }
    let time: Time = time.parse().map_err(|_| bad("time_raw.time", time))?;
    Ok(local(day.to_datetime(time), row))
}

/// A local time: the place may tell its zone.
fn local(local: DateTime, row: &Row<'_>) -> (Ts, AtQuality) {
    let (country, state) = match &row.address {
        Some(address) => (address.country.text(), address.state.text()),
        None => (None, None),
    };
    place::moment(local, country, state)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Option<(String, AtQuality)> {
        let row: Row<'_> = serde_json::from_str(json).unwrap();
        let (at, quality) = when(&row, "$").ok()?;
        Some((at.to_string(), quality))
    }

    #[test]
    fn as_well_as_it_is_known() {
        let (exact, guess, day) = (AtQuality::Exact, AtQuality::NoZone, AtQuality::DateOnly);
        for (json, at, quality) in [
            (r#"{"time_iso":"2026-03-02T19:30:00+08:00"}"#, "2026-03-02T19:30:00+08:00", exact),
            (r#"{"time_iso":null,"time_utc":"2026-03-02T11:30:00Z"}"#, "2026-03-02T11:30:00Z", exact),
            (r#"{"time_iso":"2026-03-02T19:30:00"}"#, "2026-03-02T19:30:00Z", guess),
            (
                r#"{"time_iso":"2026-03-02T19:30:00","address":{"country":"DE"}}"#,
                "2026-03-02T19:30:00+01:00",
                exact,
            ),
            (
                r#"{"time_raw":{"date":"2026-03-01","time":"09:05:00","timezone":"+08:00"}}"#,
                "2026-03-01T09:05:00+08:00",
                exact,
            ),
            (
                r#"{"time_raw":{"date":"2026-03-01","time":"09:05","timezone":null}}"#,
                "2026-03-01T09:05:00Z",
                guess,
            ),
            (r#"{"time_raw":{"date":"2026-03-01","time":null}}"#, "2026-03-01T00:00:00Z", day),
        ] {
            assert_eq!(told(json), Some((at.to_owned(), quality)), "{json}");
        }
        for json in ["{}", r#"{"time_iso":"soon"}"#, r#"{"time_raw":{"date":"1 March"}}"#] {
            assert_eq!(told(json), None, "{json}");
        }
    }
}
