//! What stands in the log: the payload of each kind of record.
//!
//! These are written by one version of the hub and read by another: fields are only added, never renamed.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crossdock_connector::{Captured, Headers, IssueKind};
use crossdock_schemas::{Channel, Class, HistoryKind};
use serde::{Deserialize, Serialize};

use crate::backbone::embedded::kind_of;
use crate::backbone::*;

/// What stands before the body of a capture, on a line of its own.
#[derive(Serialize, Deserialize)]
pub(super) struct CaptureRecord {
    source: Arc<str>,
    topic: String,
    headers: Headers,
    origin: Option<String>,
    channel: String,
    class: String,
    received_at: Micros,
    traceparent: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<NudgeId>,
    /// How many records before this one hold the beginning of the body.
    #[serde(default)]
    pub(super) parts: usize,
}

impl CaptureRecord {
    pub(super) fn new(capture: &NewCapture, parts: usize) -> Self {
        Self {
            source: Arc::clone(&capture.source),
            topic: capture.captured.topic.clone(),
            headers: capture.captured.headers.clone(),
            origin: capture.captured.origin.clone(),
            channel: capture.channel.as_str().to_owned(),
            class: capture.class.as_str().to_owned(),
            received_at: capture.received_at,
            traceparent: capture.traceparent.clone(),
            answers: capture.answers.clone(),
            parts,
        }
    }

    pub(super) fn capture(self, body: bytes::Bytes) -> Result<NewCapture> {
        Ok(NewCapture {
            source: self.source,
            captured: Captured { topic: self.topic, headers: self.headers, body, origin: self.origin },
            channel: self.channel.parse::<Channel>().map_err(|_| unknown("channel", &self.channel))?,
            class: self.class.parse::<Class>().map_err(|_| unknown("class", &self.class))?,
            received_at: self.received_at,
            traceparent: self.traceparent,
            answers: self.answers,
        })
    }
}

/// A history in natural words.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeyRecord {
    kind: String,
    platform: Arc<str>,
    shop: Arc<str>,
    number: String,
}

impl KeyRecord {
    pub(super) fn new(key: &HistoryKey) -> Self {
        Self {
            kind: key.kind.as_str().to_owned(),
            platform: Arc::clone(&key.platform),
            shop: Arc::clone(&key.shop),
            number: key.number.clone(),
        }
    }

    pub(super) fn key(self) -> Result<HistoryKey> {
        let kind: HistoryKind = kind_of(&self.kind).ok_or_else(|| unknown("kind of history", &self.kind))?;
        Ok(HistoryKey { kind, platform: self.platform, shop: self.shop, number: self.number })
    }
}

/// Where the entity of a state stands.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SnapshotRecord {
    /// It did not change.
    Same,
    /// Here.
    Here(String),
    /// In this one of the state's events.
    Event(usize),
}

/// A history after a step.
#[derive(Serialize, Deserialize)]
pub(super) struct StateRecord {
    pub(super) key: KeyRecord,
    pub(super) published: String,
    pub(super) expected: i64,
    pub(super) aux: String,
    pub(super) revision: u64,
    pub(super) snapshot: SnapshotRecord,
    /// How many of the step's events are its own; they stand in the order of the states.
    pub(super) events: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<KeyRecord>,
}

/// What ends a step: everything about it that is neither a state nor an event.
#[derive(Serialize, Deserialize)]
pub(super) struct StepRecord {
    pub(super) from: Option<Seq>,
    pub(super) to: Seq,
    pub(super) at: Micros,
    /// How many states stand before it, so that a torn log is noticed.
    pub(super) states: usize,
    pub(super) marks: Vec<MarkRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) nudges: Vec<NudgeRecord>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) matched: BTreeMap<String, u64>,
}

/// What became of a capture.
#[derive(Serialize, Deserialize)]
pub(super) struct MarkRecord {
    seq: Seq,
    source: Arc<str>,
    verdicts: Vec<VerdictRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quarantine: Option<QuarantineReason>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    issues: Vec<IssueKind>,
    #[serde(default)]
    again: bool,
    #[serde(default)]
    partial: bool,
}

#[derive(Serialize, Deserialize)]
struct VerdictRecord {
    verdict: Word,
    #[serde(default, skip_serializing_if = "Word::is_empty")]
    reason: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    history: Option<KeyRecord>,
}

impl MarkRecord {
    pub(super) fn new(mark: &IntakeMark) -> Self {
        Self {
            seq: mark.seq,
            source: Arc::clone(&mark.source),
            verdicts: mark
                .verdicts
                .iter()
                .map(|observation| VerdictRecord {
                    verdict: Word(observation.verdict),
                    reason: Word(observation.reason),
                    history: observation.history.as_ref().map(KeyRecord::new),
                })
                .collect(),
            quarantine: mark.quarantine.clone(),
            issues: mark.issues.clone(),
            again: mark.again,
            partial: mark.partial,
        }
    }

    pub(super) fn mark(self) -> Result<IntakeMark> {
        let verdicts = self
            .verdicts
            .into_iter()
            .map(|record| {
                let history = record.history.map(KeyRecord::key).transpose()?;
                Ok(ObservationMark { verdict: record.verdict.0, reason: record.reason.0, history })
            })
            .collect::<Result<_>>()?;
        Ok(IntakeMark {
            seq: self.seq,
            source: self.source,
            verdicts,
            quarantine: self.quarantine,
            issues: self.issues,
            again: self.again,
            partial: self.partial,
        })
    }
}

/// A thing to fetch.
#[derive(Serialize, Deserialize)]
pub(super) struct NudgeRecord {
    source: Arc<str>,
    kind: String,
    object: String,
    capture: Option<Seq>,
}

impl NudgeRecord {
    pub(super) fn new(nudge: &NewNudge) -> Self {
        Self {
            source: Arc::clone(&nudge.source),
            kind: nudge.kind.clone(),
            object: nudge.object.clone(),
            capture: nudge.capture,
        }
    }

    pub(super) fn nudge(self) -> NewNudge {
        NewNudge { source: self.source, kind: self.kind, object: self.object, capture: self.capture }
    }
}

/// A word of ours. There are only a few of them, so each is kept once and for good.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Word(pub(super) &'static str);

impl Word {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        static WORDS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
        let text = String::deserialize(from)?;
        let mut guard = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        let words = guard.get_or_insert_default();
        if let Some(known) = words.get(text.as_str()) {
            return Ok(Self(known));
        }
        let kept: &'static str = Box::leak(text.into_boxed_str());
        words.insert(kept);
        Ok(Self(kept))
    }
}

pub(super) fn unknown(what: &str, word: &str) -> BackboneError {
    BackboneError::Broken(format!(
        "the log holds a {what} `{word}` that this version does not know: a newer one wrote it, use that"
    ))
}
