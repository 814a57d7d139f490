//! The divisions in memory: units, their streets, and every name by which they are called.
//!
//! Read once from one file (`config/cn-divisions`, embedded or given), never changed, shared by reference.

mod build;
mod full;
mod names;
mod pairs;
mod source;
mod trie;
mod unit;

pub(crate) use full::Known;
pub use source::{Sources, TableError, pack, text};

use serde::Serialize;

pub(crate) use names::is_describing;
pub(crate) use pairs::Pairs;
pub(crate) use trie::Trie;
pub(crate) use unit::{Entry, Form, Kind, Level, Span, Unit, UnitId};

use crate::region::Memo;
use crate::text::starts_with;

/// The file that is compiled in.
static EMBEDDED: &[u8] = include_bytes!("../../../../config/cn-divisions/cn-divisions.gz");

/// Divisions of China with their names, ready for [`crate::standardize`].
#[derive(Debug)]
pub struct Tables {
    text: String,
    units: Vec<Unit>,
    streets: Vec<Street>,
    /// The first character of each street's name, side by side: most texts begin none of them.
    firsts: Vec<char>,
    /// The placeholders, in the order of their codes.
    placeholders: Vec<UnitId>,
    trie: Trie,
    simplified: Vec<u16>,
    /// Districts by their official names.
    full: full::Full,
    /// Which characters have a simplified form, a bit for each: nearly none of a text does.
    traditional: Vec<u64>,
    /// Which characters are not taken as they stand where a text is looked at once: these, and those that alone say more.
    special: Vec<u64>,
    /// What begins words that are no names but are looked for in texts.
    words: Pairs,
    info: Info,
    hinted: Memo,
}

/// What a file of divisions holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Info {
    /// Its version.
    pub version: String,
    /// Date of provinces, cities and districts.
    pub date: String,
    /// Date of streets and zones.
    pub streets_date: String,
    /// Provinces, with Hong Kong, Macau and Taiwan.
    pub provinces: usize,
    /// Cities and prefectures, without placeholders.
    pub cities: usize,
    /// Districts and counties, without zones.
    pub districts: usize,
    /// Development zones with a code of the statistics.
    pub zones: usize,
    /// Streets, towns and townships.
    pub streets: usize,
    /// Former names.
    pub former_names: usize,
    /// Listed aliases.
    pub aliases: usize,
    /// Everything that is recognised as a name.
    pub names: usize,
    /// What the tables take in memory.
    pub memory_bytes: usize,
}

/// A street, town or township.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Street {
    pub(crate) code: u32,
    pub(crate) name: Span,
}

impl Tables {
    /// The tables that are compiled in.
    ///
    /// # Errors
    /// Never for a released build: a test reads them.
    pub fn embedded() -> Result<Tables, TableError> {
        Tables::read(EMBEDDED)
    }

    /// Reads a file of divisions, compressed or not.
    ///
    /// # Errors
    /// When it is not such a file, or contradicts itself.
    pub fn read(bytes: &[u8]) -> Result<Tables, TableError> {
        build::build(&source::unpack(bytes)?)
    }

    /// Version, dates and counts.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// What the tables take in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.text.capacity()
            + self.units.capacity() * size_of::<Unit>()
            + self.streets.capacity() * size_of::<Street>()
            + self.firsts.capacity() * size_of::<char>()
            + self.placeholders.capacity() * size_of::<UnitId>()
            + self.simplified.capacity() * size_of::<u16>()
            + (self.traditional.capacity() + self.special.capacity()) * size_of::<u64>()
            + self.words.memory_bytes()
            + self.full.memory_bytes()
            + self.trie.memory_bytes()
            + Memo::memory_bytes()
    }

    /// Official name of the division with this code of six or nine digits.
    #[must_use]
    pub fn name_of(&self, code: u32) -> Option<&str> {
        if let Some(unit) = self.by_code(code).and_then(|id| self.unit(id)) {
            return Some(self.name(unit.name));
        }
        self.streets.iter().find(|street| street.code == code).map(|street| self.name(street.name))
    }

    /// Codes of every division down to the district, and of its parent.
    pub fn divisions(&self) -> impl Iterator<Item = Division<'_>> {
        self.units.iter().map(|unit| Division {
            code: unit.code,
            name: self.name(unit.name),
            parent: unit.parent.and_then(|id| self.unit(id)).map(|parent| parent.code),
            placeholder: unit.kind == Kind::Virtual,
            zone: unit.kind == Kind::Zone,
        })
    }

    /// Streets of the division with this code: code and name.
    pub fn streets_of(&self, code: u32) -> impl Iterator<Item = (u32, &str)> {
        let unit = self.by_code(code).and_then(|id| self.unit(id));
        unit.map(|unit| self.streets_in(unit))
            .unwrap_or_default()
            .iter()
            .map(|street| (street.code, self.name(street.name)))
    }

    pub(crate) fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(usize::from(id))
    }

    pub(crate) fn by_code(&self, code: u32) -> Option<UnitId> {
        let at = self.units.binary_search_by(|unit| unit.code.cmp(&code)).ok()?;
        UnitId::try_from(at).ok()
    }

    pub(crate) fn name(&self, span: Span) -> &str {
        let start = usize::try_from(span.start).unwrap_or(usize::MAX);
        self.text.get(start..start.saturating_add(usize::from(span.len))).unwrap_or_default()
    }

    /// What fields beside a text were read as.
    pub(crate) const fn hinted(&self) -> &Memo {
        &self.hinted
    }

    pub(crate) fn trie(&self) -> &Trie {
        &self.trie
    }

    /// Whether `id` lies in `ancestor`.
    pub(crate) fn is_below(&self, id: UnitId, ancestor: UnitId) -> bool {
        let mut at = self.unit(id).and_then(|unit| unit.parent);
        while let Some(id) = at {
            if id == ancestor {
                return true;
            }
            at = self.unit(id).and_then(|unit| unit.parent);
        }
        false
    }

    /// Whether the unit has streets but no districts.
    pub(crate) fn has_no_districts(&self, unit: &Unit) -> bool {
        unit.level == Level::City && unit.kind == Kind::Normal && !self.streets_in(unit).is_empty()
    }

    /// The placeholders right below a province.
    pub(crate) fn placeholders(&self, province: UnitId) -> impl Iterator<Item = (UnitId, &Unit)> {
        let code = self.unit(province).map_or(0, |unit| unit.code);
        let from = self.placeholders.partition_point(|id| *id < province);
        let behind = self.placeholders.get(from..).unwrap_or_default().iter();
        behind
            .filter_map(|id| Some((*id, self.unit(*id)?)))
            .take_while(move |(_, unit)| unit.code < code + 10_000)
    }

    /// The districts of a city, without zones.
    pub(crate) fn districts_of(&self, city: UnitId) -> impl Iterator<Item = UnitId> {
        let from = usize::from(city) + 1;
        (from..self.units.len())
            .map_while(move |at| Some((UnitId::try_from(at).ok()?, self.units.get(at)?)))
            .take_while(move |(_, unit)| unit.city == Some(city))
            .filter(|(_, unit)| unit.kind == Kind::Normal)
            .map(|(id, _)| id)
    }

    pub(crate) fn streets_in(&self, unit: &Unit) -> &[Street] {
        self.streets.get(range(unit)).unwrap_or_default()
    }

    /// The places of the streets of a unit that begin with a character.
    fn streets_from(&self, unit: &Unit, first: char) -> impl Iterator<Item = &Street> {
        let may = unit.firsts & Unit::first(first) != 0;
        let firsts = self.firsts.get(range(unit)).filter(|_| may).unwrap_or_default();
        let begins = firsts.iter().enumerate().filter(move |(_, letter)| **letter == first);
        let streets = self.streets_in(unit);
        begins.filter_map(|(at, _)| streets.get(at))
    }

    /// Whether a street of this unit begins with a character.
    pub(crate) fn may_be_street(&self, unit: &Unit, first: char) -> bool {
        self.streets_from(unit, first).next().is_some()
    }

    /// The street of this unit with the longest name that begins at `from`, and where it ends.
    pub(crate) fn street_at(&self, unit: &Unit, text: &[char], from: usize) -> Option<(Street, usize)> {
        let first = *text.get(from)?;
        let mut best: Option<(Street, usize)> = None;
        for street in self.streets_from(unit, first) {
            if let Some(end) = starts_with(text, from, self.name(street.name))
                && best.is_none_or(|(_, other)| end > other)
            {
                best = Some((*street, end));
            }
        }
        best
    }

    /// The simplified form of a character, where it has another one.
    pub(crate) fn simplified(&self, letter: char) -> Option<char> {
        let at = place(letter)?;
        if self.traditional.get(at / 64)? & (1 << (at % 64)) == 0 {
            return None;
        }
        char::from_u32(u32::from(*self.simplified.get(at)?))
    }

    /// Whether a character is traditional, or alone says that there is more to find in its text.
    pub(crate) fn is_special(&self, letter: char) -> bool {
        let bits = place(letter).and_then(|at| Some(self.special.get(at / 64)? >> (at % 64)));
        bits.is_some_and(|bits| bits & 1 == 1)
    }

    /// What begins words that are no names but are looked for in texts.
    pub(crate) const fn words(&self) -> &Pairs {
        &self.words
    }

    /// Makes what is looked at first of what is looked up.
    fn index(mut self) -> Self {
        let first = |street: &Street| self.name(street.name).chars().next().unwrap_or_default();
        self.firsts = self.streets.iter().map(first).collect();
        for at in 0..self.units.len() {
            let Some(unit) = self.units.get(at) else { break };
            let streets = self.firsts.get(range(unit)).unwrap_or_default();
            let firsts = streets.iter().fold(0, |bits, first| bits | Unit::first(*first));
            let name = self.name(unit.name);
            let namesake = self.streets_in(unit).iter().any(|street| self.name(street.name) == name);
            let own = unit.level == Level::Province && unit.kind == Kind::Normal;
            let municipality = own && self.placeholders(unit.province).any(|(_, it)| it.code % 10_000 == 100);
            if let Some(unit) = self.units.get_mut(at) {
                (unit.firsts, unit.municipality, unit.namesake) = (firsts, municipality, namesake);
            }
        }
        let bits = |of: &[u16]| {
            of.iter().enumerate().fold(0, |bits, (at, form)| bits | (u64::from(*form != 0) << at))
        };
        self.traditional = self.simplified.chunks(64).map(bits).collect();
        self.full = full::Full::new(&self);
        self.special.clone_from(&self.traditional);
        for at in crate::plain::LONE.into_iter().filter_map(place) {
            if let Some(bits) = self.special.get_mut(at / 64) {
                *bits |= 1 << (at % 64);
            }
        }
        for word in crate::plain::words() {
            self.words.add(word.chars());
            self.trie.add_beginning(word);
        }
        self
    }
}

/// Where a character stands in tables of all that are common.
fn place(letter: char) -> Option<usize> {
    usize::try_from(u32::from(letter).checked_sub(0x4e00)?).ok()
}

/// Where the streets of a unit stand.
fn range(unit: &Unit) -> std::ops::Range<usize> {
    let at = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
    at(unit.streets.0)..at(unit.streets.1)
}

/// One division, for those who list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division<'a> {
    /// Its code.
    pub code: u32,
    /// Its official name.
    pub name: &'a str,
    /// Code of the unit it lies in.
    pub parent: Option<u32>,
    /// Whether it is a placeholder of the statistics.
    pub placeholder: bool,
    /// Whether it is a development zone.
    pub zone: bool,
}
