//! Sub-orders and service orders as order lines.

use serde_json::{Map, Value as Json};

use crossdock_connector::Result;
use crossdock_connector::wire;
use crossdock_schemas::{Dec, Fulfillment, LineKind, LineStatus, LineTax, OrderLine, Quantities};

use super::{PLATFORM, Reading, state};
use crate::wire::{Component, ServiceOrder, SubOrder, Trade, text, yes};

/// All lines, in the order of their ids: the platform gives them in any order, and two deliveries of one trade
/// should read the same.
pub(super) fn lines(reading: &mut Reading<'_>, trade: &Trade<'_>) -> Result<Vec<OrderLine>> {
    let mut lines = Vec::with_capacity(trade.orders.len() + trade.service_orders.len());
    for (at, order) in trade.orders.iter().enumerate() {
        lines.push(line(reading, trade, order, at)?);
    }
    for (at, service) in trade.service_orders.iter().enumerate() {
        lines.push(service_line(reading, service, at)?);
    }
    lines.sort_by(|a, b| by_number(a.line_ref.as_deref(), b.line_ref.as_deref()));
    for (position, line) in (1_u32..).zip(&mut lines) {
        line.position = Some(position);
    }
    Ok(lines)
}

/// Ids are numbers without leading zeros: the shorter is the smaller.
pub(super) fn by_number(a: Option<&str>, b: Option<&str>) -> std::cmp::Ordering {
    let size = |text: Option<&str>| text.map_or(0, str::len);
    size(a).cmp(&size(b)).then_with(|| a.cmp(&b))
}

/// Id of a sub-order.
pub(super) fn oid<'v>(order: &'v SubOrder<'_>) -> Option<&'v str> {
    text(&order.oid_str).or(text(&order.oid))
}

fn line(reading: &mut Reading<'_>, trade: &Trade<'_>, order: &SubOrder<'_>, at: usize) -> Result<OrderLine> {
    let oid =
        oid(order).ok_or_else(|| reading.malformed(format_args!("orders[{at}].oid"), "the id is missing"))?;
    let quantity =
        quantity(reading, reading.dec(&order.num, format_args!("orders[{at}].num"))?, "orders", at)?;
    let variant = text(&order.sku_id).filter(|id| *id != "0");
    let sku = sku(order, variant);
    let dec = |value, name: &str| reading.dec(value, format_args!("orders[{at}].{name}"));
    let tax = dec(&order.sub_order_tax_fee, "sub_order_tax_fee")?.filter(|amount| !amount.is_zero());
    let mut line = OrderLine {
        line_ref: Some(oid.to_owned()),
        kind: kind(order),
        parent_ref: gift_parent(order).map(str::to_owned),
        sku: sku.map(str::to_owned),
        product_ref: text(&order.num_iid).map(str::to_owned),
        variant_ref: variant.map(str::to_owned),
        title: wire::text(order.title.as_ref()),
        variant_title: wire::text(order.sku_properties_name.as_ref()),
        image_url: wire::text(order.pic_path.as_ref()),
        category: wire::text(order.cid.as_ref()),
        quantity,
        unit_price: dec(&order.price, "price")?,
        line_total: dec(&order.total_fee, "total_fee")?,
        allocated_discount: dec(&order.part_mjz_discount, "part_mjz_discount")?,
        payable: dec(&order.divide_order_fee, "divide_order_fee")?,
        tax: tax.map(|amount| LineTax {
            included: yes(&order.tax_free),
            amount: Some(amount),
            ..LineTax::default()
        }),
        warehouse: wire::text(order.store_code.as_ref()),
        ..OrderLine::default()
    };
    if let Some(wish) = text(&order.customization) {
        line.customization.insert("customization".to_owned(), wish.to_owned());
    }
    status(reading, order, at, state::refused_at_the_door(trade), &mut line);
    let ext = extension(order, sku);
    if !ext.is_empty() {
        line.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(line)
}

/// The merchant's code of what was sold. The item's code names the variant only where there are no variants:
/// two sizes of one shirt must not become the same article.
fn sku<'v>(order: &'v SubOrder<'_>, variant: Option<&str>) -> Option<&'v str> {
    text(&order.outer_sku_id).or(if variant.is_none() { text(&order.outer_iid) } else { None })
}

fn kind(order: &SubOrder<'_>) -> LineKind {
    if yes(&order.is_free_gift) {
        LineKind::Gift
    } else if yes(&order.is_service_order) {
        LineKind::Service
    } else if !order.combine_item_info.is_empty() {
        LineKind::Bundle
    } else {
        LineKind::Product
    }
}

/// On a gift `gift_mids` is the line it came with; on that line it lists the gifts.
fn gift_parent<'v>(order: &'v SubOrder<'_>) -> Option<&'v str> {
    let parent = text(&order.gift_mids).filter(|_| yes(&order.is_free_gift))?;
    parent.bytes().all(|byte| byte.is_ascii_digit()).then_some(parent)
}

fn quantity(reading: &Reading<'_>, given: Option<Dec>, list: &str, at: usize) -> Result<Dec> {
    let path = format_args!("{list}[{at}].num");
    let quantity = given.ok_or_else(|| reading.malformed(path, "the quantity is missing"))?;
    if quantity.is_zero() || quantity.is_negative() {
        return Err(reading.malformed(path, "a quantity is more than nothing"));
    }
    Ok(quantity)
}

/// Status and counters of a line. A line that was refunded whole or never paid leaves the trade open: it is
/// cancelled here, not there.
fn status(
    reading: &mut Reading<'_>,
    order: &SubOrder<'_>,
    at: usize,
    never_paid: bool,
    line: &mut OrderLine,
) {
    let sent = text(&order.invoice_no).is_some() || text(&order.consign_time).is_some();
    let mut status = LineStatus::default();
    let mut counted = Quantities::default();
    if let Some(code) = text(&order.status) {
        status.fulfillment_raw = Some(code.to_owned());
        status.fulfillment = match reading.of.codes.trade_status.get(code) {
            Some(row) => {
                row.fulfillment.or(Some(if sent { Fulfillment::Shipped } else { Fulfillment::Unfulfilled }))
            }
            None => {
                reading.unmapped(format_args!("orders[{at}].status"), code);
                Some(Fulfillment::Unknown)
            }
        };
        let all = Some(line.quantity);
        match code {
            "TRADE_CLOSED_BY_TAOBAO" => counted.cancelled = all,
            "TRADE_CLOSED" if never_paid => counted.cancelled = all,
            "TRADE_CLOSED" => {
                counted.refunded = all;
                if !sent {
                    counted.cancelled = all;
                }
            }
            _ => {}
        }
        if matches!(status.fulfillment, Some(Fulfillment::Shipped | Fulfillment::Delivered)) {
            counted.shipped = all;
        }
        if status.fulfillment == Some(Fulfillment::Delivered) {
            counted.delivered = all;
        }
    }
    if let Some(code) = text(&order.refund_status) {
        status.aftersale_raw = Some(code.to_owned());
        status.aftersale = state::line_aftersale(reading, order);
        if reading.of.codes.refund_status.get(code).is_none() {
            reading.unmapped(format_args!("orders[{at}].refund_status"), code);
        }
    }
    if counted != Quantities::default() {
        line.quantities = Some(counted);
    }
    if status != LineStatus::default() {
        line.status = Some(status);
    }
}

/// What only this platform says about a line.
fn extension(order: &SubOrder<'_>, sku: Option<&str>) -> Map<String, Json> {
    let mut ext = Map::new();
    for (name, value) in [
        ("outer_iid", text(&order.outer_iid).filter(|code| sku != Some(code))),
        ("refund_id", text(&order.refund_id)),
        ("bind_oids", text(&order.bind_oids)),
        ("gift_mids", text(&order.gift_mids)),
        ("combo_id", text(&order.combo_id)),
        ("bundle_id", text(&order.bundle_id)),
        ("item_meal_id", text(&order.item_meal_id).filter(|id| *id != "0")),
        ("item_meal_name", text(&order.item_meal_name)),
        ("special_refund_type", text(&order.special_refund_type)),
        ("modify_address", text(&order.modify_address)),
        ("ti_modify_address_time", text(&order.ti_modify_address_time)),
    ] {
        if let Some(value) = value {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    if yes(&order.is_oversold) {
        ext.insert("is_oversold".to_owned(), Json::Bool(true));
    }
    if !order.combine_item_info.is_empty() {
        let components = order.combine_item_info.iter().map(component).collect();
        ext.insert("components".to_owned(), Json::Array(components));
    }
    ext
}

/// A part of a bundle. Whether its quantity is per bundle or in all is not established, so the parts do not
/// become lines.
fn component(component: &Component<'_>) -> Json {
    let mut part = Map::new();
    for (name, value) in [
        ("item_id", &component.item_id),
        ("sku_id", &component.sku_id),
        ("outer_iid", &component.outer_iid),
        ("outer_sku_id", &component.outer_sku_id),
        ("quantity", &component.quantity),
    ] {
        if let Some(value) = text(value) {
            part.insert(name.to_owned(), Json::from(value));
        }
    }
    Json::Object(part)
}

/// A service sold with a line: assembly, extended warranty.
fn service_line(reading: &Reading<'_>, service: &ServiceOrder<'_>, at: usize) -> Result<OrderLine> {
    let dec = |value, name: &str| reading.dec(value, format_args!("service_orders[{at}].{name}"));
    let oid = text(&service.oid)
        .ok_or_else(|| reading.malformed(format_args!("service_orders[{at}].oid"), "the id is missing"))?;
    Ok(OrderLine {
        line_ref: Some(oid.to_owned()),
        kind: LineKind::Service,
        parent_ref: wire::text(service.item_oid.as_ref()),
        product_ref: wire::text(service.service_id.as_ref()),
        title: wire::text(service.title.as_ref()),
        quantity: quantity(reading, dec(&service.num, "num")?, "service_orders", at)?,
        unit_price: dec(&service.price, "price")?,
        line_total: dec(&service.total_fee, "total_fee")?,
        ..OrderLine::default()
    })
}
