//! The JetStream backbone: one stream of a NATS cluster holds everything, several hubs share it, none holds truth.
//!
//! The stream is a log of what was decided: captures, atomic batches of states and events, what became of handoffs,
//! what people ordered. Every hub reads it, in its one order, into a copy of its own (the embedded store's file, written
//! by the same code), and answers questions from there. A copy can be lost: it is read again, from a duplicate that
//! the cluster keeps and the log behind it.
//!
//! An acknowledgement means: with three copies, two servers have it in their files. With profile `standard` they flush
//! every second, so that a power loss of two servers within that second can lose it; with `strict` they flushed before.
//! What the cluster acknowledged and this hub read back is in this hub's copy as well.

mod capture;
mod copies;
mod follow;
mod log;
mod migrate;
mod order;
mod patience;
mod record;
mod step;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossdock_connector::BoxFuture;
use crossdock_schemas::subject::token;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot, watch};
use tokio::task::JoinHandle;

use self::log::{Log, MOST, Reply};
use self::order::*;
use self::step::Message;
use super::embedded::Embedded;
use super::*;
use crate::config::Nats;
use crate::duty::Duties;
use crate::nats::{Names, connect};

pub use self::migrate::{Brought, into_cluster, out_of_cluster};

/// Histories and events of one commit: a batch holds so many messages, one of them the step.
const STEP: usize = MOST - 1;

/// Remembers where a sink's handoffs were last written.
fn sink_name(sink: &str) -> String {
    format!("sink.{sink}")
}

/// The JetStream backbone.
pub struct JetStream {
    log: Arc<Log>,
    copy: Arc<Embedded>,
    tenant: Arc<str>,
    stop: watch::Sender<bool>,
    follower: Mutex<Option<JoinHandle<()>>>,
    broken: watch::Receiver<Option<String>>,
    /// Held by every call that writes; closing waits for all of them.
    calls: Semaphore,
    replicas: usize,
    node: String,
    dir: PathBuf,
}

/// Most calls at a time: more than there ever are.
const CALLS: u32 = 1 << 16;

impl JetStream {
    /// Connects, makes sure that the stream is as it must be, and brings the copy in `dir` up to date.
    ///
    /// # Errors
    /// `Unavailable` while the cluster is away; `Broken` for what only people can mend.
    pub async fn open(config: &Nats, dir: &Path, tenant: &str, node: &str) -> Result<Self> {
        let link = connect(config, node).await?;
        let names = Names::new(tenant);
        let stream = crate::nats::ensure(&link, &names, config).await?;
        let id = stream.cached_info().created.to_string();
        if embedded::copy::standpoint(dir)?.is_none() {
            copies::fetch(&link, &names, dir).await?;
        }
        if let Some(there) = embedded::copy::standpoint(dir)?
            && there.log != id
        {
            return Err(BackboneError::Broken(format!(
                "{} holds a copy of another stream than {} is now: it was made anew. Empty the folder to follow the new \
                 one, or bring back what the copy holds with `crossdock migrate jetstream --again`.",
                dir.display(),
                names.stream
            )));
        }
        let copy = Arc::new(Embedded::open_copy(dir, tenant, &id)?);
        let (broken, broken_seen) = watch::channel(None);
        let log = Arc::new(Log::new(link, names, copy.applied(), broken_seen.clone()));
        let (stop, stops) = watch::channel(false);
        let follower = follow::run(Arc::clone(&log), Arc::clone(&copy), Arc::new(broken), stops);
        let follower = Mutex::new(Some(tokio::spawn(follower)));
        let this = Self {
            log,
            copy,
            tenant: tenant.into(),
            stop,
            follower,
            broken: broken_seen,
            calls: Semaphore::new(usize::try_from(CALLS).unwrap_or(usize::MAX)),
            replicas: config.profile.replicas(),
            node: node.to_owned(),
            dir: dir.to_owned(),
        };
        match this.catch_up().await {
            Ok(()) => Ok(this),
            Err(error) => Err(this.given_up(error).await),
        }
    }

    async fn call(&self) -> Result<SemaphorePermit<'_>> {
        self.calls.acquire().await.map_err(|_| BackboneError::Closed)
    }

    /// Waits until the copy holds everything the log holds now.
    async fn catch_up(&self) -> Result<()> {
        let last = self.log.last().await?;
        let mut applied = self.copy.applied();
        let mut broken = self.broken.clone();
        tokio::select! {
            there = applied.wait_for(|applied| *applied >= last) => {
                there.map(drop).map_err(|_| BackboneError::Closed)
            }
            words = broken.wait_for(Option::is_some) => {
                let words = words.ok().and_then(|words| words.clone()).unwrap_or_default();
                Err(BackboneError::Broken(words))
            }
        }
    }

    /// What this hub has to do among those that share the cluster.
    ///
    /// # Errors
    /// What the servers say.
    pub async fn duties(&self) -> Result<Duties> {
        Ok(Duties::shared(&self.log.link, &self.log.names, self.replicas, &self.node).await?)
    }

    /// Lets the cluster keep a duplicate of this hub's copy, now and then, until stopped.
    pub async fn keep_copies(self: Arc<Self>, every: Duration, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                changed = stop.changed() => { drop(changed); continue }
            }
            match self.keep_copy().await {
                Ok(place) => tracing::info!(place, "the cluster keeps a duplicate of this hub's copy"),
                Err(error) => {
                    tracing::error!(error = %error, "the cluster has no new duplicate of this hub's copy")
                }
            }
        }
    }

    /// Lets the cluster keep a duplicate of this hub's copy as it stands now; gives the place it stands at.
    ///
    /// # Errors
    /// What the servers say.
    pub async fn keep_copy(&self) -> Result<Seq> {
        copies::keep(&self.log.link, &self.log.names, self.replicas, &self.dir).await
    }

    /// Resolves when this hub cannot follow the log any more, with the reason.
    pub fn broken(&self) -> watch::Receiver<Option<String>> {
        self.broken.clone()
    }

    async fn one<T>(
        &self,
        message: Message,
        reply: impl FnOnce(oneshot::Sender<Result<T>>) -> Reply,
    ) -> Result<T> {
        let _call = self.call().await?;
        let id = self.log.id();
        let (tell, back) = oneshot::channel();
        self.log.wait(&id, reply(tell));
        self.log.submit(&[message.named(&id)], &id, back).await
    }

    async fn commit_all(&self, commit: Commit) -> Result<()> {
        let _call = self.call().await?;
        let keys = commit.states.iter().map(|state| state.key.clone()).collect();
        let known = self.copy.places_of(keys).await?;
        let mut places = Vec::with_capacity(known.len());
        for (state, (version, place)) in commit.states.iter().zip(known) {
            if version != state.expected {
                return Err(BackboneError::Conflict(format!("history {}", state.key.number)));
            }
            places.push(self.log.behind_what(place));
        }
        if let Some(from) = commit.from
            && self.copy.intake_position().await? != from
        {
            return Err(BackboneError::Conflict(format!("the intake is no longer at {from}")));
        }
        let (mut messages, step) = step::write(&self.log.names, &self.tenant, &commit, &places)?;
        if messages.len() > STEP {
            return Err(BackboneError::Broken(format!("a step of {} messages is too large", messages.len())));
        }
        let id = self.log.id();
        let step = match commit.from {
            Some(_) => {
                let place = self.copy.named("step".into()).await?;
                Message::new(self.log.names.record("step"), &step)?.behind(self.log.behind_what(place))
            }
            None => Message::new(self.log.names.record("again"), &step)?,
        };
        messages.push(step.named(&id));
        let (tell, back) = oneshot::channel();
        self.log.wait(&id, Reply::Unit(tell));
        self.log.submit(&messages, &id, back).await
    }

    async fn open_place(&self, sink: String, filter: String) -> Result<SinkPlace> {
        // A sink that is there already, as it should be, is left alone: hubs come and go.
        if let Answer::SinkPlace(Some(place)) = self.copy.ask(Question::SinkPlace(sink.clone())).await?
            && place.filter == filter
        {
            return Ok(*place);
        }
        let message = Message::new(self.log.names.record("open"), &OpenRecord { sink, filter })?;
        self.one(message, Reply::Place).await
    }

    async fn settle_one(&self, settle: Settle) -> Result<()> {
        let sink = token(&settle.sink).into_owned();
        let place = self.copy.named(sink_name(&sink)).await?;
        let subject = self.log.names.record(&format!("sink.{sink}"));
        // Only whoever saw the last step of this sink writes the next one: of two workers one goes on.
        let message = Message::new(subject, &SettleRecord::new(&settle))?.behind(self.log.behind_what(place));
        self.one(message, Reply::Unit).await
    }

    fn record<T: serde::Serialize>(&self, what: &str, record: &T) -> Result<Message> {
        Message::new(self.log.names.record(what), record)
    }
}

impl Backbone for JetStream {
    fn step_limit(&self) -> usize {
        STEP
    }

    fn capture(&self, batch: Vec<NewCapture>) -> BoxFuture<'_, Result<Vec<Seq>>> {
        Box::pin(self.capture_all(batch))
    }

    fn intake_position(&self) -> BoxFuture<'_, Result<Seq>> {
        self.copy.intake_position()
    }

    fn intake(&self, after: Seq, limit: usize, bytes: usize) -> BoxFuture<'_, Result<Vec<StoredCapture>>> {
        self.copy.intake(after, limit, bytes)
    }

    fn captures(&self, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<StoredCapture>>> {
        self.copy.captures(seqs)
    }

    fn load(&self, keys: Vec<HistoryKey>) -> BoxFuture<'_, Result<Vec<Option<StoredState>>>> {
        self.copy.load(keys)
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.commit_all(commit))
    }

    fn events(&self, after: Seq, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>>> {
        self.copy.events(after, limit)
    }

    fn events_at(&self, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<StoredEvent>>> {
        self.copy.events_at(seqs)
    }

    fn log(&self, after: Seq, limit: usize, classes: Classes) -> BoxFuture<'_, Result<LogPage>> {
        self.copy.log(after, limit, classes)
    }

    fn standing(&self, sink: String, history: i64) -> BoxFuture<'_, Result<Standing>> {
        self.copy.standing(sink, history)
    }

    fn open_sink(&self, sink: String, filter: String) -> BoxFuture<'_, Result<SinkPlace>> {
        Box::pin(self.open_place(sink, filter))
    }

    fn settle(&self, settle: Settle) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.settle_one(settle))
    }

    fn nudges(&self, source: &Arc<str>, now: i64, limit: usize) -> BoxFuture<'_, Result<Vec<Nudge>>> {
        self.copy.nudges(source, now, limit)
    }

    fn settle_nudges(&self, outcomes: Vec<NudgeOutcome>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let records: Vec<FetchRecord> = outcomes.iter().map(FetchRecord::new).collect();
            self.one(self.record("fetch", &records)?, Reply::Unit).await
        })
    }

    fn cursor(&self, name: String) -> BoxFuture<'_, Result<Option<String>>> {
        self.copy.cursor(name)
    }

    fn set_cursor(&self, name: String, value: String) -> BoxFuture<'_, Result<()>> {
        Box::pin(
            async move { self.one(self.record("cursor", &CursorRecord { name, value })?, Reply::Unit).await },
        )
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Answer>> {
        self.copy.ask(question)
    }

    fn repair(&self, repair: Repair) -> BoxFuture<'_, Result<u64>> {
        Box::pin(
            async move { self.one(self.record("repair", &RepairRecord::new(&repair))?, Reply::Count).await },
        )
    }

    fn heads(&self) -> Heads {
        self.copy.heads()
    }

    fn close(&self, deadline: Duration) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            // What is under way ends; what comes now is told that it is closed.
            let ended = tokio::time::timeout(deadline, self.calls.acquire_many(CALLS)).await;
            self.calls.close();
            drop(ended);
            self.stop.send_replace(true);
            let follower = self.follower.lock().ok().and_then(|mut guard| guard.take());
            if let Some(follower) = follower
                && tokio::time::timeout(deadline, follower).await.is_err()
            {
                return Err(BackboneError::Unavailable("reading the log did not end in time".into()));
            }
            self.copy.close(deadline).await
        })
    }
}

impl Drop for JetStream {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl From<crate::nats::NatsError> for BackboneError {
    fn from(error: crate::nats::NatsError) -> Self {
        match error {
            crate::nats::NatsError::Refused(words) => Self::Broken(words),
            crate::nats::NatsError::Away(words) => Self::Unavailable(words),
        }
    }
}
