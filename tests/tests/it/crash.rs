//! Killed at random moments, again and again: what was acknowledged is there, receivers are effectively once and in
//! order, and the ledger balances. The moments come from a seed that is printed; the scheduler does the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use crossdock_testkit::standin::receiver::Receiver;
use crossdock_testkit::standin::{Client, Rng};
use tokio::task::JoinSet;

use crate::orders::{self, order, sheet, signed};
use crate::site::{Site, receiver, sink};

const ROUNDS: u32 = 60;
const SENDERS: usize = 4;
/// Orders of each sender.
const ORDERS: usize = 5;
const SHEET_ORDERS: usize = 40;
const SEED: u64 = 20_261_121;

/// One caller: sends the revisions of its orders one after the other, each until it is acknowledged, as stores do.
struct Sender {
    number: usize,
    /// What to send next: the turn counts the messages that were acknowledged.
    turn: usize,
    sent: Arc<AtomicU64>,
}

impl Sender {
    fn next(&self) -> (String, u32) {
        let order = format!("C-{}-{}", self.number, self.turn % ORDERS);
        (order, u32::try_from(self.turn / ORDERS).unwrap() + 1)
    }

    /// Sends until told to stop, or until the hub is gone.
    async fn work(mut self, url: String, stop: Arc<AtomicBool>) -> Self {
        let mut client = Client::new(&url, Duration::from_secs(10)).unwrap();
        while !stop.load(Ordering::Relaxed) {
            let (number, revision) = self.next();
            let body = order(&number, revision);
            let headers = signed(&format!("{number}-{revision}"), body.as_bytes());
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            self.sent.fetch_add(1, Ordering::Relaxed);
            match client.post("/in/store", &headers, Bytes::from(body)).await {
                Ok(reply) if reply.status == 200 => self.turn += 1,
                Ok(reply) => assert_eq!(reply.status, 503, "it takes it, or says that it cannot now"),
                Err(_) => break,
            }
        }
        self
    }
}

struct Run {
    site: Site,
    rng: Rng,
    senders: Vec<Sender>,
    sent: Arc<AtomicU64>,
}

impl Run {
    /// One life of the hub: work until a random moment, then the end.
    async fn round(&mut self, round: u32) {
        if self.rng.chance(100) {
            // Not even started.
            let hub = self.site.spawn(None);
            tokio::time::sleep(Duration::from_millis(self.rng.below(60))).await;
            hub.kill();
        }
        let hub = self.site.start();
        let stop = Arc::new(AtomicBool::new(false));
        let mut work = JoinSet::new();
        for sender in self.senders.drain(..) {
            work.spawn(sender.work(hub.webhook.clone(), Arc::clone(&stop)));
        }
        let ingest = (round % 4 == 1).then(|| {
            let mut command = self.site.command(None, &["ingest", "sheet", "orders.csv"]);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
        });
        tokio::time::sleep(Duration::from_millis(5 + self.rng.below(150))).await;
        hub.kill();
        stop.store(true, Ordering::Relaxed);
        if let Some(mut ingest) = ingest {
            // It lost its hub, or is about to work on the store alone: killed as well.
            tokio::time::sleep(Duration::from_millis(self.rng.below(80))).await;
            drop(ingest.kill());
            ingest.wait().unwrap();
        }
        self.senders = work.join_all().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_nothing_is_lost_and_nothing_told_twice() {
    let (erp, wms) = (receiver().await, receiver().await);
    let site =
        Site::new(&format!("{}{}", sink("erp", &erp.url(), "*"), sink("wms", &wms.url(), "order.paid")));
    std::fs::write(site.path("orders.csv"), sheet(SHEET_ORDERS)).unwrap();
    let sent = Arc::new(AtomicU64::new(0));
    let senders = (0..SENDERS).map(|number| Sender { number, turn: 0, sent: Arc::clone(&sent) }).collect();
    let mut run = Run { site, rng: Rng::named(SEED, "crash"), senders, sent };
    println!("seed {SEED}");
    for round in 0..ROUNDS {
        run.round(round).await;
    }
    // Until done: once more without an end, with the sheet as a whole.
    let hub = run.site.start();
    let summary = run.site.ask(&["ingest", "sheet", "orders.csv"]);
    assert_eq!(summary.len(), 1);
    let ledger = run.site.settled();
    check_sources(&run, &ledger);
    let (erp, wms) = check_receivers(&run.site, erp, wms).await;
    println!(
        "{ROUNDS} rounds, {} requests, {} events, {} and {} redelivered",
        run.sent.load(Ordering::Relaxed),
        erp.0,
        erp.1,
        wms.1
    );
    assert!(hub.terminate().0.success());
    assert_eq!(run.site.ledger(), ledger, "and so it stays");
}

/// Each order stands at the last revision that was acknowledged, or at the one sent after it.
fn check_sources(run: &Run, ledger: &crossdock::ledger::Ledger) {
    let store = ledger.sources.iter().find(|line| line.source == "store").unwrap();
    let acknowledged: usize = run.senders.iter().map(|sender| sender.turn).sum();
    let (acknowledged, sent) = (u64::try_from(acknowledged).unwrap(), run.sent.load(Ordering::Relaxed));
    assert!(acknowledged > u64::from(ROUNDS) * 2, "hardly anything was sent: {acknowledged}");
    assert!(
        (acknowledged..=sent).contains(&store.captured),
        "{acknowledged} of {sent} acknowledged, {store:?}"
    );
    assert_eq!((store.quarantined, store.stale), (0, 0), "{store:?}");
    let sheet = ledger.sources.iter().find(|line| line.source == "sheet").unwrap();
    assert_eq!((sheet.folded, sheet.quarantined), (u64::try_from(SHEET_ORDERS).unwrap(), 0), "{sheet:?}");

    let mut stands: BTreeMap<String, u32> = BTreeMap::new();
    for order in run.site.ask(&["export", "orders"]) {
        let number = order["order_no"].as_str().unwrap().to_owned();
        let quantity = order["lines"][0]["quantity"].as_str().unwrap().parse().unwrap();
        stands.insert(number, quantity);
    }
    for sender in &run.senders {
        let mut last: BTreeMap<String, u32> = BTreeMap::new();
        for turn in 0..sender.turn {
            let (number, revision) = Sender { turn, sent: Arc::default(), ..*sender }.next();
            last.insert(number, revision);
        }
        let (unsure, _) = sender.next();
        for (number, revision) in last {
            let at = stands[&number];
            let more = u32::from(number == unsure);
            assert!(
                (revision..=revision + more).contains(&at),
                "{number}: {revision} acknowledged, stands at {at}"
            );
        }
    }
}

/// Both receivers have exactly what the log holds for them, in order; gives events and redeliveries of each.
async fn check_receivers(site: &Site, erp: Receiver, wms: Receiver) -> ((u64, u64), (u64, u64)) {
    let log = site.ask(&["export", "events"]);
    let ids = |keep: &dyn Fn(&str) -> bool| -> BTreeSet<String> {
        let kept = log.iter().filter(|event| keep(event["type"].as_str().unwrap()));
        kept.map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = ids(&|_| true);
    assert_eq!(all.len(), log.len(), "every event has an id of its own");
    // No revision was told twice or left out: each order's log is its revisions, one after the other.
    let mut told: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for event in &log {
        let order = &event["data"]["order"];
        let number = order["order_no"].as_str().unwrap().to_owned();
        let quantity = order["lines"][0]["quantity"].as_str().unwrap().parse().unwrap();
        let revisions = told.entry(number).or_default();
        if revisions.last() != Some(&quantity) {
            revisions.push(quantity);
        }
    }
    for (number, revisions) in told.iter().filter(|(number, _)| number.starts_with("C-")) {
        let expected: Vec<u32> = (1..=*revisions.last().unwrap()).collect();
        assert_eq!(revisions, &expected, "{number}");
    }
    let mut counts = Vec::new();
    for (receiver, should) in [(erp, all), (wms, ids(&|kind| kind.ends_with("order.paid")))] {
        let report = receiver.stop().await;
        let has: BTreeSet<String> = report.entries.iter().map(|entry| entry.id.clone()).collect();
        assert_eq!(has, should, "nothing missing, nothing invented");
        orders::kept_in_order(&log, &report);
        assert_eq!((report.refused, report.unreadable), (0, 0));
        counts.push((report.distinct, report.duplicates));
    }
    (counts[0], counts[1])
}
