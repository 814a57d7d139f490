//! Parcels: sub-orders that share carrier and number travel together.

use crossdock_connector::{IssueKind, Result, carrier, wire};
use crossdock_schemas::{Direction, Observation, OrderLine, Parcel, ParcelLine, Ts};

use super::Reading;
use super::line::oid;
use crate::wire::{Trade, Value, text};

/// One parcel for each distinct carrier and number, with the lines in it.
pub(super) fn outbound(
    reading: &mut Reading<'_>,
    trade: &Trade<'_>,
    order_no: &str,
    modified: Option<Ts>,
    lines: &[OrderLine],
) -> Result<Vec<Observation>> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for (at, order) in trade.orders.iter().enumerate() {
        let Some(number) = number(&order.invoice_no) else { continue };
        let path = format!("orders[{at}].logistics_company");
        let Some((carrier, carrier_raw)) = carrier(reading, &order.logistics_company, &path) else {
            continue;
        };
        let shipped_at = reading.time(&order.consign_time, format_args!("orders[{at}].consign_time"));
        let oid = oid(order);
        let line = lines.iter().find(|line| line.line_ref.as_deref() == oid);
        let known =
            parcels.iter().position(|parcel| parcel.carrier == carrier && parcel.tracking_no == number);
        let parcel = match known.and_then(|at| parcels.get_mut(at)) {
            Some(parcel) => parcel,
            None => {
                parcels.push(Parcel {
                    source: reading.source(modified),
                    carrier,
                    carrier_raw: Some(carrier_raw),
                    tracking_no: number,
                    direction: Direction::Outbound,
                    ..Parcel::default()
                });
                match parcels.last_mut() {
                    Some(parcel) => parcel,
                    None => continue,
                }
            }
        };
        parcel.shipped_at = match (parcel.shipped_at, shipped_at) {
            (Some(before), Some(now)) => Some(before.min(now)),
            (before, now) => before.or(now),
        };
        if let (Some(oid), Some(line)) = (oid, line) {
            let quantity = line.quantity;
            parcel.lines.push(ParcelLine { line_key: oid.to_owned(), quantity, ..ParcelLine::default() });
        }
    }
    for parcel in &mut parcels {
        parcel.lines.sort_by(|a, b| super::line::by_number(Some(&a.line_key), Some(&b.line_key)));
    }
    parcels.sort_by(|a, b| (&a.carrier, &a.tracking_no).cmp(&(&b.carrier, &b.tracking_no)));
    let reference = reading.order_ref(order_no);
    Ok(parcels
        .into_iter()
        .map(|parcel| Observation::parcel(parcel).partial().with_refs(vec![reference.clone()]))
        .collect())
}

/// A carrier's number as the model writes it; `None` when there is none.
pub(super) fn number(value: &Value<'_>) -> Option<String> {
    carrier::number(text(value)?)
}

/// Our slug of a carrier and the name it came with. A number without a carrier makes no parcel: the identity
/// needs both.
pub(super) fn carrier(reading: &mut Reading<'_>, value: &Value<'_>, field: &str) -> Option<(String, String)> {
    let Some(name) = wire::text(value.as_ref()) else {
        reading.issue(IssueKind::BadValue, field, "a tracking number without a carrier");
        return None;
    };
    if let Some(row) = reading.of.codes.carriers.get(&name) {
        return Some((row.slug.clone(), name));
    }
    reading.unmapped(field, &name);
    Some((carrier::slug(&name), name))
}
