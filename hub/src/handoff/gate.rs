//! What is looked at before an event goes out: whether the receiver has something newer, and whether what it depends
//! on was accepted there.

use crossdock_connector::Repeat;
use crossdock_schemas::{Class, EventType};

use super::filter::{Filter, Subject};
use super::lanes::Lanes;
use super::worker::Worker;
use crate::backbone::{Result, Seq, Standing, StoredEvent, Track};

/// Whether an event may go out.
pub(super) enum Gate {
    Go,
    /// The receiver has something newer.
    Superseded(String),
    /// It depends on this key.
    WaitFor(String, String),
}

/// The reading that an event of a class belongs to.
pub(super) fn track_of(class: Class) -> Track {
    match class {
        Class::Replay => Track::Back,
        Class::Normal | Class::Test => Track::Live,
    }
}

/// Which later events make it superfluous to a receiver that keeps no history.
pub(super) fn group(event_type: EventType) -> Option<&'static str> {
    match event_type.body() {
        // A milestone tells something of its own.
        "milestone" | "risk" => None,
        body => Some(body),
    }
}

/// Whether a filter takes events of orders at all.
pub(super) fn takes_orders(filter: &Filter) -> bool {
    EventType::ALL.iter().filter(|kind| kind.body() == "order").any(|kind| filter.takes_type(*kind))
}

/// What a sink's gate goes by. Pure: the worker brings it what the store knows.
pub(super) struct Keeper {
    pub(super) filter: Filter,
    pub(super) repeat: Repeat,
    /// Whether refunds wait for their orders.
    pub(super) waits: bool,
    /// Whether older events may be settled without having been handed off.
    pub(super) coalesces: bool,
}

/// What has to be looked at before an event goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The receiver may have something newer.
    pub(super) may_be_old: bool,
    /// It depends on its order.
    pub(super) depends: bool,
}

impl Keeper {
    /// What has to be looked at, if anything.
    pub(super) fn look(&self, lanes: &Lanes, seq: Seq, event_type: EventType) -> Option<Look> {
        let replayed = matches!(lanes.track(seq), Track::Replay(_));
        let replaces = matches!(self.repeat, Repeat::Upsert | Repeat::QueryFirst);
        let body = event_type.body();
        let may_be_old = (replayed || lanes.came_back(seq)) && (replaces || body == "inventory");
        let depends = self.waits && body == "aftersale";
        (may_be_old || depends).then_some(Look { may_be_old, depends })
    }

    /// The words for a later event of the same key that this sink has.
    pub(super) fn newer(&self, lanes: &Lanes, standing: &Standing, stored: &StoredEvent) -> Option<String> {
        let newer = standing.events.iter().rev().find(|other| {
            other.event.sequence > stored.event.sequence
                && self.filter.takes(&Subject::of(other))
                && has(lanes, standing, other)
        })?;
        Some(format!("the receiver has revision {}, this is {}", newer.event.sequence, stored.event.sequence))
    }

    /// Whether an event of an order was accepted here, or none of them is for this sink.
    pub(super) fn accepted(&self, lanes: &Lanes, key: &str, order: &Standing) -> bool {
        // What was coalesced is settled, but only the one that took its place tells the receiver; the store hears of
        // that a little later.
        if self.coalesces && lanes.has_lane(key) {
            return false;
        }
        let mut ours = order.events.iter().filter(|event| self.filter.takes(&Subject::of(event))).peekable();
        ours.peek().is_none()
            || ours.any(|event| !order.superseded.contains(&event.seq) && has(lanes, order, event))
    }

    /// The backfill of a key that has to go out before what happens to it now, wherever the backfill stands.
    pub(super) fn ahead(&self, lanes: &Lanes, standing: Standing, live: Seq) -> Vec<StoredEvent> {
        let read = lanes.offered(Track::Back);
        let Standing { events, parked, .. } = standing;
        events
            .into_iter()
            .filter(|event| event.seq > read && event.seq < live && event.event.class == Class::Replay)
            .filter(|event| !parked.contains(&event.seq) && !lanes.knows(Track::Back, event.seq))
            .filter(|event| self.filter.takes(&Subject::of(event)))
            .collect()
    }
}

/// Whether the sink has an event: its reading is past it, and it does not lie in the parking lot.
fn has(lanes: &Lanes, standing: &Standing, event: &StoredEvent) -> bool {
    !standing.parked.contains(&event.seq) && lanes.is_settled(track_of(event.event.class), event.seq)
}

impl Worker {
    pub(super) async fn gate(&self, lanes: &Lanes, seq: Seq, stored: &StoredEvent) -> Result<Gate> {
        let Some(look) = self.keeper.look(lanes, seq, stored.event.event_type) else { return Ok(Gate::Go) };
        let standing = self.backbone.standing(self.id.to_string(), stored.history).await?;
        if look.may_be_old
            && let Some(newer) = self.keeper.newer(lanes, &standing, stored)
        {
            return Ok(Gate::Superseded(newer));
        }
        if look.depends {
            for (key, history) in &standing.orders {
                let accepted = match history {
                    Some(history) => {
                        let order = self.backbone.standing(self.id.to_string(), *history).await?;
                        self.keeper.accepted(lanes, key, &order)
                    }
                    None => false,
                };
                if !accepted {
                    let words = format!("its order {key} was not accepted by this sink yet");
                    return Ok(Gate::WaitFor(key.clone(), words));
                }
            }
        }
        Ok(Gate::Go)
    }
}
