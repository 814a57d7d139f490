//! Sinks that do not feel each other: a healthy one beside four that are not, and one beside a long backlog.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use tokio::net::TcpListener;

use super::embedded::fill;
use super::memory::peak_memory;
use super::webhook::{Ready, Receiver, serve};
use super::{Figure, corpus, load, mebibytes, milliseconds, percentile};
use crate::backbone::{Place, Settle};
use crate::clock;
use crate::hub::Hub;

/// Runs of each kind, taken in turns: the spread of the first kind is the noise.
const RUNS: usize = 3;

pub(super) fn measure(scratch: &Path, seconds: u64, rate: u64) -> Result<Vec<Figure>, String> {
    runtime()?.block_on(all(scratch, seconds, rate))
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| error.to_string())
}

async fn all(scratch: &Path, seconds: u64, rate: u64) -> Result<Vec<Figure>, String> {
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        alone.push(one(&scratch.join(format!("alone-{run}")), seconds, rate, &[]).await?);
        let bad = [
            ("dead", dead().await?, ""),
            ("slow", slow().await?, ""),
            ("throttled", throttled().await?, ""),
            ("flapping", flapping().await?, ""),
        ];
        beside.push(one(&scratch.join(format!("beside-{run}")), seconds, rate, &bad).await?);
    }
    let p99 = |runs: &[(i64, i64)]| {
        let mut all: Vec<i64> = runs.iter().map(|(_, p99)| *p99).collect();
        all.sort_unstable();
        (
            all.first().copied().unwrap_or_default(),
            percentile(&all, 50),
            all.last().copied().unwrap_or_default(),
        )
    };
    let show = |(least, middle, most): (i64, i64, i64)| {
        format!("{:.1} ({:.1} to {:.1}) ms", milliseconds(middle), milliseconds(least), milliseconds(most))
    };
    let (quiet, loud) = (p99(&alone), p99(&beside));
    let p50 = |runs: &[(i64, i64)]| milliseconds(runs.iter().map(|(p50, _)| *p50).min().unwrap_or_default());
    // Within noise: its middle value is no worse than the worst that was seen alone, give or take a tenth and the
    // resolution of a timer.
    let noise = quiet.2.saturating_add(quiet.2 / 10).saturating_add(1_000);
    Ok(vec![
        Figure {
            what: format!("healthy sink alone, {rate} orders/s: p99 from commit to delivery"),
            seen: show(quiet),
            limit: format!("p50 {:.1} ms", p50(&alone)),
            holds: None,
        },
        Figure {
            what: "the same beside a dead, a slow, a throttled and a flapping sink".into(),
            seen: show(loud),
            limit: format!("within noise: {:.1} ms; p50 {:.1} ms", milliseconds(noise), p50(&beside)),
            holds: Some(loud.1 <= noise),
        },
    ])
}

/// p50 and p99 of a healthy sink, in microseconds.
async fn one(
    dir: &Path,
    seconds: u64,
    rate: u64,
    bad: &[(&str, SocketAddr, &str)],
) -> Result<(i64, i64), String> {
    let receiver = Receiver::start().await?;
    let mut sinks = vec![("healthy", receiver.address, "")];
    sinks.extend_from_slice(bad);
    let hub = Hub::start(corpus::loaded_with(&dir.to_owned().ready()?, &sinks)?).await?;
    let amount = usize::try_from(rate.saturating_mul(seconds)).unwrap_or(1000);
    let requests = Arc::new(load::requests(0..amount, "/in/own")?);
    let seen = load::send(hub.webhook, requests, 16, Some(rate), Duration::from_secs(seconds * 3)).await?;
    let times = arrived(&receiver, seen.done, Duration::from_secs(30)).await?;
    // Calls that never end would make a stop wait for nothing.
    drop(tokio::time::timeout(Duration::from_secs(5), hub.shutdown()).await);
    Ok((percentile(&times, 50), percentile(&times, 99)))
}

/// How long each event took, sorted, once so many are there.
async fn arrived(receiver: &Receiver, expected: usize, patience: Duration) -> Result<Vec<i64>, String> {
    let expected = u64::try_from(expected).unwrap_or_default();
    let began = Instant::now();
    while receiver.count.load(Ordering::Relaxed) < expected {
        if began.elapsed() > patience {
            let got = receiver.count.load(Ordering::Relaxed);
            return Err(format!("only {got} of {expected} events reached the healthy sink"));
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let latencies = receiver.latencies.lock().map_err(|_| "receiver".to_owned())?;
    let mut times: Vec<i64> = latencies.iter().map(|(_, took)| *took).collect();
    times.sort_unstable();
    Ok(times)
}

/// A port at which nobody listens.
async fn dead() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    listener.local_addr().map_err(|error| error.to_string())
}

async fn slow() -> Result<SocketAddr, String> {
    serve(|_| async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
    })
    .await
}

async fn throttled() -> Result<SocketAddr, String> {
    serve(|_| async {
        let mut response = Response::new(Full::new(Bytes::new()));
        *response.status_mut() = hyper::StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert("retry-after", hyper::header::HeaderValue::from_static("60"));
        Ok::<_, Infallible>(response)
    })
    .await
}

async fn flapping() -> Result<SocketAddr, String> {
    let began = Instant::now();
    serve(move |_| async move {
        let mut response = Response::new(Full::new(Bytes::new()));
        if began.elapsed().as_secs() % 2 == 1 {
            *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        }
        Ok::<_, Infallible>(response)
    })
    .await
}

pub(super) fn backlog(scratch: &Path, events: usize) -> Result<Vec<Figure>, String> {
    let dir = scratch.to_owned().ready()?;
    // The filter of the sinks takes one event an order.
    drop(fill(&dir, 0..events)?);
    let before = peak_memory()?;
    let (took, calm, during) = runtime()?.block_on(drain(&dir, events))?;
    let after = peak_memory()?;
    let grown = mebibytes(after.saturating_sub(before));
    let noise = percentile(&calm, 99).saturating_mul(2).saturating_add(10_000);
    Ok(vec![
        Figure {
            what: format!("{events} events of backlog drained by one sink"),
            seen: format!("{:.0} s = {:.0}/s", took.as_secs_f64(), super::per_second(events, took)),
            limit: "-".into(),
            holds: None,
        },
        Figure {
            what: "memory that the drain added to the peak".into(),
            seen: format!("{grown:.0} MiB, peak {:.0} MiB", mebibytes(after)),
            limit: "under 64 MiB".into(),
            holds: Some(grown < 64.0),
        },
        Figure {
            what: "another sink's live events meanwhile, p50 / p99; before that".into(),
            seen: format!(
                "{:.1} / {:.1} ms; {:.1} / {:.1} ms",
                milliseconds(percentile(&during, 50)),
                milliseconds(percentile(&during, 99)),
                milliseconds(percentile(&calm, 50)),
                milliseconds(percentile(&calm, 99))
            ),
            limit: format!("p99 under {:.0} ms on two busy cores", milliseconds(noise)),
            holds: Some(percentile(&during, 99) <= noise),
        },
    ])
}

/// How long the backlog took, and how long another sink's events took before and meanwhile.
async fn drain(dir: &Path, events: usize) -> Result<(Duration, Vec<i64>, Vec<i64>), String> {
    let healthy = Receiver::start().await?;
    let late = Receiver::start().await?;
    // Alone first: the sink with the backlog is not configured yet.
    let calm = live(dir, &[("healthy", healthy.address, "")], &healthy, events, None).await?.1;
    let sinks = [("healthy", healthy.address, ""), ("late", late.address, "concurrency = 16\n")];
    let (took, during) = live(dir, &sinks, &healthy, events + LIVE, Some((&late, events))).await?;
    Ok((took, calm, during))
}

/// Live orders while something else goes on.
const LIVE: usize = 2_000;
const RATE: u64 = 200;

async fn live(
    dir: &Path,
    sinks: &[(&str, SocketAddr, &str)],
    healthy: &Receiver,
    first: usize,
    backlog: Option<(&Receiver, usize)>,
) -> Result<(Duration, Vec<i64>), String> {
    let loaded = corpus::loaded_with(dir, sinks)?;
    skip(&loaded).await?;
    if let Ok(mut latencies) = healthy.latencies.lock() {
        latencies.clear();
    }
    healthy.count.store(0, Ordering::Relaxed);
    let began = Instant::now();
    let hub = Hub::start(loaded).await?;
    let requests = Arc::new(load::requests(first..first + LIVE, "/in/own")?);
    let seen = load::send(hub.webhook, requests, 8, Some(RATE), Duration::from_secs(120)).await?;
    let times = arrived(healthy, seen.done, Duration::from_secs(60)).await?;
    if let Some((late, events)) = backlog {
        let expected = u64::try_from(events).unwrap_or_default();
        while late.count.load(Ordering::Relaxed) < expected {
            if began.elapsed() > Duration::from_secs(1800) {
                return Err(format!("only {} of {events} drained", late.count.load(Ordering::Relaxed)));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let took = began.elapsed();
    hub.shutdown().await?;
    Ok((took, times))
}

/// The healthy sink has had everything so far.
async fn skip(loaded: &crate::config::Loaded) -> Result<(), String> {
    use crate::backbone::Backbone as _;
    let store = crate::backbone::embedded::Embedded::open(&loaded.config.data.dir, &loaded.config.tenant)
        .map_err(|error| error.to_string())?;
    let Some(sink) = loaded.sinks.iter().find(|sink| &*sink.id == "healthy") else { return Ok(()) };
    let place = store.open_sink(sink.id.to_string(), sink.filter.to_text()).await;
    let head = *store.heads().events.borrow();
    if place.map_err(|error| error.to_string())?.low < head {
        let back = Some(Place { low: head, done: Vec::new() });
        let settle =
            Settle { sink: "healthy".into(), low: head, back, at: clock::now_micros(), ..Settle::default() };
        store.settle(settle).await.map_err(|error| error.to_string())?;
    }
    store.close(Duration::from_secs(10)).await.map_err(|error| error.to_string())
}
