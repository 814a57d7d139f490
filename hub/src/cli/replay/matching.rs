//! Which events of the log a replay would hand off: what its worker will find, found beforehand.

use std::collections::BTreeSet;

use crossdock_schemas::HistoryKind;

use super::super::{Failure, Outcome, store};
use crate::backbone::{Answer, Backbone, Classes, ParkedFilter, Question, Seq, SinkPlace, StoredEvent};
use crate::handoff::filter::{Filter, Subject};

/// Events read together.
const PAGE: usize = 512;

/// What a replay would find.
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// Everything after this,
    pub(super) after: Seq,
    /// up to here.
    pub(super) upto: Seq,
    /// Events in that stretch.
    pub(super) looked_at: u64,
    /// Those that would be handed off again.
    pub(super) events: u64,
    /// Those that still wait or are parked: they have their own way.
    pub(super) busy: u64,
}

pub(super) async fn matched(
    store: &dyn Backbone,
    sink: &str,
    filter: &Filter,
    keys: &[String],
    after: Seq,
    upto: Seq,
) -> Outcome<Matched> {
    let Answer::SinkPlace(place) = store.ask(Question::SinkPlace(sink.to_owned())).await? else {
        return Err(store::unexpected());
    };
    let Some(place) = place else {
        return Err(Failure::failed(format!(
            "sink {sink} was never opened: start the hub with it once, it gets the log from its beginning"
        )));
    };
    let own = Filter::from_text(&place.filter).map_err(Failure::failed)?;
    let look = Look { store, sink, filter, keys, own, place: *place };
    match histories(store, keys).await? {
        Some(mut events) => {
            events.retain(|event| event.seq > after && event.seq <= upto);
            // Only as much of the log as holds them is read later.
            let (first, last) =
                (events.iter().map(|event| event.seq).min(), events.iter().map(|event| event.seq).max());
            let mut matched = Matched {
                after: first.map_or(after, |first| first - 1),
                upto: last.unwrap_or(after),
                ..Matched::default()
            };
            look.count(&events, &mut matched).await?;
            Ok(matched)
        }
        None => {
            let mut matched = Matched { after, upto, ..Matched::default() };
            let mut at = after;
            while at < upto {
                let page = store.log(at, PAGE, Classes::All).await?;
                let events: Vec<StoredEvent> =
                    page.events.into_iter().take_while(|event| event.seq <= upto).collect();
                look.count(&events, &mut matched).await?;
                at = page.upto.max(at + 1);
            }
            Ok(matched)
        }
    }
}

/// The events of the histories with these numbers; `None` when no number is given, or one that is no number of a
/// history (a published key): then the log has to be read.
async fn histories(store: &dyn Backbone, keys: &[String]) -> Outcome<Option<Vec<StoredEvent>>> {
    if keys.is_empty() {
        return Ok(None);
    }
    let mut all = Vec::new();
    for number in keys {
        let mut known = false;
        for kind in HistoryKind::ALL {
            let (platform, shop) = (String::new(), String::new());
            let question = Question::Find { kind: *kind, platform, shop, number: number.clone() };
            let Answer::Found(found) = store.ask(question).await? else { return Err(store::unexpected()) };
            for key in found {
                known = true;
                let Answer::Handoffs(events, _) = store.ask(Question::Handoffs(key)).await? else {
                    return Err(store::unexpected());
                };
                all.extend(events);
            }
        }
        if !known {
            return Ok(None);
        }
    }
    all.sort_by_key(|event| event.seq);
    all.dedup_by_key(|event| event.seq);
    Ok(Some(all))
}

struct Look<'a> {
    store: &'a dyn Backbone,
    sink: &'a str,
    filter: &'a Filter,
    keys: &'a [String],
    own: Filter,
    place: SinkPlace,
}

impl Look<'_> {
    async fn count(&self, events: &[StoredEvent], matched: &mut Matched) -> Outcome<()> {
        matched.looked_at += u64::try_from(events.len()).unwrap_or(u64::MAX);
        let fitting: Vec<&StoredEvent> = events.iter().filter(|event| self.fits(event)).collect();
        if fitting.is_empty() {
            return Ok(());
        }
        let parked = self.parked(fitting.iter().map(|event| event.seq).collect()).await?;
        for event in fitting {
            let waits = !self.place.settled(event.seq, event.event.class)
                || self.place.held.binary_search_by_key(&event.seq, |held| held.seq).is_ok();
            match waits || parked.contains(&event.seq) {
                true => matched.busy += 1,
                false => matched.events += 1,
            }
        }
        Ok(())
    }

    fn fits(&self, event: &StoredEvent) -> bool {
        let named = |key: &String| **key == *event.number || *key == event.event.key;
        let subject = Subject::of(event);
        (self.keys.is_empty() || self.keys.iter().any(named))
            && self.own.takes(&subject)
            && self.filter.takes(&subject)
    }

    async fn parked(&self, events: Vec<Seq>) -> Outcome<BTreeSet<Seq>> {
        let limit = events.len();
        let which = ParkedFilter { sink: Some(self.sink.to_owned()), events, ..ParkedFilter::default() };
        match self.store.ask(Question::Parked { which, after: None, limit }).await? {
            Answer::Parked(rows) => Ok(rows.into_iter().map(|row| row.seq).collect()),
            _ => Err(store::unexpected()),
        }
    }
}
