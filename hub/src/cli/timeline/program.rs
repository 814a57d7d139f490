//! A timeline as one JSON object.

use serde_json::{Value, json};

use super::entries::{self, Entry, SinkState, State};
use super::head;
use crate::backbone::{HistoryKey, Timeline};
use crate::clock::timestamp;

/// The whole object.
pub(super) fn object(timeline: &Timeline, linked: &[(HistoryKey, Option<Box<Timeline>>)]) -> Value {
    let mut object = head::of(timeline);
    let list: Vec<Value> = entries::of(timeline).iter().map(entry).collect();
    object.insert("timeline".into(), list.into());
    let linked: Vec<Value> = linked.iter().map(|(key, timeline)| other(key, timeline.as_deref())).collect();
    object.insert("linked".into(), linked.into());
    Value::Object(object)
}

fn other(key: &HistoryKey, timeline: Option<&Timeline>) -> Value {
    let Some(timeline) = timeline else {
        return json!({"kind": key.kind, "platform": *key.platform, "shop": *key.shop, "number": key.number, "known": false});
    };
    let mut object = head::of(timeline);
    let events: Vec<Value> =
        entries::of(timeline).iter().filter(|entry| matches!(entry, Entry::Event(..))).map(entry).collect();
    object.insert("timeline".into(), events.into());
    Value::Object(object)
}

fn entry(entry: &Entry<'_>) -> Value {
    match entry {
        Entry::Capture(capture) => json!({
            "what": "capture", "at": timestamp(capture.received_at), "capture": capture.seq, "source": capture.source,
            "channel": capture.channel, "topic": capture.topic, "origin": capture.origin, "verdict": capture.verdict,
            "bytes": capture.size,
        }),
        Entry::Event(event, told, sinks) => {
            let mut value = json!({
                "what": "event", "at": timestamp(event.recorded_at), "seq": event.seq, "id": event.event.id,
                "type": event.event.event_type, "time": event.event.time, "revision": event.event.sequence,
                "class": event.event.class.as_str(), "changed": told.changed,
                "sinks": sinks.iter().map(sink).collect::<Vec<_>>(),
            });
            let extra = [
                ("reason", json!(told.reason)),
                ("superseded", json!(told.superseded)),
                ("at_quality", json!(told.at_quality)),
                ("tags", json!(told.tags)),
            ];
            if let Value::Object(object) = &mut value {
                object.extend(
                    extra
                        .into_iter()
                        .filter(|(_, value)| !value.is_null())
                        .map(|(name, value)| (name.to_owned(), value)),
                );
            }
            value
        }
    }
}

fn sink(sink: &SinkState) -> Value {
    let (until, words) = match &sink.state {
        State::Held(until) => (Some(timestamp(*until)), None),
        State::Parked(words) => (None, Some(words)),
        _ => (None, None),
    };
    let attempts: Vec<Value> = sink
        .attempts
        .iter()
        .map(|(at, attempt, outcome, detail)| {
            json!({"at": timestamp(*at), "attempt": attempt, "outcome": outcome, "detail": detail})
        })
        .collect();
    json!({"sink": sink.sink, "state": sink.state.word(), "until": until, "detail": words, "attempts": attempts})
}
