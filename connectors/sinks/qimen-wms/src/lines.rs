//! Order lines as a warehouse sees them: goods, whole pieces, what is still to be shipped.

use std::collections::BTreeMap;

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Dec, LineKind, Order, OrderLine};

use crate::config::Config;
use crate::names;
use crate::text::yuan;
use crate::write::Doc;

/// A line to ship.
#[derive(Debug)]
pub(crate) struct Goods<'a> {
    pub(crate) line: &'a OrderLine,
    pub(crate) number: String,
    pub(crate) item: String,
    pub(crate) pieces: u64,
}

/// What is to be shipped of an order; nothing when all of it was called off.
///
/// # Errors
/// `Rejected` when the order has no lines yet, a line no SKU, or a quantity that is not whole.
pub(crate) fn goods<'a>(config: &Config, order: &'a Order) -> Result<Vec<Goods<'a>>> {
    if order.lines.is_empty() {
        return Err(refused("the order is known only in part: it has no lines yet"));
    }
    let mut found = Vec::with_capacity(order.lines.len());
    for line in order.lines.iter().filter(|line| is_goods(order, line)) {
        let key = line.line_key.as_deref().unwrap_or_default();
        let pieces = pieces(line).ok_or_else(|| {
            refused(format!("line {key}: a warehouse ships whole pieces, not {}", line.quantity.canonical()))
        })?;
        if pieces > 0 {
            found.push(Goods { line, number: names::line(key), item: item(config, line)?, pieces });
        }
    }
    Ok(found)
}

/// Whether a line lies in a warehouse. A bundle whose parts are lines too is shipped as its parts.
fn is_goods(order: &Order, line: &OrderLine) -> bool {
    match line.kind {
        LineKind::Service | LineKind::Virtual | LineKind::Deposit => false,
        LineKind::Bundle => !order.lines.iter().any(|other| {
            other.kind == LineKind::Component
                && other.parent_ref.is_some()
                && other.parent_ref == line.line_key
        }),
        LineKind::Product | LineKind::Component | LineKind::Gift | LineKind::Unknown => true,
    }
}

/// What is left to ship, in pieces.
fn pieces(line: &OrderLine) -> Option<u64> {
    let counted = line.quantities.as_ref();
    let cancelled = counted.and_then(|counted| counted.cancelled).unwrap_or_default();
    let refunded = counted.and_then(|counted| counted.refunded).unwrap_or_default();
    // What was refunded before shipping counts as cancelled at some platforms, and not at others.
    whole(line.quantity - cancelled.max(refunded))
}

/// A whole number that is not negative.
pub(crate) fn whole(quantity: Dec) -> Option<u64> {
    quantity.canonical().parse().ok()
}

/// The article's code over there.
fn item(config: &Config, line: &OrderLine) -> Result<String> {
    let known = [&line.sku, &line.variant_ref, &line.product_ref];
    let mapped = known.iter().find_map(|code| config.skus.find(code.as_deref()?));
    let code = mapped.or(line.sku.as_deref()).map(str::trim).filter(|code| !code.is_empty());
    code.map(str::to_owned).ok_or_else(|| {
        let key = line.line_key.as_deref().unwrap_or_default();
        let id = line.variant_ref.as_deref().or(line.product_ref.as_deref()).unwrap_or("*");
        refused(format!("line {key} has no SKU: add \"{id}\" = \"..\" to the sink's settings.skus"))
    })
}

/// Pieces of each article, to be held against what a WMS says it has.
pub(crate) fn by_item<'a>(rows: impl IntoIterator<Item = (&'a str, u64)>) -> BTreeMap<&'a str, u64> {
    let mut sums = BTreeMap::new();
    for (item, pieces) in rows {
        let sum = sums.entry(item).or_insert(0_u64);
        *sum = sum.saturating_add(pieces);
    }
    sums
}

/// The one warehouse of an order.
///
/// # Errors
/// `Rejected` when its code is not in the settings, or lines name several.
pub(crate) fn warehouse<'c>(config: &'c Config, goods: &[Goods<'_>]) -> Result<&'c str> {
    let mut named = goods.iter().map(|goods| goods.line.warehouse.as_deref());
    let Some(first) = named.next() else { return Ok(&config.warehouse_code) };
    if named.any(|other| other != first) {
        return Err(refused("the lines ship from several warehouses: one delivery order is for one of them"));
    }
    match first {
        None => Ok(&config.warehouse_code),
        Some(_) if config.warehouses.0.is_empty() => Ok(&config.warehouse_code),
        Some(name) => config.warehouses.need("warehouses", name),
    }
}

/// Writes the lines of a delivery order.
pub(crate) fn write(config: &Config, order: &Order, owner: &str, goods: &[Goods<'_>], doc: &mut Doc) {
    doc.group("orderLines", |doc| {
        for goods in goods {
            let line = goods.line;
            doc.group("orderLine", |doc| {
                doc.put("orderLineNo", &goods.number);
                doc.put("sourceOrderCode", &order.order_no);
                doc.maybe("subSourceOrderCode", line.line_ref.as_deref());
                doc.put("ownerCode", owner);
                doc.put("itemCode", &goods.item);
                doc.put("inventoryType", &config.inventory_type);
                doc.maybe(
                    "itemName",
                    line.title.as_deref().map(|title| title.chars().take(200).collect::<String>()),
                );
                doc.put("planQty", goods.pieces.to_string());
                let (retail, actual) = prices(line);
                doc.maybe("retailPrice", retail.map(yuan));
                doc.put("actualPrice", yuan(actual));
                let off =
                    retail.map(|retail| retail - actual).filter(|off| !off.is_zero() && !off.is_negative());
                doc.maybe("discountAmount", off.map(yuan));
            });
        }
    });
}

/// Price of a piece before and after all reductions, in whole cents so that their difference is the discount. Parts of a
/// bundle and gifts may have none: they cost nothing.
fn prices(line: &OrderLine) -> (Option<Dec>, Dec) {
    let retail = line.list_price.or(line.unit_price);
    let whole = line.payable.or(line.line_total);
    let actual =
        whole.and_then(|whole| whole.checked_div(line.quantity)).or(line.unit_price).or(line.list_price);
    (retail.map(|retail| retail.round(2)), actual.unwrap_or_default().round(2))
}

fn refused(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(lines: &str) -> Order {
        let text = format!(
            r#"{{"source":{{"platform":"taobao","shop":"1"}},"order_no":"1","kind":"sale","lines":[{lines}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn shipped(lines: &str) -> Result<Vec<(String, u64)>> {
        let config = crate::config::tests::config(&[]).unwrap();
        Ok(goods(&config, &order(lines))?.into_iter().map(|goods| (goods.item, goods.pieces)).collect())
    }

    #[test]
    fn what_lies_in_a_warehouse_is_shipped_as_far_as_it_is_left() {
        let found = shipped(
            r#"{"line_key":"1","kind":"bundle","sku":"SET","quantity":"1"},
               {"line_key":"2","kind":"component","parent_ref":"1","sku":"TS-RED-L","quantity":"2"},
               {"line_key":"3","kind":"bundle","sku":"SET-2","quantity":"1"},
               {"line_key":"4","kind":"service","quantity":"1"},
               {"line_key":"5","sku":"MUG","quantity":"3.0","quantities":{"cancelled":"1","refunded":"1"}},
               {"line_key":"6","sku":"GONE","quantity":"1","quantities":{"refunded":"1"}}"#,
        )
        .unwrap();
        assert_eq!(found, [("A-100-RED".to_owned(), 2), ("SET-2".to_owned(), 1), ("MUG".to_owned(), 2)]);
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for (lines, what) in [
            ("", "known only in part"),
            (r#"{"line_key":"1","sku":"ROPE","quantity":"1.5"}"#, "whole pieces, not 1.5"),
            (
                r#"{"line_key":"1","variant_ref":"77","quantity":"1"}"#,
                "add \"77\" = \"..\" to the sink's settings.skus",
            ),
        ] {
            let error = shipped(lines).unwrap_err();
            assert!(error.message().contains(what), "{error}");
        }
    }

    #[test]
    fn one_delivery_order_is_for_one_warehouse() {
        let config = crate::config::tests::config(&[]).unwrap();
        let ask = |lines: &str| {
            let order = order(lines);
            warehouse(&config, &goods(&config, &order).unwrap()).map(str::to_owned)
        };
        assert_eq!(ask(r#"{"line_key":"1","sku":"A","quantity":"1","warehouse":"HZ-1"}"#).unwrap(), "WH01");
        assert_eq!(ask(r#"{"line_key":"1","sku":"A","quantity":"1"}"#).unwrap(), "OTHER");
        assert!(ask(r#"{"line_key":"1","sku":"A","quantity":"1","warehouse":"SH-1"}"#).is_err());
        let two = r#"{"line_key":"1","sku":"A","quantity":"1","warehouse":"HZ-1"},{"line_key":"2","sku":"B","quantity":"1"}"#;
        assert!(ask(two).unwrap_err().message().contains("several warehouses"));
    }
}
