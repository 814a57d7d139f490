//! The Taobao TOP gateway: checks key, session, time and signature of each call, and answers with the trades and
//! refunds that the test put in.
//!
//! It speaks `trade.fullinfo.get`, `refund.get`, `trades.sold.increment.get` and `refunds.receive.get` with `format=json`.
//! Errors come in HTTP 200, as over there. Codes that the fact sheet does not hold (7, 15, 21 to 31, 40, 41 and their
//! `sub_code`s) are TOP's published ones as far as we know them; nothing in crossdock may depend on more than the sheet.

mod answer;
mod sign;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::server::{Answer, Asked, Server, lock};
use super::{Clock, Rng, form};
use answer::{Fault, Shop};

pub use sign::signature;

/// How far the time of a call may be off, in seconds.
const TOLERANCE_SECONDS: i64 = 600;

/// How a gateway is set up.
pub struct Options {
    /// The app key it knows.
    pub app_key: String,
    /// Its secret.
    pub secret: String,
    /// The session of the one shop.
    pub session: String,
    /// Its clock.
    pub clock: Clock,
    /// What goes wrong.
    pub faults: Faults,
}

/// What goes wrong at the gateway, in a thousand calls each, drawn from a seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Chance is drawn from it, by the number of the call.
    pub seed: u64,
    /// How often a call is one too many (code 7).
    pub limited: u32,
    /// How often the service behind the gateway does not answer (code 15, `isp.`).
    pub remote: u32,
    /// How often it answers HTTP 500.
    pub broken: u32,
    /// How often it takes its time.
    pub slow: u32,
    /// How much time.
    pub slow_for: Duration,
}

/// What was asked of a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls.
    pub calls: u64,
    /// Calls answered with data.
    pub answered: u64,
    /// Calls refused because of key, session, time or signature.
    pub refused: u64,
    /// Calls that met a fault of the plan.
    pub faults: u64,
}

struct Shared {
    options: Options,
    shop: Mutex<Shop>,
    counts: Mutex<Counts>,
    calls: AtomicU64,
}

/// A running gateway.
pub struct Top {
    server: Server,
    shared: Arc<Shared>,
}

impl Top {
    /// Starts it on a free port, with an empty shop.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            options,
            shop: Mutex::default(),
            counts: Mutex::default(),
            calls: AtomicU64::new(0),
        });
        let handler = Arc::clone(&shared);
        let server = Server::start(move |asked| {
            let shared = Arc::clone(&handler);
            async move { shared.answer(&asked).await }
        })
        .await?;
        Ok(Self { server, shared })
    }

    /// The address of the gateway: `http://127.0.0.1:40000/router/rest`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/router/rest", self.server.url())
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Puts a trade in, or a newer state of it: the object inside `trade_fullinfo_get_response.trade`.
    /// False when it has no `tid`.
    pub fn put_trade(&self, trade: Value) -> bool {
        put(&mut lock(&self.shared.shop).trades, "tid", trade)
    }

    /// Puts a refund in, or a newer state of it: the object inside `refund_get_response.refund`.
    /// False when it has no `refund_id`.
    pub fn put_refund(&self, refund: Value) -> bool {
        put(&mut lock(&self.shared.shop).refunds, "refund_id", refund)
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.shared.counts).clone()
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Ids are kept by their text: they are larger than what a float holds.
fn put(objects: &mut std::collections::BTreeMap<String, Value>, name: &str, object: Value) -> bool {
    let id = match object.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return false,
    };
    objects.insert(id, object);
    true
}

const XML: &str = "text/xml;charset=UTF-8";
const JSON: &str = "text/javascript;charset=UTF-8";

impl Shared {
    async fn answer(&self, asked: &Asked) -> Answer {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        lock(&self.counts).calls += 1;
        let faults = &self.options.faults;
        let mut rng = Rng::named(faults.seed, &format!("call {number}"));
        if rng.chance(faults.slow) {
            tokio::time::sleep(faults.slow_for).await;
        }
        if asked.head.method != hyper::Method::POST || asked.head.uri.path() != "/router/rest" {
            return Answer::reply(404, "text/plain", "no such page");
        }
        if rng.chance(faults.broken) {
            lock(&self.counts).faults += 1;
            return Answer::reply(500, "text/html", "<html>500</html>");
        }
        let Some(parameters) = form::parse(&asked.body) else {
            return Answer::reply(400, "text/plain", "the body is no form");
        };
        let request_id = format!("standin{number:08}");
        let outcome = self.admitted(&parameters).and_then(|()| {
            if rng.chance(faults.limited) {
                lock(&self.counts).faults += 1;
                return Err(LIMITED);
            }
            if rng.chance(faults.remote) {
                lock(&self.counts).faults += 1;
                return Err(REMOTE);
            }
            let method = form::once(&parameters, "method").unwrap_or_default();
            lock(&self.shop).answer(method, &parameters)
        });
        let body = match outcome {
            Ok((name, mut content)) => {
                lock(&self.counts).answered += 1;
                content.insert("request_id".into(), request_id.into());
                Value::Object(serde_json::Map::from_iter([(name.to_owned(), Value::Object(content))]))
            }
            Err(fault) => fault.json(&request_id),
        };
        if form::once(&parameters, "format") == Some("json") {
            Answer::reply(200, JSON, body.to_string())
        } else {
            // XML is what TOP speaks when nobody asks for JSON: enough of it to notice the mistake.
            Answer::reply(200, XML, "<?xml version=\"1.0\" encoding=\"utf-8\" ?><response/>")
        }
    }

    /// Lets a call in, or says why not, in the order in which TOP looks.
    fn admitted(&self, parameters: &[(String, String)]) -> Result<(), Fault> {
        let checked = self.check(parameters);
        if checked.is_err() {
            lock(&self.counts).refused += 1;
        }
        checked
    }

    fn check(&self, parameters: &[(String, String)]) -> Result<(), Fault> {
        let given = |name: &str| form::once(parameters, name).filter(|value| !value.is_empty());
        given("method").ok_or(Fault::new(21, "Missing method", "", ""))?;
        let app_key = given("app_key").ok_or(Fault::new(28, "Missing app key", "", ""))?;
        if app_key != self.options.app_key {
            return Err(Fault::new(29, "Invalid app key", "", ""));
        }
        if given("v") != Some("2.0") {
            return Err(Fault::new(33, "Invalid version", "", ""));
        }
        let time = given("timestamp").ok_or(Fault::new(30, "Missing timestamp", "", ""))?;
        let off = crossdock_connector::time::china(time)
            .map(|time| time.utc_seconds().abs_diff((self.options.clock)().as_second()));
        if off.map_or(true, |off| off > TOLERANCE_SECONDS.unsigned_abs()) {
            return Err(Fault::new(31, "Invalid timestamp", "", ""));
        }
        let claim = given("sign").ok_or(Fault::new(24, "Missing signature", "", ""))?;
        let method = given("sign_method").unwrap_or_default();
        let expected = signature(method, self.options.secret.as_bytes(), parameters);
        if expected.as_deref() != Some(claim) {
            return Err(Fault::new(25, "Invalid signature", "isv.invalid-signature", "签名无效"));
        }
        let session = given("session").ok_or(Fault::new(26, "Missing session", "", ""))?;
        if session != self.options.session {
            return Err(Fault::new(27, "Invalid session", "invalid-sessionkey", "SessionKey非法"));
        }
        Ok(())
    }
}

const LIMITED: Fault = Fault::new(
    7,
    "App Call Limited",
    "accesscontrol.limited-by-api-access-count",
    "This ban will last for 1 more seconds",
);
const REMOTE: Fault = Fault::new(15, "Remote service error", "isp.remote-service-timeout", "服务超时");

#[cfg(test)]
mod tests;
