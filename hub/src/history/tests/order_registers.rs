//! Which statement about an order counts.

use crossdock_schemas::{Fulfillment, Hold, Lifecycle, PaymentState};

use super::*;

#[test]
fn a_to_b_to_a_is_three_states() {
    let mut history = History::new();
    let with = |number, price: &str| {
        let mut seen = order(Some(number));
        seen.lines[0].unit_price = Some(dec(price));
        full(seen)
    };
    assert_eq!(types(&history.see(with(1, "99.90"))), ["order.placed"]);
    assert_eq!(types(&history.see(with(2, "89.90"))), ["order.changed"]);
    assert_eq!(types(&history.see(with(3, "99.90"))), ["order.changed"]);
    assert_eq!(history.order().hub_revision, Some(3));
    assert_eq!(history.see(with(2, "89.90")).verdict, Verdict::Stale);
    assert_eq!(history.see(with(3, "99.9")).verdict, Verdict::Duplicate, "trailing zeros mean nothing");
}

#[test]
fn what_is_stale_changes_nothing() {
    let mut history = History::new();
    history.see(full(paid(order(Some(5)), "109.90")));
    let before = history.state.clone();
    let decision = history.see(full(order(Some(4))));
    assert_eq!((decision.verdict, decision.state), (Verdict::Stale, None));
    assert_eq!(history.state, before);
}

#[test]
fn a_newer_revision_of_the_same_content_is_a_duplicate_that_is_remembered() {
    let mut history = History::new();
    history.see(full(order(Some(5))));
    let decision = history.see(full(order(Some(7))));
    assert_eq!((decision.verdict, decision.changed_snapshot), (Verdict::Duplicate, true));
    assert_eq!(history.order().source.revision, Some(revision(7)));
    let mut late = order(Some(6));
    late.buyer_note = Some("late".into());
    assert_eq!(history.see(full(late)).verdict, Verdict::Stale, "six is older than seven");
}

#[test]
fn a_partial_observation_touches_only_what_it_states() {
    let mut history = History::new();
    history.see(full(Order { buyer_note: Some("ring".into()), ..order(Some(1)) }));
    let mut seen = fragment(Some(3));
    seen.status.fulfillment = Some(Fulfillment::Shipped);
    assert_eq!(types(&history.see(partial(seen.clone()))), ["order.shipped"]);
    assert_eq!(history.order().buyer_note.as_deref(), Some("ring"));
    assert_eq!(history.order().lines.len(), 2);
    assert_eq!(history.see(partial(seen)).verdict, Verdict::Duplicate);
    // A full observation older than the partial one leaves what that stated.
    let older = Order { buyer_note: Some("knock".into()), ..order(Some(2)) };
    assert_eq!(types(&history.see(full(older))), ["order.note_changed"]);
    assert_eq!(history.order().status.fulfillment, Some(Fulfillment::Shipped));
    // A newer one replaces it.
    let newer = history.see(full(order(Some(4))));
    assert_eq!(json_of(&newer.events[0])["reason"], "regression");
    assert_eq!(history.order().status.fulfillment, Some(Fulfillment::Unfulfilled));
    assert_eq!(history.order().buyer_note, None);
}

#[test]
fn an_older_partial_observation_is_stale() {
    let mut history = History::new();
    history.see(full(Order { buyer_note: Some("new".into()), ..order(Some(5)) }));
    let late = Order { buyer_note: Some("old".into()), ..fragment(Some(4)) };
    assert_eq!(history.see(partial(late)).verdict, Verdict::Stale);
    let same = Order { buyer_note: Some("new".into()), ..fragment(Some(4)) };
    assert_eq!(history.see(partial(same)).verdict, Verdict::Duplicate);
    assert_eq!(history.order().buyer_note.as_deref(), Some("new"));
}

#[test]
fn nothing_is_published_before_the_order_is_known() {
    let mut history = History::new();
    let mut seen = fragment(Some(9));
    seen.status.fulfillment = Some(Fulfillment::Shipped);
    let decision = history.see(partial(seen));
    assert_eq!((decision.verdict, decision.reason), (Verdict::Folded, Some("waiting_for_order")));
    assert!(decision.events.is_empty() && !history.state.as_ref().unwrap().is_published());
    let decision = history.see(full(order(Some(8))));
    assert_eq!(types(&decision), ["order.placed", "order.shipped"], "the newer partial statement counts");
    assert_eq!(history.order().hub_revision, Some(1));
    assert!(history.order().lines_hash.is_some() && history.state.as_ref().unwrap().is_published());
}

#[test]
fn partial_observations_can_make_an_order_between_them() {
    let mut history = History::new();
    let whole = order(Some(1));
    let head = Order { placed_at: whole.placed_at, currency: whole.currency.clone(), ..fragment(Some(1)) };
    history.see(partial(head));
    let decision = history.see(partial(Order { lines: whole.lines.clone(), ..fragment(Some(2)) }));
    assert_eq!(types(&decision), ["order.placed"]);
    let mut sealed = full(whole);
    sealed.seal().unwrap();
    let crossdock_schemas::Entity::Order(sealed) = sealed.entity else { unreachable!() };
    assert_eq!(
        history.order().lines_hash,
        sealed.lines_hash,
        "the hash over lines is that of the full order"
    );
    assert_eq!(history.order().idem_key, sealed.idem_key);
}

#[test]
fn a_draft_is_not_placed() {
    let mut history = History::new();
    let mut seen = order(Some(1));
    seen.status.lifecycle = Some(Lifecycle::Draft);
    let decision = history.see(full(seen));
    assert_eq!((decision.reason, decision.events.len()), (Some("draft"), 0));
    assert_eq!(types(&history.see(full(order(Some(2))))), ["order.placed"]);
}

#[test]
fn an_axis_left_unsaid_stays() {
    let mut history = History::new();
    let mut seen = order(Some(1));
    seen.status.fulfillment = Some(Fulfillment::Shipped);
    history.see(full(seen));
    // Taobao's TRADE_CLOSED: cancelled, refunded, fulfillment unchanged.
    let mut seen = order(Some(3));
    seen.status = Status {
        lifecycle: Some(Lifecycle::Cancelled),
        payment: Some(PaymentState::Refunded),
        ..Status::default()
    };
    assert_eq!(types(&history.see(full(seen))), ["order.cancelled"]);
    assert_eq!(history.order().status.fulfillment, Some(Fulfillment::Shipped));
    // What was said between the two still counts for that axis.
    let mut late = order(Some(2));
    late.status.fulfillment = Some(Fulfillment::Delivered);
    assert_eq!(types(&history.see(full(late))), ["order.delivered"]);
    assert_eq!(history.order().status.lifecycle, Some(Lifecycle::Cancelled));
}

#[test]
fn rivals_of_one_revision_are_joined() {
    let mut a = order(Some(1));
    a.buyer_note = Some("a".into());
    a.status.payment = Some(PaymentState::Paid);
    a.status.hold = vec![Hold::Risk];
    let mut b = order(Some(1));
    b.buyer_note = Some("b".into());
    b.status.fulfillment = Some(Fulfillment::Shipped);
    b.status.hold = vec![Hold::Stock];
    let mut results = Vec::new();
    for pair in [[&a, &b], [&b, &a]] {
        let mut history = History::new();
        for seen in pair {
            history.see(full(seen.clone()));
        }
        let order = history.order().clone();
        assert_eq!(order.status.payment, Some(PaymentState::Paid), "the further on");
        assert_eq!(order.status.fulfillment, Some(Fulfillment::Shipped), "the further on");
        assert_eq!(order.status.hold, [Hold::Risk, Hold::Stock], "both");
        results.push(order.buyer_note);
    }
    assert_eq!(results[0], results[1], "the same one, whichever came first");
    assert!(results[0].is_some());
}

#[test]
fn without_revision_the_order_of_capture_counts() {
    let mut history = History::new();
    let unpaid = || full(order(None));
    let paid = || full(paid(order(None), "109.90"));
    assert_eq!(types(&history.see_bytes(unpaid(), "aaaaaaaaaaaaaaaa")), ["order.placed"]);
    assert_eq!(types(&history.see_bytes(paid(), "bbbbbbbbbbbbbbbb")), ["order.paid"]);
    let decision = history.see_bytes(unpaid(), "aaaaaaaaaaaaaaaa");
    assert_eq!((decision.verdict, decision.state), (Verdict::Duplicate, None), "these bytes were taken in");
    let decision = history.see_bytes(unpaid(), "cccccccccccccccc");
    assert_eq!(json_of(&decision.events[0])["reason"], "regression", "other bytes are another state");
    assert_eq!(history.see_bytes(paid(), "bbbbbbbbbbbbbbbb").verdict, Verdict::Duplicate);
    let decision = history.see_bytes(unpaid(), "dddddddddddddddd");
    assert_eq!(decision.verdict, Verdict::Duplicate, "other bytes, the same content");
    assert!(decision.state.is_some(), "and those bytes are remembered too");
}

#[test]
fn one_capture_may_speak_of_an_order_twice() {
    let mut history = History::new();
    history.see_bytes(full(order(None)), "aaaaaaaaaaaaaaaa");
    history.captures -= 1;
    let decision = history.see_bytes(full(paid(order(None), "109.90")), "aaaaaaaaaaaaaaaa");
    assert_eq!(types(&decision), ["order.paid"]);
}

#[test]
fn without_revision_the_last_to_come_is_newest_also_among_revisions() {
    let mut history = History::new();
    history.see(full(order(Some(5))));
    assert_eq!(types(&history.see(full(paid(order(None), "109.90")))), ["order.paid"]);
    assert_eq!(history.see(full(order(Some(4)))).verdict, Verdict::Stale, "revisions are still compared");
    let decision = history.see(full(order(Some(6))));
    assert_eq!(json_of(&decision.events[0])["reason"], "regression");
}

#[test]
fn ext_is_taken_entry_by_entry() {
    let mut history = History::new();
    let with = |mut order: Order, name: &str, value: &str| {
        order.ext.entry("taobao".into()).or_default().insert(name.into(), value.into());
        order
    };
    history.see(full(with(order(Some(1)), "a", "1")));
    history.see(partial(with(fragment(Some(3)), "b", "2")));
    let ext = &history.order().ext["taobao"];
    assert_eq!((ext["a"].as_str(), ext["b"].as_str()), (Some("1"), Some("2")));
    history.see(full(with(order(Some(2)), "a", "3")));
    let ext = &history.order().ext["taobao"];
    assert_eq!((ext["a"].as_str(), ext["b"].as_str()), (Some("3"), Some("2")));
    history.see(full(with(order(Some(4)), "a", "3")));
    assert_eq!(history.order().ext["taobao"].len(), 1);
}

#[test]
fn a_state_of_another_kind_is_left_alone() {
    let mut history = History::new();
    history.see(full(order(Some(1))));
    let decision = history.see(scans(vec![scan(1, ParcelStatus::PickedUp, "50")]));
    assert_eq!((decision.verdict, decision.reason), (Verdict::Ignored, Some("wrong_history")));
    assert!(decision.state.is_none());
}

#[test]
fn an_unreadable_state_says_so() {
    use crossdock_schemas::HistoryKind;
    for kind in HistoryKind::ALL {
        assert!(matches!(State::read(*kind, "{", Some("{}")), Err(crate::history::StateError::Aux(_))));
    }
    let mut history = History::new();
    history.see(full(order(Some(1))));
    let aux = history.state.as_ref().unwrap().aux();
    assert!(matches!(
        State::read(HistoryKind::Order, &aux, None),
        Err(crate::history::StateError::NoSnapshot)
    ));
    let wrong = State::read(HistoryKind::Order, &aux, Some("[]"));
    assert!(matches!(wrong, Err(crate::history::StateError::Snapshot(_))));
}
