//! Jiandaoyun: a company's forms behind open API v5.
//!
//! It does what makes the real one hard: values for widgets it does not know vanish, nothing keeps keys unique,
//! `batch_create` alone knows a transaction again, a new row may not show in searches for a while, rows of a subform
//! lose their ids unless they are sent, and every refusal is HTTP 400. Words of errors are partly ours.

mod rows;

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use super::Rng;
use super::server::{Answer, Asked, Server, lock};
use rows::Forms;

pub use rows::Widget;

/// How a company is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The API key.
    pub key: String,
    /// User names of the members.
    pub members: Vec<String>,
    /// For how many searches a new row does not show.
    pub hidden_for: u32,
    /// What goes wrong by chance.
    pub faults: Faults,
}

/// What goes wrong, in a thousand calls each, drawn from a seed by the number of the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Chance is drawn from it.
    pub seed: u64,
    /// How often it is one call too many (400 with code 8303).
    pub throttled: u32,
    /// How often there are too many calls at once (429).
    pub crowded: u32,
    /// How often the work is done and the gateway answers 502.
    pub gateway: u32,
    /// How often the work is done and the answer is lost.
    pub lost_reply: u32,
}

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One call too many: 400 with code 8303.
    Throttled,
    /// Too many calls at once: 429.
    Crowded,
    /// The work is done, and the gateway answers 502.
    Gateway,
    /// The work is done, and the connection closes.
    LostReply,
    /// The key is disabled from now on. Its code is not established: 0 here.
    KeyDisabled,
}

struct Shared {
    options: Options,
    forms: Mutex<Forms>,
    planned: Mutex<VecDeque<(String, Fault)>>,
    log: Mutex<Vec<String>>,
    calls: AtomicU64,
    disabled: AtomicBool,
}

/// A running company.
pub struct Jiandaoyun {
    server: Server,
    shared: Arc<Shared>,
}

impl Jiandaoyun {
    /// Starts it on a free port, without forms.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            forms: Mutex::new(Forms::new(options.members.clone(), options.hidden_for)),
            options,
            planned: Mutex::default(),
            log: Mutex::default(),
            calls: AtomicU64::new(0),
            disabled: AtomicBool::new(false),
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

    /// Makes a form, or another one in its place.
    pub fn put_form(&self, app: &str, entry: &str, widgets: Vec<Widget>) {
        lock(&self.shared.forms).put_form(app, entry, widgets);
    }

    /// Puts a row in as people would: values without wrapping. Gives its id.
    pub fn put(&self, app: &str, entry: &str, values: Value) -> String {
        let values = values.as_object().cloned().unwrap_or_default();
        lock(&self.shared.forms).put_row(app, entry, values)
    }

    /// All rows of a form, the oldest first.
    #[must_use]
    pub fn rows(&self, app: &str, entry: &str) -> Vec<Map<String, Value>> {
        lock(&self.shared.forms).rows(app, entry)
    }

    /// Workflows and automations that were started.
    #[must_use]
    pub fn started(&self) -> u64 {
        lock(&self.shared.forms).started
    }

    /// The next call of a path (`data/list`, any with `*`) meets this fault. Plans are kept in order.
    pub fn fail_next(&self, path: &str, fault: Fault) {
        lock(&self.shared.planned).push_back((path.to_owned(), fault));
    }

    /// The calls so far: `data/batch_create`.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        lock(&self.shared.log).clone()
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Why a call is refused: code and words.
pub(super) struct Refusal(pub(super) i64, pub(super) &'static str);

const JSON: &str = "application/json; charset=utf-8";

fn refuse(Refusal(code, words): &Refusal) -> Answer {
    Answer::reply(400, JSON, json!({"code": code, "msg": words}).to_string())
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let path = asked.head.uri.path().strip_prefix("/api/v5/app/entry/").unwrap_or_default().to_owned();
        if asked.head.method != hyper::Method::POST || path.is_empty() {
            return Answer::reply(404, "text/html", "<h1>404</h1>");
        }
        let key = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if key != Some(self.options.key.as_str()) || self.disabled.load(Ordering::Acquire) {
            return refuse(&Refusal(0, "example: key disabled"));
        }
        lock(&self.log).push(path.clone());
        let run = || {
            let body = serde_json::from_slice::<Map<String, Value>>(&asked.body);
            let body = body.map_err(|_| Refusal(1, "The request is invalid."))?;
            lock(&self.forms).call(&path, &body)
        };
        match self.fault(number, &path) {
            Some(Fault::Throttled) => refuse(&Refusal(8303, "超出请求频率限制")),
            Some(Fault::Crowded) => Answer::reply(429, JSON, r#"{"msg":"too many concurrent requests"}"#),
            Some(Fault::KeyDisabled) => {
                self.disabled.store(true, Ordering::Release);
                refuse(&Refusal(0, "example: key disabled"))
            }
            Some(Fault::LostReply) => {
                drop(run());
                Answer::HangUp
            }
            Some(Fault::Gateway) => {
                drop(run());
                Answer::reply(502, "text/html", "<h1>502 Bad Gateway</h1>")
            }
            None => match run() {
                Ok(body) => Answer::reply(200, JSON, body.to_string()),
                Err(refusal) => refuse(&refusal),
            },
        }
    }

    fn fault(&self, number: u64, path: &str) -> Option<Fault> {
        let mut planned = lock(&self.planned);
        if let Some(at) = planned.iter().position(|(name, _)| name == path || name == "*") {
            return planned.remove(at).map(|(_, fault)| fault);
        }
        let faults = &self.options.faults;
        let mut rng = Rng::named(faults.seed, &format!("call {number}"));
        let chances = [
            (faults.throttled, Fault::Throttled),
            (faults.crowded, Fault::Crowded),
            (faults.gateway, Fault::Gateway),
            (faults.lost_reply, Fault::LostReply),
        ];
        chances.into_iter().find(|(chance, _)| rng.chance(*chance)).map(|(_, fault)| fault)
    }
}

#[cfg(test)]
mod tests;
