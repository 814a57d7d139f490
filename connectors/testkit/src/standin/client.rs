//! A small HTTP/1.1 client with one connection that is kept open: what all stand-ins that call share.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Headers with lower-case names.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Bytes,
}

impl Reply {
    /// 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A client of one server. One call at a time; after an error the next call connects anew.
#[derive(Debug)]
pub struct Client {
    authority: String,
    base: String,
    timeout: Duration,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    send: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Client {
    /// A client of `http://host:port/base`. Calls that take longer than `timeout` fail.
    ///
    /// # Errors
    /// `InvalidInput` when it is not such a URL.
    pub fn new(url: &str, timeout: Duration) -> io::Result<Self> {
        let rest = url.strip_prefix("http://").filter(|rest| !rest.is_empty());
        let rest =
            rest.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "expected http://host:port"))?;
        let (authority, base) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { authority: authority.to_owned(), base, timeout, open: None })
    }

    /// Posts a body to `base` + `path` with these headers.
    ///
    /// # Errors
    /// When the connection cannot be made, breaks off, or the answer takes too long; `InvalidInput` when it was
    /// never sent because a path or header is none.
    pub async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: Bytes) -> io::Result<Reply> {
        self.send("POST", path, headers, body).await
    }

    /// As [`post`](Self::post), with any method.
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> io::Result<Reply> {
        let target = format!("{}{path}", self.base);
        let target = if target.is_empty() { "/" } else { &target };
        let mut request = Request::builder().method(method).uri(target).header("host", &self.authority);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Full::new(body))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        match tokio::time::timeout(self.timeout, self.call(request)).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => {
                self.open = None;
                Err(error)
            }
            Err(_) => {
                self.open = None;
                Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
            }
        }
    }

    async fn call(&mut self, request: Request<Full<Bytes>>) -> io::Result<Reply> {
        let mut open = match self.open.take() {
            Some(open) if !open.send.is_closed() => open,
            _ => self.connect().await?,
        };
        open.send.ready().await.map_err(io::Error::other)?;
        let response = open.send.send_request(request).await.map_err(io::Error::other)?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        self.open = Some(open);
        let text =
            |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers =
            head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        Ok(Reply { status: head.status.as_u16(), headers, body })
    }

    async fn connect(&self) -> io::Result<Open> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        let (send, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let task = tokio::spawn(async move {
            // How the connection ended is told to the call that was under way.
            let _ended = connection.await;
        });
        Ok(Open { send, task })
    }
}
