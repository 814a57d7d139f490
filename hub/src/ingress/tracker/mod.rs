//! Asking carriers for parcels: those that are not finished, as often as where they are makes it worth while.
//!
//! Parcels are known from their histories, which the shops' tracking numbers begin. Where one is and when it was last
//! heard of says when it is due ([`pace`], [`book`]): nothing else is kept, so a restart loses nothing, and it spreads
//! what is overdue. Replies are captured as they came and folded like any capture. A number that the carrier does not
//! know is no error: it is asked for again, less and less, until nobody has heard of it for `track_for`.
//!
//! Never more calls than the vendor publishes, or the configuration says: short windows wait for their length after a
//! start, long ones are kept in the store ([`spent`]). A vendor that is down is probed by a call now and then; one that
//! asks for a pause gets it; one that refuses our key is left alone for ten minutes.

mod ask;
pub mod book;
pub mod pace;
pub mod phone;
pub mod spent;
#[cfg(test)]
#[cfg(feature = "sf")]
mod tests;
pub mod watch;

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Call, Quota, Track};
use tokio::sync::mpsc;
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;

use self::ask::{Ended, Running};
use self::pace::Pace;
use self::watch::{News, Reader};
use super::pull::Caller;
use crate::backbone::*;
use crate::clock;
use crate::config::SourceSetup;
use crate::handoff::budget::Budget;
use crate::telemetry::metrics::{Metric, Metrics};

/// Quotas of at least this length outlive a restart.
const LONG: u32 = 3600;
/// Batches of news that may wait for a source.
const WAITING: usize = 64;
/// How often the state of a source is looked at, and shown, when nothing happens.
const LOOK: Duration = Duration::from_secs(5);

/// A source that asks for parcels.
#[derive(Clone)]
pub struct Tracker {
    /// Source id.
    pub source: Arc<str>,
    /// Its connector's part.
    pub track: Arc<dyn Track>,
    /// Whose parcels, in our words.
    pub carriers: Vec<Arc<str>>,
    /// Most numbers in one call.
    pub most: usize,
    /// How often.
    pub pace: Pace,
    /// How long a parcel of which nothing is heard counts.
    pub lasts: Micros,
    /// Most calls at a time.
    pub concurrency: usize,
    /// Last four digits of the sender's phone, in the place of each recipient's.
    pub phone: Option<String>,
    /// Calls in seconds.
    pub quotas: Vec<(u32, u32)>,
    /// Makes the calls.
    pub caller: Caller,
    /// The store.
    pub backbone: Arc<dyn Backbone>,
    /// Counts.
    pub metrics: Arc<Metrics>,
}

impl Tracker {
    /// The tracker of a source; none when it asks for nothing.
    pub fn of(
        source: &SourceSetup,
        caller: Caller,
        backbone: &Arc<dyn Backbone>,
        metrics: &Arc<Metrics>,
    ) -> Option<Self> {
        let (track, every) = (source.parts.track.as_ref()?, source.config.track_every?);
        let (config, can) = (&source.config, &source.descriptor.capabilities);
        let carriers = match config.carriers.is_empty() {
            true => can.carrier.iter().map(|carrier| Arc::from(*carrier)).collect(),
            false => config.carriers.iter().map(|carrier| Arc::from(carrier.as_str())).collect(),
        };
        let own = [(config.track_per_second, 1), (config.track_per_day, 86_400)];
        let own: Vec<_> = own.into_iter().filter_map(|(calls, seconds)| Some((calls?, seconds))).collect();
        let declared = || Quota::counting(source.descriptor.quotas, Call::Track).collect();
        Some(Self {
            source: Arc::clone(&source.id),
            track: Arc::clone(track),
            carriers,
            most: can.max_batch.and_then(|most| usize::try_from(most).ok()).unwrap_or(1).max(1),
            pace: Pace {
                every: every.micros(),
                rest: i64::from(can.rest_seconds.unwrap_or(0)).saturating_mul(1_000_000),
            },
            lasts: config.track_for.micros(),
            concurrency: config.fetch_concurrency.max(1),
            phone: config.track_phone.clone(),
            quotas: if own.is_empty() { declared() } else { own },
            caller,
            backbone: Arc::clone(backbone),
            metrics: Arc::clone(metrics),
        })
    }

    /// The short windows, spent as if the last run had used them up.
    fn budget(&self) -> Budget {
        let short = || self.quotas.iter().copied().filter(|(_, seconds)| *seconds < LONG);
        let budget = Budget::within(short());
        let longest = short().map(|(_, seconds)| seconds).max().unwrap_or(0);
        budget.pause(Duration::from_secs(longest.into()));
        budget
    }

    async fn run(self, mut news: mpsc::Receiver<Vec<News>>, mut stop: Receiver<bool>) {
        let this = Arc::new(self);
        let Some(mut running) = Running::start(&this, &stop).await else { return };
        let mut calls: JoinSet<Ended> = JoinSet::new();
        while !*stop.borrow() {
            let wait = running.work(&this, &mut calls).await;
            this.show(&running);
            tokio::select! {
                batch = news.recv() => match batch {
                    Some(batch) => running.note(batch),
                    None => break,
                },
                Some(ended) = calls.join_next() => match ended {
                    Ok(ended) => running.ended(&this, ended),
                    Err(error) => tracing::error!(source = &*this.source, error = %error, "asking for parcels panicked"),
                },
                _ = stop.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        // What is under way is captured before the store closes.
        while calls.join_next().await.is_some() {}
    }

    fn show(&self, running: &Running) {
        let late = running.book.next().map_or(0, |due| clock::now_micros().saturating_sub(due).max(0));
        self.metrics.set(Metric::TrackOpen, &self.source, running.book.len());
        self.metrics.set(Metric::TrackLate, &self.source, usize::try_from(late / 1_000_000).unwrap_or(0));
    }
}

/// Runs all trackers until stopped; calls under way are finished. With `files`, what files tell is today's business.
pub async fn run(trackers: Vec<Tracker>, backbone: Arc<dyn Backbone>, files: bool, stop: Receiver<bool>) {
    let mut tasks = JoinSet::new();
    let mut readers = Vec::new();
    for tracker in trackers {
        let (news, waiting) = mpsc::channel(WAITING);
        readers.push(Reader { carriers: tracker.carriers.clone(), lasts: tracker.lasts, news });
        tasks.spawn(tracker.run(waiting, stop.clone()));
    }
    tasks.spawn(watch::run(backbone, readers, files, stop));
    while tasks.join_next().await.is_some() {}
}
