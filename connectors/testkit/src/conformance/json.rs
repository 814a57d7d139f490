//! Changing JSON inputs in ways that do, or do not, change what they mean.
//!
//! Some vendors put JSON into a JSON text; every change reaches into such texts.

use serde_json::{Map, Value};

/// The value of a JSON input; `None` when the bytes are something else.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(bytes).ok()
}

/// The same value with keys in reverse order and other white space.
pub(super) fn rewritten(value: &Value) -> Vec<u8> {
    let mut text = b"\r\n ".to_vec();
    text.append(&mut serde_json::to_vec_pretty(&reverse_keys(value)).unwrap_or_default());
    text.extend_from_slice(b" \n\t");
    text
}

fn reverse_keys(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter().rev().map(|(key, inner)| (key.clone(), reverse_keys(inner))).collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(reverse_keys).collect()),
        Value::String(text) => inside(text, &reverse_keys),
        other => other.clone(),
    }
}

/// The same value with every list of objects reversed: scans and lines in another order.
pub(super) fn reverse_lists(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, inner)| (key.clone(), reverse_lists(inner))).collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(reverse_lists).collect();
            if items.iter().all(Value::is_object) {
                items.reverse();
            }
            Value::Array(items)
        }
        Value::String(text) => inside(text, &reverse_lists),
        other => other.clone(),
    }
}

/// Keys under which a value stands as text or number.
pub(super) fn keys_of(value: &Value, wanted: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if scalar(inner).as_deref() == Some(wanted) && !found.contains(key) {
                    found.push(key.clone());
                }
                keys_of(inner, wanted, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| keys_of(inner, wanted, found)),
        Value::String(text) => {
            if let Some(inner) = nested(text) {
                keys_of(&inner, wanted, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The same value with one code replaced wherever it stands under a key; in the same record the values of
/// the keys `together` are replaced too.
pub(super) fn replaced(value: &Value, key: &str, old: &str, new: &str, together: &[String]) -> Value {
    match value {
        Value::Object(map) => {
            let here = map.get(key).is_some_and(|inner| scalar(inner).as_deref() == Some(old));
            let change = |(name, inner): (&String, &Value)| {
                let code = name == key || (together.contains(name) && scalar(inner).is_some());
                let inner = if here && code {
                    Value::String(new.to_owned())
                } else {
                    replaced(inner, key, old, new, together)
                };
                (name.clone(), inner)
            };
            Value::Object(map.iter().map(change).collect())
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|inner| replaced(inner, key, old, new, together)).collect())
        }
        Value::String(text) => inside(text, &|inner| replaced(inner, key, old, new, together)),
        other => other.clone(),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn nested(text: &str) -> Option<Value> {
    let looks = text.trim_start().starts_with(['{', '[']);
    if looks { serde_json::from_str(text).ok() } else { None }
}

fn inside(text: &str, change: &dyn Fn(&Value) -> Value) -> Value {
    match nested(text) {
        Some(inner) => Value::String(change(&inner).to_string()),
        None => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewriting_keeps_the_meaning_and_the_digits() {
        let input = br#"{"a":1.50,"b":"{\"x\":1,\"y\":12345678901234567890123}","c":[1,2]}"#;
        let value = read(input).unwrap();
        let other = rewritten(&value);
        assert_ne!(other, input.to_vec());
        let again = read(&other).unwrap();
        assert_eq!(again["a"].to_string(), "1.50");
        assert_eq!(again["b"], "{\"y\":12345678901234567890123,\"x\":1}");
        assert_eq!(again["c"], value["c"], "a list of plain values keeps its order");
    }

    #[test]
    fn replaces_only_under_the_key() {
        let value = read(br#"{"code":"50","qty":50,"inner":"[{\"code\":50}]"}"#).unwrap();
        let mut keys = Vec::new();
        keys_of(&value, "50", &mut keys);
        assert_eq!(keys, ["code", "qty"]);
        let other = replaced(&value, "code", "50", "X", &[]).to_string();
        assert_eq!(other, r#"{"code":"X","qty":50,"inner":"[{\"code\":\"X\"}]"}"#);
        let other = replaced(&value, "code", "50", "X", &["qty".to_owned()]).to_string();
        assert_eq!(other, r#"{"code":"X","qty":"X","inner":"[{\"code\":\"X\"}]"}"#);
    }
}
