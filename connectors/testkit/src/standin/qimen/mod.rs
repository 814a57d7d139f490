//! A warehouse system that speaks Qimen, called directly.
//!
//! It checks key, counterpart, time and signature over the bytes it got, takes delivery orders and return orders once for
//! each code, refuses articles it does not know, and answers queries about what it holds. What a second creation gets is
//! an option, because real systems differ. Codes and words of its refusals are its own, as over there.

mod book;
mod gate;
mod tree;

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};

use super::Clock;
use super::server::{Answer, Asked, Server, lock};
use book::Book;

pub use book::{Delivery, Return};
pub use gate::signature;

/// What a second creation under a code gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// Success, with the id of the first.
    Success,
    /// A failure that says that it is there.
    Refusal,
}

/// How a warehouse is set up.
pub struct Options {
    /// The key it knows.
    pub app_key: String,
    /// Its secret.
    pub secret: String,
    /// The counterpart it knows.
    pub customer_id: String,
    /// The articles it knows; none: all of them.
    pub items: BTreeSet<String>,
    /// What a second creation gets.
    pub second: Second,
    /// Whether it can be asked.
    pub answers_queries: bool,
    /// Its clock.
    pub clock: Clock,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call is carried out, and the answer is lost.
    LostReply,
    /// The call is carried out, and the gateway says that nobody answered in time.
    GatewayTimeout,
    /// The connection breaks off before anything happened.
    HangUp,
    /// The gateway is broken.
    Gateway,
    /// The warehouse has no time.
    Busy,
}

/// What it has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls.
    pub calls: u64,
    /// Calls refused because of key, counterpart, time or signature.
    pub refused: u64,
    /// Documents created.
    pub created: u64,
    /// Creations under a code that was there.
    pub seconds: u64,
    /// Documents called off.
    pub cancelled: u64,
}

struct Shared {
    options: Options,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    book: Book,
    /// How many calls are let through before a fault.
    faults: VecDeque<Option<Fault>>,
    calls: u64,
    refused: u64,
}

/// A running warehouse.
pub struct Warehouse {
    server: Server,
    shared: Arc<Shared>,
}

impl Warehouse {
    /// Starts it on a free port, empty.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared { options, inner: Mutex::default() });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// The address of its service: `http://127.0.0.1:40000/qimen/service`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/qimen/service", self.server.url())
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// After so many calls that go well, one goes wrong.
    pub fn fail_after(&self, well: usize, fault: Fault) {
        let mut inner = lock(&self.shared.inner);
        inner.faults.extend(std::iter::repeat_n(None, well));
        inner.faults.push_back(Some(fault));
    }

    /// A delivery order.
    #[must_use]
    pub fn delivery(&self, code: &str) -> Option<Delivery> {
        lock(&self.shared.inner).book.delivery(code)
    }

    /// All delivery orders, with their codes.
    #[must_use]
    pub fn deliveries(&self) -> Vec<(String, Delivery)> {
        lock(&self.shared.inner).book.deliveries()
    }

    /// All return orders, with their codes.
    #[must_use]
    pub fn returns(&self) -> Vec<(String, Return)> {
        lock(&self.shared.inner).book.returns()
    }

    /// Sets the state of a delivery order, as the people in the warehouse do: `ACCEPT`, `DELIVERED`, `REJECT` ...
    /// False when there is none.
    pub fn set_status(&self, code: &str, status: &str) -> bool {
        lock(&self.shared.inner).book.set_status(code, status)
    }

    /// What it has seen so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let inner = lock(&self.shared.inner);
        Counts { calls: inner.calls, refused: inner.refused, ..inner.book.counts() }
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut inner = lock(&self.inner);
        inner.calls += 1;
        let fault = inner.faults.pop_front().flatten();
        match fault {
            Some(Fault::HangUp) => return Answer::HangUp,
            Some(Fault::Gateway) => return failure("TOP1", "gateway internal error"),
            Some(Fault::Busy) => return failure("W900", "系统繁忙,请稍后再试"),
            Some(Fault::LostReply | Fault::GatewayTimeout) | None => {}
        }
        let call = match gate::admit(&self.options, asked) {
            Ok(call) => call,
            Err((code, words)) => {
                inner.refused += 1;
                return failure(code, words);
            }
        };
        let answer = match inner.book.take(&self.options, &call) {
            Ok(body) => xml(&format!(
                "<response><flag>success</flag><code>0</code><message>ok</message>{body}</response>"
            )),
            Err((code, words)) => failure(code, &words),
        };
        match fault {
            Some(Fault::LostReply) => Answer::HangUp,
            Some(Fault::GatewayTimeout) => failure("TOP15", "isp.http-connection-timeout"),
            _ => answer,
        }
    }
}

fn failure(code: &str, words: &str) -> Answer {
    let words = book::escape(words);
    xml(&format!(
        "<response><flag>failure</flag><code>{code}</code><message>{words}</message><top_reuqest_id>r-1</top_reuqest_id></response>"
    ))
}

fn xml(body: &str) -> Answer {
    let text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{body}");
    Answer::reply(200, "text/xml; charset=utf-8", text)
}

#[cfg(test)]
mod tests;
