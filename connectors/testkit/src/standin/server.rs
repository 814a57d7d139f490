//! A small HTTP/1.1 server on loopback: what all stand-ins that are called share.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// Bodies above this are refused by closing the connection.
const MAX_BODY: usize = 32 << 20;

/// What a handler says.
pub(crate) enum Answer {
    /// A response.
    Reply(Response<Full<Bytes>>),
    /// The connection breaks off without a word.
    HangUp,
}

impl Answer {
    /// A response with a content type and a body.
    pub(crate) fn reply(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(Full::new(body.into()));
        if let Ok(status) = hyper::StatusCode::from_u16(status) {
            *response.status_mut() = status;
        }
        let value = hyper::header::HeaderValue::from_static(content_type);
        response.headers_mut().insert(hyper::header::CONTENT_TYPE, value);
        Self::Reply(response)
    }
}

/// A request whose body is there.
pub(crate) struct Asked {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A header that stands there exactly once, as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.head.headers.get_all(name).iter();
        match (found.next(), found.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }
}

/// What a stand-in has, for one call at a time. A test that failed while it held it must not hide behind others that fail
/// because of that.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct HungUp;

impl fmt::Display for HungUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hung up")
    }
}

impl Error for HungUp {}

#[derive(Default)]
struct Door {
    down: AtomicBool,
    turned_away: AtomicU64,
}

/// A running server. Dropping it stops it at once; [`stop`](Self::stop) waits until it has stopped.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    door: Arc<Door>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Door(down {})", self.down.load(Ordering::Relaxed))
    }
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as a URL without a path: `http://127.0.0.1:40000`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// While it is down, connections are closed as soon as they are opened, and open ones at their next request.
    pub fn set_down(&self, down: bool) {
        self.door.down.store(down, Ordering::Release);
    }

    /// Connections and requests that met a closed door.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.door.turned_away.load(Ordering::Relaxed)
    }

    /// Stops it and waits until its port is free.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // A server that panicked has stopped too; its clients have seen it.
        let _ended = (&mut self.task).await;
    }

    /// Starts a server whose calls somebody answers who never waits.
    pub(crate) async fn of<S: Send + Sync + 'static>(
        who: &Arc<S>,
        answer: fn(&S, &Asked) -> Answer,
    ) -> io::Result<Self> {
        let who = Arc::clone(who);
        Self::start(move |asked| {
            let who = Arc::clone(&who);
            async move { answer(&who, &asked) }
        })
        .await
    }

    /// Starts a server on a free port of loopback.
    pub(crate) async fn start<H, F>(handler: H) -> io::Result<Self>
    where
        H: Fn(Asked) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Answer> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let door = Arc::new(Door::default());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, handler, Arc::clone(&door), stopped));
        Ok(Self { addr, door, stop, task })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.task.abort();
    }
}

async fn accept<H, F>(listener: TcpListener, handler: H, door: Arc<Door>, mut stopped: watch::Receiver<bool>)
where
    H: Fn(Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    // Dropping the set ends all connections.
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Out of file handles for a moment: others will be closed.
                Err(_) => { tokio::task::yield_now().await; continue }
            },
            Some(_) = connections.join_next() => continue,
        };
        if door.down.load(Ordering::Acquire) {
            door.turned_away.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        connections.spawn(serve(stream, handler.clone(), Arc::clone(&door)));
    }
}

async fn serve<H, F>(stream: TcpStream, handler: H, door: Arc<Door>)
where
    H: Fn(Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    // Small answers must not wait for more.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(|request: Request<Incoming>| {
        let handler = &handler;
        let door = &door;
        async move {
            if door.down.load(Ordering::Acquire) {
                door.turned_away.fetch_add(1, Ordering::Relaxed);
                return Err(HungUp);
            }
            let (head, body) = request.into_parts();
            let Ok(body) = Limited::new(body, MAX_BODY).collect().await else { return Err(HungUp) };
            match handler(Asked { head, body: body.to_bytes() }).await {
                Answer::Reply(response) => Ok::<Response<Full<Bytes>>, HungUp>(response),
                Answer::HangUp => Err(HungUp),
            }
        }
    });
    // A connection that ends in an error was hung up on purpose, or its client went away.
    let _ended =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
