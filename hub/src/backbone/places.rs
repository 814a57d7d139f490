//! Where sinks stand and what became of handoffs.

use std::sync::Arc;

use crossdock_schemas::Class;
use serde::{Deserialize, Serialize};

use super::{Micros, Seq, StoredEvent};

/// A reading of the log by a sink. Live events must not wait for the backfill in front of them, and replays have a
/// pace of their own: so each reads for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Track {
    /// What happens now: classes `n` and `t`.
    #[default]
    Live,
    /// Class `r`: from files, years of it at once.
    Back,
    /// What people want handed off again; the number of their order.
    Replay(i64),
}

impl Track {
    /// The track as stored.
    pub fn code(self) -> i64 {
        match self {
            Self::Live => 0,
            Self::Back => 1,
            Self::Replay(id) => id.saturating_add(1),
        }
    }

    /// Reads a stored track.
    pub fn from_code(code: i64) -> Self {
        match code {
            ..=0 => Self::Live,
            1 => Self::Back,
            more => Self::Replay(more - 1),
        }
    }
}

/// How far a reading has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Everything of this track up to here is settled, or has a row of its own.
    pub low: Seq,
    /// Settled out of order above `low`.
    pub done: Vec<Seq>,
}

/// Events that people want handed off again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// Its number.
    pub id: i64,
    /// Sink.
    pub sink: String,
    /// Everything after this,
    pub after: Seq,
    /// up to here,
    pub upto: Seq,
    /// that this filter takes (as stored) beside the sink's own,
    pub filter: String,
    /// of these order, case or tracking numbers or keys; empty for all.
    pub numbers: Vec<String>,
    /// Most events a second.
    pub per_second: Option<u32>,
    /// How far it has come.
    #[serde(skip)]
    pub place: Place,
}

/// What a page of the log holds.
#[derive(Clone, Debug, Default)]
pub struct LogPage {
    /// Events of the classes asked for.
    pub events: Vec<StoredEvent>,
    /// Everything up to here was looked at.
    pub upto: Seq,
}

/// Which classes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Classes {
    /// All.
    All,
    /// `n` and `t`.
    Live,
    /// `r`.
    Back,
}

/// How one history stands at one sink.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Its events, in order.
    pub events: Vec<StoredEvent>,
    /// Those of them that lie in the sink's parking lot.
    pub parked: Vec<Seq>,
    /// Those that were settled without having been handed off, because of a newer one.
    pub superseded: Vec<Seq>,
    /// The orders it belongs to: published key, and the history where it is known.
    pub orders: Vec<(String, Option<i64>)>,
}

/// Where a sink stands in the log.
#[derive(Clone, Debug, Default)]
pub struct SinkPlace {
    /// Which events it takes, as stored.
    pub filter: String,
    /// Everything live up to here is settled, or has a row of its own in `held`.
    pub low: Seq,
    /// Settled out of order above `low`.
    pub done: Vec<Seq>,
    /// How far the backfill has come.
    pub back: Place,
    /// What people want handed off again.
    pub replays: Vec<Replay>,
    /// Handoffs with a row of their own: waiting for their time or behind another of their key.
    pub held: Vec<HeldHandoff>,
}

impl SinkPlace {
    /// Whether an event of a class is settled or has a row of its own.
    pub fn settled(&self, seq: Seq, class: Class) -> bool {
        let (low, done) = match class {
            Class::Replay => (self.back.low, &self.back.done),
            Class::Normal | Class::Test => (self.low, &self.done),
        };
        seq <= low || done.binary_search(&seq).is_ok()
    }
}

/// A handoff that could not be delivered at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldHandoff {
    /// The event.
    pub seq: Seq,
    /// Key of its lane.
    pub key: String,
    /// Attempts so far; 0 when it only waits behind another of its key.
    pub attempts: u32,
    /// When it may be tried.
    pub next_at: Micros,
    /// When it was first tried.
    pub first_at: Micros,
    /// The reading it belongs to.
    pub track: Track,
    /// It may have arrived: an attempt was made whose end is not known.
    pub sent: bool,
}

/// What became of handoffs of one sink.
#[derive(Clone, Debug, Default)]
pub struct Settle {
    /// Sink.
    pub sink: Arc<str>,
    /// Everything live up to here is settled or held.
    pub low: Seq,
    /// Settled out of order above `low`.
    pub done: Vec<Seq>,
    /// How far the backfill has come; `None` when it stands where it stood.
    pub back: Option<Place>,
    /// How far replays have come.
    pub replays: Vec<(i64, Place)>,
    /// Replays that came to their end.
    pub finished: Vec<i64>,
    /// Events of replays that left the log: they are matched a second time.
    pub rematched: u64,
    /// Not handed off, because the receiver has or will get something newer.
    pub superseded: Vec<Seq>,
    /// Delivered by this step (also events that were held).
    pub delivered: Vec<Seq>,
    /// The receiver had them.
    pub already: Vec<Seq>,
    /// Held: added or changed.
    pub held: Vec<HeldHandoff>,
    /// Given up.
    pub parked: Vec<Parked>,
    /// Attempts worth remembering: every one that did not deliver at once.
    pub attempts: Vec<Attempt>,
    /// When.
    pub at: Micros,
}

/// A handoff that was given up.
#[derive(Clone, Debug)]
pub struct Parked {
    /// The event.
    pub seq: Seq,
    /// Key of its lane.
    pub key: String,
    /// Attempts made.
    pub attempts: u32,
    /// When it was first tried.
    pub first_at: Micros,
    /// From a closed set: `rejected`, `gave_up`, `uncertain`, `dependency`.
    pub reason: &'static str,
    /// The receiver's own words.
    pub detail: String,
}

/// One attempt to hand an event off.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// The event.
    pub seq: Seq,
    /// Attempt, from 1.
    pub attempt: u32,
    /// `delivered`, `already_there`, `superseded`, `retry`, `wait`, `uncertain`, `rejected`.
    pub outcome: &'static str,
    /// The receiver's own words.
    pub detail: String,
}
