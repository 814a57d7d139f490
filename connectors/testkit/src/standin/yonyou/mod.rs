//! Yonyou: a tenant of YonBIP, and a U8 behind its platform.
//!
//! Both behave as the fact sheet says. YonBIP answers a repeated save with the stored result for an hour and with a
//! "repeated" code afterwards, and refuses totals that do not add up; its steps are not safe to repeat. U8 knows a
//! repeated call by the caller's id. Errors come in HTTP 200, some as plain text. Words of errors are ours, and so is
//! what U8 says about a repeated id, a number that exists and a token that ended: that is not established.

pub mod u8;
pub mod yonbip;

use std::collections::VecDeque;

use hyper::Method;
use serde_json::Value;

use super::form;
use super::server::Asked;

/// What goes wrong with one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This HTTP status, and nothing is done.
    Status(u16),
    /// This code of the vendor, and nothing is done.
    Code(&'static str),
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
    /// How often it answers HTTP 500 without having done anything.
    pub broken: u32,
    /// How often it does its work and the answer gets lost.
    pub lost_reply: u32,
    /// How often all tokens have ended before the call.
    pub token_ended: u32,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls, with those for tokens.
    pub calls: u64,
    /// Tokens given.
    pub tokens: u64,
    /// Calls without a token that holds.
    pub strangers: u64,
    /// Orders created.
    pub created: u64,
    /// Saves that were repeated.
    pub repeated: u64,
    /// Calls that were too many.
    pub limited: u64,
}

/// Faults that wait for a call of their kind.
type Planned = VecDeque<(String, Fault)>;

fn take(planned: &mut Planned, call: &str) -> Option<Fault> {
    let at = planned.iter().position(|(wanted, _)| wanted == call)?;
    planned.remove(at).map(|(_, fault)| fault)
}

/// The query of a call, decoded.
fn query(asked: &Asked) -> Vec<(String, String)> {
    form::parse(asked.head.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()
}

fn once<'a>(pairs: &'a [(String, String)], key: &str) -> &'a str {
    form::once(pairs, key).unwrap_or_default()
}

fn is(asked: &Asked, method: Method) -> bool {
    asked.head.method == method
}

/// A value as text, whatever it is.
fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
