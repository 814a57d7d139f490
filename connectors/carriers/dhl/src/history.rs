//! What follows from the scans of one shipment together. Only times count, never the order in which they stand.

use crossdock_connector::{Issue, IssueKind};
use crossdock_schemas::{Effect, ParcelStatus, Step, TrackingEvent, Ts};

/// A withdrawal takes back the scan before it, so it gets that scan's status: `STORN` does not name it.
pub(crate) fn withdrawals(events: &mut [TrackingEvent], place: &str, issues: &mut Vec<Issue>) {
    let asserted: Vec<(Ts, u8, ParcelStatus)> = events
        .iter()
        .filter(|event| event.effect != Effect::Retract)
        .map(|event| (event.at, event.status.rank(), event.status))
        .collect();
    for event in events.iter_mut().filter(|event| event.effect == Effect::Retract) {
        let before =
            asserted.iter().filter(|(at, _, _)| *at <= event.at).max_by_key(|(at, rank, _)| (*at, *rank));
        match before {
            Some((_, _, status)) => event.status = *status,
            None => issues.push(Issue::new(IssueKind::BadValue, place, "nothing before it to take back")),
        }
    }
}

/// "Shipment acceptance" is the pick-up where no other was reported before.
pub(crate) fn acceptance(events: &mut [TrackingEvent]) {
    let picked_up =
        events.iter().filter(|event| event.status == ParcelStatus::PickedUp).map(|event| event.at).min();
    let accepted = |event: &TrackingEvent| event.code_raw.as_deref() == Some("SA");
    let first = events.iter().filter(|event| accepted(event)).map(|event| event.at).min();
    for event in events.iter_mut().filter(|event| accepted(event)) {
        if picked_up.is_none_or(|at| at > event.at) && Some(event.at) == first {
            event.status = ParcelStatus::PickedUp;
        }
    }
}

/// A delivery of a shipment of several pieces is partial until all of them were delivered. `pieces` says which pieces an
/// event is about (by index of the event), `total` how many there are.
pub(crate) fn pieces(events: &mut [TrackingEvent], pieces: &[Vec<String>], total: usize) {
    if total < 2 {
        return;
    }
    let delivered: Vec<(Ts, &Vec<String>)> = events
        .iter()
        .zip(pieces)
        .filter(|(event, ids)| event.status == ParcelStatus::Delivered && !ids.is_empty())
        .map(|(event, ids)| (event.at, ids))
        .collect();
    for (event, ids) in events.iter_mut().zip(pieces) {
        if event.status != ParcelStatus::Delivered || ids.is_empty() {
            continue;
        }
        let mut there: Vec<&String> =
            delivered.iter().filter(|(at, _)| *at <= event.at).flat_map(|(_, ids)| ids.iter()).collect();
        there.sort_unstable();
        there.dedup();
        if there.len() < total {
            event.step = Some(Step::Partial);
        }
    }
}

/// The same where each piece has its own scans: `delivered` are the times at which pieces were, one each.
pub(crate) fn whole(events: &mut [TrackingEvent], delivered: &[Option<Ts>]) {
    if delivered.len() < 2 {
        return;
    }
    for event in events.iter_mut().filter(|event| event.status == ParcelStatus::Delivered) {
        if delivered.iter().any(|at| at.is_none_or(|at| at > event.at)) {
            event.step = Some(Step::Partial);
        }
    }
}
