//! Kingdee K3Cloud: sessions and signed calls, and bills that are saved, submitted and audited in steps.
//!
//! It behaves as the fact sheet says: errors come in HTTP 200, in queries inside two lists; a second bill with the same
//! number is refused; unknown codes are refused or stored as blanks, as the call asks for; lines that an update does
//! not name are deleted; a price that stands before its quantity is overwritten by the price list; bills that are
//! audited cannot be changed, and one that others follow cannot be taken back. Words of errors are ours.

mod books;
mod door;
mod query;
mod save;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::server::{Answer, Asked, Server, lock};
use super::{Clock, Rng};
use books::{Books, Refusal};

pub use books::{Bill, Line};
pub use door::signed_headers;

/// How an installation is set up.
pub struct Options {
    /// Its data centre.
    pub account: String,
    /// Its user.
    pub user: String,
    /// The user's password.
    pub password: String,
    /// The application that may sign calls.
    pub app_id: String,
    /// Its secret.
    pub app_secret: String,
    /// Codes that exist, by field: `FCustId` -> `CUST-WEB`. A field without a list takes every code.
    pub master_data: BTreeMap<String, BTreeSet<String>>,
    /// Most calls in a minute, where there is a limit.
    pub calls_a_minute: Option<usize>,
    /// Its clock.
    pub clock: Clock,
}

/// What goes wrong with one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This HTTP status, and nothing is done.
    Status(u16),
    /// This `MsgCode`, and nothing is done.
    Code(i64),
    /// This text instead of JSON, and nothing is done.
    Text(&'static str),
    /// It is done, and the answer gets lost.
    LostReply,
    /// Nothing is done, and the connection breaks off.
    HangUp,
}

/// What goes wrong by chance, in a thousand calls each, drawn from a seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Chance is drawn from it, by the number of the call.
    pub seed: u64,
    /// How often the limit of calls is reached.
    pub limited: u32,
    /// How often it answers HTTP 500 without having done anything.
    pub broken: u32,
    /// How often it does its work and the answer gets lost.
    pub lost_reply: u32,
    /// How often the session has ended before the call.
    pub session_lost: u32,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls, with logins.
    pub calls: u64,
    /// Sessions opened.
    pub logins: u64,
    /// Calls without a session or signature that holds.
    pub strangers: u64,
    /// Bills created.
    pub created: u64,
    /// Bills changed.
    pub updated: u64,
    /// Codes that were stored as blanks because nobody asked to check them.
    pub blanks: u64,
    /// Calls that were too many.
    pub limited: u64,
}

#[derive(Default)]
struct State {
    sessions: BTreeSet<String>,
    books: Books,
    counts: Counts,
    faults: Faults,
    planned: VecDeque<(String, Fault)>,
    recent: VecDeque<Timestamp>,
}

struct Shared {
    options: Options,
    state: Mutex<State>,
}

/// A running installation.
pub struct Kingdee {
    server: Server,
    shared: Arc<Shared>,
}

impl Kingdee {
    /// Starts it on a free port, without a bill.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared { options, state: Mutex::default() });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// Its address with its path: `http://127.0.0.1:40000/k3cloud`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/k3cloud", self.server.url())
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The next call of an operation (`Save`, `Audit`, `ExecuteBillQuery`) meets a fault; several wait in line.
    pub fn next_meets(&self, operation: &str, fault: Fault) {
        lock(&self.shared.state).planned.push_back((operation.to_owned(), fault));
    }

    /// From now on other things go wrong by chance.
    pub fn set_faults(&self, faults: Faults) {
        lock(&self.shared.state).faults = faults;
    }

    /// All sessions end now.
    pub fn end_sessions(&self) {
        lock(&self.shared.state).sessions.clear();
    }

    /// Somebody changes a bill by hand. False when it is not there.
    pub fn by_hand(&self, form: &str, number: &str, change: impl FnOnce(&mut Bill)) -> bool {
        let mut state = lock(&self.shared.state);
        state.books.find_mut(form, number).map(change).is_some()
    }

    /// The bills of a form, by number.
    #[must_use]
    pub fn bills(&self, form: &str) -> Vec<Bill> {
        lock(&self.shared.state).books.of(form)
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.shared.state).counts.clone()
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

const JSON: &str = "application/json; charset=utf-8";

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = lock(&self.state);
        state.counts.calls += 1;
        let path = asked.head.uri.path();
        let service = path.strip_prefix("/k3cloud/").and_then(|rest| rest.strip_suffix(".common.kdsvc"));
        let Some(service) = service.filter(|_| asked.head.method == hyper::Method::POST) else {
            return Answer::reply(404, "text/html", "<html>404</html>");
        };
        if service == "Kingdee.BOS.WebApi.ServicesStub.AuthService.ValidateUser" {
            return Answer::reply(200, JSON, self.login(&mut state, &asked.body).to_string());
        }
        let Some(operation) = service.strip_prefix("Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.")
        else {
            return Answer::reply(404, "text/html", "<html>404</html>");
        };
        let number = state.counts.calls;
        let mut rng = Rng::named(state.faults.seed, &format!("call {number}"));
        if rng.chance(state.faults.session_lost) {
            state.sessions.clear();
        }
        let planned = state.planned.iter().position(|(wanted, _)| wanted == operation);
        let mut fault = planned.and_then(|at| state.planned.remove(at)).map(|(_, fault)| fault);
        for (chance, drawn) in [
            (state.faults.limited, Fault::Code(14)),
            (state.faults.broken, Fault::Status(500)),
            (state.faults.lost_reply, Fault::LostReply),
        ] {
            let drawn = rng.chance(chance).then_some(drawn);
            fault = fault.or(drawn);
        }
        match &fault {
            Some(Fault::Status(status)) => return Answer::reply(*status, "text/html", "<html>error</html>"),
            Some(Fault::Text(text)) => return Answer::reply(200, "text/plain", *text),
            Some(Fault::HangUp) => return Answer::HangUp,
            Some(Fault::Code(_) | Fault::LostReply) | None => {}
        }
        let done = self.admitted(&mut state, asked, path).and_then(|()| match &fault {
            Some(Fault::Code(code)) => Err(Refusal::new(*code, "示例:故障")),
            _ => self.operate(&mut state, operation, &asked.body),
        });
        if fault == Some(Fault::LostReply) {
            return Answer::HangUp;
        }
        let body = match done {
            Ok(value) => value,
            Err(refusal) if operation == "ExecuteBillQuery" => json!([[refusal.json()]]),
            Err(refusal) => refusal.json(),
        };
        Answer::reply(200, JSON, body.to_string())
    }

    /// Lets a call in that has a session or a signature, and is not one too many.
    fn admitted(&self, state: &mut State, asked: &Asked, path: &str) -> Result<(), Refusal> {
        let session = asked.header("kdservice-sessionid").is_some_and(|id| state.sessions.contains(id));
        if !session && !self.is_signed(asked, path) {
            state.counts.strangers += 1;
            return Err(Refusal::new(1, "会话信息已丢失，请重新登录"));
        }
        if let Some(most) = self.options.calls_a_minute {
            let now = (self.options.clock)();
            let old = |at: &Timestamp| now.as_second() - at.as_second() >= 60;
            while state.recent.front().is_some_and(old) {
                state.recent.pop_front();
            }
            if state.recent.len() >= most {
                state.counts.limited += 1;
                return Err(Refusal::new(14, "示例:接口调用超出限制"));
            }
            state.recent.push_back(now);
        }
        Ok(())
    }

    fn operate(&self, state: &mut State, operation: &str, body: &[u8]) -> Result<Value, Refusal> {
        let (form, data) = arguments(body)?;
        if operation == "ExecuteBillQuery" {
            return query::answer(&state.books, &data);
        }
        let form = form.ok_or(Refusal::new(5, "示例:缺少表单标识"))?;
        let State { books, counts, .. } = state;
        match operation {
            "Save" => save::one(books, counts, &self.options.master_data, &form, &data),
            "BatchSave" => save::many(books, counts, &self.options.master_data, &form, &data),
            "Submit" | "Audit" | "UnAudit" | "Delete" => books.step(operation, &form, &data),
            _ => Err(Refusal::new(3, "示例:操作不存在")),
        }
    }
}

/// Form and data, in the style of the SDK or in that of sessions; data may be JSON inside a string.
fn arguments(body: &[u8]) -> Result<(Option<String>, Value), Refusal> {
    let wrong = || Refusal::new(8, "示例:参数错误");
    let body: Value = serde_json::from_slice(body).map_err(|_| wrong())?;
    let (form, data) = match body.get("parameters").and_then(Value::as_array).map(Vec::as_slice) {
        Some([form, data]) => (form.as_str().map(str::to_owned), data.clone()),
        Some([data]) => (None, data.clone()),
        Some(_) => return Err(wrong()),
        None => {
            let form = body.get("formid").and_then(Value::as_str).map(str::to_owned);
            (form, body.get("data").cloned().ok_or_else(wrong)?)
        }
    };
    match data {
        Value::String(text) => Ok((form, serde_json::from_str(&text).map_err(|_| wrong())?)),
        other => Ok((form, other)),
    }
}

#[cfg(test)]
mod tests;
