//! What a receiver has seen.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use super::scan::Envelope;

/// How much is remembered of each event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Every event with its key, sequence, type and id.
    #[default]
    Everything,
    /// Counts only: for millions of events.
    Counts,
}

/// An event as it was first received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The history it belongs to.
    pub key: String,
    /// Its number in it.
    pub sequence: u64,
    /// Its type.
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// What a receiver has to say at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Requests that reached it, whatever became of them.
    pub requests: u64,
    /// Events accepted, each time they came.
    pub received: u64,
    /// Events accepted, each once.
    pub distinct: u64,
    /// Events that had been accepted before.
    pub duplicates: u64,
    /// Keys of which a new event came after one with a higher or the same sequence.
    pub out_of_order: Vec<String>,
    /// Distinct events by type.
    pub by_type: BTreeMap<String, u64>,
    /// Requests refused because of their signature, time or headers.
    pub refused: u64,
    /// Signed requests whose body was no event.
    pub unreadable: u64,
    /// Requests answered with 429.
    pub throttled: u64,
    /// Requests answered with 500.
    pub errors: u64,
    /// Requests whose answer was lost after the work was done.
    pub lost_replies: u64,
    /// Requests that took their time.
    pub slow: u64,
    /// Connections and requests that met a closed door.
    pub turned_away: u64,
    /// Distinct events in the order of arrival; empty with [`Keep::Counts`].
    pub entries: Vec<Entry>,
}

#[derive(Default)]
pub(crate) struct Record {
    pub(crate) report: Report,
    keep: Keep,
    seen: HashSet<u128>,
    last: HashMap<u128, u64>,
    attempts: HashMap<u128, u64>,
    disordered: HashSet<u128>,
}

impl Record {
    pub(crate) fn new(keep: Keep) -> Self {
        Self { keep, ..Self::default() }
    }

    /// The number of this attempt to deliver a message, from 0.
    pub(crate) fn attempt(&mut self, message: &str) -> u64 {
        let count = self.attempts.entry(short(message)).or_default();
        let attempt = *count;
        *count += 1;
        attempt
    }

    /// Takes an event. True when it is new.
    pub(crate) fn accept(&mut self, event: &Envelope<'_>) -> bool {
        self.report.received += 1;
        if !self.seen.insert(short(event.id)) {
            self.report.duplicates += 1;
            return false;
        }
        self.report.distinct += 1;
        let key = short(event.key);
        let last = self.last.entry(key).or_insert(0);
        // The hub numbers from 1, so 0 means that nothing came yet.
        if event.sequence <= *last && self.disordered.insert(key) {
            self.report.out_of_order.push(event.key.to_owned());
        }
        *last = event.sequence.max(*last);
        match self.report.by_type.get_mut(event.kind) {
            Some(count) => *count += 1,
            None => drop(self.report.by_type.insert(event.kind.to_owned(), 1)),
        }
        if self.keep == Keep::Everything {
            self.report.entries.push(Entry {
                key: event.key.to_owned(),
                sequence: event.sequence,
                kind: event.kind.to_owned(),
                id: event.id.to_owned(),
            });
        }
        true
    }
}

/// 128 bits of a text: short to keep, and no two of the texts of a run share them.
fn short(text: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        text.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    (half(1) << 64) | half(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'a>(id: &'a str, key: &'a str, sequence: u64) -> Envelope<'a> {
        Envelope { id, kind: "order.paid", key, sequence }
    }

    #[test]
    fn duplicates_are_not_disorder() {
        let mut record = Record::new(Keep::Everything);
        for (id, sequence) in [("a", 1), ("b", 2), ("a", 1), ("c", 3)] {
            record.accept(&event(id, "k", sequence));
        }
        let report = &record.report;
        assert_eq!((report.received, report.distinct, report.duplicates), (4, 3, 1));
        assert!(report.out_of_order.is_empty());
        assert_eq!(report.by_type["order.paid"], 3);
        assert_eq!(report.entries.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_new_event_with_an_old_number_is_disorder() {
        let mut record = Record::new(Keep::Counts);
        for (id, key, sequence) in [("a", "k", 2), ("b", "k", 1), ("c", "k", 1), ("d", "l", 1), ("e", "m", 0)]
        {
            record.accept(&event(id, key, sequence));
        }
        assert_eq!(record.report.out_of_order, ["k", "m"]);
        assert!(record.report.entries.is_empty());
    }
}
