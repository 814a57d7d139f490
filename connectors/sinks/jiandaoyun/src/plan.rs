//! What a delivery asks for, before anything is asked.

use serde_json::Value;

use crossdock_connector::{Delivery, Error, ErrorKind, Result};
use crossdock_schemas::{Class, Lifecycle, Order, PaymentState};

use crate::config::{Config, Push};
use crate::form::{Entity, Form};

/// Most deliveries in one conversation: one search for all, one write for each.
pub(crate) const MOST: u32 = 10;

/// What a delivery asks for.
pub(crate) enum Plan<'a> {
    /// Nothing.
    Nothing,
    /// It cannot be said in the receiver's words.
    Refused(Error),
    /// A row.
    Row(Wanted<'a>),
}

/// A row that should be there.
pub(crate) struct Wanted<'a> {
    pub(crate) form: &'a Form,
    pub(crate) entity: Entity,
    /// Our key of it.
    pub(crate) key: &'a str,
    pub(crate) sequence: u64,
    /// Told again: the same revision is written once more.
    pub(crate) again: bool,
    /// Only to be changed where it is there already.
    pub(crate) only_there: bool,
    /// Keys of the orders that have to be there first.
    pub(crate) orders: Vec<String>,
    /// The order it belongs to is not known at all.
    pub(crate) homeless: bool,
    /// The data of the event.
    pub(crate) data: Value,
}

/// The kind of thing an event is about.
pub(crate) fn entity(delivery: &Delivery) -> Option<Entity> {
    match delivery.event.event_type.body() {
        "order" => Some(Entity::Orders),
        "aftersale" => Some(Entity::Refunds),
        "parcel" | "milestone" => Some(Entity::Parcels),
        _ => None,
    }
}

/// What a delivery asks for.
pub(crate) fn plan<'a>(config: &'a Config, delivery: &'a Delivery) -> Plan<'a> {
    match wanted(config, delivery) {
        Ok(Some(wanted)) => Plan::Row(wanted),
        Ok(None) => Plan::Nothing,
        Err(error) => Plan::Refused(error),
    }
}

fn wanted<'a>(config: &'a Config, delivery: &'a Delivery) -> Result<Option<Wanted<'a>>> {
    let event = &delivery.event;
    let found = entity(delivery).and_then(|entity| Some((entity, config.form(entity)?)));
    let Some((entity, form)) = found else {
        let what = format!("no form for {}: add one to the sink's settings", event.event_type.as_str());
        return Err(Error::new(ErrorKind::Unsupported, what));
    };
    let broken = || Error::malformed("the event's data is not of its type");
    let data: Value = serde_json::from_str(event.data.get()).map_err(|error| broken().because(error))?;
    let snapshot = data.get(entity.root()).ok_or_else(broken)?;
    let mut only_there = false;
    if entity == Entity::Orders {
        let order: Order =
            serde_json::from_value(snapshot.clone()).map_err(|error| broken().because(error))?;
        match wish(&order, config.push) {
            Wish::Nothing => return Ok(None),
            Wish::OnlyThere => only_there = true,
            Wish::There => {}
        }
    }
    let waits = form.wait_for_order.unwrap_or(entity == Entity::Refunds) && config.orders.is_some();
    let orders = if waits { orders(entity, snapshot) } else { Vec::new() };
    let homeless = waits && entity == Entity::Refunds && orders.is_empty();
    Ok(Some(Wanted {
        form,
        entity,
        key: &event.key,
        sequence: event.sequence,
        again: event.class == Class::Replay,
        only_there,
        orders,
        homeless,
        data,
    }))
}

/// Keys of the orders something belongs to.
fn orders(entity: Entity, snapshot: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match entity {
        Entity::Orders => Vec::new(),
        Entity::Refunds => snapshot.get("order_key").and_then(text).into_iter().collect(),
        Entity::Parcels => {
            snapshot.get("orders").and_then(Value::as_array).into_iter().flatten().filter_map(text).collect()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Nothing,
    There,
    OnlyThere,
}

fn wish(order: &Order, push: Push) -> Wish {
    match order.status.lifecycle {
        Some(Lifecycle::Draft) => return Wish::Nothing,
        // What was never told needs no cancelling.
        Some(Lifecycle::Cancelled) => return Wish::OnlyThere,
        _ => {}
    }
    let paid = matches!(
        order.status.payment,
        Some(
            PaymentState::Paid
                | PaymentState::CodPending
                | PaymentState::PartiallyRefunded
                | PaymentState::Refunded
        )
    );
    if paid || push == Push::Placed { Wish::There } else { Wish::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_paid_is_pushed_unless_asked() {
        for (lifecycle, payment, paid, placed) in [
            ("placed", "unpaid", Wish::Nothing, Wish::There),
            ("placed", "unheard_of", Wish::Nothing, Wish::There),
            ("placed", "paid", Wish::There, Wish::There),
            ("placed", "cod_pending", Wish::There, Wish::There),
            ("completed", "refunded", Wish::There, Wish::There),
            ("draft", "paid", Wish::Nothing, Wish::Nothing),
            ("cancelled", "voided", Wish::OnlyThere, Wish::OnlyThere),
        ] {
            let order: Order = serde_json::from_value(json!({
                "source": {"platform": "acme", "shop": "demo"}, "order_no": "1", "kind": "sale",
                "status": {"lifecycle": lifecycle, "payment": payment},
            }))
            .unwrap();
            assert_eq!(
                (wish(&order, Push::Paid), wish(&order, Push::Placed)),
                (paid, placed),
                "{lifecycle} {payment}"
            );
        }
    }
}
