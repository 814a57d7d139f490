//! Heads of lanes that may be tried, by the time from which. Live ones go before those that are tried again, however
//! many of them an outage has left behind, and those before the backfill.

use std::collections::BTreeSet;

use crate::backbone::{Micros, Seq};

/// How urgent an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// It has just happened.
    Live,
    /// It was tried before.
    Again,
    /// Backfill and replay, tried before or not.
    Back,
}

/// Heads of lanes and their times.
#[derive(Debug, Default)]
pub(super) struct Ready {
    live: BTreeSet<(Micros, Seq)>,
    again: BTreeSet<(Micros, Seq)>,
    back: BTreeSet<(Micros, Seq)>,
}

impl Ready {
    fn of(&mut self, rank: Rank) -> &mut BTreeSet<(Micros, Seq)> {
        match rank {
            Rank::Live => &mut self.live,
            Rank::Again => &mut self.again,
            Rank::Back => &mut self.back,
        }
    }

    /// From `at` on this event may be tried.
    pub(super) fn insert(&mut self, rank: Rank, at: Micros, seq: Seq) {
        self.of(rank).insert((at, seq));
    }

    /// It is no longer the head of its lane.
    pub(super) fn remove(&mut self, rank: Rank, at: Micros, seq: Seq) {
        self.of(rank).remove(&(at, seq));
    }

    /// Takes out those whose time has come: the most urgent first, of these the longest due.
    pub(super) fn take(&mut self, now: Micros, most: usize) -> Vec<Seq> {
        let mut due = Vec::new();
        for set in [&mut self.live, &mut self.again, &mut self.back] {
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
        [next(&self.live), next(&self.again), next(&self.back)].into_iter().flatten().min()
    }
}
