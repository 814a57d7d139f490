//! Receivers: events out, one outcome for each.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crossdock_schemas::Event;

use crate::{BoxFuture, Context, Error, HttpRequest, HttpResponse};

/// One event on its way to one sink.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The event.
    pub event: Arc<Event>,
    /// The event as CloudEvents structured JSON.
    pub json: Bytes,
    /// Attempt, from 1.
    pub attempt: u32,
    /// An earlier attempt may have arrived: a [`Repeat::QueryFirst`] sink must ask before it writes.
    pub maybe_there: bool,
}

/// What became of a delivery.
#[derive(Debug)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// The receiver had it already, or has something newer, or there is nothing for it to do.
    AlreadyThere,
    /// Not now. The wait is the receiver's own wish.
    Retry(Option<Duration>, Error),
    /// Not before something else is there (the order of a refund, a parent record).
    Wait(Error),
    /// It may or may not have arrived.
    Uncertain(Error),
    /// The receiver understood and refused: trying again does not help.
    Rejected(Error),
}

impl Outcome {
    /// The outcome as in metrics and timelines.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::AlreadyThere => "already_there",
            Self::Retry(..) => "retry",
            Self::Wait(_) => "wait",
            Self::Uncertain(_) => "uncertain",
            Self::Rejected(_) => "rejected",
        }
    }

    /// Reads an HTTP reply of a receiver without error bodies inside a 200.
    pub fn from_status(reply: &HttpResponse) -> Self {
        if reply.is_success() {
            return Self::Delivered;
        }
        Self::from_error(Error::from_response(reply))
    }

    /// The outcome that an error is by its class.
    pub fn from_error(error: Error) -> Self {
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
    /// The receiver takes it as a second one: ask by key, then decide. [`Delivery::maybe_there`] says when.
    QueryFirst,
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

    /// Event patterns it understands.
    pub fn takes(&self) -> &'static [&'static str] {
        match self {
            Self::Http(sink) => sink.takes(),
            Self::Native(sink) => sink.takes(),
        }
    }

    /// The filter unless the configuration names its own.
    pub fn wants(&self) -> &'static [&'static str] {
        match self {
            Self::Http(sink) => sink.wants(),
            Self::Native(sink) => sink.wants(),
        }
    }

    /// What to do about receivers that come masked, with a token of this scheme beside them; none when it takes them.
    pub fn refuses_hidden(&self, scheme: &str) -> Option<&'static str> {
        match self {
            Self::Http(sink) => sink.refuses_hidden(scheme),
            Self::Native(sink) => sink.refuses_hidden(scheme),
        }
    }
}

/// A sink that speaks HTTP. Pure: a function from what was said so far to what is said next.
///
/// # Behaviour
/// - The hub hands over at most `max_batch` deliveries, in order; one key is never in two conversations at a time.
/// - It holds one conversation for the first [`together`](Self::together) of them, then one for the next, until all
///   have an outcome.
/// - In a conversation it asks [`step`](Self::step) what comes next, each time with everything said so far, until
///   that is [`Step::Done`] with one outcome for each delivery, in order. One that is missing counts as uncertain.
/// - A call that never left is a retry for all of the conversation. A call whose answer did not come is a retry
///   when it only reads, and uncertain when it [`writes`](SinkCall::writes); the next attempt begins anew, and
///   [`repeat`](Self::repeat) says how.
/// - Each attempt is signed with its own time and nonce: nothing is kept between attempts.
pub trait HttpSink: Send + Sync {
    /// How many of the first deliveries go into one conversation; at least one.
    fn together(&self, batch: &[Delivery]) -> usize {
        batch.len()
    }

    /// What comes next in the conversation about `batch`, after `past`.
    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step;

    /// What happens on a second hand-over.
    fn repeat(&self) -> Repeat;

    /// Event patterns it understands (`order.*`): a configured filter must not ask for more.
    fn takes(&self) -> &'static [&'static str] {
        &["*"]
    }

    /// The filter unless the configuration names its own: a CRM that understands orders too wants only milestones.
    fn wants(&self) -> &'static [&'static str] {
        self.takes()
    }

    /// Whether its settings make it refuse orders whose receiver is masked, with a token of this scheme beside it: then what
    /// to do in the settings. The hub does not start with a source that gives no others (SEC-20).
    fn refuses_hidden(&self, scheme: &str) -> Option<&'static str> {
        let _ = scheme;
        None
    }

    /// How long the receiver wants no further call at all, read from the quota headers of any of its replies.
    fn pause(&self, reply: &HttpResponse) -> Option<Duration> {
        let _ = reply;
        None
    }
}

/// What a sink does next.
#[derive(Debug)]
pub enum Step {
    /// Says this.
    Call(SinkCall),
    /// Knows what became of each delivery.
    Done(Vec<Outcome>),
}

impl Step {
    /// Says something that changes what is there.
    pub fn write(name: &'static str, request: HttpRequest) -> Self {
        Self::Call(SinkCall { name, request, writes: true })
    }

    /// Asks.
    pub fn read(name: &'static str, request: HttpRequest) -> Self {
        Self::Call(SinkCall { name, request, writes: false })
    }

    /// The same outcome for all deliveries.
    pub fn all(batch: &[Delivery], outcome: impl Fn() -> Outcome) -> Self {
        Self::Done(batch.iter().map(|_| outcome()).collect())
    }
}

/// One call of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkCall {
    /// What it is for (`query`, `save`, `submit`), to tell the answers apart.
    pub name: &'static str,
    /// The call, signed.
    pub request: HttpRequest,
    /// Whether it changes anything over there.
    pub writes: bool,
}

/// A call and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The name of the call.
    pub name: &'static str,
    /// The answer.
    pub reply: HttpResponse,
}

/// A sink that does not speak HTTP.
pub trait Sink: Send + Sync {
    /// Hands a batch over, in order; one outcome for each.
    fn deliver<'a>(&'a self, batch: &'a [Delivery]) -> BoxFuture<'a, Vec<Outcome>>;

    /// What happens on a second hand-over.
    fn repeat(&self) -> Repeat;

    /// Event patterns it understands.
    fn takes(&self) -> &'static [&'static str] {
        &["*"]
    }

    /// The filter unless the configuration names its own.
    fn wants(&self) -> &'static [&'static str] {
        self.takes()
    }

    /// What to do in its settings about receivers that come masked, as for [`HttpSink::refuses_hidden`].
    fn refuses_hidden(&self, scheme: &str) -> Option<&'static str> {
        let _ = scheme;
        None
    }
}
