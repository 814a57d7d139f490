//! HTTP as plain values: the hub does the calls, connectors only say what and read what came back.

use std::time::Duration;

use bytes::Bytes;

use crate::Headers;

/// The methods vendors use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Create or call.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// The method as in the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A call that the hub shall make. Already signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Absolute URL.
    pub url: String,
    /// Headers.
    pub headers: Headers,
    /// Body.
    pub body: Bytes,
}

impl HttpRequest {
    /// A GET.
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: Method::Get, url: url.into(), headers: Headers::default(), body: Bytes::new() }
    }

    /// A POST with its content type.
    pub fn post(url: impl Into<String>, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut headers = Headers::default();
        headers.push("content-type", content_type);
        Self { method: Method::Post, url: url.into(), headers, body: body.into() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: Headers,
    /// Body, as far as the hub reads (bounded).
    pub body: Bytes,
}

impl HttpResponse {
    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// `Retry-After` in seconds; the date form is read by the hub, which knows the time.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get("retry-after")?.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: u64 = whole.parse().ok()?;
        // A fraction (Shopify sends "2.0") is rounded up: never earlier than asked.
        let more = u64::from(fraction.bytes().any(|digit| digit != b'0'));
        Some(Duration::from_secs(seconds.saturating_add(more)))
    }
}

/// What we answer to a vendor that called us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpReply {
    /// Status code.
    pub status: u16,
    /// Content type of the body.
    pub content_type: &'static str,
    /// Body.
    pub body: Bytes,
}

impl HttpReply {
    /// A reply with a text body.
    pub fn text(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: body.into() }
    }

    /// A reply with a JSON body.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, content_type: "application/json", body: body.into() }
    }

    /// A reply without a body.
    pub fn empty(status: u16) -> Self {
        Self::text(status, Bytes::new())
    }
}
