//! What was sold and what comes along, as order lines. The platform has no id of a line.

use serde_json::{Map, Value as Json};

use crossdock_connector::{Result, wire};
use crossdock_schemas::{Fulfillment, LineKind, LineStatus, OrderLine, Quantities, Status};

use super::{PLATFORM, Reading, is_zero};
use crate::wire::{Item, Order, Value, text};

/// All lines: what was sold, then gifts, each in the order given.
pub(super) fn lines(reading: &Reading<'_>, order: &Order<'_>, status: &Status) -> Result<Vec<OrderLine>> {
    // The lines of an order that only pays freight for another have nothing to ship.
    let sold = if surcharge(order) { LineKind::Service } else { LineKind::Product };
    let mut lines = Vec::with_capacity(order.item_list.len().saturating_add(order.gift_list.len()));
    for (list, kind, items) in
        [("item_list", sold, &order.item_list), ("gift_list", LineKind::Gift, &order.gift_list)]
    {
        for (at, item) in items.iter().enumerate() {
            lines.push(line(reading, item, kind, format_args!("{list}[{at}]"))?);
        }
    }
    let warehouse = order.order_depot_info.as_ref();
    let warehouse = warehouse.and_then(|depot| text(&depot.depot_code).or(text(&depot.depot_id)));
    let only = order.item_list.len() == 1;
    for (position, line) in (1_u32..).zip(&mut lines) {
        line.position = Some(position);
        line.warehouse = warehouse.map(str::to_owned);
        state(line, status, only);
    }
    Ok(lines)
}

/// Whether the order pays freight for another one.
pub(super) fn surcharge(order: &Order<'_>) -> bool {
    text(&order.ship_additional_origin_order).is_some()
}

/// The merchant's code of what was sold. The item's code names the variant only where there are no variants: two
/// sizes must not become the same article.
pub(super) fn sku<'v>(
    outer_id: &'v Value<'_>,
    outer_goods_id: &'v Value<'_>,
    sku_id: &Value<'_>,
) -> Option<&'v str> {
    let variant = text(sku_id).filter(|id| *id != "0");
    text(outer_id).or(if variant.is_none() { text(outer_goods_id) } else { None })
}

fn line(
    reading: &Reading<'_>,
    item: &Item<'_>,
    kind: LineKind,
    place: std::fmt::Arguments<'_>,
) -> Result<OrderLine> {
    let path = format!("{place}.goods_count");
    let quantity = reading
        .dec(&item.goods_count, &path)?
        .ok_or_else(|| reading.malformed(&path, "the quantity is missing"))?;
    if quantity.is_zero() || quantity.is_negative() {
        return Err(reading.malformed(&path, "a quantity is more than nothing"));
    }
    let price_path = format!("{place}.goods_price");
    let unit_price = reading.dec(&item.goods_price, &price_path)?;
    let line_total =
        match unit_price {
            Some(price) => Some(price.checked_mul(quantity).ok_or_else(|| {
                reading.malformed(&price_path, "price times quantity is beyond all amounts")
            })?),
            None => None,
        };
    let sku = sku(&item.outer_id, &item.outer_goods_id, &item.sku_id);
    let mut line = OrderLine {
        kind,
        sku: sku.map(str::to_owned),
        product_ref: wire::text(item.goods_id.as_ref()),
        variant_ref: text(&item.sku_id).filter(|id| *id != "0").map(str::to_owned),
        title: wire::text(item.goods_name.as_ref()),
        variant_title: wire::text(item.goods_spec.as_ref()),
        image_url: wire::text(item.goods_img.as_ref()),
        quantity,
        unit_price,
        line_total,
        ..OrderLine::default()
    };
    if let Some(code) = text(&item.outer_goods_id).filter(|code| sku != Some(code)) {
        let mut ext = Map::new();
        ext.insert("outer_goods_id".to_owned(), Json::from(code));
        line.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(line)
}

/// The order's codes are those of its only line; gifts travel with it. Cases belong to what was sold, and of
/// several lines nothing says which.
fn state(line: &mut OrderLine, status: &Status, only: bool) {
    let mut own = LineStatus {
        fulfillment: status.fulfillment,
        fulfillment_raw: status.fulfillment_raw.clone(),
        ..LineStatus::default()
    };
    if only && line.kind != LineKind::Gift {
        own.aftersale = status.aftersale;
        own.aftersale_raw.clone_from(&status.aftersale_raw);
    }
    let all = Some(line.quantity);
    let mut counted = Quantities::default();
    if matches!(status.fulfillment, Some(Fulfillment::Shipped | Fulfillment::Delivered)) {
        counted.shipped = all;
    }
    if status.fulfillment == Some(Fulfillment::Delivered) {
        counted.delivered = all;
    }
    if own != LineStatus::default() {
        line.status = Some(own);
    }
    if counted != Quantities::default() {
        line.quantities = Some(counted);
    }
}

/// The name that sealing will give to the only line of its code; `None` when several have the same.
pub(super) fn key(lines: &[OrderLine], at: usize) -> Option<String> {
    let sku = lines.get(at)?.sku.as_deref();
    let same = lines.iter().filter(|line| line.sku.as_deref() == sku).count();
    (same == 1).then(|| format!("{}#1", sku.unwrap_or_default()))
}

pub(super) use crossdock_connector::reading::some;

/// A text that is there and is not zero.
pub(super) fn told<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    text(value).filter(|text| !is_zero(text))
}
