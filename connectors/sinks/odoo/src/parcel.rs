//! A parcel's number on the delivery orders of its order.
//!
//! Each delivery order over there takes one text. Parcels fill the ones that have none yet, then share with a comma.
//! Deliveries are not validated here: what left the house is the warehouse's word.

use serde_json::{Value, json};

use crossdock_connector::{Delivery, Error, ErrorKind, Outcome};
use crossdock_schemas::{Direction, EventType, Parcel};

use crate::config::Config;
use crate::names::{self, Found};
use crate::rpc::Call;
use crate::talk::{Said, Talk};
use crate::value;

const MODEL: &str = "stock.picking";

/// A delivery order.
struct Picking {
    id: i64,
    done: bool,
    order: Option<i64>,
    numbers: Vec<String>,
}

/// Hands a parcel event over. A carrier does not know whose parcel it is: all our companies are looked at.
pub(crate) fn hand_over(
    talk: &mut Talk<'_>,
    config: &Config,
    delivery: &Delivery,
    parcel: &Parcel,
) -> Said<Outcome> {
    // What comes back has no delivery order of ours, and a parcel without an order is told again once it has one.
    if parcel.direction != Direction::Outbound || parcel.orders.is_empty() {
        return Ok(Outcome::AlreadyThere);
    }
    let taken_back = delivery.event.event_type == EventType::ParcelCancelled;
    let names: Vec<String> = parcel.orders.iter().map(|key| names::order(key)).collect();
    let found = Found::of(&talk.records("find", &names::search_exact(&config.namespace, &names))?);
    let orders: Vec<i64> = names.iter().filter_map(|name| found.id(name)).collect();
    if orders.len() < names.len() && !taken_back {
        let what = "the parcel's order is not in odoo yet";
        return Ok(Outcome::Wait(Error::new(ErrorKind::NotFound, what)));
    }
    if orders.is_empty() {
        return Ok(Outcome::AlreadyThere);
    }
    let domain =
        json!(
            [["sale_id", "in", orders], ["picking_type_code", "=", "outgoing"], ["state", "!=", "cancel"],]
        );
    let fields = ["state", "sale_id", "carrier_tracking_ref"];
    let mut pickings: Vec<Picking> = talk
        .records("pickings", &Call::search(MODEL, domain, &fields).inside(config.all_companies()))?
        .iter()
        .filter_map(picking)
        .collect();
    pickings.sort_by_key(|picking| picking.id);
    if taken_back {
        return take_back(talk, config, &pickings, &parcel.tracking_no);
    }
    let mut wrote = false;
    for order in orders {
        let own: Vec<&Picking> = pickings.iter().filter(|picking| picking.order == Some(order)).collect();
        if own.iter().any(|picking| picking.numbers.contains(&parcel.tracking_no)) {
            continue;
        }
        let free = own.iter().find(|picking| !picking.done && picking.numbers.is_empty());
        let open = free.or_else(|| own.iter().find(|picking| !picking.done)).or_else(|| {
            // All are done: the one that nobody has numbered, else the last.
            own.iter().find(|picking| picking.numbers.is_empty()).or_else(|| own.last())
        });
        let Some(picking) = open else { return no_delivery(talk, config, order) };
        let mut numbers = picking.numbers.clone();
        numbers.push(parcel.tracking_no.clone());
        let mut values = json!({"carrier_tracking_ref": numbers.join(",")});
        if let Some(carrier) = config.carriers.find(&parcel.carrier).and_then(|id| id.parse::<i64>().ok())
            && let Some(values) = values.as_object_mut()
        {
            values.insert("carrier_id".to_owned(), carrier.into());
        }
        talk.write(
            "number",
            &Call::new(MODEL, "write").on(&[picking.id]).with("vals", values).inside(config.all_companies()),
        )?;
        wrote = true;
    }
    Ok(if wrote { Outcome::Delivered } else { Outcome::AlreadyThere })
}

fn picking(record: &Value) -> Option<Picking> {
    let numbers = value::text(record, "carrier_tracking_ref").unwrap_or_default();
    Some(Picking {
        id: value::whole(record, "id")?,
        done: value::text(record, "state") == Some("done"),
        order: value::link(record, "sale_id"),
        numbers: numbers.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect(),
    })
}

/// Removes a number that will not travel.
fn take_back(talk: &mut Talk<'_>, config: &Config, pickings: &[Picking], number: &str) -> Said<Outcome> {
    let mut wrote = false;
    for picking in pickings.iter().filter(|picking| picking.numbers.iter().any(|one| one == number)) {
        let rest: Vec<&str> =
            picking.numbers.iter().map(String::as_str).filter(|one| *one != number).collect();
        let rest = if rest.is_empty() { Value::Bool(false) } else { Value::String(rest.join(",")) };
        let call =
            Call::new(MODEL, "write").on(&[picking.id]).with("vals", json!({"carrier_tracking_ref": rest}));
        talk.write("number", &call.inside(config.all_companies()))?;
        wrote = true;
    }
    Ok(if wrote { Outcome::Delivered } else { Outcome::AlreadyThere })
}

/// An order without a delivery: one that is not confirmed gets it later, any other has none.
fn no_delivery(talk: &mut Talk<'_>, config: &Config, order: i64) -> Said<Outcome> {
    let call = Call::new("sale.order", "read").on(&[order]).with("fields", json!(["state"]));
    let records = talk.records("order", &call.inside(config.all_companies()))?;
    let state = records.first().and_then(|record| value::text(record, "state")).unwrap_or_default();
    if matches!(state, "draft" | "sent") {
        let what = "the order is not confirmed in odoo, so it has no delivery yet";
        return Ok(Outcome::Wait(Error::new(ErrorKind::NotFound, what)));
    }
    let what = "the order has no outgoing delivery in odoo to put the tracking number on";
    Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)))
}
