//! The pushing side: batches of routes, sent again until somebody says `0000`.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::Route;
use crate::standin::{Client, Rng};

/// Most routes in one push.
pub const MOST_ROUTES: usize = 10;

/// How routes are pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What chance is drawn from.
    pub seed: u64,
    /// How often a route is pushed at most; each at least once. Measured in the wild: about four.
    pub copies: u64,
    /// How far a route may be moved from its place, in routes; 0 keeps the order.
    pub disorder: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 0, copies: 4, disorder: 12 }
    }
}

/// The bodies of the pushes for these routes: every route at least once, some more often, not sorted.
#[must_use]
pub fn batches(routes: &[Route], plan: &Plan) -> Vec<Bytes> {
    let mut rng = Rng::named(plan.seed, "sf batches");
    let spread = u64::try_from(plan.disorder).unwrap_or(0).saturating_add(1);
    // Each copy gets a place somewhat behind its own; sorting by places is the order of sending.
    let mut places: Vec<(u64, u64, &Route)> = Vec::new();
    for (own, route) in (0_u64..).zip(routes) {
        for _ in 0..=rng.below(plan.copies.max(1)) {
            places.push((own + rng.below(spread), rng.draw(), route));
        }
    }
    if plan.disorder == 0 {
        places.sort_by_key(|(place, _, _)| *place);
    } else {
        places.sort_by_key(|(place, chance, _)| (*place, *chance));
    }
    let mut bodies = Vec::new();
    let mut rest = places.as_slice();
    while !rest.is_empty() {
        let most = u64::try_from(MOST_ROUTES).unwrap_or(1);
        let count = usize::try_from(1 + rng.below(most)).unwrap_or(1).min(rest.len());
        let (batch, after) = rest.split_at(count);
        let routes: Vec<&Route> = batch.iter().map(|(_, _, route)| *route).collect();
        bodies.push(Bytes::from(json!({"Body": {"WaybillRoute": routes}}).to_string()));
        rest = after;
    }
    bodies
}

/// What became of pushing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Batches acknowledged.
    pub acknowledged: u64,
    /// Attempts.
    pub attempts: u64,
    /// Answers that were no ack: wrong text, another status.
    pub refused: u64,
    /// Attempts without an answer.
    pub failed: u64,
}

/// Pushes to one address.
pub struct Pusher {
    client: Client,
    /// Wait after the first failure; doubles up to [`Pusher::MOST_WAIT`].
    pub wait: Duration,
    /// Attempts for one batch before it gives up.
    pub attempts: u32,
    counts: Pushed,
}

impl Pusher {
    /// Longest wait between two attempts.
    pub const MOST_WAIT: Duration = Duration::from_secs(2);

    /// A pusher to an address that holds its secret in the path.
    ///
    /// # Errors
    /// `InvalidInput` when it is no `http://` address.
    pub fn new(url: &str) -> io::Result<Self> {
        let client = Client::new(url, Duration::from_secs(5))?;
        Ok(Self { client, wait: Duration::from_millis(20), attempts: 50, counts: Pushed::default() })
    }

    /// Pushes one body until it is acknowledged.
    ///
    /// # Errors
    /// The last reason, when it gave up.
    pub async fn push(&mut self, body: &Bytes) -> io::Result<()> {
        let mut wait = self.wait;
        let mut last = io::Error::other("never tried");
        for _ in 0..self.attempts {
            self.counts.attempts += 1;
            let headers = [("content-type", "application/json;charset=UTF-8")];
            match self.client.post("", &headers, body.clone()).await {
                Ok(reply) if reply.status == 200 && is_ack(&reply.body) => {
                    self.counts.acknowledged += 1;
                    return Ok(());
                }
                Ok(reply) => {
                    self.counts.refused += 1;
                    last = io::Error::other(format!("no ack, http status {}", reply.status));
                }
                // Trying again would not make a header of it.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
                Err(error) => {
                    self.counts.failed += 1;
                    last = error;
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Self::MOST_WAIT);
        }
        Err(last)
    }

    /// Pushes routes as the plan says.
    ///
    /// # Errors
    /// When it gave up on a batch.
    pub async fn push_all(&mut self, routes: &[Route], plan: &Plan) -> io::Result<()> {
        for body in batches(routes, plan) {
            self.push(&body).await?;
        }
        Ok(())
    }

    /// What became of it so far.
    #[must_use]
    pub fn counts(&self) -> Pushed {
        self.counts
    }
}

/// SF reads the text, not the status: `{"return_code":"0000",…}`.
fn is_ack(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body)
        .is_ok_and(|ack| ack.get("return_code").and_then(Value::as_str) == Some("0000"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::standin::server::{Answer, Server};

    fn routes(count: usize) -> Vec<Route> {
        (0..count).map(|n| Route { id: n.to_string(), op_code: "31".into(), ..Route::default() }).collect()
    }

    fn ids(bodies: &[Bytes]) -> Vec<usize> {
        let mut ids = Vec::new();
        for body in bodies {
            let body: Value = serde_json::from_slice(body).unwrap();
            let batch = body["Body"]["WaybillRoute"].as_array().unwrap();
            assert!((1..=MOST_ROUTES).contains(&batch.len()));
            ids.extend(batch.iter().map(|route| route["id"].as_str().unwrap().parse::<usize>().unwrap()));
        }
        ids
    }

    #[test]
    fn every_route_comes_once_to_four_times_and_not_in_order() {
        let sent = ids(&batches(&routes(200), &Plan::default()));
        let mut counts = BTreeMap::new();
        for id in &sent {
            *counts.entry(*id).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 200);
        assert!(counts.values().all(|count| (1..=4).contains(count)));
        assert!(counts.values().any(|count| *count == 4) && counts.values().any(|count| *count == 1));
        assert!(!sent.is_sorted());
        assert_eq!(sent, ids(&batches(&routes(200), &Plan::default())), "the seed decides");
        assert_ne!(sent, ids(&batches(&routes(200), &Plan { seed: 1, ..Plan::default() })));
    }

    #[test]
    fn a_quiet_plan_is_once_and_in_order() {
        let quiet = Plan { copies: 1, disorder: 0, ..Plan::default() };
        assert_eq!(ids(&batches(&routes(50), &quiet)), (0..50).collect::<Vec<_>>());
        assert!(batches(&[], &quiet).is_empty());
    }

    #[tokio::test]
    async fn only_the_right_text_is_an_ack() {
        let answers = [
            (500, "{\"return_code\":\"0000\"}"),
            (200, ""),
            (200, "OK"),
            (200, "{\"return_code\":\"1000\",\"return_msg\":\"x\"}"),
            (200, "{\"return_code\":\"0000\",\"return_msg\":\"成功\"}"),
        ];
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        let server = Server::start(move |asked| {
            let at = counter.fetch_add(1, Ordering::SeqCst);
            async move {
                assert_eq!(asked.head.uri.path(), "/in/sf/secret-path");
                let (status, body) = answers[at];
                Answer::reply(status, "application/json", body)
            }
        })
        .await
        .unwrap();
        let mut pusher = Pusher::new(&format!("{}/in/sf/secret-path", server.url())).unwrap();
        pusher.wait = Duration::from_millis(1);
        let quiet = Plan { copies: 1, ..Plan::default() };
        pusher.push_all(&routes(1), &quiet).await.unwrap();
        assert_eq!(pusher.counts(), Pushed { acknowledged: 1, attempts: 5, refused: 4, failed: 0 });
        server.stop().await;
        pusher.attempts = 2;
        assert!(pusher.push_all(&routes(1), &quiet).await.is_err());
        assert_eq!(pusher.counts().failed, 2);
    }
}
