//! Parcels as shipments, milestones as rows below them.
//!
//! A milestone brings its shipment along, so it never comes before it. Both are known by our own keys: the parcel's,
//! which tells later uses of a carrier's number apart, and the event's.

use serde_json::{Value, json};

use crossdock_connector::Delivery;
use crossdock_schemas::{MilestoneBody, Parcel};

use crate::api::Row;
use crate::config::Config;
use crate::plan::Plan;

/// What Salesforce needs to know about a parcel.
pub(crate) fn plan(config: &Config, parcel: &Parcel, delivery: &Delivery) -> Plan {
    let mut row = Row::new(delivery.event.key.clone());
    row.custom(config, &config.shipments.fields, delivery);
    // A lookup holds one: with several orders in a parcel it is the first.
    let parent = parcel.orders.first().filter(|_| !config.shipments.order.is_empty()).cloned();
    Plan { parent, waits: config.shipments.wait_for_order, shipment: Some(row), ..Plan::default() }
}

/// What Salesforce needs to know about a milestone.
pub(crate) fn milestone(config: &Config, body: &MilestoneBody, delivery: &Delivery) -> Plan {
    // Old news when it came: recorded by the hub, not told to people.
    if body.superseded == Some(true) {
        return Plan::default();
    }
    let event = &delivery.event;
    let mut plan = plan(config, &body.parcel, delivery);
    if config.milestones.enabled {
        let names = &config.milestones;
        let mut row = Row::new(event.id.clone());
        row.fields.insert(names.shipment.clone(), json!({ config.key_field.as_str(): event.key }));
        row.fields.insert(names.kind_field.clone(), Value::from(event.event_type.token()));
        row.fields.insert(names.at_field.clone(), Value::String(event.time.to_string()));
        row.custom(config, &names.fields, delivery);
        plan.milestone = Some(row);
    }
    plan
}
