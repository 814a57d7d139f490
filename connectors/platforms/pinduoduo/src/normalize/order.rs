//! An order: its document, and the parcels it travels in.

use serde_json::{Map, Value as Json};

use crossdock_connector::{IssueKind, Normalized, Result, order as statement, wire};
use crossdock_schemas::{
    Customs, CustomsMode, Delivery, Fulfillment, Lifecycle, Order, OrderKind, PayerId, PayerIdKind,
    PaymentState, PickupPoint, Related, RelatedKind, Status, Ts, Window,
};

use super::line::{self, told};
use super::{CNY, PLATFORM, Reading, money, parcel, receiver, state, yes};
use crate::wire::{Order as Wire, Value, text};

pub(super) fn read(mut reading: Reading<'_>, wire: &Wire<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let order_no =
        text(&wire.order_sn).ok_or_else(|| reading.malformed("order_sn", "the order number is missing"))?;
    let modified = reading.time_needed(&wire.updated_at, "updated_at")?;
    let placed_at = reading.time_needed(&wire.created_time, "created_time")?;
    let amounts = money::Amounts::read(reading, wire)?;
    let status = state::status(reading, wire);
    let mut lines = line::lines(reading, wire, &status)?;
    let discounts = money::discounts(reading, &amounts, &mut lines);
    let fees = money::fees(reading, wire)?;
    if wire.item_list.is_empty() {
        // Gifts alone are not what was ordered: the answer lacked the field, not the order its goods.
        lines.clear();
        reading.issue(IssueKind::BadValue, "item_list", "no lines in the payload, only the header is taken");
    } else if placed_at.is_none() {
        return Err(reading.malformed("created_time", "the time of the order is missing"));
    }
    if modified.is_none() {
        let what = "no time of change: the order of capture decides";
        reading.issue(IssueKind::BadValue, "updated_at", what);
    }
    let mut ext = extension(wire);
    let receiver = receiver::read(reading, wire, &mut ext);
    let mut order = Order {
        source: reading.source(modified),
        order_no: order_no.to_owned(),
        parent_no: wire::text(wire.ship_additional_origin_order.as_ref()),
        related: related(wire),
        kind: kind(reading, wire),
        kind_raw: wire::text(wire.trade_type.as_ref()),
        placed_at,
        modified_at: modified,
        currency: Some(CNY.to_owned()),
        presale: money::presale(&amounts, &status),
        delivery: delivery(wire),
        buyer_note: wire::text(wire.buyer_memo.as_ref()),
        seller_note: wire::text(wire.remark.as_ref()),
        flags: flags(wire),
        customs: customs(wire),
        lines,
        ..Order::default()
    };
    times(reading, wire, &status, &mut order);
    let parcels = parcel::outbound(reading, wire, &reading.order_ref(order_no), modified, order.shipped_at);
    if !order.lines.is_empty() {
        order.totals = money::totals(reading, &amounts, &status, &discounts, &fees);
        order.payments = money::payments(wire, &amounts, &status, order.paid_at);
        (order.discounts, order.fees) = (discounts, fees);
    }
    order.status = status;
    if !ext.is_empty() {
        order.ext.insert(PLATFORM.to_owned(), ext);
    }
    let mut observations = if receiver.emptied {
        statement::emptied(order, receiver.address, placed_at)
    } else {
        statement::stated(order, receiver.address)
    };
    observations.extend(parcels);
    Ok(reading.finish(observations))
}

/// 0 and 1 are sales, the second in two steps. An order that only pays freight for another has nothing to ship.
fn kind(reading: &mut Reading<'_>, order: &Wire<'_>) -> OrderKind {
    match text(&order.trade_type) {
        Some("0" | "1") | None if line::surcharge(order) => OrderKind::Service,
        Some("0" | "1") => OrderKind::Sale,
        Some(other) => {
            reading.unmapped("trade_type", other);
            OrderKind::Unknown
        }
        None => OrderKind::Unknown,
    }
}

fn related(order: &Wire<'_>) -> Vec<Related> {
    // Our model has no word for an order that pays another's freight, nor for one that is another's gift.
    let unknown = |number: &Value<'_>, raw: String| {
        let order_no = wire::text(number.as_ref())?;
        Some(Related { order_no, kind: RelatedKind::Unknown, kind_raw: Some(raw) })
    };
    let link = unknown(&order.ship_additional_link_order, "ship_additional_link_order".to_owned());
    let gifts = order.gift_list.iter().filter_map(|gift| unknown(&gift.order_sn, "gift_list".to_owned()));
    let others = order.related_order_list.iter().filter_map(|other| {
        let code = text(&other.relation_type).unwrap_or_default();
        unknown(&other.order_sn, format!("related_order_list:{code}"))
    });
    let mut found: Vec<Related> = Vec::new();
    for related in link.into_iter().chain(gifts).chain(others) {
        // A gift that travels with the order has the order's own number.
        if Some(related.order_no.as_str()) != text(&order.order_sn) && !found.contains(&related) {
            found.push(related);
        }
    }
    found
}

fn times(reading: &mut Reading<'_>, wire: &Wire<'_>, status: &Status, order: &mut Order) {
    // Of a presale it is not established whose time `pay_time` is while only the deposit is paid.
    if matches!(status.payment, Some(PaymentState::Paid | PaymentState::Refunded)) {
        order.paid_at = reading.time(&wire.pay_time, "pay_time");
    }
    order.confirmed_at = reading.time(&wire.confirm_time, "confirm_time");
    order.shipped_at = reading.time(&wire.shipping_time, "shipping_time");
    if status.fulfillment == Some(Fulfillment::Delivered) {
        order.delivered_at = reading.time(&wire.receive_time, "receive_time");
    }
    if status.lifecycle == Some(Lifecycle::Completed) {
        order.completed_at = order.delivered_at;
    }
    let until = |to: Option<Ts>| to.map(|to| Window { from: None, to: Some(to) });
    order.ship_by = until(reading.time(&wire.last_ship_time, "last_ship_time"));
    order.deliver_by = until(reading.time(&wire.promise_delivery_time, "promise_delivery_time"));
}

/// A store where the buyer fetches it.
fn delivery(order: &Wire<'_>) -> Option<Delivery> {
    let store = order.store_info.as_ref().filter(|_| yes(&order.self_contained))?;
    let (id, name) = (wire::text(store.store_id.as_ref()), wire::text(store.store_name.as_ref()));
    Some(Delivery {
        pickup_point: Some(PickupPoint { id, name, ..PickupPoint::default() }),
        ..Delivery::default()
    })
}

/// Marks: the merchant's flag and the platform's tags that are set.
fn flags(order: &Wire<'_>) -> Vec<String> {
    let flag = told(&order.remark_tag).map(|flag| format!("remark_tag:{flag}"));
    let mut flags: Vec<String> = order
        .order_tag_list
        .iter()
        .filter(|tag| yes(&tag.value))
        .filter_map(|tag| wire::text(tag.name.as_ref()))
        .collect();
    flags.sort_unstable();
    flags.dedup();
    flag.into_iter().chain(flags).collect()
}

/// Only a bonded warehouse says that an order passes customs.
fn customs(order: &Wire<'_>) -> Option<Customs> {
    let payer = receiver::hidden(&order.id_card_num);
    let warehouse = text(&order.bonded_warehouse);
    if warehouse.is_none() && payer.is_none() {
        return None;
    }
    Some(Customs {
        mode: if warehouse.is_some() { CustomsMode::Bonded } else { CustomsMode::Unknown },
        mode_raw: Some(if warehouse.is_some() { "bonded_warehouse" } else { "id_card_num" }.to_owned()),
        payer_name: receiver::hidden(&order.id_card_name),
        payer_id: payer.map(|value| PayerId { kind: PayerIdKind::CnIdCard, kind_raw: None, value }),
        payment_no: wire::text(order.inner_transaction_id.as_ref()),
        ..Customs::default()
    })
}

/// What only this platform says about an order. Amounts are in yuan, times China's.
fn extension(order: &Wire<'_>) -> Map<String, Json> {
    let mut ext = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            ext.insert(name.to_owned(), Json::from(value));
        }
    };
    let texts: [(&str, &Value<'_>); 14] = [
        ("group_order_id", &order.group_order_id),
        ("inner_transaction_id", &order.inner_transaction_id),
        ("pre_sale_time", &order.pre_sale_time),
        ("urge_shipping_time", &order.urge_shipping_time),
        ("bonded_warehouse", &order.bonded_warehouse),
        ("remark_tag_name", &order.remark_tag_name),
        ("yyps_date", &order.yyps_date),
        ("yyps_time", &order.yyps_time),
        ("group_status", &order.group_status),
        ("is_lucky_flag", &order.is_lucky_flag),
        ("risk_control_status", &order.risk_control_status),
        ("refund_status", &order.refund_status),
        ("open_address_id", &order.open_address_id),
        ("gift_order_status", &order.gift_order_status),
    ];
    for (name, value) in texts {
        put(name, text(value));
    }
    let numbers: [(&str, &Value<'_>); 19] = [
        ("mkt_biz_type", &order.mkt_biz_type),
        ("is_pre_sale", &order.is_pre_sale),
        ("is_stock_out", &order.is_stock_out),
        ("shipping_type", &order.shipping_type),
        ("home_delivery_type", &order.home_delivery_type),
        ("invoice_status", &order.invoice_status),
        ("free_sf", &order.free_sf),
        ("order_change_amount", &order.order_change_amount),
        ("duo_duo_pay_reduction", &order.duo_duo_pay_reduction),
        ("delivery_home_value", &order.delivery_home_value),
        ("delivery_install_value", &order.delivery_install_value),
        ("home_install_value", &order.home_install_value),
        ("province_id", &order.province_id),
        ("city_id", &order.city_id),
        ("town_id", &order.town_id),
        ("depot_type", &order.depot_type),
        ("identification_status", &order.identification_status),
        ("trade_in_national_subsidy_amount", &order.trade_in_national_subsidy_amount),
        ("trade_in_national_subsidy_amount_type", &order.trade_in_national_subsidy_amount_type),
    ];
    for (name, value) in numbers {
        put(name, told(value));
    }
    if let Some(step) = &order.step_order_info {
        put("step_paid_fee", text(&step.step_paid_fee));
        put("step_discount_amount", told(&step.step_discount_amount));
    }
    if let Some(store) = &order.store_info {
        put("store_number", text(&store.store_number));
        put("out_store_code", text(&store.out_store_code));
    }
    // 0 is Hong Kong here, not "none".
    if let Some(place) = &order.consolidate_info {
        put("consolidate_type", text(&place.consolidate_type));
    }
    for part in &order.government_subsidy_settle_details {
        if let Some(funder) = text(&part.funder) {
            put(&format!("government_subsidy_{funder}"), told(&part.amount));
        }
    }
    if let Some(depot) = &order.order_depot_info {
        let mut own = Map::new();
        for (name, value) in [
            ("depot_id", &depot.depot_id),
            ("depot_code", &depot.depot_code),
            ("depot_name", &depot.depot_name),
            ("depot_type", &depot.depot_type),
            ("ware_id", &depot.ware_id),
            ("ware_sn", &depot.ware_sn),
            ("ware_name", &depot.ware_name),
            ("ware_type", &depot.ware_type),
        ] {
            if let Some(value) = text(value) {
                own.insert(name.to_owned(), Json::from(value));
            }
        }
        let parts: Vec<Json> = depot.ware_sub_info_list.iter().map(part).collect();
        if !parts.is_empty() {
            own.insert("components".to_owned(), Json::Array(parts));
        }
        if !own.is_empty() {
            ext.insert("depot".to_owned(), Json::Object(own));
        }
    }
    ext
}

/// A part of a bundle. Whether its quantity is per bundle or in all is not established, so parts are no lines.
fn part(part: &crate::wire::SubWare<'_>) -> Json {
    let mut own = Map::new();
    for (name, value) in [
        ("ware_id", &part.ware_id),
        ("ware_sn", &part.ware_sn),
        ("ware_name", &part.ware_name),
        ("ware_quantity", &part.ware_quantity),
    ] {
        if let Some(value) = text(value) {
            own.insert(name.to_owned(), Json::from(value));
        }
    }
    Json::Object(own)
}
