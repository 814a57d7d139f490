//! What an event means in HubSpot: the records to write, or nothing at all.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crossdock_connector::mapping::Fields;
use crossdock_connector::{Delivery, Error, ErrorKind, Result, sign};
use crossdock_schemas::{AftersaleBody, Class, Dec, Event, EventType, MilestoneBody, OrderBody, ParcelBody};

use crate::batch::{Property, Row};
use crate::config::Config;
use crate::{aftersale, order, parcel};

/// What happens to an order that HubSpot does not have yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It is waited for.
    #[default]
    Awaited,
    /// The event brings all of it along.
    Brought,
    /// It is made, with these properties beside the event's own.
    Make(Vec<Property>),
}

/// What one event wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Keys of the orders it is about. None: there is nothing to do.
    pub(crate) orders: Vec<String>,
    /// What happens to those that HubSpot does not have yet.
    pub(crate) missing: Missing,
    /// Our revision of the order, for events about orders.
    pub(crate) revision: Option<u64>,
    /// Properties of those orders.
    pub(crate) properties: Vec<Property>,
    /// Line items of the order.
    pub(crate) lines: Vec<Row>,
    /// The order's contact.
    pub(crate) contact: Option<Row>,
    /// Notes on those orders.
    pub(crate) notes: Vec<Row>,
}

impl Plan {
    /// Whether it writes anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.orders.is_empty()
            || (self.missing != Missing::Brought && self.properties.is_empty() && self.notes.is_empty())
    }
}

/// What an event wants.
///
/// # Errors
/// `Unsupported` for events that say nothing about orders, `Malformed` for data that is none.
pub(crate) fn of(config: &Config, delivery: &Delivery) -> Result<Plan> {
    let event = &delivery.event;
    let kind = event.event_type;
    match kind.body() {
        "order" => {
            let body: OrderBody = body(delivery)?;
            let mut plan = order::plan(config, &body.order, &event.key);
            plan.revision = (!config.revision_property.is_empty()).then_some(event.sequence);
            custom(&mut plan.properties, &config.fields, delivery);
            if let Some(contact) = &mut plan.contact {
                custom(&mut contact.properties, &config.contacts.fields, delivery);
            }
            drop_unwanted(config, &mut plan);
            Ok(plan)
        }
        "aftersale" => {
            let body: AftersaleBody = body(delivery)?;
            let mut plan = aftersale::plan(config, &body.aftersale, event)?;
            custom(&mut plan.properties, &config.aftersale_fields, delivery);
            drop_unwanted(config, &mut plan);
            Ok(plan)
        }
        "parcel" | "milestone" => {
            let mut plan = if kind.is_milestone() {
                parcel::milestone(config, &body::<MilestoneBody>(delivery)?, &body(delivery)?, event)?
            } else if takes_parcel(kind) {
                parcel::plan(config, &body::<ParcelBody>(delivery)?.parcel, event)?
            } else {
                Plan::default()
            };
            custom(&mut plan.properties, &config.parcel_fields, delivery);
            drop_unwanted(config, &mut plan);
            Ok(plan)
        }
        _ => {
            let what = format!("HubSpot has no place for `{kind}`: leave it out of the sink's events");
            Err(Error::new(ErrorKind::Unsupported, what))
        }
    }
}

/// Single scans and estimates change nothing there: the status they lead to is an event of its own.
const fn takes_parcel(kind: EventType) -> bool {
    matches!(
        kind,
        EventType::ParcelCreated
            | EventType::ParcelLinked
            | EventType::ParcelStatusChanged
            | EventType::ParcelCancelled
    )
}

fn body<T: DeserializeOwned>(delivery: &Delivery) -> Result<T> {
    serde_json::from_str(delivery.event.data.get())
        .map_err(|error| Error::malformed("the event's data is not of its schema").because(error))
}

/// Adds the company's own properties.
fn custom(properties: &mut Vec<Property>, fields: &Fields, delivery: &Delivery) {
    if fields.0.is_empty() {
        return;
    }
    let data: Value = serde_json::from_str(delivery.event.data.get()).unwrap_or_default();
    for (name, value) in fields.values(&data) {
        let value = match value {
            Value::String(text) => text,
            // Several choices are written with semicolons.
            Value::Array(items) => {
                let text = |item: Value| if let Value::String(text) = item { text } else { item.to_string() };
                items.into_iter().map(text).collect::<Vec<_>>().join(";")
            }
            other => other.to_string(),
        };
        properties.retain(|property| property.name != name);
        // Nobody but the company knows what stands there.
        push(properties, name, Some(value), true);
    }
}

fn drop_unwanted(config: &Config, plan: &mut Plan) {
    let wanted = |property: &Property| !config.leave_out.contains(&property.name);
    plan.properties.retain(wanted);
    plan.lines.iter_mut().for_each(|line| line.properties.retain(wanted));
}

/// Adds a property that has a value: an empty one would clear what is there.
pub(crate) fn push(properties: &mut Vec<Property>, name: &str, value: Option<String>, personal: bool) {
    if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
        properties.push(Property { name: name.to_owned(), value, personal });
    }
}

/// The note that tells an event; `None` when there is nothing to tell.
pub(crate) fn note(config: &Config, event: &Event, key: String) -> Result<Option<Row>> {
    // A note is a record and disturbs nobody: what is told again belongs there too.
    let told = Event { class: Class::Normal, ..event.clone() };
    let message = match config.words().say(&told) {
        Ok(message) => message,
        Err(error) if error.kind() == ErrorKind::Unsupported => None,
        Err(error) => return Err(error),
    };
    Ok(message.map(|message| {
        let mut properties = Vec::with_capacity(2);
        push(&mut properties, "hs_timestamp", Some(order::millis(event.time)), false);
        // The settings may show something of a person there.
        push(&mut properties, "hs_note_body", Some(html(&message.plain())), true);
        Row { key, properties }
    }))
}

/// Lines as HTML, which the body of a note is.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>")
}

/// An amount as its source stated it.
pub(crate) fn amount(value: Option<Dec>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// The key of a part of something: readable where that is safe, else its hash.
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
    fn keys_of_parts_are_lower_case_and_apart() {
        assert_eq!(part_key("o1-a", "4012345678902234567"), "o1-a-4012345678902234567");
        let (red, blue) = (part_key("o1-a", "TS-RED#1"), part_key("o1-a", "ts-red#1"));
        assert_ne!(red, blue);
        assert!(red.starts_with("o1-a-h") && red.len() == 38, "{red}");
        assert_eq!(red, part_key("o1-a", "TS-RED#1"));
    }

    #[test]
    fn a_note_shows_text_and_obeys_none() {
        assert_eq!(html("<b>&\nx"), "&lt;b&gt;&amp;<br>x");
    }

    #[test]
    fn an_empty_text_is_not_sent() {
        let mut properties = Vec::new();
        push(&mut properties, "a", Some(" ".into()), false);
        push(&mut properties, "b", None, false);
        push(&mut properties, "c", Some("0".into()), false);
        assert_eq!(properties.len(), 1);
    }
}
