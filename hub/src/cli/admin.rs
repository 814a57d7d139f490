//! Calls to the hub that holds the data directory.

use std::time::Duration;

use crossdock_connector::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::Config;
use crate::http::Client;
use crate::ledger::Ledger;
use crate::lock::Running;
use crate::operate::{Changed, Handed, Order, Top};

use super::{Failure, Outcome};

/// Most tries while the hub's store cannot be written.
const TRIES: u32 = 20;

/// A running hub.
pub(super) struct Admin {
    client: Client,
    running: Running,
}

/// How far the hub's intake is.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub(super) struct Position {
    /// Last capture.
    pub(super) head: i64,
    /// Last capture that was folded.
    pub(super) folded: i64,
}

impl Admin {
    pub(super) fn new(running: Running, config: &Config) -> Outcome<Self> {
        Ok(Self { client: Client::new(&config.outbound)?, running })
    }

    /// Gives captures to the hub; returns when they are durable.
    pub(super) async fn capture(&self, handed: &Handed) -> Outcome<()> {
        let body = body(handed)?;
        for attempt in 0..TRIES {
            let response = self.call(self.post("/admin/capture", body.clone())).await?;
            match response.status {
                200 => return Ok(()),
                // The disk is full or slow: the hub recovers by itself, and so do we.
                503 => tokio::time::sleep(Duration::from_millis(100) * 2_u32.pow(attempt.min(6))).await,
                _ => return Err(refused(&response)),
            }
        }
        Err(Failure::failed(
            "the running hub cannot write its store: is the disk full? Run the same command again later",
        ))
    }

    /// Has something repaired; says how many things changed.
    pub(super) async fn repair(&self, order: &Order) -> Outcome<u64> {
        let response = self.call(self.post("/admin/repair", body(order)?)).await?;
        let changed: Changed = read(&response)?;
        Ok(changed.changed)
    }

    /// How far the intake is.
    pub(super) async fn position(&self) -> Outcome<Position> {
        read(&self.call(HttpRequest::get(self.url("/admin/position"))).await?)
    }

    /// What goes on right now.
    pub(super) async fn top(&self) -> Outcome<Top> {
        read(&self.call(HttpRequest::get(self.url("/admin/top"))).await?)
    }

    /// The hub's ledger.
    pub(super) async fn ledger(&self) -> Outcome<Ledger> {
        read(&self.call(HttpRequest::get(self.url("/admin/position?kind=ledger"))).await?)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.admin)
    }

    fn post(&self, path: &str, body: Vec<u8>) -> HttpRequest {
        HttpRequest::post(self.url(path), "application/json", body)
    }

    async fn call(&self, request: HttpRequest) -> Outcome<HttpResponse> {
        let request = request.header("authorization", format!("Bearer {}", self.running.token));
        let answered = self.client.send(request).await;
        answered.map_err(|failure| {
            Failure::failed(format!("the running hub does not answer: {}", failure.words()))
        })
    }
}

fn body(value: &impl Serialize) -> Outcome<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Failure::failed(error.to_string()))
}

fn read<T: DeserializeOwned>(response: &HttpResponse) -> Outcome<T> {
    if response.status != 200 {
        return Err(refused(response));
    }
    serde_json::from_slice(&response.body).map_err(|error| {
        Failure::failed(format!("the running hub gave an answer that cannot be read: {error}"))
    })
}

fn refused(response: &HttpResponse) -> Failure {
    let words = String::from_utf8_lossy(&response.body);
    Failure::failed(format!("the running hub refused: {} {}", response.status, words.trim()))
}
