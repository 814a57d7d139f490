//! A conversation, told as if every question were answered at once: what was said before is taken from the past, the
//! first question without an answer is the next step.

use crossdock_connector::{Context, Exchange, Outcome, SinkCall};

use crate::call::{self, Method};
use crate::config::{Config, Meaning};
use crate::reply::{self, Fault};
use crate::tree::Node;

/// Why telling stops here.
pub(crate) enum Stop {
    /// This has to be said, and is not answered yet.
    Call(SinkCall),
    /// What became of the delivery is known.
    End(Outcome),
}

/// A part of a conversation.
pub(crate) type Said<T> = Result<T, Box<Stop>>;

/// Ends a conversation.
pub(crate) fn end<T>(outcome: Outcome) -> Said<T> {
    Err(Box::new(Stop::End(outcome)))
}

/// A conversation and how far its past was told.
pub(crate) struct Talk<'a> {
    pub(crate) config: &'a Config,
    context: &'a Context<'a>,
    past: std::slice::Iter<'a, Exchange>,
}

impl<'a> Talk<'a> {
    /// A conversation from its beginning.
    pub(crate) fn new(config: &'a Config, past: &'a [Exchange], context: &'a Context<'a>) -> Self {
        Self { config, context, past: past.iter() }
    }

    /// Says something; what comes back.
    ///
    /// # Errors
    /// [`Stop::Call`] when it is not answered yet.
    pub(crate) fn say(&mut self, method: Method, body: String) -> Said<Result<Node, Fault>> {
        match self.past.next() {
            Some(exchange) => Ok(reply::read(self.config, method, &exchange.reply)),
            None => Err(Box::new(Stop::Call(call::call(self.config, method, body, self.context)))),
        }
    }

    /// Creates a document of which nothing was found: a refusal because it is there is no success then.
    ///
    /// # Errors
    /// [`Stop::Call`] when it is not answered yet.
    pub(crate) fn create(&mut self, body: String) -> Said<Outcome> {
        Ok(match self.say(Method::Create, body)? {
            Ok(_) => Outcome::Delivered,
            Err(fault) if fault.meaning == Meaning::Exists => Outcome::Rejected(fault.error),
            Err(fault) => fault.outcome(),
        })
    }
}
