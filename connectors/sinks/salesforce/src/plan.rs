//! What an event means in Salesforce: the records to write, or nothing at all.

use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value, json};

use crossdock_connector::mapping::Fields;
use crossdock_connector::{Delivery, Error, ErrorKind, Result, sign};
use crossdock_schemas::{AftersaleBody, Dec, EventType, MilestoneBody, OrderBody, ParcelBody};

use crate::api::Row;
use crate::config::Config;
use crate::{order, parcel};

/// What one event wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Plan {
    /// The order itself, for events about orders.
    pub(crate) order: Option<OrderPlan>,
    /// The order a shipment or refund belongs to, by its key.
    pub(crate) parent: Option<String>,
    /// Whether it waits for that order.
    pub(crate) waits: bool,
    /// A record below it.
    pub(crate) shipment: Option<Row>,
    /// A record below the shipment.
    pub(crate) milestone: Option<Row>,
    /// A record below the order.
    pub(crate) refund: Option<Row>,
}

/// An order with its lines.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OrderPlan {
    pub(crate) row: Row,
    /// What only a new one gets: Salesforce refuses to change it, or people have changed it since.
    pub(crate) first: Map<String, Value>,
    /// Its status in the end.
    pub(crate) status: Option<String>,
    pub(crate) lines: Vec<LinePlan>,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinePlan {
    pub(crate) row: Row,
    /// What only a new one gets.
    pub(crate) first: Map<String, Value>,
}

impl Plan {
    /// Whether it writes anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_none() && self.shipment.is_none() && self.refund.is_none()
    }
}

/// What an event wants.
///
/// # Errors
/// `Unsupported` for events that have no place there, `Rejected` where a row of the settings is missing,
/// `Malformed` for data that is none.
pub(crate) fn of(config: &Config, delivery: &Delivery) -> Result<Plan> {
    let event = &delivery.event;
    let kind = event.event_type;
    let mut plan = match kind.body() {
        "order" => {
            let body: OrderBody = body(delivery)?;
            Plan { order: Some(order::plan(config, &body.order, delivery)?), ..Plan::default() }
        }
        "aftersale" if config.refunds.enabled => refund(config, &body::<AftersaleBody>(delivery)?, delivery)?,
        "milestone" if config.shipments.enabled => {
            parcel::milestone(config, &body::<MilestoneBody>(delivery)?, delivery)
        }
        "parcel" if config.shipments.enabled && takes_parcel(kind) => {
            parcel::plan(config, &body::<ParcelBody>(delivery)?.parcel, delivery)
        }
        "aftersale" | "milestone" | "parcel" => Plan::default(),
        _ => {
            let what = format!("Salesforce has no place for `{kind}`: leave it out of the sink's events");
            return Err(Error::new(ErrorKind::Unsupported, what));
        }
    };
    if !config.version_field.is_empty() {
        let version = Value::from(event.sequence);
        let order = plan.order.as_mut().map(|order| &mut order.row);
        for row in [order, plan.shipment.as_mut(), plan.refund.as_mut()].into_iter().flatten() {
            row.fields.insert(config.version_field.clone(), version.clone());
        }
    }
    Ok(plan)
}

/// Single scans change nothing there: the status they lead to is an event of its own.
const fn takes_parcel(kind: EventType) -> bool {
    matches!(
        kind,
        EventType::ParcelCreated
            | EventType::ParcelLinked
            | EventType::ParcelStatusChanged
            | EventType::ParcelEtaChanged
            | EventType::ParcelCancelled
    )
}

fn refund(config: &Config, body: &AftersaleBody, delivery: &Delivery) -> Result<Plan> {
    let Some(order) = body.aftersale.order_key.clone() else {
        let what = "the case names no order, Salesforce has no place for it without one";
        return Err(Error::new(ErrorKind::Rejected, what));
    };
    let mut row = Row::new(delivery.event.key.clone());
    row.fields.insert(config.refunds.order.clone(), json!({ config.key_field.as_str(): order }));
    row.custom(config, &config.refunds.fields, delivery);
    Ok(Plan { parent: Some(order), waits: true, refund: Some(row), ..Plan::default() })
}

fn body<T: DeserializeOwned>(delivery: &Delivery) -> Result<T> {
    serde_json::from_str(delivery.event.data.get()).map_err(|error| {
        // The parser's own message may quote what it read.
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::malformed("the event's data is not of its schema").at(place)
    })
}

impl Row {
    pub(crate) fn new(key: String) -> Self {
        Self { key, fields: Map::new(), people: Vec::new() }
    }

    /// Adds a text that is not empty.
    pub(crate) fn text(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !name.is_empty() && !value.trim().is_empty()) {
            self.fields.insert(name.to_owned(), Value::String(value));
        }
    }

    /// The same for what says something about a person.
    pub(crate) fn person(&mut self, name: &str, value: Option<String>) {
        self.people.extend(value.clone().filter(|value| !value.trim().is_empty()));
        self.text(name, value);
    }

    /// Adds a number, exactly as it was stated.
    pub(crate) fn number(&mut self, name: &str, value: Option<Dec>) {
        if let Some(number) = value.and_then(|value| exact(&value.to_string())) {
            self.fields.insert(name.to_owned(), number);
        }
    }

    /// Adds the org's own fields.
    pub(crate) fn custom(&mut self, config: &Config, fields: &Fields, delivery: &Delivery) {
        let data: Value = serde_json::from_str(delivery.event.data.get()).unwrap_or_default();
        for (name, value) in fields.values(&data) {
            let value = match value {
                // Nobody but the company knows what stands there.
                Value::String(text) => {
                    self.people.push(text.clone());
                    let number =
                        if config.numbers.iter().any(|number| number == name) { exact(&text) } else { None };
                    number.unwrap_or(Value::String(text))
                }
                // Several choices are written with semicolons.
                Value::Array(items) => {
                    let text =
                        |item: Value| if let Value::String(text) = item { text } else { item.to_string() };
                    Value::String(items.into_iter().map(text).collect::<Vec<_>>().join(";"))
                }
                Value::Object(object) => Value::String(Value::Object(object).to_string()),
                plain => plain,
            };
            self.fields.insert(name.to_owned(), value);
        }
    }
}

/// A decimal as a JSON number with the same digits.
fn exact(text: &str) -> Option<Value> {
    text.parse::<Dec>().ok()?;
    text.parse::<Number>().ok().map(Value::Number)
}

/// The key of a part of something, of letters, digits, `-` and `_` only.
pub(crate) fn part_key(whole: &str, part: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !part.is_empty() && part.len() <= 40 && part.bytes().all(safe) {
        return format!("{whole}-{part}");
    }
    let hash = sign::hex(&sign::sha256(part.as_bytes()));
    format!("{whole}-h{}", hash.get(..32).unwrap_or(&hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_digits() {
        assert_eq!(exact("29.90").unwrap().to_string(), "29.90");
        assert_eq!(exact("12345678901234567.89").unwrap().to_string(), "12345678901234567.89");
        assert_eq!(exact("-0.10").unwrap().to_string(), "-0.10");
        assert_eq!(exact("paid"), None);
    }

    #[test]
    fn keys_of_parts_stay_in_their_alphabet() {
        assert_eq!(part_key("o1-a", "81001"), "o1-a-81001");
        for part in ["TS-RED#1", "a/b", "a.b", "漢", ""] {
            let key = part_key("o1-a", part);
            assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{key}");
        }
        assert_ne!(part_key("o1-a", "TS-RED#1"), part_key("o1-a", "ts-red#1"));
    }
}
