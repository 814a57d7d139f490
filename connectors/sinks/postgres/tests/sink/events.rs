//! Events to hand over. Everybody in them is made up.

use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::Delivery;
use crossdock_schemas::{Class, Event, EventType, Ts, identity};
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub(crate) const SHOP: &str = "demo.example.com";

/// Text that must never be in a message.
pub(crate) const NAME: &str = "Zhang San";

pub(crate) fn order_key(number: &str) -> String {
    identity::order_key("shopify", SHOP, number)
}

/// An event with any data.
pub(crate) fn event(event_type: EventType, key: &str, revision: u64, data: &Value) -> Delivery {
    event_of("acme", event_type, key, revision, data)
}

pub(crate) fn event_of(
    tenant: &str,
    event_type: EventType,
    key: &str,
    revision: u64,
    data: &Value,
) -> Delivery {
    let event = Event {
        id: identity::event_id(tenant, event_type.as_str(), key, revision.to_string().as_bytes()),
        event_type,
        tenant: tenant.to_owned(),
        platform: "shopify".to_owned(),
        shop: SHOP.to_owned(),
        key: key.to_owned(),
        time: "2026-11-21T20:00:00.250+08:00".parse::<Ts>().unwrap(),
        recorded_at: "2026-11-21T12:00:01.123456Z".parse().unwrap(),
        sequence: revision,
        class: Class::Normal,
        traceparent: None,
        correlation_id: Some("raw:7".to_owned()),
        idem_key: None,
        data: RawValue::from_string(data.to_string()).unwrap(),
    };
    let json = Bytes::from(event.to_json());
    Delivery { event: Arc::new(event), json, attempt: 1, maybe_there: false }
}

pub(crate) fn line(key: &str, quantity: &str) -> Value {
    json!({
        "line_ref": key, "line_key": key, "position": 1, "kind": "product", "sku": format!("SKU-{key}"),
        "title": "蓝色 mug", "quantity": quantity, "unit_price": "94.90", "line_total": "189.80",
        "quantities": {"shipped": "1"}, "tax": {"included": true, "rate": "0.13", "amount": "21.83"},
        "status": {"fulfillment": "unfulfilled"}, "warehouse": "W1",
    })
}

/// The data of an order.
pub(crate) fn order_data(number: &str) -> Value {
    json!({"order": {
        "order_key": order_key(number),
        "source": {"platform": "shopify", "shop": SHOP, "connector": "shopify@0.1.0"},
        "order_no": number, "display_no": format!("#{number}"), "kind": "sale",
        "status": {"lifecycle": "placed", "payment": "paid", "fulfillment": "unfulfilled", "hold": ["risk", "address"]},
        "placed_at": "2026-11-21T19:59:00+08:00", "paid_at": "2026-11-21T12:00:00.250Z",
        "currency": "CNY", "prices_include_tax": true,
        "lines": [line("L1", "2"), line("L2", "0.500")],
        "totals": {"goods": "379.60", "payable": "379.60", "paid": "379.6", "rounding": "-0.00"},
        "ship_to": {
            "name": {"value": NAME, "state": "plain"}, "country": "CN", "province": "广东省", "city": "深圳市",
            "district": "南山区", "grade": "A",
        },
        "buyer_note": "please ring",
        "ext": {"shopify": {"deep": {"n": 12345678901234567890_u64}}},
    }})
}

/// An order after an event, changed in any way.
pub(crate) fn order(number: &str, revision: u64, change: impl FnOnce(&mut Value)) -> Delivery {
    let mut data = order_data(number);
    change(&mut data["order"]);
    let event_type = if revision == 1 { EventType::OrderPlaced } else { EventType::OrderChanged };
    event(event_type, &order_key(number), revision, &data)
}

pub(crate) fn plain(number: &str) -> Delivery {
    order(number, 1, |_| {})
}

pub(crate) fn parcel_data(number: &str) -> Value {
    json!({
        "parcel": {
            "parcel_key": identity::parcel_key("sf_express", number, ""),
            "source": {"platform": "sf", "shop": "main"},
            "carrier": "sf_express", "tracking_no": number, "direction": "outbound",
            "orders": [order_key("1001"), order_key("1002")], "status": "picked_up",
            "package": {"weight_g": "1250.5"}, "cod_amount": {"amount": "12.00", "currency": "CNY"},
            "picked_up_at": "2026-11-21T20:00:00+08:00",
            "eta": {"from": "2026-11-22T00:00:00Z", "by": "carrier"},
            "to": {"country": "CN", "province": "广东省", "city": "深圳市"},
        },
        "new_events": [],
    })
}

pub(crate) fn parcel(
    event_type: EventType,
    number: &str,
    revision: u64,
    change: impl FnOnce(&mut Value),
) -> Delivery {
    let mut data = parcel_data(number);
    change(&mut data);
    event(event_type, &identity::parcel_key("sf_express", number, ""), revision, &data)
}

pub(crate) fn aftersale(number: &str, revision: u64, status: &str) -> Delivery {
    let key = identity::aftersale_key("shopify", SHOP, number);
    let data = json!({"aftersale": {
        "aftersale_key": key, "source": {"platform": "shopify", "shop": SHOP}, "aftersale_no": number,
        "order_key": order_key("1001"), "kind": "return_refund", "phase": "after_delivery", "status": status,
        "reason_code": "damaged", "refund": {"amount": "94.90", "currency": "CNY"}, "shipping_refund": "8",
        "goods_state": "received", "requested_at": "2026-11-21T20:00:00+08:00",
        "lines": [{"line_key": "L1", "quantity": "1", "amount": "94.90"}],
    }});
    event(EventType::RefundRequested, &key, revision, &data)
}

pub(crate) fn inventory(sku: &str, revision: u64, available: &str) -> Delivery {
    let data = json!({"inventory": {
        "source": {"platform": "shopify", "shop": SHOP}, "location": "W1", "sku": sku, "on_hand": "12.5",
        "available": available, "as_of": "2026-11-21T20:00:00+08:00", "mode": "absolute",
    }});
    event(EventType::InventoryLevelChanged, &format!("i1-{sku}"), revision, &data)
}
