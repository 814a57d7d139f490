//! Which values were seen with which orders, in as little memory as that takes: nearly all values are seen once, and each
//! then takes sixteen bytes in a table that is looked at in one place.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::backbone::Micros;

/// Room from the start; a power of two.
const FEWEST: usize = 8192;
/// Most orders remembered of one value: far more than any rule asks for.
const ORDERS: usize = 1024;

/// When an order was placed, in seconds, and which it was: enough of its hash to tell it from the others of one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sighting {
    seconds: u32,
    order: u32,
}

impl Sighting {
    /// Of an order that was placed so many seconds after 1970, with this hash.
    pub(super) fn new(seconds: i64, order: u64) -> Self {
        let seconds = u32::try_from(seconds.max(0)).unwrap_or(SEVERAL).min(SEVERAL - 1);
        let [.., a, b, c, d] = order.to_be_bytes();
        Self { seconds, order: u32::from_be_bytes([a, b, c, d]) }
    }

    /// When it was placed.
    pub(super) fn micros(self) -> Micros {
        Micros::from(self.seconds) * 1_000_000
    }

    /// Whether it is the same order, at whatever time.
    pub(super) const fn is_of(&self, other: &Sighting) -> bool {
        self.order == other.order
    }
}

/// Stands instead of a time where a value has several orders.
const SEVERAL: u32 = u32::MAX;
/// The hash of a free place.
const FREE: u64 = 0;

/// A value and the order it was seen with.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u64,
    only: Sighting,
}

/// Values by their hashes.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// A power of two of them, or none; at most three of four are taken.
    slots: Vec<Slot>,
    len: usize,
    /// The orders of values with more than one.
    several: HashMap<u64, Vec<Sighting>, FixedState>,
}

impl Seen {
    pub(super) fn with_room() -> Self {
        Self { slots: vec![Slot::default(); FEWEST], ..Self::default() }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets everything but keeps the room.
    pub(super) fn clear(&mut self) {
        self.slots.fill(Slot::default());
        self.len = 0;
        self.several.clear();
    }

    /// Where a value stands or would begin to be looked for.
    fn start(&self, hash: u64) -> usize {
        usize::try_from(hash).unwrap_or_default() & self.slots.len().wrapping_sub(1)
    }

    /// Asks memory for the places of some values; what is there is not looked at.
    pub(super) fn fetch<const N: usize>(&self, hashes: [u64; N]) {
        let at = hashes.map(|hash| self.slots.get(self.start(hash)).map_or(0, |slot| slot.hash));
        std::hint::black_box(at);
    }

    /// The place of a value, or the free one where it belongs; none where there is no room at all.
    fn find(&self, hash: u64) -> Option<usize> {
        let from = self.start(hash);
        let is = |slot: &Slot| slot.hash == hash || slot.hash == FREE;
        let (front, back) = self.slots.split_at_checked(from)?;
        let behind = back.iter().position(is).map(|at| from + at);
        behind.or_else(|| front.iter().position(is))
    }

    fn known(&self, hash: u64) -> Option<&Slot> {
        let hash = used(hash);
        self.slots.get(self.find(hash)?).filter(|slot| slot.hash == hash)
    }

    pub(super) fn knows(&self, hash: u64) -> bool {
        self.known(hash).is_some()
    }

    /// How many orders of a value, of those that are asked for; none where the value is not known.
    pub(super) fn count(&self, hash: u64, which: impl Fn(&Sighting) -> bool) -> Option<usize> {
        let slot = self.known(hash)?;
        let orders = match slot.only.seconds {
            SEVERAL => self.several.get(&slot.hash).map(Vec::as_slice).unwrap_or_default(),
            _ => std::slice::from_ref(&slot.only),
        };
        Some(orders.iter().filter(|order| which(order)).count())
    }

    /// Takes note of an order of a value; says whether the value is new. What is older than the horizon before the newest
    /// is forgotten.
    pub(super) fn add(&mut self, hash: u64, sighting: Sighting, horizon: Micros) -> bool {
        let hash = used(hash);
        self.make_room();
        let Some(slot) = self.find(hash).and_then(|at| self.slots.get_mut(at)) else { return false };
        if slot.hash == FREE {
            *slot = Slot { hash, only: sighting };
            self.len += 1;
            return true;
        }
        if slot.only.seconds != SEVERAL {
            if slot.only.is_of(&sighting) {
                return false;
            }
            self.several.insert(hash, vec![slot.only]);
            slot.only = Sighting { seconds: SEVERAL, order: 0 };
        }
        let all = self.several.entry(hash).or_default();
        if all.iter().any(|known| known.is_of(&sighting)) {
            return false;
        }
        let newest = all.iter().copied().max().map_or(sighting, |newest| newest.max(sighting));
        let since = newest.micros().saturating_sub(horizon);
        all.retain(|known| known.micros() >= since);
        if all.len() < ORDERS && sighting.micros() >= since {
            all.push(sighting);
        }
        false
    }

    /// Gives what it knows of a value to another one.
    pub(super) fn hand_on(&mut self, hash: u64, to: &mut Seen) {
        let Some(slot) = self.known(hash).copied() else { return };
        to.make_room();
        if let Some(free) = to.find(slot.hash).and_then(|at| to.slots.get_mut(at)) {
            *free = slot;
            to.len += 1;
            if let Some(orders) = self.several.remove(&slot.hash) {
                to.several.insert(slot.hash, orders);
            }
        }
    }

    /// Twice the room before it gets tight.
    fn make_room(&mut self) {
        if self.len * 4 < self.slots.len() * 3 {
            return;
        }
        let room = (self.slots.len() * 2).max(FEWEST);
        let slots = std::mem::replace(&mut self.slots, vec![Slot::default(); room]);
        for slot in slots.into_iter().filter(|slot| slot.hash != FREE) {
            if let Some(free) = self.find(slot.hash).and_then(|at| self.slots.get_mut(at)) {
                *free = slot;
            }
        }
    }
}

/// A hash as it is kept: none is that of a free place.
const fn used(hash: u64) -> u64 {
    if hash == FREE { 1 } else { hash }
}
