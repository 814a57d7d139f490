//! The payloads of what sinks, fetches, polls and people order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::record::Word;
use crate::backbone::*;

/// Opens a sink's place.
#[derive(Serialize, Deserialize)]
pub(super) struct OpenRecord {
    pub(super) sink: String,
    pub(super) filter: String,
}

/// Moves a named cursor.
#[derive(Serialize, Deserialize)]
pub(super) struct CursorRecord {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Serialize, Deserialize)]
struct PlaceRecord {
    low: Seq,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    done: Vec<Seq>,
}

impl PlaceRecord {
    fn new(place: &Place) -> Self {
        Self { low: place.low, done: place.done.clone() }
    }

    fn place(self) -> Place {
        Place { low: self.low, done: self.done }
    }
}

#[derive(Serialize, Deserialize)]
struct HeldRecord {
    seq: Seq,
    key: String,
    attempts: u32,
    next_at: Micros,
    first_at: Micros,
    track: i64,
    sent: bool,
}

#[derive(Serialize, Deserialize)]
struct ParkedRecord {
    seq: Seq,
    key: String,
    attempts: u32,
    first_at: Micros,
    reason: Word,
    detail: String,
}

#[derive(Serialize, Deserialize)]
struct AttemptRecord {
    seq: Seq,
    attempt: u32,
    outcome: Word,
    detail: String,
}

/// What became of handoffs.
#[derive(Serialize, Deserialize)]
pub(super) struct SettleRecord {
    sink: Arc<str>,
    live: PlaceRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back: Option<PlaceRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    replays: Vec<(i64, PlaceRecord)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    finished: Vec<i64>,
    #[serde(default)]
    rematched: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    superseded: Vec<Seq>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    delivered: Vec<Seq>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    already: Vec<Seq>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    held: Vec<HeldRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parked: Vec<ParkedRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<AttemptRecord>,
    at: Micros,
}

impl SettleRecord {
    pub(super) fn new(settle: &Settle) -> Self {
        let held = |held: &HeldHandoff| HeldRecord {
            seq: held.seq,
            key: held.key.clone(),
            attempts: held.attempts,
            next_at: held.next_at,
            first_at: held.first_at,
            track: held.track.code(),
            sent: held.sent,
        };
        let parked = |parked: &Parked| ParkedRecord {
            seq: parked.seq,
            key: parked.key.clone(),
            attempts: parked.attempts,
            first_at: parked.first_at,
            reason: Word(parked.reason),
            detail: parked.detail.clone(),
        };
        let attempt = |attempt: &Attempt| AttemptRecord {
            seq: attempt.seq,
            attempt: attempt.attempt,
            outcome: Word(attempt.outcome),
            detail: attempt.detail.clone(),
        };
        Self {
            sink: Arc::clone(&settle.sink),
            live: PlaceRecord { low: settle.low, done: settle.done.clone() },
            back: settle.back.as_ref().map(PlaceRecord::new),
            replays: settle.replays.iter().map(|(id, place)| (*id, PlaceRecord::new(place))).collect(),
            finished: settle.finished.clone(),
            rematched: settle.rematched,
            superseded: settle.superseded.clone(),
            delivered: settle.delivered.clone(),
            already: settle.already.clone(),
            held: settle.held.iter().map(held).collect(),
            parked: settle.parked.iter().map(parked).collect(),
            attempts: settle.attempts.iter().map(attempt).collect(),
            at: settle.at,
        }
    }

    pub(super) fn settle(self) -> Settle {
        let held = |held: HeldRecord| HeldHandoff {
            seq: held.seq,
            key: held.key,
            attempts: held.attempts,
            next_at: held.next_at,
            first_at: held.first_at,
            track: Track::from_code(held.track),
            sent: held.sent,
        };
        let parked = |parked: ParkedRecord| Parked {
            seq: parked.seq,
            key: parked.key,
            attempts: parked.attempts,
            first_at: parked.first_at,
            reason: parked.reason.0,
            detail: parked.detail,
        };
        let attempt = |attempt: AttemptRecord| Attempt {
            seq: attempt.seq,
            attempt: attempt.attempt,
            outcome: attempt.outcome.0,
            detail: attempt.detail,
        };
        Settle {
            sink: self.sink,
            low: self.live.low,
            done: self.live.done,
            back: self.back.map(PlaceRecord::place),
            replays: self.replays.into_iter().map(|(id, place)| (id, place.place())).collect(),
            finished: self.finished,
            rematched: self.rematched,
            superseded: self.superseded,
            delivered: self.delivered,
            already: self.already,
            held: self.held.into_iter().map(held).collect(),
            parked: self.parked.into_iter().map(parked).collect(),
            attempts: self.attempts.into_iter().map(attempt).collect(),
            at: self.at,
        }
    }
}

/// What became of fetches that gave no capture.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FetchRecord {
    /// Tried again.
    Retry { ids: Vec<NudgeId>, at: Micros, error: String },
    /// Given up.
    Failed { ids: Vec<NudgeId>, reason: QuarantineReason },
}

impl FetchRecord {
    pub(super) fn new(outcome: &NudgeOutcome) -> Self {
        match outcome.clone() {
            NudgeOutcome::Retry { ids, at, error } => Self::Retry { ids, at, error },
            NudgeOutcome::Failed { ids, reason } => Self::Failed { ids, reason },
        }
    }

    pub(super) fn outcome(self) -> NudgeOutcome {
        match self {
            Self::Retry { ids, at, error } => NudgeOutcome::Retry { ids, at, error },
            Self::Failed { ids, reason } => NudgeOutcome::Failed { ids, reason },
        }
    }
}

/// What people ordered.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RepairRecord {
    /// Out of quarantine for good.
    DropQuarantine(Vec<Seq>),
    /// Handed off again.
    RetryParked { items: Vec<(String, Seq)>, at: Micros },
    /// Out of the parking lot for good.
    DropParked { items: Vec<(String, Seq)>, at: Micros },
    /// A replay begins.
    Replay {
        sink: String,
        after: Seq,
        upto: Seq,
        filter: String,
        numbers: Vec<String>,
        per_second: Option<u32>,
    },
    /// A replay ends.
    StopReplay(i64),
    /// Bodies of old captures go.
    Retire { before: Micros, limit: usize },
}

impl RepairRecord {
    pub(super) fn new(repair: &Repair) -> Self {
        match repair.clone() {
            Repair::DropQuarantine(seqs) => Self::DropQuarantine(seqs),
            Repair::RetryParked { items, at } => Self::RetryParked { items, at },
            Repair::DropParked { items, at } => Self::DropParked { items, at },
            Repair::Replay(replay) => Self::Replay {
                sink: replay.sink,
                after: replay.after,
                upto: replay.upto,
                filter: replay.filter,
                numbers: replay.numbers,
                per_second: replay.per_second,
            },
            Repair::StopReplay(id) => Self::StopReplay(id),
            Repair::Retire { before, limit } => Self::Retire { before, limit },
        }
    }

    pub(super) fn repair(self) -> Repair {
        match self {
            Self::DropQuarantine(seqs) => Repair::DropQuarantine(seqs),
            Self::RetryParked { items, at } => Repair::RetryParked { items, at },
            Self::DropParked { items, at } => Repair::DropParked { items, at },
            Self::Replay { sink, after, upto, filter, numbers, per_second } => Repair::Replay(Replay {
                id: 0,
                sink,
                after,
                upto,
                filter,
                numbers,
                per_second,
                place: Place::default(),
            }),
            Self::StopReplay(id) => Repair::StopReplay(id),
            Self::Retire { before, limit } => Repair::Retire { before, limit },
        }
    }
}
