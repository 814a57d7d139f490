//! Reads a chain of units from a place on: province, city, district, each a small gap behind the last.
//!
//! Several readings are followed at once (青岛市|北区 and 青岛|市北区); the caller takes the one that is worth most. A
//! budget bounds the work, whatever the text.

use super::word;
use crate::table::{Entry, Form, Kind, Level, Tables, Unit, UnitId, is_describing};
use crate::text::{at, is_separator, piece, skip_separators, starts_with, starts_with_any};

/// Readings followed from one start.
const BUDGET: usize = 160;
/// Longest chain, repetitions included.
const LONGEST_CHAIN: u8 = 14;

/// A chain as far as it was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chain {
    /// Where to read on.
    pub(crate) next: usize,
    /// Where the region begins and ends.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The deepest unit.
    pub(crate) unit: Option<UnitId>,
    /// By what form each level is written, and whether in this text.
    pub(crate) forms: [Option<Form>; 3],
    pub(crate) here: [bool; 3],
    pub(crate) score: i32,
    pub(crate) tokens: u8,
    pub(crate) repeated: bool,
    pub(crate) placeholder: Option<UnitId>,
    /// A city that is a district today: the district, unless another one follows.
    pub(crate) once_city: Option<UnitId>,
    /// What was read before a contradiction: the deepest unit and how many levels were written.
    pub(crate) against: Option<(UnitId, usize)>,
    /// Counts only when more follows.
    pub(crate) pending: bool,
}

impl Chain {
    /// Nothing read yet.
    pub(crate) const fn new() -> Chain {
        Chain {
            next: 0,
            start: 0,
            end: 0,
            unit: None,
            forms: [None; 3],
            here: [false; 3],
            score: 0,
            tokens: 0,
            repeated: false,
            placeholder: None,
            once_city: None,
            against: None,
            pending: false,
        }
    }

    /// The same knowledge at the start of another text.
    pub(crate) fn carried(mut self) -> Chain {
        (self.next, self.start, self.end, self.tokens) = (0, 0, 0, 0);
        (self.here, self.repeated, self.pending) = ([false; 3], false, false);
        self
    }

    /// How many levels are written.
    pub(crate) fn written(&self) -> usize {
        self.forms.iter().flatten().count()
    }

    fn form(&self, level: Level) -> Option<Form> {
        self.forms.get(level.depth()).copied().flatten()
    }

    fn write(&mut self, level: Level, form: Form) {
        if let Some(slot) = self.forms.get_mut(level.depth()) {
            *slot = (*slot).max(Some(form));
        }
        if let Some(slot) = self.here.get_mut(level.depth()) {
            *slot = true;
        }
    }
}

/// A walk over one text.
pub(crate) struct Walk<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) text: &'a [char],
    pub(crate) found: Vec<Chain>,
    budget: usize,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(tables: &'a Tables, text: &'a [char]) -> Walk<'a> {
        Walk { tables, text, found: Vec::new(), budget: BUDGET }
    }

    /// Follows every reading from a place on.
    pub(crate) fn read(&mut self, from: usize, chain: Chain) {
        self.budget = BUDGET;
        self.step(Chain { next: from, start: from, end: from, ..chain });
    }

    fn step(&mut self, chain: Chain) {
        if self.budget == 0 {
            return;
        }
        self.budget -= 1;
        if chain.tokens > 0 && !chain.pending {
            self.found.push(chain);
        }
        if chain.tokens >= LONGEST_CHAIN {
            return;
        }
        let place = skip_separators(self.text, chain.next);
        let tables = self.tables;
        for (end, entries) in tables.trie().matches(self.text, place) {
            for entry in entries {
                if let Some(next) = self.taken(&chain, *entry, place, end) {
                    self.step(next);
                }
            }
        }
        self.pass_over(&chain, place);
    }

    /// Words between units that are none themselves.
    fn pass_over(&mut self, chain: &Chain, place: usize) {
        let Some(unit) = chain.unit.and_then(|id| self.tables.unit(id)) else { return };
        if chain.tokens == 0 && chain.next != place {
            return;
        }
        let province = unit.level == Level::Province;
        if province {
            let named = self
                .tables
                .placeholders(unit.province)
                .filter_map(|(id, unit)| {
                    Some((id, starts_with(self.text, place, self.tables.name(unit.name))?))
                })
                .max_by_key(|found| found.1);
            let worded = starts_with_any(self.text, place, word::PLACEHOLDERS);
            if let Some(end) = named.map(|found| found.1).max(worded) {
                // 县 alone is a placeholder only when a unit follows.
                let long = end > place + 1;
                let placeholder = named.map(|found| found.0).or(chain.placeholder);
                self.step(Chain {
                    next: end,
                    end: if long { end } else { chain.end },
                    placeholder,
                    pending: chain.pending || !long,
                    tokens: chain.tokens + 1,
                    ..*chain
                });
            }
            let short = chain.form(Level::Province).is_some_and(|form| form < Form::Full);
            if short && let Some(end) = starts_with_any(self.text, place, word::REMNANTS) {
                self.step(Chain { next: end, end, tokens: chain.tokens + 1, pending: false, ..*chain });
            }
        }
        if unit.level == Level::District {
            return;
        }
        let skipped = |end: usize| Chain {
            next: end,
            pending: true,
            tokens: chain.tokens + 1,
            score: chain.score - 5,
            ..*chain
        };
        if unit.kind == Kind::Sar {
            if let Some(end) = starts_with_any(self.text, place, word::SAR_AREAS) {
                self.step(skipped(end));
            }
        } else if !is_separator(at(self.text, place)) {
            let text = self.text;
            for end in word::areas(text, place) {
                // Only a unit right behind it makes it an area that was passed over.
                if self.unit_follows(chain, end) {
                    self.step(skipped(end));
                }
            }
        }
    }

    fn unit_follows(&self, chain: &Chain, end: usize) -> bool {
        let place = skip_separators(self.text, end);
        self.tables.trie().matches(self.text, place).any(|(_, entries)| {
            entries.iter().any(|entry| {
                entry.form.is_whole() && chain.unit.is_some_and(|unit| self.tables.is_below(entry.unit, unit))
            })
        })
    }

    /// The chain with one more unit, when that makes sense.
    fn taken(&self, chain: &Chain, entry: Entry, place: usize, end: usize) -> Option<Chain> {
        let unit = self.tables.unit(entry.unit)?;
        if entry.form.is_whole() && word::breaks(self.text, end) && !self.street_follows(entry.unit, end) {
            return None;
        }
        let goes_on = !entry.form.is_whole()
            && entry.form != Form::ZoneWord
            && word::goes_on(self.text, end, unit.level == Level::District)
            && !self.street_follows(entry.unit, end);
        let first = chain.tokens == 0;
        let mut next = Chain {
            next: end,
            start: if first { place } else { chain.start },
            tokens: chain.tokens + 1,
            pending: goes_on,
            ..*chain
        };
        let Some(held) = chain.unit else {
            if entry.form == Form::ZoneWord {
                return None;
            }
            next.unit = Some(entry.unit);
            next.end = end;
            // 吉林 and 海南 are provinces before they are anything else.
            next.score += entry.form.score() + if unit.level == Level::Province { 10 } else { 0 };
            self.write(&mut next, entry, unit);
            return Some(next);
        };
        let held_unit = self.tables.unit(held)?;
        if entry.unit == held || self.tables.is_below(held, entry.unit) {
            return self.again(chain, next, entry, unit, held_unit, end);
        }
        let lay_there = entry.via.is_some_and(|via| via == held) && entry.form == Form::Former;
        let nominal = is_nominal(held_unit.code, unit.code);
        if self.tables.is_below(entry.unit, held) || lay_there || nominal {
            if next.pending && entry.form == Form::Short && self.same_word(held_unit, place, end) {
                return None;
            }
            let skips = unit.level == Level::District
                && held_unit.level == Level::Province
                && unit
                    .city
                    .and_then(|id| self.tables.unit(id))
                    .is_some_and(|city| city.kind != Kind::Virtual);
            next.unit = Some(entry.unit);
            next.end = end;
            next.score += entry.form.score() + 10 - if skips { 5 } else { 0 };
            self.write(&mut next, entry, unit);
            return Some(next);
        }
        self.contradicts(chain, next, entry, unit, held, held_unit, end)
    }

    /// 承德市承德: the word repeats the city, it does not name 承德县.
    fn same_word(&self, held: &Unit, place: usize, end: usize) -> bool {
        let word: String = piece(self.text, place, end).iter().collect();
        self.tables.name(held.name).starts_with(&word)
    }

    /// A unit that is already known.
    fn again(
        &self,
        chain: &Chain,
        mut next: Chain,
        entry: Entry,
        unit: &Unit,
        held: &Unit,
        end: usize,
    ) -> Option<Chain> {
        if entry.form == Form::ZoneWord {
            return None;
        }
        let upper = chain.form(entry.level).is_none();
        // A level above that is written only now completes the chain; else it is said twice.
        let deepest = unit.level >= held.level;
        let whole = entry.form.is_whole();
        if !whole && deepest && chain.tokens > 0 {
            // 塘沽 behind 滨海新区 belongs to the detail, unless a unit follows.
            next.pending = true;
            return Some(next);
        }
        if deepest && chain.tokens > 0 && word::is_institution(self.text, end) {
            return None;
        }
        let municipality = self.is_municipality(unit);
        let twice = chain.here.get(entry.level.depth()).copied().unwrap_or(false);
        next.repeated |= twice && !municipality && whole;
        next.score += if upper { 3 } else { 1 };
        if whole || upper || chain.tokens == 0 {
            next.write(entry.level, entry.form);
        }
        if deepest {
            next.end = end;
        } else {
            next.pending = true;
        }
        Some(next)
    }

    fn is_municipality(&self, unit: &Unit) -> bool {
        unit.level == Level::Province
            && self.tables.placeholders(unit.province).any(|(_, it)| it.code % 10_000 == 100)
    }

    /// A unit that does not lie in what was read so far.
    #[expect(clippy::too_many_arguments, reason = "one question in one place; all of it is read")]
    fn contradicts(
        &self,
        chain: &Chain,
        mut next: Chain,
        entry: Entry,
        unit: &Unit,
        held: UnitId,
        held_unit: &Unit,
        end: usize,
    ) -> Option<Chain> {
        // 莱芜市钢城区: what was a city lies in another one today, and so does its other district.
        if let Some(once) = chain.once_city
            && once == held
            && unit.level == Level::District
            && unit.city == held_unit.city
        {
            next.unit = Some(entry.unit);
            next.end = end;
            next.score += entry.form.score() + 10;
            self.write(&mut next, entry, unit);
            return Some(next);
        }
        let district = entry.level == Level::District;
        let plain = matches!(entry.form, Form::Full | Form::Former);
        if chain.against.is_some() || entry.form == Form::ZoneWord {
            return None;
        }
        if district
            && (!plain || held_unit.level == Level::District || is_describing(self.tables.name(unit.name)))
        {
            return None;
        }
        // A short name, or anything behind a district, contradicts only together with what follows it.
        let pending = !plain || held_unit.level == Level::District;
        next = Chain {
            unit: Some(entry.unit),
            forms: [None; 3],
            here: [false; 3],
            against: Some((held, chain.written())),
            pending,
            end,
            placeholder: None,
            once_city: None,
            score: next.score + entry.form.score() - 24,
            ..next
        };
        self.write(&mut next, entry, unit);
        Some(next)
    }

    fn write(&self, chain: &mut Chain, entry: Entry, unit: &Unit) {
        chain.write(entry.level, entry.form);
        chain.once_city = (entry.level == Level::City && unit.level == Level::District).then_some(entry.unit);
    }

    /// Whether a street of the unit stands here.
    pub(crate) fn street_follows(&self, id: UnitId, end: usize) -> bool {
        let place = skip_separators(self.text, end);
        self.tables.unit(id).is_some_and(|unit| {
            !self.tables.streets_in(unit).is_empty()
                && self.tables.street_at(unit, self.text, place).is_some()
        })
    }
}

/// 塔城地区 and 阿勒泰地区 are written below 伊犁州, to which they belong in name.
fn is_nominal(held: u32, unit: u32) -> bool {
    held == 654_000 && matches!(unit / 100, 6542 | 6543)
}
