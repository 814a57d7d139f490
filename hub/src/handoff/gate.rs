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

impl Worker {
    pub(super) async fn gate(&self, lanes: &Lanes, seq: Seq, stored: &StoredEvent) -> Result<Gate> {
        let replayed = matches!(lanes.track(seq), Track::Replay(_));
        let replaces = matches!(self.part.repeat(), Repeat::Upsert | Repeat::QueryFirst);
        let stock = stored.event.event_type.body() == "inventory";
        let may_be_old = (replayed || lanes.came_back(seq)) && (replaces || stock);
        let depends = self.waits && stored.event.event_type.body() == "aftersale";
        if !may_be_old && !depends {
            return Ok(Gate::Go);
        }
        let standing = self.backbone.standing(self.id.to_string(), stored.history).await?;
        if may_be_old && let Some(newer) = self.newer(lanes, &standing, stored) {
            return Ok(Gate::Superseded(newer));
        }
        if depends {
            for (key, history) in &standing.orders {
                let accepted = match history {
                    Some(history) => self.accepted(lanes, *history).await?,
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

    /// The words for a later event of the same key that this sink has, or will get before this one.
    fn newer(&self, lanes: &Lanes, standing: &Standing, stored: &StoredEvent) -> Option<String> {
        let newer = standing.events.iter().rev().find(|other| {
            other.event.sequence > stored.event.sequence
                && self.filter.takes(&Subject::of(other))
                && !standing.parked.contains(&other.seq)
                && lanes.is_settled(track_of(other.event.class), other.seq)
        })?;
        Some(format!("the receiver has revision {}, this is {}", newer.event.sequence, stored.event.sequence))
    }

    /// Whether an event of an order was accepted here, or none of them is for this sink.
    async fn accepted(&self, lanes: &Lanes, order: i64) -> Result<bool> {
        let standing = self.backbone.standing(self.id.to_string(), order).await?;
        let mut ours =
            standing.events.iter().filter(|event| self.filter.takes(&Subject::of(event))).peekable();
        if ours.peek().is_none() {
            return Ok(true);
        }
        Ok(ours.any(|event| {
            !standing.parked.contains(&event.seq) && lanes.is_settled(track_of(event.event.class), event.seq)
        }))
    }
}
