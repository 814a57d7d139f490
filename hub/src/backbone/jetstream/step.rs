//! A commit as messages of one atomic batch, and back.
//!
//! First the states, each naming the place of the record that it replaces; then the events, in the order of the states
//! and as subscribers see them; last the step itself, which the rest belongs to. A reader has a whole step or none.

use std::collections::VecDeque;
use std::sync::Arc;

use async_nats::{HeaderMap, HeaderName};
use bytes::Bytes;
use crossdock_schemas::{Event, Ts};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::record::*;
use crate::backbone::embedded::entity_name;
use crate::backbone::*;
use crate::nats::{Names, headers_of};

/// Where the entity begins and ends in the data of an event; only events of steps say so.
pub(super) const AT: &str = "Xd-At";

/// A message to be published.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) subject: String,
    pub(super) headers: HeaderMap,
    pub(super) payload: Bytes,
}

impl Message {
    pub(super) fn new<T: Serialize>(subject: String, record: &T) -> Result<Self> {
        let payload = serde_json::to_vec(record)
            .map_err(|error| BackboneError::Broken(format!("cannot write a record: {error}")))?;
        Ok(Self { subject, headers: HeaderMap::new(), payload: payload.into() })
    }

    /// Stored only while the last record of its subject is the one at this place; 0 for none.
    pub(super) fn behind(mut self, place: Seq) -> Self {
        self.headers.insert("Nats-Expected-Last-Subject-Sequence", place.to_string());
        self
    }

    /// With the id that tells it from every other one.
    pub(super) fn named(mut self, id: &str) -> Self {
        self.headers.insert("Nats-Msg-Id", id);
        self
    }
}

/// Reads a record.
pub(super) fn read<T: DeserializeOwned>(payload: &[u8], what: &str) -> Result<T> {
    serde_json::from_slice(payload).map_err(|error| {
        BackboneError::Broken(format!(
            "a {what} in the log cannot be read ({error}): a newer version wrote it, use that"
        ))
    })
}

/// The subject of a history's states: one for each history, and short, because servers remember them all.
pub(super) fn state_subject(names: &Names, key: &HistoryKey) -> String {
    let words = format!("{}\0{}\0{}", key.platform, key.shop, key.number);
    let hash = Sha256::digest(words.as_bytes());
    let hash = crossdock_connector::sign::hex(hash.get(..16).unwrap_or_default());
    names.record(&format!("state.{}.{hash}", key.kind.as_str()))
}

/// The messages of a commit but for the step itself, and the step. `places` are those of the states it replaces.
pub(super) fn write(
    names: &Names,
    tenant: &str,
    commit: &Commit,
    places: &[Seq],
) -> Result<(Vec<Message>, StepRecord)> {
    let mut messages = Vec::with_capacity(commit.states.len() * 3);
    let mut events = Vec::with_capacity(commit.states.len() * 2);
    for (state, place) in commit.states.iter().zip(places) {
        let snapshot = match &state.snapshot {
            None => SnapshotRecord::Same,
            Some(newest) => {
                match state.events.iter().position(|event| Arc::ptr_eq(&event.snapshot, newest)) {
                    Some(at) => SnapshotRecord::Event(at),
                    None => SnapshotRecord::Here(newest.to_string()),
                }
            }
        };
        let record = StateRecord {
            key: KeyRecord::new(&state.key),
            published: state.published.clone(),
            expected: state.expected,
            aux: state.aux.clone(),
            revision: state.revision,
            snapshot,
            events: state.events.len(),
            links: state.links.iter().map(KeyRecord::new).collect(),
        };
        messages.push(Message::new(state_subject(names, &state.key), &record)?.behind(*place));
        for event in &state.events {
            events.push(event_message(tenant, state, event, commit.at)?);
        }
    }
    messages.append(&mut events);
    let step = StepRecord {
        from: commit.from,
        to: commit.to,
        at: commit.at,
        states: commit.states.len(),
        marks: commit.marks.iter().map(MarkRecord::new).collect(),
        nudges: commit.nudges.iter().map(NudgeRecord::new).collect(),
        matched: commit.matched.iter().map(|(sink, count)| (sink.to_string(), *count)).collect(),
    };
    Ok((messages, step))
}

fn event_message(tenant: &str, state: &StateWrite, event: &EventWrite, at: Micros) -> Result<Message> {
    let broken = |what: &str| BackboneError::Broken(format!("event {}: {what}", event.id));
    let before = format!("{{\"{}\":", entity_name(state.key.kind.as_str()));
    let data = format!("{before}{}{}}}", event.snapshot, event.extra);
    let shop = &*state.key.shop;
    let told = Event {
        id: event.id.clone(),
        event_type: event.event_type,
        tenant: tenant.to_owned(),
        platform: state.key.platform.to_string(),
        shop: if shop.is_empty() { "default".to_owned() } else { shop.to_owned() },
        key: state.published.clone(),
        time: event.time.parse::<Ts>().map_err(|_| broken("unreadable time"))?,
        recorded_at: crate::clock::timestamp(at),
        sequence: event.sequence,
        class: event.class,
        traceparent: event.traceparent.clone(),
        correlation_id: Some(format!("capture:{}", event.capture)),
        idem_key: event.idem_key.clone(),
        data: serde_json::value::RawValue::from_string(data).map_err(|_| broken("data is not JSON"))?,
    };
    let mut headers = headers_of(&told);
    headers.insert("Nats-Msg-Id", told.id.as_str());
    headers.insert(AT, format!("{}-{}", before.len(), before.len() + event.snapshot.len()));
    Ok(Message { subject: told.subject(), headers, payload: Bytes::from(told.data.get().to_owned()) })
}

/// A state of a step that is not complete yet.
pub(super) struct OpenState {
    pub(super) place: Seq,
    pub(super) record: StateRecord,
}

/// Puts a step together again; also gives the place of each state.
pub(super) fn read_step(
    step: StepRecord,
    states: Vec<OpenState>,
    mut events: VecDeque<EventWrite>,
) -> Result<(Commit, Vec<(HistoryKey, Seq)>)> {
    if step.states != states.len() {
        let words =
            format!("a step of {} states follows {} of them: the log is torn", step.states, states.len());
        return Err(BackboneError::Broken(words));
    }
    let mut places = Vec::with_capacity(states.len());
    let mut written = Vec::with_capacity(states.len());
    for OpenState { place, record } in states {
        let key = record.key.key()?;
        let mut own: Vec<EventWrite> = Vec::with_capacity(record.events);
        for _ in 0..record.events {
            let mut event = events
                .pop_front()
                .ok_or_else(|| BackboneError::Broken("a step lacks an event: the log is torn".into()))?;
            // Events that tell the same entity share one copy of it.
            if let Some(before) = own.iter().find(|before| before.snapshot == event.snapshot) {
                event.snapshot = Arc::clone(&before.snapshot);
            }
            own.push(event);
        }
        let snapshot = match record.snapshot {
            SnapshotRecord::Same => None,
            SnapshotRecord::Here(text) => Some(Arc::from(text)),
            SnapshotRecord::Event(at) => {
                let event = own.get(at).ok_or_else(|| {
                    BackboneError::Broken("a state names an event that is not there: the log is torn".into())
                })?;
                Some(Arc::clone(&event.snapshot))
            }
        };
        places.push((key.clone(), place));
        written.push(StateWrite {
            key,
            published: record.published,
            expected: record.expected,
            aux: record.aux,
            snapshot,
            revision: record.revision,
            events: own,
            links: record.links.into_iter().map(KeyRecord::key).collect::<Result<_>>()?,
        });
    }
    if !events.is_empty() {
        return Err(BackboneError::Broken("a step has an event too many: the log is torn".into()));
    }
    let commit = Commit {
        from: step.from,
        to: step.to,
        marks: step.marks.into_iter().map(MarkRecord::mark).collect::<Result<_>>()?,
        states: written,
        nudges: step.nudges.into_iter().map(NudgeRecord::nudge).collect(),
        matched: step.matched.into_iter().map(|(sink, count)| (Arc::from(sink), count)).collect(),
        at: step.at,
    };
    Ok((commit, places))
}

/// An event of a step.
pub(super) fn read_event(headers: &HeaderMap, payload: &[u8]) -> Result<EventWrite> {
    let broken = |what: &str| BackboneError::Broken(format!("an event in the log cannot be read: {what}"));
    let data = std::str::from_utf8(payload).map_err(|_| broken("data is not UTF-8"))?;
    let attributes = headers.iter().filter_map(|(name, values)| {
        Some((<HeaderName as AsRef<str>>::as_ref(name), values.first()?.as_str()))
    });
    let event = Event::from_headers(attributes, data).map_err(|error| broken(&error.to_string()))?;
    let at = headers.get(AT).ok_or_else(|| broken("no place of the entity"))?.as_str();
    let (from, to) = at.split_once('-').ok_or_else(|| broken("the place of the entity"))?;
    let (from, to): (usize, usize) =
        from.parse().ok().zip(to.parse().ok()).ok_or_else(|| broken("the place of the entity"))?;
    let snapshot = data.get(from..to).ok_or_else(|| broken("the place of the entity"))?;
    let extra = data
        .get(to..)
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or_else(|| broken("the place of the entity"))?;
    let capture = event.correlation_id.as_deref().and_then(|text| text.strip_prefix("capture:"));
    Ok(EventWrite {
        capture: capture.and_then(|text| text.parse().ok()).ok_or_else(|| broken("no capture"))?,
        snapshot: Arc::from(snapshot),
        extra: extra.to_owned(),
        time: event.time.to_string(),
        id: event.id,
        event_type: event.event_type,
        sequence: event.sequence,
        class: event.class,
        idem_key: event.idem_key,
        traceparent: event.traceparent,
    })
}
