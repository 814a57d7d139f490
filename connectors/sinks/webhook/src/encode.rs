//! Which events go into one call.
//!
//! An event that was tried before goes alone, so that one the receiver cannot take never
//! holds up those it happened to travel with.

use crossdock_connector::Delivery;

/// A body is closed before it grows beyond this; a single event may be larger.
pub(crate) const MAX_BODY: usize = 1 << 20;

/// How many of the first deliveries go into one call.
pub(crate) fn together(batch: &[Delivery], most: usize) -> usize {
    let Some((first, rest)) = batch.split_first() else { return 0 };
    let mut count = 1_usize;
    let mut size = first.json.len();
    if first.attempt > 1 {
        return count;
    }
    for delivery in rest {
        size = size.saturating_add(delivery.json.len());
        if delivery.attempt > 1 || count >= most || size > MAX_BODY {
            break;
        }
        count += 1;
    }
    count
}

/// The body of a call with several events: a JSON list of what each would be alone.
pub(crate) fn list(batch: &[Delivery]) -> Vec<u8> {
    let size: usize = batch.iter().map(|delivery| delivery.json.len() + 1).sum();
    let mut body = Vec::with_capacity(size + 1);
    body.push(b'[');
    for (at, delivery) in batch.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&delivery.json);
    }
    body.push(b']');
    body
}
