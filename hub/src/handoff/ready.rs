//! Heads of lanes that may be tried, by the time from which. Live ones go before those that are tried again, however
//! many of them an outage has left behind.

use std::collections::BTreeSet;

use crate::backbone::{Micros, Seq};

/// Heads of lanes and their times.
#[derive(Debug, Default)]
pub(super) struct Ready {
    live: BTreeSet<(Micros, Seq)>,
    again: BTreeSet<(Micros, Seq)>,
}

impl Ready {
    fn of(&mut self, attempts: u32) -> &mut BTreeSet<(Micros, Seq)> {
        if attempts == 0 { &mut self.live } else { &mut self.again }
    }

    /// From `at` on this event may be tried; it was tried `attempts` times.
    pub(super) fn insert(&mut self, attempts: u32, at: Micros, seq: Seq) {
        self.of(attempts).insert((at, seq));
    }

    /// It is no longer the head of its lane.
    pub(super) fn remove(&mut self, attempts: u32, at: Micros, seq: Seq) {
        self.of(attempts).remove(&(at, seq));
    }

    /// Takes out those whose time has come: live ones first, the longest due first.
    pub(super) fn take(&mut self, now: Micros, most: usize) -> Vec<Seq> {
        let mut due = Vec::new();
        for set in [&mut self.live, &mut self.again] {
            while due.len() < most
                && let Some((at, _)) = set.first()
                && *at <= now
            {
                due.extend(set.pop_first().map(|(_, seq)| seq));
            }
        }
        due
    }

    /// The next time after `now` at which something more is ready.
    pub(super) fn next_after(&self, now: Micros) -> Option<Micros> {
        let next = |set: &BTreeSet<(Micros, Seq)>| {
            set.range((now.saturating_add(1), Seq::MIN)..).next().map(|(at, _)| *at)
        };
        [next(&self.live), next(&self.again)].into_iter().flatten().min()
    }
}
