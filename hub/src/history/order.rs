//! Orders: registers by source revision, published once enough is known.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crossdock_schemas::{Lifecycle, Order, Source};
use serde::{Deserialize, Serialize};

use super::memory::Memory;
use super::normal::json;
use super::order_events;
use super::order_fields::{counting, hash_lines, tidy_holds};
use super::registers::{Stamps, take_full, take_partial};
use super::risk::HUB_EXT;
use super::{Context, Decision, State, StateError, Verdict, risk};

/// What is known of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderState {
    /// The order. Until it is published it may lack what an order must have.
    pub order: Order,
    /// Keys of the parcels it is known to be in.
    pub parcels: BTreeSet<String>,
    pub(super) memory: Memory,
}

#[derive(Serialize, Deserialize)]
struct Aux<'a> {
    memory: Cow<'a, Memory>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    parcels: Cow<'a, BTreeSet<String>>,
    /// The order while it is not published: there is no snapshot of it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<Cow<'a, Order>>,
}

impl OrderState {
    pub(super) fn read(aux: &str, snapshot: Option<&str>) -> Result<OrderState, StateError> {
        let aux: Aux<'_> = serde_json::from_str(aux).map_err(StateError::Aux)?;
        let order = match (aux.pending, snapshot) {
            (Some(pending), _) => pending.into_owned(),
            (None, Some(snapshot)) => serde_json::from_str(snapshot).map_err(StateError::Snapshot)?,
            (None, None) => return Err(StateError::NoSnapshot),
        };
        Ok(OrderState { order, parcels: aux.parcels.into_owned(), memory: aux.memory.into_owned() })
    }

    pub(super) fn aux(&self) -> String {
        json(&Aux {
            memory: Cow::Borrowed(&self.memory),
            parcels: Cow::Borrowed(&self.parcels),
            pending: (!self.is_published()).then_some(Cow::Borrowed(&self.order)),
        })
    }

    pub(super) const fn is_published(&self) -> bool {
        self.memory.revision > 0
    }

    pub(super) const fn revision(&self) -> u64 {
        self.memory.revision
    }
}

/// Why an order is not published yet.
fn missing(order: &Order) -> Option<&'static str> {
    if order.placed_at.is_none() || order.currency.is_none() || order.lines.is_empty() {
        Some("waiting_for_order")
    } else if order.status.lifecycle == Some(Lifecycle::Draft) {
        Some("draft")
    } else {
        None
    }
}

pub(super) fn fold(
    state: Option<Box<OrderState>>,
    mut order: Order,
    partial: bool,
    cx: &Context<'_>,
) -> Decision {
    cx.stamp(&mut order.source);
    tidy_holds(&mut order);
    match (risk::released_at(&order), state) {
        (Some(at), Some(state)) => risk::release(state, &order, at, cx),
        (Some(_), None) => Decision::unchanged(Verdict::Ignored, Some("unknown_order")),
        (None, None) => first(order, partial, cx),
        (None, Some(state)) => next(state, order, partial, cx),
    }
}

fn first(mut order: Order, partial: bool, cx: &Context<'_>) -> Decision {
    let mut memory = Memory::default();
    let revision = order.source.revision.as_deref();
    if revision.is_none() {
        memory.seen.remember(cx);
    }
    order.hub_revision = None;
    if partial {
        let stated = order.clone();
        let revision = stated.source.revision.clone();
        take_partial(&mut memory.stamps, &mut order, stated, revision.as_deref());
    } else {
        memory.stamps = Stamps::first(revision);
    }
    let mut state = Box::new(OrderState { order, parcels: BTreeSet::new(), memory });
    hash_stated_lines(&mut state, partial);
    risk::settle(&mut state);
    publish(state, cx)
}

/// Hashes lines that did not come with a full observation: sealing has hashed only those.
fn hash_stated_lines(state: &mut OrderState, stated: bool) {
    let stamps = &state.memory.stamps;
    if stated || stamps.is_own("lines") || stamps.is_own("currency") {
        hash_lines(&mut state.order);
    }
}

/// Publishes the order when enough is known of it.
fn publish(mut state: Box<OrderState>, cx: &Context<'_>) -> Decision {
    let reason = missing(&state.order);
    if reason.is_some() {
        return Decision::quiet(Verdict::Folded, reason, State::Order(state), false);
    }
    state.order.hub_revision = Some(state.memory.raise());
    let events = order_events::placed(&mut state, cx);
    let mut decision = Decision::quiet(Verdict::Folded, None, State::Order(state), true);
    decision.events = events;
    decision
}

fn next(mut state: Box<OrderState>, mut order: Order, partial: bool, cx: &Context<'_>) -> Decision {
    let revision = order.source.revision.clone();
    // Until everything is taken in, only what sources said counts.
    risk::lift(&mut state);
    match &revision {
        None if state.memory.seen.knows(cx) => return Decision::unchanged(Verdict::Duplicate, None),
        Some(revision) if is_redelivery(&mut state, &mut order, revision, partial) => {
            return Decision::unchanged(Verdict::Duplicate, None);
        }
        _ => {}
    }
    let mut before = state.clone();
    risk::settle(&mut before);
    if revision.is_none() {
        state.memory.seen.remember(cx);
    }
    let older = is_older(&state, &order, partial, revision.as_deref());
    let source = order.source.clone();
    let hub = state.order.ext.remove(HUB_EXT);
    if partial {
        take_partial(&mut state.memory.stamps, &mut state.order, order, revision.as_deref());
    } else {
        take_full(&mut state.memory.stamps, &mut state.order, order, revision.as_deref());
    }
    if let Some(hub) = hub {
        state.order.ext.insert(HUB_EXT.to_owned(), hub);
    }
    let other = before.order.lines != state.order.lines || before.order.currency != state.order.currency;
    hash_stated_lines(&mut state, partial && other);
    adopt(&mut state.order.source, source);
    risk::keep_times(&before.order, &mut state.order);
    risk::settle(&mut state);
    decide(&before, state, older, cx)
}

/// Holds what came out against what was, and tells the difference.
fn decide(before: &OrderState, mut state: Box<OrderState>, older: bool, cx: &Context<'_>) -> Decision {
    let (was, is) = (counting(&before.order), counting(&state.order));
    if was == is {
        let verdict = if older { Verdict::Stale } else { Verdict::Duplicate };
        let trifles = differs_in_trifles(&before.order, &state.order);
        if !trifles && before.memory == state.memory {
            return Decision::unchanged(verdict, None);
        }
        // Nothing to tell, but worth keeping: a newer revision, a capture not to be taken in again, a token.
        if !trifles {
            // Equal, but perhaps written otherwise (`9.90` and `9.9`): what is stored stays as it is.
            state.order = before.order.clone();
        }
        let snapshot = trifles && state.is_published();
        return Decision::quiet(verdict, None, State::Order(state), snapshot);
    }
    if !before.is_published() {
        return publish(state, cx);
    }
    state.order.hub_revision = Some(state.memory.raise());
    let events = order_events::changed(before, &was, &mut state, &is, cx);
    let mut decision = Decision::quiet(Verdict::Folded, None, State::Order(state), true);
    decision.events = events;
    decision
}

/// Whether two orders that count as the same are to be stored anew: anything but how they reached us.
fn differs_in_trifles(before: &Order, after: &Order) -> bool {
    let bare = |order: &Order| {
        let mut order = order.clone();
        forget_way(&mut order.source);
        order
    };
    bare(before) != bare(after)
}

fn forget_way(source: &mut Source) {
    source.received_at = None;
    source.channel = None;
    source.raw_ref = None;
    source.raw_sha256 = None;
    source.connector = None;
}

/// The commonest case, without a copy: the very revision that is held, with the very content. What the rules find in
/// it is not looked at: the finding that was made first stays, and redelivery tells nothing.
fn is_redelivery(state: &mut OrderState, order: &mut Order, revision: &str, partial: bool) -> bool {
    if partial || !state.memory.stamps.is_plain() || state.memory.stamps.full != revision {
        return false;
    }
    let ours = std::mem::take(&mut state.order.source);
    let theirs = std::mem::take(&mut order.source);
    let found = std::mem::take(&mut state.order.risk_tags);
    let finds = std::mem::take(&mut order.risk_tags);
    let hub = state.order.ext.remove(HUB_EXT);
    order.hub_revision = state.order.hub_revision;
    let equal = state.order == *order;
    order.hub_revision = None;
    state.order.source = ours;
    order.source = theirs;
    state.order.risk_tags = found;
    order.risk_tags = finds;
    if let Some(hub) = hub {
        state.order.ext.insert(HUB_EXT.to_owned(), hub);
    }
    equal
}

/// Whether an observation is older than what is held of everything it states.
fn is_older(state: &OrderState, order: &Order, partial: bool, revision: Option<&str>) -> bool {
    let Some(revision) = revision else { return false };
    if partial {
        !same_where_stated(state, order)
            && super::registers::is_outdated(&state.memory.stamps, order, revision)
    } else {
        revision < state.memory.stamps.full.as_str()
    }
}

fn same_where_stated(state: &OrderState, order: &Order) -> bool {
    let mut merged = state.order.clone();
    take_partial(&mut Stamps::default(), &mut merged, order.clone(), None);
    merged == state.order
}

/// The source of the newest statement is the source of the order; how it reached us goes with it.
pub(super) fn adopt(ours: &mut Source, theirs: Source) {
    if theirs.revision.is_some() && theirs.revision < ours.revision {
        return;
    }
    let site = theirs.site.clone().or_else(|| ours.site.take());
    let revision = theirs.revision.clone().or_else(|| ours.revision.take());
    *ours = Source { site, revision, ..theirs };
}
