//! Which events a change of an order is.

use crossdock_schemas::{
    Address, EventType, Fulfillment, Hold, Lifecycle, PaymentState, Phone, PresaleStage, Protected, RiskCode,
    RiskTag,
};

use super::*;

fn changed(decision: &Decision, index: usize) -> Vec<String> {
    serde_json::from_value(json_of(&decision.events[index])["changed"].clone()).unwrap()
}

#[test]
fn a_new_order_is_placed_and_all_its_state_implies() {
    let mut history = History::new();
    let mut seen = paid(order(Some(9)), "109.90");
    seen.status.lifecycle = Some(Lifecycle::Completed);
    seen.status.fulfillment = Some(Fulfillment::Delivered);
    seen.status.hold = vec![Hold::Risk];
    seen.shipped_at = Some(at(6));
    seen.delivered_at = Some(at(7));
    let decision = history.see(full(seen));
    assert_eq!(decision.verdict, Verdict::Folded);
    assert_eq!(
        types(&decision),
        ["order.placed", "order.paid", "order.shipped", "order.delivered", "order.completed", "order.held"]
    );
    let times: Vec<Ts> = decision.events.iter().map(|event| event.time).collect();
    // Completed and held have no time of their own: the source's revision stands in.
    assert_eq!(times, [at(0), at(5), at(6), at(7), at(9), at(9)]);
    assert!(decision.events.iter().all(|event| event.extra.is_empty()), "nothing changed: all is new");
    assert_eq!(history.order().hub_revision, Some(1));
    assert_eq!(decision.events[0].idem_key, history.order().idem_key);
}

#[test]
fn ids_follow_the_published_formula() {
    use crossdock_schemas::identity::event_id;
    let mut history = History::new();
    let decision = history.see(full(paid(order(Some(1)), "109.90")));
    let key = history.order().order_key.clone().unwrap();
    assert_eq!(decision.events[0].id, event_id("acme", "order.placed", &key, b""));
    assert_eq!(decision.events[1].id, event_id("acme", "order.paid", &key, b"5:109.9,2:P1,"));
    let mut seen = paid(order(Some(2)), "109.90");
    seen.lines.pop();
    let decision = history.see(full(seen));
    assert_eq!(decision.events[0].id, event_id("acme", "order.changed", &key, b"2"));
}

#[test]
fn provenance_is_stamped_and_never_a_change() {
    let mut history = History::new();
    history.see_bytes(full(order(Some(1))), "ab12ab12ab12ab12");
    let source = &history.order().source;
    assert_eq!(source.raw_ref.as_deref(), Some("capture:1"));
    assert_eq!(source.raw_sha256.as_deref(), Some("ab12ab12ab12ab12"));
    assert_eq!((source.channel, source.received_at), (Some(Channel::Webhook), Some(Ts::utc(at(900_001).at))));
    let decision = history.see(full(order(Some(1))));
    assert_eq!(decision.verdict, Verdict::Duplicate);
    assert!(decision.state.is_none(), "nothing to store");
    assert_eq!(history.order().source.raw_ref.as_deref(), Some("capture:1"), "the first to say so said so");
}

#[test]
fn lines_come_before_axes_and_name_what_changed() {
    let mut history = History::new();
    history.see(full(order(Some(1))));
    let mut seen = paid(order(Some(2)), "119.90");
    seen.lines[1].unit_price = Some(dec("20.00"));
    let decision = history.see(full(seen));
    assert_eq!(types(&decision), ["order.changed", "order.paid"]);
    for index in [0, 1] {
        assert_eq!(
            changed(&decision, index),
            ["/lines/1/unit_price", "/paid_at", "/payments", "/status/payment"],
            "every event names all that changed"
        );
        assert_eq!(json_of(&decision.events[index])["previous"], serde_json::json!({ "payment": "unpaid" }));
    }
    assert_eq!(decision.events[1].time, at(5));
    assert!(!decision.events[0].extra.contains("reason"));
}

#[test]
fn a_changed_state_has_the_event_of_its_axis() {
    type Change = fn(&mut Order);
    let cases: [(Change, &[&str]); 12] = [
        (|it| it.status.lifecycle = Some(Lifecycle::Confirmed), &["order.confirmed"]),
        (|it| it.status.lifecycle = Some(Lifecycle::Completed), &["order.completed"]),
        (|it| it.status.lifecycle = Some(Lifecycle::Cancelled), &["order.cancelled"]),
        (|it| it.status.lifecycle = Some(Lifecycle::Closed), &["order.closed"]),
        (|it| it.status.fulfillment = Some(Fulfillment::PartiallyShipped), &["order.partially_shipped"]),
        (|it| it.status.fulfillment = Some(Fulfillment::PartiallyDelivered), &["order.partially_shipped"]),
        (|it| it.status.fulfillment = Some(Fulfillment::Shipped), &["order.shipped"]),
        (|it| it.status.fulfillment = Some(Fulfillment::Delivered), &["order.shipped", "order.delivered"]),
        (|it| it.status.payment = Some(PaymentState::Authorized), &["order.changed"]),
        (|it| it.status.hold = vec![Hold::Stock], &["order.held"]),
        (|it| it.buyer_note = Some("ring twice".into()), &["order.note_changed"]),
        (|it| it.display_no = Some("#1001".into()), &["order.changed"]),
    ];
    for (change, expected) in cases {
        let mut history = History::new();
        history.see(full(order(Some(1))));
        let mut seen = order(Some(2));
        change(&mut seen);
        assert_eq!(types(&history.see(full(seen.clone()))), expected);
        assert_eq!(history.see(full(seen)).verdict, Verdict::Duplicate);
    }
}

#[test]
fn what_went_back_in_part_had_been_paid() {
    let refunded = |revision| {
        let mut seen = paid(order(Some(revision)), "109.90");
        seen.status.payment = Some(PaymentState::PartiallyRefunded);
        full(seen)
    };
    // The source never showed it paid: a poll came late, or several nudges met in one fetch.
    let mut history = History::new();
    history.see(full(order(Some(1))));
    assert_eq!(types(&history.see(refunded(2))), ["order.paid"]);
    assert_eq!(types(&History::new().see(refunded(1))), ["order.placed", "order.paid"]);
    // Told before: not told again.
    let mut history = History::new();
    history.see(full(paid(order(Some(1)), "109.90")));
    assert_eq!(types(&history.see(refunded(2))), ["order.changed"]);
    // A part was paid: nobody can tell whether the rest ever was.
    let mut history = History::new();
    let mut seen = order(Some(1));
    seen.status.payment = Some(PaymentState::PartiallyPaid);
    history.see(full(seen));
    assert_eq!(types(&history.see(refunded(2))), ["order.changed"]);
}

#[test]
fn a_presale_is_told_step_by_step() {
    let mut history = History::new();
    let stages = [
        (PresaleStage::DepositDue, vec!["order.placed"]),
        (PresaleStage::DepositPaid, vec!["order.deposit_paid"]),
        (PresaleStage::BalanceDue, vec!["order.balance_due"]),
        (PresaleStage::BalancePaid, vec!["order.balance_paid", "order.paid"]),
    ];
    for (number, (stage, expected)) in (1_u32..).zip(stages) {
        let mut seen = order(Some(number));
        if stage == PresaleStage::BalancePaid {
            seen = paid(seen, "109.90");
            seen.payments[0].kind = PaymentKind::Balance;
            seen.payments[0].at = Some(at(77));
        }
        seen.status.presale = Some(stage);
        let decision = history.see(full(seen));
        assert_eq!(types(&decision), expected);
        if stage == PresaleStage::BalancePaid {
            assert_eq!(decision.events[0].time, at(77), "the time of the payment itself");
        }
    }
}

#[test]
fn a_step_back_is_told_as_regression_and_a_step_forward_again_is_not_told_twice() {
    let mut history = History::new();
    history.see(full(paid(order(Some(1)), "109.90")));
    let decision = history.see(full(order(Some(2))));
    assert_eq!(types(&decision), ["order.changed"]);
    assert_eq!(json_of(&decision.events[0])["reason"], "regression");
    assert_eq!(json_of(&decision.events[0])["previous"], serde_json::json!({ "payment": "paid" }));
    assert_eq!(history.order().status.payment, Some(PaymentState::Unpaid));
    let decision = history.see(full(paid(order(Some(3)), "109.90")));
    assert_eq!(types(&decision), ["order.changed"], "this very payment was told");
    assert_eq!(json_of(&decision.events[0]).get("reason"), None);
    let decision = history.see(full(paid(order(Some(4)), "120.00")));
    assert_eq!(types(&decision), ["order.changed"], "no step on any axis");
}

#[test]
fn completed_is_an_end_that_only_a_newer_revision_leaves() {
    let mut history = History::new();
    let with = |number, lifecycle| {
        let mut seen = order(Some(number));
        seen.status.lifecycle = Some(lifecycle);
        full(seen)
    };
    history.see(with(5, Lifecycle::Completed));
    assert_eq!(history.see(with(4, Lifecycle::Placed)).verdict, Verdict::Stale);
    assert_eq!(history.see(with(5, Lifecycle::Placed)).verdict, Verdict::Duplicate);
    assert_eq!(history.order().status.lifecycle, Some(Lifecycle::Completed));
    let decision = history.see(with(6, Lifecycle::Cancelled));
    assert_eq!(types(&decision), ["order.changed"]);
    assert_eq!(json_of(&decision.events[0])["reason"], "regression");
    assert_eq!(types(&history.see(with(7, Lifecycle::Closed))), ["order.closed"]);
}

#[test]
fn held_when_a_hold_comes_and_released_when_the_last_one_goes() {
    let mut history = History::new();
    let with = |number, hold: &[Hold]| {
        let mut seen = order(Some(number));
        seen.status.hold = hold.to_vec();
        full(seen)
    };
    history.see(with(1, &[]));
    assert_eq!(types(&history.see(with(2, &[Hold::Stock, Hold::Risk]))), ["order.held"]);
    assert_eq!(types(&history.see(with(3, &[Hold::Risk]))), ["order.changed"], "still held");
    let decision = history.see(with(4, &[]));
    assert_eq!(types(&decision), ["order.released"]);
    assert_eq!(json_of(&decision.events[0])["previous"], serde_json::json!({ "hold": ["risk"] }));
    // The same holds in another order are the same holds.
    history.see(with(5, &[Hold::Risk, Hold::Stock]));
    assert_eq!(history.see(with(6, &[Hold::Stock, Hold::Risk])).verdict, Verdict::Duplicate);
}

fn address(detail: &str) -> Address {
    Address {
        name: Some(Protected::plain("Test Person")),
        phones: vec![Phone { e164: Some("+8613800000001".into()), ..Phone::default() }],
        country: Some("CN".into()),
        province: Some("广东省".into()),
        line1: Some(detail.into()),
        ..Address::default()
    }
}

fn shipped_to(number: u32, address: Address) -> Observation {
    full(Order { ship_to: Some(address), ..order(Some(number)) })
}

#[test]
fn an_address_in_the_clear_moves_when_its_content_does() {
    let mut history = History::new();
    history.see(shipped_to(1, address("科苑路15号")));
    let spaced = address("  科苑路15号 ");
    assert_eq!(
        types(&history.see(shipped_to(2, spaced))),
        ["order.changed"],
        "cleaned, it is the same place"
    );
    assert_eq!(types(&history.see(shipped_to(3, address("科苑路16号")))), ["order.address_changed"]);
    let mut other = address("科苑路16号");
    other.phones[0].e164 = Some("+8613800000002".into());
    assert_eq!(types(&history.see(shipped_to(4, other.clone()))), ["order.address_changed"]);
    other.city = Some("深圳市".into());
    assert_eq!(types(&history.see(shipped_to(5, other.clone()))), ["order.changed"], "resolved better");
    other.city = Some("广州市".into());
    assert_eq!(types(&history.see(shipped_to(6, other))), ["order.address_changed"]);
}

#[test]
fn a_renewed_token_is_kept_and_not_told() {
    let mut history = History::new();
    let with = |token: &str, masked: &str| Address {
        country: Some("CN".into()),
        name: Some(Protected::token("taobao_oaid", token).with_masked(masked)),
        ..Address::default()
    };
    history.see(shipped_to(1, with("first", "张*")));
    for number in [1, 2] {
        let decision = history.see(shipped_to(number, with("second", "张*")));
        assert_eq!((decision.verdict, decision.events.len()), (Verdict::Duplicate, 0));
        let name = history.order().ship_to.as_ref().unwrap().name.as_ref().unwrap();
        assert_eq!(name.token.as_ref().unwrap().value, "second", "the latest token is the one that works");
    }
    assert_eq!(history.order().hub_revision, Some(1));
    let decision = history.see(shipped_to(3, with("third", "李*")));
    assert_eq!(types(&decision), ["order.address_changed"]);
}

#[test]
fn a_platforms_mark_of_a_changed_address_counts() {
    let mut history = History::new();
    let masked = Address { name: Some(Protected::masked("张*")), ..Address::default() };
    let marked = |number, time: &str| {
        let mut seen = Order { ship_to: Some(masked.clone()), ..order(Some(number)) };
        seen.lines[0]
            .ext
            .entry("taobao".into())
            .or_default()
            .insert("ti_modify_address_time".into(), time.into());
        full(seen)
    };
    history.see(marked(1, "2026-03-02 10:00:00"));
    assert_eq!(types(&history.see(marked(2, "2026-03-02 11:00:00"))), ["order.address_changed"]);
}

#[test]
fn masking_an_address_is_no_move() {
    let mut history = History::new();
    history.see(shipped_to(1, address("科苑路15号")));
    let masked = Address {
        name: Some(Protected::masked("T***")),
        country: Some("CN".into()),
        province: Some("广东省".into()),
        ..Address::default()
    };
    assert_eq!(types(&history.see(shipped_to(2, masked.clone()))), ["order.changed"]);
    let elsewhere = Address { province: Some("海南省".into()), ..masked };
    assert_eq!(types(&history.see(shipped_to(3, elsewhere))), ["order.address_changed"]);
}

#[test]
fn findings_of_the_risk_rules_are_told_once() {
    let mut history = History::new();
    let tagged = |number, minutes| {
        let tag =
            RiskTag { code: RiskCode::OverAmount, rule: "r1".into(), at: at(minutes), ..RiskTag::default() };
        full(Order { risk_tags: vec![tag], ..order(Some(number)) })
    };
    assert_eq!(types(&history.see(tagged(1, 1))), ["order.placed", "risk.tagged"]);
    assert_eq!(history.see(tagged(2, 9)).verdict, Verdict::Duplicate, "found again is not found anew");
    assert_eq!(history.order().risk_tags[0].at, at(1));
    let decision = history.see(full(order(Some(3))));
    assert_eq!(types(&decision), ["risk.cleared"]);
    assert_eq!(json_of(&decision.events[0])["tags"][0]["rule"], "r1");
}

#[test]
fn shipped_is_named_by_its_parcels() {
    use crossdock_schemas::identity::event_id;
    let mut history = History::new();
    history.see(full(order(Some(1))));
    let mut state = history.state.take().unwrap();
    assert!(state.link_parcel("s1-b") && state.link_parcel("s1-a") && !state.link_parcel("s1-b"));
    history.state = Some(state);
    let with = |number, fulfillment| {
        let mut seen = order(Some(number));
        seen.status.fulfillment = Some(fulfillment);
        full(seen)
    };
    let decision = history.see(with(2, Fulfillment::Shipped));
    let key = history.order().order_key.clone().unwrap();
    assert_eq!(decision.events[0].id, event_id("acme", "order.shipped", &key, b"4:s1-a,4:s1-b,"));
    history.see(with(3, Fulfillment::Unfulfilled));
    assert_eq!(
        types(&history.see(with(4, Fulfillment::Shipped))),
        ["order.changed"],
        "these parcels were told"
    );
    assert_eq!(count(&history.events, EventType::OrderShipped), 1);
}
