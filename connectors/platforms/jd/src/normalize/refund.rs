//! After-sale cases of the JOS interface: cancellations before shipping (amounts in fen) and services with a refund (amounts in
//! yuan). Both may describe the same money; they are two cases, and nothing is added up.

use serde_json::{Map, Value as Json};

use crossdock_connector::{Normalized, Result, order as statement, wire};
use crossdock_schemas::{Aftersale, AftersaleKind, AftersalePhase, AftersaleStatus, Money};

use super::{CNY, PLATFORM, Reading, needed, number};
use crate::wire::{RefundApply, ServiceRefund, Value, text};

/// A cancellation before shipping.
pub(super) fn apply(mut reading: Reading<'_>, row: &RefundApply<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let number = needed(reading, if row.id.is_some() { &row.id } else { &row.ra_id }, "id")?;
    let applied = reading.time_needed(&row.apply_time, "applyTime")?;
    let checked = reading.time_needed(&row.check_time, "checkTime")?;
    let modified = reading.time_needed(&row.modified, "modified")?.or(checked).or(applied);
    let refund = reading.hundredths(&row.apply_refund_sum, "applyRefundSum")?;
    let mut case = Aftersale {
        source: reading.source(modified),
        aftersale_no: number.to_owned(),
        kind: Some(AftersaleKind::RefundOnly),
        phase: Some(AftersalePhase::BeforeShipping),
        reason_raw: wire::text(row.reason.as_ref()),
        refund: refund.map(|amount| Money::new(amount, CNY)),
        requested_at: applied,
        modified_at: modified,
        ..Aftersale::default()
    };
    if let Some(code) = text(&row.status) {
        case.status_raw = Some(code.to_owned());
        case.status = reading.of.codes.refund_status.get(code).map(|row| row.status);
        if case.status.is_none() {
            reading.unmapped("status", code);
            case.status = Some(AftersaleStatus::Unknown);
        }
    }
    if case.status == Some(AftersaleStatus::Refunded) {
        case.closed_at = checked;
    }
    finish(reading, case, &row.order_id)
}

/// An after-sale service with a refund.
pub(super) fn service(mut reading: Reading<'_>, row: &ServiceRefund<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let bill = "sameOrderServiceBill";
    let Some(service) = &row.same_order_service_bill.0 else {
        return Err(reading.malformed(bill, "the service is missing"));
    };
    let number = needed(reading, &service.service_id, &format!("{bill}.serviceId"))?;
    let applied = reading.time_needed(&service.afs_apply_time, format_args!("{bill}.afsApplyTime"))?;
    let approved = reading.time_needed(&service.approve_date, format_args!("{bill}.approveDate"))?;
    let completed = reading.time_needed(&row.complete_time, "completeTime")?;
    let modified = completed.or(approved).or(applied);
    let refund = reading.dec(&row.refound_amount, "refoundAmount")?;
    let mut case = Aftersale {
        source: reading.source(modified),
        aftersale_no: number.to_owned(),
        // Return, exchange or repair: the reply does not say.
        kind: Some(AftersaleKind::Unknown),
        reason_raw: wire::text(service.apply_reason.as_ref()),
        refund: refund.map(|amount| Money::new(amount, CNY)),
        requested_at: applied,
        modified_at: modified,
        ..Aftersale::default()
    };
    let mut ext = Map::new();
    if let Some(code) = text(&row.status) {
        match reading.of.codes.service_status.get(code) {
            Some(known) => {
                case.status = Some(known.status);
                case.status_raw = Some(code.to_owned());
                case.closed_at = completed;
            }
            None => {
                reading.unmapped("status", code);
                ext.insert("status".to_owned(), Json::from(code));
            }
        }
    }
    // Where the number says nothing to us, the dates do.
    if case.status.is_none() {
        let agreed = approved.is_some();
        case.status = Some(if agreed { AftersaleStatus::SellerAgreed } else { AftersaleStatus::Requested });
    }
    for (name, value) in [
        ("refund_id", &row.afs_refund_id),
        ("apply_id", &service.afs_apply_id),
        ("ware_id", &service.ware_id),
        ("ware_name", &service.ware_name),
    ] {
        if let Some(value) = text(value) {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    if !ext.is_empty() {
        case.ext.insert(PLATFORM.to_owned(), ext);
    }
    finish(reading, case, &service.order_id)
}

fn finish(reading: &mut Reading<'_>, case: Aftersale, order: &Value<'_>) -> Result<Normalized> {
    let refs = number(order).map(|order| reading.order_ref(order));
    Ok(reading.finish(vec![statement::case(case, refs)]))
}
