//! A trade: the order, its lines and the parcels they travel in.

use serde_json::{Map, Value as Json};

use crossdock_connector::{IssueKind, Normalized, Result, wire};
use crossdock_schemas::{
    Customs, CustomsMode, InvoiceRequest, Lifecycle, Money, Observation, Order, OrderKind, PaymentState,
    Protected, Status,
};

use super::{CNY, PLATFORM, Reading, line, money, parcel, receiver, state};
use crate::codes;
use crate::wire::{Trade, text, yes};

pub(super) fn read(reading: &mut Reading<'_>, trade: &Trade<'_>) -> Result<Normalized> {
    let order_no = text(&trade.tid_str)
        .or(text(&trade.tid))
        .ok_or_else(|| reading.malformed("tid", "the order number is missing"))?;
    let modified = reading.time_needed(&trade.modified, "modified")?;
    let placed_at = reading.time_needed(&trade.created, "created")?;
    let amounts = money::Amounts::read(reading, trade)?;
    let lines = line::lines(reading, trade)?;
    let status = state::status(reading, trade);
    let (discounts, fees) = money::discounts(reading, trade, order_no, &amounts, &lines)?;
    money::check(reading, trade, &amounts, &lines);
    let parcels = parcel::outbound(reading, trade, order_no, modified, &lines)?;
    // Without its lines a trade says nothing about them: the answer lacked the field, not the order its goods.
    let partial = lines.is_empty();
    if partial {
        reading.issue(IssueKind::BadValue, "orders", "no lines in the payload, only the header is taken");
    } else if placed_at.is_none() {
        return Err(reading.malformed("created", "the time of the order is missing"));
    }
    let mut order = Order {
        source: reading.source(modified),
        order_no: order_no.to_owned(),
        kind: kind(reading, trade),
        kind_raw: wire::text(trade.kind.as_ref()),
        placed_at,
        modified_at: modified,
        currency: Some(CNY.to_owned()),
        presale: money::presale(trade, &amounts, &status),
        buyer: receiver::buyer(trade),
        ship_to: receiver::ship_to(reading, trade),
        buyer_note: wire::text(trade.buyer_message.as_ref()),
        seller_note: wire::text(trade.seller_memo.as_ref()),
        flags: flag(trade).into_iter().collect(),
        customs: customs(trade, &amounts),
        invoice: invoice(trade),
        lines,
        discounts,
        fees,
        ..Order::default()
    };
    times(reading, trade, &status, &mut order);
    order.payments = money::payments(trade, &amounts, &status, order.paid_at);
    order.status = status;
    order.totals = money::totals(&amounts, &order);
    let ext = extension(trade);
    if !ext.is_empty() {
        order.ext.insert(PLATFORM.to_owned(), ext);
    }
    let order = Observation::order(order);
    let mut observations = vec![if partial { order.partial() } else { order }];
    observations.extend(parcels);
    Ok(reading.finish(observations))
}

/// Every documented type is a sale; what kind of sale is in the raw twin.
fn kind(reading: &mut Reading<'_>, trade: &Trade<'_>) -> OrderKind {
    match text(&trade.kind) {
        Some(known) if codes::is_trade_type(known) => OrderKind::Sale,
        Some(other) => {
            reading.unmapped("type", other);
            OrderKind::Unknown
        }
        None => OrderKind::Unknown,
    }
}

/// `pay_time` of a presale is the deposit's, and `end_time` is the end whichever way it ended.
fn times(reading: &mut Reading<'_>, trade: &Trade<'_>, status: &Status, order: &mut Order) {
    let paid = matches!(
        status.payment,
        Some(PaymentState::Paid | PaymentState::PartiallyRefunded | PaymentState::Refunded)
    );
    if paid {
        order.paid_at = reading.time(&trade.pay_time, "pay_time");
    }
    order.shipped_at = reading.time(&trade.consign_time, "consign_time");
    match status.lifecycle {
        Some(Lifecycle::Completed) => order.completed_at = reading.time(&trade.end_time, "end_time"),
        Some(Lifecycle::Cancelled) => order.cancelled_at = reading.time(&trade.end_time, "end_time"),
        _ => {}
    }
}

/// The seller's flag. The colours of 1 to 5 are documented; 0 is no flag.
fn flag(trade: &Trade<'_>) -> Option<String> {
    let flag = text(&trade.seller_flag).filter(|flag| *flag != "0")?;
    let colour = match flag {
        "1" => "red",
        "2" => "yellow",
        "3" => "green",
        "4" => "blue",
        "5" => "purple",
        other => other,
    };
    Some(format!("seller_flag:{colour}"))
}

/// Cross-border trades. What the "post gate" flag means for customs is not established.
fn customs(trade: &Trade<'_>, amounts: &money::Amounts) -> Option<Customs> {
    let (mode, mode_raw) = if yes(&trade.cross_bonded_declare) {
        (CustomsMode::Bonded, "cross_bonded_declare")
    } else if yes(&trade.post_gate_declare) {
        (CustomsMode::Unknown, "post_gate_declare")
    } else {
        return None;
    };
    Some(Customs {
        mode,
        mode_raw: Some(mode_raw.to_owned()),
        tax_included: !trade.orders.is_empty() && trade.orders.iter().all(|order| yes(&order.tax_free)),
        tax: amounts.tax.map(|amount| Money::new(amount, CNY)),
        ..Customs::default()
    })
}

/// The invoice's name where the payload has one. The codes of kind and form are not established.
fn invoice(trade: &Trade<'_>) -> Option<InvoiceRequest> {
    let title = text(&trade.invoice_name)?;
    Some(InvoiceRequest {
        title: Some(Protected::plain(title)),
        kind_raw: wire::text(trade.invoice_type.as_ref()),
        ..InvoiceRequest::default()
    })
}

/// What only this platform says about a trade. Names of amounts in fen say so.
fn extension(trade: &Trade<'_>) -> Map<String, Json> {
    let mut ext = Map::new();
    for (name, value) in [
        ("trade_from", &trade.trade_from),
        ("shipping_type", &trade.shipping_type),
        ("cod_status", &trade.cod_status),
        ("receiver_country", &trade.receiver_country),
        ("receiver_changed", &trade.lm),
    ] {
        if let Some(value) = text(value) {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    for (name, value) in [
        ("platform_subsidy_fee", &trade.platform_subsidy_fee),
        ("m_tariff_fee", &trade.m_tariff_fee),
        ("alipay_point_fen", &trade.alipay_point),
        ("pcc_af_fen", &trade.pcc_af),
        ("tmall_coupon_fee_fen", &trade.tmall_coupon_fee),
        ("coupon_fee_fen", &trade.coupon_fee),
        ("o2o_voucher_price_fen", &trade.o2o_voucher_price),
        ("propoint_fen", &trade.propoint),
    ] {
        if let Some(value) =
            text(value).filter(|value| value.bytes().any(|byte| !matches!(byte, b'0' | b'.')))
        {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    if yes(&trade.is_part_consign) {
        ext.insert("is_part_consign".to_owned(), Json::Bool(true));
    }
    ext
}
