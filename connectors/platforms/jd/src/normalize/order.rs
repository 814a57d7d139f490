//! An order of the JOS interface: the order, its lines and the parcels they travel in.

use serde_json::{Map, Value as Json};

use crossdock_connector::{IssueKind, Normalized, Result, carrier, wire};
use crossdock_schemas::{
    Customs, CustomsMode, Dec, Delivery, Lifecycle, LineKind, Observation, Order, OrderKind, OrderLine,
    PaymentState, Related, RelatedKind,
};

use super::parcel::Parcels;
use super::{CNY, PLATFORM, Reading, money, needed, number, receiver, same_shop, state};
use crate::wire::{Item, ItemExt, OrderInfo, Value, glued, text};

pub(super) fn read(mut reading: Reading<'_>, info: &OrderInfo<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let order_no = needed(reading, &info.order_id, "orderId")?;
    same_shop(reading, &info.vender_id)?;
    let modified = reading.time_needed(&info.modified, "modified")?;
    let placed_at = reading.time_needed(&info.order_start_time, "orderStartTime")?;
    let amounts = money::Amounts::read(reading, info)?;
    let mut lines = lines(reading, info)?;
    // Without its lines an order says nothing about them: the field was not asked for, the order is not without goods.
    let partial = lines.is_empty();
    if partial {
        reading.issue(
            IssueKind::BadValue,
            "itemInfoList",
            "no lines in the payload, only the header is taken",
        );
    } else if placed_at.is_none() {
        return Err(reading.malformed("orderStartTime", "the time of the order is missing"));
    }
    if modified.is_none() {
        let what = "no time of change: the order of capture decides";
        reading.issue(IssueKind::BadValue, "modified", what);
    }
    let shipped_at = reading.time(&info.out_bound_date, "outBoundDate");
    let parcels = parcels(reading, info, modified);
    let paid = reading.time(&info.payment_confirm_time, "paymentConfirmTime");
    let facts = state::Facts {
        paid: info.payment_confirm_time.is_some().then_some(paid),
        cash: text(&info.pay_type).map(glued) == Some("1"),
        sent: shipped_at.is_some() || !parcels.is_empty(),
        partly: !info.partial_logistics_info_model.is_empty(),
    };
    let (status, returned) = state::status(reading, text(&info.order_state), "orderState", &facts);
    let mut order = Order {
        source: reading.source(modified),
        order_no: order_no.to_owned(),
        parent_no: number(&info.parent_order_id).map(str::to_owned),
        related: related(&[&info.parent_order_id, &info.direct_parent_order_id]),
        kind: kind(reading, &info.order_type),
        kind_raw: wire::text(info.order_type.as_ref()),
        placed_at,
        shipped_at,
        modified_at: modified,
        currency: Some(CNY.to_owned()),
        buyer: receiver::buyer(&info.open_id_buyer, &info.xid_buyer),
        ship_to: info.consignee_info.0.as_ref().and_then(receiver::ship_to),
        delivery: wire::text(info.delivery_type.as_ref())
            .map(|wish| Delivery { instructions: Some(wish), ..Delivery::default() }),
        buyer_note: wire::text(info.order_remark.as_ref()),
        seller_note: wire::text(info.vender_remark.as_ref()),
        flags: returned.then(|| "delivery_return".to_owned()).into_iter().collect(),
        customs: customs(reading, info),
        invoice: info.invoice_easy_info.0.as_ref().and_then(receiver::invoice),
        ..Order::default()
    };
    match status.lifecycle {
        Some(Lifecycle::Completed) => order.completed_at = reading.time(&info.order_end_time, "orderEndTime"),
        Some(Lifecycle::Cancelled) => order.cancelled_at = reading.time(&info.order_end_time, "orderEndTime"),
        _ => {}
    }
    // What was confirmed is paid, also of an order that was cancelled later.
    if !matches!(status.payment, Some(PaymentState::Unpaid | PaymentState::CodPending)) {
        order.paid_at = paid;
    }
    order.status = status;
    money::put(reading, info, &amounts, &mut lines, &mut order)?;
    lines.sort_by(|a, b| {
        (&a.line_ref, &a.sku, &a.variant_ref, a.unit_price, a.quantity, &a.title).cmp(&(
            &b.line_ref,
            &b.sku,
            &b.variant_ref,
            b.unit_price,
            b.quantity,
            &b.title,
        ))
    });
    for (position, line) in (1_u32..).zip(&mut lines) {
        line.position = Some(position);
    }
    order.lines = lines;
    extension(info, &mut order);
    let reference = reading.order_ref(order_no);
    let order = Observation::order(order);
    let mut observations = vec![if partial { order.partial() } else { order }];
    observations.extend(parcels.finish(&reference));
    Ok(reading.finish(observations))
}

/// The orders this one was split from. After a split the parent is only a shell: its goods are in the children.
pub(super) fn related(parents: &[&Value<'_>]) -> Vec<Related> {
    let mut found: Vec<Related> = Vec::new();
    for parent in parents.iter().filter_map(|value| number(value)) {
        if !found.iter().any(|known| known.order_no == parent) {
            let kind = RelatedKind::SplitFrom;
            found.push(Related { order_no: parent.to_owned(), kind, ..Related::default() });
        }
    }
    found
}

/// 22 ships itself, 75 sells vouchers; there are others.
pub(super) fn kind(reading: &mut Reading<'_>, value: &Value<'_>) -> OrderKind {
    match text(value) {
        Some("22") => OrderKind::Sale,
        Some("75") => OrderKind::Service,
        Some(other) => {
            reading.unmapped("orderType", other);
            OrderKind::Unknown
        }
        None => OrderKind::Unknown,
    }
}

fn lines(reading: &Reading<'_>, info: &OrderInfo<'_>) -> Result<Vec<OrderLine>> {
    info.item_info_list.iter().enumerate().map(|(at, item)| line(reading, item, at)).collect()
}

/// A line. JD gives no id of it in most replies: then its name comes from the merchant's code and its content, so that it
/// does not depend on the order in which lines stand.
fn line(reading: &Reading<'_>, item: &Item<'_>, at: usize) -> Result<OrderLine> {
    let path = |name: &str| format!("itemInfoList[{at}].{name}");
    let quantity = quantity(reading, &item.item_total, &path("itemTotal"))?;
    let price = reading.dec(&item.jd_price, path("jdPrice"))?;
    let mut ext = Map::new();
    for (name, value) in [("product_no", &item.product_no), ("service_name", &item.service_name)] {
        if let Some(value) = text(value) {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    let mut line = OrderLine {
        line_ref: number(&item.id).map(str::to_owned),
        kind: if is_gift(item) { LineKind::Gift } else { LineKind::Product },
        sku: wire::text(item.outer_sku_id.as_ref()),
        product_ref: number(&item.ware_id).map(str::to_owned),
        variant_ref: number(&item.sku_id).map(str::to_owned),
        title: wire::text(item.sku_name.as_ref()),
        quantity,
        unit_price: price,
        line_total: price.and_then(|price| price.checked_mul(quantity)),
        warehouse: number(&item.new_store_id).map(str::to_owned),
        ..OrderLine::default()
    };
    if !ext.is_empty() {
        line.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(line)
}

/// A quantity is there and more than nothing.
pub(super) fn quantity(reading: &Reading<'_>, value: &Value<'_>, field: &str) -> Result<Dec> {
    match reading.dec(value, field)? {
        Some(quantity) if quantity > Dec::ZERO => Ok(quantity),
        Some(_) => Err(reading.malformed(field, "a quantity is more than nothing")),
        None => Err(reading.malformed(field, "the quantity is missing")),
    }
}

fn is_gift(item: &Item<'_>) -> bool {
    let Some(inner) = text(&item.item_ext) else { return false };
    let ext: Result<ItemExt<'_>> = wire::parse(inner.as_bytes());
    ext.is_ok_and(|ext| matches!(text(&ext.is_gift), Some("1" | "true")))
}

fn parcels(
    reading: &mut Reading<'_>,
    info: &OrderInfo<'_>,
    modified: Option<crossdock_schemas::Ts>,
) -> Parcels {
    let mut parcels = Parcels::default();
    parcels.named(reading, (&info.waybill, "waybill"), (&info.logistics_id, "logisticsId"), modified);
    for (at, part) in info.partial_logistics_info_model.iter().enumerate() {
        let field = format!("partialLogisticsInfoModel[{at}]");
        let shipped_at = reading.time(&part.shipment_time, format_args!("{field}.shipmentTime"));
        let Some(id) = text(&part.logic_id) else {
            if text(&part.waybill_id).is_some() {
                reading.issue(IssueKind::BadValue, &field, "a waybill without its carrier");
            }
            continue;
        };
        for number in text(&part.waybill_id).unwrap_or_default().split(',').filter_map(carrier::number) {
            let Some(parcel) = parcels.add(reading, &format!("{field}.logicId"), id, number, modified) else {
                continue;
            };
            parcel.shipped_at = match (parcel.shipped_at, shipped_at) {
                (Some(before), Some(now)) => Some(before.min(now)),
                (before, now) => before.or(now),
            };
        }
    }
    parcels
}

/// Cross-border orders. What the codes mean is not established.
fn customs(reading: &mut Reading<'_>, info: &OrderInfo<'_>) -> Option<Customs> {
    let (code, field) = match (text(&info.customs_model), text(&info.customs)) {
        (Some(code), _) => (code, "customsModel"),
        (None, Some(code)) => (code, "customs"),
        (None, None) => return None,
    };
    reading.unmapped(field, code);
    Some(Customs { mode: CustomsMode::Unknown, mode_raw: Some(code.to_owned()), ..Customs::default() })
}

/// What only this platform says about an order.
fn extension(info: &OrderInfo<'_>, order: &mut Order) {
    let mut ext = Map::new();
    let invoice = info.invoice_easy_info.0.as_ref();
    for (name, value) in [
        ("order_payment", text(&info.order_payment)),
        ("order_seller_price", text(&info.order_seller_price)),
        ("seller_discount", text(&info.seller_discount)),
        ("invoice_type", invoice.and_then(|invoice| text(&invoice.invoice_type))),
        ("return_order", number(&info.return_order)),
        ("store_order", text(&info.store_order)),
        ("shipment_type", text(&info.shipment_type)),
        ("store_id", number(&info.store_id)),
        ("order_source", text(&info.order_source)),
    ] {
        if let Some(value) = value {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    if !ext.is_empty() {
        order.ext.insert(PLATFORM.to_owned(), ext);
    }
}
