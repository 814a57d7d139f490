//! One lane per key: order inside a key, independence between keys. Pure; simulated in tests.
//!
//! Events are offered in the order of the log. Of each lane only the first may be under way. An event that has to
//! wait is *held*: it gets a row of its own in the store, with everything behind it in its lane, so that the place
//! in the log can move on and a restart knows what waits for what.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::ready::Ready;
use super::schedule::{Breaker, Schedule, mix};
use crate::backbone::{Attempt, HeldHandoff, Micros, Parked, Seq, Settle, SinkPlace};

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// The receiver has it.
    Delivered,
    /// The receiver had it.
    AlreadyThere,
    /// Not now; the receiver's wish in microseconds, its words, and whether it concerns the sink as a whole.
    Retry(Option<Micros>, String, bool),
    /// It may have arrived and must not be sent twice.
    Uncertain(String),
    /// Refused.
    Rejected(String),
}

/// Most events settled out of order above one that is open.
const MOST_DONE: usize = 1024;

#[derive(Clone, Debug)]
struct Waiting {
    key: String,
    attempts: u32,
    next_at: Micros,
    first_at: Micros,
    held: bool,
    under_way: bool,
}

/// The lanes of one sink.
pub struct Lanes {
    schedule: Schedule,
    breaker: Breaker,
    seed: u64,
    /// Everything up to here was offered.
    offered: Seq,
    /// Offered, not settled, not held.
    open: BTreeSet<Seq>,
    waiting: BTreeMap<Seq, Waiting>,
    lanes: HashMap<String, VecDeque<Seq>>,
    ready: Ready,
    under_way: usize,
    held: usize,
    /// Settled above the lowest open one.
    done: BTreeSet<Seq>,
    pending: Settle,
    dirty: bool,
}

impl Lanes {
    /// Lanes that go on where a sink stood.
    pub fn new(schedule: Schedule, place: SinkPlace, seed: u64) -> Self {
        let mut lanes = Self {
            schedule,
            breaker: Breaker::default(),
            seed,
            offered: place.low,
            open: BTreeSet::new(),
            waiting: BTreeMap::new(),
            lanes: HashMap::new(),
            ready: Ready::default(),
            under_way: 0,
            held: 0,
            done: place.done.into_iter().collect(),
            pending: Settle::default(),
            dirty: false,
        };
        lanes.restore(place.held);
        lanes
    }

    /// Takes in held events: at start, and those that people want tried again. Known ones are left alone.
    pub fn restore(&mut self, held: Vec<HeldHandoff>) {
        for row in held {
            if self.waiting.contains_key(&row.seq) {
                continue;
            }
            let lane = self.lanes.entry(row.key.clone()).or_default();
            let at = lane.partition_point(|seq| *seq < row.seq);
            // Never before one that is under way.
            let at = match lane.front().and_then(|front| self.waiting.get(front)) {
                Some(front) if front.under_way => at.max(1),
                _ => at,
            };
            if at == 0
                && let Some(front) = lane.front()
                && let Some(head) = self.waiting.get(front)
            {
                self.ready.remove(head.attempts, head.next_at, *front);
            }
            lane.insert(at, row.seq);
            if at == 0 {
                self.ready.insert(row.attempts, row.next_at, row.seq);
            }
            self.held += 1;
            let waiting = Waiting {
                key: row.key,
                attempts: row.attempts,
                next_at: row.next_at,
                first_at: row.first_at,
                held: true,
                under_way: false,
            };
            self.waiting.insert(row.seq, waiting);
        }
    }

    /// Everything up to here was offered.
    pub fn offered(&self) -> Seq {
        self.offered
    }

    /// How many more events may be offered: bounds memory, whatever the receiver does.
    pub fn room(&self, most: usize, most_held: usize) -> usize {
        if self.held >= most_held { 0 } else { most.saturating_sub(self.open.len()) }
    }

    /// Whether this event was settled before (out of order, before a restart) or is held.
    pub fn knows(&self, seq: Seq) -> bool {
        self.done.contains(&seq) || self.waiting.contains_key(&seq)
    }

    /// The next event of the log, taken by the filter. Events must be offered in order.
    pub fn offer(&mut self, seq: Seq, key: &str, now: Micros) {
        self.offered = seq;
        if self.knows(seq) {
            return;
        }
        let lane = self.lanes.entry(key.to_owned()).or_default();
        lane.push_back(seq);
        let behind = lane.len() > 1;
        let blocked =
            behind && lane.front().and_then(|front| self.waiting.get(front)).is_some_and(|front| front.held);
        let mut waiting = Waiting {
            key: key.to_owned(),
            attempts: 0,
            next_at: now,
            first_at: now,
            held: false,
            under_way: false,
        };
        if blocked {
            self.hold(seq, &mut waiting);
        } else {
            self.open.insert(seq);
            if !behind {
                self.ready.insert(0, now, seq);
            }
        }
        self.waiting.insert(seq, waiting);
    }

    /// The log was read up to here; what was not offered is not for this sink.
    pub fn pass(&mut self, seq: Seq) {
        self.dirty |= seq > self.offered && self.open.is_empty();
        self.offered = self.offered.max(seq);
    }

    /// Events to be handed off now: heads of lanes whose time has come, live ones before retries. They are under way until [`Lanes::finish`].
    pub fn take(&mut self, now: Micros, most: usize) -> Vec<Seq> {
        let allowed = self.breaker.allows(now, most).min(most).saturating_sub(self.under_way);
        let due = self.ready.take(now, allowed);
        for seq in &due {
            if let Some(waiting) = self.waiting.get_mut(seq) {
                waiting.under_way = true;
                waiting.attempts += 1;
                if waiting.attempts == 1 {
                    waiting.first_at = now;
                }
            }
        }
        self.under_way += due.len();
        due
    }

    /// Puts back what was taken but not tried (the pace did not allow it).
    pub fn untake(&mut self, seq: Seq, now: Micros) {
        if let Some(waiting) = self.waiting.get_mut(&seq) {
            waiting.under_way = false;
            waiting.attempts = waiting.attempts.saturating_sub(1);
            waiting.next_at = now;
            self.ready.insert(waiting.attempts, now, seq);
            self.under_way = self.under_way.saturating_sub(1);
        }
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self, seq: Seq) -> u32 {
        self.waiting.get(&seq).map_or(1, |waiting| waiting.attempts)
    }

    /// What became of an event that was under way.
    pub fn finish(&mut self, seq: Seq, result: Result, now: Micros) {
        let Some(mut waiting) = self.waiting.remove(&seq) else { return };
        self.under_way = self.under_way.saturating_sub(1);
        self.dirty = true;
        let attempt = |outcome, detail: &str| Attempt {
            seq,
            attempt: waiting.attempts,
            outcome,
            detail: detail.chars().take(500).collect(),
        };
        let late = waiting.attempts > 1;
        match result {
            Result::Delivered => {
                self.breaker.answered();
                if late {
                    self.pending.attempts.push(attempt("delivered", ""));
                }
                self.pending.delivered.push(seq);
                self.leave(seq, &waiting, now);
            }
            Result::AlreadyThere => {
                self.breaker.answered();
                self.pending.attempts.push(attempt("already_there", ""));
                self.pending.already.push(seq);
                self.leave(seq, &waiting, now);
            }
            Result::Rejected(words) => {
                self.breaker.answered();
                self.pending.attempts.push(attempt("rejected", &words));
                self.park(seq, &waiting, "rejected", words);
                self.leave(seq, &waiting, now);
            }
            Result::Uncertain(words) => {
                // Nobody answered: a receiver that is gone must not swallow one event after the other.
                let random = self.random(seq, waiting.attempts);
                self.breaker.failed(now, None, &self.schedule, random);
                self.pending.attempts.push(attempt("uncertain", &words));
                self.park(seq, &waiting, "uncertain", words);
                self.leave(seq, &waiting, now);
            }
            Result::Retry(wish, words, whole) => {
                let random = self.random(seq, waiting.attempts);
                if whole {
                    self.breaker.failed(now, wish, &self.schedule, random);
                } else {
                    self.breaker.answered();
                }
                self.pending.attempts.push(attempt("retry", &words));
                match self.schedule.next(now, waiting.first_at, waiting.attempts, wish, random) {
                    None => {
                        self.park(seq, &waiting, "gave_up", words);
                        self.leave(seq, &waiting, now);
                    }
                    Some(next_at) => {
                        waiting.next_at = next_at;
                        waiting.under_way = false;
                        self.hold(seq, &mut waiting);
                        self.ready.insert(waiting.attempts, next_at, seq);
                        let key = waiting.key.clone();
                        self.waiting.insert(seq, waiting);
                        self.hold_behind(&key);
                    }
                }
            }
        }
    }

    fn random(&self, seq: Seq, attempts: u32) -> u64 {
        mix(self.seed ^ u64::try_from(seq).unwrap_or_default().rotate_left(17) ^ u64::from(attempts))
    }

    /// Gives an event its own row, or renews it.
    fn hold(&mut self, seq: Seq, waiting: &mut Waiting) {
        self.dirty = true;
        if !waiting.held {
            waiting.held = true;
            self.held += 1;
            self.open.remove(&seq);
            self.done.insert(seq);
        }
        self.pending.held.retain(|row| row.seq != seq);
        self.pending.held.push(HeldHandoff {
            seq,
            key: waiting.key.clone(),
            attempts: waiting.attempts,
            next_at: waiting.next_at,
            first_at: waiting.first_at,
        });
    }

    fn hold_behind(&mut self, key: &str) {
        let behind: Vec<Seq> = self.lanes.get(key).into_iter().flatten().skip(1).copied().collect();
        for seq in behind {
            if let Some(mut waiting) = self.waiting.remove(&seq) {
                if !waiting.held {
                    self.hold(seq, &mut waiting);
                }
                self.waiting.insert(seq, waiting);
            }
        }
    }

    fn park(&mut self, seq: Seq, waiting: &Waiting, reason: &'static str, words: String) {
        self.pending.held.retain(|row| row.seq != seq);
        self.pending.parked.push(Parked {
            seq,
            key: waiting.key.clone(),
            attempts: waiting.attempts,
            first_at: waiting.first_at,
            reason,
            detail: words.chars().take(500).collect(),
        });
    }

    /// The event is settled: the next of its lane may go.
    fn leave(&mut self, seq: Seq, waiting: &Waiting, now: Micros) {
        if waiting.held {
            self.held = self.held.saturating_sub(1);
            self.pending.held.retain(|row| row.seq != seq);
        }
        self.open.remove(&seq);
        self.done.insert(seq);
        let Some(lane) = self.lanes.get_mut(&waiting.key) else { return };
        lane.retain(|other| *other != seq);
        match lane.front() {
            None => {
                self.lanes.remove(&waiting.key);
            }
            Some(next) => {
                if let Some(head) = self.waiting.get_mut(next) {
                    if head.attempts == 0 {
                        head.next_at = head.next_at.min(now);
                    }
                    self.ready.insert(head.attempts, head.next_at, *next);
                }
            }
        }
    }

    /// What has to be written, if anything. Hand it to the store before asking again.
    pub fn settle(&mut self, now: Micros) -> Option<Settle> {
        if !self.dirty {
            return None;
        }
        self.unblock();
        self.dirty = false;
        let low = self.open.first().map_or(self.offered, |first| first - 1);
        self.done = self.done.split_off(&(low + 1));
        let mut settle = std::mem::take(&mut self.pending);
        settle.low = low;
        settle.done = self.done.iter().copied().collect();
        settle.at = now;
        Some(settle)
    }

    /// One event that takes long must not keep the place in the log from moving on: it gets a row of its own.
    fn unblock(&mut self) {
        while let Some(first) = self.open.first().copied() {
            if self.done.range(first..).nth(MOST_DONE).is_none() {
                return;
            }
            self.open.remove(&first);
            if let Some(mut waiting) = self.waiting.remove(&first) {
                self.hold(first, &mut waiting);
                self.waiting.insert(first, waiting);
            }
        }
    }

    /// The next time at which something may be ready that is not ready now.
    pub fn wake_at(&self, now: Micros) -> Option<Micros> {
        if let Some(probe) = self.breaker.probe_at()
            && probe > now
        {
            return Some(probe);
        }
        self.ready.next_after(now)
    }

    /// Events under way.
    pub fn under_way(&self) -> usize {
        self.under_way
    }

    /// Events that wait with a row of their own.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Whether the sink as a whole is being left alone for a while.
    pub fn is_open(&self) -> bool {
        self.breaker.is_open()
    }
}

#[cfg(test)]
#[path = "lanes_tests.rs"]
mod tests;
