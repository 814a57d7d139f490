//! One worker per sink: reads the log, does what the lanes say, settles what became of it.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Delivery, Error, ErrorKind, Outcome, Repeat, SinkPart};
use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tracing::Instrument;

use super::filter::{Filter, Subject};
use super::lanes::{Lanes, Result as Became};
use super::outcome::became;
use super::schedule::Schedule;
use crate::backbone::*;
use crate::clock;
use crate::config::Sink;
use crate::http::Client;
use crate::telemetry::metrics::{Metric, Metrics};

/// Most events of a sink in memory.
const WINDOW: usize = 1024;
/// The log is read on when so much is free: few large reads instead of many small ones.
const READS_AT: usize = WINDOW / 2;
/// Most events that wait with a row of their own before the log is read no further.
const MOST_HELD: usize = 10_000;

/// What a worker needs.
pub struct Worker {
    /// Sink id.
    pub id: Arc<str>,
    /// Its configuration.
    pub config: Sink,
    /// Which events it takes.
    pub filter: Filter,
    /// How it takes them.
    pub part: SinkPart,
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

/// A call that came to its end: the events it covered and what became of each.
type Ended = Vec<(Seq, Became)>;

struct Running {
    lanes: Lanes,
    events: HashMap<Seq, StoredEvent>,
    calls: JoinSet<Ended>,
    /// The events these calls cover.
    flying: BTreeSet<Seq>,
    settling: Option<JoinHandle<Result<()>>>,
    limiter: Option<DefaultDirectRateLimiter>,
    not_before: Micros,
}

impl Worker {
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
        let place = self.backbone.open_sink(self.id.to_string(), self.filter.to_text()).await?;
        let schedule = Schedule {
            base: self.config.retry_base.micros(),
            longest: self.config.retry_max.micros(),
            give_up: self.config.give_up_after.micros(),
        };
        let seed = self.id.bytes().fold(0, |seed, byte| super::schedule::mix(seed ^ u64::from(byte)));
        let limiter = self.config.rate_per_second.and_then(NonZeroU32::new);
        let mut running = Running {
            lanes: Lanes::new(schedule, place, seed),
            events: HashMap::new(),
            calls: JoinSet::new(),
            flying: BTreeSet::new(),
            settling: None,
            limiter: limiter.map(|rate| RateLimiter::direct(Quota::per_second(rate))),
            not_before: 0,
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
            let room = running.lanes.room(WINDOW, MOST_HELD);
            if !stopping && running.lanes.offered() < head && room >= READS_AT && running.settling.is_none() {
                // More of the log can be read at once; what is under way is looked at on the way.
                tokio::task::yield_now().await;
                while let Some(ended) = running.calls.try_join_next() {
                    self.ended(&mut running, ended)?;
                }
                continue;
            }
            let wake = running.lanes.wake_at(now).map_or(i64::MAX, |at| at.max(running.not_before));
            let wake = if running.not_before > now { wake.min(running.not_before) } else { wake };
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
                settled = settled(&mut running.settling), if running.settling.is_some() => settled?,
                changed = heads.events.changed(), if !stopping => changed.map_err(|_| BackboneError::Closed)?,
                changed = heads.repairs.changed(), if !stopping => {
                    changed.map_err(|_| BackboneError::Closed)?;
                    self.flush(&mut running).await?;
                    let place = self.backbone.open_sink(self.id.to_string(), self.filter.to_text()).await?;
                    running.lanes.restore(place.held);
                }
                changed = stop.changed(), if !stopping => drop(changed),
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

    /// Reads on in the log as far as there is room.
    async fn fill(&self, running: &mut Running, head: Seq) -> Result<()> {
        let room = running.lanes.room(WINDOW, MOST_HELD);
        if running.lanes.offered() >= head || room < READS_AT {
            return Ok(());
        }
        let events = self.backbone.events(running.lanes.offered(), room.min(512)).await?;
        let now = clock::now_micros();
        for stored in events {
            let subject = Subject {
                event_type: stored.event.event_type,
                class: stored.event.class,
                platform: &stored.event.platform,
                shop: &stored.event.shop,
                source: &stored.source,
            };
            if !self.filter.takes(&subject) || running.lanes.knows(stored.seq) {
                running.lanes.pass(stored.seq);
                continue;
            }
            running.lanes.offer(stored.seq, &stored.event.key, now);
            // While many wait they are read again when their time comes: memory stays as it is.
            if running.lanes.held() <= WINDOW {
                running.events.insert(stored.seq, stored);
            }
        }
        Ok(())
    }

    /// Starts what may be handed off now.
    async fn start(self: &Arc<Self>, running: &mut Running) -> Result<()> {
        let now = clock::now_micros();
        if now < running.not_before {
            return Ok(());
        }
        let batch = self.config.batch.max(1);
        let most = self.config.concurrency.saturating_mul(batch);
        let mut seqs = running.lanes.take(now, most);
        self.load(running, &seqs).await?;
        while !seqs.is_empty() {
            if let Some(limiter) = &running.limiter
                && let Err(not_yet) = limiter.check()
            {
                let wait = not_yet.wait_time_from(governor::clock::DefaultClock::default().now());
                running.not_before =
                    now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(0)).saturating_add(1);
                for seq in seqs.drain(..) {
                    running.lanes.untake(seq, now);
                }
                return Ok(());
            }
            let taken: Vec<Seq> = seqs.drain(..batch.min(seqs.len())).collect();
            let mut deliveries = Vec::with_capacity(taken.len());
            let mut recorded = Vec::with_capacity(taken.len());
            for seq in &taken {
                let Some(stored) = running.events.get(seq) else {
                    return Err(BackboneError::Broken(format!("event {seq} is gone from the log")));
                };
                deliveries.push(Delivery {
                    event: Arc::clone(&stored.event),
                    json: stored.json.clone(),
                    attempt: running.lanes.attempt(*seq),
                    maybe_there: false,
                });
                recorded.push(stored.recorded_at);
            }
            running.flying.extend(&taken);
            let this = Arc::clone(self);
            let trace = deliveries.first().and_then(|delivery| delivery.event.traceparent.clone());
            let span = crate::telemetry::child_span("deliver", trace.as_deref());
            running.calls.spawn(async move { this.call(taken, deliveries, recorded).await }.instrument(span));
        }
        Ok(())
    }

    /// Held events of an earlier run are not in memory.
    async fn load(&self, running: &mut Running, seqs: &[Seq]) -> Result<()> {
        let missing: Vec<Seq> =
            seqs.iter().copied().filter(|seq| !running.events.contains_key(seq)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        for stored in self.backbone.events_at(missing).await? {
            running.events.insert(stored.seq, stored);
        }
        Ok(())
    }

    /// One hand-over: one outcome for each event, whatever happens.
    async fn call(&self, seqs: Vec<Seq>, deliveries: Vec<Delivery>, recorded: Vec<Micros>) -> Ended {
        let outcomes = match &self.part {
            SinkPart::Native(sink) => sink.deliver(&deliveries).await,
            SinkPart::Http(sink) => self.http(&**sink, &deliveries).await,
        };
        let mut outcomes = outcomes.into_iter();
        let repeat = self.part.repeat();
        let now = clock::now_micros();
        let mut ended = Vec::with_capacity(seqs.len());
        for (seq, recorded_at) in seqs.into_iter().zip(recorded) {
            // An outcome that is missing is not a success.
            let outcome = outcomes.next().unwrap_or_else(|| {
                Outcome::Uncertain(Error::new(ErrorKind::Bug, "the sink said nothing about this event"))
            });
            let became = became(outcome, repeat);
            self.metrics.handoff(&became, now.saturating_sub(recorded_at));
            ended.push((seq, became));
        }
        ended
    }

    async fn http(&self, sink: &dyn crossdock_connector::HttpSink, deliveries: &[Delivery]) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(deliveries.len());
        let mut rest = deliveries;
        while !rest.is_empty() {
            let (first, later) = rest.split_at(sink.together(rest).clamp(1, rest.len()));
            outcomes.extend(super::talk::conversation(&self.client, sink, first, None).await);
            rest = later;
        }
        outcomes
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
                    let kept = matches!(became, Became::Retry(..));
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
        }
        if let Some(mut settle) = running.lanes.settle(clock::now_micros()) {
            settle.sink = Arc::clone(&self.id);
            self.metrics.set(Metric::HandoffsHeld, &self.id, running.lanes.held());
            let backbone = Arc::clone(&self.backbone);
            running.settling = Some(tokio::spawn(async move { backbone.settle(settle).await }));
        }
        Ok(())
    }

    async fn flush(&self, running: &mut Running) -> Result<()> {
        loop {
            if running.settling.is_some() {
                settled(&mut running.settling).await?;
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
