//! Parcels: the core has none, plugins keep tracking numbers in the order's data.

use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use crossdock_connector::{IssueKind, carrier, rows};
use crossdock_schemas::{Direction, Observation, Parcel, Ts};

use super::{PLATFORM, Reading};
use crate::read::text;
use crate::wire::{Order, Tracking};

/// A parcel for each number that a plugin keeps. Which lines are in which is not said.
pub(super) fn outbound(
    reading: &mut Reading<'_>,
    order: &Order<'_>,
    order_no: &str,
    modified: Option<Ts>,
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
                Ok(tracking) => parcels.extend(parcel(reading, &tracking, modified, &place)),
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

/// The day of shipping, as seconds since 1970.
fn seconds(text: &str) -> Option<Ts> {
    let seconds: i64 = text.parse().ok().filter(|seconds| *seconds > 946_684_800)?;
    jiff::Timestamp::from_second(seconds).ok().map(Ts::utc)
}
