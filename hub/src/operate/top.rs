//! What `crossdock top` shows: how far behind everything is and how sinks are right now. However many look, and
//! however much there is to count, counting takes a small part of the time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::State;
use crate::backbone::{Answer, Backlog, Micros, Question};
use crate::clock;
use crate::telemetry::live::{Fanout, SinkLive};

/// A picture of the hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Top {
    /// When it was taken.
    pub at: Micros,
    /// How far behind everything is.
    pub backlog: Backlog,
    /// How sinks are right now.
    pub sinks: Vec<SinkLive>,
    /// How publishing to NATS is; nothing where nothing is published.
    #[serde(default)]
    pub nats: Option<Fanout>,
}

/// Shortest time between two counts.
const SHORTEST: Micros = 500_000;
/// Counting takes at most one part in so many of the time.
const SHARE: Micros = 20;

/// The last picture, and until when it is good enough.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<(Top, Micros)>);

pub(super) async fn answer(Shared(state): Shared<State>, cache: Arc<Cache>) -> Response {
    let mut kept = cache.0.lock().await;
    let now = clock::now_micros();
    if now >= kept.1 {
        let backlog = match state.backbone.ask(Question::Backlog).await {
            Ok(Answer::Backlog(backlog)) => backlog,
            Ok(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Err(error) => return (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
        };
        let took = clock::now_micros().saturating_sub(now);
        *kept = (
            Top { at: now, backlog, sinks: state.metrics.live.sinks(), nats: state.metrics.live.published() },
            now.saturating_add(took.saturating_mul(SHARE).max(SHORTEST)),
        );
    }
    Json(&kept.0).into_response()
}
