//! An after-sale case of the seller interface. That it is finished does not mean that money went back: exchange and repair
//! finish as well; only `refundStatus` 20 says so.

use serde_json::{Map, Value as Json};

use crossdock_connector::{Normalized, Result, carrier, wire};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersaleStatus, Direction, Money, Observation,
};

use super::order::quantity;
use super::parcel::Parcels;
use super::{CNY, PLATFORM, Reading, needed, number};
use crate::wire::seller::Case;
use crate::wire::text;

/// The money is back.
const REFUNDED: &str = "20";

pub(super) fn read(mut reading: Reading<'_>, case: &Case<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let case_no = needed(reading, &case.afs_order_id, "afsOrderId")?;
    let order_no = order_no(reading, case)?;
    let base = case.afs_order_base_info.0.as_ref();
    let (mut applied, mut modified, mut finished) = (None, None, None);
    if let Some(base) = base {
        applied = reading.time_needed(&base.apply_time, "afsOrderBaseInfo.applyTime")?;
        modified = reading.time_needed(&base.modified_time, "afsOrderBaseInfo.modifiedTime")?;
        finished = reading.time(&base.afs_order_finish_time, "afsOrderBaseInfo.afsOrderFinishTime");
    }
    let mut found = Aftersale {
        source: reading.source(modified.or(finished).or(applied)),
        aftersale_no: case_no.to_owned(),
        kind: Some(AftersaleKind::Unknown),
        requested_at: applied,
        modified_at: modified,
        closed_at: finished,
        ..Aftersale::default()
    };
    for (at, sku) in case.sku_info_list.iter().enumerate() {
        let quantity = quantity(reading, &sku.sku_num, &format!("skuInfoList[{at}].skuNum"))?;
        if let Some(line_key) = wire::text(sku.sku_uuid.as_ref()) {
            found.lines.push(AftersaleLine { line_key, quantity, amount: None });
        }
    }
    found.lines.sort_by(|a, b| (&a.line_key, a.quantity).cmp(&(&b.line_key, b.quantity)));
    let mut ext = Map::new();
    refund(reading, case, &mut found)?;
    status(reading, case, &mut found);
    if let Some(apply) = &case.customer_apply_info.0 {
        found.reason_raw = wire::text(apply.apply_reason_first_cid_desc.as_ref());
        // What the buyer asks for is a number whose meanings are not established.
        if let Some(code) = text(&apply.customer_expect) {
            reading.unmapped("customerApplyInfo.customerExpect", code);
            found.kind_raw = Some(code.to_owned());
        }
    }
    let sub = case.afs_order_status_info.0.as_ref().and_then(|status| text(&status.sub_status));
    let house = case.order_info.0.as_ref().and_then(|order| text(&order.order_warehouse_status));
    for (name, value) in [("sub_status", sub), ("order_warehouse_status", house)] {
        if let Some(value) = value {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    if !ext.is_empty() {
        found.ext.insert(PLATFORM.to_owned(), ext);
    }
    let reference = order_no.map(|order_no| reading.order_ref(order_no));
    let mut observations = vec![Observation::aftersale(found).with_refs(reference.clone())];
    if let Some(reference) = &reference {
        observations.extend(parcels(reading, case, modified).finish(reference));
    }
    Ok(reading.finish(observations))
}

/// The order stands in up to three places, which have to agree.
fn order_no<'c>(reading: &Reading<'_>, case: &'c Case<'_>) -> Result<Option<&'c str>> {
    let blocks = [&case.order_info, &case.relation_info];
    let inner =
        blocks.into_iter().filter_map(|block| block.0.as_ref()).filter_map(|block| number(&block.order_id));
    let mut all = number(&case.order_id).into_iter().chain(inner);
    let first = all.next();
    match all.find(|other| Some(*other) != first) {
        Some(_) => Err(reading.malformed("orderId", "two different orders")),
        None => Ok(first),
    }
}

fn refund(reading: &Reading<'_>, case: &Case<'_>, found: &mut Aftersale) -> Result<()> {
    let Some(refund) = &case.refund_info.0 else { return Ok(()) };
    let applied = reading.dec(&refund.apply_refund_amount, "refundInfo.applyRefundAmount")?;
    let actual = reading.dec(&refund.actual_refund_amount, "refundInfo.actualRefundAmount")?;
    let done = text(&refund.refund_status) == Some(REFUNDED);
    let amount = if done { actual.or(applied) } else { applied };
    found.refund = amount.map(|amount| Money::new(amount, CNY));
    Ok(())
}

fn status(reading: &mut Reading<'_>, case: &Case<'_>, found: &mut Aftersale) {
    let refund = case.refund_info.0.as_ref().and_then(|refund| text(&refund.refund_status));
    if refund == Some(REFUNDED) {
        found.status = Some(AftersaleStatus::Refunded);
        found.status_raw = Some(REFUNDED.to_owned());
        return;
    }
    let Some(code) = case.afs_order_status_info.0.as_ref().and_then(|status| text(&status.main_status))
    else {
        return;
    };
    found.status_raw = Some(code.to_owned());
    found.status = reading.of.codes.case_status.get(code).map(|row| row.status);
    if found.status.is_none() {
        reading.unmapped("afsOrderStatusInfo.mainStatus", code);
        found.status = Some(AftersaleStatus::Unknown);
    }
}

/// What the buyer sends back and what the merchant sends again.
fn parcels(reading: &mut Reading<'_>, case: &Case<'_>, modified: Option<crossdock_schemas::Ts>) -> Parcels {
    let mut parcels = Parcels::default();
    for (at, waybill) in case.waybill_info_list.iter().enumerate() {
        let field = format!("waybillInfoList[{at}]");
        let number = text(&waybill.waybill_code).and_then(carrier::number);
        let (Some(number), Some(id)) = (number, text(&waybill.provider_id)) else { continue };
        let way = text(&waybill.waybill_type);
        if let Some(code) = way.filter(|code| !matches!(*code, "2" | "3")) {
            reading.unmapped(format_args!("{field}.waybillType"), code);
        }
        let Some(parcel) = parcels.add(reading, &format!("{field}.providerId"), id, number, modified) else {
            continue;
        };
        parcel.direction_raw = way.map(str::to_owned);
        parcel.direction = match way {
            Some("2") => Direction::Return,
            Some("3") => Direction::Outbound,
            _ => Direction::Unknown,
        };
    }
    parcels
}
