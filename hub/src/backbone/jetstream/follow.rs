//! Reading the log into this hub's copy.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::sync::{oneshot, watch};

use super::log::{Broken, Log, Reply};
use super::order::*;
use super::record::*;
use super::step::{AT, OpenState, read, read_event, read_step};
use crate::backbone::embedded::{Command, Embedded, Placed};
use crate::backbone::*;

/// Between tries to read.
const PAUSE: Duration = Duration::from_millis(250);

/// Messages asked for together.
const BATCH: usize = 1000;
/// How long the servers wait for as many.
const EXPIRES: Duration = Duration::from_secs(10);
/// How often they say that they are there; after two of these without a word it is read anew.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// The servers forget a reader that is gone after this.
const FORGOTTEN: Duration = Duration::from_secs(30);

/// Reads until stopped; says so when it cannot go on.
pub(super) async fn run(log: Arc<Log>, copy: Arc<Embedded>, broken: Broken, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let read = tokio::select! {
            read = stretch(&log, &copy) => read,
            changed = stop.changed() => { drop(changed); return }
        };
        match read {
            Ok(()) => {}
            Err(BackboneError::Closed) => return,
            Err(BackboneError::Broken(words)) => {
                tracing::error!(words, "this hub cannot follow the log any more");
                broken.send_replace(Some(words));
                return;
            }
            Err(error) => tracing::warn!(error = %error, "reading the log again"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            changed = stop.changed() => drop(changed),
        }
    }
}

/// Compares the log with the copy, and says from where to read on.
///
/// # Errors
/// `Broken` when the log is not the one that was copied, or lost what the copy has, or what the copy lacks.
pub(super) async fn compare(log: &Log, standpoint: (Seq, &str)) -> Result<()> {
    let away = |error: &dyn std::fmt::Display| {
        BackboneError::Unavailable(log.link.explain("the stream cannot be looked at", error))
    };
    let (place, id) = standpoint;
    let stream =
        log.link.jetstream.get_stream_no_info(&log.names.stream).await.map_err(|error| away(&error))?;
    let state = stream.get_info().await.map_err(|error| away(&error))?.state;
    let number = |seq: u64| Seq::try_from(seq).unwrap_or(Seq::MAX);
    let (first, last) = (number(state.first_sequence), number(state.last_sequence));
    let name = &log.names.stream;
    if last < place {
        return Err(BackboneError::Broken(format!(
            "stream {name} ends at {last}, but this hub has read up to {place}: the cluster lost what it acknowledged, or \
             was restored from an older backup. What is in this hub's folder can be brought back with `crossdock migrate \
             jetstream --again`."
        )));
    }
    if first > place + 1 && last > place {
        return Err(BackboneError::Broken(format!(
            "stream {name} begins at {first}, but this hub has read only up to {place}: empty its folder and start it \
             again, so that it begins with a copy from the cluster"
        )));
    }
    if place >= first.max(1) && !id.is_empty() {
        let asked = u64::try_from(place).unwrap_or_default();
        let message = stream.get_raw_message(asked).await.map_err(|error| away(&error))?;
        let there = message.headers.get("Nats-Msg-Id").map_or("", |id| id.as_str());
        if there != id {
            return Err(BackboneError::Broken(format!(
                "stream {name} holds another record at {place} than this hub has read there: the cluster lost what it \
                 acknowledged and went on without it. What is in this hub's folder can be brought back with `crossdock \
                 migrate jetstream --again`."
            )));
        }
    }
    Ok(())
}

/// Reads on from where the copy stands until something is in the way.
async fn stretch(log: &Log, copy: &Embedded) -> Result<()> {
    let (place, id) = copy.standpoint().await?;
    compare(log, (place, &id)).await?;
    let away = |error: &dyn std::fmt::Display| {
        BackboneError::Unavailable(log.link.explain("the log cannot be read", error))
    };
    let stream =
        log.link.jetstream.get_stream_no_info(&log.names.stream).await.map_err(|error| away(&error))?;
    let config = pull::Config {
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: u64::try_from(place).unwrap_or_default() + 1,
        },
        // What was read is in the copy, with its place; what got lost on the way is read again.
        ack_policy: AckPolicy::None,
        inactive_threshold: FORGOTTEN,
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    };
    let consumer = stream.create_consumer(config).await.map_err(|error| away(&error))?;
    let messages = consumer.stream().max_messages_per_batch(BATCH).expires(EXPIRES).heartbeat(HEARTBEAT);
    let mut messages = messages.messages().await.map_err(|error| away(&error))?;
    let mut refused = copy.refused();
    refused.mark_unchanged();
    let mut reader = Reader { began: place, seen: place, after: place, ..Reader::new(log, copy) };
    loop {
        tokio::select! {
            biased;
            changed = refused.changed() => {
                changed.map_err(|_| BackboneError::Closed)?;
                return Err(BackboneError::Unavailable("the copy could not be written".into()));
            }
            next = messages.next() => {
                let message = next.ok_or_else(|| away(&"it ended"))?.map_err(|error| away(&error))?;
                let place = message.info().map_err(|error| away(&error))?.stream_sequence;
                let place = Seq::try_from(place).unwrap_or(Seq::MAX);
                let headers = message.headers.clone().unwrap_or_default();
                reader.message(place, &message.subject, &headers, message.payload.clone()).await?;
            }
        }
    }
}

/// Puts messages together to records and hands them to the copy.
struct Reader<'a> {
    log: &'a Log,
    copy: &'a Embedded,
    /// Where it began to read.
    began: Seq,
    /// Place of the last message.
    seen: Seq,
    /// Place of the last record.
    after: Seq,
    parts: Vec<Bytes>,
    states: Vec<OpenState>,
    events: VecDeque<EventWrite>,
}

impl<'a> Reader<'a> {
    fn new(log: &'a Log, copy: &'a Embedded) -> Self {
        let (parts, states, events) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { log, copy, began: 0, seen: 0, after: 0, parts, states, events }
    }

    async fn message(
        &mut self,
        place: Seq,
        subject: &str,
        headers: &HeaderMap,
        payload: Bytes,
    ) -> Result<()> {
        if place <= self.seen {
            return Ok(());
        }
        if place != self.seen + 1 && self.seen > self.began {
            return Err(BackboneError::Unavailable("messages were lost on the way".into()));
        }
        if place != self.seen + 1 {
            return Err(BackboneError::Broken(format!(
                "stream {} lost {} of its messages behind {}: what this hub has is whole up to there. Look at the servers' \
                 logs; what another hub has can be brought back with `crossdock migrate jetstream --again`.",
                self.log.names.stream,
                place - self.seen - 1,
                self.seen
            )));
        }
        self.seen = place;
        let mut tokens = subject.split('.').skip(1);
        let (space, what) = (tokens.next(), tokens.nth(1));
        let id = headers.get("Nats-Msg-Id").map_or("", |id| id.as_str()).to_owned();
        if space != Some("hub") {
            if headers.get(AT).is_some() {
                self.events.push_back(read_event(headers, &payload)?);
                return Ok(());
            }
            // It belongs to no step: told before this log began, or by somebody else. It is there for subscribers only.
            return self.place(place, id, Vec::new(), Vec::new(), None).await;
        }
        let what = what.unwrap_or_default();
        let (mut names, mut histories) = (Vec::new(), Vec::new());
        let command = match what {
            "part" => {
                self.parts.push(payload);
                return Ok(());
            }
            "state" => {
                self.states.push(OpenState { place, record: read(&payload, "state")? });
                return Ok(());
            }
            "capture" => {
                let (record, body) = self.capture(payload)?;
                let reply = match self.log.take(&id) {
                    Some(Reply::Capture(reply)) => reply,
                    _ => oneshot::channel().0,
                };
                Some(Command::Capture(vec![record.capture(body)?], reply))
            }
            "step" | "again" => {
                let states = std::mem::take(&mut self.states);
                let events = std::mem::take(&mut self.events);
                let (commit, places) = read_step(read(&payload, "step")?, states, events)?;
                histories = places;
                if what == "step" {
                    names.push((what.to_owned(), place));
                }
                Some(Command::Commit(Box::new(commit), self.unit(&id)))
            }
            "sink" => {
                names.push((super::sink_name(tokens.next().unwrap_or_default()), place));
                let settle: SettleRecord = read(&payload, "handoff")?;
                Some(Command::Settle(Box::new(settle.settle()), self.unit(&id)))
            }
            "open" => {
                let OpenRecord { sink, filter } = read(&payload, "sink")?;
                let reply = match self.log.take(&id) {
                    Some(Reply::Place(reply)) => reply,
                    _ => oneshot::channel().0,
                };
                Some(Command::OpenSink(sink, filter, reply))
            }
            "fetch" => {
                let outcomes: Vec<FetchRecord> = read(&payload, "fetch")?;
                let outcomes = outcomes.into_iter().map(FetchRecord::outcome).collect();
                Some(Command::SettleNudges(outcomes, self.unit(&id)))
            }
            "cursor" => {
                let CursorRecord { name, value } = read(&payload, "cursor")?;
                Some(Command::SetCursor(name, value, self.unit(&id)))
            }
            "repair" => {
                let repair: RepairRecord = read(&payload, "repair")?;
                let reply = match self.log.take(&id) {
                    Some(Reply::Count(reply)) => reply,
                    _ => oneshot::channel().0,
                };
                Some(Command::Repair(repair.repair(), reply))
            }
            "begin" => None,
            other => return Err(unknown("record", other)),
        };
        self.place(place, id, names, histories, command).await
    }

    async fn place(
        &mut self,
        place: Seq,
        id: String,
        names: Vec<(String, Seq)>,
        histories: Vec<(HistoryKey, Seq)>,
        command: Option<Command>,
    ) -> Result<()> {
        let after = std::mem::replace(&mut self.after, place);
        self.copy.place(Placed { after, place, id, names, histories, command }).await
    }

    fn unit(&self, id: &str) -> oneshot::Sender<Result<()>> {
        match self.log.take(id) {
            Some(Reply::Unit(reply)) => reply,
            _ => oneshot::channel().0,
        }
    }

    fn capture(&mut self, payload: Bytes) -> Result<(CaptureRecord, Bytes)> {
        let torn = |words: &str| BackboneError::Broken(format!("a capture in the log: {words}"));
        let end = memchr::memchr(b'\n', &payload).ok_or_else(|| torn("its head has no end"))?;
        let record: CaptureRecord = read(payload.get(..end).unwrap_or_default(), "capture")?;
        let body = payload.slice(end + 1..);
        let parts = std::mem::take(&mut self.parts);
        if parts.len() != record.parts {
            return Err(torn(&format!("{} parts of {}", parts.len(), record.parts)));
        }
        if parts.is_empty() {
            return Ok((record, body));
        }
        let mut whole = BytesMut::new();
        for part in parts.iter().chain([&body]) {
            whole.extend_from_slice(part);
        }
        Ok((record, whole.freeze()))
    }
}
