//! What the structured fields beside a text say.

use super::chain::Chain;
use super::memo::Said;
use super::walk::Walk;
use super::{Found, Region, decide, dedup, front};
use crate::standard::Fields;
use crate::table::{Known, Level, Tables};
use crate::text::{is_separator, skip_separators, starts_with_any};

/// The region of a text in which no name begins and no country is named: its fields alone say it. None where something may
/// still be found in the text.
pub(crate) fn by_fields<'t>(tables: &'t Tables, text: &[char], hints: Fields<'_>) -> Option<Region<'t>> {
    let front = front(text);
    if let Some(known) = in_full(tables, hints) {
        let found = Found { start: front, end: front, known: Some(known), ..Found::in_full(known.unit) };
        return Some(Region::Found(found));
    }
    let hinted = said(tables, hints);
    let [only] = &*hinted else { return None };
    // Above a district areas without a code are passed over.
    tables.unit(only.unit?).filter(|unit| unit.level == Level::District)?;
    Some(decide(&Walk::new(tables, text), &Chain { start: front, end: front, ..*only }))
}

/// What the structured fields say.
pub(super) fn said(tables: &Tables, hints: Fields<'_>) -> Said {
    match in_full(tables, hints) {
        Some(known) => Said::One([Chain::in_full(known.unit)]),
        None => tables.hinted().get(&hints, || from_hints(tables, hints)),
    }
}

/// What fields say that hold the official names of a district and of what it lies in.
fn in_full<'t>(tables: &'t Tables, hints: Fields<'_>) -> Option<&'t Known> {
    tables.in_full([hints.province, hints.city, hints.district], |unit| {
        // Of a few the names, read one after the other, say more.
        from_hints(tables, hints) == [Chain::in_full(unit)]
    })
}

/// The structured fields, read as one text with separators. Fields that name nothing are passed over.
pub(super) fn from_hints(tables: &Tables, hints: Fields<'_>) -> Vec<Chain> {
    let mut chains = vec![Chain::new()];
    for field in [hints.province, hints.city, hints.district] {
        let cleaned = crate::clean::clean(tables, field);
        let text = cleaned.text;
        let front = skip_separators(&text, 0);
        if front >= text.len() || starts_with_any(&text, front, &["其它", "其他", "暂不", "请选择"]).is_some()
        {
            continue;
        }
        let mut walk = Walk::new(tables, &text);
        for chain in &chains {
            walk.read(front, chain.carried());
        }
        // A field names one unit, or the levels down to it; the rest of it must be nothing.
        let end = text.len() - text.iter().rev().take_while(|letter| is_separator(**letter)).count();
        walk.found.retain(|chain| chain.end.max(chain.next) >= end && chain.unit.is_some());
        let best = walk.found.iter().map(|chain| chain.score).max();
        walk.found.retain(|chain| Some(chain.score) == best);
        dedup(&mut walk.found);
        if !walk.found.is_empty() {
            chains = walk.found;
        }
    }
    chains.retain(|chain| chain.unit.is_some());
    chains.into_iter().map(Chain::carried).collect()
}
