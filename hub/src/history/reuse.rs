//! Carriers use their numbers again. A use ends when the next pick-up comes sixty days after its last scan;
//! the next use is a history of its own, so that an old delivery is not told about a new order.
//!
//! Scans are grouped by time; a group sixty days after the one before it is a new use when it holds a
//! pick-up. Scans of it that came before that pick-up move along with it. This is decided on the set of
//! scans, so it does not depend on their order of arrival.

use crossdock_schemas::{Parcel, ParcelStatus, TrackingEvent, Ts};

use super::derive::is_pick_up;

const SIXTY_DAYS: i64 = 60 * 24 * 60 * 60 * 1000;

fn apart(from: Ts, to: Ts) -> i64 {
    to.at.as_millisecond().saturating_sub(from.at.as_millisecond())
}

/// From which moment on scans belong to the next use. `next` is what is known of its beginning.
pub(super) fn next_use(scans: &[TrackingEvent], next: Option<Ts>) -> Option<Ts> {
    let mut by_time: Vec<&TrackingEvent> = scans.iter().collect();
    by_time.sort_by_key(|scan| scan.at);
    let mut last: Option<Ts> = None;
    for (index, scan) in by_time.iter().enumerate() {
        let Some(before) = last.replace(scan.at) else { continue };
        let gap = apart(before, scan.at);
        if next.is_some_and(|next| gap > apart(scan.at, next)) {
            return Some(scan.at);
        }
        if gap >= SIXTY_DAYS && group(by_time.get(index..).unwrap_or_default()).any(is_pick_up) {
            return Some(scan.at);
        }
    }
    None
}

/// The scans up to the next gap of sixty days.
fn group<'a>(scans: &'a [&'a TrackingEvent]) -> impl Iterator<Item = &'a TrackingEvent> {
    let mut last = scans.first().map(|scan| scan.at);
    scans.iter().copied().take_while(move |scan| {
        let near = last.is_some_and(|last| apart(last, scan.at) < SIXTY_DAYS);
        last = Some(scan.at);
        near
    })
}

/// Whether an observation without scans speaks of a later use than the one held here: it names orders that
/// are not known here, and either the next use has begun or this one is over for sixty days. Gives the
/// moment from which that use counts.
pub(super) fn speaks_of_next(
    held: &Parcel,
    status: Option<ParcelStatus>,
    last: Option<Ts>,
    next: Option<Ts>,
    seen: &Parcel,
) -> Option<Ts> {
    if seen.orders.iter().any(|order| held.orders.contains(order)) {
        return None;
    }
    if next.is_some() {
        return next;
    }
    let over =
        matches!(status, Some(ParcelStatus::Delivered | ParcelStatus::Returned | ParcelStatus::Cancelled));
    let said = seen.shipped_at.or_else(|| seen.source.revision.as_deref().and_then(|it| it.parse().ok()))?;
    (over && !seen.orders.is_empty() && apart(last?, said) >= SIXTY_DAYS).then_some(said)
}
