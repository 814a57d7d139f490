//! What is wanted against what the servers say they have, field by field.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// A field that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name on the wire.
    pub field: String,
    /// What it must be.
    pub wanted: String,
    /// What it is; `none` for a thing that does not exist.
    pub have: String,
    /// Whether the servers can change it in a stream or consumer that exists.
    pub changeable: bool,
}

/// What must not be set, because it changes what a stream promises; with the value that means so.
const UNSET: [(&str, Unset); 11] = [
    ("mirror", Unset::Null),
    ("sources", Unset::Null),
    ("subject_transform", Unset::Null),
    ("persist_mode", Unset::Text("default")),
    ("sealed", Unset::False),
    ("no_ack", Unset::False),
    ("discard_new_per_subject", Unset::False),
    ("deny_delete", Unset::False),
    ("deny_purge", Unset::False),
    ("allow_msg_counter", Unset::False),
    ("allow_msg_schedules", Unset::False),
];

#[derive(Clone, Copy)]
enum Unset {
    Null,
    False,
    Text(&'static str),
}

/// What the servers never change once it exists.
const FIXED: [&str; 8] = [
    "storage",
    "retention",
    "mirror",
    "persist_mode",
    "sealed",
    "deny_delete",
    "deny_purge",
    "deliver_policy",
];

/// Fields in nanoseconds.
const TIMES: [&str; 4] = ["max_age", "duplicate_window", "ack_wait", "inactive_threshold"];

/// The differences of a stream.
pub(crate) fn of_stream(wanted: &Map<String, Value>, have: &Map<String, Value>) -> Vec<Difference> {
    let mut out = of_wanted(wanted, have);
    for (field, unset) in UNSET {
        let value = have.get(field).unwrap_or(&Value::Null);
        let (fine, means) = match unset {
            Unset::Null => (value.is_null() || *value == json!([]), "none".to_owned()),
            Unset::False => (value.is_null() || *value == json!(false), "false".to_owned()),
            Unset::Text(text) => (value.is_null() || *value == text || *value == "", text.to_owned()),
        };
        if !fine {
            out.push(Difference {
                field: field.to_owned(),
                wanted: means,
                have: shown(field, value),
                changeable: !FIXED.contains(&field),
            });
        }
    }
    out
}

/// The differences in fields that are named, for streams and consumers. A field that an answer leaves out has the
/// value that it stands for.
pub(crate) fn of_wanted(wanted: &Map<String, Value>, have: &Map<String, Value>) -> Vec<Difference> {
    let mut out = Vec::new();
    for (field, wanted) in wanted {
        if let (Value::Object(wanted), "metadata") = (wanted, field.as_str()) {
            let none = Map::new();
            let have = have.get("metadata").and_then(Value::as_object).unwrap_or(&none);
            for difference in of_wanted(wanted, have) {
                out.push(Difference { field: format!("metadata.{}", difference.field), ..difference });
            }
            continue;
        }
        let value = have.get(field).cloned().unwrap_or_else(|| left_out(wanted));
        if normal(wanted) != normal(&value) {
            out.push(Difference {
                field: field.clone(),
                wanted: shown(field, wanted),
                have: shown(field, &value),
                changeable: !FIXED.contains(&field.as_str()),
            });
        }
    }
    out
}

/// What a field that is left out stands for.
fn left_out(like: &Value) -> Value {
    match like {
        Value::Bool(_) => json!(false),
        Value::Number(_) => json!(0),
        Value::String(text) if text == "none" => json!("none"),
        Value::String(_) => json!(""),
        Value::Array(_) => json!([]),
        Value::Null | Value::Object(_) => Value::Null,
    }
}

/// Lists have no order; no limit is -1 or 0.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<String> = list.iter().map(ToString::to_string).collect();
            list.sort();
            json!(list)
        }
        Value::Number(number) if number.as_i64() == Some(-1) => json!(0),
        other => other.clone(),
    }
}

/// A value for people.
pub(crate) fn shown(field: &str, value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list.iter().map(|entry| shown("", entry)).collect::<Vec<_>>().join(", "),
        Value::Number(number) => match number.as_i64() {
            Some(-1 | 0) if field.starts_with("max_") && !TIMES.contains(&field) => "no limit".to_owned(),
            Some(0) if field == "max_age" => "no limit".to_owned(),
            Some(nanos) if TIMES.contains(&field) => {
                time(Duration::from_nanos(u64::try_from(nanos).unwrap_or_default()))
            }
            _ => number.to_string(),
        },
        Value::Bool(_) | Value::Object(_) => value.to_string(),
    }
}

/// As the configuration writes it, in the largest unit without a rest.
fn time(duration: Duration) -> String {
    let millis = duration.as_millis();
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] {
        if millis >= size && millis.is_multiple_of(size) {
            return format!("{}{unit}", millis / size);
        }
    }
    format!("{millis}ms")
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Difference, of_stream, shown};

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn what_is_the_same_in_other_words() {
        let wanted = map(json!({
            "subjects": ["a", "b"], "max_bytes": -1, "compression": "none", "allow_direct": true,
            "metadata": {"crossdock": "1"},
        }));
        let have = map(json!({
            "subjects": ["b", "a"], "max_bytes": 0, "allow_direct": true, "persist_mode": "default", "sources": [],
            "metadata": {"crossdock": "1", "_nats.level": "4"}, "placement": {"tags": ["eu"]},
        }));
        assert_eq!(of_stream(&wanted, &have), []);
    }

    #[test]
    fn what_an_old_server_leaves_out_is_a_difference() {
        let wanted = map(json!({
            "allow_atomic": true, "max_age": 86_400_000_000_000_u64, "storage": "file", "metadata": {"crossdock": "1"},
        }));
        let have = map(json!({"max_age": 0, "storage": "memory", "no_ack": true}));
        let told: Vec<_> = of_stream(&wanted, &have)
            .into_iter()
            .map(|Difference { field, wanted, have, changeable }| {
                format!("{field}: {wanted} / {have} / {changeable}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "allow_atomic: true / false / true",
                "max_age: 1d / no limit / true",
                "storage: file / memory / false",
                "metadata.crossdock: 1 / none / true",
                "no_ack: false / true / true",
            ]
        );
    }

    #[test]
    fn values_for_people() {
        assert_eq!(shown("ack_wait", &json!(90_000_000_000_u64)), "90s");
        assert_eq!(shown("duplicate_window", &json!(120_000_000_000_u64)), "2m");
        assert_eq!(shown("max_bytes", &json!(-1)), "no limit");
        assert_eq!(shown("max_bytes", &json!(1024)), "1024");
        assert_eq!(shown("subjects", &json!(["a.>", "b"])), "a.>, b");
    }
}
