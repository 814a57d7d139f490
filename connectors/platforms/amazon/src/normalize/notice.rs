//! Notifications: an order that changed has to be fetched.
//!
//! The forwarder posts the message as it stood in the queue. What came with it is taken off: the records of a function or
//! a pipe (`Records`, `body`), a topic that somebody put in between (`Message`).

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, Issue, IssueKind, Normalized, ObjectId, Result};

use super::{inside, object, required};
use crate::ORDER;
use crate::config::Config;

/// How deep a message may be wrapped.
const DEPTH: usize = 4;
/// Messages in one call at most: a queue gives ten, a pipe up to ten thousand.
const MOST: usize = 10_000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow, rename = "NotificationType", alias = "notificationType")]
    kind: Scalar<'a>,
    #[serde(borrow, rename = "Payload", alias = "payload")]
    payload: Option<&'a RawValue>,
    /// Of a topic in between.
    #[serde(borrow, rename = "Message")]
    message: Option<Scalar<'a>>,
    /// Of a function.
    #[serde(borrow, rename = "Records")]
    records: Option<Vec<&'a RawValue>>,
    /// Of a pipe, and of a record.
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    /// Of an event bus.
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload<'a> {
    #[serde(borrow, rename = "OrderChangeNotification", alias = "orderChangeNotification")]
    change: Option<Change<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Change<'a> {
    #[serde(borrow, rename = "SellerId", alias = "sellerId")]
    seller: Scalar<'a>,
    #[serde(borrow, rename = "AmazonOrderId", alias = "amazonOrderId")]
    order: Scalar<'a>,
    #[serde(borrow, rename = "OrderChangeType", alias = "orderChangeType")]
    change: Scalar<'a>,
    #[serde(borrow, rename = "Summary", alias = "summary")]
    summary: Option<Summary<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Summary<'a> {
    #[serde(borrow, rename = "MarketplaceId", alias = "marketplaceId")]
    marketplace: Scalar<'a>,
}

/// Reads what was forwarded.
///
/// # Errors
/// `Malformed` when nothing of it can be read.
pub(super) fn read(config: &Config, body: &[u8]) -> Result<Normalized> {
    let mut found = Found::default();
    unwrap(config, wire::utf8(body)?, "$", 0, &mut found)?;
    found.finish()
}

#[derive(Default)]
struct Found {
    fetch: Vec<ObjectId>,
    issues: Vec<Issue>,
    bad: Option<Error>,
    ignored: Option<&'static str>,
    read: usize,
}

impl Found {
    /// A message of several that cannot be read costs only itself.
    fn bad(&mut self, error: Error) {
        let path = error.path.clone().unwrap_or_default();
        self.issues.push(Issue::new(IssueKind::Malformed, path, "a message that cannot be read"));
        self.bad.get_or_insert(error);
    }

    fn finish(self) -> Result<Normalized> {
        match (self.fetch.is_empty(), self.bad, self.ignored) {
            (false, _, _) => {
                Ok(Normalized { fetch: self.fetch, issues: self.issues, ..Normalized::default() })
            }
            (true, Some(error), _) => Err(error),
            (true, None, Some(word)) => Ok(Normalized { issues: self.issues, ..Normalized::ignored(word) }),
            (true, None, None) => Err(Error::malformed("expected a notification").at("$")),
        }
    }
}

fn unwrap(config: &Config, text: &str, path: &str, depth: usize, found: &mut Found) -> Result<()> {
    if depth > DEPTH {
        return Err(Error::malformed("wrapped too deep").at(path));
    }
    let bare = text.trim_start();
    if bare.starts_with('[') {
        let list: Vec<&RawValue> = wire::parse(text.as_bytes()).map_err(|error| inside(error, path))?;
        return each(config, &list, path, depth, found);
    }
    // A message that stands as a text inside of another one.
    if bare.starts_with('"') && depth > 0 {
        let whole: String = wire::parse(text.as_bytes()).map_err(|error| inside(error, path))?;
        return unwrap(config, &whole, path, depth + 1, found);
    }
    let message: Message<'_> = object(text.as_bytes(), path)?;
    if let Some(records) = &message.records {
        return each(config, records, &format!("{path}.Records"), depth, found);
    }
    if let Some(kind) = message.kind.text() {
        found.read += 1;
        return notification(config, kind, message.payload, path, found);
    }
    let (name, wrapped) = match (&message.message, message.body, message.detail) {
        (Some(text), _, _) => ("Message", text.as_str()),
        (None, Some(raw), _) => ("body", raw.get()),
        (None, None, Some(raw)) => ("detail", raw.get()),
        (None, None, None) => {
            return Err(Error::malformed("expected a notification").at(format!("{path}.NotificationType")));
        }
    };
    unwrap(config, wrapped, &format!("{path}.{name}"), depth + 1, found)
}

fn each(config: &Config, list: &[&RawValue], path: &str, depth: usize, found: &mut Found) -> Result<()> {
    if list.is_empty() {
        return Err(Error::malformed("a list without messages").at(path));
    }
    for (at, raw) in list.iter().enumerate().take(MOST) {
        if let Err(error) = unwrap(config, raw.get(), &format!("{path}[{at}]"), depth + 1, found) {
            found.bad(error);
        }
    }
    if list.len() > MOST {
        found.bad(Error::malformed(format!("more than {MOST} messages")).at(path));
    }
    Ok(())
}

fn notification(
    config: &Config,
    kind: &str,
    payload: Option<&RawValue>,
    path: &str,
    found: &mut Found,
) -> Result<()> {
    if kind != "ORDER_CHANGE" {
        found.ignored = Some("other_notification");
        return Ok(());
    }
    let path = format!("{path}.Payload");
    let payload = payload.ok_or_else(|| Error::malformed("is missing").at(path.clone()))?;
    let payload: Payload<'_> = object(payload.get().as_bytes(), &path)?;
    let path = format!("{path}.OrderChangeNotification");
    let change = payload.change.ok_or_else(|| Error::malformed("is missing").at(path.clone()))?;
    let order = required(&change.order, &format!("{path}.AmazonOrderId"))?;
    // Forwarders cut messages short. Who says nothing else speaks of this seller: fetching shows whether it is so.
    if change.seller.text().is_some_and(|seller| seller != config.seller) {
        found.ignored = Some("other_seller");
        return Ok(());
    }
    let marketplace = change.summary.as_ref().and_then(|summary| summary.marketplace.text());
    if marketplace.is_some_and(|id| !config.marketplaces.iter().any(|known| known == id)) {
        found.ignored = Some("other_marketplace");
        return Ok(());
    }
    match change.change.text() {
        Some("OrderStatusChange" | "BuyerRequestedChange" | "DeliveryTipChange") | None => {}
        // Whatever it is: the order is looked at.
        Some(word) => found.issues.push(Issue::unmapped(format!("{path}.OrderChangeType"), word)),
    }
    let id = ObjectId::new(ORDER, order);
    if !found.fetch.contains(&id) {
        found.fetch.push(id);
    }
    Ok(())
}
