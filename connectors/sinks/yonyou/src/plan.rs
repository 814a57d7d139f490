//! What an event means for the books: an order under which number, how far it shall be.

use crossdock_connector::{Delivery, Error, Result, document};
use crossdock_schemas::{EventType, Lifecycle, OrderBody};
use serde_json::Value;

use crate::config::{Approve, Config};

/// How far an order shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Without effect: the approval taken back, or the order deleted.
    Withdrawn,
    /// Saved.
    Saved,
    /// Submitted.
    Submitted,
    /// Audited.
    Audited,
}

/// What an event means for the books.
pub(crate) struct Plan {
    pub(crate) body: Box<OrderBody>,
    /// The data of the event, for custom fields.
    pub(crate) data: Value,
    /// The order's number over there: our key.
    pub(crate) number: String,
    pub(crate) target: Target,
    /// What was ordered may have changed.
    pub(crate) change: bool,
}

impl Plan {
    /// The plan of an event; `None` when there is nothing to book.
    pub(crate) fn of(config: &Config, delivery: &Delivery) -> Result<Option<Self>> {
        if delivery.event.event_type.body() != "order" {
            return Ok(None);
        }
        let unreadable = |error: serde_json::Error| {
            Error::malformed("the data of the event cannot be read").because(error)
        };
        let text = delivery.event.data.get();
        let body: OrderBody = serde_json::from_str(text).map_err(unreadable)?;
        let status = &body.order.status;
        let ready = status.payment.is_some_and(|payment| config.ready.contains(&payment));
        let target = match () {
            () if status.lifecycle == Some(Lifecycle::Cancelled) => Target::Withdrawn,
            () if !ready => return Ok(None),
            // An order that is not approved does not ship.
            () if !status.hold.is_empty() => Target::Saved,
            () => match config.approve {
                Approve::Save => Target::Saved,
                Approve::Submit => Target::Submitted,
                Approve::Audit => Target::Audited,
            },
        };
        let change = target != Target::Withdrawn && changes(config, delivery.event.event_type, &body.changed);
        Ok(Some(Self {
            body: Box::new(body),
            data: serde_json::from_str(text).map_err(unreadable)?,
            number: number(config, &delivery.event.key),
            target,
            change,
        }))
    }
}

/// The number of an order: 96 bits of our key, at most thirty characters.
fn number(config: &Config, key: &str) -> String {
    let hash = key.split_once('-').map_or(key, |(_, hash)| hash);
    let shown = hash.chars().filter(char::is_ascii_alphanumeric).take(24);
    config.number_prefix.chars().chain(shown.map(|letter| letter.to_ascii_uppercase())).collect()
}

/// Whether something that stands on the order over there changed.
fn changes(config: &Config, event_type: EventType, changed: &[String]) -> bool {
    if changed.is_empty() {
        // Nobody says what: look at it.
        return matches!(
            event_type,
            EventType::OrderChanged | EventType::OrderSplit | EventType::OrderMerged
        );
    }
    changed.iter().any(|pointer| on_order(config, pointer))
}

fn on_order(config: &Config, pointer: &str) -> bool {
    const HEADER: [&str; 6] =
        ["/fees", "/discounts", "/totals/shipping", "/currency", "/prices_include_tax", "/placed_at"];
    const LINE: [&str; 11] = [
        "kind",
        "parent_ref",
        "sku",
        "quantity",
        "unit",
        "unit_price",
        "line_total",
        "allocated_discount",
        "payable",
        "tax",
        "currency",
    ];
    let below =
        |path: &str| pointer == path || pointer.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    if pointer == "/lines" || HEADER.iter().any(|path| below(path)) {
        return true;
    }
    if let Some(rest) = pointer.strip_prefix("/lines/") {
        return rest.split('/').nth(1).is_none_or(|field| LINE.contains(&field));
    }
    if below("/ship_to") && config.receiver.is_used() {
        return true;
    }
    document::paths(&config.fields).any(|path| {
        let path = format!("/{}", path.trim_start_matches("order.").replace('.', "/"));
        below(&path) || path.starts_with(&format!("{pointer}/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::config;

    #[test]
    fn numbers_are_short_and_stay_apart() {
        let config = config("");
        let key = "o1-5c0ffee0123456789abcdef0123456789abcdef0123456789abcdef012345678";
        assert_eq!(number(&config, key), "XD-5C0FFEE0123456789ABCDEF0");
        assert_ne!(number(&config, key), number(&config, &key.replace("5c", "5d")));
    }

    #[test]
    fn only_what_stands_on_the_order_changes_it() {
        let mut config = config("fields.memo = 'order.seller_note'");
        assert!(on_order(&config, "/ship_to/line1"), "there are fields for the receiver");
        config.receiver = document::Receiver::default();
        for (pointer, expected) in [
            ("/lines", true),
            ("/lines/0/quantity", true),
            ("/lines/0/status/fulfillment", false),
            ("/totals/paid", false),
            ("/status/payment", false),
            ("/seller_note", true),
            ("/buyer_note", false),
            ("/ship_to/line1", false),
        ] {
            assert_eq!(on_order(&config, pointer), expected, "{pointer}");
        }
    }
}
