//! Asking the platform, patiently: a list that ends early because of one bad answer would call orders extra that are
//! not.

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{
    Call, Captured, Class, Cursor, Error, ErrorKind, Fetch, ObjectId, Page, Poll, Topic,
};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::ReconcileError;
use crate::clock;
use crate::config::SourceSetup;
use crate::handoff::schedule::{Schedule, mix};
use crate::ingress::pull::Caller;

/// Retries of one call: from a third of a second to half a minute, for a minute.
const SCHEDULE: Schedule = Schedule { base: 300_000, longest: 30_000_000, give_up: 60_000_000 };

/// The platform's list.
pub(super) struct List<'a> {
    source: Arc<str>,
    poll: &'a dyn Poll,
    fetch: Option<Arc<dyn Fetch>>,
    together: usize,
    caller: &'a Caller,
}

impl<'a> List<'a> {
    pub(super) fn new(source: &SourceSetup, poll: &'a dyn Poll, caller: &'a Caller) -> Self {
        Self {
            source: Arc::clone(&source.id),
            poll,
            fetch: source.parts.fetch.clone(),
            together: source.config.fetch_concurrency.max(1),
            caller,
        }
    }

    pub(super) fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        self.poll.start(topic, from, to)
    }

    pub(super) async fn page(&self, cursor: &Cursor) -> Result<Page, ReconcileError> {
        let call = || async {
            self.caller.turn(Call::Poll).await;
            self.caller.page(self.poll, cursor).await
        };
        let page = patiently(call).await;
        page.map_err(|error| ReconcileError::Refused {
            source_id: Arc::clone(&self.source),
            topic: cursor.topic.clone(),
            error: Box::new(error),
        })
    }

    /// Objects by their ids, a few at a time, in the order of the ids; and those that could not be had.
    pub(super) async fn objects(&self, ids: Vec<ObjectId>) -> (Vec<Captured>, Vec<(ObjectId, Error)>) {
        let (mut captured, mut failed) = (Vec::with_capacity(ids.len()), Vec::new());
        for some in ids.chunks(self.together) {
            let mut calls = JoinSet::new();
            for (at, id) in some.iter().cloned().enumerate() {
                let (fetch, caller) = (self.fetch.clone(), self.caller.clone());
                calls.spawn(async move {
                    let had = match fetch {
                        None => Err(Error::new(ErrorKind::Unsupported, "the connector cannot fetch it")),
                        Some(fetch) => {
                            let call = || {
                                let (fetch, caller, id) = (Arc::clone(&fetch), caller.clone(), id.clone());
                                async move {
                                    caller.turn(Call::Fetch).await;
                                    caller.object(&*fetch, &id).await
                                }
                            };
                            patiently(call).await
                        }
                    };
                    (at, id, had)
                });
            }
            let mut ended = calls.join_all().await;
            ended.sort_by_key(|(at, ..)| *at);
            for (_, id, had) in ended {
                match had {
                    Ok(object) => captured.push(object),
                    Err(error) => failed.push((id, error)),
                }
            }
        }
        (captured, failed)
    }
}

/// Asks again while asking again can help.
async fn patiently<T, F>(call: impl Fn() -> F) -> crossdock_connector::Result<T>
where
    F: Future<Output = crossdock_connector::Result<T>>,
{
    let first_at = clock::now_micros();
    let mut attempts = 0;
    loop {
        let error = match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        attempts += 1;
        if error.class() != Class::Retryable {
            return Err(error);
        }
        let now = clock::now_micros();
        let wish = error.retry_after.map(|wait| i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
        let random = mix(u64::try_from(now).unwrap_or_default() ^ u64::from(attempts));
        let Some(at) = SCHEDULE.next(now, first_at, attempts, wish, random) else { return Err(error) };
        let wait = u64::try_from(at.saturating_sub(now)).unwrap_or(0);
        tokio::time::sleep(Duration::from_micros(wait)).await;
    }
}
