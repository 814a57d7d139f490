//! The hold that risk findings put on an order, and its release by people.
//!
//! The hold is derived, not stated: an order is held while it has a finding of `review` or `block` that nobody
//! released, and has not left. So it is the same whatever the order of arrival, and no source can lift it. A hold that
//! a source puts on its own order is the source's to lift.

use crossdock_schemas::{Fulfillment, Hold, Lifecycle, Order, RiskSeverity, RiskTag, Ts};
use serde::{Deserialize, Serialize};

use super::axes::Axis;
use super::normal::Mark;
use super::order::OrderState;
use super::order_events;
use super::order_fields::{counting, tidy_holds};
use super::{Context, Decision, State, Verdict};

/// Namespace in `ext` of an order that only the hub writes.
pub const HUB_EXT: &str = "crossdock";

/// Member of it that says who released the order, and when.
pub const RELEASED: &str = "risk_released";

/// What is remembered beside the findings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Risk {
    /// The hold is ours alone.
    #[serde(default, rename = "h", skip_serializing_if = "std::ops::Not::not")]
    held: bool,
    /// Findings that people released.
    #[serde(default, rename = "r", skip_serializing_if = "Vec::is_empty")]
    released: Vec<Mark>,
}

impl Risk {
    pub(super) fn is_empty(&self) -> bool {
        *self == Risk::default()
    }
}

/// When an observation says that people released its order. Only the hub's own source can say so: of all others the
/// namespace is taken away before.
pub(super) fn released_at(order: &Order) -> Option<Ts> {
    order.ext.get(HUB_EXT)?.get(RELEASED)?.get("at")?.as_str()?.parse().ok()
}

/// Takes our hold off, so that only what sources said is there.
pub(super) fn lift(state: &mut OrderState) {
    if state.memory.risk.held {
        state.order.status.hold.retain(|hold| *hold != Hold::Risk);
    }
}

/// Puts our hold on where findings ask for it. [`lift`] and this give the same again.
pub(super) fn settle(state: &mut OrderState) {
    let released = &state.memory.risk.released;
    let open = state.order.risk_tags.iter().any(|tag| holds(tag) && !released.contains(&mark(tag)));
    let ours = open && !has_left(&state.order) && !state.order.status.hold.contains(&Hold::Risk);
    state.memory.risk.held = ours;
    if ours {
        state.order.status.hold.push(Hold::Risk);
        tidy_holds(&mut state.order);
    }
}

/// Somebody looked at the findings there are and lets the order go. New findings hold it again.
pub(super) fn release(mut state: Box<OrderState>, said: &Order, at: Ts, cx: &Context<'_>) -> Decision {
    let before = state.clone();
    for mark in before.order.risk_tags.iter().filter(|tag| holds(tag)).map(mark) {
        if !state.memory.risk.released.contains(&mark) {
            state.memory.risk.released.push(mark);
        }
    }
    if before.memory.risk == state.memory.risk {
        return Decision::unchanged(Verdict::Duplicate, Some("nothing_to_release"));
    }
    if let Some(ours) = said.ext.get(HUB_EXT) {
        state.order.ext.insert(HUB_EXT.to_owned(), ours.clone());
    }
    lift(&mut state);
    settle(&mut state);
    if !state.is_published() {
        return Decision::quiet(Verdict::Folded, None, State::Order(state), false);
    }
    state.order.hub_revision = Some(state.memory.raise());
    let (was, is) = (counting(&before.order), counting(&state.order));
    let events = order_events::released(&before, &was, &mut state, &is, at, cx);
    let mut decision = Decision::quiet(Verdict::Folded, None, State::Order(state), true);
    decision.events = events;
    decision
}

/// The same finding keeps the time it was first made, whatever came or went beside it.
pub(super) fn keep_times(before: &Order, after: &mut Order) {
    for tag in &mut after.risk_tags {
        if let Some(old) = before.risk_tags.iter().find(|old| mark(old) == mark(tag)) {
            tag.at = old.at;
        }
    }
}

fn holds(tag: &RiskTag) -> bool {
    matches!(tag.severity, RiskSeverity::Review | RiskSeverity::Block)
}

/// What makes a finding this one: a rule that became stricter, or another version of it, is another finding.
fn mark(tag: &RiskTag) -> Mark {
    let RiskTag { code, severity, rule, rule_version, .. } = tag;
    Mark::digest(&format!("{code}|{severity}|{rule}|{rule_version}"))
}

/// Whether there is nothing left to hold back.
fn has_left(order: &Order) -> bool {
    let status = &order.status;
    let shipped = status.fulfillment.is_some_and(|at| at.place() >= Fulfillment::PartiallyShipped.place());
    let over =
        matches!(status.lifecycle, Some(Lifecycle::Completed | Lifecycle::Cancelled | Lifecycle::Closed));
    shipped || over
}
