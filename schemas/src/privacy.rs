//! Which values are about people, and how they are shown to people who need not know them.
//!
//! One table says it for all entities; whatever shows an entity (a tap, a page, a message of an error) goes through
//! [`mask`]. A test reads the published schemas: a field that nobody classified fails it.

use serde_json::{Map, Value};

/// How a value about a person is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Its first letter: `张*`.
    Name,
    /// Its first three and last four digits: `138****5678`.
    Phone,
    /// Its first letter and its domain: `a***@example.com`.
    Email,
    /// Not at all.
    Hidden,
}

/// What is about people, by the name of the member. What is behind a token or masked by its source is a value with a
/// `state`, and is recognised by that.
pub const PERSONAL: &[(&str, Shown)] = &[
    ("name", Shown::Name),
    ("payer_name", Shown::Name),
    ("signed_by", Shown::Name),
    ("nick", Shown::Name),
    ("email", Shown::Email),
    ("e164", Shown::Phone),
    ("national", Shown::Phone),
    ("ext", Shown::Hidden),
    ("open_id", Shown::Hidden),
    ("company", Shown::Hidden),
    ("town", Shown::Hidden),
    ("line1", Shown::Hidden),
    ("line2", Shown::Hidden),
    ("line3", Shown::Hidden),
    ("street", Shown::Hidden),
    ("house_no", Shown::Hidden),
    ("unit_no", Shown::Hidden),
    ("building", Shown::Hidden),
    ("postal_code", Shown::Hidden),
    ("raw", Shown::Hidden),
    ("addr_hash", Shown::Hidden),
    ("lat", Shown::Hidden),
    ("lng", Shown::Hidden),
    ("buyer_note", Shown::Hidden),
    ("seller_note", Shown::Hidden),
    ("instructions", Shown::Hidden),
    ("customization", Shown::Hidden),
    ("description", Shown::Hidden),
    ("text", Shown::Hidden),
    ("reason_raw", Shown::Hidden),
    ("delivered_to_raw", Shown::Hidden),
    ("payment_ref", Shown::Hidden),
    ("provider_ref", Shown::Hidden),
    ("payment_no", Shown::Hidden),
    ("url", Shown::Hidden),
    ("label_ref", Shown::Hidden),
];

/// Members whose name says it only where they stand: the buyer's id, while others have ids that are no people.
const PERSONAL_IN: &[(&str, &str)] = &[("buyer", "id")];

/// What stands for a hidden value.
const HIDDEN: &str = "…";

/// Masks everything about people in an entity, an observation or the data of an event.
pub fn mask(value: &mut Value) {
    walk(value, "");
}

fn walk(value: &mut Value, member: &str) {
    match value {
        Value::Object(object) if is_protected(object) => {
            protect(object, shown(member).unwrap_or(Shown::Hidden))
        }
        Value::Object(object) => {
            for (name, inner) in object.iter_mut() {
                match shown(name) {
                    Some(_) if PERSONAL_IN.contains(&(member, name.as_str())) => hide(inner, Shown::Hidden),
                    // A name that is no value about a person is that of a fee or of a station.
                    Some(Shown::Name | Shown::Email) if inner.is_string() && name != "nick" => {}
                    Some(how) if !is_protected_value(inner) => hide(inner, how),
                    None if PERSONAL_IN.contains(&(member, name.as_str())) => hide(inner, Shown::Hidden),
                    _ => walk(inner, name),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, member)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn shown(member: &str) -> Option<Shown> {
    PERSONAL.iter().find(|(name, _)| *name == member).map(|(_, how)| *how)
}

/// Whether it is a value with its state: shown, masked or behind a token.
fn is_protected(object: &Map<String, Value>) -> bool {
    let state = object.get("state").and_then(Value::as_str);
    matches!(state, Some("plain" | "masked" | "encrypted" | "absent" | "unknown"))
        && object.keys().all(|key| matches!(key.as_str(), "value" | "masked" | "token" | "state"))
}

fn is_protected_value(value: &Value) -> bool {
    value.as_object().is_some_and(is_protected)
}

fn protect(object: &mut Map<String, Value>, how: Shown) {
    if let Some(value) = object.get_mut("value") {
        hide(value, how);
    }
    if let Some(token) = object.get_mut("token").and_then(|token| token.get_mut("value")) {
        hide(token, Shown::Hidden);
    }
}

fn hide(value: &mut Value, how: Shown) {
    match value {
        Value::String(text) => *text = masked(text, how),
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, how)),
        Value::Object(object) => object.values_mut().for_each(|inner| hide(inner, how)),
        Value::Number(_) => *value = Value::from(HIDDEN),
        Value::Null | Value::Bool(_) => {}
    }
}

/// A text about a person as it may be shown.
#[must_use]
pub fn masked(text: &str, how: Shown) -> String {
    let letters: Vec<char> = text.trim().chars().collect();
    let part = |range: &[char]| -> String { range.iter().collect() };
    match how {
        Shown::Name => match letters.first() {
            Some(first) if letters.len() > 1 => format!("{first}*"),
            _ => HIDDEN.to_owned(),
        },
        // Of a short number the shown digits would be most of it.
        Shown::Phone => {
            match (letters.get(..3), letters.len().checked_sub(4).and_then(|at| letters.get(at..))) {
                (Some(head), Some(tail)) if letters.len() >= 11 => {
                    format!("{}****{}", part(head), part(tail))
                }
                _ => HIDDEN.to_owned(),
            }
        }
        Shown::Email => match text.rsplit_once('@') {
            Some((user, domain)) => format!("{}***@{domain}", user.chars().take(1).collect::<String>()),
            None => HIDDEN.to_owned(),
        },
        Shown::Hidden => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    /// Members that are about goods, money, times, vendors' codes, or the coarse place of an address.
    const OPEN: &str = "\
        aftersale_key aftersale_no aftersale_raw allocated_discount amount as_of at at_quality_raw available \
        balance_from balance_to by_raw cancelled cancelled_at carrier carrier_raw category channel_raw city \
        closed_at code_namespace code_raw collected_by_raw completed_at computed_by_raw confirmed_at \
        connector contents_raw country currency datum_raw deadline delivered delivered_at direction_raw \
        discount display_no district duties effect_raw eori event_key evidence expires_at expires_on \
        facility fees flags form_raw from fulfillment_raw funded_by_raw goods goods_state_raw grade_raw gtin \
        height_mm hold_raw hs_code id idem_key image_url incoterm ioss kind kind_raw length_mm lifecycle_raw \
        line_key line_ref line_total lines_hash list_price location lot masked merchant_no method \
        method_code method_name method_raw mode_raw modified_at name net_weight_g number off_by on_hand \
        order_key order_no orders origin_country paid paid_at parcel_key parent_no parent_ref payable \
        payment_raw phase_raw picked_up_at placed_at platform presale_raw product_ref province quantity rate \
        raw_ref raw_sha256 reason_code received_at recorded_at refunded requested_at reserved return_parcel \
        returned revision rounding rule rule_version scheme serials service settled severity_raw ship_by \
        shipped shipped_at shipping shipping_refund shop site sku stage_raw status_raw step_raw subdivision \
        target_raw tax title to tracking_no tracking_state_raw unit unit_price value variant_ref \
        variant_title version vip_level warehouse weight_g width_mm";

    /// Names of all members with a text, in a published schema.
    fn texts(document: &Value, node: &Value, name: &str, depth: u32, found: &mut BTreeSet<String>) {
        if depth > 14 {
            return;
        }
        if let Some(reference) = node["$ref"].as_str() {
            let node = document.pointer(reference.trim_start_matches('#')).unwrap();
            return texts(document, node, name, depth + 1, found);
        }
        for choice in ["anyOf", "allOf", "oneOf"] {
            for inner in node[choice].as_array().into_iter().flatten() {
                texts(document, inner, name, depth + 1, found);
            }
        }
        if node["type"] == "string" && node.get("enum").is_none() && node.get("const").is_none() {
            found.insert(name.to_owned());
        }
        for (name, inner) in node["properties"].as_object().into_iter().flatten() {
            texts(document, inner, name, depth + 1, found);
        }
        for inner in [&node["items"], &node["additionalProperties"]] {
            texts(document, inner, name, depth + 1, found);
        }
    }

    #[test]
    fn every_text_of_every_entity_is_classified() {
        let mut found = BTreeSet::new();
        for entity in [
            include_str!("../json/v1/entity/order.json"),
            include_str!("../json/v1/entity/aftersale.json"),
            include_str!("../json/v1/entity/parcel.json"),
            include_str!("../json/v1/entity/inventory.json"),
        ] {
            let document: Value = serde_json::from_str(entity).unwrap();
            texts(&document, &document, "", 0, &mut found);
        }
        assert!(found.len() > 150, "these are not all: {}", found.len());
        let unknown: Vec<_> = found
            .iter()
            .filter(|name| shown(name).is_none() && !OPEN.split(' ').any(|open| open == *name))
            .filter(|name| !name.is_empty())
            .collect();
        assert!(unknown.is_empty(), "say in PERSONAL or OPEN what these are: {unknown:?}");
    }

    #[test]
    fn people_are_masked_and_the_rest_is_not() {
        let mut order = json!({"order": {
            "order_no": "A-1",
            "buyer": {"id": "C77", "nick": "lucky", "email": {"value": "erika@example.com", "state": "plain"}},
            "ship_to": {
                "name": {"value": "张三丰", "state": "plain"},
                "phones": [{"e164": "+8613812345678", "ext": "42", "kind": "mobile"}],
                "province": "广东省", "district": "南山区", "line1": "科苑路15号", "raw": "广东省…科苑路15号",
                "region_codes": {"district": "440305", "street": "440305007"},
                "protected": {"masked": "科**", "token": {"scheme": "taobao_oaid", "value": "t0k"}, "state": "masked"},
            },
            "fees": [{"kind": "shipping", "name": "Express", "amount": "5"}],
            "lines": [{"sku": "TEA", "title": "Tea", "customization": {"engraving": "For Erika"}}],
            "buyer_note": "ring at Erika's", "ext": {"own_store": {"who": "Erika"}},
        }});
        mask(&mut order);
        let order = &order["order"];
        assert_eq!(order["ship_to"]["name"], json!({"value": "张*", "state": "plain"}));
        assert_eq!(order["ship_to"]["phones"][0]["e164"], "+86****5678");
        assert_eq!(order["buyer"]["email"]["value"], "e***@example.com");
        assert_eq!(order["ship_to"]["protected"]["masked"], "科**");
        assert_eq!(order["ship_to"]["region_codes"], json!({"district": "440305", "street": "…"}));
        assert_eq!(
            (&order["fees"][0]["name"], &order["lines"][0]["title"]),
            (&json!("Express"), &json!("Tea"))
        );
        let text = order.to_string();
        for planted in ["三丰", "13812345678", "科苑路", "t0k", "Erika", "lucky", "C77", "\"42\""] {
            assert!(!text.contains(planted), "{planted} in {text}");
        }
        for kept in ["A-1", "广东省", "南山区", "TEA"] {
            assert!(text.contains(kept), "{kept} not in {text}");
        }
    }

    #[test]
    fn short_values_show_nothing() {
        for (text, how) in
            [("张", Shown::Name), ("5550100", Shown::Phone), ("erika", Shown::Email), ("", Shown::Phone)]
        {
            assert_eq!(masked(text, how), HIDDEN);
        }
    }
}
