//! Refunds, returns and exchanges.

use crossdock_schemas::identity::event_id;
use crossdock_schemas::{Aftersale, AftersaleKind, AftersaleLine, AftersaleStatus};
use proptest::prelude::*;

use super::*;

fn case(number: u32, status: AftersaleStatus) -> Aftersale {
    Aftersale {
        source: source(Some(number)),
        aftersale_no: "R1".into(),
        kind: Some(AftersaleKind::ReturnRefund),
        status: Some(status),
        refund: Some(Money::new(dec("10.00"), "CNY")),
        requested_at: Some(at(1)),
        ..Aftersale::default()
    }
}

fn whole(case: Aftersale) -> Observation {
    Observation::aftersale(case).with_refs([order_ref("A")])
}

#[test]
fn each_status_has_its_event() {
    let expected = [
        (AftersaleStatus::Requested, "refund.requested"),
        (AftersaleStatus::SellerAgreed, "refund.agreed"),
        (AftersaleStatus::SellerRefused, "refund.refused"),
        (AftersaleStatus::BuyerReturning, "return.shipped"),
        (AftersaleStatus::Received, "return.received"),
        (AftersaleStatus::Refunding, "refund.changed"),
        (AftersaleStatus::Refunded, "refund.completed"),
        (AftersaleStatus::Closed, "refund.closed"),
        (AftersaleStatus::Arbitration, "refund.changed"),
        (AftersaleStatus::Unknown, "refund.changed"),
    ];
    assert_eq!(expected.len(), AftersaleStatus::ALL.len());
    for (status, event) in expected {
        assert_eq!(types(&History::new().see(whole(case(1, status)))), [event]);
    }
    let exchange = Aftersale { kind: Some(AftersaleKind::Exchange), ..case(1, AftersaleStatus::Requested) };
    assert_eq!(types(&History::new().see(whole(exchange))), ["exchange.requested"]);
}

#[test]
fn a_case_goes_its_way_and_money_is_told_once() {
    let mut history = History::new();
    let decision = history.see(whole(case(1, AftersaleStatus::Requested)));
    let key = history.state.as_ref().unwrap().key();
    let id = event_id("acme", "refund.requested", &key, b"2:R1,9:requested,2:10,");
    assert_eq!((decision.events[0].id.clone(), decision.events[0].time), (id, at(1)));
    history.see(whole(case(2, AftersaleStatus::SellerAgreed)));
    let decision = history.see(whole(case(3, AftersaleStatus::Refunded)));
    assert_eq!(types(&decision), ["refund.completed"]);
    assert_eq!(json_of(&decision.events[0])["previous"], serde_json::json!({ "status": "seller_agreed" }));
    assert_eq!(json_of(&decision.events[0])["changed"], serde_json::json!(["/status"]));
    let decision = history.see(whole(case(4, AftersaleStatus::Requested)));
    assert_eq!(types(&decision), ["refund.changed"]);
    assert_eq!(json_of(&decision.events[0])["reason"], "regression");
    let decision = history.see(whole(case(5, AftersaleStatus::Refunded)));
    assert_eq!(types(&decision), ["refund.changed"], "this money was told");
    assert_eq!(count(&history.events, EventType::RefundCompleted), 1);
    assert_eq!(history.see(whole(case(4, AftersaleStatus::Requested))).verdict, Verdict::Stale);
}

#[test]
fn a_step_back_is_not_told_as_the_step_it_goes_back_to() {
    let mut history = History::new();
    history.see(whole(case(1, AftersaleStatus::Refunded)));
    let decision = history.see(whole(case(2, AftersaleStatus::Requested)));
    assert_eq!(types(&decision), ["refund.changed"]);
    assert_eq!(json_of(&decision.events[0])["reason"], "regression");
}

#[test]
fn changes_beside_the_status_are_told_each_time() {
    let mut history = History::new();
    history.see(whole(case(1, AftersaleStatus::Requested)));
    for (number, deadline) in [(2, 50), (3, 60), (4, 50)] {
        let seen = Aftersale { deadline: Some(at(deadline)), ..case(number, AftersaleStatus::Requested) };
        assert_eq!(types(&history.see(whole(seen))), ["refund.changed"]);
    }
    let seen = Aftersale { deadline: Some(at(50)), ..case(5, AftersaleStatus::Requested) };
    assert_eq!(history.see(whole(seen)).verdict, Verdict::Duplicate);
}

#[test]
fn a_part_of_a_case_is_merged_and_its_order_is_learned() {
    let mut history = History::new();
    let part = Aftersale {
        source: source(Some(3)),
        aftersale_no: "R1".into(),
        status: Some(AftersaleStatus::Closed),
        ..Aftersale::default()
    };
    let decision = history.see(Observation::aftersale(part).partial());
    assert_eq!(types(&decision), ["refund.closed"]);
    let decision = history.see(whole(case(2, AftersaleStatus::Requested)));
    assert_eq!(types(&decision), ["refund.changed"]);
    let Some(State::Aftersale(state)) = &history.state else { unreachable!() };
    assert_eq!(state.case.status, Some(AftersaleStatus::Closed), "the newer statement");
    assert_eq!(state.case.order_key, Some(order_ref("A").key()));
    let unlinked = Observation::aftersale(case(4, AftersaleStatus::Closed));
    history.see(unlinked);
    let Some(State::Aftersale(state)) = &history.state else { unreachable!() };
    assert_eq!(state.case.order_key, Some(order_ref("A").key()), "an order does not go away");
}

prop_compose! {
    fn statement()(
        number in 1_u32..5,
        part in any::<bool>(),
        linked in any::<bool>(),
        status in prop::option::of(prop::sample::select(AftersaleStatus::ALL)),
        amount in prop::option::of(prop::sample::select(&["10", "12.5"][..])),
        reason in prop::option::of(prop::sample::select(&["damaged", "late"][..])),
        lines in prop::collection::vec(prop::sample::select(&["1", "2"][..]), 0..3),
    ) -> Observation {
        let line = |name: &str| AftersaleLine { line_key: name.into(), quantity: dec("1"), amount: None };
        let case = Aftersale {
            source: source(Some(number)),
            aftersale_no: "R1".into(),
            status,
            refund: amount.map(|amount| Money::new(dec(amount), "CNY")),
            reason_code: reason.map(str::to_owned),
            lines: lines.into_iter().map(line).collect(),
            ..Aftersale::default()
        };
        let seen = Observation::aftersale(case);
        let seen = if linked { seen.with_refs([order_ref("A")]) } else { seen };
        if part { seen.partial() } else { seen }
    }
}

/// A case and its stamps, without how they reached us.
fn end(history: &History) -> (Aftersale, String) {
    let Some(State::Aftersale(state)) = &history.state else { unreachable!() };
    let source = Source { revision: state.case.source.revision.clone(), ..Source::default() };
    let case = Aftersale { source, ..state.case.clone() };
    (case, serde_json::from_str::<serde_json::Value>(&state.aux()).unwrap()["stamps"].to_string())
}

proptest! {
    #[test]
    fn any_order_ends_in_the_same_case(
        (first, second) in prop::collection::vec(statement(), 1..7).prop_flat_map(|seen| {
            let doubled: Vec<Observation> = seen.iter().chain(&seen).cloned().collect();
            (Just(seen), Just(doubled).prop_shuffle())
        })
    ) {
        let (mut a, mut b) = (History::new(), History::new());
        for seen in &first {
            a.see(seen.clone());
        }
        for seen in &second {
            b.see(seen.clone());
            prop_assert_ne!(b.see(seen.clone()).verdict, Verdict::Folded, "at once again");
        }
        prop_assert_eq!(end(&a), end(&b));
        for seen in &first {
            prop_assert_ne!(a.see(seen.clone()).verdict, Verdict::Folded);
        }
    }
}
