//! Hands deliveries to a sink over real HTTP, the way the hub does: session first, one conversation after the other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{
    Context, Delivery, Error, ErrorKind, Exchange, Headers, HttpRequest, HttpResponse, HttpSink, Outcome,
    Parts, Session, SinkPart, Step, Token,
};
use jiff::Timestamp;

use super::client::Client;
use super::{Clock, stopped};

/// Most calls of one conversation.
const MOST_CALLS: usize = 30;

/// Hands deliveries to a sink.
pub struct Driver {
    sink: Arc<dyn HttpSink>,
    session: Option<Arc<dyn Session>>,
    token: Option<Token>,
    clock: Clock,
    timeout: Duration,
    clients: HashMap<String, Client>,
    calls: usize,
}

impl Driver {
    /// A driver of a connector's sink. `None` when it has none that speaks HTTP.
    #[must_use]
    pub fn new(parts: &Parts) -> Option<Self> {
        let Some(SinkPart::Http(sink)) = &parts.sink else { return None };
        Some(Self {
            sink: Arc::clone(sink),
            session: parts.session.clone(),
            token: None,
            clock: stopped(Timestamp::UNIX_EPOCH),
            timeout: Duration::from_secs(2),
            clients: HashMap::new(),
            calls: 0,
        })
    }

    /// Calls are made at the time this clock says.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How long an answer may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Calls made so far, those for sessions too.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// One attempt: one outcome for each delivery.
    pub async fn deliver(&mut self, batch: &[Delivery]) -> Vec<Outcome> {
        let sink = Arc::clone(&self.sink);
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut rest = batch;
        while !rest.is_empty() {
            let together = sink.together(rest).clamp(1, rest.len());
            let (first, later) = rest.split_at(together);
            let mut ended = self.conversation(&*sink, first).await;
            if ended.iter().any(session_ended) {
                self.token = None;
                ended = self.conversation(&*sink, first).await;
            }
            outcomes.extend(ended);
            rest = later;
        }
        outcomes
    }

    async fn conversation(&mut self, sink: &dyn HttpSink, batch: &[Delivery]) -> Vec<Outcome> {
        if let Err(error) = self.open().await {
            let words = error.to_string();
            return batch
                .iter()
                .map(|_| Outcome::from_error(Error::new(error.kind(), words.clone())))
                .collect();
        }
        let token = self.token.clone();
        let mut past = Vec::new();
        while past.len() < MOST_CALLS {
            let context = Context { now: (self.clock)(), token: token.as_ref() };
            let call = match sink.step(batch, &past, &context) {
                Step::Done(outcomes) => return outcomes,
                Step::Call(call) => call,
            };
            let writes = call.writes;
            match self.send(call.request).await {
                Ok(reply) => past.push(Exchange { name: call.name, reply }),
                Err(error) => {
                    let lost = |kind| Error::new(kind, error.to_string());
                    let sent = error.kind() != std::io::ErrorKind::ConnectionRefused;
                    return batch
                        .iter()
                        .map(|_| {
                            if writes && sent {
                                Outcome::Uncertain(lost(ErrorKind::Timeout))
                            } else {
                                Outcome::Retry(None, lost(ErrorKind::Unavailable))
                            }
                        })
                        .collect();
                }
            }
        }
        batch
            .iter()
            .map(|_| Outcome::Uncertain(Error::new(ErrorKind::Bug, "the conversation does not end")))
            .collect()
    }

    async fn open(&mut self) -> Result<(), Error> {
        let Some(session) = self.session.clone() else { return Ok(()) };
        let now = (self.clock)();
        if self.token.as_ref().is_some_and(|token| token.holds(now, 30)) {
            return Ok(());
        }
        let request = session.open(self.token.as_ref(), now)?;
        let reply = self
            .send(request)
            .await
            .map_err(|error| Error::new(ErrorKind::Unavailable, "no session").because(error))?;
        self.token = Some(session.opened(self.token.as_ref(), &reply, now)?);
        Ok(())
    }

    async fn send(&mut self, request: HttpRequest) -> std::io::Result<HttpResponse> {
        self.calls += 1;
        let rest = request.url.strip_prefix("http://").unwrap_or(&request.url);
        let (authority, path) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let client = match self.clients.entry(authority.to_owned()) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(Client::new(&format!("http://{authority}"), self.timeout)?)
            }
        };
        let headers: Vec<(&str, &str)> =
            request.headers.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = client.send(request.method.as_str(), path, &headers, request.body).await?;
        let mut headers = Headers::default();
        for (name, value) in reply.headers {
            headers.push(&name, value);
        }
        Ok(HttpResponse { status: reply.status, headers, body: reply.body })
    }
}

fn session_ended(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Retry(_, error) if error.kind() == ErrorKind::Session)
}
