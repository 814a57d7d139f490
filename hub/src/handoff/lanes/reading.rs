//! One reading of the log: what was offered from it, what of that is still open, what was settled out of order.

use std::collections::BTreeSet;

use crate::backbone::{Place, Seq};

/// Most events settled out of order above one that is open.
pub(super) const MOST_DONE: usize = 1024;

/// One reading of the log.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Everything up to here was offered.
    pub(super) offered: Seq,
    /// Offered, not settled, without a row of their own.
    pub(super) open: BTreeSet<Seq>,
    /// Settled, or given a row, above the lowest open one.
    done: BTreeSet<Seq>,
    /// Those with a row of their own.
    pub(super) held: usize,
    /// Its place has changed since it was last written.
    pub(super) dirty: bool,
}

impl Reading {
    pub(super) fn new(place: Place) -> Self {
        Self { offered: place.low, done: place.done.into_iter().collect(), ..Self::default() }
    }

    /// Settled or given a row, also before a restart.
    pub(super) fn has_done(&self, seq: Seq) -> bool {
        self.done.contains(&seq)
    }

    /// Settled: it need not be offered again.
    pub(super) fn is_past(&self, seq: Seq) -> bool {
        self.done.contains(&seq) || (seq <= self.offered && !self.open.contains(&seq))
    }

    /// It is settled, or has a row of its own.
    pub(super) fn close(&mut self, seq: Seq) {
        self.dirty = true;
        self.open.remove(&seq);
        self.done.insert(seq);
    }

    /// The log was read up to here.
    pub(super) fn pass(&mut self, seq: Seq) {
        self.dirty |= seq > self.offered && self.open.is_empty();
        self.offered = self.offered.max(seq);
    }

    /// The first open one, when so many above it are settled that it should get a row of its own.
    pub(super) fn blocker(&self) -> Option<Seq> {
        let first = *self.open.first()?;
        self.done.range(first..).nth(MOST_DONE).map(|_| first)
    }

    #[cfg(test)]
    pub(super) fn most(&self) -> usize {
        self.done.len()
    }

    /// Where it stands, to be written.
    pub(super) fn place(&mut self) -> Place {
        self.dirty = false;
        // One that was offered ahead of its turn does not lift the place.
        let low = self.open.first().map_or(self.offered, |first| (first - 1).min(self.offered));
        self.done = self.done.split_off(&(low + 1));
        Place { low, done: self.done.iter().copied().collect() }
    }
}
