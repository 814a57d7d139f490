//! What the platform says, folded on what is stored without writing it: what would change is what differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossdock_connector::{Captured, ObjectId};
use crossdock_schemas::{Channel, Class};
use serde::Deserialize;

use crate::backbone::*;
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
            .enumerate()
            .map(|(at, captured)| StoredCapture {
                // It is not stored: its place is the one among those that are compared.
                seq: Seq::try_from(first + at).unwrap_or_default(),
                source: Arc::clone(&self.source),
                capture: captured.clone().received(now, Channel::Poll),
                traceparent: None,
                class: Class::Normal,
            })
            .collect();
        let mut looked = Looked::default();
        let mut fetch = Vec::new();
        // A commit of the store holds only so much; what is left over is tried with the next one.
        let mut rest = &captures[..];
        while !rest.is_empty() {
            // What is only tried must not be remembered as if it had happened.
            self.fold.forget();
            let step = self.fold.again(backbone, rest, now).await;
            self.fold.forget();
            let step = step?;
            rest = rest.get(step.captures..).unwrap_or_default();
            for commit in step.commits {
                looked.take(&commit);
                let nudged = commit.nudges.into_iter();
                fetch.extend(nudged.map(|nudge| ObjectId::new(nudge.kind, nudge.object)));
            }
        }
        Ok((looked, fetch))
    }
}

impl Looked {
    fn take(&mut self, commit: &Commit) {
        let changed: BTreeMap<&HistoryKey, &StateWrite> =
            commit.states.iter().map(|state| (&state.key, state)).collect();
        for mark in &commit.marks {
            let at = usize::try_from(mark.seq).unwrap_or_default();
            if let Some(reason) = &mark.quarantine {
                self.unreadable.push((at, reason.clone()));
            }
            for verdict in &mark.verdicts {
                let Some(key) = &verdict.history else { continue };
                self.seen.push(key.clone());
                match (verdict.verdict, changed.get(key)) {
                    ("folded", Some(state)) => {
                        self.differences.push(Difference { key: key.clone(), what: what(state), at });
                    }
                    ("stale", _) => self.newer += 1,
                    _ => self.same += 1,
                }
            }
        }
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
