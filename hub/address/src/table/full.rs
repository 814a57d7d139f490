//! Districts by their official names from the province down, as most platforms write them into their own fields.
//!
//! A table of small numbers, so that of the many regions that orders go to only what is needed anyway is fetched.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU8, Ordering};

use foldhash::fast::FixedState;

use super::{Kind, Level, Tables, UnitId};

/// Stands where nothing is.
const EMPTY: UnitId = UnitId::MAX;

/// Units by the hash of their names, and what was found out about each.
#[derive(Debug, Default)]
pub(super) struct Full {
    slots: Vec<UnitId>,
    /// Of each unit: not known yet, yes, no.
    plain: Vec<AtomicU8>,
}

fn hash(names: [&str; 3]) -> usize {
    usize::try_from(FixedState::default().hash_one(names) >> 32).unwrap_or_default()
}

impl Full {
    pub(super) fn new(tables: &Tables) -> Full {
        let units = || (0..EMPTY).zip(&tables.units);
        let size = (tables.units.len() * 2).next_power_of_two();
        let mut full =
            Full { slots: vec![EMPTY; size], plain: units().map(|_| AtomicU8::default()).collect() };
        for (id, _) in units() {
            let Some(names) = tables.names_down_to(id) else { continue };
            let mut at = hash(names) % size;
            while full.slots.get(at).is_some_and(|slot| *slot != EMPTY) {
                at = (at + 1) % size;
            }
            if let Some(slot) = full.slots.get_mut(at) {
                *slot = id;
            }
        }
        full
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<UnitId>() + self.plain.capacity()
    }
}

impl Tables {
    /// Province, city and the district itself, where it is one that stands in a city.
    fn names_down_to(&self, id: UnitId) -> Option<[&str; 3]> {
        let unit = self.unit(id).filter(|unit| unit.level == Level::District && unit.kind == Kind::Normal)?;
        let (province, city) = (self.unit(unit.province)?, self.unit(unit.city?)?);
        (city.kind == Kind::Normal).then(|| [province, city, unit].map(|unit| self.name(unit.name)))
    }

    /// The district with these official names.
    pub(crate) fn in_full(&self, names: [&str; 3]) -> Option<UnitId> {
        let size = self.full.slots.len().max(1);
        let from = hash(names) % size;
        (from..from + size)
            .map_while(|at| self.full.slots.get(at % size).copied().filter(|id| *id != EMPTY))
            .find(|id| self.names_down_to(*id) == Some(names))
    }

    /// Whether something holds for a unit, which is found out once.
    pub(crate) fn is_plain(&self, id: UnitId, found_out: impl FnOnce() -> bool) -> bool {
        let Some(known) = self.full.plain.get(usize::from(id)) else { return found_out() };
        match known.load(Ordering::Relaxed) {
            0 => {
                let plain = found_out();
                known.store(if plain { 1 } else { 2 }, Ordering::Relaxed);
                plain
            }
            found => found == 1,
        }
    }
}
