//! What one scan means where its code alone does not say it. Codes of scans are what a text classifier made of the
//! sentence, so where the two disagree about a handover the sentence wins.
//!
//! Each scan is decided from itself alone, so it says the same whenever and beside whatever it is seen.

use crossdock_connector::carrier::Meaning;
use crossdock_connector::codes::TrackingCode;
use crossdock_connector::remark::{self, Taken};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason};

/// Words of a signature of the sender.
const SENT_BACK: [&str; 6] =
    ["退回签收", "退件签收", "退回件已签收", "寄件人签收", "发件人签收", "退回到寄件人"];

/// Decides one scan from its code and its sentence.
pub(crate) fn decide(code: &TrackingCode, text: &str) -> Meaning {
    let mut meaning = Meaning::from(code);
    match meaning.status {
        ParcelStatus::Delivered => delivered(&mut meaning, text),
        ParcelStatus::InTransit if waits(text) => {
            meaning = Meaning {
                status: ParcelStatus::AvailableForPickup,
                delivered_to: remark::place(text),
                ..Meaning::default()
            };
        }
        ParcelStatus::AvailableForPickup => meaning.delivered_to = remark::place(text),
        ParcelStatus::Exception | ParcelStatus::DeliveryAttempted | ParcelStatus::Returning => {
            // The code's own reason holds, unless it names none.
            if matches!(meaning.reason, None | Some(Reason::Other)) {
                meaning.reason = remark::reason(text).or(meaning.reason);
            }
        }
        _ => {}
    }
    meaning
}

/// Whether a scan labelled as on the way says that the parcel was put somewhere and has to be fetched there.
fn waits(text: &str) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    says(&["代收", "放入", "存放", "暂存", "投柜"])
        && says(&["及时取件", "尽快取件", "早日取件", "凭取件码", "凭取货码"])
        && !remark::says_collected(text)
}

fn delivered(meaning: &mut Meaning, text: &str) {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&SENT_BACK) {
        meaning.status = ParcelStatus::Returned;
        meaning.delivered_to = Some(DeliveredTo::Sender);
        return;
    }
    if remark::says_waits(text) {
        meaning.status = ParcelStatus::AvailableForPickup;
        meaning.delivered_to = remark::place(text).or(meaning.delivered_to);
        return;
    }
    meaning.delivered_to = match (meaning.delivered_to, remark::taken(text)) {
        // The code says locker for lockers and stations alike.
        (Some(DeliveredTo::Locker), _) => remark::place(text).or(Some(DeliveredTo::Locker)),
        (Some(known), _) => Some(known),
        (None, Taken::Person(to) | Taken::Place(to)) => Some(to),
        (None, Taken::NotSaid) => None,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Codes;

    fn meaning(code: &str, text: &str) -> (ParcelStatus, Option<DeliveredTo>, Option<Reason>) {
        let codes = Codes::read().unwrap();
        let meaning = decide(codes.scans.get(code).unwrap(), text);
        (meaning.status, meaning.delivered_to, meaning.reason)
    }

    #[test]
    fn a_locker_is_no_signature_until_the_parcel_is_out_of_it() {
        let waits = ParcelStatus::AvailableForPickup;
        for code in ["3", "301", "304"] {
            let found = meaning(code, "已签收,快件已放入丰巢智能柜,请及时取件");
            assert_eq!((found.0, found.1), (waits, Some(DeliveredTo::Locker)), "{code}");
        }
        assert_eq!(meaning("501", "已投柜:测试驿站").1, Some(DeliveredTo::Station));
        let out = meaning("304", "您已在测试驿站完成取件,感谢使用");
        assert_eq!((out.0, out.1), (ParcelStatus::Delivered, Some(DeliveredTo::Station)));
        let waits_there = meaning("304", "您的快件已由快递驿站代收,感谢您使用京东物流");
        assert_eq!((waits_there.0, waits_there.1), (waits, Some(DeliveredTo::Station)));
        let out = meaning("3", "包裹已从代收点取走");
        assert_eq!(out.0, ParcelStatus::Delivered);
        let out = meaning("3", "快件已从丰巢取出,待取件数0");
        assert_eq!(out.0, ParcelStatus::Delivered);
    }

    #[test]
    fn on_the_way_but_put_where_it_has_to_be_fetched() {
        let found = meaning("0", "快件已由测试小区西门店代收，请及时取件，如有疑问请联系13800000024");
        assert_eq!((found.0, found.1), (ParcelStatus::AvailableForPickup, None));
        let found = meaning("0", "快件已放入测试驿站,凭取件码取件");
        assert_eq!(found.1, Some(DeliveredTo::Station));
        assert_eq!(meaning("0", "快件已发往测试驿站").0, ParcelStatus::InTransit);
        assert_eq!(meaning("0", "代收货款,等待取件").0, ParcelStatus::InTransit);
    }

    #[test]
    fn who_signed() {
        assert_eq!(meaning("3", "已签收,签收人:前台").1, Some(DeliveredTo::Agent));
        assert_eq!(meaning("3", "已签收").1, None);
        assert_eq!(meaning("301", "已签收,签收人:前台").1, Some(DeliveredTo::Recipient));
        let back = meaning("3", "退件签收,签收人:测试商家");
        assert_eq!((back.0, back.1), (ParcelStatus::Returned, Some(DeliveredTo::Sender)));
    }

    #[test]
    fn why() {
        assert_eq!(meaning("2", "快件破损").2, Some(Reason::Damaged));
        assert_eq!(meaning("2", "疑难件").2, Some(Reason::Other));
        assert_eq!(meaning("204", "派件异常:地址不详").2, Some(Reason::AddressProblem));
        assert_eq!(meaning("204", "派件异常").2, None);
        assert_eq!(meaning("207", "快件破损").2, Some(Reason::OutOfArea));
    }
}
