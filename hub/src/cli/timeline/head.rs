//! What a history is now, without personal data.

use serde_json::{Map, Value, json};

use crate::backbone::Timeline;
use crate::history::{HUB_EXT, RELEASED};

/// Fields of a snapshot that say nothing about a person, by kind of history.
const SHOWN: &[&str] = &[
    "display_no",
    "merchant_no",
    "kind",
    "phase",
    "status",
    "reason_code",
    "direction",
    "placed_at",
    "paid_at",
    "requested_at",
    "shipped_at",
    "picked_up_at",
    "delivered_at",
    "completed_at",
    "cancelled_at",
    "closed_at",
    "currency",
    "totals",
    "refund",
    "service",
    "eta",
    "hub_revision",
    "orders",
    "order_key",
    "return_parcel",
    "risk_tags",
];

/// The head of a timeline as JSON.
pub(super) fn of(timeline: &Timeline) -> Map<String, Value> {
    let mut head = Map::new();
    let key = &timeline.key;
    head.insert("kind".into(), key.kind.as_str().into());
    head.insert("platform".into(), key.platform.to_string().into());
    head.insert("shop".into(), key.shop.to_string().into());
    head.insert("number".into(), key.number.clone().into());
    head.insert("key".into(), timeline.published.clone().into());
    head.insert("state".into(), snapshot(timeline));
    head
}

/// The snapshot without what is about people.
fn snapshot(timeline: &Timeline) -> Value {
    let Some(text) = &timeline.state.snapshot else { return json!({"published": false}) };
    let Ok(Value::Object(full)) = serde_json::from_str::<Value>(text) else { return Value::Null };
    let mut shown = Map::new();
    for name in SHOWN {
        if let Some(value) = full.get(*name) {
            shown.insert((*name).to_owned(), value.clone());
        }
    }
    if let Some(Value::Array(lines)) = full.get("lines") {
        shown.insert("lines".into(), lines.len().into());
    }
    if let Some(region) = full.get("ship_to").or_else(|| full.get("to")).and_then(region) {
        shown.insert("region".into(), region.into());
    }
    if let Some(released) = full.get("ext").and_then(|ext| ext.get(HUB_EXT)?.get(RELEASED)) {
        shown.insert(RELEASED.to_owned(), released.clone());
    }
    Value::Object(shown)
}

/// Country, province, city and district: never a name, a phone or a street.
fn region(address: &Value) -> Option<String> {
    let parts: Vec<&str> = ["country", "province", "city", "district"]
        .iter()
        .filter_map(|part| address.get(*part)?.as_str())
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_no_address() {
        let address = json!({"name": {"value": "Li Lei"}, "phones": [{"value": "13800000000"}], "country": "CN",
            "province": "广东省", "city": "深圳市", "district": "南山区", "line1": "科技园 1 号"});
        assert_eq!(region(&address).unwrap(), "CN 广东省 深圳市 南山区");
        assert_eq!(region(&json!({"line1": "科技园 1 号"})), None);
    }
}
