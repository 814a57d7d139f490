//! Plays the script: each source speaks over its own connections, in its own time, and keeps at it until it is heard.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use crossdock_testkit::standin::sf::Pusher;
use crossdock_testkit::standin::shopify::{self, Sender};
use crossdock_testkit::standin::{Client, top::Top};
use tokio::sync::{Mutex as Turn, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::script::{Act, Cue, END, SF, SHOPIFY, TAOBAO};
use super::world::{Place, Secrets, World};

/// Connections of each source.
const CONNECTIONS: usize = 3;
/// Longest wait of a sender for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often something is sent that gets no answer.
const TRIES: u32 = 50;
const SHOP: &str = "lantern-and-loom-demo.myshopify.com";

/// How far the play is.
#[derive(Default)]
pub(super) struct Score {
    /// Things that happened.
    pub(super) done: AtomicU64,
    /// Things that will happen.
    pub(super) all: u64,
    /// Forged requests that were refused.
    pub(super) refused: AtomicU64,
    /// Forged requests that were not.
    pub(super) let_in: AtomicU64,
    /// Whether the ERP is down.
    pub(super) erp_down: AtomicBool,
    /// What sources gave up on.
    failures: Mutex<BTreeMap<String, u64>>,
}

impl Score {
    /// Nothing happened yet of so many things.
    pub(super) fn new(all: u64) -> Self {
        Self { all, ..Self::default() }
    }

    /// What sources gave up on, with counts.
    pub(super) fn failures(&self) -> BTreeMap<String, u64> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn failed(&self, what: &str, error: &io::Error) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        *failures.entry(format!("{what}: {error}")).or_default() += 1;
    }
}

/// When things happen.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    pub(super) began: Instant,
    pub(super) length: Duration,
}

impl Pace {
    /// Waits for a place in the play.
    pub(super) async fn until(&self, at: u32) {
        let micros = self.length.as_micros() * u128::from(at) / u128::from(END);
        tokio::time::sleep_until(self.began + Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
            .await;
    }
}

/// One source's part.
pub(super) struct Part {
    pub(super) cues: Vec<Cue>,
    pub(super) webhook: SocketAddr,
    pub(super) pace: Pace,
    pub(super) score: Arc<Score>,
}

impl Part {
    /// Plays it to its end. What happens at the gateway happens in order; messages overtake one another.
    pub(super) async fn play(self, world: &World) {
        let (give, take) = mpsc::channel::<Act>(CONNECTIONS * 2);
        let take = Arc::new(Turn::new(take));
        let mut callers = JoinSet::new();
        for _ in 0..CONNECTIONS {
            match Caller::new(self.webhook, &world.secrets, Arc::clone(&self.score)) {
                Ok(caller) => drop(callers.spawn(caller.run(Arc::clone(&take)))),
                Err(error) => self.score.failed("connecting", &error),
            }
        }
        for cue in self.cues {
            self.pace.until(cue.at).await;
            match cue.act {
                Act::Put(state) => {
                    put(&world.gateway, *state);
                    self.score.done.fetch_add(1, Ordering::Relaxed);
                }
                act => {
                    if give.send(act).await.is_err() {
                        break;
                    }
                }
            }
        }
        drop(give);
        while callers.join_next().await.is_some() {}
    }
}

fn put(gateway: &Top, state: crossdock_testkit::standin::generate::taobao::State) {
    gateway.put_trade(state.trade);
    if let Some(refund) = state.refund {
        gateway.put_refund(refund);
    }
}

/// One connection of one source.
struct Caller {
    shopify: Sender,
    taobao: Client,
    sf: Pusher,
    forger: Client,
    score: Arc<Score>,
}

impl Caller {
    fn new(webhook: SocketAddr, secrets: &Secrets, score: Arc<Score>) -> io::Result<Self> {
        let url = |path: &str| format!("http://{webhook}/in/{path}");
        Ok(Self {
            shopify: Sender::new(&url(SHOPIFY), SHOP, secrets.shopify.as_bytes())?,
            taobao: Client::new(&url(&format!("{TAOBAO}/{}", secrets.taobao_path)), PATIENCE)?,
            sf: Pusher::new(&url(&format!("{SF}/{}", secrets.sf_path)))?,
            forger: Client::new(&format!("http://{webhook}"), PATIENCE)?,
            score,
        })
    }

    async fn run(mut self, acts: Arc<Turn<mpsc::Receiver<Act>>>) {
        loop {
            // The lock is held while waiting: whoever has it takes the next one.
            let Some(act) = acts.lock().await.recv().await else { return };
            self.act(act).await;
            self.score.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn act(&mut self, act: Act) {
        let (what, result) = match act {
            Act::Put(_) => return,
            Act::Shopify(webhook) => ("Shopify", self.shopify.send(&webhook).await),
            Act::Taobao(body) => ("Taobao", confirmed(&mut self.taobao, &body).await),
            Act::Sf(body) => ("SF", self.sf.push(&body).await),
            Act::Forged(source, body) => ("forger", self.forge(source, body).await),
        };
        if let Err(error) = result {
            self.score.failed(what, &error);
        }
    }

    async fn forge(&mut self, source: &str, body: Bytes) -> io::Result<()> {
        let signature = shopify::signature(b"not the secret", &body);
        let headers = [
            ("content-type", "application/json"),
            ("x-shopify-topic", "orders/create"),
            ("x-shopify-shop-domain", SHOP),
            ("x-shopify-hmac-sha256", signature.as_str()),
        ];
        let path = format!("/in/{source}/not-the-secret");
        let mut last = io::Error::other("never tried");
        // Forgers come back when the door is shut before they had their answer: a hub may be killed on the way.
        for attempt in 0_u32..TRIES {
            match self.forger.post(&path, &headers, body.clone()).await {
                Ok(reply) if reply.status < 500 => {
                    let counter = if reply.status == 401 { &self.score.refused } else { &self.score.let_in };
                    counter.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                Ok(reply) => last = io::Error::other(format!("http status {}", reply.status)),
                Err(error) => last = error,
            }
            pause(attempt).await;
        }
        Err(last)
    }
}

/// The bridge posts a message until it is confirmed, as the platform would send it again.
async fn confirmed(client: &mut Client, body: &Bytes) -> io::Result<()> {
    let mut last = io::Error::other("never tried");
    for attempt in 0_u32..TRIES {
        match client.post("", &[("content-type", "application/json")], body.clone()).await {
            Ok(reply) if reply.status == 200 && reply.body == br#"{"confirm":true}"#[..] => return Ok(()),
            Ok(reply) => last = io::Error::other(format!("not confirmed, http status {}", reply.status)),
            Err(error) => last = error,
        }
        pause(attempt).await;
    }
    Err(last)
}

/// Between two tries: from 20 milliseconds to more than a second.
async fn pause(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(20 << attempt.min(6))).await;
}

/// Takes the ERP down at a quarter of the play and lets it come back after the middle.
pub(super) async fn outage(erp: &Place, score: &Score) {
    const TICK: Duration = Duration::from_millis(20);
    let percent = |share: u64| score.all * share / 100;
    while score.done.load(Ordering::Relaxed) < percent(25) {
        tokio::time::sleep(TICK).await;
    }
    erp.receiver.server().set_down(true);
    score.erp_down.store(true, Ordering::Relaxed);
    // On a machine that has too much to do, somebody has to have stood before the door first.
    let knocked = || erp.receiver.report().turned_away > 0;
    while score.done.load(Ordering::Relaxed) < percent(55)
        || (score.done.load(Ordering::Relaxed) < percent(90) && !knocked())
    {
        tokio::time::sleep(TICK).await;
    }
    erp.receiver.server().set_down(false);
    score.erp_down.store(false, Ordering::Relaxed);
}
