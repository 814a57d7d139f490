//! A load of signed requests over kept-alive connections, cheap enough not to be what is measured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossdock_connector::sign;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::corpus;
use crate::clock;

/// Requests ready to be sent, signed now.
pub(super) fn requests(range: std::ops::Range<usize>, path: &str) -> Result<Vec<Vec<u8>>, String> {
    let key = sign::unbase64(corpus::SECRET.trim_start_matches("whsec_")).ok_or("secret")?;
    let now = clock::now().as_second();
    Ok(range
        .map(|n| {
            let body = corpus::body(n);
            let id = format!("msg_{n}");
            let signature = sign::standard_webhooks(&key, &id, now, body.as_bytes());
            format!(
                "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nwebhook-id: {id}\r\n\
                 webhook-timestamp: {now}\r\nwebhook-signature: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        })
        .collect())
}

/// What a load saw.
pub(super) struct Seen {
    pub(super) done: usize,
    pub(super) refused: usize,
    pub(super) took: Duration,
    /// Microseconds of each request, sorted.
    pub(super) latencies: Vec<i64>,
}

/// Sends the requests over so many connections; at `rate` a second when given, else as fast as they are answered.
/// Ends with the requests or after `longest`.
pub(super) async fn send(
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    connections: usize,
    rate: Option<u64>,
    longest: Duration,
) -> Result<Seen, String> {
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let mut latencies = Vec::new();
            let mut refused = 0;
            let mut reply = [0_u8; 2048];
            while began.elapsed() < longest {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(at) else { break };
                if let Some(rate) = rate {
                    let due = Duration::from_micros(
                        u64::try_from(at).unwrap_or_default().saturating_mul(1_000_000) / rate,
                    );
                    tokio::time::sleep_until((began + due).into()).await;
                }
                let sent = Instant::now();
                stream.write_all(request).await?;
                let mut filled = 0;
                loop {
                    let room = reply.get_mut(filled..).unwrap_or_default();
                    let more = stream.read(room).await?;
                    if more == 0 {
                        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
                    }
                    filled += more;
                    if complete(reply.get(..filled).unwrap_or_default()) {
                        break;
                    }
                }
                if !reply.starts_with(b"HTTP/1.1 2") {
                    refused += 1;
                }
                latencies.push(i64::try_from(sent.elapsed().as_micros()).unwrap_or(i64::MAX));
            }
            Ok::<_, std::io::Error>((latencies, refused))
        });
    }
    let mut seen = Seen { done: 0, refused: 0, took: Duration::ZERO, latencies: Vec::new() };
    while let Some(ended) = tasks.join_next().await {
        let (latencies, refused) =
            ended.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        seen.latencies.extend(latencies);
        seen.refused += refused;
    }
    seen.took = began.elapsed();
    seen.done = seen.latencies.len();
    seen.latencies.sort_unstable();
    Ok(seen)
}

/// Whether a reply is there as a whole: head, and as many bytes as it announces.
fn complete(reply: &[u8]) -> bool {
    let Some(end) = reply.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(reply.get(..end).unwrap_or_default()).to_ascii_lowercase();
    let length = head
        .split("\r\n")
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    reply.len() >= end + 4 + length
}
