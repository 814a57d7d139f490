//! The port for operators: health, metrics, and the calls that commands make to a running hub.
//!
//! `/healthz`, `/readyz` and `/metrics` are open (keep the port on loopback); everything under `/admin` needs the
//! token that the hub wrote into its data directory.

mod top;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, Request, State as Shared};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use crossdock_connector::{Captured, Headers};
use crossdock_schemas::{Channel, Class};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use top::Top;

use crate::backbone::{Answer, Backbone, NewCapture, Place, Question, Repair, Replay, Seq};
use crate::clock;
use crate::pipeline::PipelineHandle;
use crate::telemetry::metrics::Metrics;

/// What the port works on.
#[derive(Clone)]
pub struct State {
    /// The store.
    pub backbone: Arc<dyn Backbone>,
    /// For repairs.
    pub pipeline: PipelineHandle,
    /// Counts.
    pub metrics: Arc<Metrics>,
}

/// Captures a command hands to a running hub.
#[derive(Debug, Serialize, Deserialize)]
pub struct Handed {
    /// Source id.
    pub source: String,
    /// Live or backfill.
    pub class: String,
    /// How they came: from a file, when nothing is said.
    #[serde(default)]
    pub channel: Option<String>,
    /// The captures; bodies in base64.
    pub captures: Vec<HandedCapture>,
}

/// One capture a command hands to a running hub.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandedCapture {
    /// Topic.
    pub topic: String,
    /// Headers.
    pub headers: Headers,
    /// Where it stood.
    pub origin: Option<String>,
    /// Body in base64.
    pub body: String,
}

/// What people want repaired.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Fold captures in quarantine again.
    RetryQuarantine(Vec<Seq>),
    /// Drop captures from quarantine.
    DropQuarantine(Vec<Seq>),
    /// Hand parked events off again.
    RetryParked(Vec<(String, Seq)>),
    /// Drop parked events.
    DropParked(Vec<(String, Seq)>),
    /// Hand events off again; the answer is the replay's number.
    Replay(ReplayOrder),
    /// End a replay.
    StopReplay(i64),
}

/// Which events are handed off again, as [`Replay`] says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReplayOrder {
    /// Sink.
    pub sink: String,
    /// Everything after this,
    pub after: Seq,
    /// up to here,
    pub upto: Seq,
    /// that this filter takes,
    pub filter: String,
    /// of these numbers or keys; empty for all.
    pub numbers: Vec<String>,
    /// Most events a second.
    pub per_second: Option<u32>,
}

impl Order {
    /// What the store has to do; captures of the quarantine are folded again by the pipeline instead.
    ///
    /// # Errors
    /// The captures to be folded again.
    pub fn repair(self, now: crate::backbone::Micros) -> Result<Repair, Vec<Seq>> {
        Ok(match self {
            Self::RetryQuarantine(seqs) => return Err(seqs),
            Self::DropQuarantine(seqs) => Repair::DropQuarantine(seqs),
            Self::RetryParked(items) => Repair::RetryParked { items, at: now },
            Self::DropParked(items) => Repair::DropParked { items, at: now },
            Self::StopReplay(id) => Repair::StopReplay(id),
            Self::Replay(order) => Repair::Replay(Replay {
                id: 0,
                sink: order.sink,
                after: order.after,
                upto: order.upto,
                filter: order.filter,
                numbers: order.numbers,
                per_second: order.per_second,
                place: Place::default(),
            }),
        })
    }
}

/// How many things a repair changed; the number of a replay that was begun.
#[derive(Debug, Serialize, Deserialize)]
pub struct Changed {
    /// How many.
    pub changed: u64,
}

/// How long a stop waits for answers under way.
const GRACE: Duration = Duration::from_secs(2);

/// Serves until stopped.
pub async fn serve(listener: TcpListener, state: State, token: String, mut stop: watch::Receiver<bool>) {
    let top = Arc::new(top::Cache::default());
    let admin = Router::new()
        .route("/admin/top", get(move |state| top::answer(state, top)))
        .route("/admin/capture", post(capture))
        .route("/admin/repair", post(repair))
        .route("/admin/position", get(position))
        .layer(axum::extract::DefaultBodyLimit::max(64 << 20))
        .route_layer(from_fn_with_state(Arc::<str>::from(token), authorize));
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .merge(admin)
        .with_state(state);
    let mut stopped = stop.clone();
    let served = axum::serve(listener, router).with_graceful_shutdown(async move {
        drop(stop.wait_for(|stopped| *stopped).await);
    });
    // A connection that never asked anything would be waited for without end.
    let patience = async move {
        drop(stopped.wait_for(|stopped| *stopped).await);
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = served => if let Err(error) = served {
            tracing::error!(error = %error, "admin port ended");
        },
        () = patience => {}
    }
}

async fn authorize(Shared(token): Shared<Arc<str>>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(token.as_bytes())) {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, "unauthorized\n").into_response()
}

async fn ready(Shared(state): Shared<State>) -> Response {
    match state.backbone.intake_position().await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("store: {error}\n")).into_response(),
    }
}

async fn metrics(Shared(state): Shared<State>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.metrics.render()).into_response()
}

async fn capture(Shared(state): Shared<State>, Json(handed): Json<Handed>) -> Response {
    let class: Class = match handed.class.parse() {
        Ok(class) => class,
        Err(_) => return (StatusCode::BAD_REQUEST, "class is n, r or t\n").into_response(),
    };
    let channel = match handed.channel.as_deref().map(str::parse) {
        None => Channel::File,
        Some(Ok(channel)) => channel,
        Some(Err(_)) => return (StatusCode::BAD_REQUEST, "no such channel\n").into_response(),
    };
    let source: Arc<str> = handed.source.into();
    let mut batch = Vec::with_capacity(handed.captures.len());
    for handed in handed.captures {
        let Some(body) = crossdock_connector::sign::unbase64(&handed.body) else {
            return (StatusCode::BAD_REQUEST, "body is not base64\n").into_response();
        };
        let captured = Captured {
            topic: handed.topic,
            headers: handed.headers,
            body: body.into(),
            origin: handed.origin,
        };
        batch.push(NewCapture {
            source: Arc::clone(&source),
            captured,
            channel,
            class,
            received_at: clock::now_micros(),
            traceparent: None,
            answers: Vec::new(),
        });
    }
    match state.backbone.capture(batch).await {
        Ok(seqs) => Json(Changed { changed: u64::try_from(seqs.len()).unwrap_or_default() }).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn repair(Shared(state): Shared<State>, Json(order): Json<Order>) -> Response {
    match carry_out(&*state.backbone, &state.pipeline, order).await {
        Ok(changed) => Json(Changed { changed }).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn carry_out(
    backbone: &dyn Backbone,
    pipeline: &PipelineHandle,
    order: Order,
) -> Result<u64, crate::backbone::BackboneError> {
    match order.repair(clock::now_micros()) {
        Err(seqs) => pipeline.refold(seqs).await,
        Ok(repair) => backbone.repair(repair).await,
    }
}

#[derive(Deserialize)]
struct Of {
    #[serde(default)]
    kind: String,
}

/// How far the intake is behind, for commands that wait for it.
async fn position(Shared(state): Shared<State>, Query(of): Query<Of>) -> Response {
    let head = *state.backbone.heads().captures.borrow();
    if of.kind == "ledger" {
        return match state.backbone.ask(Question::Ledger).await {
            Ok(Answer::Ledger(counts)) => Json(crate::ledger::Ledger::of(&counts)).into_response(),
            _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        };
    }
    match state.backbone.intake_position().await {
        Ok(at) => Json(serde_json::json!({"head": head, "folded": at})).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}
