//! An event as it is published: CloudEvents in binary mode, its id as message id, the trace beside it.

use std::error::Error as _;
use std::sync::Arc;

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_STREAM, NATS_MESSAGE_ID};
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;

use super::Trouble;
use super::survey::{Id, id_of};
use crate::backbone::{Seq, StoredEvent};
use crate::nats::{Link, headers_of};

/// Stream or servers are full.
const FULL: [u64; 4] = [10077, 10023, 10047, 10028];
/// The stream takes no message of this size.
const TOO_LARGE: u64 = 10054;

/// An event ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    /// Its place in the log.
    pub(super) seq: Seq,
    /// Its id.
    pub(super) id: Option<Id>,
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
}

/// An event as a message for this stream.
pub(super) fn ready(stored: StoredEvent, stream: &str) -> Ready {
    let StoredEvent { seq, event, .. } = stored;
    let mut headers = headers_of(&event);
    headers.insert(NATS_MESSAGE_ID, event.id.as_str());
    headers.insert(NATS_EXPECTED_STREAM, stream);
    let (id, subject) = (id_of(&event.id), event.subject());
    // Whoever is the only one that has it gives its data away.
    let payload = match Arc::try_unwrap(event) {
        Ok(event) => Bytes::from(String::from(Box::<str>::from(event.data))),
        Err(event) => Bytes::copy_from_slice(event.data.get().as_bytes()),
    };
    Ready { seq, id, subject, headers, payload }
}

impl Ready {
    /// Hands it to the connection; the future waits for the stream's acknowledgement. With `behind` the stream takes it
    /// only behind this place: when the one before it got lost on the way, it must not overtake it.
    ///
    /// # Errors
    /// What can be said at once: too large, or the connection takes nothing.
    pub(super) async fn send(
        self,
        link: &Link,
        behind: Option<u64>,
    ) -> Result<PublishAckFuture, PublishError> {
        let mut message = PublishMessage::build().payload(self.payload).headers(self.headers);
        if let Some(place) = behind {
            message = message.expected_last_sequence(place);
        }
        link.jetstream.send_publish(self.subject, message).await
    }

    /// Subject, headers and body.
    pub(super) fn parts(self) -> (String, HeaderMap, Bytes) {
        (self.subject, self.headers, self.payload)
    }

    /// Bytes of its body.
    pub(super) fn size(&self) -> usize {
        self.payload.len()
    }
}

/// Why an event was not acknowledged.
pub(super) enum Refused {
    /// It will never be taken as it is.
    TooLarge,
    /// It may be stored or not; it is looked for before it is sent again.
    Trouble(Trouble),
}

/// Reads an error of publishing. Nothing but its size speaks against an event for good.
pub(super) fn refused(error: &PublishError, link: &Link) -> Refused {
    let code = error.source().and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>());
    let code = code.map(|error| error.error_code().0);
    if error.kind() == PublishErrorKind::MaxPayloadExceeded || code == Some(TOO_LARGE) {
        return Refused::TooLarge;
    }
    if error.kind() == PublishErrorKind::WrongLastSequence {
        return Refused::Trouble(Trouble::Look(
            "something else is in the stream where the next event was to be",
        ));
    }
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let words = link.explain("publishing", &format!("{error}{cause}"));
    Refused::Trouble(match code {
        Some(code) if FULL.contains(&code) => Trouble::Full(words),
        _ => Trouble::Away(words),
    })
}
