//! Order lines: which of them are sent, and their fields.

use serde_json::{Map, Value, json};

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{LineKind, Order, OrderLine};

use crate::amounts::{self, LineSums};
use crate::config::{Config, Generation, StatusWord};
use crate::text::cut;
use crate::{names, status};

/// Most lines of an order.
const MOST: usize = 200;

/// The lines that are sent: a bundle is sent as the article it is over there, so its parts beside it are not.
///
/// # Errors
/// `Rejected` when there are none, or more than WDT takes.
pub(crate) fn sent(order: &Order) -> Result<Vec<&OrderLine>> {
    let bundle = |key: &str| {
        order.lines.iter().any(|line| line.kind == LineKind::Bundle && line.line_key.as_deref() == Some(key))
    };
    let part = |line: &&OrderLine| {
        line.kind == LineKind::Component && line.parent_ref.as_deref().is_some_and(bundle)
    };
    let lines: Vec<&OrderLine> = order.lines.iter().filter(|line| !part(line)).collect();
    match lines.len() {
        0 => Err(refused("the order is known only in part: it has no lines yet".to_owned())),
        count if count > MOST => Err(refused(format!("{count} lines, WDT takes {MOST}"))),
        _ => Ok(lines),
    }
}

/// The fields of one line.
///
/// # Errors
/// `Rejected` when it has no SKU, or a state that has no code.
pub(crate) fn fields(
    config: &Config,
    tid: &str,
    word: StatusWord,
    line: &OrderLine,
    sums: &LineSums,
) -> Result<Map<String, Value>> {
    let key = line.line_key.as_deref().unwrap_or_default();
    let spec_no = spec_no(config, line)?;
    let mut out = Map::new();
    if config.generation == Generation::Qjb {
        put(&mut out, "tid", tid);
    }
    put(&mut out, "oid", &names::oid(tid, key));
    put(&mut out, "num", &amounts::text(sums.num));
    put(&mut out, "price", &amounts::text(sums.price));
    let word = status::line(word, line);
    let code = status::code(config, word).ok_or_else(|| no_code("statuses", word.as_str()))?;
    out.insert("status".to_owned(), json!(code));
    out.insert("refund_status".to_owned(), json!(status::refund(word, line)));
    // Over there the article of a platform is known by these two ids: without them it is known by its code.
    put(&mut out, "goods_id", line.product_ref.as_deref().unwrap_or(&spec_no));
    put(&mut out, "spec_id", line.variant_ref.as_deref().unwrap_or(&spec_no));
    put(&mut out, "goods_no", "");
    put(&mut out, "spec_no", &spec_no);
    put(&mut out, "goods_name", &cut(line.title.as_deref().unwrap_or(&spec_no), 255));
    put(&mut out, "spec_name", &cut(line.variant_title.as_deref().unwrap_or_default(), 100));
    put(&mut out, "adjust_amount", &amounts::text(sums.adjust));
    put(&mut out, "discount", &amounts::text(sums.discount));
    put(&mut out, "share_discount", &amounts::text(sums.share));
    put(&mut out, "remark", &cut(&wish(line), 255));
    if config.generation == Generation::Qjb {
        put(&mut out, "total_amount", &amounts::text(sums.total()));
        let back = if word == StatusWord::Refunded { sums.net() } else { crossdock_schemas::Dec::ZERO };
        put(&mut out, "refund_amount", &amounts::text(back));
        put(&mut out, "json", "");
        out.insert("gift_type".to_owned(), json!(if line.kind == LineKind::Gift { 8 } else { 0 }));
        let order_type = match line.kind {
            LineKind::Virtual => 1,
            LineKind::Service => 2,
            _ => 0,
        };
        out.insert("order_type".to_owned(), json!(order_type));
    }
    Ok(out)
}

/// The article's code over there.
fn spec_no(config: &Config, line: &OrderLine) -> Result<String> {
    let known = [&line.sku, &line.variant_ref, &line.product_ref];
    let mapped = known.iter().find_map(|code| config.skus.find(code.as_deref()?));
    let code = mapped.or(line.sku.as_deref()).map(str::trim).filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| {
        let key = line.line_key.as_deref().unwrap_or_default();
        let id = line.variant_ref.as_deref().or(line.product_ref.as_deref()).unwrap_or("*");
        refused(format!("line {key} has no SKU: add \"{id}\" = \"..\" to the sink's settings.skus"))
    })?;
    Ok(code.to_owned())
}

/// What has to be made for the buyer.
fn wish(line: &OrderLine) -> String {
    let wishes = line.customization.iter().map(|(name, value)| format!("{name}: {value}"));
    wishes.collect::<Vec<_>>().join("; ")
}

/// The one warehouse of an order, where WDT is told.
///
/// # Errors
/// `Rejected` when its code is not in the settings, or lines name several.
pub(crate) fn warehouse<'c>(config: &'c Config, lines: &[&OrderLine]) -> Result<Option<&'c str>> {
    if config.warehouses.0.is_empty() {
        return Ok(None);
    }
    let mut named = lines.iter().filter_map(|line| line.warehouse.as_deref());
    let Some(first) = named.next() else { return Ok(None) };
    if named.any(|other| other != first) {
        return Err(refused(
            "the lines ship from several warehouses, and WDT takes one for an order".to_owned(),
        ));
    }
    config.warehouses.need("warehouses", first).map(Some)
}

pub(crate) fn no_code(setting: &str, word: &str) -> Error {
    refused(format!(
        "this generation has no code for `{word}`: add {word} = .. to the sink's settings.{setting}"
    ))
}

fn put(out: &mut Map<String, Value>, name: &str, text: &str) {
    out.insert(name.to_owned(), Value::from(text));
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Rejected, what)
}
