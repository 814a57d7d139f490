//! A conversation written down as if its answers were there: each [`Talk::say`] takes the next answer of the past, and
//! the first one that has none yet is what is said next.
//!
//! That holds because every call follows from the deliveries, the settings and the answers before it, and from nothing
//! else.

mod trouble;

use crate::{ErrorKind, Exchange, HttpRequest, HttpResponse, Result, SinkCall};

pub use trouble::{Reach, Trouble, Word};

/// Why a conversation does not go on right now.
#[derive(Debug)]
pub enum Halt {
    /// This has to be said first.
    Ask(SinkCall),
    /// Nothing more can be said for now; everything without an outcome has this one.
    Stop(Trouble),
}

/// What was said so far.
pub struct Talk<'a> {
    past: std::slice::Iter<'a, Exchange>,
    said: usize,
}

impl<'a> Talk<'a> {
    /// A conversation from its beginning.
    pub fn new(past: &'a [Exchange]) -> Self {
        Self { past: past.iter(), said: 0 }
    }

    /// How many answers were used.
    pub fn said(&self) -> usize {
        self.said
    }

    /// Says something, or gives its answer.
    ///
    /// # Errors
    /// [`Halt::Ask`] when it is not answered yet; [`Halt::Stop`] when it cannot be said, or when the past is that of
    /// another conversation.
    pub fn say(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Headers};

    fn exchange(name: &'static str) -> Exchange {
        let reply = HttpResponse { status: 200, headers: Headers::default(), body: name.into() };
        Exchange { name, reply }
    }

    fn get() -> Result<HttpRequest> {
        Ok(HttpRequest::get("https://a.example"))
    }

    #[test]
    fn what_was_said_is_answered_and_the_next_is_asked() {
        let past = [exchange("query")];
        let mut talk = Talk::new(&past);
        assert_eq!(talk.say("query", false, get).unwrap().body, "query");
        match talk.say("save", true, get) {
            Err(Halt::Ask(call)) => assert_eq!((call.name, call.writes), ("save", true)),
            other => panic!("{other:?}"),
        }
        assert_eq!(talk.said(), 1);
    }

    #[test]
    fn the_past_of_another_conversation_is_a_bug() {
        let past = [exchange("query")];
        let mut talk = Talk::new(&past);
        match talk.say("save", true, get) {
            Err(Halt::Stop(trouble)) => {
                assert_eq!((trouble.word, trouble.kind), (Word::Rejected, ErrorKind::Bug))
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(talk.said(), 0);
    }

    #[test]
    fn what_cannot_be_said_stops() {
        let refused = || Err(Error::new(ErrorKind::Session, "no session"));
        match Talk::new(&[]).say("save", true, refused) {
            Err(Halt::Stop(trouble)) => {
                assert_eq!((trouble.word, trouble.message.as_str()), (Word::Retry, "no session"));
            }
            other => panic!("{other:?}"),
        }
    }
}
