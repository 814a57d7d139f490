//! One source at work: what is due is looked up, grouped as the carrier allows, paid for, asked and captured.

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Class as ErrorClass, Error, ErrorKind, Waybill};
use crossdock_schemas::{Channel, Class, HistoryKind};
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;

use super::book::{Became, Book, Name};
use super::pace::Stage;
use super::spent::Spent;
use super::watch::{News, key_of};
use super::{LOOK, Tracker, phone};
use crate::backbone::*;
use crate::clock;
use crate::handoff::budget::Budget;
use crate::handoff::schedule::{Breaker, Schedule, mix};
use crate::history::{ParcelState, State};
use crate::telemetry::metrics::Metric;

/// How a vendor that is down is probed.
const SCHEDULE: Schedule = Schedule { base: 5_000_000, longest: 60_000_000, give_up: Micros::MAX };
/// How long a vendor is left alone that refuses our key.
const LOCKED: Micros = 600_000_000;
/// How long a vendor is left alone that wants us to slow down and does not say for how long.
const SLOWER: Micros = 60_000_000;
/// Longest pause a vendor may ask for.
const LONGEST: Micros = 3_600_000_000;

/// A question that has come to its end.
pub(super) struct Ended {
    names: Vec<Name>,
    outcome: Result<usize, Error>,
}

/// What a source is at.
pub(super) struct Running {
    pub(super) book: Book,
    budget: Budget,
    spent: Spent,
    breaker: Breaker,
    not_before: Micros,
    /// A call is paid for and not made yet.
    paid: bool,
    warned: bool,
}

/// Parcels that go into one call.
struct Group {
    names: Vec<Name>,
    waybills: Vec<Waybill>,
}

impl Running {
    /// Reads what was spent; none when it is to stop before the store answers.
    pub(super) async fn start(tracker: &Tracker, stop: &Receiver<bool>) -> Option<Self> {
        let long: Vec<_> =
            tracker.quotas.iter().copied().filter(|(_, seconds)| *seconds >= super::LONG).collect();
        let text = loop {
            match tracker.backbone.cursor(tracker.cursor()).await {
                Ok(text) => break text,
                Err(_) if *stop.borrow() => return None,
                Err(BackboneError::Closed) => return None,
                Err(error) => {
                    tracing::error!(source = &*tracker.source, error = %error, "tracking waits for the store");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        };
        // What is overdue is spread anew each time, so that a hub that does not live long reaches everybody.
        let seed = mix(u64::try_from(clock::now_micros()).unwrap_or_default());
        Some(Self {
            book: Book::new(tracker.pace, tracker.lasts, seed),
            budget: tracker.budget(),
            spent: Spent::new(&long, text.as_deref()),
            breaker: Breaker::default(),
            not_before: 0,
            paid: false,
            warned: false,
        })
    }

    /// Takes note of news.
    pub(super) fn note(&mut self, news: Vec<News>) {
        let now = clock::now_micros();
        for News { name, stage, heard } in news {
            self.book.heard(name, stage, heard, now);
        }
    }

    /// Asks what may be asked for now; gives how long there is nothing to do.
    pub(super) async fn work(&mut self, tracker: &Arc<Tracker>, calls: &mut JoinSet<Ended>) -> Duration {
        loop {
            let now = clock::now_micros();
            let ready = self.not_before.max(self.breaker.probe_at().unwrap_or(0));
            if ready > now {
                return span(ready.saturating_sub(now));
            }
            if calls.len() >= self.breaker.allows(now, tracker.concurrency) {
                return LOOK;
            }
            match self.book.next() {
                Some(due) if due <= now => {}
                Some(due) => return span(due.saturating_sub(now)),
                None => return LOOK,
            }
            if let Err(wait) = self.pay(tracker, now).await {
                return span(wait);
            }
            match self.group(tracker, now).await {
                Ok(None) => {}
                Ok(Some(group)) => {
                    self.paid = false;
                    let tracker = Arc::clone(tracker);
                    calls.spawn(async move { tracker.ask(group).await });
                }
                Err(error) => {
                    tracing::error!(source = &*tracker.source, error = %error, "tracking waits for the store");
                    return Duration::from_secs(1);
                }
            }
        }
    }

    /// One call from every window, or how long to wait.
    async fn pay(&mut self, tracker: &Tracker, now: Micros) -> Result<(), Micros> {
        if self.paid {
            return Ok(());
        }
        let short = self.budget.call(now);
        short.map_err(|wait| i64::try_from(wait.as_micros()).unwrap_or(LONGEST).saturating_add(1))?;
        if self.spent.counts() {
            self.spent.call(now)?;
            // Written before the call, so that a crash forgets none.
            if let Err(error) = tracker.backbone.set_cursor(tracker.cursor(), self.spent.text()).await {
                tracing::error!(source = &*tracker.source, error = %error, "tracking waits for the store");
                return Err(1_000_000);
            }
        }
        self.paid = true;
        Ok(())
    }

    /// The next parcels that go into one call; none when those that were due are finished meanwhile.
    async fn group(&mut self, tracker: &Tracker, now: Micros) -> Result<Option<Group>, BackboneError> {
        let names = self.book.take(now, tracker.most);
        let states = match tracker.backbone.load(names.iter().map(key_of).collect()).await {
            Ok(states) => states,
            Err(error) => {
                names.iter().for_each(|name| self.book.put_back(name));
                return Err(error);
            }
        };
        let mut ready: Vec<(Waybill, Name)> = Vec::with_capacity(names.len());
        for (name, stored) in names.into_iter().zip(states) {
            let state = stored.and_then(|stored| open(&stored));
            match state {
                Some(state) => {
                    let phone_tail = tracker.phone_of(&state, &name).await;
                    ready.push((Waybill { number: name.waybill().to_owned(), phone_tail }, name));
                }
                None => self.book.forget(&name),
            }
        }
        // Carriers that take one phone in a call get those with the same one side by side, and the first stays the first.
        if let Some((first, _)) = ready.first() {
            let tail = first.phone_tail.clone();
            ready.sort_by_key(|(waybill, _)| waybill.phone_tail != tail);
        }
        let (mut waybills, mut names): (Vec<_>, Vec<_>) = ready.into_iter().unzip();
        let fit = tracker.track.together(&waybills).clamp(1, tracker.most).min(waybills.len());
        waybills.truncate(fit);
        names.drain(fit..).for_each(|name| self.book.put_back(&name));
        Ok((!names.is_empty()).then_some(Group { names, waybills }))
    }

    /// What a question came to.
    pub(super) fn ended(&mut self, tracker: &Tracker, ended: Ended) {
        let now = clock::now_micros();
        let (word, became) = match &ended.outcome {
            Ok(0) => ("subscribed", Became::Subscribed),
            Ok(_) => ("captured", Became::Asked),
            Err(error) => self.failed(tracker, error, ended.names.len(), now),
        };
        if matches!(became, Became::Asked | Became::Subscribed) {
            self.breaker.answered();
        }
        tracker.metrics.count(Metric::Tracks, word, 1);
        for name in &ended.names {
            self.book.ended(name, became, now);
        }
    }

    fn failed(
        &mut self,
        tracker: &Tracker,
        error: &Error,
        together: usize,
        now: Micros,
    ) -> (&'static str, Became) {
        let wish = error.retry_after.map(|wait| i64::try_from(wait.as_micros()).unwrap_or(LONGEST));
        let random = mix(u64::try_from(now).unwrap_or_default());
        let source = &*tracker.source;
        match (error.kind(), error.class()) {
            (ErrorKind::NotFound, _) => ("not_yet", Became::Asked),
            (ErrorKind::RateLimited, _) => {
                self.not_before = now.saturating_add(wish.unwrap_or(SLOWER).clamp(0, LONGEST));
                tracing::info!(source, error = %error, "the carrier wants fewer questions");
                ("retry", Became::Failed)
            }
            (_, ErrorClass::Auth) => {
                self.not_before = now.saturating_add(LOCKED);
                tracing::warn!(source, error = %error, "the carrier refuses to answer, will be asked again in ten minutes");
                ("retry", Became::Failed)
            }
            (ErrorKind::Session, _) => {
                // The next call opens another one.
                self.breaker.failed(now, wish, &SCHEDULE, random);
                ("retry", Became::Failed)
            }
            (_, ErrorClass::Retryable | ErrorClass::Malformed) => {
                self.breaker.failed(now, wish, &SCHEDULE, random);
                tracing::warn!(source, error = %error, "asking for parcels failed, will be tried again");
                ("retry", Became::Failed)
            }
            (_, ErrorClass::Permanent) => {
                self.breaker.answered();
                // Told loudly once: what one parcel lacks, such as a phone, others may lack too.
                if std::mem::replace(&mut self.warned, true) {
                    tracing::debug!(source, error = %error, together, "cannot ask for a parcel");
                } else {
                    tracing::warn!(source, error = %error, together, "cannot ask for a parcel; others like it are told at level debug");
                }
                ("refused", if together > 1 { Became::Crowded } else { Became::Refused })
            }
        }
    }
}

impl Tracker {
    /// Where what was spent is kept.
    fn cursor(&self) -> String {
        format!("track/{}", self.source)
    }

    async fn ask(&self, group: Group) -> Ended {
        let Group { names, waybills } = group;
        let carrier = names.first().map_or("", |name| &name.carrier);
        let outcome = match self.caller.parcels(&*self.track, carrier, &waybills).await {
            Ok(captured) => self.keep(captured).await,
            Err(error) => Err(error),
        };
        Ended { names, outcome }
    }

    /// Stores replies as they came; gives how many.
    async fn keep(&self, captured: Vec<crossdock_connector::Captured>) -> Result<usize, Error> {
        let (now, count) = (clock::now_micros(), captured.len());
        if count == 0 {
            return Ok(0);
        }
        let batch = captured.into_iter().map(|captured| NewCapture {
            source: Arc::clone(&self.source),
            captured,
            channel: Channel::Poll,
            class: Class::Normal,
            received_at: now,
            traceparent: None,
            answers: Vec::new(),
        });
        let stored = self.backbone.capture(batch.collect()).await;
        stored.map_err(|error| Error::new(ErrorKind::Unavailable, error.to_string()))?;
        self.metrics.count(Metric::Captures, "poll", u64::try_from(count).unwrap_or_default());
        Ok(count)
    }

    /// The phone that a parcel is asked for with: the sender's where it is configured, else the recipient's, as the
    /// parcel has it or one of its orders.
    async fn phone_of(&self, state: &ParcelState, name: &Name) -> Option<String> {
        if self.phone.is_some() {
            return self.phone.clone();
        }
        let parcel = state.view();
        if let Some(tail) = phone::tail(parcel.to.as_ref()) {
            return Some(tail);
        }
        let Ok(Answer::Found(linked)) = self.backbone.ask(Question::Linked(key_of(name))).await else {
            return None;
        };
        let orders = linked.into_iter().filter(|key| key.kind == HistoryKind::Order).take(4).collect();
        let orders = self.backbone.load(orders).await.ok()?;
        orders.into_iter().flatten().find_map(|stored| {
            let order: crossdock_schemas::Order = serde_json::from_str(stored.snapshot.as_deref()?).ok()?;
            phone::tail(order.ship_to.as_ref())
        })
    }
}

/// The state of a parcel that is not finished.
fn open(stored: &StoredState) -> Option<Box<ParcelState>> {
    let state = State::read(HistoryKind::Parcel, &stored.aux, stored.snapshot.as_deref());
    match state {
        Ok(State::Parcel(state)) if Stage::of(state.view().status) != Stage::Over => Some(state),
        Ok(_) => None,
        Err(error) => {
            tracing::warn!(error = %error, key = stored.key, "a parcel cannot be read and is not asked for");
            None
        }
    }
}

fn span(micros: Micros) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).clamp(Duration::from_millis(1), LOOK)
}
