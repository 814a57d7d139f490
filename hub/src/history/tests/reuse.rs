//! The same number, used again.

use ParcelStatus::{Delivered, InTransit, Info, LabelCreated, PickedUp};
use crossdock_schemas::identity::parcel_key;
use crossdock_schemas::{DeliveredTo, Entity};

use super::*;
use crate::history::instance_number;

const DAY: i64 = 24 * 60;

fn spilled(decision: &Decision) -> &Parcel {
    match decision.spill.as_ref().map(|spill| &spill.entity) {
        Some(Entity::Parcel(parcel)) => parcel,
        other => panic!("nothing spilled but {other:?}"),
    }
}

fn first_use() -> History {
    let mut history = History::new();
    history.see(scans(vec![scan(1, PickedUp, "50"), scan(2 * DAY, Delivered, "80")]));
    history
}

#[test]
fn numbers_of_instances() {
    assert_eq!(instance_number("SF1", 1), "SF1");
    assert_eq!(instance_number("SF1", 2), "SF1#2");
}

#[test]
fn a_pick_up_after_sixty_days_begins_the_next_use() {
    let mut history = first_use();
    let decision = history.see(scans(vec![scan(62 * DAY, PickedUp, "50")]));
    assert_eq!((decision.verdict, decision.reason), (Verdict::Duplicate, Some("next_use")));
    let next = spilled(&decision);
    assert_eq!(next.parcel_key, Some(parcel_key("sf_express", "SF1234567890123", "2")));
    assert_eq!(next.events.len(), 1);
    assert_eq!(history.parcel().status, Some(Delivered), "the first use is as it was");
    // The next use is a history of its own, with milestones of its own.
    let mut second = History::new();
    let seen = decision.spill.clone().unwrap();
    assert_eq!(types(&second.see(seen.clone())).last(), Some(&"milestone.picked_up"));
    assert_ne!(second.milestones()[0].id, history.milestones()[0].id);
    assert_eq!(second.see(seen).verdict, Verdict::Duplicate);
    // And the one after that.
    let third = second.see(scans_of_second(scan(300 * DAY, PickedUp, "50")));
    assert_eq!(spilled(&third).parcel_key, Some(parcel_key("sf_express", "SF1234567890123", "3")));
}

fn scans_of_second(event: TrackingEvent) -> Observation {
    let key = parcel_key("sf_express", "SF1234567890123", "2");
    Observation::parcel(Parcel { parcel_key: Some(key), events: vec![event], ..parcel(None) }).partial()
}

#[test]
fn fifty_nine_days_or_another_scan_is_the_same_use() {
    let mut history = first_use();
    assert!(history.see(scans(vec![scan(61 * DAY, PickedUp, "50")])).spill.is_none());
    let mut history = first_use();
    assert!(history.see(scans(vec![scan(90 * DAY, Info, "note")])).spill.is_none());
    assert_eq!(history.parcel().status, Some(Delivered));
}

#[test]
fn later_scans_go_to_the_use_they_are_nearer_to() {
    let mut history = first_use();
    history.see(scans(vec![scan(100 * DAY, PickedUp, "50")]));
    let late = history.see(scans(vec![scan(3 * DAY, Info, "photo")]));
    assert!(late.spill.is_none(), "three days after the first use");
    let early = history.see(scans(vec![scan(99 * DAY, LabelCreated, "0")]));
    assert_eq!(spilled(&early).events.len(), 1, "a day before the second");
    let on = history.see(scans(vec![scan(101 * DAY, InTransit, "30")]));
    assert_eq!(spilled(&on).events.len(), 1);
    let again = history.see(scans(vec![scan(2 * DAY, Delivered, "80"), scan(101 * DAY, InTransit, "30")]));
    assert_eq!(spilled(&again).events.len(), 1, "a full history is split where it belongs");
}

#[test]
fn scans_that_outran_their_pick_up_move_along_with_it() {
    let mut history = first_use();
    history.see(scans(vec![scan(100 * DAY, LabelCreated, "0")]));
    let decision = history.see(scans(vec![scan(100 * DAY + 60, PickedUp, "50")]));
    assert_eq!(spilled(&decision).events.len(), 2);
    assert_eq!(history.parcel().status, Some(Delivered));
    let again = history.see(scans(vec![scan(100 * DAY, LabelCreated, "0")]));
    assert_eq!((again.verdict, spilled(&again).events.len()), (Verdict::Duplicate, 1));
}

#[test]
fn two_uses_in_one_answer_are_two_parcels() {
    // The sample 05 of FedEx: the delivery of 2024 belongs to another shipment.
    let old = TrackingEvent { delivered_to: Some(DeliveredTo::Recipient), ..scan(0, Delivered, "DL") };
    let mut history = History::new();
    let decision = history.see(scans(vec![scan(700 * DAY, PickedUp, "PU"), old]));
    assert_eq!(history.parcel().status, Some(Delivered));
    assert_eq!(spilled(&decision).events.len(), 1);
    assert_eq!(decision.verdict, Verdict::Folded);
}

#[test]
fn a_new_order_of_an_old_number_is_not_told_the_old_delivery() {
    let mut history = first_use();
    history.see(link(Some(1), "OLD"));
    let far = u32::try_from(90 * DAY).unwrap();
    let decision = history.see(link(Some(far), "NEW"));
    assert_eq!(spilled(&decision).orders, [order_ref("NEW").key()]);
    assert_eq!(history.parcel().orders, [order_ref("OLD").key()]);
    assert!(history.see(link(Some(far), "OLD")).spill.is_none(), "the old order stays where it is");
    let near = u32::try_from(5 * DAY).unwrap();
    let mut history = first_use();
    assert!(
        history.see(link(Some(near), "NEW")).spill.is_none(),
        "a link soon after delivery is merely late"
    );
    // While the parcel is under way, a late link is a late link.
    let mut history = History::new();
    history.see(scans(vec![scan(1, PickedUp, "50")]));
    assert!(history.see(link(Some(far), "NEW")).spill.is_none());
}
