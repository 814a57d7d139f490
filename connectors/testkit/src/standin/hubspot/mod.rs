//! A HubSpot portal: objects with unique properties, batches with mixed outcomes, associations, quotas.
//!
//! It behaves as the fact sheet says: a batch upsert by a unique property creates or updates and says which; an
//! unknown property or a repeated input refuses the whole batch, a value that is not allowed refuses one record
//! (HTTP 207); a plain create makes a second record, but for contacts, which answer 409; tokens of apps end.

mod answer;
mod portal;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::json;

use super::Clock;
pub use super::counts::Counts;
use super::server::{Answer, Asked, Server, lock};
use answer::Saying;
use portal::Portal;
pub use portal::Record;

/// How a portal is set up.
pub struct Options {
    /// Token of its private app.
    pub token: String,
    /// Client secret and refresh token of its OAuth app (client id `demo-client`).
    pub client_secret: String,
    /// The refresh token it takes.
    pub refresh_token: String,
    /// How long an app's access token lives, in seconds.
    pub token_seconds: u32,
    /// Its clock.
    pub clock: Clock,
    /// Currencies it knows.
    pub currencies: Vec<String>,
    /// Custom properties, as (object, name, whether its values are unique).
    pub properties: Vec<(&'static str, String, bool)>,
    /// Calls it takes in ten seconds.
    pub window: u32,
}

impl Options {
    /// A portal prepared as the connector's README says.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let custom = |object, name: &str, unique| (object, name.to_owned(), unique);
        Self {
            token: "demo-private-app-token".to_owned(),
            client_secret: "demo-client-secret".to_owned(),
            refresh_token: "demo-refresh-token".to_owned(),
            token_seconds: 1800,
            clock,
            currencies: ["CNY", "EUR", "USD"].map(str::to_owned).to_vec(),
            properties: vec![
                custom("order", "hub_key", true),
                custom("order", "hub_revision", false),
                custom("deals", "hub_key", true),
                custom("deals", "hub_revision", false),
                custom("line_items", "hub_key", true),
                custom("notes", "hub_key", true),
            ],
            window: 190,
        }
    }
}

/// Something that goes wrong once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does its work and the answer gets lost: the connection closes instead.
    LostReply,
    /// It answers 502 without having done anything.
    Broken,
    /// One call too many in ten seconds.
    Limited,
    /// One call too many today.
    DailyLimited,
    /// The record is locked.
    Locked,
    /// All access tokens of the app are dead.
    TokensDead,
    /// Scopes are missing.
    NoScope,
    /// Nothing goes wrong: to let calls pass before a fault further back.
    None,
}

struct State {
    portal: Portal,
    faults: VecDeque<Fault>,
    counts: Counts,
    /// Access tokens of the app, each with its end.
    tokens: BTreeMap<String, i64>,
    /// Times of calls in the window.
    window: VecDeque<i64>,
}

struct Shared {
    options: Options,
    state: Mutex<State>,
}

/// A running portal.
pub struct Hubspot {
    server: Server,
    shared: Arc<Shared>,
}

impl Hubspot {
    /// Starts it on a free port, empty.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let portal = Portal::new(&options.properties, &options.currencies);
        let state = State {
            portal,
            faults: VecDeque::new(),
            counts: Counts::default(),
            tokens: BTreeMap::new(),
            window: VecDeque::new(),
        };
        let shared = Arc::new(Shared { options, state: Mutex::new(state) });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// Its address: `http://127.0.0.1:40000`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The next calls go wrong like this, one after the other.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.extend(faults);
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.lock().counts.clone()
    }

    /// All records of an object, by their ids.
    #[must_use]
    pub fn records(&self, object: &str) -> Vec<Record> {
        self.lock().portal.records(object)
    }

    /// The one record of an object whose property has this value.
    #[must_use]
    pub fn find(&self, object: &str, property: &str, value: &str) -> Option<Record> {
        self.lock().portal.find(object, property, value).cloned()
    }

    /// How many records of one object a record of another is connected with.
    #[must_use]
    pub fn linked(&self, from: &str, id: &str, to: &str) -> usize {
        self.lock().portal.linked(from, id, to)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let now = (self.options.clock)().as_second();
        let mut state = lock(&self.state);
        let path = asked.head.uri.path();
        if path == "/oauth/v1/token" {
            return self.login(&mut state, asked, now).answer(None);
        }
        state.counts.calls += 1;
        let fault = state.faults.pop_front().unwrap_or(Fault::None);
        if fault == Fault::TokensDead {
            state.tokens.clear();
        }
        if let Err(refusal) = self.admitted(&state, asked, now) {
            state.counts.refused += 1;
            return refusal.answer(None);
        }
        while state.window.front().is_some_and(|at| *at <= now - 10) {
            state.window.pop_front();
        }
        let limit = usize::try_from(self.options.window).unwrap_or(usize::MAX);
        let limited = state.window.len() >= limit;
        if !limited {
            state.window.push_back(now);
        }
        let remaining = limit.saturating_sub(state.window.len());
        let quota = Some((limit, remaining));
        match fault {
            Fault::Broken => return Saying::plain(502, "<html>502</html>").answer(quota),
            Fault::DailyLimited => return Saying::limited("DAILY").answer(quota),
            Fault::Limited => return Saying::limited("TEN_SECONDLY_ROLLING").answer(Some((limit, 0))),
            Fault::Locked => return Saying::error(423, "LOCKED", "the record is locked").answer(quota),
            Fault::NoScope => {
                let what = "This app hasn't been granted all required scopes to make this call.";
                return Saying::error(403, "MISSING_SCOPES", what).answer(quota);
            }
            Fault::None | Fault::LostReply | Fault::TokensDead => {}
        }
        if limited {
            return Saying::limited("TEN_SECONDLY_ROLLING").answer(Some((limit, 0)));
        }
        let before = (state.portal.creates, state.portal.updates);
        let saying = state.portal.call(asked.head.method.as_str(), path, &asked.body, now);
        state.counts.creates += state.portal.creates - before.0;
        state.counts.updates += state.portal.updates - before.1;
        if fault == Fault::LostReply { Answer::HangUp } else { saying.answer(quota) }
    }

    /// Gives an access token for the refresh token.
    fn login(&self, state: &mut State, asked: &Asked, now: i64) -> Saying {
        state.counts.logins += 1;
        let form = super::form::parse(&asked.body).unwrap_or_default();
        let is = |name: &str, value: &str| super::form::once(&form, name) == Some(value);
        let known = is("grant_type", "refresh_token")
            && is("client_id", "demo-client")
            && is("client_secret", &self.options.client_secret)
            && is("refresh_token", &self.options.refresh_token);
        if !known {
            return Saying::json(
                400,
                &json!({"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}),
            );
        }
        let token = format!("demo-access-{}", state.counts.logins);
        state.tokens.insert(token.clone(), now + i64::from(self.options.token_seconds));
        Saying::json(
            200,
            &json!({
                "access_token": token, "refresh_token": self.options.refresh_token,
                "expires_in": self.options.token_seconds, "token_type": "bearer",
            }),
        )
    }

    fn admitted(&self, state: &State, asked: &Asked, now: i64) -> Result<(), Saying> {
        let token = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let Some(token) = token else {
            return Err(Saying::error(
                401,
                "INVALID_AUTHENTICATION",
                "Authentication credentials not found.",
            ));
        };
        match state.tokens.get(token) {
            Some(end) if now < *end => Ok(()),
            Some(_) => {
                let what = "the OAuth token used to make this call expired";
                Err(Saying::error(401, "EXPIRED_AUTHENTICATION", what))
            }
            None if token == self.options.token => Ok(()),
            None => Err(Saying::error(401, "INVALID_AUTHENTICATION", "The token is not known.")),
        }
    }
}

#[cfg(test)]
mod tests;
