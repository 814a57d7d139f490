//! What becomes of events that were under way, and what of it has to be written.

use super::{Lanes, Result, Waiting};
use crate::backbone::{Attempt, Micros, Parked, Seq, Settle, Track};

/// Most characters of a receiver's words that are kept.
const WORDS: usize = 500;

impl Lanes {
    /// What became of an event that was under way.
    pub fn finish(&mut self, seq: Seq, result: Result, now: Micros) {
        let Some(mut waiting) = self.waiting.remove(&seq) else { return };
        self.under_way = self.under_way.saturating_sub(1);
        self.dirty = true;
        let late = waiting.attempts > 1;
        // That people had it told again is part of its history, whatever became of it the first time.
        let replay = match waiting.track {
            Track::Replay(id) => format!("replay {id}"),
            Track::Live | Track::Back => String::new(),
        };
        match result {
            Result::Delivered => {
                self.breaker.answered();
                if late || !replay.is_empty() {
                    self.attempted(seq, &waiting, "delivered", &replay);
                }
                self.pending.delivered.push(seq);
                self.arrived(&waiting);
                self.leave(seq, &waiting, now);
                self.accepted(&waiting.key, now);
            }
            Result::AlreadyThere => {
                self.breaker.answered();
                self.attempted(seq, &waiting, "already_there", &replay);
                self.pending.already.push(seq);
                self.arrived(&waiting);
                self.leave(seq, &waiting, now);
                self.accepted(&waiting.key, now);
            }
            Result::Superseded(words) => {
                let words = if replay.is_empty() { words } else { format!("{replay}: {words}") };
                self.attempted(seq, &waiting, "superseded", &words);
                self.pending.superseded.push(seq);
                self.leave(seq, &waiting, now);
            }
            Result::Rejected(words) => {
                self.breaker.answered();
                self.attempted(seq, &waiting, "rejected", &words);
                self.park(seq, &waiting, "rejected", words);
                self.leave(seq, &waiting, now);
            }
            Result::Uncertain(words) => {
                // Nobody answered: a receiver that is gone must not swallow one event after the other.
                let random = self.random(seq, waiting.attempts);
                self.breaker.failed(now, None, &self.rules.schedule, random);
                self.attempted(seq, &waiting, "uncertain", &words);
                self.park(seq, &waiting, "uncertain", words);
                self.leave(seq, &waiting, now);
            }
            Result::Retry { wish, words, whole, sent } => {
                let random = self.random(seq, waiting.attempts);
                if whole {
                    if let Some(wish) = wish {
                        self.pause(now, wish);
                    }
                    self.breaker.failed(now, wish, &self.rules.schedule, random);
                } else {
                    self.breaker.answered();
                }
                // What may have arrived before may still have; a plain failure afterwards does not undo that.
                waiting.sent = sent || (waiting.sent && !self.rules.at_most_once);
                let outcome = if sent { "uncertain" } else { "retry" };
                self.attempted(seq, &waiting, outcome, &words);
                self.again(seq, waiting, wish, random, "gave_up", words, now);
            }
            Result::Wait(wish, words) => {
                self.breaker.answered();
                waiting.sent &= !self.rules.at_most_once;
                let random = self.random(seq, waiting.attempts);
                self.attempted(seq, &waiting, "wait", &words);
                self.again(seq, waiting, wish, random, "dependency", words, now);
            }
        }
    }

    /// Something of this key is settled that is not written yet.
    fn arrived(&mut self, waiting: &Waiting) {
        if self.rules.replaces {
            let [next, _] = &mut self.unwritten;
            next.insert(waiting.key.clone());
        }
    }

    /// Holds an event for another attempt, or parks it when its time is up.
    #[expect(clippy::too_many_arguments, reason = "all of it is one attempt")]
    fn again(
        &mut self,
        seq: Seq,
        mut waiting: Waiting,
        wish: Option<Micros>,
        random: u64,
        reason: &'static str,
        words: String,
        now: Micros,
    ) {
        match self.rules.schedule.next(now, waiting.first_at, waiting.attempts, wish, random) {
            None => {
                self.park(seq, &waiting, reason, words);
                self.leave(seq, &waiting, now);
            }
            Some(next_at) => {
                waiting.next_at = next_at;
                waiting.under_way = false;
                self.hold(seq, &mut waiting);
                let key = waiting.key.clone();
                self.waiting.insert(seq, waiting);
                self.rouse(seq);
                self.hold_behind(&key);
            }
        }
    }

    /// At most once: it gets a row that says it may have arrived, before it goes out.
    pub fn intend(&mut self, seq: Seq) {
        let Some(mut waiting) = self.waiting.remove(&seq) else { return };
        waiting.sent = true;
        self.hold(seq, &mut waiting);
        self.waiting.insert(seq, waiting);
    }

    /// At most once: it was under way when the hub ended.
    pub(super) fn lost(&mut self, seq: Seq) {
        let Some(waiting) = self.waiting.remove(&seq) else { return };
        self.ready.remove(waiting.rank(), waiting.next_at, seq);
        self.dirty = true;
        let words = "the hub stopped before the receiver answered".to_owned();
        self.attempted(seq, &waiting, "uncertain", &words);
        let at = waiting.next_at;
        self.park(seq, &waiting, "uncertain", words);
        self.leave(seq, &waiting, at);
    }

    /// An event that waits and is superfluous because of a later one.
    pub(super) fn supersede(&mut self, seq: Seq, by: Seq) {
        let Some(waiting) = self.waiting.remove(&seq) else { return };
        self.ready.remove(waiting.rank(), waiting.next_at, seq);
        self.dirty = true;
        self.attempted(seq, &waiting, "superseded", &format!("by event {by}, which tells the same and more"));
        self.pending.superseded.push(seq);
        // The newer one goes out when this is written: no restart may bring the older one back behind it.
        self.arrived(&waiting);
        self.leave(seq, &waiting, waiting.next_at);
    }

    fn attempted(&mut self, seq: Seq, waiting: &Waiting, outcome: &'static str, words: &str) {
        self.pending.attempts.push(Attempt {
            seq,
            attempt: waiting.attempts,
            outcome,
            detail: words.chars().take(WORDS).collect(),
        });
    }

    /// Gives an event its own row, or renews it.
    pub(super) fn hold(&mut self, seq: Seq, waiting: &mut Waiting) {
        self.dirty = true;
        if !waiting.held {
            waiting.held = true;
            self.out_of_the_log(seq, waiting.track);
            self.reading(waiting.track).held += 1;
        }
        self.pending.held.retain(|row| row.seq != seq);
        self.pending.held.push(waiting.row(seq));
    }

    pub(super) fn hold_behind(&mut self, key: &str) {
        let behind: Vec<Seq> = self.lanes.get(key).into_iter().flatten().skip(1).copied().collect();
        for seq in behind {
            if let Some(mut waiting) = self.waiting.remove(&seq) {
                if !waiting.held {
                    self.hold(seq, &mut waiting);
                }
                self.waiting.insert(seq, waiting);
            }
        }
    }

    pub(super) fn park(&mut self, seq: Seq, waiting: &Waiting, reason: &'static str, words: String) {
        self.pending.held.retain(|row| row.seq != seq);
        let [next, _] = &mut self.parked;
        next.insert(seq);
        self.pending.parked.push(Parked {
            seq,
            key: waiting.key.clone(),
            attempts: waiting.attempts,
            first_at: waiting.first_at,
            reason,
            detail: words.chars().take(WORDS).collect(),
        });
    }

    /// The event is settled: the next of its lane may go.
    pub(super) fn leave(&mut self, seq: Seq, waiting: &Waiting, now: Micros) {
        if waiting.held {
            let reading = self.reading(waiting.track);
            reading.held = reading.held.saturating_sub(1);
            self.pending.held.retain(|row| row.seq != seq);
        } else {
            self.out_of_the_log(seq, waiting.track);
        }
        let Some(lane) = self.lanes.get_mut(&waiting.key) else { return };
        let was_head = lane.front() == Some(&seq);
        lane.retain(|other| *other != seq);
        match lane.front() {
            None => {
                self.lanes.remove(&waiting.key);
            }
            Some(next) if was_head => {
                let next = *next;
                if let Some(head) = self.waiting.get_mut(&next)
                    && head.attempts == 0
                {
                    head.next_at = head.next_at.min(now);
                }
                self.rouse(next);
            }
            Some(_) => {}
        }
    }

    /// The place of its reading need not wait for it any longer. A replayed event is matched once more.
    fn out_of_the_log(&mut self, seq: Seq, track: Track) {
        self.reading(track).close(seq);
        self.pending.rematched += u64::from(matches!(track, Track::Replay(_)));
    }

    /// A replay that has been read to its end and has nothing open any more.
    pub fn end(&mut self, replay: i64) -> bool {
        let track = Track::Replay(replay);
        let done = self.readings.get(&track).is_some_and(|reading| reading.open.is_empty());
        if done {
            self.readings.remove(&track);
            self.pending.finished.push(replay);
            self.dirty = true;
        }
        done
    }

    /// Ends a replay that people stopped: what is open of it is let go, what has a row is still handed off.
    pub fn stop(&mut self, replay: i64) {
        let track = Track::Replay(replay);
        let Some(reading) = self.readings.remove(&track) else { return };
        for seq in reading.open {
            if self.waiting.get(&seq).is_some_and(|waiting| waiting.track == track && !waiting.under_way)
                && let Some(waiting) = self.waiting.remove(&seq)
            {
                self.ready.remove(waiting.rank(), waiting.next_at, seq);
                let at = waiting.next_at;
                let open = Waiting { held: true, ..waiting };
                self.leave(seq, &open, at);
            }
        }
        self.readings.remove(&track);
    }

    /// What has to be written, if anything. Hand it to the store before asking again.
    pub fn settle(&mut self, now: Micros) -> Option<Settle> {
        if !self.dirty && !self.readings.values().any(|reading| reading.dirty) {
            return None;
        }
        self.unblock();
        self.dirty = false;
        let mut settle = std::mem::take(&mut self.pending);
        for (track, reading) in &mut self.readings {
            let changed = reading.dirty;
            match track {
                Track::Live => {
                    let place = reading.place();
                    (settle.low, settle.done) = (place.low, place.done);
                }
                Track::Back => settle.back = changed.then(|| reading.place()),
                Track::Replay(id) if changed => settle.replays.push((*id, reading.place())),
                Track::Replay(_) => {}
            }
        }
        let [next, writing] = &mut self.unwritten;
        writing.extend(next.drain());
        let [next, writing] = &mut self.parked;
        writing.extend(next.drain());
        settle.at = now;
        Some(settle)
    }

    /// One event that takes long must not keep the place in the log from moving on: it gets a row of its own.
    fn unblock(&mut self) {
        let tracks: Vec<Track> = self.readings.keys().copied().collect();
        for track in tracks {
            while let Some(first) = self.reading(track).blocker() {
                match self.waiting.remove(&first) {
                    Some(mut waiting) => {
                        self.hold(first, &mut waiting);
                        self.waiting.insert(first, waiting);
                    }
                    None => self.reading(track).close(first),
                }
            }
        }
    }
}
