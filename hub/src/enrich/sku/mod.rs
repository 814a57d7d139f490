//! From the SKUs of platforms to those of the company: single products, packs, and bundles with their components.
//!
//! A line that no map knows keeps its order going: it is tagged, counted and listed, never held and never guessed.

mod table;

use std::collections::HashMap;

use crossdock_schemas::{
    Code, Dec, LineKind, Order, OrderLine, RiskCode, RiskSeverity, RiskTag, StockItem, Ts,
};
use foldhash::fast::FixedState;

pub use table::{By, Entries, Row, Sold, read, rows};

use crate::pipeline::About;

/// The source whose map holds for all.
pub const ALL: &str = "*";

/// Name of the tag of an order with lines that no map knows.
pub const UNMAPPED: &str = "sku_unmapped";

/// What lines are called on the left, what the company takes from stock on the right; a map for each source and one
/// for all.
#[derive(Debug, Default)]
pub struct Map {
    of: HashMap<String, Entries, FixedState>,
    all: Entries,
}

impl Map {
    /// Adds the entries of a source, or of `*`.
    pub fn add(&mut self, source: &str, entries: Entries) {
        match source {
            ALL => self.all.extend(entries),
            _ => self.of.entry(source.to_owned()).or_default().extend(entries),
        }
    }

    /// Writes the items of every line that is known; says how many lines with goods are not.
    pub(super) fn order(&self, order: &mut Order, source: &str) -> usize {
        let parents = parents(&order.lines);
        let maps = self.maps(source);
        let mut unmapped = 0;
        for line in &mut order.lines {
            if !has_goods(line, &parents) {
                continue;
            }
            let found = find(maps, line).and_then(|items| taken(items, line.quantity));
            match found {
                Some(items) => line.items = items,
                None => unmapped += 1,
            }
        }
        unmapped
    }

    /// Whether the map of any source knows a line.
    #[must_use]
    pub fn knows(&self, line: &OrderLine) -> bool {
        let known = |map: &Entries| find([Some(map), None], line).is_some();
        known(&self.all) || self.of.values().any(known)
    }

    /// The source's own map first, then that for all.
    fn maps(&self, source: &str) -> [Option<&Entries>; 2] {
        [self.of.get(source), Some(&self.all)]
    }
}

/// What a line is, by the first map that knows it; a name of the seller's before one of the platform's.
fn find<'a>(maps: [Option<&'a Entries>; 2], line: &OrderLine) -> Option<&'a [(Code, Dec)]> {
    let names = [(By::Sku, &line.sku), (By::Variant, &line.variant_ref), (By::Product, &line.product_ref)];
    maps.into_iter().flatten().find_map(|entries| {
        names.iter().find_map(|(by, name)| entries.of(*by).get(name.as_deref()?).map(Vec::as_slice))
    })
}

/// The lines that others are parts of; asked for only where a line is a bundle.
fn parents(lines: &[OrderLine]) -> Vec<String> {
    if lines.iter().all(|line| line.kind != LineKind::Bundle) {
        return Vec::new();
    }
    lines.iter().filter_map(|line| line.parent_ref.clone()).collect()
}

/// Whether a line takes something from stock: not what is a service, nor a bundle whose components are lines of their
/// own.
fn has_goods(line: &OrderLine, parents: &[String]) -> bool {
    let goods = !matches!(line.kind, LineKind::Service | LineKind::Virtual | LineKind::Deposit);
    let told_by_parts = line.kind == LineKind::Bundle
        && line.line_ref.as_ref().is_some_and(|name| parents.iter().any(|parent| parent == name));
    goods && !told_by_parts
}

fn taken(items: &[(Code, Dec)], quantity: Dec) -> Option<Vec<StockItem>> {
    let mut taken = Vec::with_capacity(items.len());
    for (sku, pieces) in items {
        // Nearly always one piece.
        let one = pieces.value().scale() == 0 && pieces.value().mantissa() == 1;
        let quantity = if one { quantity } else { pieces.checked_mul(quantity)? };
        taken.push(StockItem { sku: sku.clone(), quantity });
    }
    Some(taken)
}

/// Whether the hub's map should know this line and does not.
#[must_use]
pub fn is_unmapped(order: &Order, line: &OrderLine) -> bool {
    let parents = parents(&order.lines);
    line.items.is_empty() && has_goods(line, &parents)
}

/// Tags an order with unmapped lines: good to know, nothing is held.
pub(super) fn tag(order: &mut Order, unmapped: usize, about: &About<'_>) {
    if unmapped == 0 {
        return;
    }
    let lines = if unmapped == 1 { "line" } else { "lines" };
    order.risk_tags.push(RiskTag {
        code: RiskCode::Custom,
        severity: RiskSeverity::Info,
        rule: UNMAPPED.to_owned(),
        rule_version: "1".to_owned(),
        evidence: format!("{unmapped} {lines} in no SKU map"),
        at: Ts::utc(about.at),
        ..RiskTag::default()
    });
}
