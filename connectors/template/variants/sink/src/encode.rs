//! Events in Acme's words.

use serde::Serialize;
use serde_json::value::RawValue;

use crossdock_connector::{Delivery, Error, ErrorKind, Result};
use crossdock_schemas::EventType;

/// One call.
#[derive(Serialize)]
struct Call<'a> {
    entries: Vec<Entry<'a>>,
}

/// One event.
#[derive(Serialize)]
struct Entry<'a> {
    /// The event's id: by it Acme knows what it has already.
    id: &'a str,
    action: &'static str,
    number: &'a str,
    /// Larger is newer, inside one number.
    version: u64,
    document: &'a RawValue,
}

/// The body for these deliveries.
pub(super) fn body(batch: &[Delivery]) -> Result<Vec<u8>> {
    let entries = batch.iter().map(entry).collect::<Result<Vec<_>>>()?;
    serde_json::to_vec(&Call { entries })
        .map_err(|error| Error::new(ErrorKind::Bug, "the call cannot be written").because(error))
}

/// Whether there is a word for it.
pub(super) fn knows(delivery: &Delivery) -> bool {
    action(delivery.event.event_type).is_some()
}

fn entry(delivery: &Delivery) -> Result<Entry<'_>> {
    let event = delivery.event.as_ref();
    let action = action(event.event_type).ok_or_else(|| {
        // Refused here, the event is parked and people see it; the sink's filter should leave such types out.
        Error::new(ErrorKind::Rejected, "there is no word for this event type")
            .with("type", event.event_type.as_str())
    })?;
    Ok(Entry { id: &event.id, action, number: &event.key, version: event.sequence, document: &event.data })
}

fn action(event_type: EventType) -> Option<&'static str> {
    match event_type.as_str() {
        "order.placed" | "order.paid" | "order.confirmed" | "order.changed" => Some("put_order"),
        "order.cancelled" | "order.closed" => Some("cancel_order"),
        "refund.requested" | "refund.changed" | "refund.completed" => Some("put_refund"),
        _ => None,
    }
}
