//! One receiver that misbehaves, as a simulation. What the worker does around the lanes is done here in the same order.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use super::super::*;
use super::{MS, SECOND};

pub(super) const WINDOW: usize = 8;
pub(super) const MOST_HELD: usize = 12;
pub(super) const SCHEDULE: Schedule =
    Schedule { base: 100 * MS, longest: 20 * SECOND, give_up: 600 * SECOND };
pub(super) const RULES: Rules =
    Rules { schedule: SCHEDULE, coalesce: false, at_most_once: false, replaces: false };

/// Offers an event as the live reading does.
pub(super) fn offer(lanes: &mut Lanes, seq: Seq, key: &str, now: Micros) {
    lanes.offer(Track::Live, Offer { seq, key, group: None }, now);
}
/// An event of the log.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) key: u8,
    /// Whether the sink's filter takes it.
    pub(super) taken: bool,
    pub(super) appears: Micros,
    pub(super) nature: Nature,
}

/// What the receiver thinks of an event, whenever it comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Nature {
    Fine,
    Known,
    Refused,
    /// Not now, this many times; then fine.
    NotYet(u32),
    /// Never, however often.
    Never,
    Lost,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) items: Vec<Item>,
    pub(super) calls_at_once: usize,
    pub(super) latency: Micros,
    /// How long the store takes to write.
    pub(super) store: Micros,
    /// During this the receiver cannot be reached.
    pub(super) outage: (Micros, Micros),
    pub(super) crashes: Vec<Micros>,
    pub(super) seed: u64,
    pub(super) window: usize,
    pub(super) most_held: usize,
}

/// What happens next in the world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Appears,
    Ends(u32, Seq),
    Written(u32),
    Crash,
    Wakes,
}

/// The store: what a restart finds.
#[derive(Default)]
struct Store {
    low: Seq,
    done: Vec<Seq>,
    held: BTreeMap<Seq, HeldHandoff>,
    settled: BTreeMap<Seq, &'static str>,
}

pub(super) struct Simulation {
    world: World,
    now: Micros,
    /// Times at which it wakes.
    wakes: BTreeSet<Micros>,
    queue: BinaryHeap<std::cmp::Reverse<(Micros, u64, Happening)>>,
    ticket: u64,
    store: Store,
    lanes: Lanes,
    /// Counts restarts: what an earlier life started is nothing to this one.
    life: u32,
    writing: Option<Settle>,
    /// Settled in this life, perhaps not yet written.
    settled: BTreeSet<Seq>,
    /// Keys with a call under way in this life.
    busy: HashMap<u8, Seq>,
    attempts: BTreeMap<Seq, u32>,
    pub(super) calls: Vec<(Micros, Seq)>,
    /// What the receiver has, with when it first came.
    pub(super) has: BTreeMap<Seq, Micros>,
    /// When the last event was settled in memory.
    pub(super) ended: Micros,
    most_open: usize,
    most_held: usize,
}

impl Simulation {
    pub(super) fn new(world: World) -> Self {
        let mut this = Self {
            now: 0,
            wakes: BTreeSet::new(),
            queue: BinaryHeap::new(),
            ticket: 0,
            store: Store::default(),
            lanes: Lanes::new(RULES, SinkPlace::default(), world.seed),
            life: 0,
            writing: None,
            settled: BTreeSet::new(),
            busy: HashMap::new(),
            attempts: BTreeMap::new(),
            calls: Vec::new(),
            has: BTreeMap::new(),
            ended: 0,
            most_open: 0,
            most_held: 0,
            world,
        };
        for appears in this.world.items.iter().map(|item| item.appears).collect::<BTreeSet<_>>() {
            this.later(appears, Happening::Appears);
        }
        for crash in this.world.crashes.clone() {
            this.later(crash, Happening::Crash);
        }
        this
    }

    fn later(&mut self, at: Micros, what: Happening) {
        self.ticket += 1;
        self.queue.push(std::cmp::Reverse((at, self.ticket, what)));
    }

    fn item(&self, seq: Seq) -> &Item {
        &self.world.items[usize::try_from(seq).unwrap() - 1]
    }

    pub(super) fn seqs(&self) -> impl Iterator<Item = (Seq, &Item)> {
        (1..).zip(&self.world.items)
    }

    fn head(&self) -> Seq {
        self.seqs().take_while(|(_, item)| item.appears <= self.now).last().map_or(0, |(seq, _)| seq)
    }

    /// Plays until nothing happens any more.
    pub(super) fn run(mut self) -> Self {
        let mut steps = 0;
        while let Some(std::cmp::Reverse((at, _, what))) = self.queue.pop() {
            assert!(at >= self.now);
            self.now = at;
            match what {
                Happening::Appears => {}
                Happening::Wakes => drop(self.wakes.remove(&at)),
                Happening::Ends(life, seq) if life == self.life => self.end(seq),
                Happening::Written(life) if life == self.life => self.write(),
                Happening::Ends(..) | Happening::Written(_) => continue,
                Happening::Crash => self.crash(),
            }
            self.turn();
            steps += 1;
            assert!(steps < 200_000, "it never comes to rest");
        }
        self
    }

    /// What the worker does between two things that happen.
    fn turn(&mut self) {
        loop {
            self.fill();
            self.start();
            if self.writing.is_none()
                && let Some(settle) = self.lanes.settle(self.now)
            {
                self.writing = Some(settle);
                self.later(self.now + self.world.store, Happening::Written(self.life));
            }
            self.look();
            let more = self.lanes.offered(Track::Live) < self.head()
                && self.lanes.room(Track::Live, self.world.window, self.world.most_held)
                    >= self.world.window / 2;
            if !(more && self.lanes.under_way() == 0 && self.writing.is_none()) {
                break;
            }
        }
        if let Some(at) = self.lanes.wake_at(self.now) {
            assert!(at > self.now, "it would wake at once and find nothing");
            if self.wakes.insert(at) {
                self.later(at, Happening::Wakes);
            }
        }
    }

    fn fill(&mut self) {
        let room = self.lanes.room(Track::Live, self.world.window, self.world.most_held);
        if room < self.world.window / 2 {
            return;
        }
        let from = self.lanes.offered(Track::Live);
        let to = self.head().min(from + i64::try_from(room).unwrap());
        for seq in from + 1..=to {
            let item = self.item(seq).clone();
            if !item.taken || self.lanes.knows(Track::Live, seq) {
                self.lanes.pass(Track::Live, seq);
            } else {
                offer(&mut self.lanes, seq, &item.key.to_string(), self.now);
            }
        }
    }

    fn start(&mut self) {
        let free = self.world.calls_at_once - self.lanes.under_way();
        for seq in self.lanes.take(self.now, free) {
            // Now and then the pace does not allow it.
            if mix(self.world.seed ^ self.ticket).is_multiple_of(11) {
                self.lanes.untake(seq, self.now + 1);
                continue;
            }
            let key = self.item(seq).key;
            assert!(self.item(seq).taken, "{seq} is not for this sink");
            assert!(!self.settled.contains(&seq), "{seq} was settled and is tried again");
            assert!(
                !self.store.settled.contains_key(&seq),
                "{seq} was settled before the restart and is tried again"
            );
            assert_eq!(self.busy.insert(key, seq), None, "two of one key under way");
            for (earlier, item) in self.seqs().take_while(|(earlier, _)| *earlier < seq) {
                let settled = self.settled.contains(&earlier) || self.store.settled.contains_key(&earlier);
                assert!(settled || !item.taken || item.key != key, "{seq} goes before {earlier} of its key");
            }
            self.calls.push((self.now, seq));
            self.later(self.now + self.world.latency, Happening::Ends(self.life, seq));
        }
        assert!(self.lanes.under_way() <= self.world.calls_at_once);
    }

    fn end(&mut self, seq: Seq) {
        let item = self.item(seq).clone();
        self.busy.remove(&item.key);
        let down = (self.world.outage.0..self.world.outage.1).contains(&self.now);
        let attempts = self.attempts.entry(seq).or_default();
        *attempts += u32::from(!down);
        let not_now = |whole| Result::Retry { wish: None, words: "not now".into(), whole, sent: false };
        let result = match item.nature {
            _ if down => not_now(true),
            Nature::Fine => Result::Delivered,
            Nature::Known => Result::AlreadyThere,
            Nature::Refused => Result::Rejected("no".into()),
            Nature::Lost => Result::Uncertain("no answer".into()),
            Nature::NotYet(times) if *attempts > times => Result::Delivered,
            Nature::NotYet(_) => {
                Result::Retry { wish: Some(SECOND), words: "not yet".into(), whole: false, sent: false }
            }
            Nature::Never => not_now(false),
        };
        if matches!(result, Result::Delivered | Result::AlreadyThere) {
            self.has.entry(seq).or_insert(self.now);
        }
        self.lanes.finish(seq, result, self.now);
        if !self.lanes.waiting.contains_key(&seq) {
            assert!(self.settled.insert(seq), "{seq} was settled twice");
            self.ended = self.now;
        }
    }

    /// The store has written what it was given.
    fn write(&mut self) {
        let settle = self.writing.take().unwrap();
        let store = &mut self.store;
        assert!(settle.low >= store.low, "the place went back");
        store.low = settle.low;
        store.done = settle.done;
        let ends = [(&settle.delivered, "delivered"), (&settle.already, "already there")];
        let parked: Vec<Seq> = settle.parked.iter().map(|parked| parked.seq).collect();
        for (seqs, word) in ends.into_iter().chain([(&parked, "parked")]) {
            for seq in seqs {
                assert_eq!(store.settled.insert(*seq, word), None, "{seq} was settled twice");
                store.held.remove(seq);
            }
        }
        for held in settle.held {
            assert!(!store.settled.contains_key(&held.seq), "{} was settled and got a row", held.seq);
            store.held.insert(held.seq, held);
        }
        let known = |seq: &Seq| store.settled.contains_key(seq) || store.held.contains_key(seq);
        for seq in &store.done {
            assert!(*seq > store.low && known(seq), "{seq} is said to be done and is not");
        }
        for (seq, item) in (1..).zip(&self.world.items).take_while(|(seq, _)| *seq <= store.low) {
            assert!(!item.taken || known(&seq), "the place passed {seq}, which is neither settled nor held");
        }
    }

    /// All memory is gone. A write that was under way may have happened or not.
    fn crash(&mut self) {
        if self.writing.is_some() && mix(self.world.seed ^ u64::from(self.life)).is_multiple_of(2) {
            self.write();
        }
        self.writing = None;
        self.life += 1;
        self.settled.clear();
        self.busy.clear();
        let held: Vec<HeldHandoff> = self.store.held.values().cloned().collect();
        let place =
            SinkPlace { low: self.store.low, done: self.store.done.clone(), held, ..SinkPlace::default() };
        self.lanes = Lanes::new(RULES, place, self.world.seed);
    }

    /// Memory stays within its bounds, and the sums are right.
    fn look(&mut self) {
        let lanes = &self.lanes;
        self.most_open = self.most_open.max(lanes.readings[&Track::Live].open.len());
        self.most_held = self.most_held.max(lanes.held());
        assert_eq!(lanes.waiting.len(), lanes.readings[&Track::Live].open.len() + lanes.held());
        assert_eq!(lanes.lanes.values().map(VecDeque::len).sum::<usize>(), lanes.waiting.len());
        assert!(lanes.lanes.values().all(|lane| lane.iter().is_sorted() && !lane.is_empty()));
    }

    /// At rest everything is settled, written, and what it should be.
    pub(super) fn check(&self) {
        assert!(self.lanes.waiting.is_empty() && self.writing.is_none());
        assert_eq!(self.store.low, i64::try_from(self.world.items.len()).unwrap());
        assert!(self.store.held.is_empty() && self.store.done.is_empty());
        for (seq, item) in self.seqs() {
            let became = self.store.settled.get(&seq).copied();
            let should = match item.nature {
                _ if !item.taken => None,
                Nature::Fine | Nature::NotYet(_) => Some("delivered"),
                Nature::Known => Some("already there"),
                Nature::Refused | Nature::Never | Nature::Lost => Some("parked"),
            };
            assert_eq!(became, should, "{seq}");
            assert_eq!(self.has.contains_key(&seq), matches!(became, Some("delivered" | "already there")));
        }
        assert!(self.most_open <= self.world.window, "{} in memory", self.most_open);
        assert!(self.most_held <= self.world.most_held + self.world.window, "{} held", self.most_held);
    }
}

pub(super) fn fine(key: u8, appears: Micros) -> Item {
    Item { key, taken: true, appears, nature: Nature::Fine }
}

pub(super) fn world(items: Vec<Item>) -> World {
    World {
        items,
        calls_at_once: 4,
        latency: 10 * MS,
        store: 3 * MS,
        outage: (0, 0),
        crashes: Vec::new(),
        seed: 7,
        window: WINDOW,
        most_held: MOST_HELD,
    }
}
