//! How many messages a bot takes, and what happens to who sends more.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::Vendor;

/// When messages were taken, and until when the bot is silenced.
#[derive(Debug, Default)]
pub(super) struct Pace {
    taken: VecDeque<Timestamp>,
    silent_until: Option<Timestamp>,
}

impl Pace {
    /// Whether one more is taken now.
    pub(super) fn takes(&mut self, vendor: Vendor, now: Timestamp) -> bool {
        if self.silent_until.is_some_and(|until| now < until) {
            return false;
        }
        let longest = vendor.limits().iter().map(|(_, seconds)| *seconds).max().unwrap_or(0);
        while self.taken.front().is_some_and(|at| seconds(*at, now) >= longest) {
            self.taken.pop_front();
        }
        let within = |window: i64| self.taken.iter().filter(|at| seconds(**at, now) < window).count();
        if vendor.limits().iter().any(|(most, window)| within(*window) >= *most) {
            // DingTalk silences who is too fast, the others take again when the window has passed.
            if vendor == Vendor::DingTalk {
                self.silent_until = now.checked_add(SignedDuration::from_mins(10)).ok();
            }
            return false;
        }
        self.taken.push_back(now);
        true
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second())
}
