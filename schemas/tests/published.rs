//! The published documents: equal to what the types say, valid, and true to their examples; and the
//! examples of every earlier minor version still hold.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crossdock_schemas::{
    Aftersale, AftersaleBody, Entity, Event, EventType, HubBody, InventoryBody, InventoryLevel, InvoiceBody,
    MilestoneBody, Observation, Order, OrderBody, OrderRef, Parcel, ParcelBody, ProductBody, RiskBody,
    publish,
};
use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn json(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn files_under(folder: &str) -> BTreeSet<String> {
    fn walk(folder: &Path, out: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else {
                let name = path.strip_prefix(root()).unwrap().components();
                let parts: Vec<_> = name.map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect();
                out.insert(parts.join("/"));
            }
        }
    }
    let mut out = BTreeSet::new();
    walk(&root().join(folder), &mut out);
    out
}

fn validator(name: &str) -> Validator {
    let schema = json(&format!("json/v1/{name}.json"));
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{name} is no JSON Schema: {error}"))
}

fn assert_valid(schema: &str, value: &Value, what: &str) {
    let problems: Vec<String> = validator(schema)
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{what} against {schema}: {problems:#?}");
}

#[test]
fn what_is_checked_in_is_what_the_types_say() {
    let documents = publish::documents();
    let mut checked_in: BTreeSet<String> = files_under("json");
    checked_in.extend(files_under("examples/events"));
    checked_in.insert("asyncapi.json".into());
    let expected: BTreeSet<String> = documents.keys().cloned().collect();
    assert_eq!(checked_in, expected, "run `crossdock schema --out schemas`");
    for (name, text) in documents {
        assert!(read(&name) == text, "{name} differs from the types: run `crossdock schema --out schemas`");
    }
}

#[test]
fn schemas_are_valid_name_themselves_and_know_no_null() {
    let mut seen = BTreeSet::new();
    for name in files_under("json/v1") {
        let schema = json(&name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let id = schema["$id"].as_str().unwrap().to_owned();
        assert!(id.starts_with("urn:crossdock:schema:") && id.ends_with(":1.0"), "{name}: {id}");
        assert!(seen.insert(id), "{name} shares its name");
        assert!(!read(&name).contains("\"null\""), "{name} allows null");
    }
    for event in EventType::ALL {
        assert!(seen.contains(event.dataschema()), "{event} names a schema that is not there");
    }
}

fn type_of(properties: &Value) -> Value {
    properties["type"].clone()
}

#[test]
fn schemas_refuse_what_must_not_be_written() {
    let order = json("examples/order.json");
    let schema = validator("entity/order");
    assert!(schema.is_valid(&order));
    for (pointer, bad) in [
        ("/order_no", serde_json::json!(5)),
        ("/placed_at", serde_json::json!("yesterday")),
        ("/totals/payable", serde_json::json!(196.31)),
        ("/totals/payable", serde_json::json!("1e3")),
        ("/kind", serde_json::json!("subscription")),
        ("/buyer_note", Value::Null),
        ("/lines", serde_json::json!({})),
    ] {
        let mut broken = order.clone();
        *broken.pointer_mut(pointer).unwrap() = bad.clone();
        assert!(!schema.is_valid(&broken), "{pointer} = {bad}");
    }
    assert_eq!(type_of(&json("json/v1/entity/order.json")), "object");
}

/// Reads a value as its type and expects to write the same again.
fn same_again<T: DeserializeOwned + Serialize>(value: &Value, what: &str) {
    let read: T = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), *value, "{what} changes when written again");
}

fn same_body_again(body: &str, value: &Value, what: &str) {
    match body {
        "order" => same_again::<OrderBody>(value, what),
        "aftersale" => same_again::<AftersaleBody>(value, what),
        "parcel" => same_again::<ParcelBody>(value, what),
        "milestone" => same_again::<MilestoneBody>(value, what),
        "inventory" => same_again::<InventoryBody>(value, what),
        "risk" => same_again::<RiskBody>(value, what),
        "invoice" => same_again::<InvoiceBody>(value, what),
        "product" => same_again::<ProductBody>(value, what),
        "hub" => same_again::<HubBody>(value, what),
        other => panic!("{what}: no body {other}"),
    }
}

fn check_entities(folder: &str) {
    let all = BTreeMap::from([
        ("order", same_again::<Order> as fn(&Value, &str)),
        ("aftersale", same_again::<Aftersale>),
        ("parcel", same_again::<Parcel>),
        ("inventory", same_again::<InventoryLevel>),
    ]);
    for (name, again) in all {
        let file = format!("{folder}/{name}.json");
        assert_valid(&format!("entity/{name}"), &json(&file), &file);
        again(&json(&file), &file);
    }
    let file = format!("{folder}/observation.order.partial.json");
    assert_valid("observation", &json(&file), &file);
    same_again::<Observation>(&json(&file), &file);
}

fn check_event(value: &Value, what: &str) -> EventType {
    assert_valid("cloudevent", value, what);
    let event = Event::from_json(&value.to_string()).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(serde_json::from_str::<Value>(&event.to_json()).unwrap(), *value, "{what}");
    let data: Value = serde_json::from_str(event.data.get()).unwrap();
    assert_valid(&format!("event/{}", event.event_type.body()), &data, what);
    same_body_again(event.event_type.body(), &data, what);
    event.event_type
}

#[test]
fn entity_examples_hold() {
    check_entities("examples");
}

#[test]
fn every_event_type_has_an_example_that_holds() {
    let mut seen = BTreeSet::new();
    for name in files_under("examples/events") {
        seen.insert(check_event(&json(&name), &name));
    }
    assert_eq!(seen, EventType::ALL.iter().copied().collect());
}

#[test]
fn examples_are_valid_and_sealed() {
    let order = OrderRef {
        platform: "taobao".into(),
        shop: "2208812345".into(),
        order_no: "4012345678901234567".into(),
    };
    let observations = [
        Observation::order(serde_json::from_value(json("examples/order.json")).unwrap()),
        Observation::aftersale(serde_json::from_value(json("examples/aftersale.json")).unwrap())
            .with_refs([order.clone()]),
        Observation::parcel(serde_json::from_value(json("examples/parcel.json")).unwrap()).with_refs([order]),
        Observation::inventory(serde_json::from_value(json("examples/inventory.json")).unwrap()),
    ];
    for observation in observations {
        assert_eq!(observation.validate(), []);
        let mut sealed = observation.clone();
        sealed.seal().unwrap();
        assert_eq!(
            serde_json::to_value(&sealed).unwrap(),
            serde_json::to_value(&observation).unwrap(),
            "the example must hold its own identity"
        );
        let full = !matches!(observation.entity, Entity::Inventory(_));
        assert_eq!(serde_json::to_string(&observation).unwrap().contains("_key"), full);
        assert_valid("observation", &serde_json::to_value(&observation).unwrap(), "observation");
    }
}

#[test]
fn examples_of_earlier_versions_still_hold() {
    let folders: BTreeSet<String> = files_under("history")
        .iter()
        .filter_map(|name| name.rsplit_once('/').map(|(folder, _)| folder.to_owned()))
        .collect();
    assert!(folders.contains("history/v1.0"));
    for folder in folders {
        check_entities(&folder);
        let events = read(&format!("{folder}/events.ndjson"));
        let types: BTreeSet<EventType> =
            events.lines().map(|line| check_event(&serde_json::from_str(line).unwrap(), &folder)).collect();
        assert!(types.len() >= 54, "{folder} has only {} types", types.len());
    }
}

#[test]
fn asyncapi_points_at_what_is_there() {
    fn refs<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                out.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| refs(value, out));
            }
            Value::Array(values) => values.iter().for_each(|value| refs(value, out)),
            _ => {}
        }
    }
    let document = json("asyncapi.json");
    assert_eq!(document["asyncapi"], "3.0.0");
    let mut all = Vec::new();
    refs(&document, &mut all);
    assert!(all.len() > 54 * 8);
    for reference in all {
        match reference.strip_prefix('#') {
            Some(pointer) => assert!(document.pointer(pointer).is_some(), "{reference}"),
            None => assert!(root().join(reference).is_file(), "{reference}"),
        }
    }
    let addresses: BTreeSet<&str> = document["channels"]
        .as_object()
        .unwrap()
        .values()
        .map(|channel| channel["address"].as_str().unwrap())
        .collect();
    assert_eq!(addresses.len(), EventType::ALL.len());
    assert!(addresses.contains("xd.v1.{tenant}.parcel.status_changed.{platform}.{shop}.{class}.{partition}"));
}

/// A subject filter that AsyncAPI documents matches what events are published under.
#[test]
fn events_are_published_where_asyncapi_says() {
    let document = json("asyncapi.json");
    for name in files_under("examples/events") {
        let event = Event::from_json(&read(&name)).unwrap();
        let subject = event.subject();
        let tokens: Vec<&str> = subject.split('.').collect();
        assert_eq!(tokens.len(), 9, "{subject}");
        let matching = document["channels"].as_object().unwrap().values().filter(|channel| {
            let address: Vec<&str> = channel["address"].as_str().unwrap().split('.').collect();
            address.len() == 9 && address.iter().zip(&tokens).all(|(a, t)| a.starts_with('{') || a == t)
        });
        assert_eq!(matching.count(), 1, "{subject}");
    }
}
