//! Fetching what nudges spoke of: one call an object, however many nudges there were for it.
//!
//! A nudge is a row in the store until its object was captured, in the same transaction. So a crash repeats a
//! fetch and never forgets one. A fetch that is refused for good puts the capture that nudged into quarantine.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Call, Class as ErrorClass, Error, Fetch, ObjectId};
use crossdock_schemas::{Channel, Class};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::pull::Caller;
use crate::backbone::*;
use crate::clock;
use crate::config::SourceSetup;
use crate::handoff::schedule::{Schedule, mix};
use crate::telemetry::metrics::{Metric, Metrics};

/// Retries of fetches: from a second to ten minutes, for three days.
const SCHEDULE: Schedule = Schedule { base: 1_000_000, longest: 600_000_000, give_up: 259_200_000_000 };
/// Retries come due, and quotas are filled again, without anybody saying so.
const LOOK: Duration = Duration::from_millis(500);

/// Kind and id of an object.
type Name = (String, String);

/// A source whose objects are fetched. Each waits for itself only: a platform that is slow or wants us to slow down keeps
/// nobody else's.
#[derive(Clone)]
pub struct Fetcher {
    /// Source id.
    pub source: Arc<str>,
    /// Its connector's part.
    pub fetch: Arc<dyn Fetch>,
    /// Makes the calls.
    pub caller: Caller,
    /// Most calls at a time.
    pub concurrency: usize,
    /// The store.
    pub backbone: Arc<dyn Backbone>,
    /// Counts.
    pub metrics: Arc<Metrics>,
}

/// Fetches until stopped; calls under way are finished.
pub async fn run(fetchers: Vec<Fetcher>, stop: watch::Receiver<bool>) {
    let mut tasks: JoinSet<()> = fetchers.into_iter().map(|fetcher| fetcher.run(stop.clone())).collect();
    while tasks.join_next().await.is_some() {}
}

impl Fetcher {
    /// The fetcher of a source; none when nothing can be fetched there.
    pub fn of(
        source: &SourceSetup,
        caller: Caller,
        backbone: &Arc<dyn Backbone>,
        metrics: &Arc<Metrics>,
    ) -> Option<Self> {
        Some(Self {
            source: Arc::clone(&source.id),
            fetch: Arc::clone(source.parts.fetch.as_ref()?),
            caller,
            concurrency: source.config.fetch_concurrency,
            backbone: Arc::clone(backbone),
            metrics: Arc::clone(metrics),
        })
    }

    async fn run(self, mut stop: watch::Receiver<bool>) {
        let most = self.concurrency.max(1);
        let mut heads = self.backbone.heads();
        let mut busy: HashSet<Name> = HashSet::new();
        let mut calls: JoinSet<(Name, Result<()>)> = JoinSet::new();
        while !*stop.borrow() {
            heads.nudges.mark_unchanged();
            let mut wait = LOOK;
            if calls.len() < most {
                // An object may have several; those under way are among them.
                match self.backbone.nudges(&self.source, clock::now_micros(), most * 8).await {
                    Ok(due) => wait = self.begin(due, most, &mut busy, &mut calls),
                    Err(error) => tracing::error!(error = %error, "cannot read what is to be fetched"),
                }
            }
            tokio::select! {
                Some(ended) = calls.join_next() => match ended {
                    Ok((name, done)) => {
                        busy.remove(&name);
                        if let Err(error) = done {
                            tracing::error!(error = %error, "fetch waits for the store");
                            tokio::time::sleep(LOOK).await;
                        }
                    }
                    Err(error) => {
                        tracing::error!(source = &*self.source, error = %error, "a fetch panicked");
                        busy.clear();
                    }
                },
                changed = heads.nudges.changed() => if changed.is_err() { break },
                changed = stop.changed() => drop(changed),
                () = tokio::time::sleep(wait) => {}
            }
        }
        while calls.join_next().await.is_some() {}
    }

    /// Begins to fetch as many of these as may be; gives how long to wait before looking again.
    fn begin(
        &self,
        due: Vec<Nudge>,
        most: usize,
        busy: &mut HashSet<Name>,
        calls: &mut JoinSet<(Name, Result<()>)>,
    ) -> Duration {
        for nudge in due {
            let name = (nudge.kind.clone(), nudge.object.clone());
            if busy.contains(&name) {
                continue;
            }
            if calls.len() >= most {
                break;
            }
            if let Err(wait) = self.caller.may(Call::Fetch) {
                return wait.min(LOOK);
            }
            busy.insert(name.clone());
            let this = self.clone();
            calls.spawn(async move { (name, this.fetch(nudge).await) });
        }
        LOOK
    }

    async fn fetch(&self, nudge: Nudge) -> Result<()> {
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
        self.caller.slower(Call::Fetch, error);
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
