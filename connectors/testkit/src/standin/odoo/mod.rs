//! Odoo: a database with sales orders, partners, products, deliveries and credit notes, behind JSON-2 and JSON-RPC.
//!
//! It does what makes Odoo hard: `create` makes a second order without a word, `load` writes by external id and all or
//! nothing, archived records hide unless asked for, confirming what is confirmed is refused, errors of JSON-RPC come in
//! HTTP 200. Totals are computed from lines, with a tax on top for products that have one. Words of errors are ours.

mod answer;
mod domain;
mod load;
mod methods;
mod model;
mod store;

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use super::Rng;
use super::server::{Answer, Asked, Server, lock};
use answer::Refusal;
use store::Store;

/// How a database is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its name.
    pub database: String,
    /// The one user.
    pub login: String,
    /// The user's API key.
    pub key: String,
    /// Custom fields of `sale.order`: texts, and one whole number when its name ends in `revision`.
    pub custom_fields: Vec<String>,
    /// What goes wrong by chance.
    pub faults: Faults,
}

/// What goes wrong, in a thousand calls each, drawn from a seed by the number of the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Chance is drawn from it.
    pub seed: u64,
    /// How often a proxy answers 429.
    pub throttled: u32,
    /// How often two transactions meet and one is rolled back.
    pub conflict: u32,
    /// How often a worker dies before it did anything.
    pub broken: u32,
    /// How often the work is done and the answer is lost.
    pub lost_reply: u32,
}

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A proxy answers 429 with this wait in seconds.
    Throttled(u32),
    /// The transaction is rolled back because of another one.
    Conflict,
    /// HTTP 500 before anything is done.
    Broken,
    /// The work is done, and a gateway answers 504.
    GatewayTimeout,
    /// The work is done, and the connection closes.
    LostReply,
    /// The key does not hold any more, from now on.
    KeyRevoked,
}

struct Shared {
    options: Options,
    store: Mutex<Store>,
    planned: Mutex<VecDeque<(String, Fault)>>,
    log: Mutex<Vec<String>>,
    calls: AtomicU64,
    revoked: std::sync::atomic::AtomicBool,
}

/// A running database.
pub struct Odoo {
    server: Server,
    shared: Arc<Shared>,
}

impl Odoo {
    /// Starts it on a free port, with a company, two currencies and nothing else.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            store: Mutex::new(Store::new(&options.custom_fields)),
            options,
            planned: Mutex::default(),
            log: Mutex::default(),
            calls: AtomicU64::new(0),
            revoked: false.into(),
        });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// Its address without a path.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Puts a record in as people would, and gives its id. Links are ids. A product may have a `tax` in percent.
    pub fn put(&self, model: &str, values: Value) -> i64 {
        let values = values.as_object().cloned().unwrap_or_default();
        lock(&self.shared.store).insert(model, values)
    }

    /// Changes a record as people would.
    pub fn change(&self, model: &str, id: i64, values: Value) {
        let values = values.as_object().cloned().unwrap_or_default();
        lock(&self.shared.store).update(model, id, values);
    }

    /// All records of a model, archived ones too, by id. Links are ids.
    #[must_use]
    pub fn records(&self, model: &str) -> Vec<Map<String, Value>> {
        lock(&self.shared.store).all(model)
    }

    /// The record with an external id such as `crossdock.order_…`: its model and id.
    #[must_use]
    pub fn external(&self, name: &str) -> Option<(String, i64)> {
        lock(&self.shared.store).external(name)
    }

    /// Messages Odoo mailed to customers: one for each confirmation.
    #[must_use]
    pub fn mails(&self) -> u64 {
        lock(&self.shared.store).mails
    }

    /// The next call of a method (`load`, `action_confirm`, any with `*`) meets this fault. Plans are kept in order.
    pub fn fail_next(&self, method: &str, fault: Fault) {
        lock(&self.shared.planned).push_back((method.to_owned(), fault));
    }

    /// The calls so far: `sale.order/load`.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        lock(&self.shared.log).clone()
    }

    /// How often a method of a model was called: `sale.order/load`.
    #[must_use]
    pub fn count(&self, call: &str) -> usize {
        lock(&self.shared.log).iter().filter(|name| *name == call).count()
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// A call of a method, whatever interface it came by.
pub(super) struct Call {
    pub(super) model: String,
    pub(super) method: String,
    pub(super) ids: Vec<i64>,
    pub(super) named: Map<String, Value>,
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let path = asked.head.uri.path().to_owned();
        if asked.head.method != hyper::Method::POST {
            return Answer::reply(405, "text/html", "<h1>Method Not Allowed</h1>");
        }
        if path == "/jsonrpc" {
            return self.json_rpc(asked, number);
        }
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["", "json", "2", model, method] => self.json_2(asked, number, model, method),
            _ => Answer::reply(404, "text/html", "<h1>Not Found</h1>"),
        }
    }

    fn json_2(&self, asked: &Asked, number: u64, model: &str, method: &str) -> Answer {
        let key = asked.header("authorization").and_then(|value| value.strip_prefix("bearer "));
        if key != Some(self.options.key.as_str()) || self.revoked.load(Ordering::Acquire) {
            return answer::status(401, &Refusal::new("werkzeug.exceptions.Unauthorized", "Invalid apikey"));
        }
        if asked.header("x-odoo-database").is_some_and(|name| name != self.options.database) {
            return answer::status(404, &Refusal::new("werkzeug.exceptions.NotFound", "no such database"));
        }
        let Ok(Value::Object(mut named)) = serde_json::from_slice(&asked.body) else {
            return answer::status(
                422,
                &Refusal::new("werkzeug.exceptions.UnprocessableEntity", "not an object"),
            );
        };
        let ids = named.remove("ids").map(ids_of).unwrap_or_default();
        let call = Call { model: model.to_owned(), method: method.to_owned(), ids, named };
        self.fated(number, &call, |outcome| match outcome {
            Ok(value) => Answer::reply(200, answer::JSON, value.to_string()),
            Err(refusal) => answer::status(refusal.status(), &refusal),
        })
    }

    fn json_rpc(&self, asked: &Asked, number: u64) -> Answer {
        let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let at = |pointer: &str| body.pointer(pointer);
        let id = at("/id").cloned().unwrap_or_default();
        let args = at("/params/args").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |at: usize| args.get(at).and_then(Value::as_str).unwrap_or_default();
        let revoked = self.revoked.load(Ordering::Acquire);
        let service = at("/params/service").and_then(Value::as_str).unwrap_or_default();
        match (service, at("/params/method").and_then(Value::as_str).unwrap_or_default()) {
            ("common", "authenticate") => {
                let options = &self.options;
                let known = text(0) == options.database && text(1) == options.login && text(2) == options.key;
                let uid = if known && !revoked { Value::from(store::USER) } else { Value::Bool(false) };
                answer::result(&id, &uid)
            }
            ("object", "execute_kw") => {
                let uid = args.get(1).and_then(Value::as_i64);
                let known = text(0) == self.options.database && text(2) == self.options.key;
                if !known || uid != Some(store::USER) || revoked {
                    return answer::error(
                        &id,
                        &Refusal::new("odoo.exceptions.AccessDenied", "Access Denied"),
                    );
                }
                let ids = args.get(5).and_then(|given| given.get(0)).cloned().map(ids_of).unwrap_or_default();
                let named = args.get(6).and_then(Value::as_object).cloned().unwrap_or_default();
                let call = Call { model: text(3).to_owned(), method: text(4).to_owned(), ids, named };
                self.fated(number, &call, |outcome| match outcome {
                    Ok(value) => answer::result(&id, &value),
                    Err(refusal) => answer::error(&id, &refusal),
                })
            }
            _ => answer::error(&id, &Refusal::new("builtins.KeyError", "no such service")),
        }
    }

    /// Makes the call and lets go wrong what has to.
    fn fated(&self, number: u64, call: &Call, say: impl Fn(Result<Value, Refusal>) -> Answer) -> Answer {
        lock(&self.log).push(format!("{}/{}", call.model, call.method));
        match self.fault(number, &call.method) {
            Some(Fault::Throttled(seconds)) => answer::throttled(seconds),
            Some(Fault::Broken) => Answer::reply(500, "text/html", "<h1>Internal Server Error</h1>"),
            Some(Fault::Conflict) => say(Err(Refusal::new(
                "psycopg2.errors.SerializationFailure",
                "could not serialize access due to concurrent update",
            ))),
            Some(Fault::KeyRevoked) => {
                self.revoked.store(true, Ordering::Release);
                say(Err(Refusal::new("odoo.exceptions.AccessDenied", "Access Denied")))
            }
            Some(Fault::LostReply) => {
                drop(self.run(call));
                Answer::HangUp
            }
            Some(Fault::GatewayTimeout) => {
                drop(self.run(call));
                Answer::reply(504, "text/html", "<h1>Gateway Time-out</h1>")
            }
            None => say(self.run(call)),
        }
    }

    fn run(&self, call: &Call) -> Result<Value, Refusal> {
        let mut store = lock(&self.store);
        // A transaction: what is refused leaves nothing behind.
        let mut copy = store.clone();
        let value = methods::call(&mut copy, call)?;
        *store = copy;
        Ok(value)
    }

    fn fault(&self, number: u64, method: &str) -> Option<Fault> {
        let mut planned = lock(&self.planned);
        if let Some(at) = planned.iter().position(|(name, _)| name == method || name == "*") {
            return planned.remove(at).map(|(_, fault)| fault);
        }
        let faults = &self.options.faults;
        let mut rng = Rng::named(faults.seed, &format!("call {number}"));
        let chances = [
            (faults.throttled, Fault::Throttled(0)),
            (faults.conflict, Fault::Conflict),
            (faults.broken, Fault::Broken),
            (faults.lost_reply, Fault::LostReply),
        ];
        chances.into_iter().find(|(chance, _)| rng.chance(*chance)).map(|(_, fault)| fault)
    }
}

fn ids_of(value: Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

#[cfg(test)]
mod tests;
