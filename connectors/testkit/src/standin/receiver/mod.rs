//! A receiver of signed webhooks: checks the signature as the Standard Webhooks libraries do, takes each event once,
//! remembers in which order they came, and misbehaves as its [`Faults`] say.
//!
//! With a plan without faults it does nothing but hash, scan and count, so that it is not what a benchmark measures.

mod faults;
mod record;
mod scan;

use std::io;
use std::sync::{Arc, Mutex};

use tokio::time::Instant;

use crossdock_connector::sign;

use super::server::{Answer, Asked, Server, lock};
use super::{Clock, rng};
use record::Record;

pub use faults::Faults;
pub use record::{Entry, Keep, Report};

/// How far the signed time may be off, in seconds.
const TOLERANCE_SECONDS: i64 = 300;

/// How a receiver is set up.
pub struct Options {
    /// The keys it accepts, as bytes.
    pub keys: Vec<Vec<u8>>,
    /// Its clock.
    pub clock: Clock,
    /// What goes wrong.
    pub faults: Faults,
    /// How much it remembers.
    pub keep: Keep,
    /// What it answers when it had all events of a request already: 200, or 409 as some do.
    pub duplicate_status: u16,
}

impl Options {
    /// A receiver with one key and no faults.
    #[must_use]
    pub fn new(key: impl Into<Vec<u8>>, clock: Clock) -> Self {
        Self {
            keys: vec![key.into()],
            clock,
            faults: Faults::default(),
            keep: Keep::default(),
            duplicate_status: 200,
        }
    }
}

struct Shared {
    keys: Vec<Vec<u8>>,
    clock: Clock,
    duplicate_status: u16,
    started: Instant,
    faults: Mutex<Arc<Faults>>,
    record: Mutex<Record>,
}

/// A running receiver.
pub struct Receiver {
    server: Server,
    shared: Arc<Shared>,
}

impl Receiver {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            keys: options.keys,
            clock: options.clock,
            duplicate_status: options.duplicate_status,
            started: Instant::now(),
            faults: Mutex::new(Arc::new(options.faults)),
            record: Mutex::new(Record::new(options.keep)),
        });
        let handler = Arc::clone(&shared);
        let server = Server::start(move |asked| {
            let shared = Arc::clone(&handler);
            async move { shared.answer(&asked).await }
        })
        .await?;
        Ok(Self { server, shared })
    }

    /// Where events go: `http://127.0.0.1:40000/hook`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/hook", self.server.url())
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// From now on other things go wrong. Windows count from the start of the receiver.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.shared.faults) = Arc::new(faults);
    }

    /// Distinct events so far.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        lock(&self.shared.record).report.distinct
    }

    /// What it has seen so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let mut report = lock(&self.shared.record).report.clone();
        report.turned_away += self.server.turned_away();
        report
    }

    /// Stops it and says what it has seen.
    pub async fn stop(self) -> Report {
        let report = self.report();
        self.server.stop().await;
        report
    }
}

fn text(status: u16, words: &'static str) -> Answer {
    Answer::reply(status, "text/plain; charset=utf-8", words)
}

impl Shared {
    async fn answer(&self, asked: &Asked) -> Answer {
        let faults = Arc::clone(&lock(&self.faults));
        if faults.is_down(self.started.elapsed()) {
            lock(&self.record).report.turned_away += 1;
            return Answer::HangUp;
        }
        let Some(message) = self.verified(asked) else {
            let mut record = lock(&self.record);
            record.report.requests += 1;
            record.report.refused += 1;
            return text(401, "signature does not fit");
        };
        let mut fate = faults::Fate::Well;
        if faults.draws() {
            let attempt = lock(&self.record).attempt(message);
            let (drawn, slow) = faults.fate(message, attempt);
            fate = drawn;
            if slow {
                lock(&self.record).report.slow += 1;
                tokio::time::sleep(faults.slow_for).await;
            }
        }
        let mut record = lock(&self.record);
        record.report.requests += 1;
        match fate {
            faults::Fate::Throttle => {
                record.report.throttled += 1;
                return throttled(faults.retry_after_seconds);
            }
            faults::Fate::Error => {
                record.report.errors += 1;
                return text(500, "something broke");
            }
            faults::Fate::Well | faults::Fate::LostReply => {}
        }
        let answer = self.take(&mut record, message, asked);
        if fate == faults::Fate::LostReply {
            record.report.lost_replies += 1;
            return Answer::HangUp;
        }
        answer
    }

    /// The id of the message when its signature fits.
    fn verified<'a>(&self, asked: &'a Asked) -> Option<&'a str> {
        let id = asked.header("webhook-id")?;
        let seconds: i64 = asked.header("webhook-timestamp")?.parse().ok()?;
        if (self.clock)().as_second().abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
            return None;
        }
        let claims = asked.header("webhook-signature")?;
        let fits = self.keys.iter().filter(|key| !key.is_empty()).any(|key| {
            let expected = sign::standard_webhooks(key, id, seconds, &asked.body);
            claims.split(' ').any(|claim| same(claim.as_bytes(), expected.as_bytes()))
        });
        (fits && !id.is_empty()).then_some(id)
    }

    fn take(&self, record: &mut Record, message: &str, asked: &Asked) -> Answer {
        let Some(events) = scan::envelopes(&asked.body) else {
            record.report.unreadable += 1;
            return text(400, "the body is no event");
        };
        // A single event is known by the id of its message; a list has an id of its own.
        let named = asked.body.first() == Some(&b'[') || events.iter().all(|event| event.id == message);
        if !named || events.iter().any(|event| event.id.is_empty() || event.key.is_empty()) {
            record.report.unreadable += 1;
            return text(422, "webhook-id is not the id of the event");
        }
        let mut new = 0_usize;
        for event in &events {
            new += usize::from(record.accept(event));
        }
        if new == 0 && !events.is_empty() { text(self.duplicate_status, "known") } else { text(200, "ok") }
    }
}

fn throttled(seconds: u32) -> Answer {
    match text(429, "slow down") {
        Answer::Reply(mut response) => {
            response.headers_mut().insert(hyper::header::RETRY_AFTER, seconds.into());
            Answer::Reply(response)
        }
        Answer::HangUp => Answer::HangUp,
    }
}

/// Compares without an early way out, as receivers should.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

/// A key for trying things out, from a seed, in the form people put into a secret: `whsec_…`.
#[must_use]
pub fn demo_secret(seed: u64) -> String {
    let mut rng = rng::Rng::named(seed, "webhook secret");
    let key: Vec<u8> = (0..4).flat_map(|_| rng.draw().to_be_bytes()).collect();
    format!("whsec_{}", sign::base64(&key))
}

#[cfg(test)]
mod tests;
