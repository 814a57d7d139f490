//! States that were used lately, and those that are folded but not yet committed.

use std::collections::HashMap;

use crate::backbone::HistoryKey;
use crate::history::State;

/// A state as the pipeline knows it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) version: i64,
    pub(super) state: State,
}

/// Two generations: when the young one is full it becomes the old one, and the old one is forgotten. That
/// bounds memory and keeps what is in use, without bookkeeping per access. The young generation is larger than
/// everything that can be folded ahead of its commit, so what is not yet committed is never forgotten.
pub(super) struct Cache {
    young: HashMap<HistoryKey, Option<Known>>,
    old: HashMap<HistoryKey, Option<Known>>,
    most: usize,
}

impl Cache {
    pub(super) fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), most }
    }

    pub(super) fn contains(&self, key: &HistoryKey) -> bool {
        self.young.contains_key(key) || self.old.contains_key(key)
    }

    /// What is known: `None` not looked up yet, `Some(None)` does not exist.
    pub(super) fn get(&mut self, key: &HistoryKey) -> Option<&Option<Known>> {
        if !self.young.contains_key(key)
            && let Some((key, known)) = self.old.remove_entry(key)
        {
            self.put(key, known);
        }
        self.young.get(key)
    }

    pub(super) fn put(&mut self, key: HistoryKey, known: Option<Known>) {
        self.old.remove(&key);
        self.young.insert(key, known);
    }

    /// Called between steps only: inside one, everything it uses must stay.
    pub(super) fn age(&mut self) {
        if self.young.len() > self.most {
            self.old = std::mem::take(&mut self.young);
        }
    }

    pub(super) fn forget(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}
