//! The one HTTP client: bounded replies, no redirects, one TLS stack.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use crossdock_connector::{Headers, HttpRequest, HttpResponse, Method};

use crate::config::Outbound;

/// A call that brought no reply.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Nothing was sent: trying again is safe.
    NotSent(String),
    /// It may have arrived.
    NoAnswer(String),
}

impl Failure {
    /// For people.
    pub fn words(&self) -> &str {
        match self {
            Self::NotSent(words) | Self::NoAnswer(words) => words,
        }
    }
}

/// Makes calls.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    max_reply: usize,
}

impl Client {
    /// A client with these limits.
    ///
    /// # Errors
    /// What is wrong with the TLS setup.
    pub fn new(outbound: &Outbound) -> Result<Self, String> {
        let tls = tls()?;
        let inner = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(outbound.connect_timeout.get())
            .timeout(outbound.timeout.get())
            .pool_idle_timeout(Duration::from_secs(30))
            .tcp_nodelay(true)
            .http1_only()
            .no_proxy()
            .user_agent(concat!("crossdock/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { inner, max_reply: outbound.max_reply })
    }

    /// Makes one call. A reply longer than the limit is cut there.
    ///
    /// # Errors
    /// Whether anything may have arrived.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.inner.request(method, &request.url).body(request.body);
        for (name, value) in &request.headers.0 {
            builder = builder.header(name, value);
        }
        let mut response = builder.send().await.map_err(|error| failure(&error))?;
        let mut headers = Headers::default();
        for (name, value) in response.headers() {
            if let Ok(value) = value.to_str() {
                headers.push(name.as_str(), value);
            }
        }
        // Receivers may say a date instead of seconds; only here it is known what time it is.
        if let Some(seconds) = headers.get("retry-after").and_then(until) {
            headers.0.retain(|(name, _)| name != "retry-after");
            headers.push("retry-after", seconds.to_string());
        }
        let status = response.status().as_u16();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            let room = self.max_reply.saturating_sub(body.len());
            body.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
            if body.len() >= self.max_reply {
                break;
            }
        }
        Ok(HttpResponse { status, headers, body: Bytes::from(body) })
    }
}

/// Seconds until an HTTP date, never less than asked; `None` when it is none.
fn until(text: &str) -> Option<i64> {
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Some(at.as_second().saturating_sub(crate::clock::now().as_second()).max(0))
}

/// The one TLS setup: rustls with ring, roots that come with the binary.
fn tls() -> Result<rustls::ClientConfig, String> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// A client for the exporter of traces, which sends from a thread of its own.
///
/// # Errors
/// What is wrong with the TLS setup.
pub(crate) fn blocking_client() -> Result<reqwest::blocking::Client, String> {
    let tls = tls()?;
    let build = move || {
        reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(tls)
            .timeout(Duration::from_secs(10))
            .no_proxy()
            .build()
            .map_err(|error| error.to_string())
    };
    // It starts a runtime inside, which must not happen on a thread that runs one already.
    std::thread::spawn(build).join().map_err(|_| "the client for traces could not be made".to_owned())?
}

fn failure(error: &reqwest::Error) -> Failure {
    // The URL may hold a token; the cause says enough.
    let mut words = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if !words.is_empty() {
            words.push_str(": ");
        }
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    if words.is_empty() {
        words = if error.is_timeout() { "no answer in time".into() } else { "call failed".into() };
    }
    if error.is_connect() || error.is_builder() {
        Failure::NotSent(format!("cannot connect: {words}"))
    } else if error.is_timeout() {
        Failure::NoAnswer(format!("no answer in time: {words}"))
    } else {
        Failure::NoAnswer(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_becomes_the_seconds_until_it() {
        let date = |seconds: i64| {
            let at = crate::clock::now() + jiff::SignedDuration::from_secs(seconds);
            at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        };
        let wait = until(&date(90)).unwrap();
        assert!((88..=90).contains(&wait), "{wait}");
        assert_eq!(until(&date(-90)), Some(0), "what is past is now");
        assert_eq!(
            (until("120"), until("soon"), until("")),
            (None, None, None),
            "seconds are read elsewhere"
        );
    }
}
