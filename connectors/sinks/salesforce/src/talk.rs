//! A conversation written down as if its answers were there: each [`Talk::say`] takes the next answer of the past, and
//! the first one that has none yet is what is said next.

use crossdock_connector::{ErrorKind, Exchange, HttpRequest, HttpResponse, Result, SinkCall};

use crate::error::{Trouble, Word};

/// Why a conversation does not go on right now.
#[derive(Debug)]
pub(crate) enum Halt {
    /// This has to be said first.
    Ask(SinkCall),
    /// Nothing more can be said for now; everything without an outcome has this one.
    Stop(Trouble),
}

/// What was said so far.
pub(crate) struct Talk<'a> {
    past: std::slice::Iter<'a, Exchange>,
    said: usize,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(past: &'a [Exchange]) -> Self {
        Self { past: past.iter(), said: 0 }
    }

    /// How many answers were used.
    pub(crate) fn said(&self) -> usize {
        self.said
    }

    /// Says something, or gives its answer.
    pub(crate) fn say(
        &mut self,
        name: &'static str,
        writes: bool,
        request: impl FnOnce() -> Result<HttpRequest>,
    ) -> std::result::Result<&'a HttpResponse, Halt> {
        match self.past.next() {
            Some(exchange) if exchange.name == name => {
                self.said += 1;
                Ok(&exchange.reply)
            }
            Some(exchange) => {
                let what = format!("the answer to `{}` where one to `{name}` was expected", exchange.name);
                Err(Halt::Stop(Trouble::new(Word::Rejected, ErrorKind::Bug, what)))
            }
            None => match request() {
                Ok(request) => Err(Halt::Ask(SinkCall { name, request, writes })),
                Err(error) => Err(Halt::Stop(Trouble::from_error(&error))),
            },
        }
    }
}
