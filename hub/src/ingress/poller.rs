//! Polling: the safety net under the pushes.
//!
//! Windows overlap by what the connector declares. The cursor moves only past what is captured: a page is stored
//! before the place in it is remembered, so a crash repeats a page and never skips one.

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Call, Cursor, Error, Page, Poll, Topic};
use crossdock_schemas::{Channel, Class};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::pull::Caller;
use crate::backbone::*;
use crate::clock;
use crate::config::HumanDuration;
use crate::telemetry::metrics::{Metric, Metrics};

/// So often a page is asked for again of a vendor that wants us to slow down, before other lists get their turn.
const REFUSALS: u32 = 3;

/// A source that is polled.
#[derive(Clone)]
pub struct Poller {
    /// Source id.
    pub source: Arc<str>,
    /// Its connector's part.
    pub poll: Arc<dyn Poll>,
    /// How often.
    pub every: HumanDuration,
    /// How far back the first window reaches.
    pub since: HumanDuration,
    /// The store.
    pub backbone: Arc<dyn Backbone>,
    /// For the calls.
    pub caller: Caller,
    /// Counts.
    pub metrics: Arc<Metrics>,
}

impl Poller {
    /// Polls all topics until stopped.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut wait = self.every.get();
        while !*stop.borrow() {
            let mut failed = false;
            for topic in self.poll.topics() {
                if let Err(error) = self.catch_up(topic, &mut stop).await {
                    self.metrics.count(Metric::Polls, "failed", 1);
                    tracing::warn!(source = &*self.source, topic, error, "poll failed, will be tried again");
                    failed = true;
                }
            }
            // A vendor that is down is asked less and less often, but always again.
            wait = if failed {
                (wait * 2).min(Duration::from_secs(600)).max(self.every.get())
            } else {
                self.every.get()
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                changed = stop.changed() => drop(changed),
            }
        }
    }

    /// A page, when the vendor allows one; none when it is to stop before.
    async fn page(
        &self,
        cursor: &Cursor,
        stop: &mut watch::Receiver<bool>,
    ) -> std::result::Result<Option<Page>, Error> {
        let mut refused = 0;
        loop {
            tokio::select! {
                () = self.caller.turn(Call::Poll) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(None),
            }
            match self.caller.page(&*self.poll, cursor).await {
                Ok(page) => return Ok(Some(page)),
                // The turn that comes next is after the pause it asked for.
                Err(error) if self.caller.slower(Call::Poll, &error) && refused < REFUSALS => {
                    self.metrics.count(Metric::Polls, "slowed", 1);
                    refused += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn name(&self, topic: Topic) -> String {
        format!("poll/{}/{topic}", self.source)
    }

    /// Reads windows until the last one ends now.
    async fn catch_up(
        &self,
        topic: Topic,
        stop: &mut watch::Receiver<bool>,
    ) -> std::result::Result<(), String> {
        let overlap = SignedDuration::from_secs(i64::from(self.poll.overlap_seconds()));
        let longest = SignedDuration::from_secs(i64::from(self.poll.window_seconds().max(1)));
        loop {
            let now = clock::now();
            let saved = self.backbone.cursor(self.name(topic)).await.map_err(|error| error.to_string())?;
            let cursor = match saved.as_deref().map(Place::read).transpose()? {
                Some(Place::Inside(cursor)) => cursor,
                place => {
                    let from = match place {
                        // A queue is read until it is empty, whenever that is.
                        _ if self.poll.empties(topic) => now,
                        Some(Place::After(end)) => minus(end, overlap),
                        _ => minus(
                            now,
                            SignedDuration::try_from(self.since.get()).unwrap_or(SignedDuration::ZERO),
                        ),
                    };
                    let to = from.checked_add(longest).unwrap_or(now).min(now);
                    self.poll.start(topic, from, to)
                }
            };
            let to = cursor.to;
            self.window(topic, cursor, stop).await?;
            // Another window only when the vendor's longest one did not reach the present.
            if *stop.borrow() || now.duration_since(to) < SignedDuration::from_secs(1) {
                return Ok(());
            }
        }
    }

    async fn window(
        &self,
        topic: Topic,
        first: Cursor,
        stop: &mut watch::Receiver<bool>,
    ) -> std::result::Result<(), String> {
        let mut cursor = first;
        loop {
            let Some(page) = self.page(&cursor, stop).await.map_err(|error| error.to_string())? else {
                return Ok(());
            };
            self.metrics.count(Metric::Polls, "page", 1);
            self.keep(page.captured, page.fetch).await?;
            let place = match page.next {
                Some(next) => Place::Inside(next),
                None => Place::After(cursor.to),
            };
            self.backbone
                .set_cursor(self.name(topic), place.write())
                .await
                .map_err(|error| error.to_string())?;
            match place {
                Place::Inside(next) => cursor = next,
                Place::After(_) => return Ok(()),
            }
        }
    }

    /// Stores full records; ids are kept as nudges without a capture, to be fetched.
    async fn keep(
        &self,
        captured: Vec<crossdock_connector::Captured>,
        fetch: Vec<crossdock_connector::ObjectId>,
    ) -> std::result::Result<(), String> {
        let now = clock::now_micros();
        if !captured.is_empty() {
            let batch: Vec<NewCapture> = captured
                .into_iter()
                .map(|captured| NewCapture {
                    source: Arc::clone(&self.source),
                    captured,
                    channel: Channel::Poll,
                    class: Class::Normal,
                    received_at: now,
                    traceparent: None,
                    answers: Vec::new(),
                })
                .collect();
            let count = u64::try_from(batch.len()).unwrap_or_default();
            self.backbone.capture(batch).await.map_err(|error| error.to_string())?;
            self.metrics.count(Metric::Captures, "poll", count);
        }
        if !fetch.is_empty() {
            let nudges = fetch
                .into_iter()
                .map(|object| NewNudge {
                    source: Arc::clone(&self.source),
                    kind: object.kind,
                    object: object.id,
                    capture: None,
                })
                .collect();
            let commit = Commit { nudges, at: now, ..Commit::default() };
            self.backbone.commit(commit).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// Where a poll stands, as text in the store.
enum Place {
    Inside(Cursor),
    After(Timestamp),
}

impl Place {
    fn read(text: &str) -> std::result::Result<Self, String> {
        match text.strip_prefix("after ") {
            Some(time) => time.parse().map(Self::After).map_err(|error| format!("saved place: {error}")),
            None => {
                serde_json::from_str(text).map(Self::Inside).map_err(|error| format!("saved place: {error}"))
            }
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Inside(cursor) => serde_json::to_string(cursor).unwrap_or_default(),
            Self::After(time) => format!("after {time}"),
        }
    }
}

fn minus(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_sub(span).unwrap_or(time)
}
