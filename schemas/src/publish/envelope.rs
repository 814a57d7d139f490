//! The envelope every event has: CloudEvents 1.0, structured.

use schemars::{Schema, json_schema};
use serde_json::{Value, json};

use crate::EventType;

/// The attributes, without the data.
pub(super) fn attributes() -> Value {
    let types: Vec<&str> = EventType::ALL.iter().map(|event| event.ce_type()).collect();
    json!({
        "specversion": { "const": "1.0" },
        "id": text("Equal ids are the same fact: `e1-` and 64 hex digits."),
        "source": {
            "type": "string",
            "format": "uri-reference",
            "description": "`/<tenant>/<platform>/<shop>`, each percent-encoded.",
        },
        "type": { "type": "string", "enum": types },
        "subject": text("Key of the order, after-sale case or parcel."),
        "time": time("When it happened at the source."),
        "datacontenttype": { "const": "application/json" },
        "dataschema": text("The schema of `data`: `urn:crossdock:schema:<body>:<major>.<minor>`."),
        "recordedtime": time("When the hub wrote it."),
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{20}$",
            "description": "Revision of the key after it; a lower one than you have is old.",
        },
        "partitionkey": text("Events of one partition key stay in order."),
        "traceparent": text("W3C trace context."),
        "correlationid": text("Where the untouched bytes are kept."),
        "idemkey": text("Identity of the order with its lines."),
        "tenant": text("Whose hub it is."),
        "class": {
            "type": "string",
            "enum": ["n", "r", "t"],
            "description": "`r`: told again. `t`: a trial. Absent is `n`: live.",
        },
    })
}

/// The attributes that are always there.
pub(super) const REQUIRED: &[&str] = &[
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "recordedtime",
    "sequence",
    "partitionkey",
    "tenant",
];

pub(super) fn schema() -> Schema {
    let mut properties = attributes();
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("data".into(), json!({ "type": "object", "description": "As `dataschema` says." }));
    }
    let required: Vec<&str> = REQUIRED.iter().copied().chain(["data"]).collect();
    json_schema!({
        "title": "CloudEvent",
        "description": "A canonical fact: numbered per key, immutable. CloudEvents 1.0, structured.",
        "type": "object",
        "properties": properties,
        "required": required,
    })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "description": description })
}

fn time(description: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "description": description })
}
