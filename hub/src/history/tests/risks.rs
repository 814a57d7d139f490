//! Findings hold orders; people release them; sources can do neither.

use crossdock_connector::Normalize;
use crossdock_schemas::{
    Channel, Class, Fulfillment, Hold, Observation, Order, OrderRef, RiskCode, RiskSeverity, RiskTag,
};

use super::super::{Context, MilestoneRules, Verdict, fold};
use super::{History, at, full, json_of, order, types};
use crate::enrich::{Decisions, Release};

fn tag(rule: &str, severity: RiskSeverity, version: &str) -> RiskTag {
    RiskTag {
        code: RiskCode::OverAmount,
        severity,
        rule: rule.into(),
        rule_version: version.into(),
        ..RiskTag::default()
    }
}

fn seen(number: u32, tags: &[RiskTag]) -> Observation {
    full(Order { risk_tags: tags.to_vec(), ..order(Some(number)) })
}

/// What people said, as it comes out of the hub's own capture.
fn release(minutes: i64) -> Observation {
    let order = order(Some(1));
    let release = Release {
        order: OrderRef {
            platform: order.source.platform,
            shop: order.source.shop,
            order_no: order.order_no,
        },
        at: at(minutes),
        by: "night-shift".into(),
    };
    let capture = release.capture().unwrap().received(at(minutes).at, Channel::Manual);
    Decisions.normalize(&capture).unwrap().observations.remove(0)
}

fn holds(history: &History) -> Vec<Hold> {
    history.order().status.hold.clone()
}

#[test]
fn a_finding_holds_until_people_release_it() {
    let review = tag("large", RiskSeverity::Review, "1");
    let mut history = History::new();
    let decision = history.see(seen(1, std::slice::from_ref(&review)));
    assert_eq!(types(&decision), ["order.placed", "order.held", "risk.tagged"]);
    // The source tells on and says nothing of a hold: it stays.
    assert_eq!(history.see(seen(2, std::slice::from_ref(&review))).verdict, Verdict::Duplicate);
    assert_eq!(holds(&history), [Hold::Risk]);

    let decision = history.see_bytes(release(50), "one");
    assert_eq!(types(&decision), ["order.released"]);
    assert_eq!(decision.events[0].time, at(50));
    assert_eq!(json_of(&decision.events[0])["previous"]["hold"][0], "risk");
    assert!(holds(&history).is_empty());
    assert_eq!(history.order().ext["crossdock"]["risk_released"]["by"], "night-shift");

    // Said again, told again by the source, changed elsewhere: it stays released.
    assert_eq!(history.see_bytes(release(50), "one").verdict, Verdict::Duplicate);
    assert_eq!(history.see(seen(2, std::slice::from_ref(&review))).verdict, Verdict::Duplicate);
    let mut noted = order(Some(3));
    noted.risk_tags = vec![review];
    noted.seller_note = Some("fine".into());
    assert_eq!(types(&history.see(full(noted))), ["order.note_changed"]);
    assert!(holds(&history).is_empty());
    assert!(history.order().ext.contains_key("crossdock"), "who released it is kept");

    // Another finding, and the same rule made stricter, are looked at anew.
    for (number, worse) in
        [(4, tag("large", RiskSeverity::Block, "1")), (5, tag("large", RiskSeverity::Review, "2"))]
    {
        let mut held = History { state: history.state.clone(), ..History::new() };
        assert!(types(&held.see(seen(number, &[worse]))).contains(&"order.held"));
    }
}

#[test]
fn info_holds_nothing_and_what_is_gone_releases() {
    let mut history = History::new();
    let decision = history.see(seen(1, &[tag("far", RiskSeverity::Info, "1")]));
    assert_eq!(types(&decision), ["order.placed", "risk.tagged"]);
    assert_eq!(history.see(release(9)).verdict, Verdict::Duplicate, "there is nothing to release");
    history.see(seen(2, &[tag("large", RiskSeverity::Block, "1")]));
    assert_eq!(holds(&history), [Hold::Risk]);
    let decision = history.see(seen(3, &[]));
    assert_eq!(types(&decision), ["order.released", "risk.cleared"]);
}

#[test]
fn redelivery_with_other_findings_tells_nothing() {
    let mut history = History::new();
    history.see(seen(1, &[]));
    // The rules changed meanwhile; the very same revision came again.
    assert_eq!(history.see(seen(1, &[tag("new", RiskSeverity::Block, "9")])).verdict, Verdict::Duplicate);
    assert!(holds(&history).is_empty());
}

#[test]
fn a_hold_of_the_source_is_the_sources() {
    let mut history = History::new();
    let mut held = order(Some(1));
    held.status.hold = vec![Hold::Risk];
    held.risk_tags = vec![tag("large", RiskSeverity::Review, "1")];
    history.see(full(held));
    assert_eq!(types(&history.see(release(5))), ["order.changed"], "people lift ours, not theirs");
    assert_eq!(holds(&history), [Hold::Risk]);
    let decision = history.see(seen(2, &[tag("large", RiskSeverity::Review, "1")]));
    assert!(types(&decision).contains(&"order.released"), "{:?}", types(&decision));
    assert!(holds(&history).is_empty());
}

#[test]
fn what_has_left_is_not_held_whatever_came_first() {
    let block = [tag("large", RiskSeverity::Block, "1")];
    let shipped = || {
        let mut order = order(Some(2));
        order.risk_tags = block.to_vec();
        order.status.fulfillment = Some(Fulfillment::Shipped);
        full(order)
    };
    let (mut one, mut other) = (History::new(), History::new());
    one.see(seen(1, &block));
    one.see(shipped());
    other.see(shipped());
    assert_eq!(other.see(seen(1, &block)).verdict, Verdict::Stale);
    assert!(holds(&one).is_empty() && holds(&other).is_empty());
    assert_eq!(one.order().risk_tags, other.order().risk_tags);
}

#[test]
fn an_order_nobody_knows_cannot_be_released() {
    let mut release = release(1);
    release.seal().unwrap();
    let rules = MilestoneRules::default();
    let cx = Context {
        tenant: "acme",
        now: at(1).at,
        capture: 1,
        received_at: at(1).at,
        channel: Channel::Manual,
        raw_sha256: "00",
        class: Class::Normal,
        rules: &rules,
    };
    let decision = fold(None, release, &cx);
    assert_eq!((decision.verdict, decision.reason), (Verdict::Ignored, Some("unknown_order")));
    assert!(decision.state.is_none());
}
