//! One history as one list in the order in which things happened, with what each sink did about each event.

use crossdock_schemas::Event;
use serde::Deserialize;

use crate::backbone::{Micros, SinkPlace, StoredEvent, Timeline, TimelineCapture, TimelineHandoff};
use crate::handoff::filter::{Filter, Subject};

/// One thing that happened.
pub(super) enum Entry<'a> {
    /// A source told us something.
    Capture(&'a TimelineCapture),
    /// Fold decided something.
    Event(&'a StoredEvent, Told, Vec<SinkState>),
}

/// What an event says beside its snapshot.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    pub(super) changed: Vec<String>,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) superseded: Option<bool>,
    #[serde(default)]
    pub(super) at_quality: Option<String>,
}

/// What one sink did about one event.
pub(super) struct SinkState {
    pub(super) sink: String,
    pub(super) state: State,
    /// Attempts that did not deliver, and those after them.
    pub(super) attempts: Vec<(Micros, u32, String, String)>,
}

/// How a handoff stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The receiver took it.
    Delivered,
    /// The receiver had it.
    AlreadyThere,
    /// Not handed off: the receiver has something newer.
    Superseded,
    /// Done after it had been given up: people retried or dropped it.
    Settled,
    /// Not yet.
    Pending,
    /// Not before this time.
    Held(Micros),
    /// Given up, with the receiver's words.
    Parked(String),
}

impl State {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::AlreadyThere => "already_there",
            Self::Superseded => "superseded",
            Self::Settled => "settled",
            Self::Pending => "pending",
            Self::Held(_) => "held",
            Self::Parked(_) => "parked",
        }
    }
}

impl Entry<'_> {
    pub(super) fn at(&self) -> Micros {
        match self {
            Entry::Capture(capture) => capture.received_at,
            Entry::Event(event, ..) => event.recorded_at,
        }
    }
}

/// Everything that happened to a history, oldest first.
pub(super) fn of<'a>(timeline: &'a Timeline) -> Vec<Entry<'a>> {
    let captures = timeline.captures.iter().map(Entry::Capture);
    let events =
        timeline.events.iter().map(|event| Entry::Event(event, told(&event.event), sinks(timeline, event)));
    let mut entries: Vec<Entry<'a>> = captures.chain(events).collect();
    // What was told comes before what was decided about it; both keep their own order.
    entries.sort_by_key(|entry| (entry.at(), matches!(entry, Entry::Event(..))));
    entries
}

fn told(event: &Event) -> Told {
    serde_json::from_str(event.data.get()).unwrap_or_default()
}

fn sinks(timeline: &Timeline, event: &StoredEvent) -> Vec<SinkState> {
    let mut states = Vec::new();
    for (name, place) in &timeline.sinks {
        let rows: Vec<&TimelineHandoff> =
            timeline.handoffs.iter().filter(|row| row.seq == event.seq && row.sink == *name).collect();
        if rows.is_empty() && !takes(place, event) {
            continue;
        }
        let attempts = rows
            .iter()
            .filter(|row| !matches!(row.outcome.as_str(), "held" | "parked"))
            .map(|row| (row.at, row.attempt, row.outcome.clone(), row.detail.clone()))
            .collect();
        states.push(SinkState { sink: name.clone(), state: state(place, event, &rows), attempts });
    }
    states
}

fn takes(place: &SinkPlace, event: &StoredEvent) -> bool {
    Filter::from_text(&place.filter).is_ok_and(|filter| filter.takes(&Subject::of(event)))
}

fn state(place: &SinkPlace, event: &StoredEvent, rows: &[&TimelineHandoff]) -> State {
    if let Some(parked) = rows.iter().find(|row| row.outcome == "parked") {
        return State::Parked(parked.detail.clone());
    }
    if let Some(held) = rows.iter().find(|row| row.outcome == "held") {
        // Without an attempt it only waits behind another of its key.
        return if held.attempt == 0 { State::Pending } else { State::Held(held.at) };
    }
    if !place.settled(event.seq, event.event.class) {
        return State::Pending;
    }
    match rows.last().map(|row| row.outcome.as_str()) {
        Some("already_there") => State::AlreadyThere,
        Some("superseded") => State::Superseded,
        Some("rejected" | "uncertain" | "retry") => State::Settled,
        _ => State::Delivered,
    }
}
