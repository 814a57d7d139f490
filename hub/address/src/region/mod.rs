//! From cleaned text and hints to a region, or to the reason why there is none.

mod chain;
mod fields;
mod memo;
mod walk;
mod word;

pub(crate) use fields::by_fields;
pub(crate) use memo::Memo;

use chain::Chain;
use fields::said;
use walk::Walk;

use crate::standard::Fields;
use crate::table::{Entry, Form, Kind, Known, Level, Tables, UnitId};
use crate::text::{at, is_han, is_separator, piece, skip_separators, starts_with_any, string};

/// What names the country before a region.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    word::COUNTRY.iter()
}

/// What the text says about the region.
#[derive(Debug)]
pub(crate) enum Region<'t> {
    /// Nothing.
    None,
    /// One unit.
    Found(Found<'t>),
    /// Several, none better than the others.
    Ambiguous(Vec<UnitId>),
    /// Its parts contradict each other, and no two of them outvote the third.
    Contradiction,
}

/// A region.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'t> {
    pub(crate) unit: UnitId,
    /// Where it stands in the text; empty when it comes from hints alone.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// By what form each level is written.
    pub(crate) forms: [Option<Form>; 3],
    pub(crate) repeated: bool,
    pub(crate) placeholder: Option<UnitId>,
    /// Two lower levels outvoted what stood above.
    pub(crate) overruled: bool,
    /// What the fields say at once that hold its official names, from the province down to the district.
    pub(crate) known: Option<&'t Known>,
}

impl Found<'_> {
    /// A district by its official names, all of them, which stand in no text.
    pub(crate) const fn in_full(unit: UnitId) -> Found<'static> {
        Found {
            unit,
            start: 0,
            end: 0,
            forms: [Some(Form::Full); 3],
            repeated: false,
            placeholder: None,
            overruled: false,
            known: None,
        }
    }
}

/// Chains that start later are worth less, a tenth of a point a character.
const MOST_LATENESS: usize = 40;
/// Characters of a name in front of a region.
const LONGEST_NAME: usize = 4;
/// Late starts that are tried.
const MOST_STARTS: usize = 64;

/// Finds the region.
pub(crate) fn find<'t>(tables: &'t Tables, text: &[char], hints: Option<Fields<'_>>) -> Region<'t> {
    let hinted = hints.map(|hints| said(tables, hints));
    let hinted = hinted.as_deref().unwrap_or_default();
    let seeds = if hinted.is_empty() { &[Chain::new()] } else { hinted };
    let mut walk = Walk::new(tables, text);
    let front = front(text);
    for seed in seeds {
        walk.read(front, *seed);
    }
    let settled = |chain: &Chain| chain.written() >= 2 && chain.start == front && chain.tokens > 0;
    if !walk.found.iter().any(settled) {
        late_starts(&mut walk, front, seeds);
    }
    let mut found = std::mem::take(&mut walk.found);
    found.retain(|chain| is_evidence(&walk, chain, !hinted.is_empty()));
    if found.is_empty() {
        // Only the hints speak.
        let at_front = |chain: &Chain| Chain { start: front, end: front, ..*chain };
        return match hinted {
            [only] => decide(&walk, &at_front(only)),
            hinted => settle(&walk, hinted.iter().map(at_front).collect()),
        };
    }
    settle(&walk, found)
}

/// Where the region may begin: behind separators and the name of the country.
fn front(text: &[char]) -> usize {
    let mut place = skip_separators(text, 0);
    while matches!(at(text, place), '(' | '[' | ')' | ']') {
        place = skip_separators(text, place + 1);
    }
    country(text, place).map_or(place, |end| skip_separators(text, end))
}

/// Where the name of the country ends that stands here.
fn country(text: &[char], place: usize) -> Option<usize> {
    word::COUNTRY.at(text, place).filter(|end| !at(text, *end).is_ascii_alphabetic())
}

/// Where the text begins behind the name of the country.
pub(crate) fn behind_country(text: &[char]) -> usize {
    country(text, skip_separators(text, 0)).unwrap_or(0)
}

fn dedup(chains: &mut Vec<Chain>) {
    let mut seen: Vec<Option<UnitId>> = Vec::new();
    chains.retain(|chain| {
        let new = !seen.contains(&chain.unit);
        seen.push(chain.unit);
        new
    });
    chains.truncate(16);
}

/// Tries chains that begin behind a name or something else.
fn late_starts(walk: &mut Walk<'_>, front: usize, seeds: &[Chain]) {
    let tables = walk.tables;
    let mut tries = 0;
    for place in front + 1..walk.text.len() {
        let letter = at(walk.text, place);
        let may = tables.trie().may_begin(letter, at(walk.text, place + 1));
        if tries >= MOST_STARTS || !may || !is_han(letter) {
            continue;
        }
        let apart = is_separator(at(walk.text, place - 1)) || matches!(at(walk.text, place - 1), ')' | ']');
        let sound = |entry: &Entry| apart || entry.form.is_whole() || entry.level == Level::Province;
        let begins = tables.trie().matches(walk.text, place).any(|(_, entries)| entries.iter().any(sound));
        if !begins {
            continue;
        }
        tries += 1;
        let before = walk.found.len();
        for seed in seeds {
            walk.read(place, *seed);
        }
        let before_it = piece(walk.text, front, place);
        let lateness = before_it.iter().filter(|letter| !is_separator(**letter)).count().min(MOST_LATENESS);
        let mut at = 0;
        walk.found.retain_mut(|chain| {
            at += 1;
            if at <= before {
                return true;
            }
            chain.score -= i32::try_from(lateness).unwrap_or(0);
            // Words inside a detail are no region. Two levels in a row are, one of them whole or right behind a name;
            // so are three, and a whole name that stands apart.
            let here = chain.here.iter().filter(|here| **here).count();
            let whole = chain.forms.iter().flatten().any(|form| form.is_whole());
            let behind_name = apart && lateness <= LONGEST_NAME;
            (here >= 2 && (whole || behind_name))
                || here == 3
                || (apart && whole && here == 1 && ends_apart(tables, chain))
        });
    }
}

/// Whether a single whole name may stand for itself: a city or district, not the province of 浙江省中医院.
fn ends_apart(tables: &Tables, chain: &Chain) -> bool {
    chain
        .unit
        .and_then(|id| tables.unit(id))
        .is_some_and(|unit| unit.level != Level::Province && !unit.generic)
}

/// Whether a chain says anything: a lone word that may mean any place does not, unless a street of it follows.
fn is_evidence(walk: &Walk<'_>, chain: &Chain, hinted: bool) -> bool {
    let Some((id, unit)) = chain.unit.and_then(|id| Some((id, walk.tables.unit(id)?))) else { return false };
    if chain.against.is_some() {
        return true;
    }
    if hinted || chain.written() >= 2 || unit.level != Level::District {
        return true;
    }
    let form = chain.forms.get(2).copied().flatten();
    let weak = unit.generic || !form.is_some_and(Form::is_whole);
    !weak || walk.street_follows(id, chain.end) || !(unit.generic || unit.common) || has_rivals(walk, chain)
}

/// Whether the same word also means other units: then it is ambiguous, which is worth saying.
fn has_rivals(walk: &Walk<'_>, chain: &Chain) -> bool {
    let word = piece(walk.text, chain.start, chain.end);
    let mut entries = walk.tables.trie().whole(word).iter().filter(|entry| entry.form != Form::ZoneWord);
    entries.any(|entry| Some(entry.unit) != chain.unit)
}

/// Takes the best chain, or says why there is none.
fn settle(walk: &Walk<'_>, mut chains: Vec<Chain>) -> Region<'static> {
    let Some(best) = chains.iter().map(|chain| chain.score).max() else { return Region::None };
    let lone =
        chains.iter().any(|chain| chain.score == best && chain.written() == 1 && chain.against.is_none());
    // A lone former name is as good as a lone official one elsewhere: 清河区.
    let margin = if lone { 8 } else { 0 };
    let longest = chains.iter().filter(|chain| chain.score == best).map(|chain| chain.end).max();
    chains.retain(|chain| chain.score + margin >= best && Some(chain.end) >= longest.filter(|_| lone));
    chains.sort_by_key(|chain| std::cmp::Reverse((chain.score, chain.end)));
    dedup(&mut chains);
    if chains.len() > 1 {
        let confirmed: Vec<Chain> = chains
            .iter()
            .filter(|chain| chain.unit.is_some_and(|id| walk.street_follows(id, chain.end)))
            .copied()
            .collect();
        if confirmed.len() == 1 {
            chains = confirmed;
        }
    }
    if chains.len() > 1 && at_zone(walk.text, &chains) {
        // 西安高新区: zones are named after cities.
        let is_city = |chain: &Chain| {
            chain.unit.and_then(|id| walk.tables.unit(id)).is_some_and(|unit| unit.level == Level::City)
        };
        if chains.iter().filter(|chain| is_city(chain)).count() == 1 {
            chains.retain(is_city);
        }
    }
    if chains.len() > 1 {
        // What lies in another candidate says no more than that one does for certain, unless it is read from more of the
        // text: 开封县城关镇 is in what was 开封县.
        let all: Vec<(UnitId, usize)> =
            chains.iter().filter_map(|chain| Some((chain.unit?, chain.end))).collect();
        let below = |id, other| walk.tables.is_below(id, other);
        chains.retain(|chain| {
            let told = |id, (other, end): &(UnitId, usize)| {
                below(id, *other) && *end >= chain.end || below(*other, id) && *end > chain.end
            };
            chain.unit.is_some_and(|id| !all.iter().any(|other| told(id, other)))
        });
    }
    if chains.len() > 1 && chains.iter().all(|chain| chain.against.is_some()) {
        return Region::Contradiction;
    }
    if chains.len() > 1 {
        chains = official_first(walk, chains);
    }
    let [chain] = chains.as_slice() else {
        let mut units: Vec<UnitId> = chains.iter().filter_map(|chain| chain.unit).collect();
        units.sort_unstable();
        return Region::Ambiguous(units);
    };
    decide(walk, chain)
}

/// Whether a zone follows the one word that was read.
fn at_zone(text: &[char], chains: &[Chain]) -> bool {
    const ZONES: &[&str] = &["高新区", "高新技术", "经开区", "经济技术", "开发区", "经济开发"];
    chains.iter().all(|chain| chain.tokens == 1 && starts_with_any(text, chain.end, ZONES).is_some())
}

/// Several official names leave former ones out, and several on the mainland those outside, where simplified characters
/// are not written. One of a kind decides nothing: the others stay candidates.
fn official_first(walk: &Walk<'_>, chains: Vec<Chain>) -> Vec<Chain> {
    let several = |chains: Vec<Chain>, keep: &dyn Fn(&Chain) -> bool| -> Vec<Chain> {
        let kept: Vec<Chain> = chains.iter().filter(|chain| keep(chain)).copied().collect();
        if kept.len() > 1 { kept } else { chains }
    };
    let official = |chain: &Chain| {
        !chain.forms.iter().flatten().any(|form| matches!(form, Form::Former | Form::FormerShort))
    };
    let mainland = |chain: &Chain| {
        chain.unit.and_then(|id| walk.tables.unit(id)).is_some_and(|unit| unit.kind == Kind::Normal)
    };
    several(several(chains, &official), &mainland)
}

/// The district that a street went to when the district it is written in was dissolved: 江干区下沙街道 lies in 钱塘区, not
/// in the successor of 江干区. Only street offices tell: towns of one name are found in many counties.
fn split_off(walk: &Walk<'_>, chain: &Chain) -> Option<UnitId> {
    let tables = walk.tables;
    let unit = tables.unit(chain.unit?)?;
    let former = matches!(chain.forms, [_, _, Some(Form::Former | Form::FormerShort)]);
    let place = skip_separators(walk.text, chain.end);
    if !former || tables.street_at(unit, walk.text, place).is_some() {
        return None;
    }
    let office = |id: &UnitId| {
        let street = tables.unit(*id).and_then(|unit| tables.street_at(unit, walk.text, place));
        street.is_some_and(|(street, _)| tables.name(street.name).ends_with("街道"))
    };
    let mut homes = tables.districts_of(unit.city?).filter(office);
    homes.next().filter(|_| homes.next().is_none())
}

/// One chain is left: what does it say?
fn decide(walk: &Walk<'_>, chain: &Chain) -> Region<'static> {
    let tables = walk.tables;
    let Some(unit) = chain.unit else { return Region::None };
    if let Some((above, levels)) = chain.against {
        let province = tables.unit(above).is_some_and(|above| above.level == Level::Province);
        let outvoted = province && levels == 1 && chain.written() >= 2;
        if !outvoted {
            return Region::Contradiction;
        }
    }
    Region::Found(Found {
        unit: split_off(walk, chain).unwrap_or(unit),
        start: chain.start,
        end: chain.end,
        forms: chain.forms,
        repeated: chain.repeated,
        placeholder: chain.placeholder,
        overruled: chain.against.is_some(),
        known: None,
    })
}

/// A name right behind the region that looks like a division but is in no table.
pub(crate) fn unlisted(text: &[char], from: usize) -> Option<String> {
    const COMMON: &str = "小园社校厂库景街片院战军营牧林矿港";
    let rest = text.get(from..)?;
    let len = rest.iter().take(8).take_while(|letter| is_han(**letter)).count();
    let end = (3..=len)
        .find(|end| matches!(at(rest, end - 1), '区' | '县' | '旗') && !COMMON.contains(at(rest, end - 2)))?;
    // Zones without a code are known to have none.
    let zone = word::areas(rest, 0).any(|area| area == end)
        || end <= 3 && starts_with_any(rest, 0, &["高新", "开发", "经开", "工业"]).is_some();
    (!zone).then(|| string(piece(rest, 0, end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A district in full says what reading its fields says; nearly all need not be read.
    #[test]
    fn names_in_full_need_no_reading() {
        let tables = Tables::embedded().unwrap();
        let (mut all, mut plain) = (0, 0);
        for unit in tables.divisions().filter(|unit| !unit.placeholder && !unit.zone) {
            let Some(city) = unit.parent.and_then(|code| tables.name_of(code)) else { continue };
            let province = tables.name_of(unit.code / 10_000 * 10_000).unwrap();
            let fields = Fields { province, city, district: unit.name, ..Fields::default() };
            if let Some(id) = tables.named([province, city, unit.name]) {
                assert_eq!(tables.unit(id).map(|it| it.code), Some(unit.code));
                all += 1;
                plain += usize::from(*said(&tables, fields) == [Chain::in_full(id)]);
            }
            for _ in 0..2 {
                assert_eq!(*said(&tables, fields), *fields::from_hints(&tables, fields), "{fields:?}");
            }
        }
        assert!(all > 2500 && plain * 100 >= all * 95, "{plain} of {all}");
        assert_eq!(tables.named(["广东省", "深圳市", "西湖区"]), None);
    }
}
