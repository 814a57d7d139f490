//! Who learns of parcels: at a start all that are open are read from the store, from then on the log of events tells.
//!
//! One reading of the log serves all sources. Events that a start misses because its reading is on the way are behind
//! the place from which the log is followed, so nothing falls between the two.
//!
//! What a backfill told is history: asking for it would tell it to customers as if it happened now. So parcels that are
//! known from files alone are not asked for, unless files are today's business (`live_files` of a source).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crossdock_schemas::{Channel, Class, HistoryKind, ParcelStatus, Ts};
use serde::Deserialize;
use tokio::sync::{mpsc, watch};

use super::book::Name;
use super::pace::Stage;
use crate::backbone::*;
use crate::clock;

/// Parcels or events read at a time.
const PAGE: usize = 256;
/// The log is looked at again after this, however many events come.
const REST: Duration = Duration::from_millis(250);

/// What was heard of a parcel.
#[derive(Clone, Debug)]
pub struct News {
    /// Which.
    pub name: Name,
    /// Where it is now.
    pub stage: Stage,
    /// When the hub heard of it.
    pub heard: Micros,
}

/// Who wants news of which carriers, and for how long a parcel counts.
pub struct Reader {
    /// Carriers, in our words.
    pub carriers: Vec<Arc<str>>,
    /// Parcels that changed within this time.
    pub lasts: Micros,
    /// Where news go.
    pub news: mpsc::Sender<Vec<News>>,
}

/// What is read of a parcel.
#[derive(Deserialize)]
struct Parcel {
    #[serde(default)]
    status: Option<ParcelStatus>,
    #[serde(default)]
    source: Source,
}

#[derive(Default, Deserialize)]
struct Source {
    #[serde(default)]
    received_at: Option<Ts>,
    #[serde(default)]
    channel: Option<Channel>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    parcel: Option<Parcel>,
}

/// Reads until stopped or nobody listens any more. With `files`, parcels that are known from files count.
pub async fn run(
    backbone: Arc<dyn Backbone>,
    readers: Vec<Reader>,
    files: bool,
    mut stop: watch::Receiver<bool>,
) {
    let mut heads = backbone.heads();
    let mut place = *heads.events.borrow_and_update();
    tokio::select! {
        () = begin(&*backbone, &readers, files) => {}
        () = stopped(&mut stop) => return,
    }
    while !*stop.borrow() {
        match follow(&*backbone, &readers, place).await {
            Ok(next) if next > place => {
                place = next;
                continue;
            }
            Ok(_) => {}
            Err(BackboneError::Closed) => return,
            Err(error) => {
                tracing::error!(error = %error, "cannot read of which parcels there is news");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            () = stopped(&mut stop) => return,
        }
        tokio::select! {
            changed = heads.events.changed() => if changed.is_err() { return },
            () = stopped(&mut stop) => return,
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone has stopped too.
    drop(stop.wait_for(|stop| *stop).await);
}

/// All open parcels, carrier by carrier.
async fn begin(backbone: &dyn Backbone, readers: &[Reader], files: bool) {
    let mut carriers: BTreeMap<&Arc<str>, Micros> = BTreeMap::new();
    for reader in readers {
        for carrier in &reader.carriers {
            let lasts = carriers.entry(carrier).or_default();
            *lasts = reader.lasts.max(*lasts);
        }
    }
    for (carrier, lasts) in carriers {
        let since = clock::now_micros().saturating_sub(lasts);
        let mut after = String::new();
        loop {
            let question =
                Question::Parcels { carrier: carrier.to_string(), since, after: after.clone(), limit: PAGE };
            let told = match backbone.ask(question).await {
                Ok(Answer::Told(told)) => told,
                Ok(_) | Err(BackboneError::Closed) => return,
                Err(error) => {
                    tracing::error!(error = %error, "cannot read which parcels are open");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
            };
            let Some(last) = told.last() else { break };
            after.clone_from(&last.key.number);
            let news = told.into_iter().filter_map(|told| stored(carrier, &told, files));
            tell(readers, carrier, news.collect()).await;
        }
    }
}

/// A page of the log; gives the place behind it.
async fn follow(backbone: &dyn Backbone, readers: &[Reader], place: Seq) -> Result<Seq> {
    let events = backbone.events(place, PAGE).await?;
    let next = events.last().map_or(place, |last| last.seq);
    let mut found: BTreeMap<Arc<str>, Vec<News>> = BTreeMap::new();
    let wanted: BTreeSet<&str> =
        readers.iter().flat_map(|reader| &reader.carriers).map(|carrier| &**carrier).collect();
    for event in &events {
        if let Some(news) = heard(event, &wanted) {
            found.entry(Arc::clone(&news.name.carrier)).or_default().push(news);
        }
    }
    for (carrier, news) in found {
        tell(readers, &carrier, news).await;
    }
    Ok(next)
}

async fn tell(readers: &[Reader], carrier: &str, news: Vec<News>) {
    for reader in readers.iter().filter(|reader| reader.carriers.iter().any(|ours| &**ours == carrier)) {
        // A reader that is gone has stopped.
        drop(reader.news.send(news.clone()).await);
    }
}

fn stored(carrier: &Arc<str>, told: &Told, files: bool) -> Option<News> {
    let parcel: Parcel = serde_json::from_str(told.snapshot.as_deref()?).ok()?;
    if parcel.source.channel == Some(Channel::File) && !files {
        return None;
    }
    let heard = parcel.source.received_at.map_or(0, |at| at.at.as_microsecond());
    let name = Name { carrier: Arc::clone(carrier), number: told.key.number.as_str().into() };
    Some(News { name, stage: Stage::of(parcel.status), heard })
}

fn heard(stored: &StoredEvent, wanted: &BTreeSet<&str>) -> Option<News> {
    let event = &stored.event;
    let is_parcel = matches!(event.event_type.body(), "parcel" | "milestone");
    let is_history = event.class == Class::Replay;
    if !is_parcel || is_history || !wanted.contains(event.platform.as_str()) {
        return None;
    }
    let data: Data = serde_json::from_str(event.data.get()).ok()?;
    let name = Name { carrier: event.platform.as_str().into(), number: Arc::clone(&stored.number) };
    Some(News { name, stage: Stage::of(data.parcel?.status), heard: event.recorded_at.as_microsecond() })
}

/// The history of a parcel.
pub fn key_of(name: &Name) -> HistoryKey {
    HistoryKey {
        kind: HistoryKind::Parcel,
        platform: Arc::clone(&name.carrier),
        shop: "".into(),
        number: name.number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_from_files_alone_is_history() {
        let told = |channel: &str| Told {
            place: 1,
            key: key_of(&Name { carrier: "zto".into(), number: "Z1".into() }),
            snapshot: Some(format!(
                r#"{{"status":"in_transit","source":{{"received_at":"2026-11-22T00:00:00Z","channel":"{channel}"}}}}"#
            )),
        };
        let carrier: Arc<str> = "zto".into();
        let known = |channel: &str, files: bool| stored(&carrier, &told(channel), files);
        let news = known("webhook", false).unwrap();
        assert_eq!((news.stage, news.heard), (Stage::Moving, 1_795_305_600_000_000));
        assert!(known("poll", false).is_some() && known("file", true).is_some());
        assert!(known("file", false).is_none());
        assert!(stored(&carrier, &Told { snapshot: None, ..told("poll") }, true).is_none());
    }
}
