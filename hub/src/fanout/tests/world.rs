//! A world in which everything that is known to happen happens in any order: acknowledgements get lost, the publisher
//! is killed, the broker loses its end, is purged, made anew or restored, remembers ids without messages, and events
//! leave it by their age. Whatever happened: afterwards everything is there, and nothing twice.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::super::memory::Memory;
use super::super::survey::{Id, Log, State, Stream, Survey, survey};
use crate::backbone::{Micros, Seq};

const KEEP: Micros = 1_000_000;

/// A broker with one stream.
#[derive(Clone, Debug, Default)]
struct Disk {
    first: u64,
    last: u64,
    messages: BTreeMap<u64, (Id, Micros)>,
    /// Ids that it remembers, with the places that their messages had.
    window: HashMap<Id, u64>,
}

#[derive(Clone, Debug, Default)]
struct World {
    now: Micros,
    log: Vec<(Id, Micros)>,
    disk: Disk,
    copies: Vec<Disk>,
    saved: String,
}

impl Stream for World {
    type Error = ();
    async fn state(&self) -> Result<State, ()> {
        Ok(State { first: self.disk.first, last: self.disk.last, created: String::new() })
    }
    async fn id_at(&self, place: u64) -> Result<Option<Id>, ()> {
        Ok(self.disk.messages.get(&place).map(|(id, _)| *id))
    }
    async fn ids(&self, after: u64) -> Result<Vec<(u64, Id)>, ()> {
        Ok(self.disk.messages.range(after + 1..).map(|(place, (id, _))| (*place, *id)).collect())
    }
}

struct Events<'a>(&'a World);

impl Log for Events<'_> {
    type Error = ();
    async fn event(&self, seq: Seq) -> Result<Option<(Id, Micros)>, ()> {
        Ok(usize::try_from(seq - 1).ok().and_then(|at| self.0.log.get(at).copied()))
    }
    async fn place_at(&self, at: Micros) -> Result<Seq, ()> {
        Ok(Seq::try_from(self.0.log.iter().filter(|(_, recorded)| *recorded < at).count()).unwrap())
    }
}

impl World {
    fn look(&self, memory: &Memory) -> Survey {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let since = self.now - KEEP;
        runtime.block_on(survey::<(), _, _>(self, &Events(self), memory, since)).unwrap()
    }

    /// One life of the publisher: looks, publishes up to `most`, hears of `acks` of them, and is gone. Says whether it
    /// came to the end of the log.
    fn publish(&mut self, most: usize, acks: usize, save: bool) -> bool {
        let mut memory = Memory::read((!self.saved.is_empty()).then_some(self.saved.as_str())).unwrap();
        let mut found = self.look(&memory);
        memory.back_to(found.from, found.place);
        self.saved = memory.write();
        let from = usize::try_from(memory.seq).unwrap();
        let events = self.log.clone();
        for (sent, (at, (id, _))) in events.iter().enumerate().skip(from).take(most).enumerate() {
            let (place, duplicate) = match found.take(*id) {
                Some(place) => (place, false),
                None => self.disk.store(*id, self.now),
            };
            if found.is_ghost(duplicate, place) {
                break;
            }
            if sent < acks {
                memory.acked(Seq::try_from(at + 1).unwrap(), place);
            }
        }
        if save {
            self.saved = memory.write();
        }
        usize::try_from(memory.seq).unwrap() == self.log.len()
    }

    /// What was recorded long enough ago leaves the stream as long after it was published.
    fn age(&mut self) {
        let gone = self.now - KEEP;
        while let Some(entry) = self.disk.messages.first_entry() {
            if entry.get().1 >= gone {
                break;
            }
            entry.remove();
        }
        self.disk.begin();
    }

    fn check_nothing_is_there_twice(&self) {
        let mut seen = HashMap::new();
        for (place, (id, _)) in &self.disk.messages {
            if let Some(before) = seen.insert(id, place) {
                panic!("{id} is at {before} and at {place}");
            }
        }
    }
}

impl Disk {
    fn store(&mut self, id: Id, now: Micros) -> (u64, bool) {
        if let Some(place) = self.window.get(&id) {
            return (*place, true);
        }
        self.last += 1;
        self.messages.insert(self.last, (id, now));
        self.window.insert(id, self.last);
        self.begin();
        (self.last, false)
    }

    fn begin(&mut self) {
        self.first = self.messages.first_key_value().map_or(self.last + 1, |(place, _)| *place);
    }

    /// As after a restart: ids are remembered from what is there.
    fn restarted(mut self) -> Self {
        self.window = self.messages.iter().map(|(place, (id, _))| (*id, *place)).collect();
        self
    }
}

#[derive(Clone, Debug)]
enum Step {
    Append(usize),
    Publish {
        most: usize,
        acks: usize,
        save: bool,
    },
    LoseEnd(u64),
    DeleteEnd(u64),
    Purge,
    Wipe,
    Copy,
    Restore(usize),
    Wait(Micros),
    Forget,
    /// The store of the hub comes back as it was, the memory with it.
    RestoreLog(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..800_usize).prop_map(Step::Append),
        6 => (1..1500_usize, 0..1500_usize, any::<bool>())
            .prop_map(|(most, acks, save)| Step::Publish { most, acks, save }),
        2 => (0..900_u64).prop_map(Step::LoseEnd),
        1 => (0..20_u64).prop_map(Step::DeleteEnd),
        1 => Just(Step::Purge),
        1 => Just(Step::Wipe),
        1 => Just(Step::Copy),
        1 => (0..4_usize).prop_map(Step::Restore),
        3 => (1..KEEP / 3).prop_map(Step::Wait),
        2 => Just(Step::Forget),
        1 => (0..400_usize).prop_map(Step::RestoreLog),
    ]
}

impl World {
    fn apply(&mut self, step: Step, next: &mut Id) {
        match step {
            Step::Append(count) => {
                for _ in 0..count {
                    *next += 1;
                    self.now += 1;
                    self.log.push((*next, self.now));
                }
            }
            Step::Publish { most, acks, save } => drop(self.publish(most, acks, save)),
            Step::LoseEnd(count) => {
                self.disk.last = self.disk.last.saturating_sub(count).max(self.disk.first.saturating_sub(1));
                let last = self.disk.last;
                self.disk.messages.retain(|place, _| *place <= last);
                self.disk = std::mem::take(&mut self.disk).restarted();
                self.disk.begin();
            }
            Step::DeleteEnd(count) => {
                let gone = self.disk.last.saturating_sub(count);
                self.disk.messages.retain(|place, _| *place <= gone);
                self.disk.begin();
            }
            Step::Purge => {
                self.disk.messages.clear();
                self.disk.begin();
            }
            Step::Wipe => self.disk = Disk { first: 1, ..Disk::default() },
            Step::Copy => self.copies.push(self.disk.clone()),
            Step::Restore(which) => {
                if let Some(copy) = self.copies.get(which) {
                    self.disk = copy.clone().restarted();
                    self.age();
                }
            }
            Step::Wait(time) => {
                self.now += time;
                self.age();
            }
            Step::Forget => self.disk.window.clear(),
            Step::RestoreLog(count) => {
                let left = self.log.len().saturating_sub(count);
                self.log.truncate(left);
                let mut memory =
                    Memory::read((!self.saved.is_empty()).then_some(self.saved.as_str())).unwrap();
                let seq = memory.seq.min(Seq::try_from(left).unwrap());
                let high = memory.high;
                memory.back_to(seq, high);
                self.saved = memory.write();
            }
        }
        self.check_nothing_is_there_twice();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_everything_is_there_and_nothing_twice(steps in prop::collection::vec(step(), 1..30)) {
        let mut world = World { disk: Disk { first: 1, ..Disk::default() }, ..World::default() };
        let mut next = 0;
        for step in steps {
            world.apply(step, &mut next);
        }
        let mut lives = 0;
        while !world.publish(usize::MAX, usize::MAX, true) {
            lives += 1;
            prop_assert!(lives < 3, "it never comes to an end");
            world.disk.window.clear();
        }
        world.check_nothing_is_there_twice();
        let there: HashMap<Id, u64> =
            world.disk.messages.iter().map(|(place, (id, _))| (*id, *place)).collect();
        let missing: Vec<_> =
            world.log.iter().filter(|(id, at)| *at >= world.now - KEEP && !there.contains_key(id)).collect();
        prop_assert!(missing.is_empty(), "missing: {missing:?}");
        // Once more changes nothing.
        let before = world.disk.last;
        prop_assert!(world.publish(usize::MAX, usize::MAX, true));
        prop_assert_eq!(world.disk.last, before);
    }
}
