//! How far behind everything is, without looking at everything: for a picture that is renewed all the time.

use serde::{Deserialize, Serialize};

use super::{Micros, Seq};

/// How far behind everything is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    /// Highest capture.
    pub captures: Seq,
    /// Highest capture that is folded.
    pub folded: Seq,
    /// Highest event.
    pub events: Seq,
    /// Per source, in the order of their names.
    pub sources: Vec<SourceBacklog>,
    /// Per sink, in the order of their names.
    pub sinks: Vec<SinkBacklog>,
}

/// One source, in observations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceBacklog {
    /// Source.
    pub source: String,
    /// Captured so far.
    pub captured: u64,
    /// Told something new so far.
    pub folded: u64,
    /// Told nothing new so far: duplicate, stale or ignored.
    pub known: u64,
    /// In quarantine.
    pub quarantined: u64,
    /// Not yet folded, or waiting for a fetch: what the other counts leave over.
    pub pending: u64,
    /// When the oldest of these was received. With a long backlog it is at least as old as this.
    pub oldest: Option<Micros>,
}

/// One sink, in events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkBacklog {
    /// Sink.
    pub sink: String,
    /// Taken by the receiver so far, or there already.
    pub delivered: u64,
    /// Not yet.
    pub pending: u64,
    /// Those of them that have a row of their own: they wait for their time, or behind one that does.
    pub held: u64,
    /// In its parking lot.
    pub parked: u64,
    /// When the oldest of the pending ones was recorded.
    pub oldest: Option<Micros>,
    /// Replays under way.
    pub replays: u64,
}
