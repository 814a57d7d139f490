//! Holding the whole stream against the whole log: what is missing, what is foreign, what is out of order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::broker::{Broker, Events, Found, identity};
use super::memory::Memory;
use super::message::{Refused, ready, refused};
use super::survey::{Id, Log};
use super::{CURSOR, Trouble, kept_since};
use crate::backbone::{Backbone, Classes, Micros, Seq};
use crate::clock;
use crate::config::Nats;
use crate::nats::{Names, connect};

/// Events read at a time.
const PAGE: usize = 1024;
/// In the place of the place of a message whose event was found.
const KNOWN: u64 = u64::MAX;
/// Missing events that are named.
const NAMED: usize = 100_000;

/// A day of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// The day, UTC.
    pub day: String,
    /// Events that the stream should hold.
    pub expected: u64,
    /// Those that it holds.
    pub present: u64,
    /// Those that it does not hold.
    pub missing: u64,
    /// Those that lie behind a later event of the same key; consumers that have the later one drop them.
    pub out_of_order: u64,
}

/// Missing events that follow each other in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The first,
    pub from: Seq,
    /// and the last.
    pub to: Seq,
    /// How many.
    pub events: u64,
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// By day.
    pub stretches: Vec<Stretch>,
    /// What is missing.
    pub gaps: Vec<Gap>,
    /// Messages whose ids are none of the log's.
    pub foreign: u64,
    /// Messages that are there a second time.
    pub twice: u64,
    /// Events that are too large for the servers; among the missing.
    pub left_out: u64,
    /// Events published by this audit.
    pub repaired: u64,
}

impl Report {
    /// Events that are missing.
    pub fn missing(&self) -> u64 {
        self.stretches.iter().map(|stretch| stretch.missing).sum()
    }
}

/// Compares as it goes through the log. Pure.
#[derive(Debug, Default)]
pub struct Compare {
    there: HashMap<Id, u64>,
    /// Places of a key's events in the order of the log, with their stretches.
    keys: HashMap<i64, Vec<(usize, u64)>>,
    last: Option<Seq>,
    missing: Vec<Seq>,
    report: Report,
}

impl Compare {
    /// A message of the stream.
    pub fn message(&mut self, place: u64, id: Option<Id>) {
        match id {
            Some(id) if self.there.contains_key(&id) => self.report.twice += 1,
            Some(id) => drop(self.there.insert(id, place)),
            None => self.report.foreign += 1,
        }
    }

    /// An event that is not expected, but no foreigner when it is there.
    fn known(&mut self, id: Option<Id>) {
        if let Some(place) = id.and_then(|id| self.there.get_mut(&id)) {
            *place = KNOWN;
        }
    }

    /// Messages that no event was found for.
    fn unknown(&self) -> usize {
        self.there.values().filter(|place| **place != KNOWN).count()
    }

    /// An event of the log.
    pub fn event(&mut self, seq: Seq, id: Option<Id>, history: i64, day: &str) {
        if self.report.stretches.last().is_none_or(|last| last.day != day) {
            self.report.stretches.push(Stretch { day: day.to_owned(), ..Stretch::default() });
        }
        let at = self.report.stretches.len().saturating_sub(1);
        let Some(stretch) = self.report.stretches.last_mut() else { return };
        stretch.expected += 1;
        // Numbers may be left out: what follows in the log follows in a gap too.
        let before = self.last.replace(seq);
        match id.and_then(|id| self.there.get_mut(&id)) {
            Some(place) => {
                stretch.present += 1;
                self.keys.entry(history).or_default().push((at, *place));
                *place = KNOWN;
            }
            None => {
                stretch.missing += 1;
                if self.missing.len() < NAMED {
                    self.missing.push(seq);
                }
                match self.report.gaps.last_mut() {
                    Some(gap) if Some(gap.to) == before => (gap.to, gap.events) = (seq, gap.events + 1),
                    _ => self.report.gaps.push(Gap { from: seq, to: seq, events: 1 }),
                }
            }
        }
    }

    /// What was found, and which events are missing.
    pub fn end(mut self) -> (Report, Vec<Seq>) {
        self.report.foreign += u64::try_from(self.unknown()).unwrap_or_default();
        for places in self.keys.values() {
            let mut first = u64::MAX;
            for (at, place) in places.iter().rev() {
                if *place > first
                    && let Some(stretch) = self.report.stretches.get_mut(*at)
                {
                    stretch.out_of_order += 1;
                }
                first = first.min(*place);
            }
        }
        (self.report, self.missing)
    }
}

/// Audits what was published since a time; with `repair` publishes what is missing and looks again.
///
/// # Errors
/// When servers or store do not answer.
pub async fn audit(
    nats: &Nats,
    tenant: &str,
    backbone: Arc<dyn Backbone>,
    from: Option<Micros>,
    repair: bool,
) -> Result<Report, String> {
    let names = Names::new(tenant);
    let open = async {
        let link = connect(nats, "audit").await?;
        let stream = link.jetstream.get_stream(&names.stream).await;
        let stream = stream.map_err(|error| Trouble::Away(link.explain(&names.stream, &error)))?;
        Ok::<_, Trouble>(Broker { link, stream, events: names.events() })
    };
    let broker = open.await.map_err(|trouble| trouble.to_string())?;
    let saved = backbone.cursor(CURSOR.to_owned()).await.map_err(|error| error.to_string())?;
    let memory =
        Memory::read(saved.as_deref()).map_err(|error| format!("place of the publisher: {error}"))?;
    let since = kept_since(nats).max(from.unwrap_or(0));
    let look = || look(&broker, &backbone, &memory, since);
    let (mut report, mut missing) = look().await.map_err(|trouble| trouble.to_string())?;
    let mut repaired = 0;
    let mut waits = if repair { 2 } else { 0 };
    while repair && missing.iter().any(|seq| !memory.left_out.contains(seq)) {
        repaired += publish(&broker, &backbone, &missing, &names.stream)
            .await
            .map_err(|trouble| trouble.to_string())?;
        (report, missing) = look().await.map_err(|trouble| trouble.to_string())?;
        if missing.is_empty() || waits == 0 {
            break;
        }
        // The servers may remember ids whose messages are gone.
        waits -= 1;
        tokio::time::sleep(nats.duplicate_window.get() + Duration::from_secs(1)).await;
    }
    report.repaired = repaired;
    Ok(report)
}

async fn look(
    broker: &Broker,
    backbone: &Arc<dyn Backbone>,
    memory: &Memory,
    since: Micros,
) -> Result<(Report, Vec<Seq>), Trouble> {
    let log = Events(Arc::clone(backbone));
    let mut compare = Compare::default();
    broker.read(0, |Found { place, id }| compare.message(place, id)).await?;
    let mut after = log.place_at(since).await?;
    while after < memory.seq {
        let page = backbone.log(after, PAGE, Classes::All).await?;
        for stored in page.events.iter().filter(|stored| stored.seq <= memory.seq) {
            let day = clock::timestamp(stored.recorded_at).strftime("%Y-%m-%d").to_string();
            compare.event(stored.seq, identity(stored).map(|(id, _)| id), stored.history, &day);
        }
        if page.upto <= after {
            break;
        }
        after = page.upto;
    }
    // What is older than was asked for, or published while this looks, is no foreigner.
    let mut after = 0;
    while compare.unknown() > 0 {
        let page = backbone.log(after, PAGE, Classes::All).await?;
        for stored in &page.events {
            compare.known(identity(stored).map(|(id, _)| id));
        }
        if page.upto <= after {
            break;
        }
        after = page.upto;
    }
    let (mut report, missing) = compare.end();
    report.left_out = u64::try_from(memory.left_out.len()).unwrap_or_default();
    Ok((report, missing))
}

/// Publishes events one window after the other; says how many the stream took.
async fn publish(
    broker: &Broker,
    backbone: &Arc<dyn Backbone>,
    missing: &[Seq],
    stream: &str,
) -> Result<u64, Trouble> {
    let mut published = 0;
    for seqs in missing.chunks(256) {
        let mut asked = Vec::new();
        for stored in backbone.events_at(seqs.to_vec()).await? {
            match ready(stored, stream).send(&broker.link, None).await {
                Ok(future) => asked.push(future),
                Err(error) => match refused(&error, &broker.link) {
                    Refused::TooLarge => {}
                    Refused::Trouble(trouble) => return Err(trouble),
                },
            }
        }
        for future in asked {
            match future.await {
                Ok(ack) => published += u64::from(!ack.duplicate),
                Err(error) => match refused(&error, &broker.link) {
                    Refused::TooLarge => {}
                    Refused::Trouble(trouble) => return Err(trouble),
                },
            }
        }
    }
    Ok(published)
}

#[cfg(test)]
mod tests {
    use super::{Compare, Gap, Stretch};

    #[test]
    fn what_is_missing_foreign_twice_and_out_of_order() {
        let mut compare = Compare::default();
        // An old one, then 1, 3, 2, a stranger, somebody's message without an id of ours, and 3 again.
        let ids = [Some(99), Some(1), Some(3), Some(2), Some(77), None, Some(3)];
        for (place, id) in (1..).zip(ids) {
            compare.message(place, id);
        }
        compare.known(Some(99));
        for (seq, id, history, day) in
            [(11, 1, 1, "a"), (12, 2, 1, "a"), (13, 3, 1, "b"), (14, 4, 2, "b"), (15, 5, 2, "b")]
        {
            compare.event(seq, Some(id), history, day);
        }
        let (report, missing) = compare.end();
        assert_eq!(missing, [14, 15]);
        assert_eq!(report.gaps, [Gap { from: 14, to: 15, events: 2 }]);
        assert_eq!((report.foreign, report.twice), (2, 1));
        let stretch = |day: &str, expected, present, missing, out_of_order| Stretch {
            day: day.to_owned(),
            expected,
            present,
            missing,
            out_of_order,
        };
        assert_eq!(report.stretches, [stretch("a", 2, 2, 0, 1), stretch("b", 3, 1, 2, 0)]);
    }
}
