//! What a step gathers: histories that changed, their events, what became of captures. When there is more than one
//! commit of the backbone can hold, it becomes several, one behind the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cache::Cache;
use crate::backbone::*;

/// Room that is left in a commit for what one more observation may add.
const ROOM: usize = 64;

/// A history that this step changed.
pub(super) struct Changed {
    pub(super) expected: i64,
    pub(super) published: String,
    pub(super) snapshot: Option<Arc<str>>,
    pub(super) events: Vec<EventWrite>,
    pub(super) links: Vec<HistoryKey>,
}

/// What a step has gathered so far.
pub(super) struct Work {
    /// Being filled.
    pub(super) commit: Commit,
    pub(super) changed: BTreeMap<HistoryKey, Changed>,
    pub(super) order: Vec<HistoryKey>,
    /// Complete, to be committed before.
    before: Vec<Commit>,
    limit: usize,
}

impl Work {
    pub(super) fn new(from: Option<Seq>, at: Micros, limit: usize) -> Self {
        Self {
            commit: Commit { from, to: from.unwrap_or_default(), at, ..Commit::default() },
            changed: BTreeMap::new(),
            order: Vec::new(),
            before: Vec::new(),
            limit,
        }
    }

    /// The entry of a history that changes.
    pub(super) fn entry(
        &mut self,
        key: &HistoryKey,
        expected: i64,
        published: impl FnOnce() -> String,
    ) -> &mut Changed {
        let order = &mut self.order;
        self.changed.entry(key.clone()).or_insert_with(|| {
            order.push(key.clone());
            Changed {
                expected,
                published: published(),
                snapshot: None,
                events: Vec::new(),
                links: Vec::new(),
            }
        })
    }

    /// Whether so many more observations fit in.
    pub(super) fn has_room(&self, observations: usize) -> bool {
        if self.limit == usize::MAX {
            return true;
        }
        let gathered: usize = self.changed.values().map(|changed| 1 + changed.events.len()).sum();
        // An observation seldom gives more than its own state, two events and the state of an order it belongs to.
        gathered.saturating_add(observations.saturating_mul(4)).saturating_add(ROOM) < self.limit
    }

    /// A capture is done with.
    pub(super) fn done(&mut self, mark: IntakeMark) {
        if self.commit.from.is_some() {
            self.commit.to = mark.seq;
        }
        self.commit.marks.push(mark);
    }

    /// Ends a commit in the middle of a capture: what it said so far counts, the rest follows.
    pub(super) fn cut(&mut self, cache: &mut Cache, mark: &mut IntakeMark) {
        let verdicts = std::mem::take(&mut mark.verdicts);
        let part = IntakeMark {
            verdicts,
            quarantine: None,
            issues: Vec::new(),
            again: false,
            partial: true,
            source: Arc::clone(&mark.source),
            ..*mark
        };
        self.commit.marks.push(part);
        let next = Commit {
            from: self.commit.from.map(|_| self.commit.to),
            to: self.commit.to,
            at: self.commit.at,
            ..Commit::default()
        };
        self.gather(cache);
        self.before.push(std::mem::replace(&mut self.commit, next));
    }

    /// The histories that changed, in the order in which they did.
    fn gather(&mut self, cache: &mut Cache) {
        for key in std::mem::take(&mut self.order) {
            let Some(changed) = self.changed.remove(&key) else { continue };
            let Some(Some(known)) = cache.get(&key) else { continue };
            self.commit.states.push(StateWrite {
                published: changed.published,
                expected: changed.expected,
                aux: known.state.aux(),
                snapshot: changed.snapshot,
                revision: known.state.revision(),
                events: changed.events,
                links: changed.links,
                key,
            });
        }
    }

    /// Everything, to be committed in this order.
    pub(super) fn end(mut self, cache: &mut Cache) -> Vec<Commit> {
        self.gather(cache);
        self.before.push(self.commit);
        self.before
    }
}
