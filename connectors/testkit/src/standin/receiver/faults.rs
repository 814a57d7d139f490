//! What goes wrong at a receiver, and when: drawn from a seed.

use std::ops::Range;
use std::time::Duration;

use crate::standin::Rng;

/// A plan of misbehaviour. The default is none. Chances are in a thousand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Chance is drawn from it: for one event the same at each attempt number, whatever comes in between.
    pub seed: u64,
    /// Times since the start during which nobody is there: connections are closed.
    pub down: Vec<Range<Duration>>,
    /// How often it answers 429.
    pub throttle: u32,
    /// What `Retry-After` says then, in seconds.
    pub retry_after_seconds: u32,
    /// How often it answers 500 without having done anything.
    pub error: u32,
    /// How often it does its work and the answer gets lost: the connection closes instead.
    pub lost_reply: u32,
    /// How often it takes its time.
    pub slow: u32,
    /// How much time.
    pub slow_for: Duration,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Well,
    Throttle,
    Error,
    LostReply,
}

impl Faults {
    /// Whether anything is drawn at all.
    pub(crate) fn draws(&self) -> bool {
        self.throttle + self.error + self.lost_reply + self.slow > 0
    }

    pub(crate) fn is_down(&self, since_start: Duration) -> bool {
        self.down.iter().any(|window| window.contains(&since_start))
    }

    /// What happens to this attempt, and whether it is slow.
    pub(crate) fn fate(&self, id: &str, attempt: u64) -> (Fate, bool) {
        let mut rng = Rng::named(self.seed.wrapping_add(attempt.wrapping_mul(0x9e37_79b9)), id);
        let slow = rng.chance(self.slow);
        let fate = if rng.chance(self.throttle) {
            Fate::Throttle
        } else if rng.chance(self.error) {
            Fate::Error
        } else if rng.chance(self.lost_reply) {
            Fate::LostReply
        } else {
            Fate::Well
        };
        (fate, slow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fate_is_fixed_for_an_attempt_and_differs_between_them() {
        let faults =
            Faults { seed: 7, throttle: 200, error: 200, lost_reply: 200, slow: 300, ..Faults::default() };
        let draw = |faults: &Faults| -> Vec<(Fate, bool)> {
            (0..400).map(|n| faults.fate(&format!("e1-{}", n / 4), n % 4)).collect()
        };
        assert_eq!(draw(&faults), draw(&faults));
        assert_ne!(draw(&faults), draw(&Faults { seed: 8, ..faults.clone() }));
        for fate in [Fate::Well, Fate::Throttle, Fate::Error, Fate::LostReply] {
            assert!(draw(&faults).iter().any(|(drawn, _)| *drawn == fate), "{fate:?} never happens");
        }
        // Every event gets through in the end.
        assert!(
            (0..100).all(|n| (0..40).any(|attempt| faults.fate(&n.to_string(), attempt).0 == Fate::Well))
        );
    }

    #[test]
    fn down_is_a_window() {
        let second = Duration::from_secs;
        let faults = Faults { down: vec![second(1)..second(2)], ..Faults::default() };
        assert!(!faults.is_down(second(0)) && faults.is_down(second(1)) && !faults.is_down(second(2)));
    }
}
