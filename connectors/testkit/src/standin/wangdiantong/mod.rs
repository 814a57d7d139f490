//! Wangdiantong (WDT): takes pushed orders and refunds in any of its three generations.
//!
//! It checks account, key, time and signature, keeps orders by `tid` and refunds by `refund_no`, freezes quantity and
//! price with the first push, and refuses what the fact sheet says the vendor refuses: with qyb and y all of a push, with
//! qjb the one order, inside a success. Where the sheet has no number for an error (a wrong signature or time for qyb and
//! y), it uses 9001; nothing in crossdock may depend on that.

mod book;
mod check;
mod gate;

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::Clock;
use super::server::{Answer, Asked, Server, lock};
use book::Book;

pub use gate::{form_signature, query_signature};

/// Which interface it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// 企业版 openapi2.
    Qyb,
    /// 慧策网页版.
    Y,
    /// 旗舰版.
    Qjb,
}

/// How it is set up.
pub struct Options {
    /// The interface.
    pub generation: Generation,
    /// The account it knows.
    pub sid: String,
    /// Its key.
    pub appkey: String,
    /// Its secret; the left half for qjb.
    pub secret: String,
    /// The right half of the secret of qjb.
    pub salt: String,
    /// The shops of one's own.
    pub shops: Vec<String>,
    /// Its clock.
    pub clock: Clock,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Too many calls in a minute.
    TooMany,
    /// The same call is in flight (qyb, y), or too many at once (qjb).
    Busy,
    /// The database does not answer (qjb), HTTP 500 (qyb, y).
    Database,
    /// The call is applied, and the answer is lost.
    LostReply,
    /// The connection breaks off before anything happened.
    HangUp,
}

/// What it has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls.
    pub calls: u64,
    /// Calls refused because of account, time or signature.
    pub refused: u64,
    /// Orders and refunds that were new.
    pub created: u64,
    /// Orders and refunds that were there.
    pub changed: u64,
    /// Attempts to change a frozen quantity or price.
    pub frozen: u64,
    /// Numbers of lines that two orders used.
    pub collisions: u64,
}

struct Shared {
    options: Options,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    book: Book,
    faults: VecDeque<Fault>,
    calls: u64,
    refused: u64,
}

/// A running WDT.
pub struct Wangdiantong {
    server: Server,
    shared: Arc<Shared>,
}

impl Wangdiantong {
    /// Starts it on a free port, with an empty book.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared { options, inner: Mutex::default() });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// The address up to the service: what `base_url` wants.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.server.url(), path(self.shared.options.generation))
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The next calls fail like this.
    pub fn fail_next(&self, times: usize, fault: Fault) {
        lock(&self.shared.inner).faults.extend(std::iter::repeat_n(fault, times));
    }

    /// An order as it stands, with its lines under `order_list`.
    #[must_use]
    pub fn order(&self, tid: &str) -> Option<Value> {
        lock(&self.shared.inner).book.order(tid)
    }

    /// A refund as it stands.
    #[must_use]
    pub fn refund(&self, refund_no: &str) -> Option<Value> {
        lock(&self.shared.inner).book.refund(refund_no)
    }

    /// How many orders and how many refunds there are.
    #[must_use]
    pub fn documents(&self) -> (usize, usize) {
        lock(&self.shared.inner).book.documents()
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

const fn path(generation: Generation) -> &'static str {
    match generation {
        Generation::Qyb => "/openapi2",
        Generation::Y | Generation::Qjb => "/openapi",
    }
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut inner = lock(&self.inner);
        inner.calls += 1;
        let fault = inner.faults.pop_front();
        let flagship = self.options.generation == Generation::Qjb;
        match fault {
            Some(Fault::HangUp) => return Answer::HangUp,
            Some(Fault::TooMany) => {
                return self.refuse(100, "超过每分钟最大调用频率限制，请稍后重试");
            }
            Some(Fault::Busy) if flagship => {
                return self.refuse(100, "超过每分钟最大并发次数限制，请稍后重试");
            }
            Some(Fault::Busy) => return self.refuse(1020, "请勿重复操作"),
            Some(Fault::Database) if flagship => return self.refuse(1064, "database error"),
            Some(Fault::Database) => return Answer::reply(500, "text/html", "<html>500</html>"),
            Some(Fault::LostReply) | None => {}
        }
        let call = match gate::admit(&self.options, asked) {
            Ok(call) => call,
            Err((code, words)) => {
                inner.refused += 1;
                return self.refuse(code, words);
            }
        };
        let now = (self.options.clock)();
        let answer = match inner.book.take(&self.options, &call, now) {
            Ok(data) => json_reply(&data),
            Err((code, words)) => self.refuse(code, &words),
        };
        if fault == Some(Fault::LostReply) { Answer::HangUp } else { answer }
    }

    fn refuse(&self, code: u32, words: &str) -> Answer {
        let name = if self.options.generation == Generation::Qjb { "status" } else { "code" };
        json_reply(&json!({name: code, "message": words}))
    }
}

fn json_reply(value: &Value) -> Answer {
    Answer::reply(200, "application/json; charset=utf-8", value.to_string())
}

#[cfg(test)]
mod tests;
