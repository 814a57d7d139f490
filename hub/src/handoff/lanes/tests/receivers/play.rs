//! A world as it is played: the worker, its store and the receiver.

use std::collections::{BTreeMap, BTreeSet};

use crossdock_schemas::Class;

use super::*;
use crate::backbone::{Standing, StoredEvent};
use crate::handoff::filter::Filter;
use crate::handoff::gate::{Keeper, group, track_of};

pub(super) struct Play {
    world: World,
    log: Vec<StoredEvent>,
    keeper: Keeper,
    now: Micros,
    tick: u64,
    store: Store,
    lanes: Lanes,
    writing: Option<Settle>,
    receiver: Receiver,
    /// What was in the log when this life began.
    old: Seq,
}

impl Play {
    pub(super) fn new(world: World) -> Self {
        let log = log::told(&world);
        let keeper =
            Keeper { filter: Filter::default(), repeat: world.kind, waits: true, coalesces: world.coalesce };
        let lanes = Lanes::new(rules(&world), SinkPlace::default(), world.seed);
        Self {
            world,
            log,
            keeper,
            now: 0,
            tick: 0,
            store: Store::default(),
            lanes,
            writing: None,
            receiver: Receiver::default(),
            old: 0,
        }
    }

    fn chance(&mut self, per_mille: u64) -> bool {
        self.tick += 1;
        mix(self.world.seed ^ self.tick.rotate_left(23)) % 1000 < per_mille
    }

    fn at(&self, seq: Seq) -> &StoredEvent {
        &self.log[usize::try_from(seq).unwrap() - 1]
    }

    fn head(&self) -> Seq {
        i64::try_from(self.log.len()).unwrap()
    }

    fn standing(&self, history: i64) -> Standing {
        let events: Vec<StoredEvent> =
            self.log.iter().filter(|event| event.history == history).cloned().collect();
        let settled = |word: &'static str| -> Vec<Seq> {
            let is = |seq: &Seq| self.store.settled.get(seq) == Some(&word);
            events.iter().map(|event| event.seq).filter(is).collect()
        };
        let (parked, superseded) = (settled("parked"), settled("superseded"));
        let orders = (history < 0).then(|| (format!("o{}", -history - 1), Some(-history - 1)));
        Standing { events, parked, superseded, orders: orders.into_iter().collect() }
    }

    fn fill(&mut self) {
        let (live, back) = (self.lanes.offered(Track::Live), self.lanes.offered(Track::Back));
        let room = |track| i64::try_from(self.lanes.room(track, WINDOW, MOST_HELD)).unwrap();
        let (live_room, back_room) = (room(Track::Live), room(Track::Back));
        let half = i64::try_from(WINDOW / 2).unwrap();
        if back < live && back_room >= half {
            let upto = (back + back_room).min(live);
            for seq in back + 1..=upto {
                if self.at(seq).event.class == Class::Replay {
                    self.offer(seq);
                }
            }
            self.lanes.pass(Track::Back, upto);
        }
        if live < self.head() && live_room >= half {
            let upto = (live + live_room).min(self.head());
            for seq in live + 1..=upto {
                let stored = self.at(seq).clone();
                if stored.event.class == Class::Replay {
                    continue;
                }
                if self.lanes.offered(Track::Back) < seq {
                    let standing = self.standing(stored.history);
                    for ahead in self.keeper.ahead(&self.lanes, standing, seq) {
                        let offer = Offer {
                            seq: ahead.seq,
                            key: &ahead.event.key,
                            group: group(ahead.event.event_type),
                        };
                        self.lanes.offer_ahead(Track::Back, offer, self.now);
                    }
                }
                self.offer(seq);
            }
            self.lanes.pass(Track::Live, upto);
        }
    }

    fn offer(&mut self, seq: Seq) {
        let stored = self.at(seq).clone();
        let track = track_of(stored.event.class);
        if self.lanes.knows(track, seq) {
            return self.lanes.pass(track, seq);
        }
        let offer = Offer { seq, key: &stored.event.key, group: group(stored.event.event_type) };
        self.lanes.offer(track, offer, self.now);
    }

    /// Takes what is due, looks at the gate, and makes one call of it. Returns whether anything was due.
    fn call(&mut self) -> bool {
        let mut going = Vec::new();
        let due = self.lanes.take(self.now, self.world.batch);
        let any = !due.is_empty();
        for seq in due {
            let stored = self.at(seq).clone();
            match self.gate(seq, &stored) {
                Some(Ok(words)) => self.lanes.finish(seq, Result::Superseded(words), self.now),
                Some(Err(key)) => self.lanes.wait_for(seq, &key, "its order", self.now),
                None => going.push(seq),
            }
        }
        if going.is_empty() {
            return any;
        }
        if self.world.kind == Repeat::AtMostOnce {
            going.iter().for_each(|seq| self.lanes.intend(*seq));
            self.flush();
        }
        let way = self.way();
        let half = going.len().div_ceil(2);
        for (at, seq) in going.iter().enumerate() {
            let arrives = match way {
                Way::Fine | Way::ReplyLost => true,
                Way::Dropped | Way::Broken | Way::Throttled => false,
                Way::Partial => at < half,
            };
            if arrives {
                self.apply(*seq);
            }
        }
        // The hub may end while the call is under way.
        let crashes = self.world.crashes;
        if self.chance(crashes) {
            self.crash();
            return true;
        }
        for (at, seq) in going.into_iter().enumerate() {
            let retry = |wish, whole, sent| Result::Retry { wish, words: "no".into(), whole, sent };
            let result = match way {
                Way::Fine if self.receiver.applied[&seq] > 1 && self.world.kind == Repeat::UniqueKey => {
                    Result::AlreadyThere
                }
                Way::Fine => Result::Delivered,
                Way::Partial if at < half => Result::Delivered,
                Way::Partial => retry(None, false, false),
                Way::Broken => retry(None, true, false),
                Way::Throttled => retry(Some(2 * SECOND), true, false),
                Way::Dropped | Way::ReplyLost if self.world.kind == Repeat::AtMostOnce => {
                    Result::Uncertain("no answer".into())
                }
                Way::Dropped | Way::ReplyLost => retry(None, true, true),
            };
            self.lanes.finish(seq, result, self.now);
        }
        true
    }

    fn way(&mut self) -> Way {
        let faults = self.world.faults;
        if !self.chance(faults) {
            return Way::Fine;
        }
        let ways = [Way::Dropped, Way::ReplyLost, Way::Broken, Way::Throttled, Way::Partial];
        ways[usize::try_from(mix(self.world.seed ^ self.tick) % 5).unwrap()]
    }

    fn gate(&self, seq: Seq, stored: &StoredEvent) -> Option<std::result::Result<String, String>> {
        let look = self.keeper.look(&self.lanes, seq, stored.event.event_type)?;
        let standing = self.standing(stored.history);
        if look.may_be_old
            && let Some(newer) = self.keeper.newer(&self.lanes, &standing, stored)
        {
            return Some(Ok(newer));
        }
        let order = standing.orders.iter().find(|(key, history)| {
            let accepted = |history| self.keeper.accepted(&self.lanes, key, &self.standing(history));
            look.depends && !history.is_some_and(accepted)
        });
        order.map(|(key, _)| Err(key.clone()))
    }

    /// The receiver gets an event.
    fn apply(&mut self, seq: Seq) {
        let stored = self.at(seq).clone();
        let key = stored.event.key.clone();
        let maybe = self.lanes.maybe_there(seq) || seq <= self.old;
        let times = self.receiver.applied.entry(seq).or_default();
        if self.world.kind == Repeat::QueryFirst && maybe && *times > 0 {
            return; // It asked, and it is there.
        }
        *times += 1;
        let again = *times > 1;
        match self.world.kind {
            Repeat::Upsert => {
                let newest = self.receiver.docs.entry(key.clone()).or_default();
                assert!(stored.event.sequence >= *newest, "{seq} overwrites something newer of {key}");
                *newest = stored.event.sequence;
            }
            Repeat::QueryFirst => {
                assert!(!again, "{seq} makes a second document");
                let newest = self.receiver.docs.entry(key.clone()).or_default();
                assert!(stored.event.sequence >= *newest, "{seq} overwrites something newer of {key}");
                *newest = stored.event.sequence;
            }
            Repeat::AtMostOnce => assert!(!again, "people were told {seq} twice"),
            Repeat::UniqueKey => {}
        }
        if let Some(order) = key.strip_prefix('a') {
            assert!(self.receiver.order.contains_key(&format!("o{order}")), "refund {key} before its order");
        }
        if !again {
            self.receiver.order.entry(key).or_default().push(seq);
        }
    }

    fn write(&mut self) {
        let Some(settle) = self.writing.take() else { return };
        self.lanes.written();
        assert!(settle.low >= self.store.low, "the place went back");
        (self.store.low, self.store.done) = (settle.low, settle.done);
        if let Some(back) = settle.back {
            assert!(back.low >= self.store.back.low, "the backfill's place went back");
            self.store.back = back;
        }
        let parked: Vec<Seq> = settle.parked.iter().map(|parked| parked.seq).collect();
        for (seqs, word) in [
            (&settle.delivered, "delivered"),
            (&settle.already, "already"),
            (&settle.superseded, "superseded"),
            (&parked, "parked"),
        ] {
            for seq in seqs {
                assert_eq!(self.store.settled.insert(*seq, word), None, "{seq} was settled twice");
                self.store.held.remove(seq);
            }
        }
        for held in settle.held {
            assert!(!self.store.settled.contains_key(&held.seq), "{} was settled and got a row", held.seq);
            self.store.held.insert(held.seq, held);
        }
    }

    fn settle(&mut self) {
        if self.writing.is_none() {
            self.writing = self.lanes.settle(self.now);
        }
    }

    fn flush(&mut self) {
        while self.writing.is_some() || {
            self.settle();
            self.writing.is_some()
        } {
            self.write();
        }
    }

    fn crash(&mut self) {
        if self.chance(500) {
            self.write();
        }
        self.writing = None;
        let place = SinkPlace {
            low: self.store.low,
            done: self.store.done.clone(),
            back: self.store.back.clone(),
            held: self.store.held.values().cloned().collect(),
            ..SinkPlace::default()
        };
        self.lanes = Lanes::new(rules(&self.world), place, self.world.seed);
        self.old = self.head();
    }

    pub(super) fn run(mut self) -> Self {
        let mut turns = 0;
        loop {
            turns += 1;
            assert!(turns < 2_000_000, "it never comes to rest");
            self.fill();
            let busy = self.call();
            if self.chance(300) {
                self.write();
            }
            self.settle();
            self.look();
            let crashes = self.world.crashes / 4;
            if self.chance(crashes) {
                self.crash();
                continue;
            }
            if busy {
                self.now += MS;
                continue;
            }
            self.flush();
            // What is written now may let others go.
            if self.call() {
                continue;
            }
            let read = self.lanes.offered(Track::Live) < self.head()
                || self.lanes.offered(Track::Back) < self.head();
            match self.lanes.wake_at(self.now) {
                Some(at) => self.now = at,
                None if read => self.now += MS,
                None => return self,
            }
        }
    }

    fn look(&self) {
        let open: usize = self.lanes.readings.values().map(|reading| reading.open.len()).sum();
        assert_eq!(self.lanes.waiting.len(), open + self.lanes.held());
        assert_eq!(self.lanes.lanes.values().map(VecDeque::len).sum::<usize>(), self.lanes.waiting.len());
        assert!(open <= 2 * WINDOW + 40, "{open} in memory");
    }

    pub(super) fn check(&self) {
        assert!(self.lanes.waiting.is_empty() && self.writing.is_none() && self.store.held.is_empty());
        // The ledger: every event of the log is exactly one thing.
        let all: BTreeSet<Seq> = (1..=self.head()).collect();
        assert_eq!(self.store.settled.keys().copied().collect::<BTreeSet<_>>(), all);
        let lost = |seq: &Seq| self.store.settled[seq] == "parked";
        for (key, seqs) in &self.receiver.order {
            assert!(seqs.is_sorted(), "{key} came as {seqs:?}");
        }
        if self.world.kind == Repeat::AtMostOnce {
            // What is not known to have arrived is parked for people, nothing else is.
            assert!(all.iter().all(|seq| lost(seq) || self.receiver.applied.get(seq) == Some(&1)));
            return;
        }
        assert!(!all.iter().any(lost), "nothing is given up");
        for event in &self.log {
            let arrived = self.receiver.applied.contains_key(&event.seq);
            assert!(arrived || self.store.settled[&event.seq] == "superseded", "{} never came", event.seq);
        }
        if matches!(self.world.kind, Repeat::Upsert | Repeat::QueryFirst) {
            let mut newest: BTreeMap<String, u64> = BTreeMap::new();
            for event in &self.log {
                newest.insert(event.event.key.clone(), event.event.sequence);
            }
            assert_eq!(self.receiver.docs, newest, "the final state is another one");
        }
    }
}
