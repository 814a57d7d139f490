//! What a scan's English sentence says where the unified interface only gives one of its five words.

use crossdock_connector::codes::TrackingCode;
use crossdock_connector::remark::english::Heard;
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason, Step};

/// The five words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    PreTransit,
    Transit,
    Delivered,
    Failure,
    Unknown,
}

impl Word {
    /// Reads a word; `None` when it is none of the five.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        Some(match () {
            () if is("pre-transit") => Self::PreTransit,
            () if is("transit") => Self::Transit,
            () if is("delivered") => Self::Delivered,
            () if is("failure") => Self::Failure,
            () if is("unknown") => Self::Unknown,
            () => return None,
        })
    }
}

/// A meaning without any detail.
pub(crate) const fn plain(status: ParcelStatus) -> TrackingCode {
    TrackingCode { status, step: None, reason: None, delivered_to: None, effect: None }
}

/// Phrases of scans on the way, the finer before the coarser: the first that is found counts.
const ON_THE_WAY: &[(&[&str], ParcelStatus, Option<Step>)] = &[
    (
        &["returned to shipper", "returned to sender", "return to sender", "returning to"],
        ParcelStatus::Returning,
        None,
    ),
    (
        &[
            "out with courier",
            "out for delivery",
            "with delivery courier",
            "with delivering courier",
            "delivery vehicle",
        ],
        ParcelStatus::OutForDelivery,
        None,
    ),
    (
        &[
            "ready for pick",
            "ready for collection",
            "available for pick",
            "available for collection",
            "awaiting collection",
        ],
        ParcelStatus::AvailableForPickup,
        None,
    ),
    (
        &[
            "clearance processing complete",
            "released by customs",
            "cleared customs",
            "customs cleared",
            "clearance release",
        ],
        ParcelStatus::Customs,
        Some(Step::Released),
    ),
    (&["clearance delay", "held at customs", "held by customs"], ParcelStatus::Customs, Some(Step::Held)),
    (&["customs", "clearance"], ParcelStatus::Customs, Some(Step::Started)),
    (&["on hold"], ParcelStatus::Exception, None),
    (&["picked up", "has been collected from the sender"], ParcelStatus::PickedUp, None),
    (
        &[
            "arrived at delivery facility",
            "arrived at dhl delivery facility",
            "arrival destination",
            "arrival at post office",
        ],
        ParcelStatus::ArrivedAtHub,
        Some(Step::ArrivedDestination),
    ),
    (&["tendered to delivery service"], ParcelStatus::InTransit, Some(Step::HandedOver)),
    (
        &["arrived at", "arrival at", "arrived in", "arrived usps", "package received at"],
        ParcelStatus::ArrivedAtHub,
        None,
    ),
    (&["departed", "departure", "has left"], ParcelStatus::InTransit, Some(Step::Departed)),
];

/// What a word with its sentence means.
pub(crate) fn meaning(word: Word, said: impl FnOnce() -> Heard) -> TrackingCode {
    match word {
        Word::PreTransit => plain(ParcelStatus::LabelCreated),
        Word::Unknown => plain(ParcelStatus::Unknown),
        Word::Transit => on_the_way(&said()),
        Word::Delivered => delivered(&said()),
        Word::Failure => failure(&said()),
    }
}

fn on_the_way(text: &Heard) -> TrackingCode {
    let found = ON_THE_WAY.iter().find(|(phrases, _, _)| text.says_any(phrases));
    let Some((_, status, step)) = found else { return plain(ParcelStatus::InTransit) };
    TrackingCode {
        step: *step,
        delivered_to: (*status == ParcelStatus::AvailableForPickup).then(|| waits_in(text)).flatten(),
        reason: (*status == ParcelStatus::Exception).then(|| text.reason().unwrap_or(Reason::Delayed)),
        ..plain(*status)
    }
}

/// A parcel put into a locker or brought to a shop is called delivered; its recipient does not have it yet.
fn delivered(text: &Heard) -> TrackingCode {
    let to = text.taker();
    let collected = text.says_any(&["collected", "picked up"]);
    match to {
        Some(DeliveredTo::Sender) => {
            TrackingCode { delivered_to: Some(DeliveredTo::Sender), ..plain(ParcelStatus::Returned) }
        }
        // Of the post of the United States, which has the last mile there: as a rule the recipient's own box.
        Some(DeliveredTo::Locker) if text.says("parcel locker") => {
            TrackingCode { delivered_to: to, ..plain(ParcelStatus::Delivered) }
        }
        Some(DeliveredTo::Locker | DeliveredTo::Station | DeliveredTo::PostOffice) if !collected => {
            TrackingCode { delivered_to: to, ..plain(ParcelStatus::AvailableForPickup) }
        }
        _ => TrackingCode {
            delivered_to: to,
            step: text.says_any(&["partial", "partially"]).then_some(Step::Partial),
            reason: text.says_any(&["damage"]).then_some(Reason::Damaged),
            ..plain(ParcelStatus::Delivered)
        },
    }
}

fn failure(text: &Heard) -> TrackingCode {
    let reason = text.reason();
    if text.says_any(&["returned to", "return to", "returning"]) {
        return TrackingCode { reason, ..plain(ParcelStatus::Returning) };
    }
    let came = text.says_any(&["attempt", "could not be delivered", "not delivered", "not home"])
        || matches!(reason, Some(Reason::RecipientUnavailable));
    if came {
        return TrackingCode { reason, ..plain(ParcelStatus::DeliveryAttempted) };
    }
    TrackingCode { reason: Some(reason.unwrap_or(Reason::Other)), ..plain(ParcelStatus::Exception) }
}

/// Locker or shop, as far as the words tell.
pub(crate) fn waits_in(text: &Heard) -> Option<DeliveredTo> {
    text.taker()
        .filter(|to| matches!(to, DeliveredTo::Locker | DeliveredTo::Station | DeliveredTo::PostOffice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(word: &str, text: &str) -> String {
        let code = meaning(Word::read(word).unwrap(), || Heard::new(text));
        let step = code.step.map(|step| format!(" / {step}")).unwrap_or_default();
        let reason = code.reason.map(|reason| format!(", {reason}")).unwrap_or_default();
        let to = code.delivered_to.map(|to| format!(" to {to}")).unwrap_or_default();
        format!("{}{step}{reason}{to}", code.status)
    }

    #[test]
    fn sentences_make_the_words_finer() {
        for (word, text, wanted) in [
            ("pre-transit", "", "label_created"),
            ("transit", "", "in_transit"),
            ("transit", "Shipment picked up", "picked_up"),
            ("transit", "Arrived at DHL Sort Facility LEIPZIG", "arrived_at_hub"),
            ("transit", "Arrived at DHL Delivery Facility", "arrived_at_hub / arrived_destination"),
            ("transit", "Departed Facility", "in_transit / departed"),
            ("transit", "Customs clearance status updated", "customs / started"),
            ("transit", "Clearance processing complete", "customs / released"),
            ("transit", "Shipment is out with courier for delivery", "out_for_delivery"),
            ("transit", "Ready for pick-up at the ServicePoint", "available_for_pickup to station"),
            ("transit", "Shipment is on hold", "exception, delayed"),
            ("transit", "ARRIVAL DESTINATION DHL ECOMMERCE FACILITY", "arrived_at_hub / arrived_destination"),
            ("transit", "ARRIVED USPS SORT FACILITY", "arrived_at_hub"),
            ("transit", "PACKAGE RECEIVED AT DHL ECOMMERCE DISTRIBUTION CENTER", "arrived_at_hub"),
            ("transit", "DEPARTURE ORIGIN DHL ECOMMERCE FACILITY", "in_transit / departed"),
            ("transit", "TENDERED TO DELIVERY SERVICE PROVIDER", "in_transit / handed_over"),
            ("transit", "ARRIVED AT CUSTOMS", "customs / started"),
            ("Delivered", "Delivered", "delivered"),
            ("delivered", "Delivered to a neighbour", "delivered to neighbour"),
            ("delivered", "Put into the Packstation", "available_for_pickup to locker"),
            ("delivered", "Collected from the Packstation", "delivered to locker"),
            ("delivered", "DELIVERED - PARCEL LOCKER", "delivered to locker"),
            ("delivered", "Returned to shipper", "returned to sender"),
            ("delivered", "Partial delivery", "delivered / partial"),
            (
                "failure",
                "Delivery attempted; consignee premises closed",
                "delivery_attempted, recipient_unavailable",
            ),
            ("failure", "The shipment was damaged", "exception, damaged"),
            ("failure", "Something happened", "exception, other"),
            ("failure", "The shipment is being returned to the sender", "returning"),
            ("unknown", "Delivered", "unknown"),
        ] {
            assert_eq!(told(word, text), wanted, "{text}");
        }
        assert_eq!(Word::read("teleported"), None);
    }
}
