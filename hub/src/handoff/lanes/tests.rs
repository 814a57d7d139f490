//! Lanes in a simulated world: time that is only a number, a receiver that misbehaves, a store that takes its time,
//! and crashes between any two steps. What the worker does around the lanes is done here in the same order.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use proptest::prelude::*;

use super::super::schedule::Schedule;
use super::reading::MOST_DONE;
use super::*;

const MS: Micros = 1_000;
const SECOND: Micros = 1_000_000;
const WINDOW: usize = 8;
const MOST_HELD: usize = 12;
const SCHEDULE: Schedule = Schedule { base: 100 * MS, longest: 20 * SECOND, give_up: 600 * SECOND };
const RULES: Rules = Rules { schedule: SCHEDULE, coalesce: false, at_most_once: false, replaces: false };

/// Offers an event as the live reading does.
fn offer(lanes: &mut Lanes, seq: Seq, key: &str, now: Micros) {
    lanes.offer(Track::Live, Offer { seq, key, group: None }, now);
}

/// An event of the log.
#[derive(Clone, Debug)]
struct Item {
    key: u8,
    /// Whether the sink's filter takes it.
    taken: bool,
    appears: Micros,
    nature: Nature,
}

/// What the receiver thinks of an event, whenever it comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Nature {
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
struct World {
    items: Vec<Item>,
    calls_at_once: usize,
    latency: Micros,
    /// How long the store takes to write.
    store: Micros,
    /// During this the receiver cannot be reached.
    outage: (Micros, Micros),
    crashes: Vec<Micros>,
    seed: u64,
    window: usize,
    most_held: usize,
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

struct Simulation {
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
    calls: Vec<(Micros, Seq)>,
    /// What the receiver has, with when it first came.
    has: BTreeMap<Seq, Micros>,
    /// When the last event was settled in memory.
    ended: Micros,
    most_open: usize,
    most_held: usize,
}

impl Simulation {
    fn new(world: World) -> Self {
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

    fn seqs(&self) -> impl Iterator<Item = (Seq, &Item)> {
        (1..).zip(&self.world.items)
    }

    fn head(&self) -> Seq {
        self.seqs().take_while(|(_, item)| item.appears <= self.now).last().map_or(0, |(seq, _)| seq)
    }

    /// Plays until nothing happens any more.
    fn run(mut self) -> Self {
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
    fn check(&self) {
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

fn fine(key: u8, appears: Micros) -> Item {
    Item { key, taken: true, appears, nature: Nature::Fine }
}

fn world(items: Vec<Item>) -> World {
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

fn natures() -> impl Strategy<Value = Nature> {
    prop_oneof![
        10 => Just(Nature::Fine),
        1 => Just(Nature::Known),
        1 => Just(Nature::Refused),
        2 => (1_u32..4).prop_map(Nature::NotYet),
        1 => Just(Nature::Never),
        1 => Just(Nature::Lost),
    ]
}

fn worlds() -> impl Strategy<Value = World> {
    let item = (0_u8..6, 0_u8..5, 0_i64..40, natures());
    let items = proptest::collection::vec(item, 0..80).prop_map(|drawn| {
        let mut at = 0;
        let item = |(key, luck, gap, nature)| {
            at += gap * MS;
            Item { key, taken: luck > 0, appears: at, nature }
        };
        drawn.into_iter().map(item).collect::<Vec<_>>()
    });
    let crashes = proptest::collection::vec(0_i64..20_000, 0..6);
    let outage = prop_oneof![2 => Just((0, 0)), 1 => (0_i64..1000, 1_i64..120_000)];
    (items, 1_usize..6, 1_i64..300, 1_i64..80, outage, crashes, any::<u64>()).prop_map(
        |(items, calls_at_once, latency, store, (from, long), crashes, seed)| World {
            items,
            calls_at_once,
            latency: latency * MS,
            store: store * MS,
            outage: (from * MS, (from + long) * MS),
            crashes: crashes.into_iter().map(|at| at * MS + 1).collect(),
            seed,
            window: WINDOW,
            most_held: MOST_HELD,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Order inside a key, every event settled exactly once, a place that never lies, whatever crashes when.
    #[test]
    fn whatever_happens_everything_is_settled_once_and_in_order(world in worlds()) {
        Simulation::new(world).run().check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// A key that never gets through costs the others nothing but its own calls.
    #[test]
    fn a_stuck_key_delays_nobody_else(
        stuck in proptest::collection::vec(0_i64..200, 1..8), seed in any::<u64>(), crash in proptest::option::of(1_i64..2000),
    ) {
        // As many calls come due as two of the four places can take, so that waiting has no other reason.
        let mut items: Vec<Item> = (0..200).map(|at| fine(1 + u8::try_from(at % 100).unwrap(), at * 10 * MS)).collect();
        items.extend(stuck.into_iter().map(|at| Item { nature: Nature::Never, ..fine(0, at * 10 * MS) }));
        items.sort_by_key(|item| item.appears);
        let crashes: Vec<Micros> = crash.into_iter().map(|at| at * MS + 1).collect();
        let pause = if crashes.is_empty() { 0 } else { 40 * MS };
        let done = Simulation::new(World { seed, crashes, ..world(items) }).run();
        done.check();
        for (seq, item) in done.seqs().filter(|(_, item)| item.key > 0) {
            let waited = done.has[&seq] - item.appears;
            prop_assert!(waited <= 40 * MS + pause, "{} waited {} ms", seq, waited / MS);
        }
    }
}

#[test]
fn a_receiver_that_is_down_is_left_alone_and_never_given_up() {
    let items: Vec<Item> = (0..100).map(|at| fine(at, 0)).collect();
    let outage = (0, 300 * SECOND);
    let done = Simulation::new(World { outage, ..world(items) }).run();
    done.check();
    let during = done.calls.iter().filter(|(at, _)| *at < outage.1).count();
    // Five to open it and those that were under way, then one at a time, each after a longer wait.
    assert!((6..80).contains(&during), "{during} calls at a receiver that is down");
    let mut at_once: BTreeMap<Micros, usize> = BTreeMap::new();
    for (at, _) in done.calls.iter().filter(|(at, _)| (SECOND..outage.1).contains(at)) {
        *at_once.entry(*at).or_default() += 1;
    }
    assert!(at_once.values().all(|calls| *calls == 1), "one probe at a time: {at_once:?}");
    let first = done.has.values().min().unwrap();
    assert!(*first - outage.1 <= SCHEDULE.longest + SECOND, "the longest wait between probes is kept");
    assert!(done.ended - outage.1 <= 3 * SCHEDULE.longest, "all went through soon after: {}", done.ended);
}

#[test]
fn silence_opens_the_breaker_too() {
    // At most once: nothing is sent twice, so each that is lost is parked. It must not be all of them.
    let items: Vec<Item> = (0..100).map(|at| Item { nature: Nature::Lost, ..fine(at, 0) }).collect();
    let done = Simulation::new(world(items)).run();
    done.check();
    let soon = done.calls.iter().filter(|(at, _)| *at < SECOND).count();
    assert!(soon < 20, "{soon} events were lost in the first second");
}

#[test]
fn live_goes_before_what_an_outage_left_behind() {
    let row = |seq: Seq| HeldHandoff {
        seq,
        key: format!("k{seq}"),
        attempts: 3,
        next_at: seq,
        first_at: 0,
        ..HeldHandoff::default()
    };
    let place = SinkPlace { low: 100, held: (1..=100).map(row).collect(), ..SinkPlace::default() };
    let mut lanes = Lanes::new(RULES, place, 1);
    offer(&mut lanes, 101, "live", 1000);
    offer(&mut lanes, 102, "k100", 1000);
    assert_eq!(lanes.take(1000, 3), [101, 1, 2], "the live one, then those that wait longest");
    assert_eq!(lanes.attempt(1), 4);
}

#[test]
fn live_goes_before_retries_and_those_before_the_backfill() {
    let row = |seq: Seq| HeldHandoff {
        seq,
        key: format!("k{seq}"),
        attempts: 3,
        next_at: 10,
        ..HeldHandoff::default()
    };
    let mut lanes = Lanes::new(RULES, SinkPlace { low: 9, held: vec![row(5)], ..SinkPlace::default() }, 1);
    for seq in 1..=4 {
        lanes.offer(Track::Back, Offer { seq, key: &format!("b{seq}"), group: None }, 10);
    }
    offer(&mut lanes, 10, "live", 20);
    // The backfill of a key goes before what happens to it now, wherever the backfill stands.
    lanes.offer_ahead(Track::Back, Offer { seq: 8, key: "both", group: None }, 20);
    offer(&mut lanes, 11, "both", 20);
    assert_eq!(lanes.take(20, 3), [10, 5, 1]);
    assert_eq!(lanes.take(20, 9), [2, 3, 4, 8]);
    lanes.finish(8, Result::Delivered, 30);
    assert_eq!(lanes.take(30, 9), [11], "then the live one of that key");
    let settle = lanes.settle(30).unwrap();
    assert_eq!((settle.low, settle.back.map(|back| (back.low, back.done))), (9, Some((0, vec![8]))));
}

#[test]
fn a_receiver_that_asks_for_a_pause_gets_it_whole() {
    let mut lanes = Lanes::new(RULES, SinkPlace::default(), 1);
    for seq in 1..=3 {
        offer(&mut lanes, seq, &format!("k{seq}"), 0);
    }
    assert_eq!(lanes.take(0, 1), [1]);
    let wish = Some(7 * SECOND);
    lanes.finish(1, Result::Retry { wish, words: "slow down".into(), whole: true, sent: false }, 0);
    assert!(lanes.take(7 * SECOND - 1, 9).is_empty(), "nobody goes before that");
    assert_eq!(lanes.wake_at(0), Some(7 * SECOND));
    assert_eq!(lanes.take(7 * SECOND, 9).len(), 3);
    // Never longer than its longest wait.
    lanes.finish(
        2,
        Result::Retry { wish: Some(3600 * SECOND), words: String::new(), whole: true, sent: false },
        8 * SECOND,
    );
    assert_eq!(lanes.wake_at(8 * SECOND), Some(8 * SECOND + SCHEDULE.longest));
}

#[test]
fn memory_is_bounded_whatever_the_receiver_does() {
    // Nobody takes anything: the log is read up to the bounds and no further.
    let mut lanes = Lanes::new(RULES, SinkPlace::default(), 1);
    let (mut seq, mut now) = (0, 0);
    for _ in 0..20_000 {
        for _ in 0..lanes.room(Track::Live, 100, 500) {
            seq += 1;
            offer(&mut lanes, seq, &format!("k{}", seq % 40), now);
        }
        for taken in lanes.take(now, 8) {
            lanes.finish(
                taken,
                Result::Retry { wish: None, words: "no".into(), whole: false, sent: false },
                now,
            );
        }
        drop(lanes.settle(now));
        now += 5 * MS;
        assert!(
            lanes.waiting.len() <= 600 && lanes.readings[&Track::Live].most() <= 600,
            "{} {}",
            lanes.waiting.len(),
            lanes.readings[&Track::Live].most()
        );
    }
    assert!((500..=600).contains(&lanes.held()), "{}", lanes.held());
}

#[test]
fn one_slow_event_does_not_hold_the_place_back() {
    let mut lanes = Lanes::new(RULES, SinkPlace::default(), 1);
    offer(&mut lanes, 1, "slow", 0);
    assert_eq!(lanes.take(0, 1), [1]);
    let mut low = 0;
    let mut rows = Vec::new();
    for seq in 2..5000 {
        offer(&mut lanes, seq, &format!("k{seq}"), seq);
        for taken in lanes.take(seq, 4) {
            lanes.finish(taken, Result::Delivered, seq);
        }
        if let Some(settle) = lanes.settle(seq) {
            assert!(settle.done.len() <= MOST_DONE + 1, "{}", settle.done.len());
            low = settle.low;
            rows.extend(settle.held);
        }
    }
    assert_eq!(low, 4999);
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1], "it has a row of its own");
    lanes.finish(1, Result::Delivered, 6000);
    assert_eq!(lanes.settle(6000).unwrap().delivered, [1]);
    assert_eq!(lanes.held(), 0);
}

#[test]
fn what_people_retry_goes_behind_the_one_under_way_and_before_those_after_it() {
    let row = |seq| HeldHandoff {
        seq,
        key: "k".into(),
        attempts: 0,
        next_at: 50,
        first_at: 50,
        ..HeldHandoff::default()
    };
    let mut lanes = Lanes::new(RULES, SinkPlace { low: 4, ..SinkPlace::default() }, 1);
    for seq in [5, 6] {
        offer(&mut lanes, seq, "k", 10);
    }
    assert_eq!(lanes.take(10, 9), [5]);
    lanes.restore(vec![row(3), row(2)]);
    lanes.restore(vec![row(3)]);
    assert!(lanes.take(60, 9).is_empty());
    let mut order = Vec::new();
    let mut under_way = vec![5];
    while let Some(seq) = under_way.pop() {
        lanes.finish(seq, Result::Delivered, 60);
        order.push(seq);
        under_way.extend(lanes.take(60, 9));
    }
    assert_eq!(order, [5, 2, 3, 6]);
}
