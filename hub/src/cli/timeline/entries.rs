//! One history as one list in the order in which things happened, with what each sink did about each event.

use crossdock_schemas::{Event, RiskTag};
use serde::Deserialize;

use crate::backbone::{Micros, SinkPlace, StoredEvent, Timeline, TimelineCapture, TimelineHandoff};
use crate::handoff::filter::{Filter, Subject};
pub(super) use crate::reconcile::handed::State;
use crate::reconcile::handed::state;

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
    /// What the risk rules found, or find no longer.
    #[serde(default)]
    pub(super) tags: Option<Vec<RiskTag>>,
}

/// What one sink did about one event.
pub(super) struct SinkState {
    pub(super) sink: String,
    pub(super) state: State,
    /// Attempts that did not deliver, and those after them.
    pub(super) attempts: Vec<(Micros, u32, String, String)>,
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
