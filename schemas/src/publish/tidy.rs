//! What the generator says, made to say what is written: `null` never is.

use schemars::Schema;
use serde_json::{Map, Value, json};

/// A whole document: its name, its version, no `null` anywhere.
pub(super) fn document(schema: Schema, urn: &str, version: &str) -> Value {
    let mut value = Value::from(schema);
    without_null(&mut value);
    let mut out = Map::new();
    out.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    out.insert("$id".into(), json!(format!("urn:crossdock:schema:{urn}:{version}")));
    if let Value::Object(fields) = value {
        out.extend(fields.into_iter().filter(|(name, _)| name != "$schema"));
    }
    Value::Object(out)
}

/// The generator writes an option as "or null". Absent options are left out instead.
fn without_null(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(without_null),
        Value::Object(fields) => {
            fields.values_mut().for_each(without_null);
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    fields.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(choices)) = fields.get_mut("anyOf") {
                choices.retain(|choice| *choice != json!({ "type": "null" }));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    fields.shift_remove("anyOf");
                    fields.extend(only);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
