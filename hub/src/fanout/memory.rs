//! What the publisher remembers between its lives: how far it is, and where in the stream some of the events lie.
//!
//! A mark `(event, place)` says: everything that was to be published up to this event lies at this place of the
//! stream or before it, and everything after it lies behind. A broker that loses something loses its end: so when the event is still at its place, so is
//! everything before it, and only what comes after a mark has to be looked at. Marks get rarer towards the past, so
//! that a few dozen cover a log of any length and looking never goes back more than a fraction further than it must.

use serde::{Deserialize, Serialize};

use crate::backbone::Seq;

/// A mark for so many events.
const EVERY: Seq = 256;
/// So many marks of each distance are kept.
const SHARP: u32 = 5;
/// Most events that are left out by name; the others are counted.
const LEFT_OUT: usize = 1000;

/// What is remembered; written as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Everything up to here that was to be published was acknowledged.
    pub(super) seq: Seq,
    /// The highest place that any of it has in the stream.
    pub(super) high: u64,
    /// The newest mark.
    pub(super) last: Option<(Seq, u64)>,
    /// Older ones, oldest first.
    pub(super) marks: Vec<(Seq, u64)>,
    /// Events that are too large for the servers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) left_out: Vec<Seq>,
    /// When the stream was made, as the servers say: for people.
    #[serde(default)]
    pub(super) created: String,
}

impl Memory {
    /// Reads it; nothing is remembered at the first start.
    ///
    /// # Errors
    /// When it is no memory: better to look at everything again than to believe it.
    pub(super) fn read(text: Option<&str>) -> Result<Self, serde_json::Error> {
        text.map_or_else(|| Ok(Self::default()), serde_json::from_str)
    }

    /// As it is written.
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The next event in the order of the log is at this place.
    pub(super) fn acked(&mut self, seq: Seq, place: u64) {
        self.seq = seq;
        // An earlier one was published later than this: what lies between them is no place to begin at.
        if place <= self.high {
            self.keep(|mark| mark.1 < place);
            return;
        }
        self.high = place;
        self.last = Some((seq, place));
        let newest = self.marks.last().map_or(-1, |(seq, _)| number(*seq));
        if number(seq) > newest {
            self.marks.push((seq, place));
            self.thin();
        }
    }

    /// An event that the servers do not take.
    pub(super) fn leave_out(&mut self, seq: Seq) {
        self.seq = self.seq.max(seq);
        if self.left_out.len() < LEFT_OUT && !self.left_out.contains(&seq) {
            self.left_out.push(seq);
        }
    }

    /// Everything after an event has to be looked at again; what is up to `place` is as it was.
    pub(super) fn back_to(&mut self, seq: Seq, place: u64) {
        self.seq = seq;
        self.high = place;
        self.keep(|mark| mark.0 <= seq && mark.1 <= place);
    }

    fn keep(&mut self, good: impl Fn(&(Seq, u64)) -> bool) {
        self.marks.retain(&good);
        self.last = self.last.filter(good).or(self.marks.last().copied());
    }

    /// Marks to look at, newest first.
    pub(super) fn candidates(&self) -> impl Iterator<Item = (Seq, u64)> + use<> {
        let older: Vec<_> =
            self.marks.iter().rev().copied().filter(|mark| Some(*mark) != self.last).collect();
        self.last.into_iter().chain(older)
    }

    /// The further back, the fewer. A mark that is dropped would not be kept later either.
    fn thin(&mut self) {
        let Some(newest) = self.marks.last().map(|(seq, _)| number(*seq)) else { return };
        self.marks.retain(|(seq, _)| {
            let distance = u64::try_from(newest - number(*seq)).unwrap_or_default();
            let rank = (u64::BITS - distance.leading_zeros()).saturating_sub(SHARP);
            number(*seq).trailing_zeros() >= rank
        });
    }
}

fn number(seq: Seq) -> Seq {
    seq / EVERY
}

#[cfg(test)]
mod tests {
    use super::{EVERY, Memory};

    #[test]
    fn marks_are_few_and_never_far() {
        let mut memory = Memory::default();
        let many = 20_000 * EVERY;
        for seq in 1..=many {
            memory.acked(seq, u64::try_from(seq).unwrap() + 7);
        }
        assert!(memory.marks.len() < 260, "{}", memory.marks.len());
        assert_eq!(memory.last, Some((many, u64::try_from(many).unwrap() + 7)));
        for lost in [1, 100, 1000, 10_000, 100_000, 1_000_000, 4_000_000] {
            let good = many - lost;
            let mark = memory.candidates().find(|(seq, _)| *seq <= good).unwrap();
            assert!(good - mark.0 <= EVERY + lost / 8, "lost {lost}: {} too far", good - mark.0);
        }
        let again = Memory::read(Some(&memory.write())).unwrap();
        assert_eq!(again, memory);
    }

    #[test]
    fn no_mark_stands_between_an_event_and_one_that_overtook_it() {
        let mut memory = Memory::default();
        memory.acked(1, 10);
        // The second was published again, after the third.
        memory.acked(2, 12);
        memory.acked(3, 11);
        assert_eq!((memory.seq, memory.last), (3, Some((1, 10))));
        memory.acked(4, 13);
        assert_eq!(memory.candidates().collect::<Vec<_>>(), [(4, 13), (1, 10)]);
        memory.back_to(1, 10);
        assert_eq!((memory.seq, memory.high), (1, 10));
        assert_eq!(memory.candidates().collect::<Vec<_>>(), [(1, 10)]);
    }
}
