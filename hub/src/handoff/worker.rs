//! One worker per sink: reads the log, does what the lanes say, settles what became of it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Call, Quota, Repeat, SinkPart};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use super::budget::Budget;
use super::fill::Job;
use super::filter::Filter;
use super::gate::{Keeper, takes_orders};
use super::lanes::{Lanes, Result as Became, Rules};
use super::schedule::Schedule;
use super::talk::Talker;
use crate::backbone::*;
use crate::clock;
use crate::config::Sink;
use crate::http::Client;
use crate::session::Sessions;
use crate::telemetry::metrics::{Metric, Metrics};

/// Most events of a reading in memory.
pub(super) const WINDOW: usize = 1024;
/// Most events of a reading that wait with a row of their own before the log is read no further.
pub(super) const MOST_HELD: usize = 10_000;

/// What a worker is made of.
pub struct Setup {
    /// Sink id.
    pub id: Arc<str>,
    /// Its configuration.
    pub config: Sink,
    /// Which events it takes.
    pub filter: Filter,
    /// How it takes them.
    pub part: SinkPart,
    /// Limits the vendor publishes.
    pub quotas: &'static [Quota],
    /// For sinks that need a session.
    pub session: Option<Arc<dyn crossdock_connector::Session>>,
    /// What it shares with other sinks.
    pub budget: Option<Arc<Budget>>,
    /// The store.
    pub backbone: Arc<dyn Backbone>,
    /// For HTTP sinks.
    pub client: Client,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Raised when the hub stops.
    pub stop: watch::Receiver<bool>,
    /// How long a stop waits for calls under way.
    pub patience: Duration,
}

/// A sink's worker.
pub struct Worker {
    pub(super) id: Arc<str>,
    pub(super) config: Sink,
    pub(super) keeper: Keeper,
    pub(super) part: SinkPart,
    pub(super) backbone: Arc<dyn Backbone>,
    pub(super) talker: Talker,
    pub(super) metrics: Arc<Metrics>,
    stop: watch::Receiver<bool>,
    patience: Duration,
}

/// A call that came to its end: the events it covered and what became of each.
pub(super) type Ended = Vec<(Seq, Became)>;

pub(super) struct Running {
    pub(super) lanes: Lanes,
    pub(super) events: HashMap<Seq, StoredEvent>,
    pub(super) jobs: Vec<Job>,
    pub(super) calls: JoinSet<Ended>,
    /// The events these calls cover.
    pub(super) flying: BTreeSet<Seq>,
    settling: Option<JoinHandle<Result<()>>>,
    /// Nothing is started before this, because a budget gave nothing; 0: nobody was refused.
    pub(super) not_before: Micros,
    /// A replay has more to read at once.
    pub(super) replays_on: bool,
    /// What was in the log at the start may have been under way when an earlier life ended.
    pub(super) old: Seq,
}

impl Running {
    /// Keeps an event until its time comes. While many wait they are read again then: memory stays as it is.
    pub(super) fn keep(&mut self, stored: StoredEvent) {
        if self.lanes.held() <= WINDOW {
            self.events.insert(stored.seq, stored);
        }
    }
}

impl Worker {
    /// A worker that has not begun.
    pub fn new(setup: Setup) -> Self {
        let Setup {
            id,
            config,
            filter,
            part,
            quotas,
            session,
            budget,
            backbone,
            client,
            metrics,
            stop,
            patience,
        } = setup;
        let says = config.rate_per_second.is_some() || config.rate_per_minute.is_some() || budget.is_some();
        let own = match says {
            true => Budget::new(config.rate_per_second, config.rate_per_minute, None),
            false => Budget::within(Quota::counting(quotas, Call::Deliver)),
        };
        let budgets = std::iter::once(Arc::new(own)).chain(budget).map(|budget| budget.share()).collect();
        let sessions = session.map(|session| Sessions::new(session, client.clone()));
        let talker = Talker { client, sessions, budgets, longest: config.retry_max.get() };
        let waits = config.wait_for_orders && takes_orders(&filter);
        let keeper = Keeper { filter, repeat: part.repeat(), waits, coalesces: config.coalesce };
        Self { id, config, keeper, part, backbone, talker, metrics, stop, patience }
    }

    /// Runs until stopped; calls under way are waited for, not longer than there is patience, and settled.
    pub async fn run(self) {
        let this = Arc::new(self);
        let mut wait = Duration::from_millis(100);
        loop {
            match this.run_until_trouble().await {
                Ok(()) | Err(BackboneError::Closed) => return,
                Err(error) => {
                    tracing::error!(sink = &*this.id, error = %error, "handoff waits for the store")
                }
            }
            if *this.stop.borrow() {
                return;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(2));
        }
    }

    async fn run_until_trouble(self: &Arc<Self>) -> Result<()> {
        let place = self.backbone.open_sink(self.id.to_string(), self.keeper.filter.to_text()).await?;
        let rules = Rules {
            schedule: Schedule {
                base: self.config.retry_base.micros(),
                longest: self.config.retry_max.micros(),
                give_up: self.config.give_up_after.micros(),
            },
            coalesce: self.config.coalesce,
            at_most_once: self.part.repeat() == Repeat::AtMostOnce,
            replaces: matches!(self.part.repeat(), Repeat::Upsert | Repeat::QueryFirst),
        };
        let seed = self.id.bytes().fold(0, |seed, byte| super::schedule::mix(seed ^ u64::from(byte)));
        let jobs = place.replays.iter().cloned().map(Job::new).collect::<Result<_>>()?;
        let mut running = Running {
            lanes: Lanes::new(rules, place, seed),
            events: HashMap::new(),
            jobs,
            calls: JoinSet::new(),
            flying: BTreeSet::new(),
            settling: None,
            not_before: 0,
            replays_on: false,
            old: *self.backbone.heads().events.borrow(),
        };
        let mut heads = self.backbone.heads();
        let mut stop = self.stop.clone();
        let mut leave_at = None;
        loop {
            let stopping = *stop.borrow();
            let leaving = stopping.then(|| *leave_at.get_or_insert_with(|| Instant::now() + self.patience));
            let head = *heads.events.borrow_and_update();
            if !stopping {
                self.fill(&mut running, head).await?;
                self.start(&mut running).await?;
            }
            self.settle(&mut running).await?;
            if stopping && running.calls.is_empty() {
                return self.flush(&mut running).await;
            }
            let now = clock::now_micros();
            if !stopping && self.can_read(&running, head) && running.settling.is_none() {
                // More of the log can be read at once; what is under way is looked at on the way.
                tokio::task::yield_now().await;
                while let Some(ended) = running.calls.try_join_next() {
                    self.ended(&mut running, ended)?;
                }
                continue;
            }
            let wake = running.lanes.wake_at(now).map_or(i64::MAX, |at| at.max(running.not_before));
            let wake = self.replay_wakes(&running, now).map_or(wake, |at| wake.min(at));
            // Also when that time has passed meanwhile: what is due already wakes nobody else.
            let wake = if running.not_before > 0 { wake.min(running.not_before) } else { wake };
            let pause = Duration::from_micros(
                u64::try_from(wake.saturating_sub(now)).unwrap_or(0).min(3_600_000_000),
            );
            tokio::select! {
                Some(ended) = running.calls.join_next() => {
                    self.ended(&mut running, ended)?;
                    while let Some(ended) = running.calls.try_join_next() {
                        self.ended(&mut running, ended)?;
                    }
                }
                settled = settled(&mut running.settling), if running.settling.is_some() => {
                    settled?;
                    running.lanes.written();
                }
                changed = heads.events.changed(), if !stopping => changed.map_err(|_| BackboneError::Closed)?,
                changed = heads.repairs.changed(), if !stopping => {
                    changed.map_err(|_| BackboneError::Closed)?;
                    self.flush(&mut running).await?;
                    let place = self.backbone.open_sink(self.id.to_string(), self.keeper.filter.to_text()).await?;
                    self.ordered(&mut running, place)?;
                }
                changed = stop.changed(), if !stopping => drop(changed),
                () = self.talker.freed(), if !stopping && running.not_before > 0 => running.not_before = 0,
                () = tokio::time::sleep(pause), if !stopping => {}
                () = until(leaving), if stopping => {
                    self.leave(&mut running);
                    return self.flush(&mut running).await;
                }
            }
        }
    }

    /// Leaves calls that do not end. What may be sent twice is handed off again at the next start; what must not be
    /// is parked for people.
    fn leave(&self, running: &mut Running) {
        tracing::warn!(
            sink = &*self.id,
            events = running.flying.len(),
            "stopping without the answers to these"
        );
        running.calls.abort_all();
        if self.part.repeat() == Repeat::AtMostOnce {
            let now = clock::now_micros();
            for seq in std::mem::take(&mut running.flying) {
                let words = "the hub stopped before the receiver answered".to_owned();
                running.lanes.finish(seq, Became::Uncertain(words), now);
            }
        }
    }

    /// People gave orders meanwhile: parked events come back, replays begin or were stopped.
    fn ordered(&self, running: &mut Running, place: SinkPlace) -> Result<()> {
        running.lanes.restore(place.held);
        let gone: Vec<i64> = running
            .jobs
            .iter()
            .map(Job::id)
            .filter(|id| !place.replays.iter().any(|replay| replay.id == *id))
            .collect();
        for id in gone {
            running.jobs.retain(|job| job.id() != id);
            running.lanes.stop(id);
        }
        for replay in place.replays {
            if !running.jobs.iter().any(|job| job.id() == replay.id) {
                running.lanes.begin(replay.id, replay.place.clone());
                running.jobs.push(Job::new(replay)?);
            }
        }
        Ok(())
    }

    fn ended(
        &self,
        running: &mut Running,
        ended: std::result::Result<Ended, tokio::task::JoinError>,
    ) -> Result<()> {
        let now = clock::now_micros();
        match ended {
            Ok(ended) => {
                for (seq, became) in ended {
                    running.flying.remove(&seq);
                    let kept = matches!(became, Became::Retry { .. } | Became::Wait(..));
                    self.metrics.live.ended(&self.id, &became, now);
                    if let Became::Rejected(words) | Became::Uncertain(words) = &became {
                        tracing::warn!(
                            sink = &*self.id,
                            event = seq,
                            words,
                            retry = format!("crossdock parked retry --sink {} --event {seq}", self.id),
                            "handoff was refused and parked"
                        );
                    }
                    running.lanes.finish(seq, became, now);
                    if !kept || running.lanes.held() > WINDOW {
                        running.events.remove(&seq);
                    }
                }
            }
            // A call that panicked has no outcome: start again where the store stands.
            Err(error) => return Err(BackboneError::Broken(format!("a handoff panicked: {error}"))),
        }
        Ok(())
    }

    /// Hands what has to be written to the store, one step at a time, without waiting for it.
    async fn settle(&self, running: &mut Running) -> Result<()> {
        if let Some(task) = &running.settling {
            if !task.is_finished() {
                return Ok(());
            }
            settled(&mut running.settling).await?;
            running.lanes.written();
        }
        if let Some(mut settle) = running.lanes.settle(clock::now_micros()) {
            settle.sink = Arc::clone(&self.id);
            self.metrics.set(Metric::HandoffsHeld, &self.id, running.lanes.held());
            self.metrics.live.open(&self.id, running.lanes.is_open());
            let backbone = Arc::clone(&self.backbone);
            running.settling = Some(tokio::spawn(async move { backbone.settle(settle).await }));
        }
        Ok(())
    }

    pub(super) async fn flush(&self, running: &mut Running) -> Result<()> {
        loop {
            if running.settling.is_some() {
                settled(&mut running.settling).await?;
                running.lanes.written();
            }
            self.settle(running).await?;
            if running.settling.is_none() {
                return Ok(());
            }
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn settled(settling: &mut Option<JoinHandle<Result<()>>>) -> Result<()> {
    let Some(task) = settling else { return Ok(()) };
    let result = task.await.map_err(|error| BackboneError::Broken(format!("settling failed: {error}")))?;
    *settling = None;
    result
}
