//! When to try again. Pure: time and randomness come in.

use crate::backbone::Micros;

/// How a sink is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// First wait.
    pub base: Micros,
    /// Longest wait, also when the receiver asks for more.
    pub longest: Micros,
    /// After this an event is parked.
    pub give_up: Micros,
}

impl Schedule {
    /// When to try again after `attempts` attempts: exponential with full jitter, never before the receiver
    /// wishes; `None` when the time is up.
    ///
    /// `random` is any number; the same number gives the same answer.
    pub fn next(
        &self,
        now: Micros,
        first_at: Micros,
        attempts: u32,
        wish: Option<Micros>,
        random: u64,
    ) -> Option<Micros> {
        if now.saturating_sub(first_at) >= self.give_up {
            return None;
        }
        let doubled = self
            .base
            .saturating_mul(1_i64.checked_shl(attempts.saturating_sub(1).min(40)).unwrap_or(i64::MAX));
        let ceiling = doubled.clamp(1, self.longest.max(1));
        let jitter = i64::try_from(mix(random) % u64::try_from(ceiling).unwrap_or(1)).unwrap_or(0);
        let wish = wish.unwrap_or(0).clamp(0, self.longest);
        Some(now.saturating_add(jitter.max(wish).max(1)))
    }
}

/// A well-mixed number from any number (splitmix64).
pub fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Stops a storm of attempts at a receiver that is down: opens after a few failures in a row, lets a single probe
/// through when its wait is over, closes at the first success. It never gives up a sink for good.
#[derive(Clone, Debug, Default)]
pub struct Breaker {
    failures: u32,
    until: Micros,
    level: u32,
}

/// Failures in a row that open the breaker.
const OPENS_AT: u32 = 5;

impl Breaker {
    /// How many calls may be under way now, of `most`.
    pub fn allows(&self, now: Micros, most: usize) -> usize {
        match self.failures < OPENS_AT {
            true => most,
            false if now >= self.until => 1,
            false => 0,
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.failures >= OPENS_AT
    }

    /// When the next probe may go, while it is open.
    pub fn probe_at(&self) -> Option<Micros> {
        self.is_open().then_some(self.until)
    }

    /// The receiver answered, whatever it said about this event.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// The receiver could not be reached, or said that it can take nothing now.
    pub fn failed(&mut self, now: Micros, wish: Option<Micros>, schedule: &Schedule, random: u64) {
        self.failures = self.failures.saturating_add(1);
        if self.is_open() {
            self.level = self.level.saturating_add(1);
            let endless =
                Schedule { give_up: i64::MAX, longest: schedule.longest.min(60_000_000), ..*schedule };
            self.until = endless.next(now, now, self.level, wish, random).unwrap_or(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const S: Schedule = Schedule { base: 1_000_000, longest: 60_000_000, give_up: 3_600_000_000 };

    proptest! {
        #[test]
        fn waits_grow_within_bounds_and_keep_the_receivers_wish(
            attempts in 1_u32..100, wish in proptest::option::of(0_i64..200_000_000), random in any::<u64>(), age in 0_i64..3_599_999_999,
        ) {
            let now = 10_000_000_000;
            let next = S.next(now, now - age, attempts, wish, random).unwrap();
            let doubled = S.base.saturating_mul(1_i64 << attempts.saturating_sub(1).min(20));
            prop_assert!(next > now);
            prop_assert!(next - now <= S.longest);
            prop_assert!(next - now >= wish.unwrap_or(0).min(S.longest));
            if wish.is_none() {
                prop_assert!(next - now <= doubled.max(1));
            }
        }

        #[test]
        fn gives_up_exactly_at_its_age(attempts in 1_u32..100, random in any::<u64>(), more in 0_i64..1_000_000) {
            prop_assert_eq!(S.next(S.give_up + more, 0, attempts, None, random), None);
        }
    }

    #[test]
    fn the_breaker_opens_probes_and_closes() {
        let mut breaker = Breaker::default();
        for _ in 0..OPENS_AT {
            assert_eq!(breaker.allows(0, 8), 8);
            breaker.failed(0, None, &S, 7);
        }
        let probe = breaker.probe_at().unwrap();
        assert_eq!(breaker.allows(probe - 1, 8), 0);
        assert_eq!(breaker.allows(probe, 8), 1);
        breaker.answered();
        assert_eq!(breaker.allows(probe, 8), 8);
    }
}
