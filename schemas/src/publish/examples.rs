//! One example event per type, put together from the example entities.

use std::str::FromStr;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::{Class, Event, EventType, Ts, identity};

const ORDER: &str = include_str!("../../examples/order.json");
const AFTERSALE: &str = include_str!("../../examples/aftersale.json");
const PARCEL: &str = include_str!("../../examples/parcel.json");
const INVENTORY: &str = include_str!("../../examples/inventory.json");

/// Every type with an example. A test proves that none is missing.
pub(super) fn events() -> Vec<(&'static str, Value)> {
    EventType::ALL.iter().filter_map(|event| Some((event.as_str(), example(*event)?))).collect()
}

fn example(event_type: EventType) -> Option<Value> {
    let (data, key, platform, shop) = body(event_type)?;
    let time = Ts::from_str("2026-11-21T11:31:00+08:00").ok()?;
    let event = Event {
        id: identity::event_id("acme", event_type.as_str(), &key, b"3"),
        event_type,
        tenant: "acme".into(),
        platform,
        shop,
        key,
        time,
        recorded_at: Ts::from_str("2026-11-21T03:31:02.120Z").ok()?.at,
        sequence: 3,
        class: Class::Normal,
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
        correlation_id: Some("raw:xd_raw:881244".into()),
        idem_key: data.pointer("/order/idem_key").and_then(Value::as_str).map(str::to_owned),
        data: RawValue::from_string(data.to_string()).ok()?,
    };
    serde_json::from_str(&event.to_json()).ok()
}

/// The data of an event, and the key, platform and shop it is told under.
fn body(event_type: EventType) -> Option<(Value, String, String, String)> {
    let order = || serde_json::from_str::<Value>(ORDER).ok();
    let (data, key) = match event_type.body() {
        "order" => (order_body(event_type, order()?), "/order/order_key"),
        "invoice" => (json!({ "order": order()? }), "/order/order_key"),
        "risk" => {
            let order = order()?;
            let tags = order.get("risk_tags").cloned()?;
            (json!({ "order": order, "tags": tags }), "/order/order_key")
        }
        "aftersale" => {
            let aftersale = serde_json::from_str::<Value>(AFTERSALE).ok()?;
            (json!({ "aftersale": aftersale }), "/aftersale/aftersale_key")
        }
        "parcel" => (Value::Object(parcel_body()?), "/parcel/parcel_key"),
        "milestone" => (milestone_body(event_type)?, "/parcel/parcel_key"),
        "inventory" => {
            let inventory = serde_json::from_str::<Value>(INVENTORY).ok()?;
            let mut data = json!({ "inventory": inventory });
            if event_type == EventType::InventoryLow {
                data.as_object_mut()?.insert("threshold".into(), "10".into());
            }
            (data, "/inventory/sku")
        }
        "product" => (
            json!({
                "source": { "platform": "taobao", "shop": "2208812345" },
                "product_ref": "612345678901",
                "variant_ref": "5012345678901",
                "sku": "TS-RED-L",
                "product": { "title": "T-shirt red L", "price": "99.90" },
            }),
            "/product_ref",
        ),
        _ => (hub_body(event_type), "/connector"),
    };
    let key = data.pointer(key)?.as_str()?.to_owned();
    let source = ["order", "aftersale", "inventory"].iter().find_map(|name| data.get(*name)).unwrap_or(&data);
    let place =
        |name: &str| source.pointer(&format!("/source/{name}")).and_then(Value::as_str).map(str::to_owned);
    let (platform, shop) = match data.pointer("/parcel/carrier").and_then(Value::as_str) {
        Some(carrier) => (carrier.to_owned(), "default".to_owned()),
        None => (
            place("platform").unwrap_or_else(|| "hub".into()),
            place("shop").unwrap_or_else(|| "default".into()),
        ),
    };
    Some((data, key, platform, shop))
}

fn order_body(event_type: EventType, order: Value) -> Value {
    match event_type {
        EventType::OrderPlaced => json!({ "order": order }),
        EventType::OrderChanged => {
            json!({ "order": order, "changed": ["/lines/0/line_total", "/totals/payable"] })
        }
        EventType::OrderAddressChanged => json!({ "order": order, "changed": ["/ship_to"] }),
        EventType::OrderNoteChanged => json!({ "order": order, "changed": ["/buyer_note"] }),
        _ => json!({ "order": order, "changed": ["/status/payment"], "previous": { "payment": "unpaid" } }),
    }
}

/// A parcel whose scans travel beside it.
fn parcel_body() -> Option<Map<String, Value>> {
    let mut parcel = serde_json::from_str::<Value>(PARCEL).ok()?;
    let scans = parcel.as_object_mut()?.shift_remove("events")?;
    let mut data = Map::new();
    data.insert("parcel".into(), parcel);
    data.insert("new_events".into(), scans);
    Some(data)
}

fn milestone_body(event_type: EventType) -> Option<Value> {
    let mut data = parcel_body()?;
    match event_type {
        EventType::MilestonePickedUp => data.insert("at_quality".into(), "inferred".into()),
        EventType::MilestoneException => data.insert("reason".into(), "recipient_unavailable".into()),
        EventType::MilestoneCorrected => {
            let parcel_key = data.get("parcel")?.get("parcel_key")?.as_str()?;
            let wrong = identity::event_id("acme", EventType::MilestoneDelivered.as_str(), parcel_key, b"");
            data.insert("corrects".into(), wrong.into())
        }
        _ => data.insert("at_quality".into(), "exact".into()),
    };
    Some(Value::Object(data))
}

fn hub_body(event_type: EventType) -> Value {
    match event_type {
        EventType::ConnectorFailed => json!({
            "connector": "taobao@0.1.0",
            "account": "2208812345",
            "message": "token refused",
            "since": "2026-11-21T11:31:00+08:00",
        }),
        EventType::PayloadRejected => json!({
            "connector": "taobao@0.1.0",
            "account": "2208812345",
            "message": "not JSON",
            "raw_ref": "raw:xd_raw:881244",
        }),
        EventType::ReconcileMismatch => json!({
            "connector": "taobao@0.1.0",
            "account": "2208812345",
            "message": "the platform lists an order we do not have",
            "order_nos": ["4012345678901234567"],
        }),
        EventType::AuditAccess => json!({
            "connector": "taobao@0.1.0",
            "account": "2208812345",
            "message": "ship_to shown",
            "actor": "operator-7",
        }),
        _ => json!({ "connector": "taobao@0.1.0", "account": "2208812345" }),
    }
}
