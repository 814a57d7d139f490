//! One request: find its source, verify, capture, acknowledge. In this order, and nothing before it is durable.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use crossdock_connector::{Ack, Error, Headers, HttpReply, Push, Request as Unverified, Verified, verify};
use crossdock_schemas::{Channel, Class};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{HeaderMap, Method, Request, Response};
use tokio::sync::Semaphore;
use tracing::Instrument;

use super::body::{self, Refused};
use crate::backbone::{Backbone, NewCapture};
use crate::clock;
use crate::config::Webhook as Limits;
use crate::telemetry::metrics::{Metric, Metrics};
use crate::telemetry::{child_span, new_traceparent, traceparent_of};

/// A source that is called.
pub struct PushSource {
    /// Its id.
    pub id: Arc<str>,
    /// What its vendor does.
    pub push: Arc<dyn Push>,
    /// Takes requests without a valid signature.
    pub insecure: bool,
}

/// Answers webhooks.
pub struct Webhooks {
    sources: HashMap<Arc<str>, PushSource>,
    backbone: Arc<dyn Backbone>,
    metrics: Arc<Metrics>,
    limits: Limits,
    /// Kilobytes of bodies that may be read at a time.
    budget: Semaphore,
    traces: AtomicU64,
}

const SCALE: usize = 1024;

impl Webhooks {
    /// For these sources.
    pub fn new(
        sources: Vec<PushSource>,
        backbone: Arc<dyn Backbone>,
        metrics: Arc<Metrics>,
        limits: Limits,
    ) -> Self {
        let budget = Semaphore::new((limits.max_in_flight / SCALE).clamp(1, Semaphore::MAX_PERMITS));
        let sources = sources.into_iter().map(|source| (Arc::clone(&source.id), source)).collect();
        let traces = AtomicU64::new(u64::try_from(clock::now_micros()).unwrap_or_default());
        Self { sources, backbone, metrics, limits, budget, traces }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Answers one request.
    pub async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let began = clock::now_micros();
        let (outcome, response) = self.handle(request, began).await;
        self.metrics.webhook(outcome, clock::now_micros().saturating_sub(began));
        response
    }

    async fn handle(&self, request: Request<Incoming>, began: i64) -> (&'static str, Response<Full<Bytes>>) {
        let (head, body) = request.into_parts();
        let mut path = head.uri.path().strip_prefix("/in/").unwrap_or_default().split('/');
        let (id, token) = (path.next().unwrap_or_default(), path.next());
        if head.method != Method::POST {
            return ("refused", plain(405, "only POST"));
        }
        // An unknown endpoint looks like a wrong signature: nobody learns which sources exist.
        let Some(source) = self.sources.get(id).filter(|_| path.next().is_none()) else {
            return ("unauthorized", unauthorized());
        };
        let announced =
            head.headers.get("content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let wanted = announced.unwrap_or(self.limits.max_body).min(self.limits.max_body);
        let permits = u32::try_from(wanted / SCALE + 1).unwrap_or(u32::MAX);
        let Ok(_budget) = self.budget.try_acquire_many(permits) else {
            return ("busy", later(source.push.reply(Ack::TryLater)));
        };
        let reading = body::read(body, self.limits.max_body);
        let raw = match tokio::time::timeout(self.limits.body_timeout.get(), reading).await {
            Ok(Ok(raw)) => raw,
            Ok(Err(refused)) => return ("refused", refuse(refused)),
            Err(_) => return ("refused", plain(408, "body took too long")),
        };
        let headers = lower(&head.headers);
        let unverified = Unverified {
            headers: &headers,
            query: head.uri.query().unwrap_or_default(),
            path_token: token,
            body: &raw,
        };
        let verified = match verified(source, unverified) {
            Ok(verified) => verified,
            Err(error) => {
                tracing::warn!(source = &*source.id, error = %error, "webhook refused");
                return ("unauthorized", unauthorized());
            }
        };
        let mut captured = source.push.capture(&verified);
        let encoding = headers.get("content-encoding");
        if encoding.is_some() {
            // The signature is over what was sent; what is kept is what it holds.
            captured.body = match body::unpack(
                &captured.body,
                encoding,
                self.limits.max_decompressed,
                self.limits.max_ratio,
            ) {
                Ok(unpacked) => unpacked,
                Err(refused) => return ("refused", refuse(refused)),
            };
        }
        let traceparent = traceparent_of(headers.get("traceparent")).unwrap_or_else(|| {
            let next = self.traces.fetch_add(1, Ordering::Relaxed);
            new_traceparent(&next.to_le_bytes())
        });
        let capture = NewCapture {
            source: Arc::clone(&source.id),
            captured,
            channel: Channel::Webhook,
            class: Class::Normal,
            received_at: began,
            traceparent: Some(traceparent),
            answers: Vec::new(),
        };
        let span = child_span("capture", capture.traceparent.as_deref());
        match self.backbone.capture(vec![capture]).instrument(span).await {
            Ok(_) => {
                self.metrics.count(Metric::Captures, "webhook", 1);
                ("stored", respond(source.push.reply_to(Ack::Stored, &unverified)))
            }
            Err(error) => {
                tracing::error!(source = &*source.id, error = %error, "webhook could not be stored");
                ("unavailable", later(source.push.reply_to(Ack::TryLater, &unverified)))
            }
        }
    }
}

fn verified<'a>(source: &'a PushSource, request: Unverified<'a>) -> Result<Verified<'a>, Error> {
    if source.insecure {
        return Ok(Verified::insecurely(request));
    }
    verify(&*source.push, request, clock::now())
}

/// Header names come in lower case from hyper. A value that is not text cannot be what a connector asks for.
fn lower(headers: &HeaderMap) -> Headers {
    let pairs = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    Headers(pairs)
}

fn refuse(refused: Refused) -> Response<Full<Bytes>> {
    match refused {
        Refused::TooLarge => plain(413, "body is too large"),
        Refused::Broken => plain(400, "body cannot be read"),
        Refused::Encoding => plain(415, "send identity or gzip"),
    }
}

/// The same words whatever was wrong: they help nobody who guesses. The log says what it was.
fn unauthorized() -> Response<Full<Bytes>> {
    plain(401, "unauthorized")
}

fn plain(status: u16, text: &'static str) -> Response<Full<Bytes>> {
    respond(HttpReply::text(status, text))
}

fn later(mut reply: HttpReply) -> Response<Full<Bytes>> {
    // Whatever the vendor reads, everything on the way understands 503.
    reply.status = 503;
    let mut response = respond(reply);
    response.headers_mut().insert("retry-after", hyper::header::HeaderValue::from_static("5"));
    response
}

fn respond(reply: HttpReply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() =
        hyper::StatusCode::from_u16(reply.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert("content-type", hyper::header::HeaderValue::from_static(reply.content_type));
    response
}
