//! An order: its document, and the parcels it travels in.

use serde_json::{Map, Value as Json};

use crossdock_connector::reading::some;
use crossdock_connector::{IssueKind, Normalized, Result, order as statement, wire};
use crossdock_schemas::{
    Customs, CustomsMode, Delivery, Fulfillment, Lifecycle, Order, OrderKind, Party, PayerId, PayerIdKind,
    PaymentState, PickupPoint, Status, Ts, Window,
};

use super::{CNY, PLATFORM, Reading, line, money, parcel, receiver, state};
use crate::codes;
use crate::wire::{Order as Wire, Value, text, told};

pub(super) fn read(mut reading: Reading<'_>, given: &Wire<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let order_no = told(&given.order_id)
        .ok_or_else(|| reading.malformed("order_id", "the number of the order is missing"))?;
    if text(&given.shop_id).is_some_and(|shop| shop != reading.of.config.shop) {
        // Its number would be read as one of this shop's.
        return Err(reading.malformed("shop_id", "an order of another shop"));
    }
    let modified = reading.time_needed(&given.update_time, "update_time")?;
    let placed_at = reading.time_needed(&given.create_time, "create_time")?;
    let mut status = state::status(reading, given);
    let lines = line::lines(reading, given)?;
    if lines.is_empty() {
        reading.issue(IssueKind::BadValue, "sku_order_list", "no lines, only the header is taken");
    } else if placed_at.is_none() {
        return Err(reading.malformed("create_time", "the time of the order is missing"));
    }
    let amounts = money::Amounts::read(reading, given, &lines)?;
    let mut ext = extension(reading, given)?;
    let receiver = receiver::read(given, &mut ext);
    if receiver.emptied {
        state::no_hold(given, &mut status);
    }
    let mut order = Order {
        source: reading.source(modified),
        order_no: order_no.to_owned(),
        kind: kind(reading, given),
        kind_raw: wire::text(given.order_type.as_ref()),
        placed_at,
        modified_at: modified,
        currency: Some(CNY.to_owned()),
        presale: money::presale(reading, given, &status)?,
        buyer: told(&given.doudian_open_id)
            .map(|id| Party { open_id: Some(id.to_owned()), ..Party::default() }),
        delivery: delivery(given),
        buyer_note: wire::text(given.buyer_words.as_ref()),
        seller_note: wire::text(given.seller_words.as_ref()),
        flags: flags(given),
        customs: customs(given),
        ..Order::default()
    };
    times(reading, given, &status, &mut order);
    let parcels = parcel::outbound(reading, given, &reading.order_ref(order_no), modified, &lines)?;
    if !lines.is_empty() {
        order.totals = amounts.totals(reading, given, &status);
        order.payments = money::payments(reading, given, &amounts, &status, order.paid_at)?;
        (order.discounts, order.fees) = (amounts.discounts, amounts.fees);
    }
    (order.lines, order.status) = (lines, status);
    if modified.is_none() {
        let what = "no time of change: the order of capture decides";
        reading.issue(IssueKind::BadValue, "update_time", what);
    }
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

fn kind(reading: &mut Reading<'_>, given: &Wire<'_>) -> OrderKind {
    let Some(code) = text(&given.order_type) else { return OrderKind::Unknown };
    let known = codes::order_kind(code);
    if known.is_none() {
        reading.unmapped("order_type", code);
    }
    known.unwrap_or(OrderKind::Unknown)
}

fn times(reading: &mut Reading<'_>, given: &Wire<'_>, status: &Status, order: &mut Order) {
    // Of a sale in steps it is not established whose time `pay_time` is while only the deposit is paid.
    if !matches!(status.payment, Some(PaymentState::Unpaid | PaymentState::PartiallyPaid)) {
        order.paid_at = reading.time(&given.pay_time, "pay_time");
    }
    order.shipped_at = reading.time(&given.ship_time, "ship_time");
    match status.lifecycle {
        Some(Lifecycle::Completed) => order.completed_at = reading.time(&given.finish_time, "finish_time"),
        Some(Lifecycle::Cancelled) => order.cancelled_at = reading.time(&given.finish_time, "finish_time"),
        _ => {}
    }
    if status.fulfillment == Some(Fulfillment::Delivered) {
        let mut arrived = None;
        for (at, line) in given.sku_order_list.iter().enumerate() {
            let path = format!("sku_order_list[{at}].logistics_receipt_time");
            let carrier = reading.time(&line.logistics_receipt_time, path);
            let path = format!("sku_order_list[{at}].confirm_receipt_time");
            arrived = arrived.max(carrier.or_else(|| reading.time(&line.confirm_receipt_time, path)));
        }
        order.delivered_at = arrived;
    }
    let window =
        |from: Option<Ts>, to: Option<Ts>| (from.is_some() || to.is_some()).then_some(Window { from, to });
    let from = reading.time(&given.appointment_ship_time, "appointment_ship_time");
    let to = reading.time(&given.exp_ship_time, "exp_ship_time");
    // An appointment behind the promise moves it.
    order.ship_by = window(from, to.filter(|to| from.is_none_or(|from| from <= *to)));
    let from = reading.time(&given.earliest_receipt_time, "earliest_receipt_time");
    let to = reading.time(&given.latest_receipt_time, "latest_receipt_time");
    order.deliver_by = window(from, to);
}

/// A store of the merchant's.
fn delivery(given: &Wire<'_>) -> Option<Delivery> {
    let store = given.store_info.as_ref()?;
    let (id, name) = (told(&store.store_id).map(str::to_owned), wire::text(store.store_name.as_ref()));
    (id.is_some() || name.is_some()).then(|| Delivery {
        pickup_point: Some(PickupPoint { id, name, ..PickupPoint::default() }),
        ..Delivery::default()
    })
}

/// Marks: the merchant's flag (0 is the grey one that every order has) and the platform's tags.
fn flags(given: &Wire<'_>) -> Vec<String> {
    let flag = told(&given.seller_remark_stars).map(|star| format!("seller_remark_stars:{star}"));
    let mut tags: Vec<String> =
        given.shop_order_tag_ui.iter().filter_map(|tag| wire::text(tag.key.as_ref())).collect();
    tags.sort_unstable();
    tags.dedup();
    flag.into_iter().chain(tags).collect()
}

/// Only orders that pass customs name who pays.
fn customs(given: &Wire<'_>) -> Option<Customs> {
    let identity = given.user_id_info.as_ref()?;
    let number = receiver::identity(&identity.encrypt_id_card_no)?;
    Some(Customs {
        mode: CustomsMode::Unknown,
        mode_raw: Some("user_id_info".to_owned()),
        payer_name: receiver::identity(&identity.encrypt_id_card_name),
        payer_id: Some(PayerId { kind: PayerIdKind::CnIdCard, kind_raw: None, value: number }),
        ..Customs::default()
    })
}

/// What only this platform says about an order. Amounts are in yuan.
fn extension(reading: &Reading<'_>, given: &Wire<'_>) -> Result<Map<String, Json>> {
    let mut ext = Map::new();
    let texts: [(&str, &Value<'_>); 6] = [
        ("biz", &given.biz),
        ("b_type", &given.b_type),
        ("order_status", &given.order_status),
        ("main_status", &given.main_status),
        ("accept_order_status", &given.accept_order_status),
        ("cancel_reason", &given.cancel_reason),
    ];
    for (name, value) in texts {
        if let Some(value) = told(value) {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    let amounts: [(&str, &Value<'_>); 11] = [
        ("order_amount", &given.order_amount),
        ("post_origin_amount", &given.post_origin_amount),
        ("post_promotion_amount", &given.post_promotion_amount),
        ("post_insurance_amount", &given.post_insurance_amount),
        ("modify_amount", &given.modify_amount),
        ("modify_post_amount", &given.modify_post_amount),
        ("promotion_pay_amount", &given.promotion_pay_amount),
        ("promotion_redpack_amount", &given.promotion_redpack_amount),
        ("shop_cost_amount", &given.shop_cost_amount),
        ("only_platform_cost_amount", &given.only_platform_cost_amount),
        ("author_cost_amount", &given.author_cost_amount),
    ];
    for (name, value) in amounts {
        if let Some(amount) = some(reading.hundredths(value, name)?) {
            ext.insert(name.to_owned(), Json::from(amount.to_string()));
        }
    }
    // The platform and the host pay to the shop what they bear.
    let parts = [&given.pay_amount, &given.only_platform_cost_amount, &given.author_cost_amount];
    let mut revenue = None;
    for (at, value) in parts.into_iter().enumerate() {
        match (reading.hundredths(value, "pay_amount")?, at) {
            (Some(amount), 0) => revenue = Some(amount),
            (Some(amount), _) => revenue = revenue.map(|sum| sum + amount),
            (None, _) => {}
        }
    }
    if let Some(revenue) = revenue {
        ext.insert("merchant_revenue".to_owned(), Json::from(revenue.to_string()));
    }
    Ok(ext)
}
