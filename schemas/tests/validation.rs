//! What the model does not allow, each with the place it is found at.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

use crossdock_schemas::Observation;
use serde_json::{Value, json};

fn order() -> Value {
    json!({"kind": "order", "partial": false, "order": {
        "source": {"platform": "shopify", "shop": "1"},
        "order_no": "5",
        "placed_at": "2026-11-21T11:31:00+08:00",
        "currency": "CNY",
        "lines": [{"sku": "A", "quantity": "1"}, {"sku": "B", "quantity": "2"}],
    }})
}

fn parcel() -> Value {
    json!({"kind": "parcel", "partial": false, "parcel": {
        "source": {"platform": "sf_express", "shop": "default"},
        "carrier": "sf_express",
        "tracking_no": "SF1",
        "status": "picked_up",
        "events": [{"at": "2026-11-21T11:31:00+08:00", "status": "picked_up"}],
    }})
}

fn problems(value: &Value) -> Vec<String> {
    let observation: Observation = serde_json::from_value(value.clone()).unwrap();
    observation.validate().into_iter().map(|problem| problem.path).collect()
}

/// Sets one place of a valid observation to a bad value and expects a problem exactly at `path`.
fn refused(mut whole: Value, pointer: &str, bad: Value, path: &str) {
    assert_eq!(problems(&whole), Vec::<String>::new(), "the base must be valid");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = whole.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
    match parent {
        Value::Object(fields) if bad.is_null() => drop(fields.remove(name)),
        Value::Object(fields) => drop(fields.insert(name.to_owned(), bad)),
        other => panic!("{pointer}: {other}"),
    }
    assert_eq!(problems(&whole), [path], "{pointer}");
}

#[test]
fn orders() {
    for (pointer, bad, path) in [
        ("/order/source/platform", json!("Shop ify"), "$.order.source.platform"),
        ("/order/source/shop", json!(" "), "$.order.source.shop"),
        ("/order/source/raw_sha256", json!("9F"), "$.order.source.raw_sha256"),
        ("/order/order_no", json!("\u{200b}"), "$.order.order_no"),
        ("/order/placed_at", json!(null), "$.order.placed_at"),
        ("/order/currency", json!(null), "$.order.currency"),
        ("/order/currency", json!("rmb"), "$.order.currency"),
        ("/order/lines", json!([]), "$.order.lines"),
        ("/order/hub_revision", json!(0), "$.order.hub_revision"),
        ("/order/order_key", json!("o1-5c"), "$.order.order_key"),
        (
            "/order/ship_by",
            json!({"from": "2026-11-22T00:00:00Z", "to": "2026-11-21T00:00:00Z"}),
            "$.order.ship_by",
        ),
        ("/order/fees", json!([{"kind": "cod", "amount": "99999999999999999999"}]), "$.order.fees[0].amount"),
        (
            "/order/discounts",
            json!([{"kind": "coupon", "target": "order", "amount": "-1"}]),
            "$.order.discounts[0].amount",
        ),
        ("/order/totals", json!({"payable": "12345678901234567890"}), "$.order.totals.payable"),
        (
            "/order/payments",
            json!([{"method": "card", "kind": "tender", "status": "captured", "amount": {"amount": "1", "currency": "€"}}]),
            "$.order.payments[0].amount.currency",
        ),
        ("/order/buyer", json!({"phones": [{"e164": "13812345678"}]}), "$.order.buyer.phones[0].e164"),
        ("/order/buyer", json!({"name": {"value": "A", "masked": "*"}}), "$.order.buyer.name"),
        ("/order/ship_to", json!({"country": "China"}), "$.order.ship_to.country"),
        ("/order/ship_to", json!({"region_codes": {"city": "4403"}}), "$.order.ship_to.region_codes.city"),
        ("/order/ship_to", json!({"grade": "E", "addr_hash": "0".repeat(64)}), "$.order.ship_to.addr_hash"),
        ("/order/ext", json!({"shop ify": {"a": 1}}), "$.order.ext.shop ify"),
    ] {
        refused(order(), pointer, bad, path);
    }
}

#[test]
fn lines() {
    for (name, bad) in [
        ("quantity", json!("0")),
        ("quantity", json!("-1")),
        ("quantity", json!("99999999999999999999")),
        ("position", json!(0)),
        ("unit", json!("pcs")),
        ("gtin", json!("123")),
        ("hs_code", json!("61.09")),
        ("origin_country", json!("CHN")),
        ("list_price", json!("-0.01")),
        ("expires_on", json!("21.11.2026")),
        ("currency", json!("US$")),
    ] {
        let mut whole = order();
        whole["order"]["lines"][1][name] = bad.clone();
        assert_eq!(problems(&whole), [format!("$.order.lines[1].{name}")], "{bad}");
    }
    let mut twice = order();
    twice["order"]["lines"][0]["line_key"] = json!("x");
    twice["order"]["lines"][1]["line_key"] = json!("x");
    assert_eq!(problems(&twice), ["$.order.lines[1].line_key"]);
}

#[test]
fn a_partial_order_may_lack_what_it_does_not_mention() {
    let mut whole = order();
    whole["partial"] = json!(true);
    for name in ["placed_at", "currency", "lines"] {
        whole["order"].as_object_mut().unwrap().remove(name);
    }
    assert_eq!(problems(&whole), Vec::<String>::new());
    whole["order"]["order_no"] = json!("");
    assert_eq!(problems(&whole), ["$.order.order_no"]);
}

#[test]
fn parcels_cases_and_stock() {
    refused(parcel(), "/parcel/carrier", json!("SF Express"), "$.parcel.carrier");
    refused(parcel(), "/parcel/tracking_no", json!("sf 1"), "$.parcel.tracking_no");
    refused(parcel(), "/parcel/status", json!(null), "$.parcel.status");
    refused(parcel(), "/parcel/orders", json!(["5"]), "$.parcel.orders[0]");
    refused(parcel(), "/parcel/package", json!({"weight_g": "-1"}), "$.parcel.package.weight_g");
    refused(
        parcel(),
        "/parcel/events",
        json!([{"at": "2026-11-21T11:31:00+08:00", "status": "info", "location": {"country": "China"}}]),
        "$.parcel.events[0].location.country",
    );
    let case = json!({"kind": "aftersale", "partial": false, "aftersale": {
        "source": {"platform": "taobao", "shop": "1"}, "aftersale_no": "9", "kind": "refund_only", "status": "requested",
        "requested_at": "2026-11-21T11:31:00+08:00", "refund": {"amount": "1", "currency": "CNY"},
    }});
    for (pointer, bad, path) in [
        ("/aftersale/kind", json!(null), "$.aftersale.kind"),
        ("/aftersale/status", json!(null), "$.aftersale.status"),
        ("/aftersale/requested_at", json!(null), "$.aftersale.requested_at"),
        ("/aftersale/lines", json!([{"line_key": "1", "quantity": "0"}]), "$.aftersale.lines[0].quantity"),
        ("/aftersale/return_parcel", json!("SF1"), "$.aftersale.return_parcel"),
    ] {
        refused(case.clone(), pointer, bad, path);
    }
    let level = json!({"kind": "inventory", "partial": false, "inventory": {
        "source": {"platform": "wms", "shop": "1"}, "location": "SZ1", "sku": "A", "on_hand": "5", "available": "5",
        "as_of": "2026-11-21T11:31:00+08:00", "mode": "absolute",
    }});
    refused(level, "/inventory/sku", json!(""), "$.inventory.sku");
    let mut refs = parcel();
    refs["refs"] = json!([{"platform": "taobao", "shop": "1", "order_no": ""}]);
    assert_eq!(problems(&refs), ["$.refs[0].order_no"]);
}

#[test]
fn extensions_are_small_flat_and_free_of_floats() {
    let with = |fields: Value| {
        let mut whole = order();
        whole["order"]["ext"] = json!({"shopify": fields});
        problems(&whole)
    };
    assert_eq!(
        with(json!({"a": "b", "n": 1, "t": true, "deep": {"deeper": [1, {"x": []}]}})),
        ["$.order.ext.shopify"]
    );
    assert_eq!(
        with(json!({"a": "b", "n": -1, "t": true, "deep": {"deeper": [1, {"x": 1}]}})),
        Vec::<String>::new()
    );
    assert_eq!(with(json!({"a": 1.5})), ["$.order.ext.shopify"]);
    assert_eq!(with(json!({"a": {"b": null}})), ["$.order.ext.shopify"]);
    assert_eq!(with(json!({"a": "x".repeat(16 * 1024)})), ["$.order.ext.shopify"]);
}

#[test]
fn messages_never_repeat_what_was_given() {
    let mut whole = order();
    whole["order"]["buyer"] =
        json!({"phones": [{"e164": "13812345678"}], "name": {"value": "Ada", "masked": "A*a"}});
    let observation: Observation = serde_json::from_value(whole).unwrap();
    let found = observation.validate();
    assert_eq!(found.len(), 2);
    for problem in found {
        let text = problem.to_string();
        assert!(!["13812345678", "Ada", "A*a"].iter().any(|secret| text.contains(secret)), "{text}");
    }
}
