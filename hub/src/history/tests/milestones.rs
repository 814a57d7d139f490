//! What customers are told, and what not.

use ParcelStatus::{
    ArrivedAtHub, AvailableForPickup, Delivered, DeliveryAttempted, Exception, InTransit, Info, LabelCreated,
    OutForDelivery, PickedUp, PickupFailed, Returned, Returning,
};
use crossdock_schemas::identity::event_id;
use crossdock_schemas::{DeliveredTo, Direction, Reason, Step};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn with(scan: TrackingEvent, reason: Reason) -> TrackingEvent {
    TrackingEvent { reason: Some(reason), ..scan }
}

fn to(scan: TrackingEvent, receiver: DeliveredTo) -> TrackingEvent {
    TrackingEvent { delivered_to: Some(receiver), ..scan }
}

/// Kind, reason and superseded of every milestone of these scans, seen one by one in the given order.
fn told(events: &[TrackingEvent], rules: &MilestoneRules) -> Vec<(String, Option<String>, bool)> {
    let mut history = History::new();
    history.rules = rules.clone();
    for event in events {
        history.see(scans(vec![event.clone()]));
    }
    let bodies = history.milestones().into_iter().map(|event| json_of(event)["milestone"].clone());
    bodies
        .map(|it| {
            let text = |name: &str| it[name].as_str().map(str::to_owned);
            (text("kind").unwrap(), text("reason"), it["superseded"] == Value::Bool(true))
        })
        .collect()
}

fn kinds(events: &[TrackingEvent]) -> Vec<String> {
    told(events, &MilestoneRules::default()).into_iter().map(|(kind, ..)| kind).collect()
}

#[test]
fn picked_up_is_told_once_reported_or_proven() {
    assert_eq!(kinds(&[scan(1, PickedUp, "a"), scan(2, PickedUp, "b")]), ["picked_up"]);
    for proof in [InTransit, ArrivedAtHub, OutForDelivery, DeliveryAttempted, AvailableForPickup, Returned] {
        assert_eq!(kinds(&[scan(1, proof, "a")]).first().map(String::as_str), Some("picked_up"), "{proof}");
    }
    for none in [LabelCreated, PickupFailed, Info, ParcelStatus::Unknown, ParcelStatus::Cancelled] {
        assert!(kinds(&[scan(1, none, "a")]).is_empty(), "{none} does not prove a pick-up");
    }
    assert_eq!(kinds(&[with(scan(1, Exception, "a"), Reason::Lost)]), ["exception"], "a problem is no proof");
}

#[test]
fn the_senders_locker_is_no_pick_up() {
    let dropped = TrackingEvent { step: Some(Step::DroppedOff), ..scan(1, PickedUp, "127") };
    assert!(kinds(std::slice::from_ref(&dropped)).is_empty());
    assert_eq!(kinds(&[dropped, scan(2, PickedUp, "129")]), ["picked_up"]);
}

#[test]
fn an_inferred_pick_up_says_so_and_is_not_told_again() {
    let mut history = History::new();
    let decision = history.see(scans(vec![scan(5, InTransit, "30")]));
    let milestone = decision.events.last().unwrap();
    let body = json_of(milestone);
    assert_eq!(
        (&body["milestone"]["inferred"], &body["at_quality"]),
        (&Value::Bool(true), &"inferred".into())
    );
    assert_eq!(body["milestone"]["label_zh"], "揽收");
    assert_eq!(milestone.time, at(5));
    let key = history.parcel().parcel_key.unwrap();
    assert_eq!(milestone.id, event_id("acme", "milestone.picked_up", &key, b""));
    history.see(scans(vec![scan(1, PickedUp, "50")]));
    assert_eq!(history.milestones().len(), 1);
    assert_eq!(history.parcel().picked_up_at, Some(at(1)));
}

#[test]
fn a_locker_is_delivered_when_the_customer_takes_it_out() {
    let locker = to(scan(3, AvailableForPickup, "125"), DeliveredTo::Locker);
    assert_eq!(kinds(&[scan(1, PickedUp, "50"), locker.clone()]), ["picked_up"]);
    let taken = to(scan(9, Delivered, "128"), DeliveredTo::Locker);
    assert_eq!(kinds(&[scan(1, PickedUp, "50"), locker.clone(), taken]), ["picked_up", "delivered"]);
    // Taken out by the courier again, and delivered at the door.
    let door = to(scan(20, Delivered, "80"), DeliveredTo::Recipient);
    assert_eq!(
        kinds(&[scan(1, PickedUp, "50"), locker, scan(10, OutForDelivery, "44"), door]),
        ["picked_up", "delivered"]
    );
}

#[test]
fn who_took_it_decides_whether_it_was_delivered() {
    let all = [
        (DeliveredTo::Recipient, true),
        (DeliveredTo::Agent, true),
        (DeliveredTo::Neighbour, true),
        (DeliveredTo::Household, true),
        (DeliveredTo::SafePlace, true),
        (DeliveredTo::Mailbox, true),
        (DeliveredTo::Sender, false),
    ];
    for (receiver, delivered) in all {
        let kinds = kinds(&[to(scan(1, Delivered, "80"), receiver)]);
        assert_eq!(kinds.contains(&"delivered".to_owned()), delivered, "{receiver}");
    }
    let partial = TrackingEvent { step: Some(Step::Partial), ..scan(1, Delivered, "80") };
    assert_eq!(kinds(&[partial]), ["picked_up"], "some of the pieces are not the parcel");
    assert_eq!(kinds(&[scan(1, Returned, "4")]), ["picked_up"], "back with the sender");
}

#[test]
fn delivered_and_sent_back_is_a_delivery_and_an_exception() {
    // The sample 05 of ZTO: no pick-up was seen, and nobody said why it came back.
    let told = told(
        &[scan(1, Delivered, "SIGNED"), scan(90, Returning, "R"), scan(99, Returned, "B")],
        &MilestoneRules::default(),
    );
    let kinds: Vec<(&str, Option<&str>, bool)> =
        told.iter().map(|(kind, reason, old)| (kind.as_str(), reason.as_deref(), *old)).collect();
    assert_eq!(
        kinds,
        [("picked_up", None, false), ("delivered", None, false), ("exception", Some("returning"), false)]
    );
}

#[test]
fn an_exception_is_told_once_per_reason_and_day() {
    let day = 24 * 60;
    let events = [
        with(scan(1, Exception, "a"), Reason::AddressProblem),
        with(scan(2, Exception, "b"), Reason::AddressProblem),
        with(scan(3, DeliveryAttempted, "c"), Reason::RecipientUnavailable),
        with(scan(day + 3, DeliveryAttempted, "d"), Reason::RecipientUnavailable),
        scan(day + 4, Exception, "e"),
    ];
    let told = told(&events, &MilestoneRules::default());
    let reasons: Vec<&str> = told.iter().filter_map(|(_, reason, _)| reason.as_deref()).collect();
    assert_eq!(reasons, ["address_problem", "recipient_unavailable", "recipient_unavailable", "unknown"]);
    let mut history = History::new();
    history.see(scans(vec![events[0].clone()]));
    let key = history.parcel().parcel_key.unwrap();
    let id = event_id("acme", "milestone.exception", &key, b"15:address_problem,10:2026-03-02,");
    assert_eq!(history.milestones()[0].id, id);
}

#[test]
fn the_rules_decide_what_alarms() {
    let attempt = with(scan(1, DeliveryAttempted, "a"), Reason::RecipientUnavailable);
    let second = with(scan(2, DeliveryAttempted, "b"), Reason::Refused);
    let exceptions = |events: &[TrackingEvent], rules: &MilestoneRules| {
        told(events, rules).into_iter().filter(|(kind, ..)| kind == "exception").count()
    };
    let rules = MilestoneRules::default();
    let both = [attempt, second];
    assert_eq!(exceptions(&both, &rules), 2);
    assert_eq!(exceptions(&both, &MilestoneRules { attempt_from: 2, ..rules.clone() }), 1);
    assert_eq!(exceptions(&both, &MilestoneRules { attempt_is_exception: false, ..rules.clone() }), 0);
    let back = [scan(1, Returning, "r")];
    assert_eq!(exceptions(&back, &rules), 1);
    assert_eq!(exceptions(&back, &MilestoneRules { returning_is_exception: false, ..rules.clone() }), 0);
    for quiet in [Reason::HeldOnRequest, Reason::Misrouted] {
        assert_eq!(exceptions(&[with(scan(1, Exception, "q"), quiet)], &rules), 0);
        let loud = MilestoneRules { quiet_reasons: Vec::new(), ..rules.clone() };
        assert_eq!(exceptions(&[with(scan(1, Exception, "q"), quiet)], &loud), 1);
    }
    let parsed: MilestoneRules =
        serde_json::from_str(r#"{"attempt_from":2,"quiet_reasons":["weather"]}"#).unwrap();
    assert_eq!((parsed.attempt_from, parsed.returning_is_exception), (2, true));
    assert!(serde_json::from_str::<MilestoneRules>(r#"{"atempt_from":2}"#).is_err(), "a typo is refused");
}

#[test]
fn a_return_that_was_asked_for_alarms_nobody() {
    let mut history = History::new();
    let back = Parcel { direction: Direction::Return, events: vec![scan(1, Returning, "r")], ..parcel(None) };
    history.see(Observation::parcel(back).partial());
    assert!(history.events.iter().all(|event| event.event_type != EventType::MilestoneException));
    // Its delivery (to the seller) is told, with the direction in the snapshot.
    history.see(scans(vec![scan(2, Delivered, "80")]));
    assert_eq!(count(&history.events, EventType::MilestoneDelivered), 1);
    assert_eq!(history.parcel().direction, Direction::Return);
}

#[test]
fn old_news_is_recorded_and_marked() {
    let problem = with(scan(2, Exception, "x"), Reason::Weather);
    let late = told(
        &[scan(1, PickedUp, "50"), scan(5, Delivered, "80"), problem.clone()],
        &MilestoneRules::default(),
    );
    assert_eq!(late.last().unwrap(), &("exception".to_owned(), Some("weather".to_owned()), true));
    let timely =
        told(&[scan(1, PickedUp, "50"), problem, scan(5, Delivered, "80")], &MilestoneRules::default());
    assert!(timely.iter().all(|(_, _, superseded)| !superseded));
    let after = with(scan(9, Exception, "y"), Reason::Damaged);
    let damage = told(&[scan(5, Delivered, "80"), after], &MilestoneRules::default());
    assert!(!damage.last().unwrap().2, "a problem after delivery is news");
}

#[test]
fn a_withdrawn_delivery_is_corrected_whichever_came_first() {
    let delivered = to(scan(5, Delivered, "80"), DeliveredTo::Neighbour);
    let withdrawn = retract(6, Delivered, "99");
    let forward = told(&[delivered.clone(), withdrawn.clone()], &MilestoneRules::default());
    let backward = told(&[withdrawn.clone(), delivered.clone()], &MilestoneRules::default());
    let find = |told: &[(String, Option<String>, bool)], kind: &str| {
        told.iter().filter(|(it, ..)| it == kind).map(|(.., old)| *old).collect::<Vec<_>>()
    };
    assert_eq!((find(&forward, "delivered"), find(&forward, "corrected")), (vec![false], vec![false]));
    // Nobody was told of that delivery, so there is nothing to correct.
    assert_eq!((find(&backward, "delivered"), find(&backward, "corrected")), (vec![true], vec![true]));
    let mut history = History::new();
    history.see(scans(vec![delivered]));
    history.see(scans(vec![withdrawn.clone()]));
    let wrong = history
        .milestones()
        .iter()
        .find(|it| it.event_type == EventType::MilestoneDelivered)
        .unwrap()
        .id
        .clone();
    let body = json_of(history.events.last().unwrap());
    assert_eq!((&body["corrects"], &body["milestone"]["label_zh"]), (&wrong.as_str().into(), &"更正".into()));
    assert_eq!(history.see(scans(vec![withdrawn])).verdict, Verdict::Duplicate);
    assert!(kinds(&[retract(6, Delivered, "99")]).is_empty(), "nothing was told that could be wrong");
}

/// Deliveries and corrections that people hear of, a fold after the other.
fn heard(folds: &[&[&TrackingEvent]]) -> Vec<String> {
    let mut history = History::new();
    for fold in folds {
        history.see(scans(fold.iter().map(|event| (*event).clone()).collect()));
    }
    heard_of(&history)
}

fn heard_of(history: &History) -> Vec<String> {
    let all = history.milestones().into_iter().map(|event| json_of(event)["milestone"].clone());
    let news =
        all.filter(|it| it["superseded"] != true && (it["kind"] == "delivered" || it["kind"] == "corrected"));
    news.map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_delivery_after_a_withdrawal_is_told() {
    let (wrong, right) = (&scan(5, Delivered, "80"), &scan(9, Delivered, "80"));
    let (withdrawn, repeated) = (&retract(6, Delivered, "99"), &retract(7, Delivered, "98"));
    let cases: [(&[&[&TrackingEvent]], &[&str]); 10] = [
        (&[&[wrong], &[withdrawn], &[right]], &["delivered", "corrected", "delivered"]),
        (&[&[wrong], &[withdrawn, right]], &["delivered", "corrected", "delivered"]),
        // People hear of a withdrawn delivery only where they heard of the delivery.
        (&[&[wrong, withdrawn, right]], &["delivered"]),
        (&[&[wrong, withdrawn], &[right]], &["delivered"]),
        (&[&[withdrawn], &[wrong], &[right]], &["delivered"]),
        // The true one came first: what was before it is told late, and all is well in the end.
        (&[&[right], &[wrong, withdrawn]], &["delivered", "corrected", "delivered"]),
        // One that repeats a withdrawal says nothing, whenever it comes.
        (&[&[wrong], &[withdrawn], &[repeated], &[right]], &["delivered", "corrected", "delivered"]),
        (&[&[wrong], &[repeated], &[withdrawn], &[right]], &["delivered", "corrected", "delivered"]),
        (&[&[wrong], &[withdrawn], &[right], &[repeated]], &["delivered", "corrected", "delivered"]),
        (&[&[wrong], &[repeated], &[right], &[withdrawn]], &["delivered", "corrected", "delivered"]),
    ];
    for (folds, expected) in cases {
        assert_eq!(heard(folds), expected, "{folds:?}");
    }
}

#[test]
fn a_correction_names_the_delivery_it_takes_back() {
    let mut history = History::new();
    for event in [
        scan(5, Delivered, "80"),
        retract(6, Delivered, "99"),
        scan(7, Delivered, "80"),
        retract(8, Delivered, "99"),
    ] {
        history.see(scans(vec![event]));
    }
    let ids: Vec<&str> = history.milestones().iter().map(|event| event.id.as_str()).collect();
    let corrects: Vec<Value> =
        history.milestones().into_iter().map(|event| json_of(event)["corrects"].clone()).collect();
    // Picked up (inferred), delivered, corrected, delivered, corrected.
    assert_eq!((&corrects[2], &corrects[4]), (&ids[1].into(), &ids[3].into()));
    assert_eq!(ids.len(), 5);
}

proptest! {
    /// Who believes the last thing that was told knows where the parcel is.
    #[test]
    fn people_end_up_knowing_whether_it_was_delivered(
        given in prop::collection::vec((0_i64..12, prop::bool::weighted(0.4)), 1..7),
        cuts in prop::collection::vec(1_usize..4, 0..7),
        seed in any::<prop::sample::Index>(),
    ) {
        let of = |(minutes, retracts): &(i64, bool)| match retracts {
            true => retract(*minutes, Delivered, "99"),
            false => scan(*minutes, Delivered, "80"),
        };
        let mut events: Vec<TrackingEvent> = given.iter().map(of).collect();
        let turn = seed.index(events.len());
        events.rotate_left(turn);
        let mut history = History::new();
        let mut rest = events.as_slice();
        for cut in cuts.into_iter().chain(std::iter::repeat(1)) {
            if rest.is_empty() {
                break;
            }
            let (fold, later) = rest.split_at(cut.min(rest.len()));
            history.see(scans(fold.to_vec()));
            rest = later;
        }
        let heard = heard_of(&history);
        let believed = heard.last().is_some_and(|last| last == "delivered");
        prop_assert_eq!(believed, history.parcel().delivered_at.is_some(), "{:?}", heard);
        prop_assert!(heard.first().is_none_or(|first| first == "delivered"), "{:?}", heard);
        prop_assert!(heard.windows(2).all(|two| two[0] != two[1] || two[0] == "delivered"), "{:?}", heard);
    }
}

#[test]
fn what_a_milestone_says_is_what_its_scan_says() {
    let mut history = History::new();
    let delivered = TrackingEvent {
        description: Some("已签收".into()),
        location: Some(crossdock_schemas::Location { text: Some("深圳市".into()), ..Default::default() }),
        ..to(scan(5, Delivered, "80"), DeliveredTo::Agent)
    };
    let decision = history.see(scans(vec![scan(1, PickedUp, "50"), delivered]));
    let body = &json_of(decision.events.last().unwrap())["milestone"];
    let expected = serde_json::json!({
        "kind": "delivered", "label_zh": "妥投", "at": at(5), "inferred": false, "superseded": false,
        "delivered_to": "agent", "description": "已签收", "location": { "text": "深圳市" },
    });
    assert_eq!(body, &expected);
}
