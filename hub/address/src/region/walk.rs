//! Reads a chain of units from a place on: province, city, district, each a small gap behind the last.
//!
//! Several readings are followed at once (青岛市|北区 and 青岛|市北区); the caller takes the one that is worth most. A
//! budget bounds the work, whatever the text.

use super::chain::Chain;
use super::word;
use crate::table::{Entry, Form, Kind, Level, Tables, Unit, UnitId, is_describing};
use crate::text::{at, is_separator, piece, skip_separators, starts_with, string};

/// Readings followed from one start.
const BUDGET: usize = 160;
/// Longest chain, repetitions included.
const LONGEST_CHAIN: u8 = 14;

/// Its corps stands between the region and its cities.
const XINJIANG: u32 = 650_000;

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
            // What can be said of what is known already says nothing else: 西湖区 behind the fields of the one in 杭州.
            let agrees = entries.iter().any(|entry| self.agrees(&chain, entry.unit));
            for entry in entries {
                if let Some(next) = self.taken(&chain, *entry, place, end, agrees) {
                    self.step(next);
                }
            }
        }
        self.pass_over(&chain, place);
    }

    /// Words between units that are none themselves.
    fn pass_over(&mut self, chain: &Chain, place: usize) {
        let Some(held) = chain.unit else { return };
        let Some(unit) = self.tables.unit(held) else { return };
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
            let worded = word::PLACEHOLDERS.at(self.text, place);
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
            if short && let Some(end) = word::REMNANTS.at(self.text, place) {
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
        if unit.code == XINJIANG
            && let Some(end) = word::corps(self.text, place)
        {
            self.step(skipped(end));
        }
        if unit.kind == Kind::Sar {
            if let Some(end) = word::SAR_AREAS.at(self.text, place) {
                self.step(skipped(end));
            }
        } else if !is_separator(at(self.text, place)) {
            let text = self.text;
            for end in word::areas(text, place) {
                // Only a unit right behind it makes it an area that was passed over.
                if self.unit_below(held, skip_separators(self.text, end)) {
                    self.step(skipped(end));
                }
            }
        }
    }

    /// Whether a whole name of a unit that lies in this one stands right here.
    fn unit_below(&self, id: UnitId, place: usize) -> bool {
        self.tables.trie().matches(self.text, place).any(|(_, entries)| {
            entries.iter().any(|entry| entry.form.is_whole() && self.tables.is_below(entry.unit, id))
        })
    }

    /// Whether a unit is the one that is known, or lies in it or around it.
    fn agrees(&self, chain: &Chain, unit: UnitId) -> bool {
        let within = |unit, held| self.tables.is_below(unit, held);
        chain.unit.is_some_and(|held| unit == held || within(unit, held) || within(held, unit))
    }

    /// The chain with one more unit, when that makes sense. `agrees`: the word may also mean one that agrees with it.
    fn taken(&self, chain: &Chain, entry: Entry, place: usize, end: usize, agrees: bool) -> Option<Chain> {
        let unit = self.tables.unit(entry.unit)?;
        if entry.form.is_whole() && word::breaks(self.text, end) && !self.street_follows(entry.unit, end) {
            return None;
        }
        let district = unit.level == Level::District;
        let bare = !entry.form.is_whole() && entry.form != Form::ZoneWord;
        // 开封县 is not 开封, but 同安县 was 同安区.
        let suffixed = if bare && !self.unit_below(entry.unit, end) {
            word::other_suffix(self.text, end, district)
        } else {
            None
        };
        if suffixed.is_some() && !(district && chain.unit.is_some()) {
            return None;
        }
        let end = suffixed.unwrap_or(end);
        let alone = chain.unit.is_none() && district;
        let goes_on = bare
            && suffixed.is_none()
            && word::goes_on(self.text, end, district, unit.common || alone)
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
            next.go_to(entry, unit, self.cut(entry, place, end));
            // 吉林 and 海南 are provinces before they are anything else.
            next.score += entry.form.score() + if unit.level == Level::Province { 10 } else { 0 };
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
            next.go_to(entry, unit, self.cut(entry, place, end));
            next.score += entry.form.score() + 10 - if skips { 5 } else { 0 };
            return Some(next);
        }
        if agrees { None } else { self.contradicts(chain, next, entry, held, place) }
    }

    /// Where the region ends behind a unit: 苏州市立医院 says where it is, but keeps its name.
    fn cut(&self, entry: Entry, place: usize, end: usize) -> usize {
        let kept = entry.level != Level::District && at(self.text, end) == '立';
        if kept { place } else { end }
    }

    /// 承德市承德: the word repeats the city, it does not name 承德县.
    fn same_word(&self, held: &Unit, place: usize, end: usize) -> bool {
        let word = string(piece(self.text, place, end));
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
        next.score += if upper && whole { entry.form.score() } else { 1 };
        if whole || upper || chain.tokens == 0 {
            next.write(entry);
        }
        // A level above that was not known settles which of several it is: 鼓楼区, 南京市.
        if deepest || (upper && whole) {
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
    fn contradicts(
        &self,
        chain: &Chain,
        mut next: Chain,
        entry: Entry,
        held: UnitId,
        place: usize,
    ) -> Option<Chain> {
        let (unit, held_unit) = (self.tables.unit(entry.unit)?, self.tables.unit(held)?);
        let end = next.next;
        // 莱芜市钢城区: what was a city lies in another one today, and so does its other district.
        let sibling = chain.once_city == Some(held) && unit.city == held_unit.city;
        if sibling && unit.level == Level::District {
            next.go_to(entry, unit, end);
            next.score += entry.form.score() + 10;
            return Some(next);
        }
        let plain = matches!(entry.form, Form::Full | Form::Former);
        if chain.against.is_some() || entry.form == Form::ZoneWord {
            return None;
        }
        // 城区 and 老城区 are said of any city, and what stands behind a district is detail; but the text may begin with
        // another district than its fields name.
        let inside = held_unit.level == Level::District;
        let begins = chain.tokens == 0 && entry.form == Form::Full;
        if entry.level == Level::District
            && (!plain || (inside && !begins) || is_describing(&string(piece(self.text, place, end))))
        {
            return None;
        }
        let score = next.score + entry.form.score() - 24;
        next = Chain {
            forms: [None; 3],
            here: [false; 3],
            against: Some((held, chain.written())),
            // A short name, or anything behind a district, contradicts only together with what follows it.
            pending: !plain || (inside && !begins),
            placeholder: None,
            score,
            ..next
        };
        next.go_to(entry, unit, end);
        Some(next)
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
