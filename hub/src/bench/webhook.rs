//! Signed webhooks: how fast they are acknowledged durably, and how fast they reach a receiver.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use crossdock_connector::{Headers, Push, Request as Unverified, verify};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::{Figure, corpus, load, milliseconds, per_second, percentile, ratio};
use crate::clock;
use crate::hub::Hub;
use crate::ingress::body;

const CONNECTIONS: usize = 64;

pub(super) fn measure(scratch: &Path, seconds: u64, rate: u64) -> Result<Vec<Figure>, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(all(scratch, seconds, rate))
}

async fn all(scratch: &Path, seconds: u64, rate: u64) -> Result<Vec<Figure>, String> {
    let longest = Duration::from_secs(seconds);
    let amount = usize::try_from(seconds.saturating_mul(60_000)).unwrap_or(600_000).min(400_000);
    let mut figures = Vec::new();

    // The limit: a server that reads the body and checks the signature, nothing else.
    let push = corpus::parts()?.push.ok_or("own-store is not called")?;
    let bare = bare_server(push).await?;
    let burst = Arc::new(load::requests(0..amount, "/in/own")?);
    let limit = load::send(bare, Arc::clone(&burst), CONNECTIONS, None, longest).await?;
    if limit.refused > 0 {
        return Err(format!("the bare server refused {} requests", limit.refused));
    }
    let limit_rate = per_second(limit.done, limit.took);
    figures.push(Figure {
        what: format!("bare server that only checks the HMAC, {CONNECTIONS} connections"),
        seen: format!("{limit_rate:.0}/s"),
        limit: "the limit".into(),
        holds: None,
    });

    // Burst: acknowledged durably.
    let hub = Hub::start(corpus::loaded(&scratch.join("burst").ready()?, None)?).await?;
    let seen = load::send(hub.webhook, burst, CONNECTIONS, None, longest).await?;
    let peak = per_second(seen.done, seen.took);
    let share = ratio(peak, limit_rate);
    figures.push(Figure {
        what: format!("webhook burst, acknowledged durably ({} refused)", seen.refused),
        seen: format!("{peak:.0}/s = {:.0} %", share * 100.0),
        limit: "at least 30 %".into(),
        holds: Some(share >= 0.3 && seen.refused == 0),
    });
    hub.shutdown().await?;
    let hub = Hub::start(corpus::loaded(&scratch.join("quarter").ready()?, None)?).await?;
    let quarter = (seen.done / usize::try_from(seconds.max(1)).unwrap_or(1) / 4).max(1);
    let quarter_rate = u64::try_from(quarter).unwrap_or(1);
    let calm = Arc::new(load::requests(0..quarter * usize::try_from(seconds).unwrap_or(10), "/in/own")?);
    let seen = load::send(hub.webhook, calm, CONNECTIONS, Some(quarter_rate), longest * 2).await?;
    let p99 = percentile(&seen.latencies, 99);
    figures.push(Figure {
        what: format!("p99 of acknowledging at a quarter of that, {quarter_rate}/s"),
        seen: format!("{:.1} ms", milliseconds(p99)),
        limit: "under 10 ms".into(),
        holds: Some(p99 < 10_000 && seen.refused == 0),
    });
    hub.shutdown().await?;

    figures.extend(sustained(scratch, "sustained", rate, seconds, None).await?);
    figures.extend(sustained(scratch, "calm", rate / 4, seconds, Some(20_000)).await?);
    figures.extend(sustained(scratch, "idle", 20, seconds.min(10), Some(20_000)).await?);
    Ok(figures)
}

/// Acknowledged, folded and delivered at a rate.
async fn sustained(
    scratch: &Path,
    name: &str,
    rate: u64,
    seconds: u64,
    p99_limit: Option<i64>,
) -> Result<Vec<Figure>, String> {
    let receiver = Receiver::start().await?;
    let hub = Hub::start(corpus::loaded(&scratch.join(name).ready()?, Some(receiver.address))?).await?;
    let amount = usize::try_from(rate.saturating_mul(seconds)).unwrap_or(70_000);
    let requests = Arc::new(load::requests(0..amount, "/in/own")?);
    let began = Instant::now();
    let epoch = clock::now_micros();
    let seen =
        load::send(hub.webhook, requests, CONNECTIONS, Some(rate), Duration::from_secs(seconds * 3)).await?;
    // The receiver takes one event an order: that it is paid.
    let expected = u64::try_from(seen.done).unwrap_or_default();
    let mut arrived = Duration::ZERO;
    while began.elapsed() < Duration::from_secs(seconds * 4 + 30) {
        if receiver.count.load(Ordering::Relaxed) >= expected {
            arrived = began.elapsed();
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    hub.shutdown().await?;
    let got = receiver.count.load(Ordering::Relaxed);
    if arrived.is_zero() {
        return Ok(vec![Figure {
            what: format!("{name}: {rate}/s accepted, folded and delivered"),
            seen: format!("{got} of {expected} events arrived"),
            limit: "all".into(),
            holds: Some(false),
        }]);
    }
    let mut latencies = receiver.latencies.lock().map_err(|_| "receiver".to_owned())?.clone();
    latencies.retain(|(due, _)| *due >= epoch);
    let mut times: Vec<i64> = latencies.iter().map(|(_, took)| *took).collect();
    times.sort_unstable();
    let reached = per_second(seen.done, arrived);
    let p99 = percentile(&times, 99);
    let wanted = super::rates::per_second(amount, Duration::from_secs(seconds.max(1)));
    let kept = reached >= wanted * 0.97;
    let mut figures = vec![Figure {
        what: format!("{name}: {rate} orders/s acknowledged, folded, delivered"),
        seen: format!("{reached:.0} orders/s"),
        limit: format!("{rate}/s"),
        holds: Some(kept && seen.refused == 0),
    }];
    figures.push(Figure {
        what: format!("{name}: request received to sink called, p50 / p99"),
        seen: format!("{:.1} / {:.1} ms", milliseconds(percentile(&times, 50)), milliseconds(p99)),
        limit: p99_limit
            .map_or_else(|| "-".into(), |limit| format!("p99 under {:.0} ms", milliseconds(limit))),
        holds: p99_limit.map(|limit| p99 < limit),
    });
    Ok(figures)
}

/// A receiver that answers at once and notes how long events were under way.
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    pub(super) count: Arc<AtomicU64>,
    /// When the hub received it, and how many microseconds later it arrived here.
    pub(super) latencies: Arc<Mutex<Vec<(i64, i64)>>>,
}

impl Receiver {
    pub(super) async fn start() -> Result<Self, String> {
        let count = Arc::new(AtomicU64::new(0));
        let latencies = Arc::new(Mutex::new(Vec::new()));
        let (counted, noted) = (Arc::clone(&count), Arc::clone(&latencies));
        let address = serve(move |request: Request<Incoming>| {
            let (counted, noted) = (Arc::clone(&counted), Arc::clone(&noted));
            async move {
                if let Ok(body) = body::read(request.into_body(), 1 << 20).await {
                    let now = clock::now_micros();
                    if let Some(received) = received_at(&body)
                        && let Ok(mut noted) = noted.lock()
                    {
                        noted.push((received, now.saturating_sub(received)));
                    }
                    counted.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
            }
        })
        .await?;
        Ok(Self { address, count, latencies })
    }
}

/// `"received_at":"…"` of the snapshot, found without reading all of it.
fn received_at(body: &[u8]) -> Option<i64> {
    const MEMBER: &[u8] = b"\"received_at\":\"";
    let at = body.windows(MEMBER.len()).position(|window| window == MEMBER)?;
    let rest = body.get(at + MEMBER.len()..)?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let time: jiff::Timestamp = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
    Some(time.as_microsecond())
}

async fn bare_server(push: Arc<dyn Push>) -> Result<SocketAddr, String> {
    serve(move |request: Request<Incoming>| {
        let push = Arc::clone(&push);
        async move {
            let (head, body) = request.into_parts();
            let raw = body::read(body, 2 << 20).await.unwrap_or_default();
            let headers = Headers(
                head.headers
                    .iter()
                    .filter_map(|(name, value)| {
                        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
                    })
                    .collect(),
            );
            let unverified = Unverified { headers: &headers, query: "", path_token: None, body: &raw };
            let status = if verify(&*push, unverified, clock::now()).is_ok() { 200 } else { 401 };
            let mut response = Response::new(Full::new(Bytes::new()));
            *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
            Ok::<_, Infallible>(response)
        }
    })
    .await
}

/// Serves until the runtime ends.
pub(super) async fn serve<S, F>(answer: S) -> Result<SocketAddr, String>
where
    S: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream.set_nodelay(true));
            let answer = answer.clone();
            tokio::spawn(async move {
                let builder = hyper::server::conn::http1::Builder::new();
                drop(builder.serve_connection(TokioIo::new(stream), service_fn(answer)).await);
            });
        }
    });
    Ok(address)
}

pub(super) trait Ready {
    fn ready(self) -> Result<std::path::PathBuf, String>;
}

impl Ready for std::path::PathBuf {
    /// The folder, made.
    fn ready(self) -> Result<std::path::PathBuf, String> {
        std::fs::create_dir_all(&self).map_err(|error| format!("{}: {error}", self.display()))?;
        Ok(self)
    }
}
