//! Scans of one shipment.

use std::fmt::Arguments;

use serde_json::value::RawValue;

use crossdock_connector::carrier::came_back;
use crossdock_connector::remark::english;
use crossdock_connector::{Error, Issue, IssueKind, Result, place, rows};
use crossdock_schemas::{AtQuality, DeliveredTo, Location, ParcelStatus, TrackingEvent};

use crate::codes::Codes;
use crate::decide::{decide, taker};
use crate::reply::Found;
use crate::when::when;
use crate::wire::{Place, Scan, Shipment};

/// The scans of a shipment, and those that could not be read.
#[derive(Default)]
pub(crate) struct Scans {
    pub(crate) events: Vec<TrackingEvent>,
    pub(crate) bad: Vec<Error>,
}

/// Reads the scans; where there are none, what the latest status tells as one.
///
/// # Errors
/// `Malformed` when the scans are no list.
pub(crate) fn scans(found: &mut Found<'_>, codes: &Codes, issues: &mut Vec<Issue>) -> Result<Scans> {
    let path = format!("{}.scanEvents", found.place);
    let told = std::mem::take(&mut found.shipment.scan_events).each(&path)?;
    let shipment = &found.shipment;
    let names = names(shipment);
    let mut scans = Scans::default();
    for (at, scan) in told.into_iter().enumerate() {
        match scan.and_then(|scan| one(&scan, format_args!("{path}[{at}]"), codes, &names, issues)) {
            Ok(event) => scans.events.push(event),
            Err(error) => scans.bad.push(error),
        }
    }
    if scans.events.is_empty() && scans.bad.is_empty() {
        // A push may hold the one scan it is about, and nothing around it.
        let dated =
            |raw: &RawValue| rows::object::<Scan<'_>>(raw, "$").is_ok_and(|scan| scan.date.text().is_some());
        let latest =
            shipment.latest_status_detail.map(|raw| (raw, format!("{}.latestStatusDetail", found.place)));
        let alone = shipment.event_type.text().map(|_| (found.raw, found.place.clone()));
        if let Some((raw, place)) = latest.into_iter().chain(alone).find(|(raw, _)| dated(raw)) {
            let scan: Scan<'_> = rows::object(raw, &place)?;
            scans.events.push(one(&scan, format_args!("{place}"), codes, &names, issues)?);
        }
    }
    if scans.events.iter().any(|event| event.at_quality == AtQuality::NoZone) {
        let what = "a local time whose place does not tell its zone";
        issues.push(Issue::new(IssueKind::NoZone, path, what));
    }
    first_scan(&mut scans.events);
    let (from, to) = ends(shipment);
    came_back(&mut scans.events, |here| {
        let is = |there: Option<&str>| {
            here.zip(there).is_some_and(|(here, there)| here.eq_ignore_ascii_case(there))
        };
        is(to.as_deref()) && !is(from.as_deref())
    });
    taken(&mut scans.events, shipment);
    Ok(scans)
}

/// Names that other fields give away.
fn names<'s>(shipment: &'s Shipment<'_>) -> Vec<&'s str> {
    let details = shipment.delivery_details.as_ref();
    let names = details.map(|details| [details.received_by_name.as_str(), details.signed_by_name.as_str()]);
    names.into_iter().flatten().filter(|name| !name.trim().is_empty()).collect()
}

/// Reads one scan.
///
/// # Errors
/// `Malformed` when its time is none.
pub(crate) fn one(
    scan: &Scan<'_>,
    place: Arguments<'_>,
    codes: &Codes,
    names: &[&str],
    issues: &mut Vec<Issue>,
) -> Result<TrackingEvent> {
    let at = scan.scan_location.as_ref();
    let date = scan.date.text().ok_or_else(|| Error::malformed("the time is missing"));
    let time = date.and_then(|date| {
        when(date, at).ok_or_else(|| {
            let shown: String = date.chars().take(40).collect();
            Error::malformed(format!("`{}` is not a time", shown.escape_debug()))
        })
    });
    let (moment, at_quality) = time.map_err(|error| error.at(format!("{place}.date")))?;
    let meaning = decide(codes, scan, place, issues);
    let texts = [&scan.event_description, &scan.description, &scan.exception_description];
    let mut said: Vec<&str> = texts.into_iter().filter_map(|text| text.text()).collect();
    said.dedup();
    let shown = english::shown(&said.join(": "), names).into_owned();
    Ok(TrackingEvent {
        at: moment,
        at_quality,
        status: meaning.status,
        step: meaning.step,
        reason: meaning.reason,
        reason_raw: meaning.reason_raw,
        delivered_to: meaning.delivered_to,
        code_namespace: meaning.namespace,
        code_raw: meaning.code,
        description: (!shown.is_empty()).then_some(shown),
        location: at.and_then(location),
        facility: scan.location_id.owned(),
        ..TrackingEvent::default()
    })
}

fn location(at: &Place<'_>) -> Option<Location> {
    let country = at.country();
    let named = country.as_deref().or(at.country_name.text());
    let parts = [at.city.text(), at.state_or_province_code.text(), named];
    place::location(parts, country.as_deref(), at.postal_code.text())
}

/// Where it comes from and where it goes, as a scan's place is written.
fn ends(shipment: &Shipment<'_>) -> (Option<String>, Option<String>) {
    let to = shipment.last_updated_destination_address.as_ref();
    let to = to.or_else(|| shipment.recipient_information.as_ref().and_then(|party| party.address.as_ref()));
    let from = shipment.shipper_information.as_ref().and_then(|party| party.address.as_ref());
    let name = |place: Option<&Place<'_>>| place.and_then(location).and_then(|place| place.text);
    (name(from), name(to))
}

/// "At FedEx origin facility" is the pick-up when FedEx has no earlier scan of its own.
fn first_scan(events: &mut [TrackingEvent]) {
    let origin = |event: &TrackingEvent| {
        event.code_namespace.as_deref() == Some("fedex") && event.code_raw.as_deref() == Some("OF")
    };
    let first = events.iter().filter(|event| event.status.rank() >= ParcelStatus::PickedUp.rank());
    // A day of which the time is not known is before everything of that day.
    let first = first.min_by_key(|event| (event.at, event.status.rank()));
    let Some(first) = first.filter(|event| origin(event)).map(|event| event.at) else { return };
    for event in events.iter_mut().filter(|event| origin(event) && event.at == first) {
        event.status = ParcelStatus::PickedUp;
    }
}

/// Who took it, which FedEx tells of the delivery as a whole.
fn taken(events: &mut [TrackingEvent], shipment: &Shipment<'_>) {
    let Some(details) = &shipment.delivery_details else { return };
    let to = taker(details.location_type.as_str(), details.location_description.as_str());
    let to = to.filter(|to| *to != DeliveredTo::Sender);
    let last =
        events.iter().filter(|event| event.status == ParcelStatus::Delivered).map(|event| event.at).max();
    for event in events.iter_mut() {
        if event.status == ParcelStatus::Delivered && Some(event.at) == last {
            event.delivered_to = event.delivered_to.or(to);
        }
    }
}
