//! Publishing with a bounded window, and moving the cursor over what was acknowledged.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::jetstream::context::PublishAckFuture;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::broker::Broker;
use super::message::{Ready, Refused, ready, refused};
use super::survey::Survey;
use super::{Publisher, Trouble};
use crate::backbone::{BackboneError, Classes, Seq};
use crate::clock;
use crate::nats::Link;
use crate::telemetry::metrics::Metric;

/// Events read at a time.
const PAGE: usize = 512;
/// The cursor is written after so many acknowledgements, or when this time is over.
const REMEMBER_EVERY: u32 = 4096;
const REMEMBER_AFTER: Duration = Duration::from_millis(250);

/// An event under way.
struct Flight {
    seq: Seq,
    bytes: usize,
    end: End,
}

enum End {
    /// The stream has been asked to take it.
    Asked(PublishAckFuture),
    /// It lies there already.
    Present(u64),
    /// It is too large.
    TooLarge,
}

/// Events of the log, and up to where they were read.
type Page = Result<(Vec<Ready>, Seq), BackboneError>;

/// The next events of the log, made ready while others are under way.
struct Pages {
    task: Option<JoinHandle<Page>>,
    upto: Seq,
    ready: VecDeque<Ready>,
}

impl Publisher {
    /// Publishes what the log holds and what comes in. Returns only with an error.
    pub(super) async fn pump(
        &mut self,
        broker: &Broker,
        mut found: Survey,
        connects: u64,
    ) -> Result<(), Trouble> {
        let mut heads = self.backbone.heads();
        let mut pages = Pages { task: None, upto: self.memory.seq, ready: VecDeque::new() };
        let mut flying: VecDeque<Flight> = VecDeque::new();
        let (mut unsaved, mut saved_at) = (0_u32, Instant::now());
        let mut looked_at = Instant::now();
        // Each event names the place before its own: what is behind one that got lost is not taken, so that no event
        // of a key lies before an earlier one.
        let mut end_of_stream = found.end();
        loop {
            if broker.link.client.statistics().connects.load(Ordering::Relaxed) != connects {
                return Err(Trouble::Look("the connection to the servers is another one"));
            }
            let head = *heads.events.borrow_and_update();
            self.behind(head);
            while flying.len() < self.nats.window {
                let Some(event) = self.next(&mut pages, head, broker, flying.is_empty()).await? else {
                    break;
                };
                let (seq, bytes) = (event.seq, event.size());
                let end = match event.id.and_then(|id| found.take(id)) {
                    Some(place) => End::Present(place),
                    None => self.send(event, &broker.link, end_of_stream).await?,
                };
                end_of_stream += u64::from(matches!(end, End::Asked(_)));
                flying.push_back(Flight { seq, bytes, end });
            }
            // A part of the window at a time: sent together, they share what it costs to send.
            for _ in 0..(flying.len() / 8).max(1) {
                let Some(flight) = flying.pop_front() else { break };
                self.land(flight, broker, &found).await?;
                unsaved += 1;
            }
            let idle = flying.is_empty() && pages.ready.is_empty() && pages.upto >= head;
            if unsaved > 0 && (idle || unsaved >= REMEMBER_EVERY || saved_at.elapsed() >= REMEMBER_AFTER) {
                self.remember().await?;
                (unsaved, saved_at) = (0, Instant::now());
            }
            if looked_at.elapsed() >= self.look_every {
                if !self.glance(broker).await? {
                    return Err(Trouble::Look("the stream is not as it was"));
                }
                looked_at = Instant::now();
            }
            if idle {
                self.behind(head);
                // A connection that was lost meanwhile is noticed within a second.
                tokio::select! {
                    changed = heads.events.changed() => changed.map_err(|_| BackboneError::Closed)?,
                    () = tokio::time::sleep(Duration::from_secs(1).min(self.look_every)) => {}
                }
            }
        }
    }

    /// The next event of the log; waits for the store only when there is nothing else to do.
    async fn next(
        &self,
        pages: &mut Pages,
        head: Seq,
        broker: &Broker,
        wait: bool,
    ) -> Result<Option<Ready>, Trouble> {
        if pages.ready.is_empty()
            && let Some(task) = pages.task.as_mut().filter(|task| wait || task.is_finished())
        {
            let read = task.await.map_err(|error| BackboneError::Broken(error.to_string()));
            pages.task = None;
            let (events, upto) = read??;
            pages.upto = upto;
            pages.ready = events.into();
        }
        if pages.task.is_none() && pages.upto < head && pages.ready.len() < PAGE / 2 {
            let backbone = Arc::clone(&self.backbone);
            let stream = self.names.stream.clone();
            let after = pages.upto;
            pages.task = Some(tokio::spawn(async move {
                let page = backbone.log(after, PAGE, Classes::All).await?;
                let events = page.events.into_iter().map(|stored| ready(stored, &stream)).collect();
                Ok((events, page.upto))
            }));
            if wait && pages.ready.is_empty() {
                return Box::pin(self.next(pages, head, broker, wait)).await;
            }
        }
        Ok(pages.ready.pop_front())
    }

    async fn send(&self, event: Ready, link: &Link, behind: u64) -> Result<End, Trouble> {
        match event.send(link, Some(behind)).await {
            Ok(asked) => Ok(End::Asked(asked)),
            Err(error) => match refused(&error, link) {
                Refused::TooLarge => Ok(End::TooLarge),
                Refused::Trouble(trouble) => Err(trouble),
            },
        }
    }

    /// Waits for the acknowledgement of the oldest event under way.
    async fn land(&mut self, flight: Flight, broker: &Broker, found: &Survey) -> Result<(), Trouble> {
        let Flight { seq, bytes, end } = flight;
        let (place, outcome) = match end {
            End::Present(place) => (place, "present"),
            End::TooLarge => {
                self.too_large(seq, bytes);
                return Ok(());
            }
            End::Asked(asked) => match asked.await {
                Ok(ack) if found.is_ghost(ack.duplicate, ack.sequence) => return Err(Trouble::Ghost),
                Ok(ack) => (ack.sequence, if ack.duplicate { "duplicate" } else { "published" }),
                Err(error) => match refused(&error, &broker.link) {
                    Refused::TooLarge => {
                        self.too_large(seq, bytes);
                        // Those behind it counted on its place and are refused: it is known from now on.
                        return Ok(self.remember().await?);
                    }
                    Refused::Trouble(trouble) => {
                        self.metrics.count(Metric::Published, "failed", 1);
                        return Err(trouble);
                    }
                },
            },
        };
        self.memory.acked(seq, place);
        self.metrics.count(Metric::Published, outcome, 1);
        Ok(())
    }

    fn too_large(&mut self, seq: Seq, bytes: usize) {
        tracing::error!(
            event = seq,
            bytes,
            "an event is too large for the NATS servers and was left out: raise their max_payload and restart the hub"
        );
        self.metrics.count(Metric::Published, "too_large", 1);
        self.memory.leave_out(seq);
    }

    /// Events that were too large at an earlier time: the servers may take more now.
    pub(super) async fn try_large_ones(&mut self, broker: &Broker) -> Result<(), Trouble> {
        let seqs = self.memory.left_out.clone();
        if seqs.is_empty() {
            return Ok(());
        }
        for stored in self.backbone.events_at(seqs).await? {
            let seq = stored.seq;
            let sent = match ready(stored, &self.names.stream).send(&broker.link, None).await {
                Ok(asked) => asked.await,
                Err(error) => Err(error),
            };
            match sent.map_err(|error| refused(&error, &broker.link)) {
                Ok(_) => {
                    tracing::info!(event = seq, "an event that was too large is published now");
                    self.metrics.count(Metric::Published, "published", 1);
                    self.memory.left_out.retain(|one| *one != seq);
                }
                Err(Refused::TooLarge) => {}
                Err(Refused::Trouble(trouble)) => return Err(trouble),
            }
        }
        Ok(self.remember().await?)
    }

    /// Says how much of the log is not in the stream.
    pub(super) fn behind(&self, head: Seq) {
        let behind = u64::try_from(head.saturating_sub(self.memory.seq)).unwrap_or_default();
        self.metrics.publish_behind(behind);
        let left_out = u64::try_from(self.memory.left_out.len()).unwrap_or_default();
        self.metrics.live.fanout(|live| {
            (live.behind, live.left_out, live.at) = (behind, left_out, clock::now_micros());
        });
    }
}
