//! What a set of scans means, and which events a change of it is.

use ParcelStatus::{
    ArrivedAtHub, AvailableForPickup, Cancelled, Delivered, Exception, InTransit, Info, LabelCreated,
    OutForDelivery, PickedUp, PickupFailed, Returned, Returning, Unknown,
};
use crossdock_schemas::identity::event_id;
use crossdock_schemas::{
    AtQuality, DeliveredTo, Direction, Eta, EtaBy, Package, ParcelLine, Step, TrackingState,
};

use super::*;

fn status_of(events: Vec<TrackingEvent>) -> Option<ParcelStatus> {
    let mut history = History::new();
    history.see(scans(events));
    history.parcel().status
}

/// Scans as minute and status, and the status they make.
type Case = (&'static [(i64, ParcelStatus)], Option<ParcelStatus>);

#[test]
fn the_last_scan_decides_with_the_exceptions_of_the_sheet() {
    let cases: [Case; 19] = [
        (&[(1, LabelCreated)], Some(LabelCreated)),
        (&[(1, PickedUp), (2, InTransit)], Some(InTransit)),
        (&[(1, InTransit), (1, PickedUp)], Some(InTransit)),
        (&[(1, Unknown)], None),
        (&[(1, PickedUp), (2, Info)], Some(PickedUp)),
        (&[(1, PickedUp), (2, Unknown)], Some(PickedUp)),
        (&[(1, Delivered), (2, InTransit)], Some(Delivered)),
        (&[(1, Delivered), (2, AvailableForPickup)], Some(Delivered)),
        (&[(1, Delivered), (2, Exception)], Some(Delivered)),
        (&[(1, Delivered), (2, Returning)], Some(Returning)),
        (&[(1, Delivered), (2, Returning), (3, InTransit), (4, Returned)], Some(Returned)),
        (&[(1, Delivered), (2, Returning), (3, InTransit)], Some(Returning)),
        (&[(1, AvailableForPickup), (2, OutForDelivery)], Some(OutForDelivery)),
        (&[(1, Exception), (2, InTransit)], Some(InTransit)),
        (&[(1, Exception), (2, LabelCreated)], Some(Exception)),
        (&[(1, Exception), (2, PickupFailed)], Some(Exception)),
        (&[(1, InTransit), (2, Exception)], Some(Exception)),
        (&[(1, Returned), (2, InTransit)], Some(InTransit)),
        (&[(1, LabelCreated), (2, Cancelled)], Some(Cancelled)),
    ];
    for (given, expected) in cases {
        let events = given.iter().enumerate().map(|(n, (at, status))| scan(*at, *status, &n.to_string()));
        let events: Vec<TrackingEvent> = events.collect();
        assert_eq!(status_of(events.clone()), expected, "{given:?}");
        assert_eq!(status_of(events.into_iter().rev().collect()), expected, "{given:?} backwards");
    }
}

#[test]
fn a_withdrawn_delivery_gives_back_what_was_before() {
    let mut history = History::new();
    history.see(scans(vec![scan(1, OutForDelivery, "44"), scan(5, Delivered, "80")]));
    assert_eq!(history.parcel().delivered_at, Some(at(5)));
    let decision = history.see(scans(vec![retract(7, Delivered, "99")]));
    assert_eq!(types(&decision), ["parcel.event_retracted", "parcel.status_changed", "milestone.corrected"]);
    let parcel = history.parcel();
    assert_eq!((parcel.status, parcel.delivered_at), (Some(OutForDelivery), None));
    let retracted = json_of(&decision.events[0]);
    assert_eq!(retracted["retracted"].as_array().unwrap().len(), 1);
    assert_eq!(retracted["new_events"][0]["effect"], "retract");
    // Handed over after all.
    let decision = history.see(scans(vec![scan(9, Delivered, "80")]));
    assert_eq!(
        types(&decision),
        ["parcel.event_added", "parcel.status_changed", "milestone.delivered"],
        "people who heard of the withdrawal hear of this"
    );
    assert_eq!(history.parcel().delivered_at, Some(at(9)));
}

#[test]
fn a_withdrawal_reaches_back_from_its_own_moment() {
    let before = || vec![scan(1, OutForDelivery, "44"), scan(5, Delivered, "80")];
    let with = |withdrawal| before().into_iter().chain([withdrawal]).collect::<Vec<_>>();
    assert_eq!(status_of(with(retract(5, Delivered, "99"))), Some(OutForDelivery), "the same moment");
    assert_eq!(status_of(with(retract(4, Delivered, "99"))), Some(Delivered), "what came after it stands");
    assert_eq!(status_of(with(retract(9, Returned, "99"))), Some(Delivered), "another status is not meant");
}

#[test]
fn part_of_a_shipment_and_a_senders_signature_are_no_delivery() {
    let partial = TrackingEvent { step: Some(Step::Partial), ..scan(2, Delivered, "p") };
    assert_eq!(status_of(vec![scan(1, OutForDelivery, "a"), partial]), Some(OutForDelivery));
    let sender = TrackingEvent { delivered_to: Some(DeliveredTo::Sender), ..scan(2, Delivered, "s") };
    assert_eq!(status_of(vec![scan(1, Returning, "a"), sender]), Some(Returned));
}

#[test]
fn a_scan_with_only_a_date_stands_by_its_rank_in_that_day() {
    // FedEx: the pick-up has only a date and would sort before the label.
    let day = at(0).offset.to_datetime(at(0).at).date();
    let midnight = at(0).offset.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).unwrap();
    let picked = TrackingEvent {
        at: Ts::new(midnight, at(0).offset),
        at_quality: AtQuality::DateOnly,
        ..scan(0, PickedUp, "PU")
    };
    assert_eq!(status_of(vec![picked.clone(), scan(60, LabelCreated, "OC")]), Some(PickedUp));
    assert_eq!(status_of(vec![picked.clone(), scan(60, InTransit, "IT")]), Some(InTransit));
    assert_eq!(status_of(vec![picked, scan(60 * 24, LabelCreated, "OC")]), Some(LabelCreated), "another day");
}

#[test]
fn a_parcel_is_created_and_each_scan_is_told_once() {
    let mut history = History::new();
    let decision = history.see(scans(vec![scan(1, PickedUp, "50"), scan(2, InTransit, "30")]));
    assert_eq!(
        types(&decision),
        ["parcel.created", "parcel.event_added", "parcel.status_changed", "milestone.picked_up"]
    );
    assert_eq!(json_of(&decision.events[1])["new_events"].as_array().unwrap().len(), 2);
    assert!(
        !history.state.as_ref().unwrap().snapshot().contains("\"events\""),
        "scans do not travel with it"
    );
    assert!(history.state.as_ref().unwrap().full().contains("\"events\""));
    let key = history.parcel().parcel_key.unwrap();
    let seconds = at(2).utc_seconds().to_string();
    let name = format!("10:in_transit,{}:{seconds},", seconds.len());
    assert_eq!(decision.events[2].id, event_id("acme", "parcel.status_changed", &key, name.as_bytes()));
    assert_eq!(decision.events[2].time, at(2));
    let decision = history.see(scans(vec![scan(2, InTransit, "30"), scan(3, ArrivedAtHub, "31")]));
    assert_eq!(types(&decision), ["parcel.event_added", "parcel.status_changed"]);
    assert_eq!(json_of(&decision.events[0])["new_events"].as_array().unwrap().len(), 1, "only the new one");
    assert_eq!(json_of(&decision.events[1])["previous"], serde_json::json!({ "status": "in_transit" }));
    assert_eq!(history.see(scans(vec![scan(1, PickedUp, "50")])).verdict, Verdict::Duplicate);
    assert_eq!(types(&history.see(scans(vec![scan(1, Info, "x")]))), ["parcel.event_added"]);
}

#[test]
fn more_detail_of_a_scan_is_kept_and_not_told_but_a_mended_code_is() {
    let mut history = History::new();
    let plain = TrackingEvent { description: Some("arrived".into()), ..scan(1, Unknown, "77") };
    let richer = TrackingEvent { facility: Some("755A".into()), ..plain.clone() };
    history.see(scans(vec![plain.clone()]));
    let decision = history.see(scans(vec![richer.clone()]));
    assert_eq!((decision.verdict, decision.state.is_some()), (Verdict::Duplicate, true));
    assert_eq!(history.see(scans(vec![plain])).verdict, Verdict::Duplicate);
    assert!(history.state.as_ref().unwrap().full().contains("755A"), "the richer one stays");
    let mended = TrackingEvent { status: ArrivedAtHub, ..richer.clone() };
    let decision = history.see(scans(vec![mended]));
    assert_eq!(types(&decision), ["parcel.event_added", "parcel.status_changed", "milestone.picked_up"]);
    assert_eq!(history.see(scans(vec![richer])).verdict, Verdict::Duplicate, "unknown does not come back");
    assert_eq!(history.parcel().status, Some(ArrivedAtHub));
}

#[test]
fn a_link_may_come_before_and_after_the_scans() {
    let mut history = History::new();
    assert_eq!(types(&history.see(link(Some(1), "A"))), ["parcel.created", "parcel.linked"]);
    history.see(scans(vec![scan(1, PickedUp, "50")]));
    let decision = history.see(link(Some(2), "B"));
    assert_eq!(types(&decision), ["parcel.linked"]);
    let key = history.parcel().parcel_key.unwrap();
    let order = order_ref("B").key();
    assert_eq!(decision.events[0].id, event_id("acme", "parcel.linked", &key, order.as_bytes()));
    assert_eq!(json_of(&decision.events[0])["order_key"], order.as_str());
    let mut both = vec![order_ref("A").key(), order];
    both.sort();
    assert_eq!(history.parcel().orders, both, "one parcel, two orders");
    assert_eq!(history.see(link(Some(1), "A")).verdict, Verdict::Duplicate);
}

#[test]
fn the_lines_of_one_order_do_not_replace_those_of_another() {
    let mut history = History::new();
    let with = |number, order_no: &str, quantity: &str| {
        let line = ParcelLine { order_key: None, line_key: "1".into(), quantity: dec(quantity) };
        let parcel = Parcel { source: source(Some(number)), lines: vec![line], ..parcel(None) };
        Observation::parcel(parcel).partial().with_refs([order_ref(order_no)])
    };
    history.see(with(2, "A", "1"));
    history.see(with(1, "B", "2"));
    assert_eq!(history.parcel().lines.len(), 2);
    assert_eq!(types(&history.see(with(3, "A", "5"))), ["parcel.linked"], "told again with its lines");
    assert_eq!(history.see(with(2, "A", "1")).verdict, Verdict::Duplicate);
    let quantities: Vec<Dec> = history.parcel().lines.iter().map(|line| line.quantity).collect();
    assert!(quantities.contains(&dec("5")) && quantities.contains(&dec("2")), "{quantities:?}");
}

#[test]
fn other_fields_are_registers_by_revision() {
    let mut history = History::new();
    let weighing = |number, grams: &str| {
        let package = Package { weight_g: Some(dec(grams)), ..Package::default() };
        Observation::parcel(Parcel { package: Some(package), ..parcel(Some(number)) }).partial()
    };
    history.see(weighing(2, "500"));
    assert_eq!(history.see(weighing(1, "400")).verdict, Verdict::Stale);
    assert_eq!(history.parcel().package.unwrap().weight_g, Some(dec("500")));
    let decision = history.see(weighing(3, "600"));
    assert_eq!(
        (decision.verdict, decision.events.len()),
        (Verdict::Folded, 0),
        "no event is about the weight"
    );
    assert!(decision.changed_snapshot);
    let expired = Parcel { tracking_state: Some(TrackingState::Expired), ..parcel(Some(4)) };
    history.see(Observation::parcel(expired).partial());
    assert_eq!(history.parcel().tracking_state, Some(TrackingState::Expired));
    assert_eq!(history.parcel().package.unwrap().weight_g, Some(dec("600")), "unsaid is not unweighed");
    let arriving = Eta { to: Some(at(600)), by: EtaBy::Carrier, ..Eta::default() };
    let decision =
        history.see(Observation::parcel(Parcel { eta: Some(arriving), ..parcel(Some(5)) }).partial());
    assert_eq!(types(&decision), ["parcel.eta_changed"]);
}

#[test]
fn a_status_without_scans_counts_until_a_scan_comes() {
    let mut history = History::new();
    let said = Parcel { status: Some(InTransit), shipped_at: Some(at(3)), ..parcel(Some(1)) };
    let decision = history.see(Observation::parcel(said).partial());
    assert_eq!(types(&decision), ["parcel.created", "parcel.status_changed"], "no milestone without a scan");
    assert_eq!(decision.events[0].time, at(3));
    history.see(scans(vec![scan(9, PickedUp, "50")]));
    assert_eq!(history.parcel().status, Some(PickedUp));
}

#[test]
fn a_cancelled_parcel_says_so() {
    let mut history = History::new();
    history.see(scans(vec![scan(1, LabelCreated, "0")]));
    let decision = history.see(scans(vec![scan(2, Cancelled, "9")]));
    assert_eq!(types(&decision), ["parcel.event_added", "parcel.status_changed", "parcel.cancelled"]);
}

#[test]
fn a_direction_is_learned() {
    let mut history = History::new();
    history.see(scans(vec![scan(1, PickedUp, "50")]));
    history.see(Observation::parcel(Parcel { direction: Direction::Return, ..parcel(Some(1)) }).partial());
    history.see(scans(vec![scan(2, InTransit, "30")]));
    assert_eq!(history.parcel().direction, Direction::Return);
}
