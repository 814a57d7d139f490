//! Fan-out: every event of the log on its subject in the stream of the tenant, for whoever subscribes.
//!
//! The publisher is a cursor over the log, like a sink. What holds:
//!
//! - **Nothing is left out.** The cursor moves only over events that the stream acknowledged, one after the other. What
//!   failed or timed out may be stored or not: before anything is sent again, the stream is looked at (`survey.rs`), and
//!   only what is not there is published, with the same message id. It never gives up. While the servers are away,
//!   full or refuse, the hub goes on; the publisher says so once, and waits.
//! - **It heals.** At the start, after each lost connection and every minute the end of the stream is held against what
//!   is remembered (`memory.rs`). When a broker has lost its end (power loss, an old copy restored, purged, made anew),
//!   the cursor goes back to the last event that is still at its place, and what is missing is published again.
//! - **Order.** Events go out in the order of the log, so per key in the order of `sequence`, also when connections break:
//!   each names the place behind which it is to lie, and one that would overtake a lost one is not taken. Only what a
//!   broker lost after it had acknowledged it can be filled in behind what came later; consumers drop what is older
//!   than they have, as they must with any redelivery. Nothing is published twice but what was under way when a connection broke, was stored while the
//!   stream was looked at, and is older than `nats.duplicate_window` when it is sent again; consumers drop it by `ce-id`.
//! - **One event cannot stop the others.** One that is too large for the servers is left out, loudly: counted, in the log
//!   and in `crossdock nats audit`; it is tried again at each start, for when the servers take more.
//!
//! What was removed by age (`nats.keep_events`) is not missing. A message that somebody deleted from the end of the stream
//! is filled in again: what is to be forgotten must leave the hub too.

pub mod audit;
mod broker;
mod memory;
mod message;
mod pump;
mod survey;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;

use self::broker::{Broker, Events};
use self::memory::Memory;
use self::survey::{Survey, survey};
use crate::backbone::{Backbone, BackboneError, Micros};
use crate::clock;
use crate::config::Nats;
use crate::nats::{Link, Names, NatsError, connect, ensure};
use crate::telemetry::metrics::Metrics;

/// Name of the cursor.
const CURSOR: &str = "fanout";
/// How often the end of the stream is looked at while nothing happens.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Longest wait between attempts.
const LONGEST: Duration = Duration::from_secs(10);
/// What is this close to its end of life is not waited for.
const SLACK: Micros = 60_000_000;

/// Why publishing does not go on as it is.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The servers are away or refuse.
    Away(String),
    /// The stream or the servers are full.
    Full(String),
    /// The servers remember ids whose messages are gone.
    Ghost,
    /// The connection is another one, or the stream is not as it was: look first, at once.
    Look(&'static str),
    /// The store does not answer.
    Store(BackboneError),
}

impl From<BackboneError> for Trouble {
    fn from(error: BackboneError) -> Self {
        Self::Store(error)
    }
}

impl From<NatsError> for Trouble {
    fn from(error: NatsError) -> Self {
        Self::Away(error.to_string())
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away(words) => f.write_str(words),
            Self::Full(words) => write!(f, "{words}: the stream or the servers are full (nats.max_bytes)"),
            Self::Ghost => {
                f.write_str("the servers remember message ids whose messages are gone, until nats.duplicate_window is over")
            }
            Self::Look(words) => f.write_str(words),
            Self::Store(error) => error.fmt(f),
        }
    }
}

/// Publishes the log.
pub struct Publisher {
    nats: Nats,
    names: Names,
    node: String,
    backbone: Arc<dyn Backbone>,
    metrics: Arc<Metrics>,
    stop: watch::Receiver<bool>,
    link: Option<Link>,
    memory: Memory,
    /// What is too large was tried again.
    tried: bool,
    /// How often the end of the stream is looked at.
    look_every: Duration,
}

impl Publisher {
    /// A publisher that has not begun.
    pub fn new(
        nats: Nats,
        tenant: &str,
        backbone: Arc<dyn Backbone>,
        metrics: Arc<Metrics>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let names = Names::new(tenant);
        Self {
            nats,
            names,
            node: "publisher".to_owned(),
            backbone,
            metrics,
            stop,
            link: None,
            memory: Memory::default(),
            tried: false,
            look_every: LOOK_EVERY,
        }
    }

    /// Publishes until stopped.
    pub async fn run(mut self) {
        let mut wait = Duration::from_millis(50);
        let mut troubled = false;
        let mut stop = self.stop.clone();
        // How far it is behind is known, and alerted on, also when no server is reached.
        if let Ok(saved) = self.backbone.cursor(CURSOR.to_owned()).await {
            self.memory = Memory::read(saved.as_deref()).unwrap_or_default();
        }
        while !*stop.borrow() {
            let before = self.memory.seq;
            let ended = tokio::select! {
                // Looking at a large stream takes its time; a stop does not wait for it. What is under way is
                // acknowledged to nobody and found at the next start.
                biased;
                _ = stop.wait_for(|stopped| *stopped) => Ok(()),
                ended = self.session() => ended,
            };
            let Err(trouble) = ended else { break };
            self.behind(*self.backbone.heads().events.borrow());
            if self.memory.seq > before {
                (wait, troubled) = (Duration::from_millis(50), false);
            }
            if let Trouble::Look(words) = trouble {
                tracing::info!(words, "looking at the stream before publishing goes on");
            } else {
                let words = trouble.to_string();
                if troubled {
                    tracing::debug!(words, "publishing still waits");
                } else {
                    tracing::warn!(words, "publishing waits; the hub goes on");
                }
                troubled = true;
                self.metrics.live.fanout(|live| {
                    live.waiting = true;
                    live.trouble = Some(crate::telemetry::live::Trouble { at: clock::now_micros(), words });
                });
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                changed = stop.changed() => drop(changed),
            }
            wait = (wait * 2).min(LONGEST);
        }
        if let Err(error) = self.remember().await {
            tracing::warn!(error = %error, "the place of the publisher was not saved; it is found at the next start");
        }
    }

    /// Connects, looks, publishes, until something is not as it should be. Returns only with an error, or stopped.
    async fn session(&mut self) -> Result<(), Trouble> {
        let link = match &self.link {
            Some(link) => link.clone(),
            None => self.link.insert(connect(&self.nats, &self.node).await?).clone(),
        };
        let connects = link.client.statistics().connects.load(Ordering::Relaxed);
        let stream = ensure(&link, &self.names, &self.nats).await?;
        let broker = Broker { link, stream, events: self.names.events() };
        let saved = self.backbone.cursor(CURSOR.to_owned()).await?;
        // What cannot be read is no reason to stop: everything is looked at.
        self.memory = Memory::read(saved.as_deref()).unwrap_or_default();
        let found = self.look(&broker).await?;
        if !std::mem::replace(&mut self.tried, true) {
            self.try_large_ones(&broker).await?;
        }
        self.metrics.live.fanout(|live| live.waiting = false);
        let ended = self.pump(&broker, found, connects).await;
        // What was acknowledged or left out before the trouble is known to the next session.
        self.remember().await?;
        ended
    }

    /// Looks at the stream and goes back to where it is still what is remembered.
    async fn look(&mut self, broker: &Broker) -> Result<Survey, Trouble> {
        let since = kept_since(&self.nats);
        let log = Events(Arc::clone(&self.backbone));
        let found = survey::<Trouble, _, _>(broker, &log, &self.memory, since).await?;
        if found.lost {
            tracing::warn!(
                stream = %self.names.stream,
                from = found.from,
                published = self.memory.seq,
                made = %found.state.created,
                "the stream lost events that it had acknowledged; they are published again"
            );
            self.metrics.live.fanout(|live| live.healed += 1);
        }
        self.memory.back_to(found.from, found.place);
        self.memory.created.clone_from(&found.state.created);
        self.remember().await?;
        Ok(found)
    }

    /// Whether the end of the stream is where it was, at little cost.
    async fn glance(&self, broker: &Broker) -> Result<bool, Trouble> {
        use self::survey::{Log, Stream};
        let Some((seq, place)) = self.memory.last else { return Ok(true) };
        let state = broker.state().await?;
        if state.last < self.memory.high {
            return Ok(false);
        }
        let Some((id, recorded)) = Events(Arc::clone(&self.backbone)).event(seq).await? else {
            return Ok(false);
        };
        if place < state.first {
            return Ok(recorded < kept_since(&self.nats));
        }
        Ok(broker.id_at(place).await? == Some(id))
    }

    async fn remember(&self) -> Result<(), BackboneError> {
        self.backbone.set_cursor(CURSOR.to_owned(), self.memory.write()).await
    }
}

/// Events recorded before this may have left the stream by their age.
pub(crate) fn kept_since(nats: &Nats) -> Micros {
    match nats.keep_events.micros() {
        0 => 0,
        keep => clock::now_micros().saturating_sub(keep).saturating_add(SLACK.min(keep / 2)),
    }
}

/// An event as it is published: subject, headers, body. For the benchmark.
pub fn message(
    stored: crate::backbone::StoredEvent,
    stream: &str,
) -> (String, async_nats::HeaderMap, bytes::Bytes) {
    message::ready(stored, stream).parts()
}

/// Forgets what was published. For the benchmark: the publisher finds it again in the stream.
///
/// # Errors
/// What the store says.
pub async fn forget(backbone: &dyn Backbone) -> Result<(), BackboneError> {
    backbone.set_cursor(CURSOR.to_owned(), Memory::default().write()).await
}
