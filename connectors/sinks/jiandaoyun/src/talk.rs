//! A conversation written as straight code: each step plays what was said so far again and stops at the first
//! question that has no answer yet.
//!
//! That holds because every call follows from the events, the settings and the answers before it, and from nothing else.

use std::slice;

use serde_json::Value;

use crossdock_connector::{Error, ErrorKind, Exchange, HttpRequest, Result, SinkCall};

use crate::call::Api;

/// This has to be said first.
pub(crate) struct Say(pub(crate) Box<SinkCall>);

/// A conversation under way.
pub(crate) struct Talk<'a> {
    api: &'a Api,
    past: slice::Iter<'a, Exchange>,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(api: &'a Api, past: &'a [Exchange]) -> Self {
        Self { api, past: past.iter() }
    }

    /// The answer to a call, once it has been made.
    pub(crate) fn exchange(
        &mut self,
        name: &'static str,
        writes: bool,
        request: impl FnOnce(&Api) -> HttpRequest,
    ) -> std::result::Result<Result<Value>, Say> {
        match self.past.next() {
            Some(exchange) if exchange.name == name => Ok(self.api.read(&exchange.reply)),
            Some(exchange) => {
                let what = format!("`{}` was said where `{name}` belongs", exchange.name);
                Ok(Err(Error::new(ErrorKind::Bug, what)))
            }
            None => Err(Say(Box::new(SinkCall { name, request: request(self.api), writes }))),
        }
    }
}
