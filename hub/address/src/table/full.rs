//! Districts by their official names from the province down, as most platforms write them into their own fields.
//!
//! Of the many regions that orders go to each is found in a table of small numbers, and what its names say stands beside
//! them: little has to come from memory for it.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU8, Ordering};

use crossdock_schemas::Code;
use foldhash::fast::FixedState;

use super::{Kind, Level, Tables, Unit, UnitId};
use crate::china;
use crate::region::{Found, Region};
use crate::standard::{Flags, Reading, code};

/// Stands where nothing is.
const EMPTY: UnitId = UnitId::MAX;

/// Units by the hash of their names.
#[derive(Debug, Default)]
pub(super) struct Full {
    slots: Vec<UnitId>,
    units: Vec<Known>,
    /// The names of each unit, one behind the other.
    text: String,
}

/// What the names of a district say at once; two lines of memory.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(crate) struct Known {
    pub(crate) unit: UnitId,
    /// Whether they say no more than what stands here: not known yet, yes, no.
    plain: AtomicU8,
    /// Where the names start in the text, and how long each is.
    start: u32,
    lengths: [u8; 3],
    /// Codes of province, city and district.
    pub(crate) codes: [u32; 3],
    pub(crate) flags: Flags,
    /// The codes as texts.
    pub(crate) texts: [Code; 3],
    /// Which characters its streets begin with, and whether one of them is called as it is.
    firsts: u128,
    namesake: bool,
}

impl Known {
    /// Whether it has a street that begins with this character.
    pub(crate) fn may_be_street(&self, first: char) -> bool {
        self.firsts & Unit::first(first) != 0
    }

    /// Whether one of its streets is called as it is.
    pub(crate) const fn has_namesake(&self) -> bool {
        self.namesake
    }
}

fn hash(names: [&str; 3]) -> usize {
    usize::try_from(FixedState::default().hash_one(names) >> 32).unwrap_or_default()
}

impl Full {
    pub(super) fn new(tables: &Tables) -> Full {
        let size = (tables.units.len() * 2).next_power_of_two();
        let mut full = Full { slots: vec![EMPTY; size], ..Full::default() };
        for id in (0..EMPTY).take(tables.units.len()) {
            let Some(names) = tables.names_down_to(id) else {
                full.units.push(Known::default());
                continue;
            };
            let known = full.known(tables, id, names);
            full.units.push(known);
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

    /// A unit with its names, which are written behind those of the others.
    fn known(&mut self, tables: &Tables, unit: UnitId, names: [&str; 3]) -> Known {
        // The text has less than a hundred thousand letters, and no name more than eighty.
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        names.into_iter().for_each(|name| self.text.push_str(name));
        let lengths = names.map(|name| u8::try_from(name.len()).unwrap_or(u8::MAX));
        let mut read = Reading::default();
        china::place(tables, &mut read, &Region::Found(Found::in_full(unit)), &[]);
        let [province, city, district, _] = read.codes;
        let codes = [province, city, district].map(Option::unwrap_or_default);
        let plain = AtomicU8::default();
        let (firsts, namesake) =
            tables.unit(unit).map(|unit| (unit.firsts, unit.namesake)).unwrap_or_default();
        let (flags, texts) = (read.flags, codes.map(code::<6>));
        Known { unit, plain, start, lengths, codes, flags, texts, firsts, namesake }
    }

    /// The unit with these names.
    fn find(&self, names: [&str; 3]) -> Option<&Known> {
        let size = self.slots.len().max(1);
        let from = hash(names) % size;
        let ids = (from..from + size).map_while(|at| self.slots.get(at % size).filter(|id| **id != EMPTY));
        ids.filter_map(|id| self.units.get(usize::from(*id))).find(|unit| unit.is(names, &self.text))
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<UnitId>()
            + self.units.capacity() * size_of::<Known>()
            + self.text.capacity()
    }
}

impl Known {
    fn is(&self, names: [&str; 3], text: &str) -> bool {
        let mut from = usize::try_from(self.start).unwrap_or(usize::MAX);
        names.into_iter().zip(self.lengths).all(|(name, len)| {
            let start = from;
            from = from.saturating_add(usize::from(len));
            text.as_bytes().get(start..from) == Some(name.as_bytes())
        })
    }
}

impl Tables {
    /// Province, city and the district itself, where it is one that stands in a city.
    fn names_down_to(&self, id: UnitId) -> Option<[&str; 3]> {
        let unit = self.unit(id).filter(|unit| unit.level == Level::District && unit.kind == Kind::Normal)?;
        let (province, city) = (self.unit(unit.province)?, self.unit(unit.city?)?);
        (city.kind == Kind::Normal).then(|| [province, city, unit].map(|unit| self.name(unit.name)))
    }

    /// What these names say, official ones of a province, a city and a district, unless they say more than that; this is
    /// found out once for each.
    pub(crate) fn in_full(
        &self,
        names: [&str; 3],
        says_no_more: impl FnOnce(UnitId) -> bool,
    ) -> Option<&Known> {
        let known = self.full.find(names)?;
        let plain = match known.plain.load(Ordering::Relaxed) {
            0 => {
                let plain = says_no_more(known.unit);
                known.plain.store(if plain { 1 } else { 2 }, Ordering::Relaxed);
                plain
            }
            found => found == 1,
        };
        plain.then_some(known)
    }

    /// The district with these official names.
    #[cfg(test)]
    pub(crate) fn named(&self, names: [&str; 3]) -> Option<UnitId> {
        self.full.find(names).map(|known| known.unit)
    }
}
