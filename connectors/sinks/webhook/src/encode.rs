//! Which events go into which call.
//!
//! An event that was tried before goes alone, so that one the receiver cannot take never
//! holds up those it happened to travel with.

use std::ops::Range;

use crossdock_connector::Delivery;

/// A body is closed before it grows beyond this; a single event may be larger.
pub(crate) const MAX_BODY: usize = 1 << 20;

/// Cuts a batch into calls: in order, each event in exactly one.
pub(crate) fn cut(batch: &[Delivery], most: usize) -> Vec<Range<usize>> {
    let mut calls: Vec<Range<usize>> = Vec::new();
    let mut size = 0_usize;
    let mut open = false;
    for (at, delivery) in batch.iter().enumerate() {
        let alone = delivery.attempt > 1;
        let more = size.saturating_add(delivery.json.len());
        match calls.last_mut() {
            Some(last) if open && !alone && last.len() < most && more <= MAX_BODY => {
                last.end = at + 1;
                size = more;
            }
            _ => {
                calls.push(at..at + 1);
                size = delivery.json.len();
                open = !alone;
            }
        }
    }
    calls
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
