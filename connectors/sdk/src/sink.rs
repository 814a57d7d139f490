//! Receivers: events out, one outcome for each.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use crossdock_schemas::Event;

use crate::{BoxFuture, Error, HttpRequest, HttpResponse, Result};

/// One event on its way to one sink.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The event.
    pub event: Arc<Event>,
    /// The event as CloudEvents structured JSON.
    pub json: Bytes,
    /// Attempt, from 1.
    pub attempt: u32,
}

/// What became of a delivery.
#[derive(Debug)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// The receiver had it already.
    AlreadyThere,
    /// Not now. The wait is the receiver's own wish.
    Retry(Option<Duration>, Error),
    /// It may or may not have arrived.
    Uncertain(Error),
    /// The receiver understood and refused: trying again does not help.
    Rejected(Error),
}

impl Outcome {
    /// Reads an HTTP reply of a receiver without error bodies inside a 200.
    pub fn from_status(reply: &HttpResponse) -> Self {
        if reply.is_success() {
            return Self::Delivered;
        }
        let error = Error::from_response(reply);
        match error.class() {
            // A wrong key may be mended by people at any time: keep trying until the give-up age.
            crate::Class::Retryable | crate::Class::Auth => Self::Retry(error.retry_after, error),
            crate::Class::Malformed | crate::Class::Permanent => Self::Rejected(error),
        }
    }
}

/// What happens when an event is handed over a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It replaces what is there: resend.
    Upsert,
    /// The receiver knows the event id and says so: resend and take "exists" as success.
    UniqueKey,
    /// People would be told twice: never resend what may have arrived.
    AtMostOnce,
}

/// How a sink takes events.
#[derive(Clone)]
pub enum SinkPart {
    /// Over HTTP: the hub makes the calls.
    Http(Arc<dyn HttpSink>),
    /// By a client of its own.
    Native(Arc<dyn Sink>),
}

impl SinkPart {
    /// What happens on a second hand-over.
    pub fn repeat(&self) -> Repeat {
        match self {
            Self::Http(sink) => sink.repeat(),
            Self::Native(sink) => sink.repeat(),
        }
    }
}

/// A sink that speaks HTTP. Pure on both sides.
///
/// # Behaviour
/// - The hub hands over at most `max_batch` deliveries, in order; one key is never in two calls at a time.
/// - `encode` is called for each attempt anew, so that every attempt is signed with its own time.
/// - `read_reply` gives one outcome for each delivery it was asked about; one that is missing counts as
///   uncertain.
pub trait HttpSink: Send + Sync {
    /// The calls that hand these deliveries over.
    ///
    /// # Errors
    /// `Rejected` when this event cannot be said in the receiver's words.
    fn encode(&self, batch: &[Delivery], now: Timestamp) -> Result<Vec<SinkCall>>;

    /// Reads the reply to one call.
    fn read_reply(&self, sent: &[Delivery], reply: &HttpResponse) -> Vec<Outcome>;

    /// What happens on a second hand-over.
    fn repeat(&self) -> Repeat;
}

/// One call that covers some of the deliveries.
#[derive(Clone, Debug)]
pub struct SinkCall {
    /// Which deliveries of the batch.
    pub covers: Range<usize>,
    /// The call.
    pub request: HttpRequest,
}

/// A sink that does not speak HTTP.
pub trait Sink: Send + Sync {
    /// Hands a batch over, in order; one outcome for each.
    fn deliver<'a>(&'a self, batch: &'a [Delivery]) -> BoxFuture<'a, Vec<Outcome>>;

    /// What happens on a second hand-over.
    fn repeat(&self) -> Repeat;
}
