//! Deliveries of a sink's own events, for its tests against a stand-in.
//!
//! What is not there or cannot be read ends the test.
#![allow(clippy::expect_used, clippy::panic, reason = "a helper of a test fails as the test itself does")]

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::{Delivery, Outcome};
use crossdock_schemas::Event;

use crate::fixture::load_event;

/// The events of a sink: `Events(env!("CARGO_MANIFEST_DIR"))`.
#[derive(Clone, Copy, Debug)]
pub struct Events(pub &'static str);

impl Events {
    /// `fixtures/events/<name>.json`.
    ///
    /// # Panics
    /// When there is no such event.
    #[must_use]
    pub fn event(self, name: &str) -> Event {
        // A file beside the folder of events.
        let beside = Path::new(self.0).join("fixtures/conversations/any.toml");
        match load_event(&beside, name) {
            Ok(event) => event,
            Err(error) => panic!("{error}"),
        }
    }

    /// Its first attempt.
    #[must_use]
    pub fn delivery(self, name: &str) -> Delivery {
        self.attempt(name, 1)
    }

    /// An attempt; a later one comes after one of which nobody knows.
    #[must_use]
    pub fn attempt(self, name: &str, attempt: u32) -> Delivery {
        self::attempt(self.event(name), attempt)
    }

    /// First attempts.
    #[must_use]
    pub fn deliveries(self, names: &[&str]) -> Vec<Delivery> {
        names.iter().map(|name| self.delivery(name)).collect()
    }

    /// The first attempt of an event whose JSON was changed: the same order under another number.
    ///
    /// # Panics
    /// When it is no event any more.
    #[must_use]
    pub fn changed(self, name: &str, change: impl FnOnce(String) -> String) -> Delivery {
        let json = change(self.event(name).to_json());
        attempt(Event::from_json(&json).expect("a changed event is still an event"), 1)
    }
}

/// An attempt of an event; a later one comes after one of which nobody knows.
#[must_use]
pub fn attempt(event: Event, attempt: u32) -> Delivery {
    let json = Bytes::from(event.to_json());
    Delivery { event: Arc::new(event), json, attempt, maybe_there: attempt > 1 }
}

/// The same again, as after an attempt whose end nobody knows.
#[must_use]
pub fn again(delivery: &Delivery) -> Delivery {
    Delivery { attempt: delivery.attempt + 1, maybe_there: true, ..delivery.clone() }
}

/// Outcomes as in metrics and timelines.
#[must_use]
pub fn words(outcomes: &[Outcome]) -> Vec<&'static str> {
    outcomes.iter().map(Outcome::as_str).collect()
}

/// Asserts an outcome by its word.
///
/// # Panics
/// When it is another.
#[track_caller]
pub fn is(outcome: &Outcome, word: &str) {
    assert_eq!(outcome.as_str(), word, "{outcome:?}");
}

/// What the error of an outcome says.
///
/// # Panics
/// When all went well.
#[must_use]
#[track_caller]
pub fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Rejected(error)
        | Outcome::Retry(_, error)
        | Outcome::Wait(error)
        | Outcome::Uncertain(error) => error.to_string(),
        Outcome::Delivered | Outcome::AlreadyThere => panic!("{outcome:?}"),
    }
}

/// What a refusal says.
///
/// # Panics
/// When it is none.
#[must_use]
#[track_caller]
pub fn rejection(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Rejected(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}
