//! Fetching what nudges spoke of: one call an object, however many nudges there were for it.
//!
//! A nudge is a row in the store until its object was captured, in the same transaction. So a crash repeats a
//! fetch and never forgets one. A fetch that is refused for good puts the capture that nudged into quarantine.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Class as ErrorClass, Error, Fetch, ObjectId};
use crossdock_schemas::{Channel, Class};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::pull::Caller;
use crate::backbone::*;
use crate::clock;
use crate::handoff::schedule::{Schedule, mix};
use crate::telemetry::metrics::{Metric, Metrics};

/// A source whose objects are fetched.
#[derive(Clone)]
pub struct FetchSource {
    /// Its connector's part.
    pub fetch: Arc<dyn Fetch>,
    /// Makes the calls.
    pub caller: Caller,
    /// Most calls at a time.
    pub concurrency: usize,
}

/// Retries of fetches: from a second to ten minutes, for three days.
const SCHEDULE: Schedule = Schedule { base: 1_000_000, longest: 600_000_000, give_up: 259_200_000_000 };

/// Fetches until stopped; calls under way are finished.
pub async fn run(
    sources: HashMap<Arc<str>, FetchSource>,
    backbone: Arc<dyn Backbone>,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) {
    let gates: HashMap<Arc<str>, Arc<Semaphore>> = sources
        .iter()
        .map(|(id, source)| (Arc::clone(id), Arc::new(Semaphore::new(source.concurrency.max(1)))))
        .collect();
    let mut heads = backbone.heads();
    let mut busy: HashSet<(Arc<str>, String, String)> = HashSet::new();
    let mut calls: JoinSet<Result<(Arc<str>, String, String)>> = JoinSet::new();
    let most: usize = sources.values().map(|source| source.concurrency).sum::<usize>().max(1) * 4;
    while !*stop.borrow() {
        heads.nudges.mark_unchanged();
        if calls.len() < most {
            match backbone.nudges(clock::now_micros(), most * 4).await {
                Ok(due) => {
                    for nudge in due {
                        let memo = (Arc::clone(&nudge.source), nudge.kind.clone(), nudge.object.clone());
                        if calls.len() >= most || !busy.insert(memo.clone()) {
                            continue;
                        }
                        let (Some(source), Some(gate)) =
                            (sources.get(&nudge.source), gates.get(&nudge.source))
                        else {
                            // The source is no longer configured; its nudges wait until it is again.
                            continue;
                        };
                        let call = Call {
                            fetch: Arc::clone(&source.fetch),
                            gate: Arc::clone(gate),
                            backbone: Arc::clone(&backbone),
                            caller: source.caller.clone(),
                            metrics: Arc::clone(&metrics),
                        };
                        calls.spawn(async move { call.run(nudge).await.map(|()| memo) });
                    }
                }
                Err(error) => tracing::error!(error = %error, "cannot read what is to be fetched"),
            }
        }
        tokio::select! {
            Some(ended) = calls.join_next() => {
                match ended {
                    Ok(Ok(memo)) => { busy.remove(&memo); }
                    // The store could not be written: what was under way is read again.
                    Ok(Err(error)) => { tracing::error!(error = %error, "fetch waits for the store"); busy.clear(); tokio::time::sleep(Duration::from_millis(500)).await; }
                    Err(error) => { tracing::error!(error = %error, "a fetch panicked"); busy.clear(); }
                }
            }
            changed = heads.nudges.changed() => if changed.is_err() { break },
            changed = stop.changed() => drop(changed),
            // Retries come due without anybody saying so.
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
    }
    while calls.join_next().await.is_some() {}
}

struct Call {
    fetch: Arc<dyn Fetch>,
    gate: Arc<Semaphore>,
    backbone: Arc<dyn Backbone>,
    caller: Caller,
    metrics: Arc<Metrics>,
}

impl Call {
    async fn run(&self, nudge: Nudge) -> Result<()> {
        let Ok(_place) = self.gate.acquire().await else { return Ok(()) };
        let id = ObjectId::new(nudge.kind.clone(), nudge.object.clone());
        match self.caller.object(&*self.fetch, &id).await {
            Ok(captured) => {
                self.metrics.count(Metric::Fetches, "captured", 1);
                let capture = NewCapture {
                    source: nudge.source,
                    captured,
                    channel: Channel::Poll,
                    class: Class::Normal,
                    received_at: clock::now_micros(),
                    traceparent: None,
                    answers: nudge.ids,
                };
                self.backbone.capture(vec![capture]).await.map(|_| ())
            }
            Err(error) => self.failed(nudge, &error).await,
        }
    }

    async fn failed(&self, nudge: Nudge, error: &Error) -> Result<()> {
        let now = clock::now_micros();
        let again = match error.class() {
            // A token can be renewed by people at any time.
            ErrorClass::Retryable | ErrorClass::Auth => {
                let wish = error.retry_after.map(|wait| i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
                let random = mix(u64::try_from(now).unwrap_or_default() ^ u64::from(nudge.attempts));
                SCHEDULE.next(now, nudge.first_at, nudge.attempts + 1, wish, random)
            }
            ErrorClass::Malformed | ErrorClass::Permanent => None,
        };
        let outcome = match again {
            Some(at) => {
                self.metrics.count(Metric::Fetches, "retry", 1);
                tracing::debug!(source = &*nudge.source, error = %error, attempts = nudge.attempts + 1, "fetch failed, will be tried again");
                NudgeOutcome::Retry { ids: nudge.ids, at, error: error.to_string() }
            }
            None => {
                self.metrics.count(Metric::Fetches, "failed", 1);
                tracing::warn!(source = &*nudge.source, error = %error, "fetch was given up, its capture goes to quarantine");
                let detail = format!("fetching {} {}: {error}", nudge.kind, nudge.object);
                let reason = QuarantineReason { kind: error.kind().as_str().into(), path: None, detail };
                NudgeOutcome::Failed { ids: nudge.ids, reason }
            }
        };
        self.backbone.settle_nudges(vec![outcome]).await
    }
}
