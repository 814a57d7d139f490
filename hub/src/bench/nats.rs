//! The publisher from an embedded log, beside a bare client that publishes the same messages with the same window.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use bytes::Bytes;
use crossdock_testkit::nats::Server;
use tokio::sync::watch;

use super::embedded::fill;
use super::{Figure, per_second, ratio};
use crate::backbone::Backbone;
use crate::backbone::embedded::Embedded;
use crate::config::{Nats, load_text};
use crate::fanout::{self, Publisher};
use crate::nats::{Link, Names, connect, ensure};
use crate::telemetry::metrics::Metrics;

const TENANT: &str = "bench";
/// Longest that a round may take.
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) fn measure(
    scratch: &Path,
    orders: usize,
    rounds: usize,
    server: Option<&str>,
) -> Result<Vec<Figure>, String> {
    let filled = fill(scratch, 0..orders)?;
    // Nobody else's server unless it is named: its streams of this tenant are made anew.
    let own = match server {
        Some(_) => None,
        None => Some(Server::start().map_err(|error| error.to_string())?),
    };
    let url = server.map(str::to_owned).or_else(|| own.as_ref().map(Server::url)).unwrap_or_default();
    let text = format!("tenant = \"{TENANT}\"\n[nats]\nservers = [\"{url}\"]\n");
    let nats = load_text("bench", &text, None)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?
        .config
        .nats;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let store = Embedded::open(&filled.dir, TENANT).map_err(|error| error.to_string())?;
    let backbone: Arc<dyn Backbone> = Arc::new(store);
    runtime.block_on(async {
        let figures = compare(&nats, &backbone, rounds.max(1)).await;
        backbone.close(Duration::from_secs(60)).await.map_err(|error| error.to_string())?;
        figures
    })
}

async fn compare(nats: &Nats, backbone: &Arc<dyn Backbone>, rounds: usize) -> Result<Vec<Figure>, String> {
    let names = Names::new(TENANT);
    let events = backbone.events(0, usize::MAX).await.map_err(|error| error.to_string())?;
    let messages: Vec<_> = events.into_iter().map(|stored| fanout::message(stored, &names.stream)).collect();
    let count = messages.len();
    let bytes: usize = messages.iter().map(|(_, _, body)| body.len()).sum();
    let (mut bare_rates, mut our_rates) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let link = anew(nats, &names).await?;
        bare_rates.push(per_second(count, bare(&link, &messages, nats.window).await?));
        anew(nats, &names).await?;
        our_rates.push(per_second(count, ours(nats, backbone).await?));
    }
    let (bare_rate, our_rate) = (middle(&mut bare_rates), middle(&mut our_rates));
    let share = ratio(our_rate, bare_rate);
    Ok(vec![
        Figure {
            what: format!(
                "bare client, {count} events of {} bytes, window {}",
                bytes / count.max(1),
                nats.window
            ),
            seen: format!("{bare_rate:.0} events/s"),
            limit: format!("the limit; middle of {rounds} rounds"),
            holds: None,
        },
        Figure {
            what: "the same from the embedded log by the publisher".into(),
            seen: format!("{our_rate:.0} events/s = {:.0} %", share * 100.0),
            limit: "at least 70 %".into(),
            holds: Some(share >= 0.7),
        },
    ])
}

/// A connection of its own, and an empty stream.
async fn anew(nats: &Nats, names: &Names) -> Result<Link, String> {
    let link = connect(nats, "bench").await.map_err(|error| error.to_string())?;
    // There is none the first time.
    drop(link.jetstream.delete_stream(&names.stream).await);
    ensure(&link, names, nats).await.map_err(|error| error.to_string())?;
    Ok(link)
}

async fn bare(
    link: &Link,
    messages: &[(String, HeaderMap, Bytes)],
    window: usize,
) -> Result<Duration, String> {
    let began = Instant::now();
    let mut flying = VecDeque::with_capacity(window);
    for (subject, headers, body) in messages {
        if flying.len() >= window
            && let Some(first) = flying.pop_front()
        {
            acknowledged(first).await?;
        }
        let asked = link.jetstream.publish_with_headers(subject.clone(), headers.clone(), body.clone()).await;
        flying.push_back(asked.map_err(|error| error.to_string())?);
    }
    for asked in flying {
        acknowledged(asked).await?;
    }
    Ok(began.elapsed())
}

async fn acknowledged(asked: async_nats::jetstream::context::PublishAckFuture) -> Result<(), String> {
    let ack = asked.await.map_err(|error| error.to_string())?;
    if ack.duplicate { Err("the stream was not empty".to_owned()) } else { Ok(()) }
}

async fn ours(nats: &Nats, backbone: &Arc<dyn Backbone>) -> Result<Duration, String> {
    fanout::forget(&**backbone).await.map_err(|error| error.to_string())?;
    let metrics = Arc::new(Metrics::default());
    let (stop, stops) = watch::channel(false);
    let began = Instant::now();
    let publisher = Publisher::new(nats.clone(), TENANT, Arc::clone(backbone), Arc::clone(&metrics), stops);
    let task = tokio::spawn(publisher.run());
    while metrics.live.published().is_none_or(|live| live.behind > 0) {
        if began.elapsed() > PATIENCE {
            return Err(format!("publishing does not come to an end: {:?}", metrics.live.published()));
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let took = began.elapsed();
    stop.send_replace(true);
    task.await.map_err(|error| error.to_string())?;
    Ok(took)
}

fn middle(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
