//! What one scan means where its code alone does not say it. Each scan is decided from itself alone.

use crossdock_connector::carrier::Meaning;
use crossdock_connector::codes::TrackingCode;
use crossdock_connector::remark::{self, Taken, english};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason};

/// Decides one scan from its code and its sentence.
pub(crate) fn decide(code: &TrackingCode, text: &str) -> Meaning {
    let mut meaning = Meaning::from(code);
    match meaning.status {
        ParcelStatus::Delivered => {
            meaning.delivered_to = taker(text);
            if !text.is_ascii() && remark::says_waits(text) {
                // 17TRACK counts it as delivered when a station signs.
                meaning.status = ParcelStatus::AvailableForPickup;
                meaning.delivered_to = remark::place(text);
            }
            // The sender has it back: nobody must be told that it was delivered.
            if meaning.delivered_to == Some(DeliveredTo::Sender) {
                meaning.status = ParcelStatus::Returned;
            }
        }
        ParcelStatus::AvailableForPickup => {
            meaning.delivered_to = taker(text).filter(|to| is_place(*to));
        }
        // A code that names no reason leaves it to the sentence.
        ParcelStatus::Exception | ParcelStatus::DeliveryAttempted
            if meaning.reason == Some(Reason::Other) =>
        {
            let named = if text.is_ascii() { english::reason(text) } else { remark::reason(text) };
            meaning.reason = named.or(meaning.reason);
        }
        _ => {}
    }
    meaning
}

fn is_place(to: DeliveredTo) -> bool {
    matches!(to, DeliveredTo::Locker | DeliveredTo::Station | DeliveredTo::PostOffice)
}

/// Who took it, as far as the sentence tells; carriers write English or Chinese, other languages are not read.
fn taker(text: &str) -> Option<DeliveredTo> {
    if text.is_ascii() {
        return english::taker(text);
    }
    match remark::taken(text) {
        Taken::Person(to) | Taken::Place(to) => Some(to),
        Taken::NotSaid => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Codes;

    fn meaning(code: &str, text: &str) -> (ParcelStatus, Option<DeliveredTo>, Option<Reason>) {
        let codes = Codes::read().unwrap();
        let meaning = decide(codes.statuses.get(code).unwrap(), text);
        (meaning.status, meaning.delivered_to, meaning.reason)
    }

    #[test]
    fn who_took_it() {
        let (delivered, mailbox) = (ParcelStatus::Delivered, Some(DeliveredTo::Mailbox));
        assert_eq!(meaning("Delivered_Other", "Delivered, In/At Mailbox"), (delivered, mailbox, None));
        assert_eq!(meaning("Delivered_Other", "Delivered"), (delivered, None, None));
        assert_eq!(meaning("Delivered_Other", "已签收,签收人:前台").1, Some(DeliveredTo::Agent));
        let waits = meaning("Delivered_Other", "已签收,快件已由测试驿站代收");
        assert_eq!((waits.0, waits.1), (ParcelStatus::AvailableForPickup, Some(DeliveredTo::Station)));
        assert_eq!(meaning("Delivered_Other", "您的快件已由【仓库】代收").0, delivered);
        let back = meaning("Delivered_Other", "Delivered, To Original Sender");
        assert_eq!((back.0, back.1), (ParcelStatus::Returned, Some(DeliveredTo::Sender)));
        let waits = meaning("AvailableForPickup_Other", "Held at post office for an individual");
        assert_eq!(waits.1, Some(DeliveredTo::PostOffice));
    }

    #[test]
    fn why() {
        assert_eq!(meaning("Exception_Other", "Delayed by weather").2, Some(Reason::Weather));
        assert_eq!(meaning("Exception_Other", "?").2, Some(Reason::Other));
        assert_eq!(meaning("DeliveryFailure_Other", "地址不详").2, Some(Reason::AddressProblem));
        assert_eq!(meaning("Exception_Damage", "late").2, Some(Reason::Damaged));
    }
}
