//! One scan of a carrier as 17TRACK classified it.

use crossdock_connector::Issue;
use crossdock_connector::carrier::{self, Meaning};
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::remark::{self, english};
use crossdock_connector::wire::dec;
use crossdock_schemas::{AtQuality, Geo, Location, ParcelStatus, TrackingEvent, Ts};

use crate::codes::Codes;
use crate::decide::decide;
use crate::wire::{Latest, Place, Row};

/// A scan with its time and where it stands.
pub(crate) struct Seen<'a> {
    pub(crate) at: Ts,
    pub(crate) quality: AtQuality,
    pub(crate) row: Row<'a>,
    pub(crate) place: String,
}

/// The newest scan, the same one in whatever order they stand.
pub(crate) fn newest(seen: &[Seen<'_>]) -> Option<usize> {
    let newer = |(_, a): &(usize, &Seen<'_>), (_, b): &(usize, &Seen<'_>)| {
        let text = |scan: &'_ Seen<'_>| (scan.at, scan.row.description.as_str().to_owned());
        text(a).cmp(&text(b))
    };
    seen.iter().enumerate().max_by(newer).map(|(at, _)| at)
}

/// The scan. `latest` is the status of the whole and where it stands, given for the newest scan only: it speaks where the
/// scan has neither a sub-status nor a stage.
pub(crate) fn event(
    scan: &Seen<'_>,
    codes: &Codes,
    latest: Option<(&Latest<'_>, &str)>,
    issues: &mut Vec<Issue>,
) -> TrackingEvent {
    let row = &scan.row;
    let text = row.description.as_str();
    let own = [(&codes.statuses, "sub_status", &row.sub_status), (&codes.stages, "stage", &row.stage)];
    let own = own.into_iter().find_map(|(table, field, code)| Some((table, field, code.text()?)));
    // Examples of the document have sub-statuses in `stage`, too.
    let own = own.map(|(table, field, code)| match table.get(code) {
        None if codes.statuses.get(code).is_some() => (&codes.statuses, field, code),
        _ => (table, field, code),
    });
    let whole = latest.and_then(|(latest, _)| latest.sub_status.text().or_else(|| latest.status.text()));
    let whole = whole.map(|code| (&codes.statuses, "latest_status", code));
    let found: Option<(&CodeTable<TrackingCode>, &str, &str)> = own.or(whole);
    let meaning = match found {
        Some((table, field, code)) => match table.get(code) {
            Some(code) => decide(code, text),
            None => {
                let place = latest.map(|(_, place)| place).filter(|_| field == "latest_status");
                let path = format!("{}.{field}", place.unwrap_or(&scan.place));
                issues.push(Issue::unmapped(path, code));
                Meaning::default()
            }
        },
        // A scan 17TRACK made nothing of is one more scan, and nothing else.
        None => Meaning::default(),
    };
    let masked = (!text.is_ascii()).then(|| remark::mask(text));
    let courier = masked.as_ref().filter(|_| meaning.status == ParcelStatus::OutForDelivery);
    let courier = courier.and_then(|said| carrier::delivering(None, None, said));
    let shown = masked.map_or_else(|| english::shown(text, &[]), |masked| masked.text);
    TrackingEvent {
        at: scan.at,
        at_quality: scan.quality,
        status: meaning.status,
        step: meaning.step,
        reason: meaning.reason,
        delivered_to: meaning.delivered_to,
        code_namespace: found.map(|(table, _, _)| table.namespace.clone()),
        code_raw: found.map(|(_, _, code)| code.to_owned()),
        description: (!shown.is_empty()).then(|| shown.into_owned()),
        location: location(row),
        facility: remark::facility(text).map(str::to_owned),
        courier,
        ..TrackingEvent::default()
    }
}

fn location(row: &Row<'_>) -> Option<Location> {
    let address = row.address.as_ref();
    let text = row.location.owned().or_else(|| address.and_then(joined));
    let country = address.and_then(|address| country(address.country.as_str()));
    let postal_code = address.and_then(|address| address.postal_code.owned());
    let geo = address.and_then(|address| address.coordinates.as_ref()).and_then(|on_map| {
        let (lat, lng) = (on_map.latitude.text()?, on_map.longitude.text()?);
        Some(Geo { lat: dec(lat, "latitude").ok()?, lng: dec(lng, "longitude").ok()?, ..Geo::default() })
    });
    let location = Location { text, country, postal_code, geo, ..Location::default() };
    (location != Location::default()).then_some(location)
}

fn joined(address: &Place<'_>) -> Option<String> {
    let parts: Vec<&str> =
        [&address.city, &address.state].into_iter().filter_map(|part| part.text()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A country of two letters.
pub(crate) fn country(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_alphabetic()))
        .then(|| text.to_ascii_uppercase())
}
