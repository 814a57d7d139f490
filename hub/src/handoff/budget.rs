//! How many calls may be made: per second, per minute, at a time. Shared by the sinks that use one application key.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossdock_connector::Quota;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::backbone::Micros;
use crate::clock;

const SECOND: Micros = 1_000_000;
/// Most calls a window remembers: a quota by the day is left to the vendor's own answer.
const REMEMBERED: u32 = 10_000;

/// What may be spent.
#[derive(Debug, Default)]
pub struct Budget {
    per_second: Option<DefaultDirectRateLimiter>,
    windows: Mutex<Vec<Window>>,
    at_a_time: Option<Arc<Semaphore>>,
    /// The receiver wants no call at all before this.
    paused_until: AtomicI64,
}

/// A place for one call. It is given back when dropped.
#[derive(Debug, Default)]
pub struct Place(#[expect(dead_code, reason = "held, not looked at")] Option<OwnedSemaphorePermit>);

impl Budget {
    /// A budget; `None` is without that bound.
    pub fn new(per_second: Option<u32>, per_minute: Option<u32>, at_a_time: Option<usize>) -> Self {
        Self {
            per_second: per_second
                .and_then(NonZeroU32::new)
                .map(|rate| RateLimiter::direct(governor::Quota::per_second(rate))),
            windows: Mutex::new(per_minute.map(|most| Window::new(most, 60)).into_iter().collect()),
            at_a_time: at_a_time.map(|most| Arc::new(Semaphore::new(most))),
            paused_until: AtomicI64::new(0),
        }
    }

    /// The limits a vendor publishes: what a sink keeps to whose configuration says nothing.
    pub fn declared(quotas: &[Quota]) -> Self {
        let bounded = quotas.iter().filter(|quota| quota.calls <= REMEMBERED && quota.calls > 0);
        let windows = bounded.map(|quota| Window::new(quota.calls, quota.seconds)).collect();
        Self { windows: Mutex::new(windows), ..Self::default() }
    }

    /// One call now, or how long to wait before asking again.
    ///
    /// # Errors
    /// The wait.
    pub fn call(&self, now: Micros) -> Result<(), Duration> {
        let paused = self.paused_until.load(Ordering::Relaxed).saturating_sub(now);
        if paused > 0 {
            return Err(Duration::from_micros(u64::try_from(paused).unwrap_or_default()));
        }
        let Ok(mut windows) = self.windows.lock() else { return self.second() };
        let wait = windows.iter_mut().map(|window| window.wait(now)).max().unwrap_or_default();
        if wait > 0 {
            return Err(Duration::from_micros(u64::try_from(wait).unwrap_or_default()));
        }
        self.second()?;
        windows.iter_mut().for_each(|window| window.spend(now));
        Ok(())
    }

    fn second(&self) -> Result<(), Duration> {
        match &self.per_second {
            Some(limiter) => {
                limiter.check().map_err(|not_yet| not_yet.wait_time_from(DefaultClock::default().now()))
            }
            None => Ok(()),
        }
    }

    /// A place among the calls that may be under way; `None` when all are taken.
    pub fn place(&self) -> Option<Place> {
        match &self.at_a_time {
            Some(places) => Arc::clone(places).try_acquire_owned().ok().map(|permit| Place(Some(permit))),
            None => Some(Place(None)),
        }
    }

    /// Waits until one call may be made.
    pub async fn wait(&self) {
        while let Err(wait) = self.call(clock::now_micros()) {
            tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
        }
    }

    /// No call at all for this long.
    pub fn pause(&self, wait: Duration) {
        let until = clock::now_micros().saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
        self.paused_until.fetch_max(until, Ordering::Relaxed);
    }
}

/// Calls of the last seconds. Exact: vendors that count in windows punish the one call too many.
#[derive(Debug)]
struct Window {
    most: usize,
    span: Micros,
    calls: VecDeque<Micros>,
}

impl Window {
    fn new(most: u32, seconds: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        Self { most, span: i64::from(seconds.max(1)).saturating_mul(SECOND), calls: VecDeque::new() }
    }

    fn wait(&mut self, now: Micros) -> Micros {
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

    fn spend(&mut self, now: Micros) {
        self.calls.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let quotas = [
            Quota { scope: "a second", calls: 2, seconds: 1 },
            Quota { scope: "a minute", calls: 3, seconds: 60 },
            Quota { scope: "a day", calls: 250_000, seconds: 86_400 },
        ];
        let budget = Budget::declared(&quotas);
        assert!(budget.call(0).is_ok() && budget.call(1).is_ok());
        assert_eq!(budget.call(2), Err(Duration::from_micros(999_998)));
        assert!(budget.call(SECOND).is_ok());
        assert_eq!(budget.call(2 * SECOND), Err(Duration::from_secs(58)));
    }

    #[test]
    fn a_pause_holds_for_everybody() {
        let budget = Budget::new(None, None, Some(1));
        assert!(budget.call(clock::now_micros()).is_ok());
        let place = budget.place();
        assert!(place.is_some() && budget.place().is_none());
        drop(place);
        assert!(budget.place().is_some());
        budget.pause(Duration::from_secs(60));
        assert!(budget.call(clock::now_micros()).is_err());
    }
}
