//! What people ask of a backbone and order it to do, and what it says.

use std::collections::BTreeMap;

use crossdock_schemas::HistoryKind;
use serde::Serialize;

use super::{
    Backlog, HistoryKey, Micros, ParkedFilter, QuarantineFilter, QuarantineReason, Replay, Seq, SinkPlace,
    StoredEvent, StoredState,
};

/// What people ask.
#[derive(Clone, Debug)]
pub enum Question {
    /// The counts of promise 1.
    Ledger,
    /// Everything known about one history and those linked to it.
    Timeline(HistoryKey),
    /// Histories whose number is this, in any shop of these platforms; for looking up by number alone.
    Find {
        /// Kind of history.
        kind: HistoryKind,
        /// Platform or carrier; empty for any.
        platform: String,
        /// Shop; empty for any.
        shop: String,
        /// Number.
        number: String,
    },
    /// Captures in quarantine, in their order.
    Quarantine {
        /// Which.
        which: QuarantineFilter,
        /// Behind this one.
        after: Seq,
        /// At most.
        limit: usize,
    },
    /// Handoffs that were given up, sink by sink and in the order of the log.
    Parked {
        /// Which.
        which: ParkedFilter,
        /// Behind this sink's handoff of this event.
        after: Option<(String, Seq)>,
        /// At most.
        limit: usize,
    },
    /// Current states of one kind after a place, for export.
    States {
        /// Kind.
        kind: HistoryKind,
        /// After this history.
        after: i64,
        /// At most.
        limit: usize,
    },
    /// Histories of one kind that captures of a source spoke about and that changed here since a time.
    Told {
        /// Source.
        source: String,
        /// Kind.
        kind: HistoryKind,
        /// Since.
        since: Micros,
        /// After this history.
        after: i64,
        /// At most.
        limit: usize,
    },
    /// Parcels of a carrier that changed here since a time, in the order of their numbers; answered as [`Answer::Told`].
    Parcels {
        /// Our word for the carrier.
        carrier: String,
        /// Since.
        since: Micros,
        /// After this number.
        after: String,
        /// At most.
        limit: usize,
    },
    /// Orders of a parcel or case, parcels and cases of an order; answered as [`Answer::Found`].
    Linked(HistoryKey),
    /// The events of a history, and what became of them where that is not simply delivered.
    Handoffs(HistoryKey),
    /// Where a sink stands; it was opened before or is not there.
    SinkPlace(String),
    /// How far behind everything is.
    Backlog,
    /// Open fetches per source, for people.
    Nudges,
    /// Replays that have not come to their end.
    Replays,
    /// The place of the last event recorded before this time.
    PlaceAt(Micros),
}

/// What the backbone says.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Counts.
    Ledger(LedgerCounts),
    /// A timeline; `None` when the history is not known.
    Timeline(Option<Box<Timeline>>),
    /// Keys found.
    Found(Vec<HistoryKey>),
    /// Captures in quarantine.
    Quarantine(Vec<QuarantineRow>),
    /// Handoffs given up.
    Parked(Vec<ParkedRow>),
    /// States with the place of the last one.
    States(Vec<(i64, StoredState)>),
    /// Histories with their keys and snapshots.
    Told(Vec<Told>),
    /// Events with what became of them.
    Handoffs(Vec<StoredEvent>, Vec<TimelineHandoff>),
    /// Where a sink stands; `None` when it was never opened.
    SinkPlace(Option<Box<SinkPlace>>),
    /// How far behind everything is.
    Backlog(Backlog),
    /// Open fetches: source, how many, the last error.
    Nudges(Vec<(String, u64, Option<String>)>),
    /// Replays under way.
    Replays(Vec<Replay>),
    /// A place in the log of events.
    Place(Seq),
}

/// The counts of promise 1, each side counted on its own.
#[derive(Clone, Debug, Default)]
pub struct LedgerCounts {
    /// Per source.
    pub sources: BTreeMap<String, SourceCounts>,
    /// Per sink.
    pub sinks: BTreeMap<String, SinkCounts>,
}

/// Counts of one source, in observations.
#[derive(Clone, Debug, Default)]
pub struct SourceCounts {
    /// Captures stored, plus what they held beyond one observation each.
    pub captured: u64,
    /// Verdict and reason to count.
    pub verdicts: BTreeMap<(String, String), u64>,
    /// In quarantine, by kind of error.
    pub quarantined: BTreeMap<String, u64>,
    /// Dropped from quarantine by people.
    pub dropped: u64,
    /// Not yet folded, or waiting for a fetch.
    pub pending: u64,
    /// Issues by kind.
    pub issues: BTreeMap<String, u64>,
}

/// Counts of one sink, in events.
#[derive(Clone, Debug, Default)]
pub struct SinkCounts {
    /// Events that its filter took, counted when they were committed.
    pub matched: u64,
    /// Taken by the receiver.
    pub delivered: u64,
    /// The receiver had them already.
    pub already_there: u64,
    /// In its parking lot.
    pub parked: u64,
    /// Dropped from the parking lot by people.
    pub dropped: u64,
    /// Not handed off, because the receiver has something newer.
    pub superseded: u64,
    /// Held, waiting for their time.
    pub held: u64,
}

/// A capture in quarantine.
#[derive(Clone, Debug, Serialize)]
pub struct QuarantineRow {
    /// Capture.
    pub capture: Seq,
    /// Source.
    pub source: String,
    /// Topic.
    pub topic: String,
    /// Where it stood.
    pub origin: Option<String>,
    /// Why.
    #[serde(flatten)]
    pub reason: QuarantineReason,
    /// Since when.
    pub at: Micros,
    /// Bytes.
    pub size: i64,
}

/// A handoff that was given up.
#[derive(Clone, Debug, Serialize)]
pub struct ParkedRow {
    /// Sink.
    pub sink: String,
    /// Event's place.
    pub seq: Seq,
    /// Event type.
    pub event_type: String,
    /// Platform or carrier.
    pub platform: String,
    /// Shop.
    pub shop: String,
    /// Order, case or tracking number.
    pub number: String,
    /// Attempts made.
    pub attempts: u32,
    /// Why: `rejected`, `gave_up`, `uncertain`, `dependency`.
    pub reason: String,
    /// The receiver's own words.
    pub detail: String,
    /// Since when.
    pub at: Micros,
}

/// A history that a source spoke about.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its place among all histories.
    pub place: i64,
    /// Which.
    pub key: HistoryKey,
    /// The entity as it travels in events.
    pub snapshot: Option<String>,
}

/// Everything known about one history.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The history.
    pub key: HistoryKey,
    /// Published key.
    pub published: String,
    /// Its state now.
    pub state: StoredState,
    /// Captures that touched it, with verdicts.
    pub captures: Vec<TimelineCapture>,
    /// Its events.
    pub events: Vec<StoredEvent>,
    /// What became of them: sink, event, state, attempts, the receiver's words.
    pub handoffs: Vec<TimelineHandoff>,
    /// Each sink's place, to tell what is pending.
    pub sinks: Vec<(String, SinkPlace)>,
    /// Histories linked to it.
    pub linked: Vec<HistoryKey>,
}

/// A capture in a timeline.
#[derive(Clone, Debug)]
pub struct TimelineCapture {
    /// Place.
    pub seq: Seq,
    /// Source.
    pub source: String,
    /// Topic.
    pub topic: String,
    /// Channel.
    pub channel: String,
    /// Where it stood.
    pub origin: Option<String>,
    /// When it was received.
    pub received_at: Micros,
    /// What became of it for this history.
    pub verdict: String,
    /// Bytes; 0 when retention removed it.
    pub size: i64,
}

/// A handoff that did not go through at the first attempt.
#[derive(Clone, Debug)]
pub struct TimelineHandoff {
    /// Sink.
    pub sink: String,
    /// Event's place.
    pub seq: Seq,
    /// When.
    pub at: Micros,
    /// Attempt.
    pub attempt: u32,
    /// Outcome, `retried` and `dropped` where people stepped in, or `parked` and `held` for how it stands.
    pub outcome: String,
    /// The receiver's words.
    pub detail: String,
}

/// What people order.
#[derive(Clone, Debug)]
pub enum Repair {
    /// Puts captures out of quarantine back into the intake: the caller folds them again with a commit
    /// whose marks say `again`. Here only dropping.
    DropQuarantine(Vec<Seq>),
    /// Hands parked events off again.
    RetryParked {
        /// Sink and event places.
        items: Vec<(String, Seq)>,
        /// Now.
        at: Micros,
    },
    /// Hands events off again, as class `r` and at a pace of their own. The number in it is ignored; the answer is the
    /// number it got.
    Replay(Replay),
    /// Ends a replay where it stands.
    StopReplay(i64),
    /// Drops parked events for good.
    DropParked {
        /// Sink and event places.
        items: Vec<(String, Seq)>,
        /// Now.
        at: Micros,
    },
    /// Removes bodies of captures older than this that are folded and not in quarantine, at most so many.
    Retire {
        /// Older than.
        before: Micros,
        /// At most.
        limit: usize,
    },
}
