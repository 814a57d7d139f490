//! Bringing a store into a cluster, and back out of it.

use std::path::Path;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

use super::step::Message;
use super::{JetStream, copies};
use crate::backbone::embedded::{Embedded, copy};
use crate::backbone::*;
use crate::config::Nats;
use crate::fanout::message;
use crate::nats::{Link, Names, connect, ensure};

/// Events read together.
const PAGE: usize = 256;

/// What was brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Events published for subscribers.
    pub events: u64,
    /// The place in the stream from which it goes on.
    pub place: Seq,
}

/// Brings the store in `dir` into an empty stream, and makes it this hub's copy. `again` allows that it is a copy
/// already: of a stream that was lost. `told` hears how many events were published so far.
///
/// # Errors
/// `Broken` when the stream is not empty or the store is not what it should be.
pub async fn into_cluster(
    config: &Nats,
    dir: &Path,
    tenant: &str,
    again: bool,
    mut told: impl FnMut(u64),
) -> Result<Brought> {
    let link = connect(config, "migrate").await?;
    let names = Names::new(tenant);
    let stream = ensure(&link, &names, config).await?;
    let info = stream.cached_info();
    let name = &names.stream;
    if info.state.last_sequence > 0 {
        return Err(BackboneError::Broken(format!(
            "stream {name} is not empty ({} messages): a store is brought into a new one. When what it holds is to be \
             replaced, delete it first: nats stream rm {name}",
            info.state.messages
        )));
    }
    if again && copy::standpoint(dir)?.is_some() {
        copy::end(dir)?;
    }
    let store = Embedded::open(dir, tenant)?;
    let mut brought = Brought::default();
    let mut after = 0;
    loop {
        let page = store.events(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        brought.events += tell(&link, name, config.window, page).await?;
        told(brought.events);
    }
    store.close(std::time::Duration::from_secs(30)).await?;
    // Whoever follows the log begins behind this.
    let begin = Message::new(names.record("begin"), &serde_json::json!({"events": brought.events}))?;
    let ack = link.jetstream.publish(begin.subject, begin.payload).await;
    let ack = match ack {
        Ok(ack) => ack.await,
        Err(error) => Err(error),
    };
    let ack = ack.map_err(|error| BackboneError::Unavailable(link.explain("the stream", &error)))?;
    brought.place = Seq::try_from(ack.sequence).unwrap_or(Seq::MAX);
    copy::begin(dir, &info.created.to_string(), brought.place)?;
    copies::keep(&link, &names, config.profile.replicas(), dir).await?;
    Ok(brought)
}

/// Publishes events for subscribers: what they would have seen.
async fn tell(link: &Link, stream: &str, window: usize, events: Vec<StoredEvent>) -> Result<u64> {
    let away = |error: &dyn std::fmt::Display| BackboneError::Unavailable(link.explain("the stream", error));
    let mut acks = FuturesOrdered::new();
    let mut count = 0;
    for stored in events {
        let (subject, headers, data) = message(stored, stream);
        let ack = link.jetstream.publish_with_headers(subject, headers, data).await;
        acks.push_back(ack.map_err(|error| away(&error))?.into_future());
        if acks.len() >= window.max(1)
            && let Some(ack) = acks.next().await
        {
            drop(ack.map_err(|error| away(&error))?);
        }
        count += 1;
    }
    while let Some(ack) = acks.next().await {
        drop(ack.map_err(|error| away(&error))?);
    }
    Ok(count)
}

/// Makes this hub's copy, once it has read everything, into a store of its own. Gives its place in the stream.
///
/// # Errors
/// `Broken` when hubs still work on the cluster.
pub async fn out_of_cluster(config: &Nats, dir: &Path, tenant: &str) -> Result<Seq> {
    let shared = JetStream::open(config, dir, tenant, "migrate").await?;
    let busy = shared.duties().await?.holders().await?;
    if !busy.is_empty() {
        shared.close(std::time::Duration::from_secs(10)).await?;
        let busy: Vec<String> = busy.into_iter().collect();
        return Err(BackboneError::Broken(format!(
            "hubs still work on this cluster: stop them first ({})",
            busy.join(", ")
        )));
    }
    shared.catch_up().await?;
    shared.close(std::time::Duration::from_secs(30)).await?;
    let place = copy::standpoint(dir)?.map(|there| there.place).unwrap_or_default();
    copy::end(dir)?;
    Ok(place)
}
