//! What the platform says, folded on what is stored without writing it: what would change is what differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossdock_connector::{Capture, Captured, ObjectId};
use crossdock_schemas::{Channel, Class};
use serde::Deserialize;

use crate::backbone::{Backbone, BackboneError, HistoryKey, QuarantineReason, StateWrite, StoredCapture};
use crate::clock;
use crate::pipeline::Fold;

/// How one history differs from what the platform says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub key: HistoryKey,
    /// How.
    pub what: What,
    /// The capture that says so, by its place.
    pub at: usize,
}

/// How something differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is not known here.
    Missing,
    /// These fields are others here.
    Different(Vec<String>),
}

/// How captures compare with what is stored.
#[derive(Debug, Default)]
pub struct Looked {
    /// Histories that they spoke about.
    pub seen: Vec<HistoryKey>,
    /// Those that are the same here.
    pub same: u64,
    /// Those of which something newer is known here.
    pub newer: u64,
    /// Those that differ.
    pub differences: Vec<Difference>,
    /// Captures that cannot be read, by their places.
    pub unreadable: Vec<(usize, QuarantineReason)>,
}

impl Looked {
    pub(super) fn add(&mut self, other: Self) {
        self.seen.extend(other.seen);
        self.same += other.same;
        self.newer += other.newer;
        self.differences.extend(other.differences);
        self.unreadable.extend(other.unreadable);
    }
}

/// Looks at captures.
pub(super) struct Look {
    source: Arc<str>,
    fold: Fold,
}

/// What an event says about what changed.
#[derive(Default, Deserialize)]
struct Told {
    #[serde(default)]
    changed: Vec<String>,
}

impl Look {
    pub(super) fn new(source: Arc<str>, fold: Fold) -> Self {
        Self { source, fold }
    }

    /// Compares captures; also gives what would have to be fetched before more can be said. Places count from `first`.
    pub(super) async fn at(
        &mut self,
        backbone: &dyn Backbone,
        captured: &[Captured],
        first: usize,
    ) -> Result<(Looked, Vec<ObjectId>), BackboneError> {
        let now = clock::now();
        let captures: Vec<StoredCapture> = captured
            .iter()
            .map(|captured| StoredCapture {
                // It is not stored, so it has no place of its own.
                seq: 0,
                source: Arc::clone(&self.source),
                capture: Capture {
                    topic: captured.topic.clone(),
                    headers: captured.headers.clone(),
                    body: captured.body.clone(),
                    origin: captured.origin.clone(),
                    received_at: now,
                    channel: Channel::Poll,
                },
                traceparent: None,
                class: Class::Normal,
            })
            .collect();
        // What is only tried must not be remembered as if it had happened.
        self.fold.forget();
        let step = self.fold.again(backbone, &captures, now).await;
        self.fold.forget();
        let commit = step?.commit;
        let changed: BTreeMap<&HistoryKey, &StateWrite> =
            commit.states.iter().map(|state| (&state.key, state)).collect();
        let mut looked = Looked::default();
        for (at, mark) in commit.marks.iter().enumerate() {
            let at = first + at;
            if let Some(reason) = &mark.quarantine {
                looked.unreadable.push((at, reason.clone()));
            }
            for verdict in &mark.verdicts {
                let Some(key) = &verdict.history else { continue };
                looked.seen.push(key.clone());
                match (verdict.verdict, changed.get(key)) {
                    ("folded", Some(state)) => {
                        looked.differences.push(Difference { key: key.clone(), what: what(state), at });
                    }
                    ("stale", _) => looked.newer += 1,
                    _ => looked.same += 1,
                }
            }
        }
        let fetch = commit.nudges.into_iter().map(|nudge| ObjectId::new(nudge.kind, nudge.object)).collect();
        Ok((looked, fetch))
    }
}

fn what(state: &StateWrite) -> What {
    if state.expected == 0 {
        return What::Missing;
    }
    let mut paths: Vec<String> = Vec::new();
    for event in &state.events {
        // The members behind the snapshot begin with a comma.
        let members = event.extra.strip_prefix(',').unwrap_or(&event.extra);
        let told: Told = serde_json::from_str(&format!("{{{members}}}")).unwrap_or_default();
        paths.extend(told.changed);
    }
    paths.sort();
    paths.dedup();
    What::Different(paths)
}
