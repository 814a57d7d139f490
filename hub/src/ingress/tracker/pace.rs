//! How often a parcel is asked for. Pure: time and randomness come in.
//!
//! What is about to happen is asked for often, what has been quiet for long rarely: the wait is a twelfth of the
//! silence, within bounds that depend on where the parcel is. A number that its carrier does not know yet is quiet
//! since it was first seen, so the same rule asks for it less and less.

use crossdock_schemas::ParcelStatus;

use crate::backbone::Micros;
use crate::handoff::schedule::{Schedule, mix};

/// The longest wait, unless the configuration wants a longer one.
pub const DAY: Micros = 86_400_000_000;

/// Waits after failures, whatever the parcel: from half a minute to an hour.
const FAILED: Schedule = Schedule { base: 30_000_000, longest: 3_600_000_000, give_up: Micros::MAX };

/// Where a parcel is, as far as asking for it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// There is a number; the carrier has not moved anything yet.
    Label,
    /// On its way.
    Moving,
    /// At the door today, or tried.
    Delivering,
    /// Delivered, returned or cancelled: not asked for any more.
    Over,
}

impl Stage {
    /// Of a parcel's status.
    pub fn of(status: Option<ParcelStatus>) -> Self {
        use ParcelStatus as Status;
        match status {
            Some(Status::Delivered | Status::Returned | Status::Cancelled) => Self::Over,
            Some(Status::OutForDelivery | Status::DeliveryAttempted) => Self::Delivering,
            Some(
                Status::PickedUp
                | Status::InTransit
                | Status::ArrivedAtHub
                | Status::Customs
                | Status::AvailableForPickup
                | Status::Exception
                | Status::Returning,
            ) => Self::Moving,
            _ => Self::Label,
        }
    }
}

/// The pace of one source.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often a parcel on its way is asked for.
    pub every: Micros,
    /// Least time between two questions about one parcel, where the vendor minds.
    pub rest: Micros,
}

impl Pace {
    /// How long to wait between two questions about a parcel of which nothing new was heard for so long.
    pub fn wait(&self, stage: Stage, quiet: Micros) -> Micros {
        let base = match stage {
            Stage::Delivering => self.every / 4,
            Stage::Moving | Stage::Over => self.every,
            Stage::Label => self.every.saturating_mul(2),
        }
        .max(1);
        base.max((quiet / 12).min(DAY)).max(self.rest)
    }

    /// When a parcel is due that was not asked for as far as is known: one wait after it was last heard of. Where that
    /// is past, as after a stop, some time within one wait, so that not all are asked for at once.
    pub fn first(&self, stage: Stage, heard: Micros, now: Micros, random: u64) -> Micros {
        let wait = self.wait(stage, now.saturating_sub(heard).max(0));
        let next = heard.saturating_add(wait);
        if next > now { next } else { now.saturating_add(within(wait, random)) }
    }

    /// When a parcel is due again that was asked for now; a little later each, so that crowds do not stay crowds.
    pub fn again(&self, stage: Stage, heard: Micros, now: Micros, random: u64) -> Micros {
        let wait = self.wait(stage, now.saturating_sub(heard).max(0));
        now.saturating_add(wait).saturating_add(within(wait / 8, random))
    }

    /// When it is tried again after so many failures in a row.
    pub fn retry(&self, failures: u32, now: Micros, random: u64) -> Micros {
        let next = FAILED.next(now, now, failures, None, random).unwrap_or(now);
        next.max(now.saturating_add(self.rest))
    }
}

/// Some time less than `span`.
fn within(span: Micros, random: u64) -> Micros {
    let span = u64::try_from(span).unwrap_or(0).max(1);
    i64::try_from(mix(random) % span).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Micros = 3_600_000_000;
    const PACE: Pace = Pace { every: 2 * HOUR, rest: 0 };
    const STAGES: [Stage; 3] = [Stage::Label, Stage::Moving, Stage::Delivering];

    fn stage() -> impl Strategy<Value = Stage> {
        prop::sample::select(STAGES.to_vec())
    }

    #[test]
    fn the_waits_of_a_life() {
        let wait = |stage, quiet| PACE.wait(stage, quiet);
        assert_eq!(wait(Stage::Label, 0), 4 * HOUR);
        assert_eq!(wait(Stage::Moving, HOUR), 2 * HOUR);
        assert_eq!(wait(Stage::Delivering, HOUR), HOUR / 2);
        assert_eq!(wait(Stage::Moving, 4 * DAY), 8 * HOUR, "quiet");
        assert_eq!(wait(Stage::Delivering, 2 * DAY), 4 * HOUR, "not delivered after all");
        assert_eq!(wait(Stage::Label, 50 * DAY), DAY);
        let slow = Pace { every: 3 * DAY, rest: 0 };
        assert_eq!(slow.wait(Stage::Moving, 50 * DAY), 3 * DAY, "never more often than configured");
        assert_eq!(Pace { rest: HOUR, ..PACE }.wait(Stage::Delivering, 0), HOUR, "the vendor minds");
    }

    #[test]
    fn every_status_has_its_stage() {
        for status in ParcelStatus::ALL {
            let stage = Stage::of(Some(*status));
            let over = ["delivered", "returned", "cancelled"].contains(&status.as_str());
            assert_eq!(stage == Stage::Over, over, "{status}");
        }
        assert_eq!(Stage::of(None), Stage::Label);
        assert_eq!(Stage::of(Some(ParcelStatus::PickupFailed)), Stage::Label);
    }

    proptest! {
        /// Asking follows silence: the number of questions about a number nobody knows stays small.
        #[test]
        fn a_number_that_is_never_found_is_asked_for_less_and_less(seed in any::<u64>()) {
            let (mut now, mut asked, mut last) = (PACE.first(Stage::Label, 0, 0, seed), 0_u32, 0);
            while now < 60 * DAY {
                prop_assert!(now - last >= 4 * HOUR || asked == 0);
                (asked, last) = (asked + 1, now);
                now = PACE.again(Stage::Label, 0, now, seed ^ u64::from(asked));
            }
            prop_assert!((60..130).contains(&asked), "{asked}");
        }

        #[test]
        fn nobody_is_forgotten_and_nobody_is_pestered(
            stage in stage(), every in 1_000_000..10 * DAY, rest in 0..DAY, quiet in 0..90 * DAY, random in any::<u64>(),
        ) {
            let (pace, now) = (Pace { every, rest }, 100 * DAY);
            let wait = pace.wait(stage, quiet);
            let again = pace.again(stage, now - quiet, now, random);
            prop_assert!(again - now >= wait && again - now <= wait + wait / 8 + 1);
            prop_assert!(wait >= rest && wait >= every / 4 && wait <= (2 * every).max(DAY).max(rest));
            let first = pace.first(stage, now - quiet, now, random);
            prop_assert!(first >= now && first <= now + wait);
            prop_assert!(first >= now - quiet + wait || first > now - 1, "not before a wait after it was heard of");
            prop_assert!(pace.retry(3, now, random) >= now + rest);
        }

        /// After a stop everything is overdue: in no part of the first wait more are asked for than twice the even share.
        #[test]
        fn a_start_spreads_what_is_overdue(salt in any::<u64>()) {
            let (now, wait) = (100 * DAY, PACE.wait(Stage::Moving, 2 * DAY));
            let mut parts = [0_u32; 20];
            for parcel in 0..2000_u64 {
                let due = PACE.first(Stage::Moving, now - 2 * DAY, now, salt ^ (parcel << 20));
                let part = usize::try_from((due - now) * 20 / wait).unwrap();
                parts[part] += 1;
            }
            prop_assert!(parts.iter().all(|part| (50..=200).contains(part)), "{parts:?}");
        }
    }
}
