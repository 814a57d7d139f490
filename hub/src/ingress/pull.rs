//! The calls of polls, fetches and questions for parcels: the connector says what to ask and reads what came back, this
//! makes the call, in the source's session where the vendor wants one and as often as the vendor allows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{
    Call, Captured, Context, Cursor, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Page,
    Poll, Result, Track, Waybill,
};

use super::quota::Quotas;

use crate::backbone::Backbone;
use crate::clock;
use crate::config::SourceSetup;
use crate::http::{Client, Failure};
use crate::session::Sessions;

/// How long a vendor is left alone that wants us to slow down and does not say for how long.
const SLOWER: Duration = Duration::from_secs(10);
/// A wait of at least this is told.
const TOLD: Duration = Duration::from_secs(10);
/// Longest pause a vendor may ask for.
const LONGEST: Duration = Duration::from_secs(3600);

/// Callers of all sources: polls, fetches and questions for parcels of one source share its session and its quotas.
pub struct Callers(HashMap<Arc<str>, Caller>);

impl Callers {
    /// Callers for these sources. Nothing is called yet.
    pub fn new(sources: &[SourceSetup], client: &Client, backbone: &Arc<dyn Backbone>) -> Self {
        let caller = |source: &SourceSetup| {
            let sessions = source.parts.session.as_ref().map(|part| {
                let sessions = Sessions::new(Arc::clone(part), client.clone());
                Arc::new(sessions.kept(Arc::clone(backbone), &source.id))
            });
            (Arc::clone(&source.id), Caller::new(client.clone(), source, sessions))
        };
        Self(sources.iter().map(caller).collect())
    }

    /// The caller of a source; none of one that was not given.
    pub fn of(&self, source: &SourceSetup) -> Option<Caller> {
        self.0.get(&source.id).cloned()
    }
}

/// Calls the vendor of one source.
#[derive(Clone)]
pub struct Caller {
    source: Arc<str>,
    client: Client,
    sessions: Option<Arc<Sessions>>,
    quotas: Arc<Quotas>,
}

impl Caller {
    /// A caller; all callers of one source are its clones.
    pub fn new(client: Client, source: &SourceSetup, sessions: Option<Arc<Sessions>>) -> Self {
        let quotas = Arc::new(Quotas::new(&source.config, source.descriptor.quotas));
        Self { source: Arc::clone(&source.id), client, sessions, quotas }
    }

    /// One call that the vendor allows now; each page and each object needs one.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn may(&self, call: Call) -> std::result::Result<(), Duration> {
        self.quotas.call(call, clock::now_micros())
    }

    /// Waits until the vendor allows one such call.
    pub async fn turn(&self, call: Call) {
        while let Err(wait) = self.may(call) {
            if wait >= TOLD {
                tracing::info!(
                    source = &*self.source,
                    ?call,
                    ?wait,
                    "the platform allows no more calls for now"
                );
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes note that the vendor wants us to slow down, if that is what the error says.
    pub fn slower(&self, call: Call, error: &Error) -> bool {
        let limited = error.kind() == ErrorKind::RateLimited;
        if limited {
            let wait = error.retry_after.unwrap_or(SLOWER).min(LONGEST);
            self.quotas.pause(call, clock::now_micros(), wait);
        }
        limited
    }

    /// One page of a poll.
    ///
    /// # Errors
    /// The vendor's error as the connector reads it, or that it cannot be reached.
    pub async fn page(&self, poll: &dyn Poll, cursor: &Cursor) -> Result<Page> {
        self.twice(|context| poll.request(cursor, context), |reply| poll.page(cursor, reply)).await
    }

    /// One object by its id.
    ///
    /// # Errors
    /// The vendor's error as the connector reads it, or that it cannot be reached.
    pub async fn object(&self, fetch: &dyn Fetch, id: &ObjectId) -> Result<Captured> {
        self.twice(|context| fetch.request(id, context), |reply| fetch.record(id, reply)).await
    }

    /// Parcels of one carrier by their numbers: one call, whatever becomes of it.
    ///
    /// # Errors
    /// The vendor's error as the connector reads it, or that it cannot be reached. After `Session` the next call is made
    /// in a new one.
    pub async fn parcels(
        &self,
        track: &dyn Track,
        carrier: &str,
        waybills: &[Waybill],
    ) -> Result<Vec<Captured>> {
        let request = |context: &Context<'_>| track.query_of(carrier, waybills, context);
        self.once(&request, &|reply| track.records(waybills, reply)).await
    }

    /// A session that has ended is opened anew, once, and the call made again.
    async fn twice<T>(
        &self,
        request: impl Fn(&Context<'_>) -> Result<HttpRequest>,
        read: impl Fn(&HttpResponse) -> Result<T>,
    ) -> Result<T> {
        match self.once(&request, &read).await {
            Err(error) if error.kind() == ErrorKind::Session && self.sessions.is_some() => {
                self.once(&request, &read).await
            }
            answer => answer,
        }
    }

    async fn once<T>(
        &self,
        request: &impl Fn(&Context<'_>) -> Result<HttpRequest>,
        read: &impl Fn(&HttpResponse) -> Result<T>,
    ) -> Result<T> {
        let Some(sessions) = &self.sessions else {
            let request = request(&Context::at(clock::now()))?;
            return read(&self.call(request).await?);
        };
        let token = sessions.token().await?;
        let request = request(&Context::at(clock::now()).with(&token))?;
        let answer = read(&self.call(request).await?);
        if answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Session) {
            sessions.refused(&token).await;
        }
        answer
    }

    async fn call(&self, request: HttpRequest) -> Result<HttpResponse> {
        self.client.send(request).await.map_err(|failure| match failure {
            Failure::NotSent(words) => Error::new(ErrorKind::Unavailable, words),
            Failure::NoAnswer(words) => Error::new(ErrorKind::Timeout, words),
        })
    }
}
