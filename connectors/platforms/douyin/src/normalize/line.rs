//! Lines of an order. The platform's id of a line is that of its sub-order, which on orders of one line is also the order's.

use serde_json::{Map, Value as Json};

use crossdock_connector::reading::some;
use crossdock_connector::{IssueKind, Result, wire};
use crossdock_schemas::{Dec, Fulfillment, LineKind, LineStatus, OrderLine, Quantities};

use super::{PLATFORM, Reading, state};
use crate::config::SkuField;
use crate::wire::{Line, Order, text, told};

/// All lines, in the order of their ids.
pub(super) fn lines(reading: &mut Reading<'_>, order: &Order<'_>) -> Result<Vec<OrderLine>> {
    let mut lines = Vec::with_capacity(order.sku_order_list.len());
    for (at, given) in order.sku_order_list.iter().enumerate() {
        lines.push(line(reading, order, given, at)?);
    }
    let id = |line: &OrderLine| line.line_ref.as_ref().map(|id| (id.len(), id.clone()));
    lines.sort_by_key(id);
    for (position, line) in (1_u32..).zip(&mut lines) {
        line.position = Some(position);
    }
    Ok(lines)
}

fn line(reading: &mut Reading<'_>, order: &Order<'_>, given: &Line<'_>, at: usize) -> Result<OrderLine> {
    let field = |name: &str| format!("sku_order_list[{at}].{name}");
    let id = told(&given.order_id)
        .ok_or_else(|| reading.malformed(field("order_id"), "the id of the line is missing"))?;
    let quantity = reading
        .dec(&given.item_num, field("item_num"))?
        .ok_or_else(|| reading.malformed(field("item_num"), "the quantity is missing"))?;
    if quantity <= Dec::ZERO {
        return Err(reading.malformed(field("item_num"), "a quantity is more than nothing"));
    }
    let (kind, kind_raw) = kind(reading, given, &field("given_product_type"));
    let mut line = OrderLine {
        line_ref: Some(id.to_owned()),
        kind,
        kind_raw,
        parent_ref: if kind == LineKind::Gift { master(given) } else { None },
        sku: sku(reading, given),
        product_ref: told(&given.product_id_str).or(told(&given.product_id)).map(str::to_owned),
        variant_ref: told(&given.sku_id).map(str::to_owned),
        title: wire::text(given.product_name.as_ref()),
        variant_title: variant(given),
        image_url: wire::text(given.product_pic.as_ref()),
        quantity,
        unit_price: reading.hundredths(&given.origin_amount, field("origin_amount"))?,
        customization: given
            .sku_customization_info
            .iter()
            .filter_map(|custom| custom.detail.as_ref())
            .flat_map(|detail| &detail.text)
            .filter_map(|own| Some((wire::text(own.key.as_ref())?, wire::text(own.content.as_ref())?)))
            .collect(),
        warehouse: warehouse(given),
        ..OrderLine::default()
    };
    amounts(reading, given, &mut line, &field)?;
    status(reading, order, given, at, &mut line);
    extension(reading, given, &mut line, &field)?;
    Ok(line)
}

/// Gift, set, virtual or ordinary. A word for the binding that nobody knows may be a gift.
fn kind(reading: &mut Reading<'_>, given: &Line<'_>, path: &str) -> (LineKind, Option<String>) {
    let bound = text(&given.given_product_type);
    let kind = match bound {
        Some("FREE") => LineKind::Gift,
        Some("MASTER") | None if !given.bundle_sku_info.is_empty() => LineKind::Bundle,
        Some("MASTER") | None if text(&given.goods_type) == Some("1") => LineKind::Virtual,
        Some("MASTER") | None => LineKind::Product,
        Some(other) => {
            reading.unmapped(path, other);
            LineKind::Unknown
        }
    };
    (kind, bound.map(str::to_owned))
}

/// The line that a gift comes with.
fn master(given: &Line<'_>) -> Option<String> {
    let listed = given.master_sku_order_id_list.iter().filter_map(|id| id.text()).min();
    listed.or(told(&given.master_sku_order_id)).map(str::to_owned)
}

fn sku(reading: &Reading<'_>, given: &Line<'_>) -> Option<String> {
    let (code, out) = (told(&given.code), told(&given.out_sku_id));
    let sku = match reading.of.config.sku_field {
        SkuField::Code => code.or(out),
        SkuField::OutSkuId => out.or(code),
    };
    sku.map(str::to_owned)
}

fn variant(given: &Line<'_>) -> Option<String> {
    let values: Vec<&str> = given.spec.iter().filter_map(|spec| text(&spec.value)).collect();
    (!values.is_empty()).then(|| values.join(" / "))
}

/// The only warehouse it is taken from, by the merchant's id where there is one.
fn warehouse(given: &Line<'_>) -> Option<String> {
    let [only] = given.inventory_list.as_slice() else { return None };
    told(&only.out_warehouse_id).or(told(&only.warehouse_id)).map(str::to_owned)
}

/// What a line costs. `pay_amount` may hold the line's share of freight and tax, and what was changed by hand.
fn amounts(
    reading: &mut Reading<'_>,
    given: &Line<'_>,
    line: &mut OrderLine,
    field: &dyn Fn(&str) -> String,
) -> Result<()> {
    let stated = reading.hundredths(&given.sum_amount, field("sum_amount"))?;
    let total = stated.or_else(|| line.unit_price.and_then(|price| price.checked_mul(line.quantity)));
    let promotion = reading.hundredths(&given.promotion_amount, field("promotion_amount"))?;
    let pay = reading.hundredths(&given.pay_amount, field("pay_amount"))?;
    let post = reading.hundredths(&given.post_amount, field("post_amount"))?.unwrap_or(Dec::ZERO);
    let tax = reading.hundredths(&given.tax_amount, field("tax_amount"))?.unwrap_or(Dec::ZERO);
    let by_hand = some(reading.hundredths(&given.modify_amount, field("modify_amount"))?);
    (line.line_total, line.allocated_discount, line.payable) = (total, promotion, pay);
    let (Some(total), Some(pay)) = (total, pay) else { return Ok(()) };
    let discount = promotion.unwrap_or(Dec::ZERO);
    line.allocated_discount = Some(discount);
    let rest = total - discount;
    let parts = [pay, pay - post, pay - tax, pay - post - tax];
    if parts.contains(&rest) {
        line.payable = Some(rest);
        return Ok(());
    }
    // Changed by hand: the line then costs what is left of it.
    let changed =
        parts.into_iter().find(|part| by_hand.is_some_and(|change| (*part - rest).abs() == change.abs()));
    if let Some(part) = changed {
        line.line_total = Some(part + discount);
        line.payable = Some(part);
        return Ok(());
    }
    let detail = format!(
        "sum_amount less promotion_amount is {}, pay_amount says {}",
        rest.canonical(),
        pay.canonical()
    );
    reading.issue(IssueKind::AmountMismatch, field("pay_amount"), &detail);
    line.payable = Some(pay - post);
    Ok(())
}

fn status(reading: &mut Reading<'_>, order: &Order<'_>, given: &Line<'_>, at: usize, line: &mut OrderLine) {
    let mut own = LineStatus::default();
    if let Some(code) = told(&given.order_status) {
        own.fulfillment_raw = Some(code.to_owned());
        own.fulfillment = match reading.of.codes.order_status.get(code) {
            Some(row) => row.fulfillment,
            None => {
                reading.unmapped(format_args!("sku_order_list[{at}].order_status"), code);
                Some(Fulfillment::Unknown)
            }
        };
        // Cancelled says nothing about goods.
        if own.fulfillment.is_none() {
            own.fulfillment_raw = None;
        }
    }
    // Told once, with the order's own axis.
    let issues = reading.issues.len();
    own.aftersale = state::case(reading, given, at);
    reading.issues.truncate(issues);
    own.aftersale_raw = given
        .after_sale_info
        .as_ref()
        .and_then(|case| text(&case.after_sale_status))
        .filter(|code| *code != "0")
        .map(str::to_owned);
    let id = told(&given.order_id);
    let packed: Dec = order
        .logistics_info
        .iter()
        .flat_map(|parcel| &parcel.product_info)
        .filter(|packed| told(&packed.sku_order_id) == id)
        .filter_map(|packed| Dec::parse(told(&packed.product_count)?).ok())
        .sum();
    let all = Some(line.quantity);
    let (shipped, delivered) = match own.fulfillment {
        Some(Fulfillment::Delivered) => (all, all),
        Some(Fulfillment::Shipped) => (all, None),
        _ => (some(Some(packed)).filter(|packed| !packed.is_negative()), None),
    };
    let counted = Quantities { shipped, delivered, ..Quantities::default() };
    line.quantities = (counted != Quantities::default()).then_some(counted);
    line.status = (own != LineStatus::default()).then_some(own);
}

/// What only this platform says about a line.
fn extension(
    reading: &Reading<'_>,
    given: &Line<'_>,
    line: &mut OrderLine,
    field: &dyn Fn(&str) -> String,
) -> Result<()> {
    let mut ext = Map::new();
    for (name, value) in [
        ("code", told(&given.code)),
        ("out_sku_id", told(&given.out_sku_id)),
        ("out_product_id", told(&given.out_product_id)),
        ("trade_type", told(&given.trade_type)),
        ("pre_sale_type", told(&given.pre_sale_type)),
        ("author_id", told(&given.author_id)),
        ("room_id", told(&given.room_id)),
    ] {
        if let Some(value) = value.filter(|value| line.sku.as_deref() != Some(value)) {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    for (name, value) in [
        ("only_platform_cost_amount", &given.only_platform_cost_amount),
        ("author_cost_amount", &given.author_cost_amount),
    ] {
        if let Some(amount) = some(reading.hundredths(value, field(name))?) {
            ext.insert(name.to_owned(), Json::from(amount.to_string()));
        }
    }
    // Whether the quantity of a part is per set or in all is not established, so parts are no lines.
    let parts: Vec<Json> = given.bundle_sku_info.iter().map(part).collect();
    if !parts.is_empty() {
        ext.insert("components".to_owned(), Json::Array(parts));
    }
    if !ext.is_empty() {
        line.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(())
}

fn part(part: &crate::wire::Part<'_>) -> Json {
    let mut own = Map::new();
    for (name, value) in [
        ("code", &part.code),
        ("sku_id", &part.sku_id),
        ("product_id", &part.product_id),
        ("product_name", &part.product_name),
        ("item_num", &part.item_num),
    ] {
        if let Some(value) = told(value) {
            own.insert(name.to_owned(), Json::from(value));
        }
    }
    Json::Object(own)
}
