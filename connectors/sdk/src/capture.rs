//! What a source gave us, as bytes: stored before anything else looks inside.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crossdock_schemas::Channel;

/// What a capture is about, in the vendor's own words (`orders/paid`, `trade`, `RoutePushService`).
pub type Topic = &'static str;

/// Header names and values kept with a capture. Names are lower case.
///
/// Only what normalizing needs is kept (the push part names them): never a signature, never a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of `name`, compared without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds a header; the name is put in lower case.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_ascii_lowercase(), value.into()));
    }
}

/// One thing a source gave us, ready to be stored: what a push, a page or a file yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// The vendor's topic; normalizing chooses by it.
    pub topic: String,
    /// Headers that normalizing needs.
    pub headers: Headers,
    /// The bytes as received.
    pub body: Bytes,
    /// Where it stood, for people: `orders.csv:12-40`. Absent for pushes.
    pub origin: Option<String>,
}

impl Captured {
    /// A capture without headers or origin.
    pub fn new(topic: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { topic: topic.into(), headers: Headers::default(), body: body.into(), origin: None }
    }

    /// As it is once it was received.
    #[must_use]
    pub fn received(self, received_at: Timestamp, channel: Channel) -> Capture {
        let Self { topic, headers, body, origin } = self;
        Capture { topic, headers, body, origin, received_at, channel }
    }
}

/// A stored capture on its way to [`Normalize`](crate::Normalize).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The vendor's topic.
    pub topic: String,
    /// Headers kept with it.
    pub headers: Headers,
    /// The bytes as received.
    pub body: Bytes,
    /// Where it stood, for people.
    pub origin: Option<String>,
    /// When the hub received it.
    pub received_at: Timestamp,
    /// How it came in.
    pub channel: Channel,
}

/// A thing at the vendor that has to be fetched: most pushes only say that it changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectId {
    /// What kind of thing, in the connector's words (`trade`, `refund`).
    pub kind: String,
    /// The vendor's id.
    pub id: String,
}

impl ObjectId {
    /// An object of a kind.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}
