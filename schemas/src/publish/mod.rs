//! The published documents, written from the types: JSON Schemas, AsyncAPI, one example event per type.
//!
//! `documents()` is what `schemas/` in the repository holds; a test keeps the two equal.

mod asyncapi;
mod envelope;
mod examples;
mod tidy;

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::{
    Aftersale, AftersaleBody, HubBody, InventoryBody, InventoryLevel, InvoiceBody, MilestoneBody,
    Observation, Order, OrderBody, Parcel, ParcelBody, ProductBody, RiskBody,
};

/// Version of all schemas: a minor version only adds.
pub const VERSION: &str = "1.0";

/// Every published document: name relative to the folder of schemas -> text.
#[must_use]
pub fn documents() -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut schema = |name: &str, urn: &str, schema: Schema| {
        out.insert(format!("json/v1/{name}.json"), text(&tidy::document(schema, urn, VERSION)));
    };
    schema("observation", "observation", of::<Observation>());
    schema("cloudevent", "cloudevent", envelope::schema());
    schema("entity/order", "entity-order", of::<Order>());
    schema("entity/aftersale", "entity-aftersale", of::<Aftersale>());
    schema("entity/parcel", "entity-parcel", of::<Parcel>());
    schema("entity/inventory", "entity-inventory", of::<InventoryLevel>());
    // The URN of a body is what `dataschema` of its events names.
    schema("event/order", "order", of::<OrderBody>());
    schema("event/aftersale", "aftersale", of::<AftersaleBody>());
    schema("event/parcel", "parcel", of::<ParcelBody>());
    schema("event/milestone", "milestone", of::<MilestoneBody>());
    schema("event/inventory", "inventory", of::<InventoryBody>());
    schema("event/risk", "risk", of::<RiskBody>());
    schema("event/invoice", "invoice", of::<InvoiceBody>());
    schema("event/product", "product", of::<ProductBody>());
    schema("event/hub", "hub", of::<HubBody>());
    out.insert("asyncapi.json".to_owned(), text(&asyncapi::document()));
    for (name, event) in examples::events() {
        out.insert(format!("examples/events/{name}.json"), text(&event));
    }
    out
}

/// The schema of what is written: fields that may be left out are optional, the others required.
fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// JSON for people and for line-by-line comparison.
fn text(value: &Value) -> String {
    format!("{value:#}\n")
}
