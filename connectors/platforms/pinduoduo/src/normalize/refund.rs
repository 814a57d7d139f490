//! After-sale cases, with histories of their own.

use serde_json::Value as Json;

use crossdock_connector::{IssueKind, Normalized, Result, order as statement, wire};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersalePhase, AftersaleStatus, GoodsState, Money, Observation,
    identity,
};

use super::{CNY, PLATFORM, Reading, line, parcel};
use crate::codes;
use crate::config::RefundTypes;
use crate::wire::{Refund, Value, text};

pub(super) fn read(mut reading: Reading<'_>, refund: &Refund<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let number = text(&refund.id).ok_or_else(|| reading.malformed("id", "the id is missing"))?;
    let modified = reading.time_needed(&refund.updated_time, "updated_time")?;
    if modified.is_none() {
        let what = "no time of change: the order of capture decides";
        reading.issue(IssueKind::BadValue, "updated_time", what);
    }
    let stated = reading.dec(&refund.refund_amount, "refund_amount")?;
    // The unit of the detail's amounts is not established, and has been seen to be another one than the list's.
    let amount = if is_detail(refund) { None } else { stated };
    let quantity = reading
        .dec(&refund.goods_number, "goods_number")?
        .filter(|count| !count.is_zero() && !count.is_negative());
    let requested_at = match text(&refund.created_time) {
        Some(_) => reading.time(&refund.created_time, "created_time"),
        None => reading.time(&refund.recreated_at, "recreated_at"),
    };
    let mut case = Aftersale {
        source: reading.source(modified),
        aftersale_no: number.to_owned(),
        reason_raw: wire::text(either(&refund.after_sale_reason, &refund.after_sales_reason).as_ref()),
        refund: amount.map(|amount| Money::new(amount, CNY)),
        requested_at,
        modified_at: modified,
        deadline: reading.time(&refund.expire_time, "expire_time"),
        ..Aftersale::default()
    };
    // The platform names no line. Orders have one line of an article, whose name then follows from its code.
    let article = text(&refund.outer_id).or(text(&refund.sku_id)).or(text(&refund.goods_id));
    let article = article.or(text(&refund.out_sku_sn));
    if let (Some(_), Some(quantity)) = (article, quantity) {
        let sku = line::sku(&refund.outer_id, &refund.outer_goods_id, &refund.sku_id);
        let sku = sku.or(text(&refund.out_sku_sn)).unwrap_or_default();
        case.lines.push(AftersaleLine { line_key: format!("{sku}#1"), quantity, amount });
    }
    states(reading, refund, &mut case);
    extension(refund, &mut case);
    let refs =
        vec![
            reading.order_ref(
                text(&refund.order_sn)
                    .ok_or_else(|| reading.malformed("order_sn", "the order number is missing"))?,
            ),
        ];
    let waybill = either(&refund.tracking_number, &refund.express_no);
    let mut observations = Vec::new();
    if let Some(parcel) = parcel::going_back(reading, waybill, &refund.shipping_name, modified) {
        case.return_parcel = Some(identity::parcel_key(&parcel.carrier, &parcel.tracking_no, ""));
        observations.push(Observation::parcel(parcel).partial().with_refs(refs.clone()));
    }
    // Nothing but the waybill says that the goods are on their way back.
    if text(waybill).is_some() && text(&refund.after_sales_status) == Some("7") {
        case.status = Some(AftersaleStatus::BuyerReturning);
    }
    observations.insert(0, statement::case(case, refs));
    Ok(reading.finish(observations))
}

fn either<'v, 'a>(first: &'v Value<'a>, second: &'v Value<'a>) -> &'v Value<'a> {
    if text(first).is_some() { first } else { second }
}

/// Only the detail has these fields; it numbers `after_sales_type` in its own way.
fn is_detail(refund: &Refund<'_>) -> bool {
    let own = [
        &refund.after_sales_reason,
        &refund.recreated_at,
        &refund.shipping_status,
        &refund.express_no,
        &refund.out_sku_sn,
    ];
    own.into_iter().any(|value| text(value).is_some())
}

fn states(reading: &mut Reading<'_>, refund: &Refund<'_>, case: &mut Aftersale) {
    let mut proven = None;
    if let Some(code) = text(&refund.after_sales_status) {
        case.status_raw = Some(code.to_owned());
        let row = reading.of.codes.case_status.get(code);
        case.status = row.and_then(|row| row.status);
        proven = row.and_then(|row| row.kind);
        if case.status.is_none() {
            reading.unmapped("after_sales_status", code);
            case.status = Some(AftersaleStatus::Unknown);
        }
    }
    if let Some(code) = text(&refund.after_sales_type) {
        let types = if is_detail(refund) { RefundTypes::Detail } else { reading.of.config.refund_types };
        case.kind_raw = Some(code.to_owned());
        case.kind = Some(match (codes::kind(code, types), proven) {
            (Ok(Some(kind)), None) => kind,
            (Ok(Some(kind)), Some(proven)) if kind == proven => kind,
            // A repair, for which our model has no word.
            (Ok(None), None) => AftersaleKind::Unknown,
            // Type and status contradict each other: the type may be numbered in the other way.
            _ => {
                reading.unmapped("after_sales_type", code);
                AftersaleKind::Unknown
            }
        });
    }
    if let Some(code) = text(&refund.user_shipping_status) {
        case.goods_state_raw = Some(code.to_owned());
        case.goods_state = codes::goods(code).unwrap_or_else(|()| {
            reading.unmapped("user_shipping_status", code);
            Some(GoodsState::Unknown)
        });
    }
    if let Some(code) = text(&refund.shipping_status) {
        case.phase_raw = Some(code.to_owned());
        case.phase = codes::phase(code).unwrap_or_else(|()| {
            reading.unmapped("shipping_status", code);
            Some(AftersalePhase::Unknown)
        });
    }
}

/// What only this platform says about a case. Amounts are in yuan but for those of the detail, whose names say so.
fn extension(refund: &Refund<'_>, case: &mut Aftersale) {
    let mut ext = serde_json::Map::new();
    let detail = is_detail(refund);
    for (name, value) in [
        ("order_amount", &refund.order_amount),
        ("discount_amount", &refund.discount_amount),
        ("goods_price", &refund.goods_price),
        ("refund_amount", &refund.refund_amount),
    ] {
        if let Some(value) = text(value)
            && (detail || name != "refund_amount")
        {
            let name = if detail { format!("detail_{name}") } else { name.to_owned() };
            ext.insert(name, Json::from(value));
        }
    }
    for (name, value) in [
        ("goods_id", text(&refund.goods_id)),
        ("sku_id", text(&refund.sku_id)),
        ("goods_name", text(&refund.goods_name)),
        ("speed_refund_flag", line::told(&refund.speed_refund_flag)),
        ("speed_refund_status", text(&refund.speed_refund_status)),
        ("dispute_refund_status", line::told(&refund.dispute_refund_status)),
    ] {
        if let Some(value) = value {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    if !ext.is_empty() {
        case.ext.insert(PLATFORM.to_owned(), ext);
    }
}
