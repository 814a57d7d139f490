//! How events stand at sinks: what the rows of a handoff mean together.

use crate::backbone::{
    Answer, Backbone, BackboneError, HistoryKey, Micros, Question, Seq, SinkPlace, StoredEvent,
    TimelineHandoff,
};
use crate::handoff::filter::{Filter, Subject};

/// How a handoff stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The receiver took it.
    Delivered,
    /// The receiver had it.
    AlreadyThere,
    /// Not handed off: the receiver has something newer.
    Superseded,
    /// Given up, and dropped by people.
    Dropped,
    /// Done after it had been given up; what people did about it was not written down then.
    Settled,
    /// Not yet.
    Pending,
    /// Not before this time.
    Held(Micros),
    /// Given up, with the receiver's words.
    Parked(String),
}

impl State {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::AlreadyThere => "already_there",
            Self::Superseded => "superseded",
            Self::Dropped => "dropped",
            Self::Settled => "settled",
            Self::Pending => "pending",
            Self::Held(_) => "held",
            Self::Parked(_) => "parked",
        }
    }
}

/// How an event's handoff to a sink stands, by the sink's place and the rows of both.
pub fn state(place: &SinkPlace, event: &StoredEvent, rows: &[&TimelineHandoff]) -> State {
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
    // What a replay left alone says nothing about how the event fared before.
    let left_alone =
        |row: &&&TimelineHandoff| row.outcome == "superseded" && row.detail.starts_with("replay ");
    match rows.iter().rfind(|row| !left_alone(row)).map(|row| row.outcome.as_str()) {
        Some("already_there") => State::AlreadyThere,
        Some("superseded") => State::Superseded,
        Some("dropped") => State::Dropped,
        Some("rejected" | "uncertain" | "retry" | "wait") => State::Settled,
        _ => State::Delivered,
    }
}

/// The sinks of a store, with what each of them takes.
pub struct Sinks(Vec<(String, SinkPlace, Filter)>);

/// The newest event of a history that a sink takes, and how it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    /// Sink.
    pub sink: String,
    /// The event's place.
    pub seq: Seq,
    /// Its history's revision.
    pub revision: u64,
    /// How it stands.
    pub state: State,
}

impl Sinks {
    /// Where these sinks stand now; one that was never opened has nothing to say.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn read(backbone: &dyn Backbone, names: &[String]) -> Result<Self, BackboneError> {
        let mut sinks = Vec::new();
        for name in names {
            let Answer::SinkPlace(place) = backbone.ask(Question::SinkPlace(name.clone())).await? else {
                return Err(unexpected());
            };
            if let Some(place) = place {
                let filter = Filter::from_text(&place.filter).map_err(BackboneError::Broken)?;
                sinks.push((name.clone(), *place, filter));
            }
        }
        Ok(Self(sinks))
    }

    /// What each of them has of a history: those that take nothing of it are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn newest(
        &self,
        backbone: &dyn Backbone,
        key: &HistoryKey,
    ) -> Result<Vec<Newest>, BackboneError> {
        let Answer::Handoffs(events, rows) = backbone.ask(Question::Handoffs(key.clone())).await? else {
            return Err(unexpected());
        };
        let mut found = Vec::new();
        for (sink, place, filter) in &self.0 {
            let Some(event) = events.iter().rfind(|event| filter.takes(&Subject::of(event))) else {
                continue;
            };
            let rows: Vec<&TimelineHandoff> =
                rows.iter().filter(|row| row.seq == event.seq && row.sink == *sink).collect();
            found.push(Newest {
                sink: sink.clone(),
                seq: event.seq,
                revision: event.event.sequence,
                state: state(place, event, &rows),
            });
        }
        Ok(found)
    }
}

fn unexpected() -> BackboneError {
    BackboneError::Broken("the store gave an answer to another question".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(outcome: &str, detail: &str) -> TimelineHandoff {
        let (sink, detail) = ("erp".to_owned(), detail.to_owned());
        TimelineHandoff { sink, seq: 3, at: 9, attempt: 1, outcome: outcome.to_owned(), detail }
    }

    fn stands(low: i64, rows: &[TimelineHandoff]) -> State {
        let event = crossdock_schemas::Event {
            id: "e".into(),
            event_type: crossdock_schemas::EventType::OrderPaid,
            tenant: "t".into(),
            platform: "p".into(),
            shop: "s".into(),
            key: "o1-1".into(),
            time: crossdock_schemas::Ts::utc(jiff::Timestamp::UNIX_EPOCH),
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
            sequence: 1,
            class: crossdock_schemas::Class::Normal,
            traceparent: None,
            correlation_id: None,
            idem_key: None,
            data: serde_json::value::RawValue::from_string("{}".into()).unwrap(),
        };
        let stored = StoredEvent {
            seq: 3,
            event: std::sync::Arc::new(event),
            source: "x".into(),
            recorded_at: 1,
            history: 1,
            number: "1".into(),
        };
        let place = SinkPlace { low, ..SinkPlace::default() };
        state(&place, &stored, &rows.iter().collect::<Vec<_>>())
    }

    #[test]
    fn how_a_handoff_stands_follows_from_its_rows() {
        assert_eq!(stands(2, &[]), State::Pending);
        assert_eq!(stands(3, &[]), State::Delivered, "at the first attempt nothing is written down");
        assert_eq!(stands(3, &[row("retry", "busy"), row("held", "")]), State::Held(9));
        assert_eq!(stands(3, &[row("wait", "its order"), row("delivered", "")]), State::Delivered);
        assert_eq!(stands(3, &[row("superseded", "the receiver has revision 2")]), State::Superseded);
        assert_eq!(
            stands(3, &[row("uncertain", "no answer"), row("already_there", "")]),
            State::AlreadyThere
        );
        let parked = [row("rejected", "no"), row("parked", "rejected: no")];
        assert_eq!(stands(3, &parked), State::Parked("rejected: no".into()));
        assert_eq!(stands(3, &[row("rejected", "no"), row("dropped", "rejected")]), State::Dropped);
        assert_eq!(stands(3, &[row("rejected", "no"), row("retried", "rejected")]), State::Delivered);
        assert_eq!(stands(3, &[row("delivered", "replay 1")]), State::Delivered);
        let again = row("superseded", "replay 1: the receiver has revision 2");
        assert_eq!(stands(3, &[again]), State::Delivered, "it was delivered before the replay");
    }
}
