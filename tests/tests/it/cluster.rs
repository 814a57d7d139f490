//! Three hubs over three servers while everything that can break does: servers and hubs killed, frozen, wiped, cut off
//! and truncated. What was acknowledged is there, all hubs tell the same history, subscribers see each event once, and
//! the ledger balances.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use bytes::Bytes;
use crossdock_testkit::nats::{Cluster, Disk, Options, Proxy};
use crossdock_testkit::standin::{Client, Rng};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::orders::{self, order, signed};
use crate::site::{PATIENCE, Running, Site, basics, receiver, sink};

const SENDERS: usize = 3;
/// Orders of each sender.
const ORDERS: usize = 6;
const SEED: u64 = 20_261_122;
const STREAM: &str = "XD_TEST";
/// The server whose disk can be full.
const LAST: usize = 2;

/// What breaks, in a mixed order; each of them twice makes a run of more than twenty.
const FAULTS: [Fault; 13] = [
    Fault::Kill,
    Fault::KillLeader,
    Fault::Freeze,
    Fault::Quorum,
    Fault::Wipe,
    Fault::Truncate,
    Fault::Full,
    Fault::Cut,
    Fault::Delay,
    Fault::HalfClose,
    Fault::Hub,
    Fault::HubFolder,
    Fault::Hub,
];

#[derive(Clone, Copy, Debug)]
enum Fault {
    /// A server is killed and comes back.
    Kill,
    /// The one that leads the stream.
    KillLeader,
    /// A server is frozen for a while, and goes on as if nothing had been.
    Freeze,
    /// Two servers are killed, so that nothing can be acknowledged, and come back.
    Quorum,
    /// A server comes back with an empty disk.
    Wipe,
    /// A server comes back without the last bytes it had written.
    Truncate,
    /// The disk of the last server is full for a while; it is started again when there is room.
    Full,
    /// A hub is cut off from its server.
    Cut,
    /// Everything between a hub and its server takes long.
    Delay,
    /// A hub's connection is closed in one direction.
    HalfClose,
    /// A hub is killed, in the middle of whatever it does.
    Hub,
    /// A hub is killed and its folder lost.
    HubFolder,
}

/// A hub of the cluster.
struct Hub {
    site: Site,
    running: Option<Running>,
}

struct Stage {
    cluster: Cluster,
    /// A small one, for the last server; none where nobody can mount one.
    disk: Option<Disk>,
    proxy: Proxy,
    hubs: Vec<Hub>,
    /// Where senders find the hubs now; empty for one that is down.
    urls: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Stage {
    fn start(sinks: &str) -> Self {
        let disk = Disk::small(256).unwrap();
        let cluster = Cluster::start_with(|at| {
            let store = disk.as_ref().filter(|_| at == LAST).map(|disk| disk.path().to_owned());
            Options { store, ..Options::config("jetstream { sync_interval: 1s, max_file_store: 10GB }\n") }
        })
        .unwrap();
        let proxy = Proxy::start(cluster.node(0).addr()).unwrap();
        let mut hubs = Vec::new();
        for at in 0..3 {
            // The first hub knows its server only through a wire that can be cut.
            let servers = if at == 0 { vec![proxy.url()] } else { cluster.urls() };
            let site = Site::new("");
            let own = basics().replace("[data]\n", "[data]\nbackbone = \"jetstream\"\n");
            let own = own.replace("level = \"warn\"", "level = \"info\"");
            site.configure(&format!(
                "{own}{sinks}[nats]\nservers = {servers:?}\nprofile = \"standard\"\ncopy_every = \"3s\"\n"
            ));
            hubs.push(Hub { site, running: None });
        }
        let mut this = Self {
            cluster,
            disk,
            proxy,
            hubs,
            urls: Arc::new(std::sync::Mutex::new(vec![String::new(); 3])),
        };
        for at in 0..3 {
            this.wake(at);
        }
        this
    }

    fn wake(&mut self, at: usize) {
        // A hub waits for a cluster that is away. One whose cluster goes away while it starts may end all the same;
        // whoever runs it starts it again.
        let deadline = Instant::now() + PATIENCE;
        let hub = &mut self.hubs[at];
        let running = loop {
            if let Some(running) = hub.site.try_start() {
                break running;
            }
            assert!(Instant::now() < deadline, "hub {at} does not start:\n{}", hub.site.log());
            std::thread::sleep(Duration::from_millis(200));
        };
        self.urls.lock().unwrap()[at] = running.webhook.clone();
        hub.running = Some(running);
    }

    fn kill(&mut self, at: usize) {
        self.urls.lock().unwrap()[at] = String::new();
        self.hubs[at].running.take().unwrap().kill();
    }

    /// Lets one thing break, and heals it.
    fn fault(&mut self, fault: Fault, rng: &mut Rng) {
        let pause =
            |rng: &mut Rng, most: u64| std::thread::sleep(Duration::from_millis(100 + rng.below(most)));
        let at = usize::try_from(rng.below(3)).unwrap();
        match fault {
            Fault::Kill => {
                self.cluster.kill9(at).unwrap();
                pause(rng, 1000);
                self.cluster.restart(at).unwrap();
            }
            Fault::KillLeader => {
                let leader = self.cluster.until_led(STREAM).unwrap();
                self.cluster.kill9(leader).unwrap();
                pause(rng, 1500);
                self.cluster.restart(leader).unwrap();
            }
            Fault::Freeze => {
                self.cluster.pause(at).unwrap();
                pause(rng, 2500);
                self.cluster.resume(at).unwrap();
            }
            Fault::Quorum => {
                self.cluster.kill9(at).unwrap();
                self.cluster.kill9(at + 1).unwrap();
                pause(rng, 1500);
                self.cluster.restart(at).unwrap();
                self.cluster.restart(at + 1).unwrap();
            }
            Fault::Wipe => {
                self.cluster.kill9(at).unwrap();
                self.cluster.wipe_store(at).unwrap();
                self.cluster.restart(at).unwrap();
            }
            Fault::Truncate => {
                self.cluster.kill9(at).unwrap();
                self.cluster.node_mut(at).truncate_last_block(STREAM, 1 + rng.below(400)).unwrap();
                self.cluster.restart(at).unwrap();
            }
            Fault::Full => {
                match &self.disk {
                    Some(disk) => disk.leave(0).unwrap(),
                    None => self.cluster.node_mut(LAST).limit_files(1).unwrap(),
                }
                pause(rng, 1500);
                self.cluster.kill9(LAST).unwrap();
                if let Some(disk) = &self.disk {
                    disk.free().unwrap();
                }
                self.cluster.restart(LAST).unwrap();
            }
            Fault::Cut => {
                self.proxy.cut();
                pause(rng, 1500);
                self.proxy.heal();
            }
            Fault::Delay => {
                self.proxy.delay(Duration::from_millis(200));
                pause(rng, 1500);
                self.proxy.heal();
            }
            Fault::HalfClose => {
                self.proxy.half_close();
                pause(rng, 500);
                self.proxy.heal();
            }
            Fault::Hub => {
                self.kill(at);
                pause(rng, 500);
                self.wake(at);
            }
            Fault::HubFolder => {
                self.kill(at);
                std::fs::remove_dir_all(self.hubs[at].site.path("data")).unwrap();
                self.wake(at);
            }
        }
        // What comes next meets a whole cluster: two copies lost at a time are more than three servers promise.
        self.cluster.until_healthy().unwrap();
        self.cluster.until_led(STREAM).unwrap();
        for at in 0..3 {
            assert!(
                self.hubs[at].running.as_mut().unwrap().is_alive(),
                "hub {at} ended after {fault:?}:\n{}",
                self.hubs[at].site.log()
            );
        }
    }
}

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
async fn subscribe(urls: Vec<String>, stop: Arc<AtomicBool>) -> BTreeMap<String, Vec<(u64, String)>> {
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
    let mut idle = Instant::now();
    while !(stop.load(Ordering::Relaxed) && idle.elapsed() > Duration::from_secs(6)) {
        let consumer = match jetstream.get_stream(STREAM).await {
            Ok(stream) => stream.get_or_create_consumer("erp", config.clone()).await.ok(),
            Err(_) => None,
        };
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
            idle = Instant::now();
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
    told
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
