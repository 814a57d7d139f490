//! The parcels of one source that are not finished, and when each is due. Pure: time comes in, chance is a number given
//! at the start.
//!
//! Nothing of it is kept: it is made again from the parcels' histories at each start. What that forgets, when a parcel
//! was last asked for, costs at most one question too early.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::pace::{DAY, Pace, Stage};
use crate::backbone::Micros;

/// A parcel: our word for its carrier, and the number of its history.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// The carrier.
    pub carrier: Arc<str>,
    /// The number, with `#2` for its second use.
    pub number: Arc<str>,
}

impl Name {
    /// The number as the carrier knows it.
    pub fn waybill(&self) -> &str {
        self.number.split('#').next().unwrap_or_default()
    }
}

/// What became of asking for a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// The carrier answered, or knows nothing of it yet.
    Asked,
    /// It is watched from now on and pushed.
    Subscribed,
    /// It was refused together with others: the next time it is asked for alone.
    Crowded,
    /// It cannot be asked for: refused, or something about it is not known.
    Refused,
    /// The vendor is down or busy.
    Failed,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    due: Micros,
    heard: Micros,
    /// When it may be asked for again at the earliest.
    rested: Micros,
    stage: Stage,
    failures: u8,
    alone: bool,
    /// It is being asked for.
    out: bool,
}

/// The parcels of one source.
#[derive(Debug)]
pub struct Book {
    pace: Pace,
    lasts: Micros,
    seed: u64,
    entries: HashMap<Name, Entry>,
    due: BTreeSet<(Micros, Name)>,
}

impl Book {
    /// An empty book; parcels that nobody has heard of for `lasts` are given up.
    pub fn new(pace: Pace, lasts: Micros, seed: u64) -> Self {
        Self { pace, lasts, seed, entries: HashMap::new(), due: BTreeSet::new() }
    }

    /// How many parcels are open.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// When the next one is due that is not being asked for.
    pub fn next(&self) -> Option<Micros> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Something about a parcel was heard: from a shop, by a push, or because it was asked for.
    pub fn heard(&mut self, name: Name, stage: Stage, heard: Micros, now: Micros) {
        if stage == Stage::Over || self.is_given_up(heard, now) {
            self.forget(&name);
            return;
        }
        let random = self.random(&name, heard);
        let known = self.entries.get(&name).copied();
        let first = self.pace.first(stage, heard, now, random);
        let entry = match known {
            Some(known) => Entry { due: first.max(known.rested), heard, stage, ..known },
            None => Entry { due: first, heard, rested: 0, stage, failures: 0, alone: false, out: false },
        };
        if let Some(known) = known {
            self.due.remove(&(known.due, name.clone()));
        }
        if !entry.out {
            self.due.insert((entry.due, name.clone()));
        }
        self.entries.insert(name, entry);
    }

    /// Strikes a parcel out.
    pub fn forget(&mut self, name: &Name) {
        if let Some(entry) = self.entries.remove(name) {
            self.due.remove(&(entry.due, name.clone()));
        }
    }

    /// Parcels of one carrier that are due, the one that waits longest first; they are being asked for until they are
    /// [`put_back`](Self::put_back) or have [`ended`](Self::ended).
    pub fn take(&mut self, now: Micros, most: usize) -> Vec<Name> {
        let mut taken: Vec<Name> = Vec::new();
        let mut gone: Vec<Name> = Vec::new();
        for (at, name) in self.due.iter().take(most.saturating_mul(4).max(16)) {
            let Some(entry) = self.entries.get(name).filter(|_| *at <= now) else { break };
            if self.is_given_up(entry.heard, now) {
                gone.push(name.clone());
            } else if let Some(first) = taken.first() {
                if first.carrier == name.carrier && !entry.alone {
                    taken.push(name.clone());
                }
            } else {
                taken.push(name.clone());
                if entry.alone {
                    break;
                }
            }
            if taken.len() >= most {
                break;
            }
        }
        gone.iter().for_each(|name| self.forget(name));
        for name in &taken {
            if let Some(entry) = self.entries.get_mut(name) {
                entry.out = true;
                self.due.remove(&(entry.due, name.clone()));
            }
        }
        taken
    }

    /// It was not asked for after all.
    pub fn put_back(&mut self, name: &Name) {
        if let Some(entry) = self.entries.get_mut(name).filter(|entry| entry.out) {
            entry.out = false;
            self.due.insert((entry.due, name.clone()));
        }
    }

    /// It was asked for.
    pub fn ended(&mut self, name: &Name, became: Became, now: Micros) {
        let random = self.random(name, now);
        let pace = self.pace;
        let Some(entry) = self.entries.get_mut(name) else { return };
        let failures = entry.failures;
        entry.failures = 0;
        let again = pace.again(entry.stage, entry.heard, now, random);
        let due = match became {
            Became::Asked => again,
            Became::Subscribed | Became::Refused => again.max(now.saturating_add(DAY)),
            Became::Crowded => {
                entry.alone = true;
                pace.retry(1, now, random)
            }
            Became::Failed => {
                entry.failures = failures.saturating_add(1);
                pace.retry(u32::from(entry.failures), now, random)
            }
        };
        entry.rested = now.saturating_add(pace.rest);
        // It may have been heard of while it was being asked for.
        self.due.remove(&(entry.due, name.clone()));
        entry.due = due.max(entry.rested);
        entry.out = false;
        self.due.insert((entry.due, name.clone()));
    }

    fn is_given_up(&self, heard: Micros, now: Micros) -> bool {
        now.saturating_sub(heard) > self.lasts
    }

    fn random(&self, name: &Name, more: Micros) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, name, more).hash(&mut hasher);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Micros = 3_600_000_000;
    const PACE: Pace = Pace { every: 2 * HOUR, rest: HOUR / 2 };

    fn name(number: usize) -> Name {
        let carrier = if number.is_multiple_of(3) { "yto" } else { "zto" };
        Name { carrier: carrier.into(), number: format!("N{number}").into() }
    }

    /// Everything is in its place: what is not being asked for is due some time.
    fn sound(book: &Book) {
        let out = book.entries.values().filter(|entry| entry.out).count();
        assert_eq!(book.due.len() + out, book.entries.len());
        assert!(book.due.iter().all(|(at, name)| book.entries[name].due == *at && !book.entries[name].out));
    }

    #[derive(Clone, Debug)]
    enum Act {
        Heard(usize, Stage, Micros),
        Take(usize),
        PutBack,
        Ended(Became),
    }

    fn act() -> impl Strategy<Value = Act> {
        let stage = prop::sample::select(vec![Stage::Label, Stage::Moving, Stage::Delivering, Stage::Over]);
        let became = prop::sample::select(vec![
            Became::Asked,
            Became::Subscribed,
            Became::Crowded,
            Became::Refused,
            Became::Failed,
        ]);
        prop_oneof![
            (0..12_usize, stage, 0..70 * DAY).prop_map(|(who, stage, ago)| Act::Heard(who, stage, ago)),
            (1..6_usize).prop_map(Act::Take),
            Just(Act::PutBack),
            became.prop_map(Act::Ended),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_nobody_is_lost_asked_twice_or_asked_too_soon(
            acts in prop::collection::vec((act(), 0..5 * HOUR), 1..200), seed in any::<u64>(),
        ) {
            let mut book = Book::new(PACE, 60 * DAY, seed);
            let mut now = 1000 * DAY;
            let mut out: Vec<Name> = Vec::new();
            let mut asked: HashMap<Name, Micros> = HashMap::new();
            let mut open: BTreeSet<Name> = BTreeSet::new();
            for (act, pass) in acts {
                now += pass;
                match act {
                    Act::Heard(who, stage, ago) => {
                        if !book.entries.contains_key(&name(who)) {
                            // A parcel that comes again is another one to the book.
                            asked.remove(&name(who));
                        }
                        book.heard(name(who), stage, now - ago, now);
                        if stage == Stage::Over || ago > 60 * DAY {
                            open.remove(&name(who));
                            out.retain(|name| *name != self::name(who));
                        } else {
                            open.insert(name(who));
                        }
                    }
                    Act::Take(most) => {
                        let taken = book.take(now, most);
                        prop_assert!(taken.len() <= most);
                        prop_assert!(taken.iter().all(|name| name.carrier == taken[0].carrier));
                        for name in &taken {
                            prop_assert!(!out.contains(name), "asked twice at a time");
                            let last = asked.get(name).copied().unwrap_or(0);
                            prop_assert!(now - last >= PACE.rest, "asked {last}, now {now}");
                        }
                        out.extend(taken);
                    }
                    Act::PutBack => if let Some(name) = out.pop() { book.put_back(&name) },
                    Act::Ended(became) => if let Some(name) = out.pop() {
                        book.ended(&name, became, now);
                        asked.insert(name, now);
                    },
                }
                sound(&book);
                prop_assert!(book.entries.keys().all(|name| open.contains(name)));
            }
            // Left alone, each that is still open comes up within a day and a bit, and after sixty days nobody does.
            out.drain(..).for_each(|name| book.put_back(&name));
            let (mut seen, start) = (BTreeSet::new(), now);
            let still: BTreeSet<Name> = book.entries.iter()
                .filter(|(_, entry)| now - entry.heard < 58 * DAY).map(|(name, _)| name.clone()).collect();
            let mut asked_for = 0;
            while let Some(next) = book.next().filter(|next| *next < start + 63 * DAY) {
                now = now.max(next);
                for name in book.take(now, 3) {
                    book.ended(&name, Became::Asked, now);
                    if now < start + 2 * DAY { seen.insert(name); }
                    asked_for += 1;
                }
                prop_assert!(asked_for < 12 * 60 * 48, "it does not calm down");
            }
            prop_assert!(still.is_subset(&seen), "{still:?} {seen:?}");
            prop_assert!(book.is_empty());
        }
    }

    #[test]
    fn who_was_refused_in_company_is_asked_alone() {
        let mut book = Book::new(Pace { rest: 0, ..PACE }, 60 * DAY, 7);
        let now = 1000 * DAY;
        for number in [1, 2, 4] {
            book.heard(name(number), Stage::Moving, now - 3 * HOUR, now);
        }
        let later = now + 3 * HOUR;
        let taken = book.take(later, 10);
        assert_eq!(taken.len(), 3, "all together");
        taken.iter().for_each(|name| book.ended(name, Became::Crowded, later));
        for _ in 0..3 {
            assert_eq!(book.take(later + HOUR, 10).len(), 1);
        }
        assert!(book.take(later + HOUR, 10).is_empty() && book.next().is_none());
    }

    #[test]
    fn news_bring_a_parcel_forward_and_an_end_takes_it_out() {
        let mut book = Book::new(Pace { rest: 0, ..PACE }, 60 * DAY, 7);
        let now = 1000 * DAY;
        book.heard(name(1), Stage::Label, now, now);
        assert_eq!(book.next(), Some(now + 4 * HOUR));
        book.heard(name(1), Stage::Delivering, now + HOUR, now + HOUR);
        assert_eq!(book.next(), Some(now + HOUR + HOUR / 2));
        book.heard(name(1), Stage::Over, now + HOUR, now + HOUR);
        assert!(book.is_empty() && book.next().is_none());
        assert_eq!(Name { carrier: "zto".into(), number: "Z1#2".into() }.waybill(), "Z1");
    }
}
