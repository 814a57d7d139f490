//! The AsyncAPI 3.0 document: which subjects carry which events with which headers and data.

use serde_json::{Map, Value, json};

use super::{VERSION, envelope};
use crate::EventType;

pub(super) fn document() -> Value {
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for event in EventType::ALL {
        let name = camel(event.as_str());
        channels.insert(name.clone(), channel(*event, &name));
        messages.insert(name.clone(), message(*event));
        operations.insert(
            format!("publish{name}"),
            json!({
                "action": "send",
                "channel": { "$ref": format!("#/channels/{name}") },
                "messages": [{ "$ref": format!("#/channels/{name}/messages/{name}") }],
            }),
        );
    }
    json!({
        "asyncapi": "3.0.0",
        "id": "urn:crossdock:events",
        "info": {
            "title": "crossdock events",
            "version": VERSION,
            "description": "Canonical facts about orders, after-sale cases, parcels and stock. Delivered at least \
                once: equal `ce-id` is the same fact; per `ce-partitionkey` drop a lower `ce-sequence` than the \
                last one you applied. Readers ignore fields and words they do not know. Sinks with effects on \
                people take only class `n`.",
            "license": { "name": "Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": { "headers": headers() },
            "parameters": parameters(),
        },
    })
}

/// `order.address_changed` as `OrderAddressChanged`.
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in name.split(['.', '_']) {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

fn channel(event: EventType, name: &str) -> Value {
    let parameter = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    json!({
        "address": format!(
            "xd.v1.{{tenant}}.{}.{}.{{platform}}.{{shop}}.{{class}}.{{partition}}",
            event.entity(),
            event.token()
        ),
        "messages": { name: { "$ref": format!("#/components/messages/{name}") } },
        "parameters": {
            "tenant": parameter("tenant"),
            "platform": parameter("platform"),
            "shop": parameter("shop"),
            "class": parameter("class"),
            "partition": parameter("partition"),
        },
    })
}

fn message(event: EventType) -> Value {
    json!({
        "name": event.ce_type(),
        "title": event.as_str(),
        "contentType": "application/json",
        "headers": { "$ref": "#/components/schemas/headers" },
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": { "$ref": format!("json/v1/event/{}.json", event.body()) },
        },
    })
}

/// CloudEvents binary mode: each attribute is a header `ce-<name>`.
fn headers() -> Value {
    let attributes = envelope::attributes();
    let properties: Map<String, Value> = attributes
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| (format!("ce-{name}"), schema.clone()))
        .chain([
            (
                "traceparent".to_owned(),
                json!({ "type": "string", "description": "The same as `ce-traceparent`." }),
            ),
            ("Nats-Msg-Id".to_owned(), json!({ "type": "string", "description": "The same as `ce-id`." })),
        ])
        .collect();
    let required: Vec<String> = envelope::REQUIRED.iter().map(|name| format!("ce-{name}")).collect();
    json!({
        "type": "object",
        "description": "CloudEvents 1.0, binary mode. Values percent-encode blanks, quotation marks, percent signs \
            and everything outside printable ASCII.",
        "properties": properties,
        "required": required,
    })
}

fn parameters() -> Value {
    let token = "Bytes outside `[A-Za-z0-9-]` are written as `_` and two hex digits.";
    let described = |what: &str| json!({ "description": format!("{what} {token}") });
    json!({
        "tenant": described("Whose hub it is."),
        "platform": described("Platform, or carrier for parcels."),
        "shop": described("Shop, or account for parcels."),
        "class": { "enum": ["n", "r", "t"], "description": "n live, r told again, t trial." },
        "partition": {
            "description": "p00 to p63: the first byte of SHA-256 over the partition key, modulo 64.",
        },
    })
}
