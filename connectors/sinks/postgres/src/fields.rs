//! Where the value of each column comes from.

use crossdock_schemas::{
    Address, Aftersale, AftersaleKind, AftersalePhase, AftersaleState, AftersaleStatus, AtQuality, Event,
    Fulfillment, GoodsState, InventoryLevel, Lifecycle, MilestoneBody, Order, OrderLine, Parcel,
    ParcelStatus, PaymentState, PresaleStage, Reason, TrackingState,
};
use serde_json::value::RawValue;

use crate::field::{Field, at};

/// Columns that every table begins with; `key` is the name of the one with the key.
pub(crate) const fn head(key: &'static str) -> [Field<Event>; 9] {
    [
        Field::text("tenant", |event| Some(&event.tenant)),
        Field::text(key, |event| Some(&event.key)),
        Field::number("revision", |event| i64::try_from(event.sequence).ok()),
        Field::text("event_id", |event| Some(&event.id)),
        Field::text("event_type", |event| Some(event.event_type.as_str())),
        Field::time("event_time", |event| Some(event.time.at)),
        Field::time("recorded_at", |event| Some(event.recorded_at)),
        Field::text("platform", |event| Some(&event.platform)),
        Field::text("shop", |event| Some(&event.shop)),
    ]
}

/// The document itself, last in its row.
pub(crate) const SNAPSHOT: &[Field<RawValue>] = &[Field::json("snapshot", RawValue::get)];

/// What else an event has.
pub(crate) const EVENT: &[Field<Event>] = &[
    Field::text("class", |event| Some(event.class.as_str())),
    Field::text("idem_key", |event| event.idem_key.as_deref()),
    Field::text("correlation_id", |event| event.correlation_id.as_deref()),
    Field::json("data", |event| event.data.get()),
];

pub(crate) const ORDER: &[Field<Order>] = &[
    Field::text("order_no", |order| Some(&order.order_no)),
    Field::text("display_no", |order| order.display_no.as_deref()),
    Field::text("merchant_no", |order| order.merchant_no.as_deref()),
    Field::text("parent_no", |order| order.parent_no.as_deref()),
    Field::text("kind", |order| Some(order.kind.as_str())),
    Field::text("lifecycle", |order| order.status.lifecycle.map(Lifecycle::as_str)),
    Field::text("payment", |order| order.status.payment.map(PaymentState::as_str)),
    Field::text("fulfillment", |order| order.status.fulfillment.map(Fulfillment::as_str)),
    Field::text("aftersale", |order| order.status.aftersale.map(AftersaleState::as_str)),
    Field::text("presale", |order| order.status.presale.map(PresaleStage::as_str)),
    Field::words("hold", |order| order.status.hold.iter().map(|hold| hold.as_str()).collect()),
    Field::text("currency", |order| order.currency.as_deref()),
    Field::flag("prices_include_tax", |order| order.prices_include_tax),
    Field::amount("goods", |order| order.totals.goods),
    Field::amount("discount", |order| order.totals.discount),
    Field::amount("shipping", |order| order.totals.shipping),
    Field::amount("fees", |order| order.totals.fees),
    Field::amount("tax", |order| order.totals.tax),
    Field::amount("duties", |order| order.totals.duties),
    Field::amount("rounding", |order| order.totals.rounding),
    Field::amount("payable", |order| order.totals.payable),
    Field::amount("paid", |order| order.totals.paid),
    Field::amount("refunded", |order| order.totals.refunded),
    Field::amount("settled", |order| order.totals.settled),
    Field::time("placed_at", |order| at(order.placed_at)),
    Field::time("paid_at", |order| at(order.paid_at)),
    Field::time("confirmed_at", |order| at(order.confirmed_at)),
    Field::time("shipped_at", |order| at(order.shipped_at)),
    Field::time("delivered_at", |order| at(order.delivered_at)),
    Field::time("completed_at", |order| at(order.completed_at)),
    Field::time("cancelled_at", |order| at(order.cancelled_at)),
    Field::time("modified_at", |order| at(order.modified_at)),
    Field::time("ship_before", |order| at(order.ship_by.as_ref()?.to)),
    Field::time("deliver_before", |order| at(order.deliver_by.as_ref()?.to)),
    Field::text("ship_to_country", |order| ship_to(order)?.country.as_deref()),
    Field::text("ship_to_province", |order| ship_to(order)?.province.as_deref()),
    Field::text("ship_to_city", |order| ship_to(order)?.city.as_deref()),
    Field::text("ship_to_district", |order| ship_to(order)?.district.as_deref()),
    Field::text("address_grade", |order| ship_to(order)?.grade.map(|grade| grade.as_str())),
    Field::text("idem_key", |order| order.idem_key.as_deref()),
];

/// The currency is that of the order where the line says nothing: see [`crate::record`].
pub(crate) const LINE: &[Field<OrderLine>] = &[
    Field::text("line_key", |line| line.line_key.as_deref()),
    Field::text("line_ref", |line| line.line_ref.as_deref()),
    Field::number("position", |line| line.position.map(i64::from)),
    Field::text("kind", |line| Some(line.kind.as_str())),
    Field::text("parent_ref", |line| line.parent_ref.as_deref()),
    Field::text("sku", |line| line.sku.as_deref()),
    Field::text("product_ref", |line| line.product_ref.as_deref()),
    Field::text("variant_ref", |line| line.variant_ref.as_deref()),
    Field::text("gtin", |line| line.gtin.as_deref()),
    Field::text("title", |line| line.title.as_deref()),
    Field::text("variant_title", |line| line.variant_title.as_deref()),
    Field::amount("quantity", |line| Some(line.quantity)),
    Field::text("unit", |line| line.unit.as_deref()),
    Field::amount("shipped", |line| line.quantities.as_ref()?.shipped),
    Field::amount("delivered", |line| line.quantities.as_ref()?.delivered),
    Field::amount("cancelled", |line| line.quantities.as_ref()?.cancelled),
    Field::amount("returned", |line| line.quantities.as_ref()?.returned),
    Field::amount("refunded", |line| line.quantities.as_ref()?.refunded),
    Field::text("currency", |line| line.currency.as_deref()),
    Field::amount("list_price", |line| line.list_price),
    Field::amount("unit_price", |line| line.unit_price),
    Field::amount("line_total", |line| line.line_total),
    Field::amount("allocated_discount", |line| line.allocated_discount),
    Field::amount("payable", |line| line.payable),
    Field::flag("tax_included", |line| Some(line.tax.as_ref()?.included)),
    Field::amount("tax_rate", |line| line.tax.as_ref()?.rate),
    Field::amount("tax_amount", |line| line.tax.as_ref()?.amount),
    Field::text("warehouse", |line| line.warehouse.as_deref()),
    Field::text("fulfillment", |line| line.status.as_ref()?.fulfillment.map(Fulfillment::as_str)),
    Field::text("aftersale", |line| line.status.as_ref()?.aftersale.map(AftersaleState::as_str)),
];

pub(crate) const AFTERSALE: &[Field<Aftersale>] = &[
    Field::text("aftersale_no", |case| Some(&case.aftersale_no)),
    Field::text("order_key", |case| case.order_key.as_deref()),
    Field::text("kind", |case| case.kind.map(AftersaleKind::as_str)),
    Field::text("phase", |case| case.phase.map(AftersalePhase::as_str)),
    Field::text("status", |case| case.status.map(AftersaleStatus::as_str)),
    Field::text("reason_code", |case| case.reason_code.as_deref()),
    Field::text("goods_state", |case| case.goods_state.map(GoodsState::as_str)),
    Field::amount("refund", |case| Some(case.refund.as_ref()?.amount)),
    Field::text("refund_currency", |case| Some(&case.refund.as_ref()?.currency)),
    Field::amount("shipping_refund", |case| case.shipping_refund),
    Field::text("return_parcel", |case| case.return_parcel.as_deref()),
    Field::time("requested_at", |case| at(case.requested_at)),
    Field::time("modified_at", |case| at(case.modified_at)),
    Field::time("deadline", |case| at(case.deadline)),
    Field::time("closed_at", |case| at(case.closed_at)),
];

pub(crate) const PARCEL: &[Field<Parcel>] = &[
    Field::text("carrier", |parcel| Some(&parcel.carrier)),
    Field::text("tracking_no", |parcel| Some(&parcel.tracking_no)),
    Field::text("direction", |parcel| Some(parcel.direction.as_str())),
    Field::words("orders", |parcel| parcel.orders.iter().map(String::as_str).collect()),
    Field::text("service", |parcel| parcel.service.as_deref()),
    Field::text("status", |parcel| parcel.status.map(ParcelStatus::as_str)),
    Field::text("tracking_state", |parcel| parcel.tracking_state.map(TrackingState::as_str)),
    Field::amount("weight_g", |parcel| parcel.package.as_ref()?.weight_g),
    Field::amount("cod_amount", |parcel| Some(parcel.cod_amount.as_ref()?.amount)),
    Field::text("cod_currency", |parcel| Some(&parcel.cod_amount.as_ref()?.currency)),
    Field::time("shipped_at", |parcel| at(parcel.shipped_at)),
    Field::time("picked_up_at", |parcel| at(parcel.picked_up_at)),
    Field::time("delivered_at", |parcel| at(parcel.delivered_at)),
    Field::time("eta_from", |parcel| at(parcel.eta.as_ref()?.from)),
    Field::time("eta_to", |parcel| at(parcel.eta.as_ref()?.to)),
    Field::text("to_country", |parcel| parcel.to.as_ref()?.country.as_deref()),
    Field::text("to_province", |parcel| parcel.to.as_ref()?.province.as_deref()),
    Field::text("to_city", |parcel| parcel.to.as_ref()?.city.as_deref()),
];

pub(crate) const INVENTORY: &[Field<InventoryLevel>] = &[
    Field::text("location", |level| Some(&level.location)),
    Field::text("sku", |level| Some(&level.sku)),
    Field::amount("on_hand", |level| Some(level.on_hand)),
    Field::amount("reserved", |level| level.reserved),
    Field::amount("available", |level| Some(level.available)),
    Field::text("unit", |level| level.unit.as_deref()),
    Field::text("mode", |level| Some(level.mode.as_str())),
    Field::time("as_of", |level| Some(level.as_of.at)),
];

/// Of a milestone, what stands in its event; the rest is in [`MILESTONE`].
pub(crate) const REACHED: &[Field<Event>] = &[
    Field::text("class", |event| Some(event.class.as_str())),
    Field::text("milestone", |event| Some(event.event_type.token())),
    Field::time("reached_at", |event| Some(event.time.at)),
];

pub(crate) const MILESTONE: &[Field<MilestoneBody>] = &[
    Field::text("at_quality", |body| body.at_quality.map(AtQuality::as_str)),
    Field::text("reason", |body| body.reason.map(Reason::as_str)),
    Field::flag("superseded", |body| body.superseded),
    Field::text("corrects", |body| body.corrects.as_deref()),
    Field::text("carrier", |body| Some(&body.parcel.carrier)),
    Field::text("tracking_no", |body| Some(&body.parcel.tracking_no)),
    Field::text("direction", |body| Some(body.parcel.direction.as_str())),
    Field::words("orders", |body| body.parcel.orders.iter().map(String::as_str).collect()),
];

fn ship_to(order: &Order) -> Option<&Address> {
    order.ship_to.as_ref()
}
