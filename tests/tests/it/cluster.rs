//! Three hubs over three servers while everything that can break does: servers and hubs killed, frozen, wiped, cut off
//! and truncated. What was acknowledged is there, all hubs tell the same history, subscribers see each event once, and
//! the ledger balances.

mod faults;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use bytes::Bytes;
use crossdock_testkit::standin::{Client, Rng};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::task::JoinSet;

use self::faults::{FAULTS, Stage};
use crate::orders::{self, order, signed};
use crate::site::{PATIENCE, receiver, sink};

const SENDERS: usize = 3;
/// Orders of each sender.
const ORDERS: usize = 6;
const SEED: u64 = 20_261_122;
const STREAM: &str = "XD_TEST";

/// Sends the revisions of its orders one after the other, each to whichever hub takes it, until it is acknowledged.
async fn send(
    sender: usize,
    urls: Arc<std::sync::Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
) -> BTreeMap<String, u32> {
    let mut acknowledged = BTreeMap::new();
    let mut turn = 0_usize;
    let mut next_hub = sender;
    while !stop.load(Ordering::Relaxed) {
        let number = format!("C-{sender}-{}", turn % ORDERS);
        let revision = u32::try_from(turn / ORDERS).unwrap() + 1;
        let body = order(&number, revision);
        loop {
            next_hub += 1;
            let url = urls.lock().unwrap()[next_hub % 3].clone();
            if url.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            let headers = signed(&format!("{number}-{revision}"), body.as_bytes());
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            sent.fetch_add(1, Ordering::Relaxed);
            let Ok(mut client) = Client::new(&url, Duration::from_secs(30)) else { continue };
            match client.post("/in/store", &headers, Bytes::from(body.clone())).await {
                Ok(reply) if reply.status == 200 => break,
                Ok(reply) => assert_eq!(reply.status, 503, "it takes it, or says that it cannot now"),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        acknowledged.insert(number, revision);
        turn += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    acknowledged
}

/// What a subscriber that dedupes has seen: per key the ids in order.
async fn subscribe(urls: Vec<String>, quiet: Arc<AtomicBool>) -> BTreeMap<String, Vec<(u64, String)>> {
    let client = async_nats::ConnectOptions::new().retry_on_initial_connect().connect(urls).await.unwrap();
    let jetstream = jetstream::new(client);
    let config = pull::Config {
        durable_name: Some("erp".to_owned()),
        ack_policy: AckPolicy::Explicit,
        filter_subject: "xd.v1.test.>".to_owned(),
        ack_wait: Duration::from_secs(5),
        ..pull::Config::default()
    };
    let (mut seen, mut told) = (BTreeSet::new(), BTreeMap::<String, Vec<(u64, String)>>::new());
    let mut since_quiet: Option<Instant> = None;
    loop {
        let consumer = match jetstream.get_stream(STREAM).await {
            Ok(stream) => stream.get_or_create_consumer("erp", config.clone()).await.ok(),
            Err(_) => None,
        };
        let waits = consumer.as_ref().map(|consumer| {
            let info = consumer.cached_info();
            (info.num_pending, info.num_ack_pending)
        });
        if quiet.load(Ordering::Relaxed) {
            // A consumer may take its time to get a leader again; what counts is what it gives in the end.
            let since = *since_quiet.get_or_insert_with(Instant::now);
            if waits == Some((0, 0)) {
                return told;
            }
            assert!(since.elapsed() < PATIENCE, "events that a subscriber does not get: {waits:?}");
        }
        let Some(consumer) = consumer else {
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        };
        let Ok(mut batch) =
            consumer.fetch().max_messages(200).expires(Duration::from_secs(1)).messages().await
        else {
            continue;
        };
        while let Some(Ok(message)) = batch.next().await {
            let header =
                |name: &str| message.headers.as_ref().unwrap().get(name).unwrap().as_str().to_owned();
            let id = header("ce-id");
            assert_eq!(header("Nats-Msg-Id"), id);
            if seen.insert(id.clone()) {
                let sequence = header("ce-sequence").parse().unwrap();
                told.entry(header("ce-subject")).or_default().push((sequence, id));
            }
            drop(message.ack().await);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_breaks_nothing_acknowledged_is_lost_and_all_hubs_tell_one_history() {
    let erp = receiver().await;
    let mut stage = tokio::task::spawn_blocking({
        let sinks = sink("erp", &erp.url(), "*");
        move || Stage::start(&sinks)
    })
    .await
    .unwrap();
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(send(sender, Arc::clone(&stage.urls), Arc::clone(&stop), Arc::clone(&sent)));
    }
    let quiet = Arc::new(AtomicBool::new(false));
    let subscriber = tokio::spawn(subscribe(stage.cluster.urls(), Arc::clone(&quiet)));

    println!("seed {SEED}");
    let (mut stage, faults) = tokio::task::spawn_blocking(move || {
        let mut rng = Rng::named(SEED, "cluster");
        let mut faults = 0;
        for round in 0..2 {
            for at in 0..FAULTS.len() {
                // Another order in each round.
                let fault = FAULTS[(at * 5 + round * 7) % FAULTS.len()];
                let began = Instant::now();
                stage.fault(fault, &mut rng);
                println!("{fault:?}: healed after {:.1} s", began.elapsed().as_secs_f32());
                faults += 1;
                std::thread::sleep(Duration::from_millis(rng.below(400)));
            }
        }
        (stage, faults)
    })
    .await
    .unwrap();
    assert!(faults >= 20);
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = BTreeMap::new();
    for one in senders.join_all().await {
        acknowledged.extend(one);
    }

    let (stage, ledgers) = tokio::task::spawn_blocking(move || {
        let ledgers: Vec<_> = stage.hubs.iter().map(|hub| hub.site.settled()).collect();
        for hub in &mut stage.hubs {
            assert!(hub.running.take().unwrap().terminate().0.success(), "{}", hub.site.log());
        }
        (stage, ledgers)
    })
    .await
    .unwrap();
    quiet.store(true, Ordering::Relaxed);
    let told = subscriber.await.unwrap();

    let total: u64 = acknowledged.values().map(|revision| u64::from(*revision)).sum();
    let captured = ledgers[0].sources.iter().find(|line| line.source == "store").unwrap().captured;
    println!(
        "{faults} faults, {total} acknowledged, {} requests, {captured} captured",
        sent.load(Ordering::Relaxed)
    );
    assert!(total > 100, "hardly anything was sent: {total}");
    assert!(captured >= total, "{captured} captured of {total} acknowledged");
    assert!(ledgers.iter().all(|ledger| *ledger == ledgers[0]), "{ledgers:?}");

    let histories: Vec<(Vec<Value>, Vec<Value>)> = stage
        .hubs
        .iter()
        .map(|hub| (hub.site.ask(&["export", "orders"]), hub.site.ask(&["export", "events"])))
        .collect();
    assert!(histories.iter().all(|history| *history == histories[0]), "hubs tell different histories");
    let (states, log) = &histories[0];
    for order in states {
        let number = order["order_no"].as_str().unwrap();
        let at: u32 = order["lines"][0]["quantity"].as_str().unwrap().parse().unwrap();
        let least = acknowledged.get(number).copied().unwrap_or_default();
        assert!(at >= least, "{number}: {least} acknowledged, stands at {at}");
    }
    assert!(acknowledged.len() <= states.len());

    // Subscribers saw what the log says, once each and in its order.
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in log {
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        expected.entry(text("subject")).or_default().push(text("id"));
    }
    let seen: BTreeMap<String, Vec<String>> = told
        .iter()
        .map(|(key, events)| {
            assert!(events.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{key}: {events:?}");
            (key.clone(), events.iter().map(|(_, id)| id.clone()).collect())
        })
        .collect();
    assert_eq!(seen, expected);

    let report = erp.stop().await;
    let has: BTreeSet<&str> = report.entries.iter().map(|entry| entry.id.as_str()).collect();
    let should: BTreeSet<&str> = log.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(has, should, "nothing missing, nothing invented");
    orders::kept_in_order(log, &report);
}
