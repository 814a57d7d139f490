//! Sources that are fed through NATS: what others publish to `xd.in.<tenant>.<source>` is captured, then acknowledged.
//!
//! So a connector in any language is one publish. Whatever a source's connector reads from its webhooks it also reads
//! here, raw, as the vendor sent it; `own-store` reads canonical observations. The header `xd-topic` says which of the
//! connector's topics it is; without it, it is the first. Other headers are kept for the connector, but for those that
//! belong to NATS and those that carry secrets.
//!
//! ```python
//! import asyncio, json, nats
//!
//! async def main():
//!     client = await nats.connect("nats://localhost:4222")
//!     order = {"kind": "order", "partial": False, "order": {"order_no": "1001", "currency": "EUR", ...}}
//!     ack = await client.jetstream().publish(
//!         "xd.in.default.my-shop", json.dumps(order).encode(), headers={"Nats-Msg-Id": "1001-paid"})
//!     print("durable at", ack.seq)
//!     await client.close()
//!
//! asyncio.run(main())
//! ```
//!
//! A publish to a source that is not configured with `queue = true` has no stream and fails at once. What was acknowledged
//! to the publisher stays in the stream until it is captured; a hub that is killed between capture and acknowledgement
//! captures it again, and fold sees that it knows it. What cannot be read goes to quarantine, as from anywhere else.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{AckKind, Message};
use crossdock_connector::{Captured, Headers};
use crossdock_schemas::{Channel, Class};
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::backbone::{Backbone, NewCapture};
use crate::clock;
use crate::config::Nats;
use crate::nats::{Link, Names, NatsError, connect, consumers, ensure_stream, inbound_stream};
use crate::telemetry::metrics::{Metric, Metrics};
use crate::telemetry::traceparent_of;

/// A source that is fed through NATS.
#[derive(Clone, Debug)]
pub struct QueueSource {
    /// Its id.
    pub id: Arc<str>,
    /// The topic of what says none.
    pub topic: &'static str,
}

/// What all of them need.
#[derive(Clone)]
pub struct Queues {
    /// The servers.
    pub nats: Nats,
    /// Names of the tenant.
    pub names: Names,
    /// The sources.
    pub sources: Vec<QueueSource>,
    /// How long the servers wait for an acknowledgement.
    pub ack_wait: Duration,
    /// The store.
    pub backbone: Arc<dyn Backbone>,
    /// Counts.
    pub metrics: Arc<Metrics>,
}

/// Header that says the topic.
const TOPIC: &str = "xd-topic";
/// Messages captured together.
const BATCH: usize = 256;
/// Bytes asked for at a time.
const BYTES: usize = 8 << 20;
/// Longest wait between attempts.
const LONGEST: Duration = Duration::from_secs(10);

/// Takes what is published until stopped.
pub async fn run(queues: Queues, mut stop: watch::Receiver<bool>) {
    let mut wait = Duration::from_millis(100);
    let mut said = false;
    while !*stop.borrow() {
        let ended = tokio::select! {
            biased;
            // What is under way is not acknowledged; it comes again.
            _ = stop.wait_for(|stopped| *stopped) => return,
            ended = session(&queues) => ended,
        };
        if let Err(error) = ended {
            match std::mem::replace(&mut said, true) {
                true => tracing::debug!(error = %error, "sources that are fed through NATS still wait"),
                false => {
                    tracing::warn!(error = %error, "sources that are fed through NATS wait for the servers")
                }
            }
        } else {
            (wait, said) = (Duration::from_millis(100), false);
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            changed = stop.changed() => drop(changed),
        }
        wait = (wait * 2).min(LONGEST);
    }
}

/// Connects and takes from all sources. Ends well when a connection that had worked broke off.
async fn session(queues: &Queues) -> Result<(), NatsError> {
    let link = connect(&queues.nats, "intake").await?;
    let ids: Vec<&str> = queues.sources.iter().map(|source| &*source.id).collect();
    ensure_stream(&link, &inbound_stream(&queues.names, &queues.nats, &ids)).await?;
    let mut tasks = JoinSet::new();
    for source in &queues.sources {
        let consumer = consumers::open_inbound(&link, &queues.names, &source.id, queues.ack_wait).await?;
        let (queues, source, link) = (queues.clone(), source.clone(), link.clone());
        tasks.spawn(async move {
            let mut trouble = 0;
            loop {
                match pull(&queues, &source, &link, &consumer).await {
                    Ok(()) => trouble = 0,
                    // The connection comes back by itself; a consumer that somebody deleted does not.
                    Err(words) if trouble < 3 => {
                        tracing::debug!(source = &*source.id, words, "taking from NATS again");
                        trouble += 1;
                    }
                    Err(words) => return words,
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        });
    }
    if let Some(Ok(words)) = tasks.join_next().await {
        tracing::warn!(words, "taking from NATS begins anew");
    }
    Ok(())
}

/// Takes from one source until its pulls come to an end.
async fn pull(
    queues: &Queues,
    source: &QueueSource,
    link: &Link,
    consumer: &async_nats::jetstream::consumer::PullConsumer,
) -> Result<(), String> {
    let messages = consumer
        .stream()
        .max_messages_per_batch(BATCH)
        .max_bytes_per_batch(BYTES)
        .expires(Duration::from_secs(30))
        .heartbeat(Duration::from_secs(5))
        .messages()
        .await
        .map_err(|error| link.explain("taking from NATS", &error))?;
    let mut chunks = messages.ready_chunks(BATCH);
    let mut errors = 0;
    while let Some(chunk) = chunks.next().await {
        let mut batch = Vec::with_capacity(chunk.len());
        for message in chunk {
            match message {
                Ok(message) => {
                    errors = 0;
                    batch.push(message);
                }
                Err(error) => {
                    tracing::debug!(source = &*source.id, error = %error, "taking from NATS");
                    errors += 1;
                }
            }
        }
        if !batch.is_empty() {
            keep(queues, source, &batch).await;
            for message in &batch {
                message.ack().await.map_err(|error| error.to_string())?;
            }
            // Acknowledgements are only handed to the connection: out with them before anything else.
            link.client.flush().await.map_err(|error| error.to_string())?;
        }
        if errors >= 3 {
            return Err("the servers stopped answering".to_owned());
        }
    }
    Ok(())
}

/// Captures a batch, however long the store takes; meanwhile nobody else gets it.
async fn keep(queues: &Queues, source: &QueueSource, batch: &[Message]) {
    let mut told = Instant::now();
    let mut wait = Duration::from_millis(50);
    loop {
        let captures = batch.iter().map(|message| capture(source, message)).collect();
        let Err(error) = queues.backbone.capture(captures).await else { break };
        tracing::error!(source = &*source.id, error = %error, "what came through NATS waits for the store");
        if told.elapsed() * 3 > queues.ack_wait {
            told = Instant::now();
            for message in batch {
                drop(message.ack_with(AckKind::Progress).await);
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(Duration::from_secs(2));
    }
    queues.metrics.count(Metric::Captures, "queue", u64::try_from(batch.len()).unwrap_or_default());
}

fn capture(source: &QueueSource, message: &Message) -> NewCapture {
    let mut topic = source.topic.to_owned();
    let mut trace = None;
    let mut kept = Headers::default();
    for (name, values) in message.headers.iter().flat_map(|headers| headers.iter()) {
        let name = name.to_string().to_ascii_lowercase();
        let Some(value) = values.first().map(|value| value.as_str()) else { continue };
        match name.as_str() {
            TOPIC => value.clone_into(&mut topic),
            "traceparent" => trace = traceparent_of(Some(value)),
            "authorization" | "proxy-authorization" | "cookie" => {}
            name if name.starts_with("nats-") => {}
            name => kept.push(name, value),
        }
    }
    let place = message.info().map(|info| format!("{}:{}", info.stream, info.stream_sequence));
    NewCapture {
        source: Arc::clone(&source.id),
        captured: Captured { topic, headers: kept, body: message.payload.clone(), origin: place.ok() },
        channel: Channel::Webhook,
        class: Class::Normal,
        received_at: clock::now_micros(),
        traceparent: trace,
        answers: Vec::new(),
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
