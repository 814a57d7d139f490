//! What one scan means: its code, made finer by the fixed words of its text where the code leaves the question open.

use std::fmt::Arguments;

use crossdock_connector::Issue;
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::remark::english;
use crossdock_schemas::{DeliveredTo, ParcelStatus, Step};

use crate::config::ParcelLocker;

/// What a scan means.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub(crate) code: TrackingCode,
    /// The code that is not in the table, or the text where there is no code.
    pub(crate) unknown: Option<String>,
}

/// Decides one scan; `path` is where its code stands.
pub(crate) fn decide(
    table: &CodeTable<TrackingCode>,
    locker: ParcelLocker,
    code: &str,
    text: &str,
    path: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let Some(mut known) = table.get(code).copied() else {
        let raw = if code.is_empty() { text } else { code };
        issues.push(Issue::unmapped(path.to_string(), raw));
        let status = ParcelStatus::Unknown;
        let code = TrackingCode { status, step: None, reason: None, delivered_to: None, effect: None };
        return Meaning { code, unknown: (!raw.is_empty()).then(|| raw.to_owned()) };
    };
    match known.status {
        // Codes 10 and T1 are of facilities and of what happens in them: "Arrived at USPS Regional Facility".
        ParcelStatus::InTransit if known.step.is_none() => on_the_way(&mut known, text),
        ParcelStatus::Delivered => delivered(&mut known, locker, text),
        ParcelStatus::Returned => known.delivered_to = Some(DeliveredTo::Sender),
        ParcelStatus::AvailableForPickup if known.delivered_to.is_none() => {
            let waits = [DeliveredTo::Locker, DeliveredTo::PostOffice, DeliveredTo::Station];
            known.delivered_to = english::taker(text).filter(|to| waits.contains(to));
        }
        ParcelStatus::DeliveryAttempted | ParcelStatus::Returning if known.reason.is_none() => {
            known.reason = english::reason(text);
        }
        _ => {}
    }
    Meaning { code: known, unknown: None }
}

fn on_the_way(known: &mut TrackingCode, text: &str) {
    if english::says(text, "arrived at") {
        known.status = ParcelStatus::ArrivedAtHub;
    } else if english::says(text, "departed") {
        known.step = Some(Step::Departed);
    }
}

/// 01 covers mailbox, door, locker, agent and the sender: the text says which.
fn delivered(known: &mut TrackingCode, locker: ParcelLocker, text: &str) {
    if known.delivered_to.is_none() {
        known.delivered_to = english::taker(text);
    } else if known.delivered_to == Some(DeliveredTo::Locker) {
        // Retrieved from the locker: its recipient has it, whatever the settings say about putting it in.
        return;
    }
    match known.delivered_to {
        Some(DeliveredTo::Sender) => known.status = ParcelStatus::Returned,
        Some(DeliveredTo::Locker) if locker == ParcelLocker::AvailableForPickup => {
            known.status = ParcelStatus::AvailableForPickup;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(locker: ParcelLocker, code: &str, text: &str) -> String {
        let table = CodeTable::read(include_str!("codes.toml")).unwrap();
        let found = decide(&table, locker, code, text, format_args!("$"), &mut Vec::new()).code;
        let step = found.step.map(|step| format!(" / {step}")).unwrap_or_default();
        let reason = found.reason.map(|reason| format!(", {reason}")).unwrap_or_default();
        let to = found.delivered_to.map(|to| format!(" to {to}")).unwrap_or_default();
        format!("{}{step}{reason}{to}", found.status)
    }

    #[test]
    fn the_text_says_who_took_it() {
        let kept = ParcelLocker::Delivered;
        for (code, text, wanted) in [
            ("01", "Delivered, In/At Mailbox", "delivered to mailbox"),
            ("01", "Delivered, Front Door/Porch", "delivered to safe_place"),
            ("01", "Delivered, Left with Individual", "delivered to recipient"),
            ("01", "Delivered, Individual Picked Up at Post Office", "delivered to post_office"),
            ("01", "Delivered, PO Box", "delivered to post_office"),
            ("01", "Delivered, To Original Sender", "returned to sender"),
            ("01", "Delivered", "delivered"),
            ("01", "Delivered, Parcel Locker", "delivered to locker"),
            ("59", "Retrieved from parcel locker", "delivered to locker"),
            ("17", "Delivered to agent", "delivered to agent"),
            ("14", "Available for Pickup at Post Office", "available_for_pickup to post_office"),
            (
                "56",
                "Notice Left (No Authorized Recipient Available)",
                "delivery_attempted, recipient_unavailable",
            ),
            ("29", "Return to sender", "returned to sender"),
            ("DN", "Delivered damaged", "delivered, damaged"),
            ("OF", "Out for Delivery", "out_for_delivery"),
            ("10", "Arrived at USPS Regional Origin Facility", "arrived_at_hub"),
            ("10", "Processed Through Facility", "in_transit"),
            ("T1", "Departed USPS Regional Facility", "in_transit / departed"),
            ("Z9", "Delivered", "unknown"),
            ("", "Delivered", "unknown"),
        ] {
            assert_eq!(told(kept, code, text), wanted, "{code} {text}");
        }
        let waits = ParcelLocker::AvailableForPickup;
        assert_eq!(told(waits, "01", "Delivered, Parcel Locker"), "available_for_pickup to locker");
        assert_eq!(told(waits, "59", "Retrieved from parcel locker"), "delivered to locker");
    }
}
