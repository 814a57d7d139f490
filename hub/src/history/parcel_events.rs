//! Which events a change of a parcel is.

use crossdock_schemas::{Effect, EventType, Parcel, ParcelStatus, TrackingEvent, Ts};

use super::Context;
use super::NewEvent;
use super::derive::{journey, withdraws};
use super::diff::pointers;
use super::milestones;
use super::normal::{json, tree};
use super::parcel::ParcelState;
use super::parcel_fields::counting;
use super::teller::{Extra, Teller, parts, said_at};

/// What an observation told about a parcel.
pub(super) struct Told {
    /// Orders that are new.
    pub(super) orders: Vec<String>,
    /// Orders whose lines changed.
    pub(super) lines: Vec<String>,
    /// Keys of scans that are new or say something else now.
    pub(super) scans: Vec<String>,
}

/// The events of a change; `before` is the parcel as it was shown, if it was known.
pub(super) fn events(
    before: Option<&Parcel>,
    state: &mut ParcelState,
    told: &Told,
    cx: &Context<'_>,
) -> Vec<NewEvent> {
    let after = state.view();
    let ParcelState { scans, memory, stated, .. } = state;
    let scans: &[TrackingEvent] = scans;
    let key = stated.parcel_key.clone().unwrap_or_default();
    let said = said_at(&stated.source, None, cx);
    let mut teller = Teller::new(cx, &key, memory.revision, None, &mut memory.fired);
    if before.is_none() {
        let begun = scans.first().map(|scan| scan.at).or(after.shipped_at).unwrap_or(said);
        teller.tell(EventType::ParcelCreated, begun, &Extra::default());
    }
    let extra = before.map_or_else(Extra::default, |before| differences(before, &after));
    tell_links(&mut teller, told, said, &extra);
    tell_scans(&mut teller, told, scans, &extra);
    tell_status(&mut teller, before, &after, scans, said, &extra);
    if before.is_some_and(|before| before.eta != after.eta) {
        teller.tell(EventType::ParcelEtaChanged, said, &extra);
    }
    milestones::tell(&mut teller, milestones::due(scans, after.direction, cx.rules));
    teller.events
}

fn differences(before: &Parcel, after: &Parcel) -> Extra {
    let changed = pointers(&tree(&counting(before)), &tree(&counting(after)));
    if changed.is_empty() {
        return Extra::default();
    }
    let extra = Extra::default().with("changed", &json(&changed));
    match before.status.filter(|_| before.status != after.status) {
        Some(status) => extra.with("previous", &format!("{{\"status\":\"{status}\"}}")),
        None => extra,
    }
}

/// Each order once; once more when it becomes known which of its lines are in the parcel.
fn tell_links(teller: &mut Teller<'_>, told: &Told, said: Ts, extra: &Extra) {
    let again = told.lines.iter().filter(|order| !told.orders.contains(order));
    for order in told.orders.iter().chain(again) {
        let extra = extra.clone().with("order_key", &json(order));
        teller.tell_again(EventType::ParcelLinked, order.clone().into_bytes(), said, &extra);
    }
}

fn tell_scans(teller: &mut Teller<'_>, told: &Told, scans: &[TrackingEvent], extra: &Extra) {
    let fresh = |scan: &&TrackingEvent| scan.event_key.as_ref().is_some_and(|key| told.scans.contains(key));
    let (retracts, asserts): (Vec<_>, Vec<_>) =
        scans.iter().filter(fresh).partition(|scan| scan.effect == Effect::Retract);
    if let Some(last) = asserts.last() {
        let extra = extra.clone().with("new_events", &json(&asserts));
        teller.tell(EventType::ParcelEventAdded, last.at, &extra);
    }
    for retract in retracts {
        let taken: Vec<&String> = scans
            .iter()
            .filter(|scan| scan.effect != Effect::Retract && withdraws(retract, scan))
            .filter_map(|scan| scan.event_key.as_ref())
            .collect();
        let extra = extra.clone().with("new_events", &json(&[retract])).with("retracted", &json(&taken));
        let name = retract.event_key.clone().unwrap_or_default().into_bytes();
        teller.tell_again(EventType::ParcelEventRetracted, name, retract.at, &extra);
    }
}

fn tell_status(
    teller: &mut Teller<'_>,
    before: Option<&Parcel>,
    after: &Parcel,
    scans: &[TrackingEvent],
    said: Ts,
    extra: &Extra,
) {
    let Some(status) = after.status.filter(|_| before.is_none_or(|before| before.status != after.status))
    else {
        return;
    };
    // A status without a scan (the shop said so) has no time of its own.
    let scan = journey(scans).status.map(|(_, scan)| scan);
    let at = scan.map(|scan| scan.at.utc_seconds().to_string()).unwrap_or_default();
    let time = scan.map_or(said, |scan| scan.at);
    teller.tell_again(EventType::ParcelStatusChanged, parts(&[status.as_str(), &at]), time, extra);
    if status == ParcelStatus::Cancelled {
        teller.tell(EventType::ParcelCancelled, time, extra);
    }
}
