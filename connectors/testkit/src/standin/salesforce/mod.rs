//! A Salesforce org: sessions, queries, and collections that are upserted by an external id with an outcome for each
//! record.
//!
//! It behaves as the fact sheet says and knows the objects that the connector's README sets up: required fields,
//! fields that are set once, lookups by external id, restricted picklists, orders that take no more items once they
//! are activated. The code for an item that comes too late is ours: the sheet names none.

mod answer;
mod objects;
mod org;
mod soql;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::Clock;
pub use super::counts::Counts;
use super::server::{Answer, Asked, Server, lock};
use answer::Saying;
use org::Org;
pub use org::Record;

/// How an org is set up.
pub struct Options {
    /// Consumer key of the connected app.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// How long a session lives, in seconds. Nobody is told.
    pub session_seconds: u32,
    /// Calls the org has a day.
    pub daily_calls: u64,
    /// Rows on a page of an answer to a query.
    pub page: usize,
    /// Its clock.
    pub clock: Clock,
    /// External ids of accounts that are there.
    pub accounts: Vec<String>,
    /// Price book entries that are there.
    pub pricebook_entries: Vec<String>,
}

impl Options {
    /// An org prepared as the connector's README says.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            client_id: "demo-client".to_owned(),
            client_secret: "demo-client-secret".to_owned(),
            session_seconds: 7200,
            daily_calls: 100_000,
            page: 2000,
            clock,
            accounts: ["cust-web", "cust-flagship"].map(str::to_owned).to_vec(),
            pricebook_entries: ["01u000000000001AAA", "01u000000000002AAA"].map(str::to_owned).to_vec(),
        }
    }
}

/// Something that goes wrong once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does its work and the answer gets lost: the connection closes instead.
    LostReply,
    /// It answers 503 without having done anything.
    Unavailable,
    /// The calls of the day are used up.
    LimitExceeded,
    /// All sessions end.
    SessionsEnd,
    /// The first record of the call is locked.
    Locked,
    /// Somebody creates the first record of the call at the same moment.
    Race,
    /// Nothing goes wrong: to let calls pass before a fault further back.
    None,
}

struct State {
    org: Org,
    faults: VecDeque<Fault>,
    counts: Counts,
    /// Sessions, each with its end.
    sessions: BTreeMap<String, i64>,
    /// Answers to queries that go on.
    pages: BTreeMap<String, Vec<Value>>,
}

struct Shared {
    options: Options,
    state: Mutex<State>,
}

/// A running org.
pub struct Salesforce {
    server: Server,
    shared: Arc<Shared>,
}

impl Salesforce {
    /// Starts it on a free port, with its accounts and nothing else.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let org = Org::new(&options.accounts, &options.pricebook_entries);
        let state = State {
            org,
            faults: VecDeque::new(),
            counts: Counts::default(),
            sessions: BTreeMap::new(),
            pages: BTreeMap::new(),
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
        lock(&self.shared.state).faults.extend(faults);
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.shared.state).counts.clone()
    }

    /// All records of an object, by their ids.
    #[must_use]
    pub fn records(&self, object: &str) -> Vec<Record> {
        lock(&self.shared.state).org.records(object)
    }

    /// The one record of an object with this key.
    #[must_use]
    pub fn find(&self, object: &str, key: &str) -> Option<Record> {
        lock(&self.shared.state).org.find(object, key)
    }

    /// Puts a record in as people do, without a look at what is there.
    pub fn plant(&self, object: &'static str, fields: Value) {
        lock(&self.shared.state).org.plant(object, fields);
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let now = (self.options.clock)().as_second();
        let mut state = lock(&self.state);
        let path = asked.head.uri.path();
        if path == "/services/oauth2/token" {
            return self.login(&mut state, asked, now).answer(None);
        }
        state.counts.calls += 1;
        let usage = Some((state.counts.calls, self.options.daily_calls));
        let fault = state.faults.pop_front().unwrap_or(Fault::None);
        if fault == Fault::SessionsEnd {
            state.sessions.clear();
        }
        let session = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if session.and_then(|session| state.sessions.get(session)).is_none_or(|end| now >= *end) {
            state.counts.refused += 1;
            return Saying::error(401, "INVALID_SESSION_ID", "Session expired or invalid").answer(None);
        }
        if fault == Fault::LimitExceeded || state.counts.calls > self.options.daily_calls {
            return Saying::error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
                .answer(usage);
        }
        if fault == Fault::Unavailable {
            let what = "Server is unavailable, try again later";
            return Saying::error(503, "SERVER_UNAVAILABLE", what).answer(usage);
        }
        let before = (state.org.creates, state.org.updates);
        let saying = self.call(&mut state, asked, fault);
        state.counts.creates += state.org.creates - before.0;
        state.counts.updates += state.org.updates - before.1;
        if fault == Fault::LostReply { Answer::HangUp } else { saying.answer(usage) }
    }

    fn login(&self, state: &mut State, asked: &Asked, now: i64) -> Saying {
        state.counts.logins += 1;
        let form = super::form::parse(&asked.body).unwrap_or_default();
        let given = |name: &str| super::form::once(&form, name).unwrap_or_default();
        let refused =
            |error: &str, what: &str| Saying::json(400, &json!({"error": error, "error_description": what}));
        if given("grant_type") != "client_credentials" {
            return refused("unsupported_grant_type", "grant type not supported");
        }
        if given("client_id") != self.options.client_id {
            return refused("invalid_client_id", "client identifier invalid");
        }
        if given("client_secret") != self.options.client_secret {
            return refused("invalid_client", "invalid client credentials");
        }
        let session = format!("demo-session-{}", state.counts.logins);
        state.sessions.insert(session.clone(), now + i64::from(self.options.session_seconds));
        // The instance is this very server; its address stands in the request.
        let host = asked.header("host").unwrap_or_default();
        Saying::json(
            200,
            &json!({
                "access_token": session, "instance_url": format!("http://{host}"), "token_type": "Bearer",
                "id": format!("http://{host}/id/00D000000000001AAA/005000000000001AAA"),
                "issued_at": (now * 1000).to_string(), "signature": "not-checked",
            }),
        )
    }

    fn call(&self, state: &mut State, asked: &Asked, fault: Fault) -> Saying {
        let parts: Vec<&str> = asked.head.uri.path().trim_start_matches('/').split('/').collect();
        let query =
            super::form::parse(asked.head.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        let ["services", "data", "v60.0", rest @ ..] = parts.as_slice() else { return Saying::no_page() };
        match (asked.head.method.as_str(), rest) {
            ("GET", ["query"]) => {
                let question = super::form::once(&query, "q").unwrap_or_default();
                match soql::answer(&state.org, question) {
                    Ok(rows) => self.page(state, rows),
                    Err(what) => Saying::error(400, "MALFORMED_QUERY", &what),
                }
            }
            ("GET", ["query", more]) => match state.pages.remove(*more) {
                Some(rows) => self.page(state, rows),
                None => Saying::error(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
            },
            ("PATCH", ["composite", "sobjects", object, field]) => {
                state.org.upsert(object, field, &asked.body, fault)
            }
            ("DELETE", ["composite", "sobjects"]) => {
                state.org.delete(super::form::once(&query, "ids").unwrap_or_default())
            }
            _ => Saying::no_page(),
        }
    }

    fn page(&self, state: &mut State, mut rows: Vec<Value>) -> Saying {
        let later = rows.split_off(rows.len().min(self.options.page));
        let mut body =
            json!({"totalSize": rows.len() + later.len(), "done": later.is_empty(), "records": rows});
        if !later.is_empty() {
            let name = format!("01g000000000001-{}", state.pages.len());
            if let Some(body) = body.as_object_mut() {
                body.insert("nextRecordsUrl".into(), format!("/services/data/v60.0/query/{name}").into());
            }
            state.pages.insert(name, later);
        }
        Saying::json(200, &body)
    }
}

#[cfg(test)]
mod tests;
