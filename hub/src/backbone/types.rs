//! What goes into a backbone and comes out of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::{Capture, Captured, IssueKind};
use crossdock_schemas::{Channel, Class, Event, EventType, HistoryKind};
use serde::{Deserialize, Serialize};

/// Place in a log.
pub type Seq = i64;

/// Microseconds since 1970, UTC.
pub type Micros = i64;

/// A capture to be stored.
#[derive(Clone, Debug)]
pub struct NewCapture {
    /// Id of the source in the configuration.
    pub source: Arc<str>,
    /// What it gave us.
    pub captured: Captured,
    /// How it came in.
    pub channel: Channel,
    /// Normal, or backfill: events it causes carry the same.
    pub class: Class,
    /// When.
    pub received_at: Micros,
    /// W3C trace context of the request.
    pub traceparent: Option<String>,
    /// The nudges this capture answers, settled in the same transaction.
    pub answers: Vec<NudgeId>,
}

/// A capture as stored.
#[derive(Clone, Debug)]
pub struct StoredCapture {
    /// Its place.
    pub seq: Seq,
    /// Id of the source.
    pub source: Arc<str>,
    /// What it gave us.
    pub capture: Capture,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// Normal, or backfill from files.
    pub class: Class,
}

/// The identity of a history in natural words; the published key is a hash of the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HistoryKey {
    /// Order, after-sale case, parcel, stock level.
    pub kind: HistoryKind,
    /// Platform slug, or carrier slug for parcels.
    pub platform: Arc<str>,
    /// Shop; empty for parcels.
    pub shop: Arc<str>,
    /// Order number, case number, tracking number (with its instance).
    pub number: String,
}

/// A history as stored.
#[derive(Clone, Debug)]
pub struct StoredState {
    /// Raised by each commit that touches it.
    pub version: i64,
    /// What fold remembers beside the snapshot.
    pub aux: String,
    /// The entity as it travels in events.
    pub snapshot: Option<String>,
    /// The published key (`o1-…`).
    pub key: String,
}

/// One all-or-nothing step of the pipeline.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// The intake place before this commit; a mismatch is a conflict. `None` for repairs outside the intake.
    pub from: Option<Seq>,
    /// The intake place after it.
    pub to: Seq,
    /// What became of each capture.
    pub marks: Vec<IntakeMark>,
    /// Histories that changed.
    pub states: Vec<StateWrite>,
    /// Things to fetch.
    pub nudges: Vec<NewNudge>,
    /// Events matched per sink.
    pub matched: BTreeMap<Arc<str>, u64>,
    /// When.
    pub at: Micros,
}

/// What became of one capture.
#[derive(Clone, Debug)]
pub struct IntakeMark {
    /// The capture.
    pub seq: Seq,
    /// Its source.
    pub source: Arc<str>,
    /// Verdicts of its observations with the history each went to; a capture without observations
    /// counts as one.
    pub verdicts: Vec<ObservationMark>,
    /// Why it is kept for repair.
    pub quarantine: Option<QuarantineReason>,
    /// What people should know, counted.
    pub issues: Vec<IssueKind>,
    /// True when a repair folds it again: its place in quarantine is taken out of the counts first.
    pub again: bool,
    /// True when more of this capture follows in the next commit, whose mark counts the capture itself.
    pub partial: bool,
}

/// What became of one observation.
#[derive(Clone, Debug)]
pub struct ObservationMark {
    /// `folded`, `duplicate`, `stale`, `ignored`, `fetching`.
    pub verdict: &'static str,
    /// From a closed set of words; empty when there is nothing to say.
    pub reason: &'static str,
    /// Index into [`Commit::states`], or the key of a history that did not change.
    pub history: Option<HistoryKey>,
}

/// Why a capture is in quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineReason {
    /// Error kind: `malformed`, `unsupported`, …
    pub kind: String,
    /// Path into the capture.
    pub path: Option<String>,
    /// For people.
    pub detail: String,
}

/// A history that changed.
#[derive(Clone, Debug)]
pub struct StateWrite {
    /// Which.
    pub key: HistoryKey,
    /// Its published key.
    pub published: String,
    /// The version it was loaded at; 0 when it did not exist.
    pub expected: i64,
    /// What fold remembers beside the snapshot.
    pub aux: String,
    /// The entity after the change; `None` when it did not change.
    pub snapshot: Option<Arc<str>>,
    /// Hub revision after the change.
    pub revision: u64,
    /// What happened.
    pub events: Vec<EventWrite>,
    /// Orders this parcel or case belongs to.
    pub links: Vec<HistoryKey>,
}

/// An event to be appended.
#[derive(Clone, Debug)]
pub struct EventWrite {
    /// Event id.
    pub id: String,
    /// Type.
    pub event_type: EventType,
    /// When it happened at the source, RFC 3339.
    pub time: String,
    /// Hub revision of the history.
    pub sequence: u64,
    /// Normal, replay, test.
    pub class: Class,
    /// Capture that caused it.
    pub capture: Seq,
    /// Identity of an order's lines.
    pub idem_key: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// The entity at that moment. Events that hold the same allocation share one stored copy.
    pub snapshot: Arc<str>,
    /// JSON members after the snapshot.
    pub extra: String,
}

/// An event as stored.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Its place.
    pub seq: Seq,
    /// The event.
    pub event: Arc<Event>,
    /// Source id whose capture caused it.
    pub source: Arc<str>,
    /// When it was committed.
    pub recorded_at: Micros,
    /// Its history, in the store's own words.
    pub history: i64,
    /// Order, case or tracking number.
    pub number: Arc<str>,
}

impl StoredEvent {
    /// CloudEvents structured JSON: written when it is asked for, because many readers of the log never do.
    pub fn json(&self) -> Bytes {
        Bytes::from(self.event.to_json())
    }
}

/// A thing to fetch because a capture said that it changed.
#[derive(Clone, Debug)]
pub struct NewNudge {
    /// Source to fetch it from.
    pub source: Arc<str>,
    /// What kind of thing.
    pub kind: String,
    /// Its id at the vendor.
    pub object: String,
    /// The capture that said so; stays pending until the fetch was captured. `None` for polls.
    pub capture: Option<Seq>,
}

/// A nudge's place.
pub type NudgeId = i64;

/// A fetch that is due: all nudges for one object together.
#[derive(Clone, Debug)]
pub struct Nudge {
    /// The nudges this fetch answers.
    pub ids: Vec<NudgeId>,
    /// Source.
    pub source: Arc<str>,
    /// What kind of thing.
    pub kind: String,
    /// Its id at the vendor.
    pub object: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When the first of them was made.
    pub first_at: Micros,
}

/// What became of a fetch that gave no capture.
#[derive(Clone, Debug)]
pub enum NudgeOutcome {
    /// Try again.
    Retry {
        /// Which.
        ids: Vec<NudgeId>,
        /// When.
        at: Micros,
        /// Why.
        error: String,
    },
    /// Given up: the captures that nudged go into quarantine.
    Failed {
        /// Which.
        ids: Vec<NudgeId>,
        /// Why.
        reason: QuarantineReason,
    },
}
