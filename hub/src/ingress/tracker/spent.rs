//! What was spent of a quota that reaches over hours: a restart must not begin the day anew. Pure; its text is kept as
//! a cursor of the store and written before each call.
//!
//! A window is counted in twenty-four parts, and a part counts until all of it is past: never more calls than the
//! vendor allows in any stretch of that length, at times a few less. No part takes more than twice its even share, so
//! that the morning does not spend the evening's calls.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::backbone::Micros;

const PARTS: i64 = 24;

/// The long windows of one source.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    windows: Vec<Window>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Window {
    seconds: u32,
    #[serde(skip)]
    most: u32,
    /// Number of a part since 1970, and its calls.
    parts: VecDeque<(i64, u32)>,
}

impl Spent {
    /// Windows of so many calls in so many seconds, with what was spent of them as [`text`](Self::text) had it. Windows
    /// are known by their length, so a quota that is raised forgets nothing.
    pub fn new(quotas: &[(u32, u32)], text: Option<&str>) -> Self {
        let kept: Vec<Window> = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let window = |(calls, seconds): &(u32, u32)| {
            let same = kept.iter().find(|window| window.seconds == *seconds);
            let parts = same.map(|window| window.parts.clone()).unwrap_or_default();
            Window { seconds: *seconds, most: (*calls).max(1), parts }
        };
        Self { windows: quotas.iter().map(window).collect() }
    }

    /// Whether there is anything to count.
    pub fn counts(&self) -> bool {
        !self.windows.is_empty()
    }

    /// Spends one call, or says how long to wait before asking again.
    ///
    /// # Errors
    /// The wait.
    pub fn call(&mut self, now: Micros) -> Result<(), Micros> {
        let wait = self.windows.iter_mut().map(|window| window.wait(now)).max().unwrap_or(0);
        if wait > 0 {
            return Err(wait);
        }
        self.windows.iter_mut().for_each(|window| window.spend(now));
        Ok(())
    }

    /// As it is kept.
    pub fn text(&self) -> String {
        serde_json::to_string(&self.windows).unwrap_or_default()
    }
}

impl Window {
    fn part(&self) -> Micros {
        (i64::from(self.seconds) * 1_000_000 / PARTS).max(1)
    }

    fn wait(&mut self, now: Micros) -> Micros {
        let part = self.part();
        // A part is past when its end is a whole window ago.
        let until = |number: i64| number.saturating_add(1 + PARTS).saturating_mul(part);
        while self.parts.front().is_some_and(|(number, _)| until(*number) <= now) {
            self.parts.pop_front();
        }
        let all: u32 = self.parts.iter().map(|(_, calls)| calls).sum();
        if all >= self.most {
            return self.parts.front().map_or(part, |(number, _)| until(*number).saturating_sub(now).max(1));
        }
        let here = now / part;
        let most = (self.most / 12).max(1);
        match self.parts.back() {
            // Also when the clock was set back.
            Some((number, calls)) if *number >= here && *calls >= most => {
                number.saturating_add(1).saturating_mul(part).saturating_sub(now).max(1)
            }
            _ => 0,
        }
    }

    fn spend(&mut self, now: Micros) {
        let here = now / self.part();
        match self.parts.back_mut() {
            Some((number, calls)) if *number >= here => *calls = calls.saturating_add(1),
            _ => self.parts.push_back((here, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_more_in_any_window_however_often_it_starts(
            most in 1_u32..40, gaps in prop::collection::vec((0_i64..9_000_000, any::<bool>()), 1..400),
        ) {
            let quotas = [(most, 24)];
            let mut spent = Spent::new(&quotas, None);
            let (mut now, mut made) = (1_780_000_000_000_000, Vec::new());
            for (gap, restart) in gaps {
                now += gap;
                if restart {
                    spent = Spent::new(&quotas, Some(&spent.text()));
                }
                match spent.call(now) {
                    Ok(()) => made.push(now),
                    Err(wait) => prop_assert!(wait > 0 && wait <= 26_000_000, "it always comes again: {wait}"),
                }
            }
            for first in &made {
                let within = made.iter().filter(|at| (0..24_000_000).contains(&(**at - first))).count();
                prop_assert!(within <= usize::try_from(most).unwrap());
            }
            prop_assert!(!made.is_empty());
        }
    }

    #[test]
    fn a_day_is_not_spent_in_its_first_hour() {
        const HOUR: Micros = 3_600_000_000;
        let mut spent = Spent::new(&[(250, 86_400)], None);
        let mut made = 0;
        for minute in 0..60 * 24 {
            made += u32::from(spent.call(minute * HOUR / 60).is_ok());
            if minute == 59 {
                assert_eq!(made, 20);
            }
        }
        assert_eq!(made, 250);
        assert!(spent.call(24 * HOUR).is_err(), "the first hour counts until it is all past");
        assert!(spent.call(25 * HOUR).is_ok());
        assert!(Spent::new(&[(250, 86_400)], Some("not ours")).call(0).is_ok());
    }
}
