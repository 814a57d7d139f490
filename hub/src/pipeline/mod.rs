//! From captures to histories: intake, normalize, enrich, fold, commit, in batches.
//!
//! Guarantees: captures are folded in the order of their sequences; one commit holds everything a batch decided
//! and moves the intake place with it, so a crash repeats a batch and never half of it; a capture that cannot be
//! read goes to quarantine and its neighbours are unaffected; when the store cannot be written, the pipeline waits
//! and goes on by itself.
//!
//! It runs on a thread of its own: folding is work for a processor, and must not hold up the webhooks.

mod cache;
mod keys;
mod read;
mod recall;
mod step;
mod work;

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Normalize, Result as ConnectorResult};
use crossdock_schemas::{Observation, Order as CanonicalOrder};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

pub use step::{Fold, SourceOf, Step};

use crate::backbone::{Backbone, BackboneError, Commit, Micros, Seq};
use crate::clock;

/// Most captures in one step.
const STEP: usize = 256;
/// About as many bytes in one step: bounds memory when captures are large.
const STEP_BYTES: usize = 2 << 20;
/// How far the pipeline's thread stands back, as `nice` counts: 0 not at all, 19 only when nobody else wants to.
const BEHIND: i32 = 10;
/// Steps folded ahead of what is committed.
const AHEAD: usize = 2;

/// Where an observation comes from.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Id of its source in the configuration.
    pub source: &'a str,
    /// When its capture was received.
    pub at: Timestamp,
}

/// The stage between normalize and fold: address, SKU and risk are looked up here, without I/O.
pub trait Enrich: Send + Sync {
    /// Adds what is known to an observation.
    ///
    /// # Errors
    /// `Malformed` puts the capture into quarantine.
    fn enrich(&self, observation: &mut Observation, about: &About<'_>) -> ConnectorResult<()>;

    /// Reads what the first observation would wait for.
    fn prepare(&self) {}

    /// How far back orders are to be recalled before the first one is enriched; none: not at all.
    fn horizon(&self) -> Option<Micros> {
        None
    }

    /// Takes note of an order that was committed earlier.
    fn recall(&self, _: &CanonicalOrder) {}
}

/// Adds nothing.
#[derive(Debug, Default)]
pub struct PassThrough;

impl Enrich for PassThrough {
    fn enrich(&self, _: &mut Observation, _: &About<'_>) -> ConnectorResult<()> {
        Ok(())
    }
}

/// What a source needs for folding.
#[derive(Clone)]
pub struct FoldSource {
    /// Reads its captures.
    pub normalize: Arc<dyn Normalize>,
    /// Observations carry a revision of the source.
    pub revisions: bool,
}

/// Orders of people to a running pipeline.
pub enum Order {
    /// Folds captures in quarantine again; says how many left it.
    Refold(Vec<Seq>, oneshot::Sender<Result<u64, BackboneError>>),
}

/// A way to reach a running pipeline.
#[derive(Clone)]
pub struct PipelineHandle {
    orders: mpsc::Sender<Order>,
}

impl PipelineHandle {
    /// Folds captures in quarantine again; says how many left it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn refold(&self, seqs: Vec<Seq>) -> Result<u64, BackboneError> {
        let (reply, answer) = oneshot::channel();
        self.orders.send(Order::Refold(seqs, reply)).await.map_err(|_| BackboneError::Closed)?;
        answer.await.map_err(|_| BackboneError::Closed)?
    }
}

/// The running pipeline.
pub struct Pipeline {
    backbone: Arc<dyn Backbone>,
    fold: Fold,
    orders: mpsc::Receiver<Order>,
    stop: watch::Receiver<bool>,
    duty: Option<watch::Receiver<bool>>,
}

impl Pipeline {
    /// A pipeline and the way to reach it. It stops when `stop` says so, after what it took is committed.
    pub fn new(
        backbone: Arc<dyn Backbone>,
        fold: Fold,
        stop: watch::Receiver<bool>,
    ) -> (Self, PipelineHandle) {
        let (orders, received) = mpsc::channel(16);
        (Self { backbone, fold, orders: received, stop, duty: None }, PipelineHandle { orders })
    }

    /// Takes the intake only while it has the duty: of several hubs over one log, one folds. Repairs it does always.
    #[must_use]
    pub fn with_duty(mut self, duty: watch::Receiver<bool>) -> Self {
        self.duty = Some(duty);
        self
    }

    fn on_duty(&self) -> bool {
        self.duty.as_ref().is_none_or(|duty| *duty.borrow())
    }

    /// Runs until stopped. Blocks the calling thread: give it one of its own.
    pub fn run_blocking(self, runtime: &tokio::runtime::Handle) {
        // Taking in comes before folding: under a burst the processor belongs to the acknowledgements first.
        if let Err(error) = rustix::process::setpriority_process(None, BEHIND) {
            tracing::debug!(error = %error, "the pipeline runs at the same priority as the intake");
        }
        runtime.block_on(self.run());
    }

    /// Folds everything captured so far and returns: for commands that work on a stopped hub's store.
    ///
    /// # Errors
    /// What the store says.
    pub async fn drain(&mut self) -> Result<(), BackboneError> {
        self.fold.recall(&*self.backbone, clock::now()).await?;
        let mut from = self.backbone.intake_position().await?;
        loop {
            let captures = self.backbone.intake(from, STEP, STEP_BYTES).await?;
            if captures.is_empty() {
                return Ok(());
            }
            let step = self.fold.step(&*self.backbone, from, &captures, clock::now()).await?;
            from = step.to;
            for commit in step.commits {
                self.backbone.commit(commit).await?;
            }
        }
    }

    /// Folds captures in quarantine again, outside the intake.
    ///
    /// # Errors
    /// What the store says.
    pub async fn refold(&mut self, seqs: Vec<Seq>) -> Result<u64, BackboneError> {
        let mut left = 0;
        for seqs in seqs.chunks(64) {
            let captures = self.backbone.captures(seqs.to_vec()).await?;
            let mut rest = &captures[..];
            while !rest.is_empty() {
                let step = self.fold.again(&*self.backbone, rest, clock::now()).await?;
                left += step.readable;
                rest = rest.get(step.captures..).unwrap_or_default();
                for commit in step.commits {
                    let committed = self.backbone.commit(commit).await;
                    if committed.is_err() {
                        self.fold.forget();
                    }
                    committed?;
                }
            }
        }
        Ok(left)
    }

    async fn run(mut self) {
        let mut wait = Backoff::default();
        self.relieved().await;
        while let Err(error) = self.fold.recall(&*self.backbone, clock::now()).await {
            if matches!(error, BackboneError::Closed) || *self.stop.borrow() {
                return;
            }
            tracing::error!(error = %error, "pipeline waits for the store");
            tokio::time::sleep(wait.next()).await;
        }
        loop {
            match self.run_until_trouble().await {
                Ok(()) => return,
                Err(BackboneError::Closed) => return,
                Err(BackboneError::Conflict(what)) => {
                    // Somebody else folded meanwhile: load again and fold again.
                    tracing::debug!(what, "commit conflict, folding again");
                }
                Err(error) => {
                    tracing::error!(error = %error, "pipeline waits for the store");
                    tokio::time::sleep(wait.next()).await;
                }
            }
            self.fold.forget();
            if *self.stop.borrow() {
                return;
            }
        }
    }

    /// Serves repairs until it has the duty, or is stopped.
    async fn relieved(&mut self) {
        while !self.on_duty() && !*self.stop.borrow() {
            tokio::select! {
                stopped = self.stop.changed() => if stopped.is_err() { return },
                () = changed(self.duty.as_mut()) => {}
                order = self.orders.recv() => match order {
                    Some(Order::Refold(seqs, reply)) => {
                        // Another hub folds meanwhile: what this one remembers may be old.
                        self.fold.forget();
                        drop(reply.send(self.refold(seqs).await));
                    }
                    None => return,
                },
            }
        }
        self.fold.forget();
    }

    async fn run_until_trouble(&mut self) -> Result<(), BackboneError> {
        self.relieved().await;
        if *self.stop.borrow() && !self.on_duty() {
            return Ok(());
        }
        let mut heads = self.backbone.heads();
        let mut from = self.backbone.intake_position().await?;
        let mut committer = Committer::start(Arc::clone(&self.backbone));
        loop {
            if !self.on_duty() {
                committer.settle().await?;
                return Err(BackboneError::Conflict("another hub folds now".into()));
            }
            let seen = *heads.captures.borrow_and_update();
            let captures =
                if seen > from { self.backbone.intake(from, STEP, STEP_BYTES).await? } else { Vec::new() };
            if !captures.is_empty() {
                let step = self.fold.step(&*self.backbone, from, &captures, clock::now()).await?;
                from = step.to;
                for commit in step.commits {
                    committer.give(commit).await?;
                }
                continue;
            }
            // Nothing to do: make sure that what was given is written before waiting.
            committer.settle().await?;
            // Captures may have come while that was written: a stop waits for them too.
            let more = *heads.captures.borrow() > from;
            if more {
                continue;
            }
            if *self.stop.borrow() {
                return Ok(());
            }
            tokio::select! {
                changed = heads.captures.changed() => changed.map_err(|_| BackboneError::Closed)?,
                stopped = self.stop.changed() => if stopped.is_err() { return Ok(()) },
                () = changed(self.duty.as_mut()) => {}
                order = self.orders.recv() => match order {
                    Some(Order::Refold(seqs, reply)) => drop(reply.send(self.refold(seqs).await)),
                    None => self.stop.changed().await.map_err(|_| BackboneError::Closed)?,
                },
            }
        }
    }
}

/// Waits until it has the duty or lost it; forever where there is none to have.
async fn changed(duty: Option<&mut watch::Receiver<bool>>) {
    if let Some(duty) = duty
        && duty.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// Commits one step while the next one is folded.
struct Committer {
    steps: mpsc::Sender<Commit>,
    done: mpsc::Receiver<Result<(), BackboneError>>,
    open: usize,
}

impl Committer {
    fn start(backbone: Arc<dyn Backbone>) -> Self {
        let (steps, mut queue) = mpsc::channel::<Commit>(AHEAD);
        let (results, done) = mpsc::channel(AHEAD + 1);
        // Ends when its sender goes away; then nobody waits for a result any more.
        tokio::spawn(async move {
            while let Some(commit) = queue.recv().await {
                let result = backbone.commit(commit).await;
                let failed = result.is_err();
                // Steps behind a failed one were folded on what did not happen.
                if results.send(result).await.is_err() || failed {
                    return;
                }
            }
        });
        Self { steps, done, open: 0 }
    }

    async fn give(&mut self, commit: Commit) -> Result<(), BackboneError> {
        while self.open >= AHEAD {
            self.one().await?;
        }
        if self.steps.send(commit).await.is_err() {
            return self.one().await;
        }
        self.open += 1;
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), BackboneError> {
        while self.open > 0 {
            self.one().await?;
        }
        Ok(())
    }

    async fn one(&mut self) -> Result<(), BackboneError> {
        let result = self.done.recv().await.ok_or(BackboneError::Closed)?;
        self.open = self.open.saturating_sub(1);
        result
    }
}

/// Waits between tries while the store is away.
#[derive(Default)]
struct Backoff(u32);

impl Backoff {
    fn next(&mut self) -> Duration {
        let wait = Duration::from_millis(100) * 2_u32.pow(self.0.min(5));
        self.0 = self.0.saturating_add(1);
        wait.min(Duration::from_secs(2))
    }
}
