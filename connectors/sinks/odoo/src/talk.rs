//! A conversation written as straight code: each step plays what was said so far again and stops at the first
//! question that has no answer yet.
//!
//! That holds because every call follows from the event, the settings and the answers before it, and from nothing else.

use std::slice;

use serde_json::Value;

use crossdock_connector::{Context, Error, ErrorKind, Exchange, Outcome, SinkCall};

use crate::error;
use crate::rpc::{self, Call, Rpc};

/// Why the code does not go on.
pub(crate) enum Stop {
    /// This has to be said first.
    Say(Box<SinkCall>),
    /// There is nothing more to say.
    End(Box<Outcome>),
}

impl From<Outcome> for Stop {
    fn from(outcome: Outcome) -> Self {
        Self::End(Box::new(outcome))
    }
}

/// What we cannot say in Odoo's words.
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Outcome::from_error(error).into()
    }
}

pub(crate) type Said<T> = Result<T, Stop>;

/// A conversation under way.
pub(crate) struct Talk<'a> {
    rpc: &'a Rpc,
    past: slice::Iter<'a, Exchange>,
    context: &'a Context<'a>,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(rpc: &'a Rpc, past: &'a [Exchange], context: &'a Context<'a>) -> Self {
        Self { rpc, past: past.iter(), context }
    }

    /// Asks; a refusal ends the conversation.
    pub(crate) fn ask(&mut self, name: &'static str, call: &Call) -> Said<Value> {
        self.exchange(name, call, false)?.map_err(|failed| error::outcome(failed, false).into())
    }

    /// Asks for records.
    pub(crate) fn records(&mut self, name: &'static str, call: &Call) -> Said<Vec<Value>> {
        match self.ask(name, call)? {
            Value::Array(records) => Ok(records),
            _ => Err(error::outcome(rpc::unexpected(), false).into()),
        }
    }

    /// Changes something; a refusal ends the conversation.
    pub(crate) fn write(&mut self, name: &'static str, call: &Call) -> Said<Value> {
        self.exchange(name, call, true)?.map_err(|failed| error::outcome(failed, true).into())
    }

    /// Changes something; a refusal is for the caller to read.
    pub(crate) fn try_write(&mut self, name: &'static str, call: &Call) -> Said<Result<Value, Error>> {
        self.exchange(name, call, true)
    }

    /// Makes or updates one record by its external id and gives its database id.
    pub(crate) fn load(&mut self, name: &'static str, call: &Call) -> Said<i64> {
        let answer = self.write(name, call)?;
        loaded(&answer).map_err(|failed| error::outcome(failed, true).into())
    }

    fn exchange(&mut self, name: &'static str, call: &Call, writes: bool) -> Said<Result<Value, Error>> {
        match self.past.next() {
            Some(exchange) if exchange.name == name => Ok(self.rpc.read(&exchange.reply)),
            Some(exchange) => {
                let what = format!("`{}` was said where `{name}` belongs", exchange.name);
                Err(Outcome::Uncertain(Error::new(ErrorKind::Bug, what)).into())
            }
            None => {
                let request = self.rpc.request(call, self.context)?;
                Err(Stop::Say(Box::new(SinkCall { name, request, writes })))
            }
        }
    }
}

/// The answer of `load`: one id, or no ids and messages.
fn loaded(answer: &Value) -> Result<i64, Error> {
    let ids = answer.get("ids").and_then(Value::as_array);
    if let Some(id) = ids.and_then(|ids| ids.first()).and_then(Value::as_i64) {
        return Ok(id);
    }
    let messages = answer.get("messages").and_then(Value::as_array);
    let Some(first) = messages.and_then(|messages| messages.first()) else { return Err(rpc::unexpected()) };
    let text = |name: &str| first.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let error = error::of_load(text("message").unwrap_or("load wrote nothing"));
    Err(match text("field") {
        Some(field) => error.with("field", error::words(field)),
        None => error,
    })
}
