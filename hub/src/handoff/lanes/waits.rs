//! Events that wait for another key: a refund for its order.

use std::collections::{BTreeSet, HashMap};

use super::Lanes;
use crate::backbone::{Attempt, Micros, Seq};

/// Who waits for which key.
#[derive(Debug, Default)]
pub(super) struct Waits {
    by_key: HashMap<String, BTreeSet<Seq>>,
}

impl Waits {
    fn add(&mut self, key: &str, seq: Seq) {
        self.by_key.entry(key.to_owned()).or_default().insert(seq);
    }

    fn take(&mut self, key: &str) -> BTreeSet<Seq> {
        self.by_key.remove(key).unwrap_or_default()
    }
}

impl Lanes {
    /// An event that was taken has to wait until something of `key` was accepted here. It is looked at again when
    /// that happens, or when its time has come; when it is older than events are tried, it is parked.
    pub fn wait_for(&mut self, seq: Seq, key: &str, words: &str, now: Micros) {
        let Some(mut waiting) = self.waiting.remove(&seq) else { return };
        self.under_way = self.under_way.saturating_sub(1);
        waiting.under_way = false;
        // It was not tried: the attempt does not count, its age does.
        let looked = waiting.attempts;
        let random = self.random(seq, looked);
        let next = self.rules.schedule.next(now, waiting.first_at, looked, None, random);
        self.dirty = true;
        let Some(next_at) = next else {
            self.park(seq, &waiting, "dependency", words.to_owned());
            self.leave(seq, &waiting, now);
            return;
        };
        if !waiting.held {
            self.pending.attempts.push(Attempt {
                seq,
                attempt: waiting.attempts,
                outcome: "wait",
                detail: words.to_owned(),
            });
        }
        waiting.next_at = next_at;
        self.hold(seq, &mut waiting);
        let own = waiting.key.clone();
        self.waiting.insert(seq, waiting);
        self.rouse(seq);
        self.hold_behind(&own);
        self.waits.add(key, seq);
    }

    /// Something of a key was accepted: those who wait for it are looked at now.
    pub(super) fn accepted(&mut self, key: &str, now: Micros) {
        for seq in self.waits.take(key) {
            let Some(waiting) = self.waiting.get_mut(&seq) else { continue };
            if waiting.under_way || waiting.next_at <= now {
                continue;
            }
            let is_head = self.lanes.get(&waiting.key).and_then(|lane| lane.front()) == Some(&seq);
            let was = waiting.next_at;
            waiting.next_at = now;
            if is_head {
                let rank = waiting.rank();
                self.ready.remove(rank, was, seq);
                self.rouse(seq);
            }
        }
    }
}
