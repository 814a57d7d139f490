//! An event's attributes as headers of a message.

use async_nats::{HeaderMap, HeaderName};
use crossdock_schemas::Event;

/// CloudEvents in binary mode, the trace beside it. Whoever publishes it adds the message id.
#[must_use]
pub fn headers_of(event: &Event) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in event.headers() {
        // The names are always the same: nothing is allocated for them.
        headers.insert(HeaderName::from_static(name), &*value);
    }
    headers
}
