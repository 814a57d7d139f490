//! Refunds, returns and exchanges: cases of their own, each about one sub-order.

use serde_json::Value as Json;

use crossdock_connector::{Normalized, Result, order as statement, wire};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersaleStatus, Direction, GoodsState, Money, Observation,
    Parcel, ParcelLine, Ts, identity,
};

use super::{CNY, PLATFORM, Reading, parcel};
use crate::codes;
use crate::wire::{Refund, text, yes};

pub(super) fn read(reading: &mut Reading<'_>, refund: &Refund<'_>) -> Result<Normalized> {
    let number =
        text(&refund.refund_id).ok_or_else(|| reading.malformed("refund_id", "the id is missing"))?;
    let modified = reading.time_needed(&refund.modified, "modified")?;
    let amount = reading.dec(&refund.refund_fee, "refund_fee")?;
    let quantity = reading.dec(&refund.num, "num")?.filter(|count| !count.is_zero() && !count.is_negative());
    let mut case = Aftersale {
        source: reading.source(modified),
        aftersale_no: number.to_owned(),
        reason_raw: wire::text(refund.reason.as_ref()),
        refund: amount.map(|amount| Money::new(amount, CNY)),
        requested_at: reading.time(&refund.created, "created"),
        modified_at: modified,
        version: wire::text(refund.refund_version.as_ref()),
        ..Aftersale::default()
    };
    if let (Some(oid), Some(quantity)) = (text(&refund.oid), quantity) {
        case.lines.push(AftersaleLine { line_key: oid.to_owned(), quantity, amount });
    }
    states(reading, refund, &mut case);
    if matches!(case.status, Some(AftersaleStatus::Refunded | AftersaleStatus::Closed)) {
        case.closed_at = reading.time(&refund.end_time, "end_time");
    }
    extension(refund, &mut case);
    let refs = text(&refund.tid).map(|tid| reading.order_ref(tid));
    let mut observations = Vec::new();
    if let Some(parcel) = going_back(reading, refund, modified) {
        case.return_parcel = Some(identity::parcel_key(&parcel.carrier, &parcel.tracking_no, ""));
        observations.push(Observation::parcel(parcel).partial().with_refs(refs.clone()));
    }
    observations.insert(0, statement::case(case, refs));
    Ok(reading.finish(observations))
}

fn states(reading: &mut Reading<'_>, refund: &Refund<'_>, case: &mut Aftersale) {
    if let Some(code) = text(&refund.status) {
        case.status_raw = Some(code.to_owned());
        case.status = reading.of.codes.refund_status.get(code).and_then(|row| row.status);
        if case.status.is_none() {
            reading.unmapped("status", code);
            case.status = Some(AftersaleStatus::Unknown);
        }
    }
    if let Some(code) = text(&refund.dispute_type) {
        case.kind_raw = Some(code.to_owned());
        case.kind = codes::dispute(code);
        if case.kind.is_none() {
            reading.unmapped("dispute_type", code);
            case.kind = Some(AftersaleKind::Unknown);
        }
    } else if let Some(answer) = text(&refund.has_good_return) {
        let back = matches!(answer, "true" | "1");
        case.kind = Some(if back { AftersaleKind::ReturnRefund } else { AftersaleKind::RefundOnly });
    }
    // Exchanges, resends and repairs end in the same code, and no money goes back.
    let no_money = matches!(case.kind, Some(AftersaleKind::Exchange | AftersaleKind::Resend))
        || text(&refund.dispute_type) == Some("REPAIR");
    if no_money && case.status == Some(AftersaleStatus::Refunded) {
        case.status = Some(AftersaleStatus::Closed);
    }
    if let Some(code) = text(&refund.refund_phase) {
        case.phase_raw = Some(code.to_owned());
        case.phase = codes::phase(code, text(&refund.order_status)).unwrap_or_else(|()| {
            reading.unmapped("refund_phase", code);
            Some(crossdock_schemas::AftersalePhase::Unknown)
        });
    }
    if let Some(code) = text(&refund.good_status) {
        case.goods_state_raw = Some(code.to_owned());
        case.goods_state = codes::goods(code);
        if case.goods_state.is_none() {
            reading.unmapped("good_status", code);
            case.goods_state = Some(GoodsState::Unknown);
        }
    }
}

/// What only this platform says about a case. `refund_version` has to be shown to act on it.
fn extension(refund: &Refund<'_>, case: &mut Aftersale) {
    let mut ext = serde_json::Map::new();
    for (name, value) in [
        ("refund_version", &refund.refund_version),
        ("order_status", &refund.order_status),
        ("cs_status", &refund.cs_status),
        ("advance_status", &refund.advance_status),
        ("special_refund_type", &refund.special_refund_type),
    ] {
        if let Some(value) = text(value) {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    if yes(&refund.has_good_return) {
        ext.insert("has_good_return".to_owned(), Json::Bool(true));
    }
    if !ext.is_empty() {
        case.ext.insert(PLATFORM.to_owned(), ext);
    }
}

/// The parcel the buyer sends back, once its number is known.
fn going_back(reading: &mut Reading<'_>, refund: &Refund<'_>, modified: Option<Ts>) -> Option<Parcel> {
    let tracking_no = parcel::number(&refund.sid)?;
    let (carrier, carrier_raw) = parcel::carrier(reading, &refund.company_name, "company_name")?;
    let quantity = reading.dec(&refund.num, "num").ok().flatten().filter(|count| !count.is_zero());
    let line = text(&refund.oid).zip(quantity);
    Some(Parcel {
        source: reading.source(modified),
        carrier,
        carrier_raw: Some(carrier_raw),
        tracking_no,
        direction: Direction::Return,
        lines: line
            .map(|(oid, quantity)| ParcelLine { line_key: oid.to_owned(), quantity, ..ParcelLine::default() })
            .into_iter()
            .collect(),
        ..Parcel::default()
    })
}
