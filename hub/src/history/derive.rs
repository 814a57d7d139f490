//! What a set of scans means: status and times, by part 2 of the taxonomy of carriers.

use crossdock_schemas::{DeliveredTo, Effect, ParcelStatus, Step, TrackingEvent, Ts};

/// What follows from the scans alone.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Journey<'a> {
    /// The scan that decides the status, and the status.
    pub(super) status: Option<(ParcelStatus, &'a TrackingEvent)>,
    pub(super) picked_up_at: Option<Ts>,
    pub(super) delivered_at: Option<Ts>,
}

/// Follows arranged scans from first to last.
pub(super) fn journey(scans: &[TrackingEvent]) -> Journey<'_> {
    let mut journey = Journey::default();
    let mut handed_over = false;
    for scan in scans.iter().filter(|scan| !is_withdrawn(scan, scans)) {
        let Some(status) = says(scan) else { continue };
        if is_pick_up(scan) && journey.picked_up_at.is_none() {
            journey.picked_up_at = Some(scan.at);
        }
        if is_handover(scan) && journey.delivered_at.is_none() {
            journey.delivered_at = Some(scan.at);
        }
        let rank = status.rank();
        // Late hub scans, photos and weight checks come in after delivery; they do not undo it.
        let late = handed_over && rank < ParcelStatus::Delivered.rank();
        // A problem is over at the next progress, not at paperwork.
        let in_trouble = matches!(journey.status, Some((ParcelStatus::Exception, _)));
        if late || (in_trouble && rank < ParcelStatus::InTransit.rank()) {
            continue;
        }
        handed_over |= is_handover(scan);
        journey.status = Some((status, scan));
    }
    journey
}

/// The status a scan asserts; `None`: it changes nothing.
fn says(scan: &TrackingEvent) -> Option<ParcelStatus> {
    if scan.effect == Effect::Retract {
        return None;
    }
    match scan.status {
        ParcelStatus::Info | ParcelStatus::Unknown => None,
        // Some of the pieces are not the parcel.
        ParcelStatus::Delivered if scan.step == Some(Step::Partial) => None,
        // A signature of the sender ends the way back.
        ParcelStatus::Delivered if scan.delivered_to == Some(DeliveredTo::Sender) => {
            Some(ParcelStatus::Returned)
        }
        status => Some(status),
    }
}

/// Whether a scan says that a courier took the parcel. The sender's putting it into a locker is not that.
pub(super) fn is_pick_up(scan: &TrackingEvent) -> bool {
    scan.effect != Effect::Retract
        && scan.status == ParcelStatus::PickedUp
        && !matches!(scan.step, Some(Step::DroppedOff | Step::PickupScheduled))
}

/// Whether a scan says that the receiver has the parcel: not its putting into a locker (that is another
/// status), not a part of it, not the sender's signature for its return.
pub(super) fn is_handover(scan: &TrackingEvent) -> bool {
    scan.effect != Effect::Retract
        && scan.status == ParcelStatus::Delivered
        && scan.step != Some(Step::Partial)
        && scan.delivered_to != Some(DeliveredTo::Sender)
}

/// Whether a scan proves that the carrier has or had the parcel.
pub(super) fn is_movement(scan: &TrackingEvent) -> bool {
    scan.effect != Effect::Retract
        && matches!(
            scan.status,
            ParcelStatus::InTransit
                | ParcelStatus::ArrivedAtHub
                | ParcelStatus::Customs
                | ParcelStatus::OutForDelivery
                | ParcelStatus::DeliveryAttempted
                | ParcelStatus::AvailableForPickup
                | ParcelStatus::Delivered
                | ParcelStatus::Returning
                | ParcelStatus::Returned
        )
}

/// Whether a later scan took this one back: a withdrawal of the same status at or after its time.
pub(super) fn is_withdrawn(scan: &TrackingEvent, scans: &[TrackingEvent]) -> bool {
    scan.effect != Effect::Retract && scans.iter().any(|other| withdraws(other, scan))
}

/// Whether one scan takes another back.
pub(super) fn withdraws(retract: &TrackingEvent, scan: &TrackingEvent) -> bool {
    retract.effect == Effect::Retract && retract.status == scan.status && scan.at <= retract.at
}
