//! Parcels: the order's own with what is in them, and those that travel because of a case.

use serde_json::{Map, Value as Json};

use crossdock_connector::{IssueKind, Result, carrier as common};
use crossdock_schemas::{Direction, Observation, OrderLine, OrderRef, Parcel, ParcelLine, Ts};

use super::{PLATFORM, Reading};
use crate::wire::{Order, Shipment, Value, text, told};

/// One parcel for each distinct carrier and number, with the lines in it.
pub(super) fn outbound(
    reading: &mut Reading<'_>,
    order: &Order<'_>,
    reference: &OrderRef,
    modified: Option<Ts>,
    lines: &[OrderLine],
) -> Result<Vec<Observation>> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for (at, given) in order.logistics_info.iter().enumerate() {
        let field = |name: &str| format!("logistics_info[{at}].{name}");
        let Some(tracking_no) = told(&given.tracking_no).and_then(common::number) else { continue };
        let Some((carrier, carrier_raw)) =
            carrier(reading, &given.company, &given.company_name, &field("company"))
        else {
            continue;
        };
        let shipped_at = reading.time(&given.ship_time, field("ship_time"));
        let mut inside = Vec::new();
        for (i, packed) in given.product_info.iter().enumerate() {
            let quantity =
                reading.dec(&packed.product_count, field(&format!("product_info[{i}].product_count")))?;
            let known = lines.iter().find(|line| line.line_ref.as_deref() == told(&packed.sku_order_id));
            if let (Some(line_key), Some(quantity)) = (known.and_then(|line| line.line_ref.clone()), quantity)
                && !quantity.is_zero()
                && !quantity.is_negative()
            {
                inside.push(ParcelLine { line_key, quantity, ..ParcelLine::default() });
            }
        }
        let known =
            parcels.iter_mut().find(|known| known.carrier == carrier && known.tracking_no == tracking_no);
        if let Some(known) = known {
            // The platform lists a parcel again for goods that were added to it.
            known.lines.append(&mut inside);
            known.shipped_at = known.shipped_at.into_iter().chain(shipped_at).min();
            continue;
        }
        let mut parcel = Parcel {
            source: reading.source(modified),
            carrier,
            carrier_raw: Some(carrier_raw),
            tracking_no,
            direction: Direction::Outbound,
            lines: inside,
            shipped_at,
            ..Parcel::default()
        };
        if let Some(id) = told(&given.delivery_id) {
            let ext = Map::from_iter([("delivery_id".to_owned(), Json::from(id))]);
            parcel.ext.insert(PLATFORM.to_owned(), ext);
        }
        parcels.push(parcel);
    }
    for parcel in &mut parcels {
        parcel.lines.sort_by(|a, b| (a.line_key.len(), &a.line_key).cmp(&(b.line_key.len(), &b.line_key)));
    }
    parcels.sort_by(|a, b| (&a.carrier, &a.tracking_no).cmp(&(&b.carrier, &b.tracking_no)));
    let observation = |parcel| Observation::parcel(parcel).partial().with_refs(vec![reference.clone()]);
    Ok(parcels.into_iter().map(observation).collect())
}

/// A parcel that travels because of a case.
pub(super) fn of_case(
    reading: &mut Reading<'_>,
    given: &Shipment<'_>,
    direction: Direction,
    modified: Option<Ts>,
    field: &str,
) -> Option<Parcel> {
    let tracking_no = told(&given.tracking_no).and_then(common::number)?;
    let path = format!("{field}.company_code");
    let (carrier, carrier_raw) = carrier(reading, &given.company_code, &given.company_name, &path)?;
    Some(Parcel {
        source: reading.source(modified),
        carrier,
        carrier_raw: Some(carrier_raw),
        tracking_no,
        direction,
        shipped_at: reading.time(&given.logistics_time, format_args!("{field}.logistics_time")),
        ..Parcel::default()
    })
}

/// Our word for a carrier, and what it was called. A number without a carrier makes no parcel: the identity needs both.
fn carrier(
    reading: &mut Reading<'_>,
    code: &Value<'_>,
    name: &Value<'_>,
    field: &str,
) -> Option<(String, String)> {
    let (code, name) = (text(code), text(name));
    let known = [code, name].into_iter().flatten().find_map(|given| reading.of.codes.carriers.slug(given));
    let Some(given) = code.or(name) else {
        reading.issue(IssueKind::BadValue, field, "a tracking number without a carrier");
        return None;
    };
    if let Some(known) = known {
        return Some((known.to_owned(), given.to_owned()));
    }
    let path = reading.path(field);
    let word = reading.of.codes.carriers.word(given, given, &path, &mut reading.issues);
    Some((word, given.to_owned()))
}
