//! One lane per key: order inside a key, independence between keys. Pure; simulated in tests.
//!
//! Events are offered as the log is read, by one reading each for live events, for the backfill and for every replay.
//! Of each lane only the first may be under way. An event that has to wait is *held*: it gets a row of its own in the
//! store, with everything behind it in its lane, so that the place in the log can move on and a restart knows what
//! waits for what.

mod finish;
mod offer;
mod reading;
mod ready;
mod waits;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use reading::Reading;
use ready::{Rank, Ready};
use waits::Waits;

use super::schedule::{Breaker, Schedule, mix};
use crate::backbone::{HeldHandoff, Micros, Place, Seq, Settle, SinkPlace, Track};

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// The receiver has it.
    Delivered,
    /// The receiver had it.
    AlreadyThere,
    /// Not handed off: the receiver has something newer.
    Superseded(String),
    /// Not now.
    Retry {
        /// The receiver's wish.
        wish: Option<Micros>,
        /// Its words.
        words: String,
        /// Whether it concerns the sink as a whole.
        whole: bool,
        /// Whether it may have arrived all the same.
        sent: bool,
    },
    /// Not before something else is there, as the receiver says.
    Wait(Option<Micros>, String),
    /// It may have arrived and must not be sent twice.
    Uncertain(String),
    /// Refused.
    Rejected(String),
}

/// How one sink wants its lanes.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// When to try again.
    pub schedule: Schedule,
    /// Only the latest of several that wait for one key is handed off.
    pub coalesce: bool,
    /// Nothing may be sent twice: what is under way has a row that says so before it goes out.
    pub at_most_once: bool,
    /// The receiver replaces what it has: the next event of a key goes out only when it is written that the one before
    /// arrived, so that no restart sends an older one over a newer one.
    pub replaces: bool,
}

/// An event on its way into a lane.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// Its place in the log.
    pub seq: Seq,
    /// Its key.
    pub key: &'a str,
    /// Which later events make it superfluous to a receiver that keeps no history; `None` for those that tell
    /// something of their own.
    pub group: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Waiting {
    key: String,
    track: Track,
    group: Option<&'static str>,
    attempts: u32,
    next_at: Micros,
    first_at: Micros,
    held: bool,
    under_way: bool,
    sent: bool,
}

impl Waiting {
    fn rank(&self) -> Rank {
        match (self.track, self.attempts) {
            (Track::Live, 0) => Rank::Live,
            (Track::Live, _) => Rank::Again,
            _ => Rank::Back,
        }
    }

    fn row(&self, seq: Seq) -> HeldHandoff {
        HeldHandoff {
            seq,
            key: self.key.clone(),
            attempts: self.attempts,
            next_at: self.next_at,
            first_at: self.first_at,
            track: self.track,
            sent: self.sent,
        }
    }
}

/// The lanes of one sink.
pub struct Lanes {
    rules: Rules,
    breaker: Breaker,
    seed: u64,
    readings: BTreeMap<Track, Reading>,
    waiting: BTreeMap<Seq, Waiting>,
    lanes: HashMap<String, VecDeque<Seq>>,
    waits: Waits,
    /// Keys whose last delivery is not yet written: of the next step, and of the one that is being written.
    unwritten: [HashSet<String>; 2],
    /// What was parked by these steps: the store does not say so yet.
    parked: [HashSet<Seq>; 2],
    ready: Ready,
    under_way: usize,
    /// No call at all before this, as the receiver asked.
    paused_until: Micros,
    pending: Settle,
    dirty: bool,
}

impl Lanes {
    /// Lanes that go on where a sink stood.
    pub fn new(rules: Rules, place: SinkPlace, seed: u64) -> Self {
        let mut readings = BTreeMap::new();
        readings.insert(Track::Live, Reading::new(Place { low: place.low, done: place.done }));
        readings.insert(Track::Back, Reading::new(place.back));
        for replay in place.replays {
            readings.insert(Track::Replay(replay.id), Reading::new(replay.place));
        }
        let mut lanes = Self {
            rules,
            breaker: Breaker::default(),
            seed,
            readings,
            waiting: BTreeMap::new(),
            lanes: HashMap::new(),
            waits: Waits::default(),
            unwritten: Default::default(),
            parked: Default::default(),
            ready: Ready::default(),
            under_way: 0,
            paused_until: 0,
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
            let lost = self.rules.at_most_once && row.sent;
            self.reading(row.track).held += 1;
            let waiting = Waiting {
                key: row.key,
                track: row.track,
                group: None,
                attempts: row.attempts,
                next_at: row.next_at,
                first_at: row.first_at,
                held: true,
                under_way: false,
                sent: row.sent,
            };
            self.enter(row.seq, waiting);
            if lost {
                // It was under way when the hub ended: whether people saw it is not known.
                self.lost(row.seq);
            }
        }
    }

    /// Puts an event into its lane, at its place in the order of the log but never before one that is under way.
    fn enter(&mut self, seq: Seq, waiting: Waiting) {
        let lane = self.lanes.entry(waiting.key.clone()).or_default();
        let at = lane.partition_point(|other| *other < seq);
        let head = lane.front().copied();
        let at = match head.and_then(|head| self.waiting.get(&head)) {
            Some(head) if head.under_way => at.max(1),
            _ => at,
        };
        if at == 0
            && let Some(head) = head
            && let Some(was) = self.waiting.get(&head)
        {
            self.ready.remove(was.rank(), was.next_at, head);
        }
        lane.insert(at, seq);
        self.waiting.insert(seq, waiting);
        if at == 0 {
            self.rouse(seq);
        }
    }

    /// The head of a lane may go when its time comes.
    fn rouse(&mut self, seq: Seq) {
        if let Some(head) = self.waiting.get(&seq)
            && !head.under_way
            && !self.unwritten.iter().any(|keys| keys.contains(&head.key))
        {
            self.ready.insert(head.rank(), head.next_at, seq);
        }
    }

    /// What [`Lanes::settle`] gave last is written.
    pub fn written(&mut self) {
        let [_, parked] = &mut self.parked;
        parked.clear();
        let [next, writing] = &mut self.unwritten;
        let free: Vec<String> = writing.drain().filter(|key| !next.contains(key)).collect();
        for key in free {
            if let Some(head) = self.lanes.get(&key).and_then(|lane| lane.front()).copied() {
                self.rouse(head);
            }
        }
    }

    fn reading(&mut self, track: Track) -> &mut Reading {
        self.readings.entry(track).or_default()
    }

    /// Begins a reading that people asked for.
    pub fn begin(&mut self, replay: i64, place: Place) {
        self.readings.entry(Track::Replay(replay)).or_insert_with(|| Reading::new(place));
    }

    /// Everything up to here was offered.
    pub fn offered(&self, track: Track) -> Seq {
        self.readings.get(&track).map_or(0, |reading| reading.offered)
    }

    /// How many more events of a reading may be offered: bounds memory, whatever the receiver does.
    pub fn room(&self, track: Track, most: usize, most_held: usize) -> usize {
        let Some(reading) = self.readings.get(&track) else { return 0 };
        if reading.held >= most_held { 0 } else { most.saturating_sub(reading.open.len()) }
    }

    /// Whether this event of a reading was settled before (out of order, before a restart) or is waiting.
    pub fn knows(&self, track: Track, seq: Seq) -> bool {
        self.waiting.contains_key(&seq)
            || self.readings.get(&track).is_some_and(|reading| reading.has_done(seq))
    }

    /// Whether an event is waiting, held or under way.
    pub fn is_waiting(&self, seq: Seq) -> bool {
        self.waiting.contains_key(&seq)
    }

    /// Whether anything of a key waits.
    pub fn has_lane(&self, key: &str) -> bool {
        self.lanes.contains_key(key)
    }

    /// Whether an event was settled by its reading, and not parked by a step that is still to be written.
    pub fn is_settled(&self, track: Track, seq: Seq) -> bool {
        !self.waiting.contains_key(&seq)
            && self.readings.get(&track).is_some_and(|reading| reading.is_past(seq))
            && !self.parked.iter().any(|parked| parked.contains(&seq))
    }

    /// A reading has looked up to here; what was not offered is not for this sink.
    pub fn pass(&mut self, track: Track, seq: Seq) {
        self.reading(track).pass(seq);
    }

    /// Events to be handed off now: heads of lanes whose time has come, live ones before retries, those before the
    /// backfill. They are under way until [`Lanes::finish`].
    pub fn take(&mut self, now: Micros, most: usize) -> Vec<Seq> {
        if now < self.paused_until {
            return Vec::new();
        }
        let allowed = match self.breaker.is_open() {
            // A single probe, and only when nothing else is under way.
            true => self.breaker.allows(now, most).saturating_sub(self.under_way),
            false => most,
        };
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
            self.under_way = self.under_way.saturating_sub(1);
            self.rouse(seq);
        }
    }

    /// No call at all for this long, at most as long as the longest wait.
    pub fn pause(&mut self, now: Micros, wish: Micros) {
        let until = now.saturating_add(wish.clamp(0, self.rules.schedule.longest));
        self.paused_until = self.paused_until.max(until);
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self, seq: Seq) -> u32 {
        self.waiting.get(&seq).map_or(1, |waiting| waiting.attempts)
    }

    /// Which reading it belongs to.
    pub fn track(&self, seq: Seq) -> Track {
        self.waiting.get(&seq).map_or(Track::Live, |waiting| waiting.track)
    }

    /// Whether an earlier attempt may have arrived.
    pub fn maybe_there(&self, seq: Seq) -> bool {
        self.waiting.get(&seq).is_some_and(|waiting| waiting.sent)
    }

    /// Whether it has a row of its own and was not tried since it got it: people sent it again, or it waited behind
    /// another one, perhaps while something newer went past.
    pub fn came_back(&self, seq: Seq) -> bool {
        self.waiting.get(&seq).is_some_and(|waiting| waiting.held && waiting.attempts <= 1)
    }

    fn random(&self, seq: Seq, attempts: u32) -> u64 {
        mix(self.seed ^ u64::try_from(seq).unwrap_or_default().rotate_left(17) ^ u64::from(attempts))
    }

    /// The next time at which something may be ready that is not ready now.
    pub fn wake_at(&self, now: Micros) -> Option<Micros> {
        if self.paused_until > now {
            return Some(self.paused_until);
        }
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
        self.readings.values().map(|reading| reading.held).sum()
    }

    /// Whether the sink as a whole is being left alone for a while.
    pub fn is_open(&self) -> bool {
        self.breaker.is_open()
    }
}

#[cfg(test)]
mod tests;
