//! How many calls may be made: per second, per minute, at a time. Shared by the sinks that use one application key.
//!
//! No bound is ever exceeded, whoever asks. Sinks that share a budget take turns: who had to wait goes first when there is
//! something to have, one call at a time, so that a busy sink takes no more than its part while others have calls to make.
//! Who does not come back for a turn loses it.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::backbone::Micros;
use crate::clock;

const SECOND: Micros = 1_000_000;
/// Most calls a window remembers: a quota by the day is left to the vendor's own answer.
const REMEMBERED: u32 = 10_000;
/// After so long one asks again whom nobody has told that there is something to have.
const AGAIN: Micros = 20_000;
/// How much later than it said somebody may come back for a turn.
const LATE: Micros = 50_000;

/// What may be spent.
#[derive(Debug, Default)]
pub struct Budget {
    per_second: Option<DefaultDirectRateLimiter>,
    state: Mutex<State>,
    at_a_time: Option<Arc<Semaphore>>,
    /// The receiver wants no call at all before this.
    paused_until: AtomicI64,
    /// There may be something to have for whoever is next.
    freed: Notify,
    shares: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    windows: Vec<Window>,
    /// Shares that had to wait, and until when they keep their turn.
    turns: VecDeque<(u64, Micros)>,
}

/// A place for one call. It is given back when dropped.
#[derive(Debug, Default)]
pub struct Place(Option<(OwnedSemaphorePermit, Arc<Budget>)>);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((permit, budget)) = self.0.take() {
            drop(permit);
            budget.freed.notify_waiters();
        }
    }
}

impl Budget {
    /// A budget; `None` is without that bound.
    pub fn new(per_second: Option<u32>, per_minute: Option<u32>, at_a_time: Option<usize>) -> Self {
        // The one smooths, so that sinks that share get their calls in turn; the other holds every second to what was said.
        let windows = [per_second.map(|most| (most, 1)), per_minute.map(|most| (most, 60))];
        let windows =
            windows.into_iter().flatten().map(|(most, seconds)| Window::new(most, seconds)).collect();
        Self {
            per_second: per_second.and_then(NonZeroU32::new).map(smooth),
            state: Mutex::new(State { windows, turns: VecDeque::new() }),
            at_a_time: at_a_time.map(|most| Arc::new(Semaphore::new(most))),
            ..Self::default()
        }
    }

    /// So many calls in so many seconds, as vendors publish it: what is kept to where the configuration says nothing.
    pub fn within(limits: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let windows = limits.into_iter().filter_map(|(calls, seconds)| Window::of(calls, seconds)).collect();
        Self { state: Mutex::new(State { windows, turns: VecDeque::new() }), ..Self::default() }
    }

    /// Somebody's part in it.
    pub fn share(self: &Arc<Self>) -> Share {
        Share { budget: Arc::clone(self), who: self.shares.fetch_add(1, Ordering::Relaxed) }
    }

    /// One call now, or how long to wait before asking again. For those who share with nobody.
    ///
    /// # Errors
    /// The wait.
    pub fn call(&self, now: Micros) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.closed(&mut state, now) {
            0 => self.spend(&mut state, now).map_err(duration),
            wait => Err(duration(wait)),
        }
    }

    /// How long there is nothing to have for anybody; 0: there is.
    fn closed(&self, state: &mut State, now: Micros) -> Micros {
        let paused = self.paused_until.load(Ordering::Relaxed).saturating_sub(now);
        let full = state.windows.iter_mut().map(|window| window.wait(now)).max().unwrap_or_default();
        paused.max(full).max(0)
    }

    fn spend(&self, state: &mut State, now: Micros) -> Result<(), Micros> {
        if let Some(limiter) = &self.per_second {
            limiter.check().map_err(|not_yet| {
                let wait = not_yet.wait_time_from(DefaultClock::default().now());
                i64::try_from(wait.as_micros()).unwrap_or(i64::MAX).max(1)
            })?;
        }
        state.windows.iter_mut().for_each(|window| window.spend(now));
        Ok(())
    }

    /// No call at all for this long.
    pub fn pause(&self, wait: Duration) {
        let until = clock::now_micros().saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
        self.paused_until.fetch_max(until, Ordering::Relaxed);
    }
}

/// A tenth of a second's calls at once, the others one by one.
fn smooth(rate: NonZeroU32) -> DefaultDirectRateLimiter {
    let burst = NonZeroU32::new(rate.get() / 10).unwrap_or(NonZeroU32::MIN);
    RateLimiter::direct(governor::Quota::per_second(rate).allow_burst(burst))
}

fn duration(micros: Micros) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

/// Somebody's part in a budget.
#[derive(Clone, Debug)]
pub struct Share {
    budget: Arc<Budget>,
    who: u64,
}

impl Share {
    /// Whether there is a call and a place to have now; nothing is spent.
    ///
    /// # Errors
    /// How long to wait before asking again. That one waits is remembered.
    pub fn look(&self, now: Micros) -> Result<(), Duration> {
        self.ask(now, |_| match &self.budget.at_a_time {
            Some(places) if places.available_permits() == 0 => Err(AGAIN),
            _ => Ok(()),
        })
    }

    /// A call and a place for it.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    pub fn take(&self, now: Micros) -> Result<Place, Duration> {
        self.ask(now, |state| {
            let place = match &self.budget.at_a_time {
                Some(places) => {
                    let permit = Arc::clone(places).try_acquire_owned().map_err(|_| AGAIN)?;
                    Place(Some((permit, Arc::clone(&self.budget))))
                }
                None => Place(None),
            };
            self.budget.spend(state, now)?;
            self.had(state);
            Ok(place)
        })
    }

    /// Waits until one more call may be made in a place that one has. Says whether that took any time.
    pub async fn wait(&self) -> bool {
        let mut waited = false;
        loop {
            let now = clock::now_micros();
            let asked = self.ask(now, |state| {
                self.budget.spend(state, now)?;
                self.had(state);
                Ok(())
            });
            let Err(wait) = asked else { return waited };
            waited = true;
            tokio::select! {
                () = tokio::time::sleep(wait.max(Duration::from_millis(1))) => {}
                () = self.freed() => {}
            }
        }
    }

    /// No call at all for this long, for anybody.
    pub fn pause(&self, wait: Duration) {
        self.budget.pause(wait);
    }

    /// Ends when there may be something to have.
    pub async fn freed(&self) {
        self.budget.freed.notified().await;
    }

    fn ask<T>(&self, now: Micros, what: impl FnOnce(&mut State) -> Result<T, Micros>) -> Result<T, Duration> {
        let mut state = self.budget.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.turns.retain(|(_, until)| *until > now);
        let refused = match self.budget.closed(&mut state, now) {
            0 if state.turns.front().is_some_and(|(next, _)| *next != self.who) => AGAIN,
            0 => match what(&mut state) {
                Ok(had) => return Ok(had),
                Err(wait) => wait,
            },
            wait => wait,
        };
        let until = now.saturating_add(refused).saturating_add(LATE);
        match state.turns.iter_mut().find(|(who, _)| *who == self.who) {
            Some((_, kept)) => *kept = until,
            None => state.turns.push_back((self.who, until)),
        }
        Err(duration(refused))
    }

    /// One has had one's turn; who is next may look.
    fn had(&self, state: &mut State) {
        state.turns.retain(|(who, _)| *who != self.who);
        if !state.turns.is_empty() {
            self.budget.freed.notify_waiters();
        }
    }
}

/// Calls of the last seconds. Exact: vendors that count in windows punish the one call too many.
#[derive(Debug)]
pub(crate) struct Window {
    most: usize,
    span: Micros,
    calls: VecDeque<Micros>,
}

impl Window {
    /// The window of a published limit; none where its calls are too many to be remembered one by one.
    pub(crate) fn of(calls: u32, seconds: u32) -> Option<Self> {
        (1..=REMEMBERED).contains(&calls).then(|| Self::new(calls, seconds))
    }

    fn new(most: u32, seconds: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        Self { most, span: i64::from(seconds.max(1)).saturating_mul(SECOND), calls: VecDeque::new() }
    }

    /// How long until one more call fits; 0: now.
    pub(crate) fn wait(&mut self, now: Micros) -> Micros {
        while self.calls.front().is_some_and(|at| now.saturating_sub(*at) >= self.span) {
            self.calls.pop_front();
        }
        match self.calls.front() {
            Some(first) if self.calls.len() >= self.most => {
                first.saturating_add(self.span).saturating_sub(now).max(1)
            }
            _ => 0,
        }
    }

    pub(crate) fn spend(&mut self, now: Micros) {
        self.calls.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::schedule::mix;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_more_in_any_window(most in 1_u32..30, seconds in 1_u32..120, gaps in prop::collection::vec(0_i64..5_000_000, 1..300)) {
            let mut window = Window::new(most, seconds);
            let mut now = 0;
            let mut made: Vec<Micros> = Vec::new();
            for gap in gaps {
                now += gap;
                if window.wait(now) == 0 {
                    window.spend(now);
                    made.push(now);
                }
            }
            for (at, first) in made.iter().enumerate() {
                let within = made[at..].iter().filter(|other| **other - first < i64::from(seconds) * SECOND).count();
                prop_assert!(within <= usize::try_from(most).unwrap());
            }
        }
    }

    #[test]
    fn what_a_vendor_publishes_is_kept() {
        let budget = Budget::within([(2, 1), (3, 60), (250_000, 86_400)]);
        assert!(budget.call(0).is_ok() && budget.call(1).is_ok());
        assert_eq!(budget.call(2), Err(Duration::from_micros(999_998)));
        assert!(budget.call(SECOND).is_ok());
        assert_eq!(budget.call(2 * SECOND), Err(Duration::from_secs(58)));
    }

    #[test]
    fn a_pause_holds_for_everybody() {
        let budget = Arc::new(Budget::new(None, None, Some(1)));
        let (one, other) = (budget.share(), budget.share());
        let place = one.take(0).unwrap();
        assert!(one.look(0).is_err() && other.take(0).is_err());
        drop(place);
        assert!(one.take(1).is_ok());
        budget.pause(Duration::from_secs(60));
        let now = clock::now_micros();
        assert!(one.take(now).is_err() && other.take(now).is_err() && budget.call(now).is_err());
    }

    #[test]
    fn who_had_to_wait_goes_first_and_loses_a_turn_that_is_not_taken() {
        let budget = Arc::new(Budget::new(None, None, Some(1)));
        let (one, other) = (budget.share(), budget.share());
        let mut place = Some(one.take(0).unwrap());
        for at in 1..10 {
            let (next, had) = if at % 2 == 1 { (&other, &one) } else { (&one, &other) };
            assert!(next.take(at).is_err() && had.take(at).is_err(), "it is taken");
            drop(place.take());
            assert!(had.take(at).is_err(), "the other one waits longer");
            place = Some(next.take(at).unwrap());
        }
        drop(place.take());
        // The one that waits does not come back: others go on.
        assert!(other.take(10 + AGAIN).is_err());
        assert!(other.take(10 + AGAIN + LATE).is_ok());
    }

    proptest! {
        /// However greedy one of them is, and whatever bound it is: nobody who waits is overtaken more than once by another.
        #[test]
        fn a_busy_sink_leaves_others_their_turn(
            rate in 2_u32..40, places in 1_usize..4, greed in [1_usize..20, 1..20, 1..20], long in 1_i64..60, seed in any::<u64>(),
        ) {
            // Simulated time, so without what looks at the clock itself.
            let budget = Arc::new(Budget { per_second: None, ..Budget::new(Some(rate), None, Some(places)) });
            let shares = [budget.share(), budget.share(), budget.share()];
            let mut overtaken: [Option<[u32; 3]>; 3] = [None; 3];
            let mut under_way: VecDeque<(Micros, Place)> = VecDeque::new();
            let mut made: Vec<Micros> = Vec::new();
            for tick in 0..3000_i64 {
                let now = tick * 1000;
                while under_way.front().is_some_and(|(ends, _)| *ends <= now) {
                    under_way.pop_front();
                }
                let first = usize::try_from(mix(seed ^ tick.unsigned_abs()) % 3).unwrap();
                for who in [first, (first + 1) % 3, (first + 2) % 3] {
                    for _ in 0..greed[who] {
                        let Ok(place) = shares[who].take(now) else {
                            overtaken[who].get_or_insert_default();
                            break;
                        };
                        made.push(now);
                        overtaken[who] = None;
                        for waits in overtaken.iter_mut().flatten() {
                            waits[who] += 1;
                            prop_assert!(waits[who] <= 1, "{who} goes before others again");
                        }
                        under_way.push_back((now + long * 1000, place));
                    }
                }
                prop_assert!(under_way.len() <= places);
                let within = made.iter().rev().take_while(|at| now - **at < SECOND).count();
                prop_assert!(within <= usize::try_from(rate).unwrap());
            }
            prop_assert!(made.len() >= 2 * usize::try_from(rate.min(10)).unwrap());
        }
    }
}
