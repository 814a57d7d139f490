//! The calls of polls, fetches and questions for parcels: the connector says what to ask and reads what came back, this
//! makes the call, in the source's session where the vendor wants one.

use std::collections::HashMap;
use std::sync::Arc;

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Page, Poll,
    Result, Track, Waybill,
};

use crate::backbone::Backbone;
use crate::clock;
use crate::config::SourceSetup;
use crate::http::{Client, Failure};
use crate::session::Sessions;

/// Callers of all sources: polls, fetches and questions for parcels of one source share its session.
pub struct Callers {
    plain: Caller,
    in_sessions: HashMap<Arc<str>, Caller>,
}

impl Callers {
    /// Callers for these sources. Nothing is called yet.
    pub fn new(sources: &[SourceSetup], client: &Client, backbone: &Arc<dyn Backbone>) -> Self {
        let in_sessions = |source: &SourceSetup| {
            let part = Arc::clone(source.parts.session.as_ref()?);
            let sessions = Sessions::new(part, client.clone()).kept(Arc::clone(backbone), &source.id);
            Some((Arc::clone(&source.id), Caller::new(client.clone(), Some(Arc::new(sessions)))))
        };
        Self {
            plain: Caller::new(client.clone(), None),
            in_sessions: sources.iter().filter_map(in_sessions).collect(),
        }
    }

    /// The caller of a source.
    pub fn of(&self, source: &SourceSetup) -> Caller {
        self.in_sessions.get(&source.id).unwrap_or(&self.plain).clone()
    }
}

/// Calls the vendor of one source.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    sessions: Option<Arc<Sessions>>,
}

impl Caller {
    /// A caller; all callers of one source share its sessions.
    pub fn new(client: Client, sessions: Option<Arc<Sessions>>) -> Self {
        Self { client, sessions }
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
