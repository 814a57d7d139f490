//! Parcels and their milestones on the orders that are in them.
//!
//! A milestone is a note, known by parcel and milestone: when a parcel learns of its order only after the carrier
//! picked it up or delivered it, the link brings those notes along, and the milestone told twice is one note.

use serde::Deserialize;

use crossdock_connector::Result;
use crossdock_schemas::{Direction, Event, EventType, MilestoneBody, Parcel};

use crate::batch::Property;
use crate::config::{Config, Object};
use crate::plan::{Missing, Plan, note, part_key, push};

/// Numbers of the orders in the parcel, where the hub names them: the parcel itself knows only keys.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Beside {
    #[serde(default)]
    order_nos: Vec<String>,
}

/// What HubSpot needs to know about a parcel.
pub(crate) fn plan(config: &Config, parcel: &Parcel, event: &Event) -> Result<Plan> {
    let mut plan = about(config, parcel);
    if event.event_type == EventType::ParcelLinked && config.notes.milestones {
        for (event_type, at) in [
            (EventType::MilestonePickedUp, parcel.picked_up_at),
            (EventType::MilestoneDelivered, parcel.delivered_at),
        ] {
            if let Some(time) = at {
                let told = Event { event_type, time, ..event.clone() };
                plan.notes.extend(note(config, &told, part_key(&event.key, event_type.token()))?);
            }
        }
    }
    Ok(plan)
}

/// What HubSpot needs to know about a milestone.
pub(crate) fn milestone(
    config: &Config,
    body: &MilestoneBody,
    beside: &Beside,
    event: &Event,
) -> Result<Plan> {
    // Old news when it came: recorded by the hub, not told to people.
    if body.superseded == Some(true) {
        return Ok(Plan::default());
    }
    let mut plan = about(config, &body.parcel);
    if config.orders_from_milestones {
        plan.missing = Missing::Make(named(config, &body.parcel, beside));
    }
    if config.notes.milestones {
        let once = matches!(event.event_type, EventType::MilestonePickedUp | EventType::MilestoneDelivered);
        // Exceptions and corrections happen more than once.
        let key = if once { part_key(&event.key, event.event_type.token()) } else { event.id.clone() };
        plan.notes.extend(note(config, event, key)?);
    }
    Ok(plan)
}

fn about(config: &Config, parcel: &Parcel) -> Plan {
    let mut properties = Vec::new();
    // The number under which the buyer looks for the goods; a return has another.
    if parcel.direction != Direction::Return && config.object == Object::Order {
        push(&mut properties, "hs_shipping_tracking_number", Some(parcel.tracking_no.clone()), false);
    }
    Plan { orders: parcel.orders.clone(), properties, ..Plan::default() }
}

/// What an order is called that is known from its parcel only.
fn named(config: &Config, parcel: &Parcel, beside: &Beside) -> Vec<Property> {
    let number = match (parcel.orders.as_slice(), beside.order_nos.as_slice()) {
        ([_], [number]) => Some(number.clone()),
        _ => None,
    };
    let mut out = Vec::new();
    let name = number.clone().unwrap_or_else(|| parcel.tracking_no.clone());
    match config.object {
        Object::Order => {
            push(&mut out, "hs_order_name", Some(name), false);
            push(&mut out, "hs_external_order_id", number, false);
        }
        Object::Deals => push(&mut out, "dealname", Some(name), false),
    }
    out
}
