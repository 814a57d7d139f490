//! Group bots of DingTalk, WeCom and Feishu: each takes a message when key, signature, keyword, form, length and pace
//! are as its vendor wants them, and shows it. None of them knows a message it had before: what is sent twice is
//! shown twice.
//!
//! Errors come in HTTP 200 with a code inside, as over there. What the fact sheet marks as general knowledge, or does
//! not hold (DingTalk's 300001 and 40035, WeCom's 40058, Feishu's 9499 and 19001), is as far as we know it; nothing in
//! crossdock may depend on more than the sheet.

mod pace;
pub mod trial;
mod vendor;

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::Clock;
use super::server::{Answer, Asked, Server, lock};
use pace::Pace;
use vendor::Refusal;

pub use vendor::{Vendor, signature};

/// How a bot is set up.
pub struct Options {
    /// Whose bot it is.
    pub vendor: Vendor,
    /// The key in its address: access token, key or hook id.
    pub key: String,
    /// Its secret, when messages have to be signed. WeCom has none.
    pub secret: Option<String>,
    /// A word that every message has to hold. WeCom has none.
    pub keyword: Option<String>,
    /// Its clock.
    pub clock: Clock,
}

/// What goes wrong with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An HTTP status, and nothing is shown.
    Status(u16),
    /// A code of the vendor, and nothing is shown.
    Code(i64),
    /// It is shown, and the answer gets lost.
    LostReply,
    /// It is not shown, and the connection breaks off.
    HangUp,
}

/// A message that people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// When.
    pub at: Timestamp,
    /// Title, where the form has one.
    pub title: Option<String>,
    /// What they read.
    pub text: String,
    /// Whether it calls somebody: everybody, or a member by name.
    pub mentions: bool,
}

/// What was asked of a bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls.
    pub calls: u64,
    /// Messages shown.
    pub shown: u64,
    /// Calls refused because of key, signature, time, keyword or form.
    pub refused: u64,
    /// Calls that were too many.
    pub limited: u64,
}

#[derive(Default)]
struct Record {
    shown: Vec<Shown>,
    counts: Counts,
    pace: Pace,
    faults: VecDeque<Fault>,
}

struct Shared {
    options: Options,
    record: Mutex<Record>,
}

/// A running bot.
pub struct Bot {
    server: Server,
    shared: Arc<Shared>,
}

impl Bot {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared { options, record: Mutex::default() });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// The address of the vendor's service, without the bot's own part: `http://127.0.0.1:40000`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The next messages meet these faults, one each.
    pub fn next_meet(&self, faults: &[Fault]) {
        lock(&self.shared.record).faults.extend(faults);
    }

    /// What people saw so far.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        lock(&self.shared.record).shown.clone()
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.shared.record).counts
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let vendor = self.options.vendor;
        let mut record = lock(&self.record);
        record.counts.calls += 1;
        let fault = record.faults.pop_front();
        match fault {
            Some(Fault::Status(status)) => return Answer::reply(status, "text/html", "<html></html>"),
            Some(Fault::HangUp) => return Answer::HangUp,
            Some(Fault::Code(code)) => return vendor.reply(code, "as the test wants it"),
            Some(Fault::LostReply) | None => {}
        }
        let now = (self.options.clock)();
        match vendor.admit(&self.options, asked, now).and_then(|message| {
            // What is refused for its form does not count against the pace.
            if record.pace.takes(vendor, now) { Ok(message) } else { Err(vendor.too_many()) }
        }) {
            Ok(message) => {
                record.counts.shown += 1;
                record.shown.push(Shown {
                    at: now,
                    title: message.title,
                    text: message.text,
                    mentions: message.mentions,
                });
                if fault == Some(Fault::LostReply) { Answer::HangUp } else { vendor.success() }
            }
            Err(Refusal::NoSuchPage) => Answer::reply(404, "text/plain", "404 page not found"),
            Err(Refusal::Code(code, words)) => {
                if vendor.too_many() == Refusal::Code(code, words) {
                    record.counts.limited += 1;
                } else {
                    record.counts.refused += 1;
                }
                vendor.reply(code, words)
            }
        }
    }
}

#[cfg(test)]
mod tests;
