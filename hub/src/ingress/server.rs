//! The listener that platforms and carriers call: limits first, then `webhook`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::limits::Connections;
use super::webhook::Webhooks;

/// How long a connection may stay silent before its first byte.
const FIRST_BYTE: Duration = Duration::from_secs(5);

/// Accepts until stopped, then waits for requests under way, at most `deadline`.
pub async fn serve(
    listener: TcpListener,
    webhooks: Arc<Webhooks>,
    mut stop: watch::Receiver<bool>,
    deadline: Duration,
) {
    let limits = webhooks.limits();
    let connections = Connections::new(limits.max_connections, limits.max_connections_per_ip);
    let header_timeout = limits.header_timeout.get();
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = open.join_next() => continue,
            changed = stop.changed() => { drop(changed); break }
        };
        let (stream, peer): (_, SocketAddr) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: give those that are open time to end.
                tracing::warn!(error = %error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(place) = connections.enter(peer.ip()) else { continue };
        // Acknowledgements are small and must not wait for more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %error, "nodelay");
        }
        let webhooks = Arc::clone(&webhooks);
        let mut stop = stop.clone();
        open.spawn(async move {
            let _place = place;
            // hyper times the headers from their first byte on; the silence before it is timed here.
            if tokio::time::timeout(FIRST_BYTE, stream.readable()).await.is_err() {
                return;
            }
            let service = service_fn(move |request: Request<Incoming>| {
                let webhooks = Arc::clone(&webhooks);
                async move { Ok::<Response<Full<Bytes>>, Infallible>(webhooks.answer(request).await) }
            });
            let mut builder = http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                .header_read_timeout(header_timeout)
                .max_headers(64)
                .max_buf_size(16 * 1024)
                .pipeline_flush(true);
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            tokio::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                changed = stop.changed() => {
                    drop(changed);
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(error = %error, "connection ended");
            }
        });
    }
    drop(listener);
    let all_done = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(deadline, all_done).await.is_err() {
        tracing::warn!("connections were still open at the deadline");
    }
}
