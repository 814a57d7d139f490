//! Making the calls: what is due is looked at, paid for and handed over.

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Delivery, Error, ErrorKind, Outcome, Repeat, SinkPart};
use crossdock_schemas::Class;
use tracing::Instrument;

use super::budget::Place;
use super::gate::Gate;
use super::lanes::Result as Became;
use super::outcome::became;
use super::worker::{Ended, Running, Worker};
use crate::backbone::*;
use crate::clock;

impl Worker {
    /// Starts what may be handed off now.
    pub(super) async fn start(self: &Arc<Self>, running: &mut Running) -> Result<()> {
        let now = clock::now_micros();
        let free = self.config.concurrency.saturating_sub(running.calls.len());
        if free == 0 {
            // The end of a call wakes, not a time.
            running.not_before = 0;
            return Ok(());
        }
        if now < running.not_before {
            return Ok(());
        }
        running.not_before = 0;
        let batch = self.config.batch.max(1);
        let due = running.lanes.take(now, free.saturating_mul(batch));
        self.load(running, &due).await?;
        let mut seqs = Vec::with_capacity(due.len());
        for seq in due {
            let Some(stored) = running.events.get(&seq) else {
                return Err(BackboneError::Broken(format!("event {seq} is gone from the log")));
            };
            match self.gate(&running.lanes, seq, stored).await? {
                Gate::Go => seqs.push(seq),
                Gate::Superseded(words) => {
                    running.events.remove(&seq);
                    running.lanes.finish(seq, Became::Superseded(words), now);
                }
                Gate::WaitFor(key, words) => running.lanes.wait_for(seq, &key, &words, now),
            }
        }
        while !seqs.is_empty() {
            let place = match self.pay(now) {
                Ok(place) => place,
                Err(wait) => {
                    let wait = i64::try_from(wait.as_micros()).unwrap_or(0).saturating_add(1);
                    running.not_before = now.saturating_add(wait);
                    for seq in seqs.drain(..) {
                        running.lanes.untake(seq, now);
                    }
                    return Ok(());
                }
            };
            let taken: Vec<Seq> = seqs.drain(..batch.min(seqs.len())).collect();
            if self.part.repeat() == Repeat::AtMostOnce {
                // Before anybody could be told, it is written down that they may have been.
                taken.iter().for_each(|seq| running.lanes.intend(*seq));
                self.flush(running).await?;
            }
            self.call_for(running, taken, place)?;
        }
        Ok(())
    }

    /// A place and a call from every budget, or how long to wait. Nothing is spent before all would give.
    fn pay(&self, now: Micros) -> std::result::Result<Vec<Place>, Duration> {
        self.talker.budgets.iter().try_for_each(|share| share.look(now))?;
        self.talker.budgets.iter().map(|share| share.take(now)).collect()
    }

    fn call_for(self: &Arc<Self>, running: &mut Running, taken: Vec<Seq>, places: Vec<Place>) -> Result<()> {
        let mut deliveries = Vec::with_capacity(taken.len());
        let mut recorded = Vec::with_capacity(taken.len());
        let asks = self.part.repeat() == Repeat::QueryFirst;
        for seq in &taken {
            let Some(stored) = running.events.get(seq) else {
                return Err(BackboneError::Broken(format!("event {seq} is gone from the log")));
            };
            let replayed = matches!(running.lanes.track(*seq), Track::Replay(_));
            let (event, json) =
                if replayed { again(stored) } else { (Arc::clone(&stored.event), stored.json()) };
            deliveries.push(Delivery {
                event,
                json,
                attempt: running.lanes.attempt(*seq),
                maybe_there: running.lanes.maybe_there(*seq) || replayed || (asks && *seq <= running.old),
            });
            recorded.push(stored.recorded_at);
        }
        running.flying.extend(&taken);
        let this = Arc::clone(self);
        let trace = deliveries.first().and_then(|delivery| delivery.event.traceparent.clone());
        let span = crate::telemetry::child_span("deliver", trace.as_deref());
        running.calls.spawn(
            async move {
                let ended = this.call(taken, deliveries, recorded).await;
                drop(places);
                ended
            }
            .instrument(span),
        );
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
            SinkPart::Http(sink) => self.talker.hand_over(&**sink, &deliveries).await,
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
}

/// An event as it is told again: everything but its class is as it was.
fn again(stored: &StoredEvent) -> (Arc<crossdock_schemas::Event>, bytes::Bytes) {
    let mut event = (*stored.event).clone();
    event.class = Class::Replay;
    let json = bytes::Bytes::from(event.to_json());
    (Arc::new(event), json)
}
