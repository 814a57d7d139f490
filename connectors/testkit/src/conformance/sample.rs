//! Events to hand over: small, complete and the same on every run.

use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::Delivery;
use crossdock_schemas::{Class, Event, EventType, Ts, identity};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::fixture::ErrorCase;

/// The moment at which samples happen: 2026-11-21T12:00:00Z.
pub const AT: i64 = 1_795_262_400;

/// So many deliveries of one order each.
pub fn deliveries(count: u32) -> Vec<Delivery> {
    (1..=count).map(|number| delivery(EventType::OrderPlaced, number)).collect()
}

/// What a recorded reply of a receiver answers: what its fixture says, else orders.
pub(crate) fn handed(case: &ErrorCase) -> Vec<Delivery> {
    if !case.deliveries.is_empty() {
        return case.deliveries.clone();
    }
    let mut sent = deliveries(u32::try_from(case.kinds.len()).unwrap_or(1));
    sent.iter_mut().for_each(|delivery| delivery.maybe_there = case.maybe_there);
    sent
}

/// A delivery of an event of a type, about the order or parcel with a number.
pub fn delivery(event_type: EventType, number: u32) -> Delivery {
    let order_no = format!("10{number:04}");
    let key = match event_type.body() {
        "parcel" => identity::parcel_key("acme_express", &format!("AX{number:08}"), ""),
        "aftersale" => identity::aftersale_key("acme", "demo", &order_no),
        _ => identity::order_key("acme", "demo", &order_no),
    };
    let data = body(event_type.body(), &order_no, &key);
    let at = Timestamp::from_second(AT).unwrap_or_default();
    let event = Event {
        id: identity::event_id("acme", event_type.as_str(), &key, number.to_string().as_bytes()),
        event_type,
        tenant: "acme".to_owned(),
        platform: "acme".to_owned(),
        shop: "demo".to_owned(),
        key,
        time: Ts::utc(at),
        recorded_at: at,
        sequence: 1,
        class: Class::Normal,
        traceparent: None,
        correlation_id: None,
        idem_key: None,
        data,
    };
    let json = Bytes::from(event.to_json());
    Delivery { event: Arc::new(event), json, attempt: 1, maybe_there: false }
}

fn body(kind: &str, order_no: &str, key: &str) -> Box<RawValue> {
    let source = serde_json::json!({"platform": "acme", "shop": "demo", "connector": "acme@0.1.0"});
    let entity = match kind {
        "parcel" => serde_json::json!({
            "parcel_key": key, "source": source, "carrier": "acme_express", "tracking_no": "AX00000001",
            "direction": "outbound", "status": "picked_up",
        }),
        "aftersale" => serde_json::json!({
            "aftersale_key": key, "source": source, "aftersale_no": order_no, "kind": "refund_only",
            "status": "requested", "refund": {"amount": "9.90", "currency": "EUR"},
        }),
        _ => serde_json::json!({
            "order_key": key, "source": source, "order_no": order_no, "kind": "sale",
            "status": {"lifecycle": "placed", "payment": "paid", "fulfillment": "unfulfilled"},
            "placed_at": "2026-11-21T12:00:00Z", "currency": "EUR",
            "lines": [{"line_ref": "1", "line_key": "1", "sku": "MUG-BLUE", "quantity": "1", "unit_price": "9.90"}],
            "totals": {"payable": "9.90", "paid": "9.90"},
        }),
    };
    let body = serde_json::Value::from_iter([(kind.to_owned(), entity)]);
    RawValue::from_string(body.to_string()).unwrap_or_default()
}

/// The number of the document that a sample event is about.
pub(super) fn number(event: &Event) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(event.data.get()).ok()?;
    let entity = data.as_object()?.values().next()?;
    ["order_no", "aftersale_no", "tracking_no"]
        .iter()
        .find_map(|name| entity.get(name).and_then(serde_json::Value::as_str).map(str::to_owned))
}
