//! Parcels: the core has none, plugins keep tracking numbers in the order's data.

use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use crossdock_connector::{IssueKind, carrier, rows};
use crossdock_schemas::{Dec, Direction, Observation, OrderLine, Parcel, ParcelLine, Ts};

use super::{PLATFORM, Reading};
use crate::read::text;
use crate::wire::{Order, Packed, Tracking};

/// A parcel for each number that a plugin keeps, with its lines where the plugin knows them.
pub(super) fn outbound(
    reading: &mut Reading<'_>,
    order: &Order<'_>,
    order_no: &str,
    modified: Option<Ts>,
    lines: &[OrderLine],
) -> Vec<Observation> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for (i, meta) in order.meta_data.iter().flatten().enumerate() {
        let wanted =
            text(&meta.key).is_some_and(|key| reading.config.tracking_meta.iter().any(|own| own == key));
        let Some(value) = meta.value.map(RawValue::get).filter(|_| wanted) else { continue };
        let place = format!("$.meta_data[{i}].value");
        let Ok(list) = rows::rows(value, &place) else {
            reading.issue(IssueKind::BadValue, place, "no list of tracking numbers");
            continue;
        };
        for (at, row) in list.into_iter().enumerate() {
            let place = format!("{place}[{at}]");
            match rows::object::<Tracking<'_>>(row, &place) {
                Ok(tracking) => {
                    let packed = packed(reading, &tracking, lines, &place);
                    let parcel = parcel(reading, &tracking, modified, &place);
                    parcels.extend(parcel.map(|parcel| Parcel { lines: packed, ..parcel }));
                }
                Err(_) => reading.issue(IssueKind::BadValue, place, "no tracking number"),
            }
        }
    }
    parcels.sort_by(|a, b| (&a.carrier, &a.tracking_no).cmp(&(&b.carrier, &b.tracking_no)));
    parcels.dedup_by(|a, b| a.carrier == b.carrier && a.tracking_no == b.tracking_no);
    let reference = reading.order_ref(order_no);
    let observation = |parcel| Observation::parcel(parcel).partial().with_refs(vec![reference.clone()]);
    parcels.into_iter().map(observation).collect()
}

fn parcel(
    reading: &mut Reading<'_>,
    tracking: &Tracking<'_>,
    modified: Option<Ts>,
    place: &str,
) -> Option<Parcel> {
    let tracking_no = text(&tracking.tracking_number).and_then(carrier::number)?;
    let provider = text(&tracking.tracking_provider).filter(|provider| *provider != "custom");
    let Some(provider) = provider.or(text(&tracking.custom_tracking_provider)) else {
        // The identity of a parcel needs both.
        let path = format!("{place}.tracking_provider");
        reading.issue(IssueKind::BadValue, path, "a tracking number without a carrier");
        return None;
    };
    let path = format!("{place}.tracking_provider");
    let carrier = reading.codes.carriers.word(provider, provider, &path, &mut reading.issues);
    let mut ext = Map::new();
    if let Some(id) = text(&tracking.tracking_id) {
        ext.insert("tracking_id".to_owned(), Json::from(id));
    }
    let mut parcel = Parcel {
        source: reading.source(modified),
        carrier,
        carrier_raw: Some(provider.to_owned()),
        tracking_no,
        direction: Direction::Outbound,
        shipped_at: text(&tracking.date_shipped).and_then(seconds),
        ..Parcel::default()
    };
    if !ext.is_empty() {
        parcel.ext.insert(PLATFORM.to_owned(), ext);
    }
    Some(parcel)
}

/// What is in a parcel: all of it, or nothing where a row cannot be read or speaks of no line of the order.
fn packed(
    reading: &mut Reading<'_>,
    tracking: &Tracking<'_>,
    lines: &[OrderLine],
    place: &str,
) -> Vec<ParcelLine> {
    let Some(list) = tracking.products_list else { return Vec::new() };
    let place = format!("{place}.products_list");
    let row = |row: &RawValue| {
        let row: Packed<'_> = rows::object(row, &place).ok()?;
        let line_key = text(&row.item_id)?.to_owned();
        let known = lines.iter().any(|line| line.line_ref.as_ref() == Some(&line_key));
        let quantity = Dec::parse(text(&row.qty)?).ok().filter(|quantity| *quantity > Dec::ZERO && known)?;
        Some(ParcelLine { line_key, quantity, ..ParcelLine::default() })
    };
    let read: Option<Vec<ParcelLine>> =
        rows::inside(list, &place).ok().and_then(|list| list.into_iter().map(row).collect());
    read.unwrap_or_else(|| {
        reading.issue(IssueKind::BadValue, place, "no lines of the order with a quantity");
        Vec::new()
    })
}

/// The day of shipping, as seconds since 1970.
fn seconds(text: &str) -> Option<Ts> {
    let seconds: i64 = text.parse().ok().filter(|seconds| *seconds > 946_684_800)?;
    jiff::Timestamp::from_second(seconds).ok().map(Ts::utc)
}
