//! How each sink is right now: what `crossdock top` shows beside the counts. In memory only: it starts anew with
//! the hub.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::backbone::Micros;
use crate::handoff::lanes::Result as Became;

/// How one sink is right now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkLive {
    /// Sink.
    pub sink: String,
    /// Whether it is being left alone for a while, because one call after the other failed.
    pub open: bool,
    /// The last time that it did not take something.
    pub trouble: Option<Trouble>,
}

/// A handoff that did not go through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// When.
    pub at: Micros,
    /// The receiver's own words.
    pub words: String,
}

/// How publishing to NATS is right now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fanout {
    /// When this was seen.
    pub at: Micros,
    /// Events of the log that are not in the stream yet.
    pub behind: u64,
    /// Events that are too large for the servers.
    pub left_out: u64,
    /// How often the stream had lost something.
    pub healed: u64,
    /// Whether it waits for the servers.
    pub waiting: bool,
    /// The last time that something was wrong.
    pub trouble: Option<Trouble>,
}

/// How all sinks are.
#[derive(Debug, Default)]
pub struct Board {
    sinks: Mutex<BTreeMap<String, SinkLive>>,
    fanout: Mutex<Option<Fanout>>,
}

impl Board {
    /// Whether a sink is being left alone.
    pub fn open(&self, sink: &str, open: bool) {
        self.change(sink, |live| live.open = open);
    }

    /// A handoff came to its end: the words of one that did not go through are kept.
    pub fn ended(&self, sink: &str, became: &Became, now: Micros) {
        let words = match became {
            Became::Retry { words, .. }
            | Became::Wait(_, words)
            | Became::Uncertain(words)
            | Became::Rejected(words) => words,
            Became::Delivered | Became::AlreadyThere | Became::Superseded(_) => return,
        };
        self.change(sink, |live| live.trouble = Some(Trouble { at: now, words: words.clone() }));
    }

    /// How they are now, in the order of their names.
    pub fn sinks(&self) -> Vec<SinkLive> {
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Something about publishing to NATS changed.
    pub fn fanout(&self, change: impl FnOnce(&mut Fanout)) {
        let mut fanout = self.fanout.lock().unwrap_or_else(PoisonError::into_inner);
        change(fanout.get_or_insert_default());
    }

    /// How publishing to NATS is; nothing where nothing is published.
    pub fn published(&self) -> Option<Fanout> {
        self.fanout.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, sink: &str, change: impl FnOnce(&mut SinkLive)) {
        let mut sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        match sinks.get_mut(sink) {
            Some(live) => change(live),
            None => {
                let mut live = SinkLive { sink: sink.to_owned(), ..SinkLive::default() };
                change(&mut live);
                sinks.insert(sink.to_owned(), live);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_stay_until_there_are_others() {
        let board = Board::default();
        board.ended("erp", &Became::Rejected("no such field".into()), 1);
        board.ended("erp", &Became::Delivered, 2);
        board.open("crm", true);
        board.open("erp", true);
        board.open("erp", false);
        let [crm, erp] = &board.sinks()[..] else { panic!() };
        assert_eq!((crm.sink.as_str(), crm.open, &crm.trouble), ("crm", true, &None));
        assert_eq!((erp.open, erp.trouble.as_ref().unwrap().words.as_str()), (false, "no such field"));
        assert_eq!(erp.trouble.as_ref().unwrap().at, 1);
    }
}
