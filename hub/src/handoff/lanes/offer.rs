//! How events come into their lanes.

use super::{Lanes, Offer, Waiting};
use crate::backbone::{Micros, Seq, Track};

impl Lanes {
    /// The next event of a reading, taken by the filter. Events must be offered in order.
    pub fn offer(&mut self, track: Track, offer: Offer<'_>, now: Micros) {
        self.reading(track).pass(offer.seq);
        self.offer_ahead(track, offer, now);
    }

    /// An event of a reading that has not come so far yet: one of a key whose live events must not overtake it.
    pub fn offer_ahead(&mut self, track: Track, offer: Offer<'_>, now: Micros) {
        if self.knows(track, offer.seq) {
            return;
        }
        let mut waiting = Waiting {
            key: offer.key.to_owned(),
            track,
            group: offer.group,
            attempts: 0,
            next_at: now,
            first_at: now,
            held: false,
            under_way: false,
            sent: false,
        };
        self.reading(track).open.insert(offer.seq);
        let lane = self.lanes.get(offer.key);
        let head = lane.and_then(|lane| lane.front()).and_then(|head| self.waiting.get(head));
        let blocked = head.is_some_and(|head| head.held);
        if self.rules.coalesce && offer.group.is_some() {
            self.coalesce(offer, &mut waiting);
        }
        if blocked {
            self.hold(offer.seq, &mut waiting);
        }
        self.enter(offer.seq, waiting);
    }

    /// What waits for the same thing to be told in an older way is superfluous now.
    fn coalesce(&mut self, offer: Offer<'_>, waiting: &mut Waiting) {
        let Some(lane) = self.lanes.get(offer.key) else { return };
        let older: Vec<Seq> = lane
            .iter()
            .copied()
            .filter(|seq| *seq < offer.seq)
            .filter(|seq| {
                self.waiting.get(seq).is_some_and(|old| {
                    old.group == offer.group && old.track == waiting.track && !old.under_way
                })
            })
            .collect();
        for seq in older {
            let Some(old) = self.waiting.get(&seq).cloned() else { continue };
            // What the receiver asked for holds for the newer one too.
            waiting.attempts = waiting.attempts.max(old.attempts);
            waiting.next_at = waiting.next_at.max(old.next_at);
            waiting.first_at = waiting.first_at.min(old.first_at);
            waiting.sent |= old.sent;
            self.supersede(seq, offer.seq);
        }
    }
}
