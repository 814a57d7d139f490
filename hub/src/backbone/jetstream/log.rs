//! Writing to the log, with an answer for every doubt.
//!
//! A publish that times out may be stored or not, now or later. So every record has an id, this hub reads the log it
//! writes to, and a call ends when its own record came back out of it: that is the only proof there is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::{Request, RequestErrorKind};
use serde::Deserialize;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use super::step::Message;
use crate::backbone::*;
use crate::nats::{Link, Names};

/// How long one publish may take.
const ANSWER: Duration = Duration::from_secs(3);
/// How long publishing is tried before the caller is told that the cluster is away.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long what is stored may take to come back.
const RETURN: Duration = Duration::from_secs(15);
/// Most messages of an atomic batch, as servers have it.
pub(super) const MOST: usize = 1000;

/// Who waits for a record to come back.
pub(super) enum Reply {
    Capture(oneshot::Sender<Result<Vec<Seq>>>),
    Unit(oneshot::Sender<Result<()>>),
    Place(oneshot::Sender<Result<SinkPlace>>),
    Count(oneshot::Sender<Result<u64>>),
}

/// The log and who waits for it.
pub(super) struct Log {
    pub(super) link: Link,
    pub(super) names: Names,
    waiting: Mutex<HashMap<String, Reply>>,
    applied: watch::Receiver<Seq>,
    /// Where the log began when it was last looked at: what is older has left it.
    first: AtomicI64,
    /// Why this hub cannot go on, once it cannot.
    pub(super) broken: watch::Receiver<Option<String>>,
}

/// What one try to publish gave.
enum Tried {
    Stored,
    /// The place it names is not the last one any more; or an earlier try was stored.
    Behind,
    /// Not known: again.
    Doubt(String),
    /// Not stored, and not soon.
    Full(String),
}

impl Log {
    pub(super) fn new(
        link: Link,
        names: Names,
        applied: watch::Receiver<Seq>,
        broken: watch::Receiver<Option<String>>,
    ) -> Self {
        Self { link, names, waiting: Mutex::default(), applied, first: AtomicI64::new(0), broken }
    }

    /// An id that no other record has.
    pub(super) fn id(&self) -> String {
        let inbox = self.link.client.new_inbox();
        inbox.rsplit('.').next().unwrap_or(&inbox).to_owned()
    }

    /// Takes note of who waits for a record.
    pub(super) fn wait(&self, id: &str, reply: Reply) {
        self.lock().insert(id.to_owned(), reply);
    }

    /// Who waits for a record that came back.
    pub(super) fn take(&self, id: &str) -> Option<Reply> {
        self.lock().remove(id)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Reply>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes messages, as one atomic batch when there are several, until the last of them came back.
    pub(super) async fn submit<T>(
        &self,
        messages: &[Message],
        id: &str,
        mut back: oneshot::Receiver<Result<T>>,
    ) -> Result<T> {
        let result = self.tries(messages, &mut back).await;
        self.take(id);
        result
    }

    async fn tries<T>(&self, messages: &[Message], back: &mut oneshot::Receiver<Result<T>>) -> Result<T> {
        let until = Instant::now() + PATIENCE;
        let mut pause = Duration::from_millis(20);
        let mut broken = self.broken.clone();
        loop {
            if let Some(words) = broken.borrow_and_update().clone() {
                return Err(BackboneError::Broken(words));
            }
            let tried = tokio::select! {
                biased;
                answer = &mut *back => return answer.map_err(|_| BackboneError::Closed)?,
                tried = self.once(messages) => tried,
            };
            let words = match tried {
                Tried::Stored => break,
                Tried::Behind => return self.behind(back).await,
                Tried::Full(words) => return Err(BackboneError::Unavailable(words)),
                Tried::Doubt(words) => words,
            };
            if Instant::now() + pause > until {
                return Err(BackboneError::Unavailable(
                    self.link.explain("NATS does not acknowledge", &words),
                ));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
        tokio::select! {
            answer = &mut *back => answer.map_err(|_| BackboneError::Closed)?,
            () = tokio::time::sleep(RETURN) => Err(BackboneError::Unavailable(
                "the cluster has it, but this hub's copy has not come that far".into(),
            )),
            words = gone(&mut broken) => Err(BackboneError::Broken(words)),
        }
    }

    async fn once(&self, messages: &[Message]) -> Tried {
        let Some((last, before)) = messages.split_last() else { return Tried::Stored };
        if before.is_empty() {
            return self.ask(last, None).await;
        }
        let batch = self.id();
        for (at, message) in before.iter().enumerate() {
            let number = at + 1;
            if at == 0 {
                // Whether the server takes a batch at all is said at its first message.
                match self.ask(message, Some((&batch, number, false))).await {
                    Tried::Stored => continue,
                    other => return other,
                }
            }
            let (subject, headers) = (message.subject.clone(), batched(message, &batch, number, false));
            if let Err(error) =
                self.link.client.publish_with_headers(subject, headers, message.payload.clone()).await
            {
                return Tried::Doubt(error.to_string());
            }
        }
        self.ask(last, Some((&batch, messages.len(), true))).await
    }

    async fn ask(&self, message: &Message, batch: Option<(&str, usize, bool)>) -> Tried {
        let headers = match batch {
            Some((id, number, ends)) => batched(message, id, number, ends),
            None => message.headers.clone(),
        };
        let request = Request::new().headers(headers).payload(message.payload.clone()).timeout(Some(ANSWER));
        match self.link.client.send_request(message.subject.clone(), request).await {
            Ok(answer) if answer.payload.is_empty() && batch.is_some_and(|(_, _, ends)| !ends) => {
                Tried::Stored
            }
            Ok(answer) => tried(&answer.payload),
            Err(error) if error.kind() == RequestErrorKind::MaxPayloadExceeded => Tried::Full(format!(
                "a record of {} bytes is larger than the servers take: raise max_payload there",
                message.payload.len()
            )),
            Err(error) => Tried::Doubt(error.to_string()),
        }
    }

    /// Somebody else wrote first, or an earlier try of ours was stored: the log tells.
    async fn behind<T>(&self, back: &mut oneshot::Receiver<Result<T>>) -> Result<T> {
        let last = self.last().await?;
        let mut applied = self.applied.clone();
        let mut broken = self.broken.clone();
        tokio::select! {
            biased;
            answer = &mut *back => return answer.map_err(|_| BackboneError::Closed)?,
            there = applied.wait_for(|applied| *applied >= last) => drop(there.map_err(|_| BackboneError::Closed)?),
            () = tokio::time::sleep(RETURN) => return Err(BackboneError::Unavailable(
                "another hub wrote first, and this one's copy has not come that far".into(),
            )),
            words = gone(&mut broken) => return Err(BackboneError::Broken(words)),
        }
        match back.try_recv() {
            Ok(answer) => answer,
            Err(_) => Err(BackboneError::Conflict("another hub wrote first".into())),
        }
    }

    /// What a record that follows the one at `place` has to name: one that has left the log is not there for the
    /// servers any more.
    pub(super) fn behind_what(&self, place: Seq) -> Seq {
        if place < self.first.load(Ordering::Relaxed) { 0 } else { place }
    }

    /// The last place of the log.
    pub(super) async fn last(&self) -> Result<Seq> {
        let stream = self.link.jetstream.get_stream_no_info(&self.names.stream).await;
        let info = match stream {
            Ok(stream) => stream.get_info().await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let info = info.map_err(|error| {
            BackboneError::Unavailable(self.link.explain("the stream does not say how far it is", &error))
        })?;
        let number = |seq: u64| Seq::try_from(seq).unwrap_or(Seq::MAX);
        self.first.store(number(info.state.first_sequence), Ordering::Relaxed);
        Ok(number(info.state.last_sequence))
    }
}

/// Ends when this hub cannot go on.
async fn gone(broken: &mut watch::Receiver<Option<String>>) -> String {
    match broken.wait_for(Option::is_some).await.map(|words| words.clone()) {
        Ok(words) => words.unwrap_or_default(),
        // Nobody can say so any more.
        Err(_) => std::future::pending().await,
    }
}

fn batched(message: &Message, batch: &str, number: usize, ends: bool) -> async_nats::HeaderMap {
    let mut headers = message.headers.clone();
    headers.insert("Nats-Batch-Id", batch);
    headers.insert("Nats-Batch-Sequence", number.to_string());
    if ends {
        headers.insert("Nats-Batch-Commit", "1");
    }
    headers
}

/// What the servers say to a publish.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    seq: u64,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

fn tried(payload: &[u8]) -> Tried {
    let said: Said = match serde_json::from_slice(payload) {
        Ok(said) => said,
        Err(error) => return Tried::Doubt(format!("unreadable acknowledgement: {error}")),
    };
    let Some(refusal) = said.error else {
        return if said.seq > 0 {
            Tried::Stored
        } else {
            Tried::Doubt("acknowledged without a place".into())
        };
    };
    let words = format!("{} ({})", refusal.description, refusal.err_code);
    match refusal.err_code {
        // Wrong last sequence, by subject or not; a message id of the batch is in the stream already.
        10071 | 10164 | 10201 => Tried::Behind,
        // Out of room: by limits of the stream, of the account, of the servers.
        10023 | 10047 | 10054 | 10077 | 10122 => Tried::Full(format!("the stream takes no more: {words}")),
        _ => Tried::Doubt(words),
    }
}

/// A way to say once that this hub cannot go on.
pub(super) type Broken = Arc<watch::Sender<Option<String>>>;
