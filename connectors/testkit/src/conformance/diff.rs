//! Where two JSON values differ, by path.

use serde_json::Value;

/// More differences than this say no more.
const MOST: usize = 40;

/// One line for each place that differs; key order does not matter.
pub(super) fn diff(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("$", expected, actual, &mut found);
    if found.len() > MOST {
        let more = found.len() - MOST;
        found.truncate(MOST);
        found.push(format!("... and {more} more"));
    }
    found
}

fn walk(path: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                match right.get(key) {
                    Some(other) => walk(&format!("{path}.{key}"), value, other, found),
                    None => found.push(format!("{path}.{key}: expected {}, is absent", short(value))),
                }
            }
            for (key, value) in right {
                if !left.contains_key(key) {
                    found.push(format!("{path}.{key}: not expected, is {}", short(value)));
                }
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            for (at, pair) in left.iter().zip(right).enumerate() {
                walk(&format!("{path}[{at}]"), pair.0, pair.1, found);
            }
            if left.len() != right.len() {
                found.push(format!("{path}: expected {} entries, has {}", left.len(), right.len()));
            }
        }
        (expected, actual) if expected == actual => {}
        (expected, actual) => {
            found.push(format!("{path}: expected {}, is {}", short(expected), short(actual)))
        }
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 160 { text } else { text.chars().take(160).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn key_order_does_not_matter_and_paths_are_named() {
        let left = json!({"a": 1, "b": [1, {"c": "x"}], "d": 1});
        let right: Value = serde_json::from_str(r#"{"b":[1,{"c":"y"},3],"a":1,"e":2}"#).unwrap();
        let same: Value = serde_json::from_str(r#"{"d":1,"b":[1,{"c":"x"}],"a":1}"#).unwrap();
        assert!(diff(&left, &same).is_empty());
        let found = diff(&left, &right).join("\n");
        for place in [
            "$.b[1].c: expected \"x\", is \"y\"",
            "$.b: expected 2 entries, has 3",
            "$.d: expected 1",
            "$.e: not expected",
        ] {
            assert!(found.contains(place), "{place} missing in {found}");
        }
    }

    #[test]
    fn long_numbers_are_compared_exactly() {
        let left: Value = serde_json::from_str("[12345678901234567890123]").unwrap();
        let right: Value = serde_json::from_str("[12345678901234567890124]").unwrap();
        assert_eq!(diff(&left, &right).len(), 1);
    }
}
