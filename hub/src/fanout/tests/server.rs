//! With a real server that is killed, loses things and comes back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use crossdock_connector::sign;
use crossdock_schemas::{Class, EventType, HistoryKind};
use crossdock_testkit::nats::{Options, Server};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::super::Publisher;
use super::super::audit::{Gap, audit};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Backbone, Commit, EventWrite, HistoryKey, StateWrite};
use crate::config::{HumanDuration, Nats, load_text};
use crate::nats::setup::{Action, Needs, apply, plan};
use crate::nats::{Names, connect};
use crate::telemetry::live::Fanout;
use crate::telemetry::metrics::Metrics;

/// Orders that events are about, one after the other.
const KEYS: u64 = 40;

struct Hub {
    nats: Nats,
    backbone: Arc<dyn Backbone>,
    next: u64,
    running: Option<(watch::Sender<bool>, JoinHandle<()>)>,
    metrics: Arc<Metrics>,
    _dir: tempfile::TempDir,
}

fn nats(server: &Server) -> Nats {
    let text = format!("[nats]\nservers = [\"{}\"]\nduplicate_window = \"1s\"\n", server.url());
    load_text("test", &text, None).map(|loaded| loaded.config.nats).unwrap()
}

impl Hub {
    fn new(nats: Nats) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let backbone = Arc::new(Embedded::open(dir.path(), "default").unwrap());
        Self { nats, backbone, next: 0, running: None, metrics: Arc::default(), _dir: dir }
    }

    fn start(&mut self) {
        let (stop, stops) = watch::channel(false);
        let backbone = Arc::clone(&self.backbone);
        let mut publisher =
            Publisher::new(self.nats.clone(), "default", backbone, Arc::clone(&self.metrics), stops);
        publisher.look_every = Duration::from_millis(200);
        self.running = Some((stop, tokio::spawn(publisher.run())));
    }

    async fn stop(&mut self) {
        let Some((stop, task)) = self.running.take() else { return };
        stop.send_replace(true);
        task.await.unwrap();
    }

    /// Without saving anything, as a kill.
    async fn kill(&mut self) {
        let Some((_stop, task)) = self.running.take() else { return };
        task.abort();
        drop(task.await);
    }

    /// More events: each for the next order, whose revision they raise.
    async fn events(&mut self, rounds: u64, body: &str) {
        for _ in 0..rounds {
            let revision = self.next / KEYS + 1;
            let states = (0..KEYS).map(|key| state(key, revision, body)).collect();
            self.next += KEYS;
            let at = crate::clock::now_micros();
            self.backbone.commit(Commit { states, at, ..Commit::default() }).await.unwrap();
        }
    }

    fn live(&self) -> Fanout {
        self.metrics.live.published().unwrap_or_default()
    }

    async fn until(&self, what: &str, good: impl Fn(&Fanout) -> bool) {
        for _ in 0..600 {
            if good(&self.live()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {what}: {:?}", self.live());
    }

    /// Waits until the stream holds everything, exactly once, and gives it.
    async fn all_there(&self) -> Vec<Message> {
        let mut there = Vec::new();
        for _ in 0..600 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let Ok(found) = read(&self.nats).await else { continue };
            there = found;
            if there.len() as u64 >= self.next {
                break;
            }
        }
        let ids: HashSet<_> = there.iter().map(|message| &message.id).collect();
        assert_eq!(ids.len() as u64, self.next, "{:?}", self.live());
        assert_eq!(there.len() as u64, self.next, "something is there twice");
        there
    }
}

fn state(key: u64, revision: u64, body: &str) -> StateWrite {
    let number = format!("k{key}");
    let id = sign::hex(&Sha256::digest(format!("{key}/{revision}")));
    let event = EventWrite {
        id: format!("e1-{id}"),
        event_type: EventType::OrderPaid,
        time: "2026-11-20T08:00:00+01:00".into(),
        sequence: revision,
        class: Class::Normal,
        capture: 1,
        idem_key: None,
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
        snapshot: body.into(),
        extra: String::new(),
    };
    StateWrite {
        key: HistoryKey {
            kind: HistoryKind::Order,
            platform: "shopify".into(),
            shop: "lantern.example".into(),
            number: number.clone(),
        },
        published: format!("o1-{number}"),
        expected: i64::try_from(revision).unwrap() - 1,
        aux: String::new(),
        snapshot: Some(body.into()),
        revision,
        events: vec![event],
        links: Vec::new(),
    }
}

#[derive(Debug)]
struct Message {
    place: u64,
    id: String,
    key: String,
    sequence: u64,
    subject: String,
    headers: HashMap<String, String>,
}

async fn read(nats: &Nats) -> Result<Vec<Message>, String> {
    let link = connect(nats, "reader").await.map_err(|error| error.to_string())?;
    let stream = link.jetstream.get_stream("XD_DEFAULT").await.map_err(|error| error.to_string())?;
    let config = pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() };
    let consumer: PullConsumer = stream.create_consumer(config).await.map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    let pending = consumer.cached_info().num_pending;
    while (out.len() as u64) < pending {
        let batch =
            consumer.fetch().max_messages(1000).messages().await.map_err(|error| error.to_string())?;
        let mut batch = batch;
        while let Some(message) = batch.next().await {
            let message = message.map_err(|error| error.to_string())?;
            let headers: HashMap<String, String> = message
                .headers
                .iter()
                .flat_map(|headers| headers.iter())
                .map(|(name, values)| (name.to_string(), values[0].to_string()))
                .collect();
            out.push(Message {
                place: message.info().unwrap().stream_sequence,
                id: headers["Nats-Msg-Id"].clone(),
                key: headers["ce-subject"].clone(),
                sequence: headers["ce-sequence"].parse().unwrap(),
                subject: message.subject.to_string(),
                headers,
            });
        }
    }
    Ok(out)
}

/// What a consumer that drops known ids sees is in order, key by key.
fn check_order(messages: &[Message]) {
    let mut newest: HashMap<&str, u64> = HashMap::new();
    for message in messages {
        let newest = newest.entry(&message.key).or_default();
        assert_eq!(message.sequence, *newest + 1, "{message:?}");
        *newest = message.sequence;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_cloud_events_on_nine_tokens_in_the_order_of_the_log() {
    let server = Server::start().unwrap();
    let mut hub = Hub::new(nats(&server));
    hub.events(30, "{}").await;
    hub.start();
    let messages = hub.all_there().await;
    check_order(&messages);
    let first = &messages[0];
    assert!(
        first.subject.starts_with("xd.v1.default.order.paid.shopify.lantern_2Eexample.n.p"),
        "{}",
        first.subject
    );
    assert_eq!(first.subject.split('.').count(), 9);
    assert_eq!(first.headers["ce-id"], first.id);
    assert_eq!(first.headers["ce-type"], "io.crossdock.order.paid");
    assert_eq!(first.headers["traceparent"], "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    // What comes in later goes out too; a stop keeps the place, a kill does not.
    hub.events(3, "{}").await;
    hub.until("behind 0", |live| live.behind == 0).await;
    hub.stop().await;
    hub.start();
    hub.events(10, "{}").await;
    hub.kill().await;
    hub.start();
    check_order(&hub.all_there().await);
    assert_eq!(hub.live().healed, 0);
    let text = hub.metrics.render();
    assert!(text.contains("crossdock_publish_behind 0"), "{text}");
    assert!(text.contains("crossdock_published_total{outcome=\"published\"}"), "{text}");
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_again_and_again_gets_everything_once() {
    let mut server = Server::start().unwrap();
    // What was under way may be stored while the stream is being looked at: then the servers have to know its ids.
    let window = HumanDuration(Duration::from_secs(120));
    let mut hub = Hub::new(Nats { duplicate_window: window, ..nats(&server) });
    hub.start();
    for round in 0..4 {
        hub.events(40, "{}").await;
        tokio::time::sleep(Duration::from_millis(30 * round)).await;
        server.kill9().unwrap();
        hub.events(5, "{}").await;
        server.restart().unwrap();
    }
    check_order(&hub.all_there().await);
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_an_older_one_is_filled_again() {
    let mut server = Server::start().unwrap();
    let mut hub = Hub::new(nats(&server));
    hub.events(20, "{}").await;
    hub.start();
    hub.all_there().await;
    server.stop().unwrap();
    let copy = tempfile::tempdir().unwrap();
    copy_all(&server.store(), &copy.path().join("store"));
    server.restart().unwrap();
    hub.events(30, "{}").await;
    hub.all_there().await;
    server.stop().unwrap();
    server.wipe_store().unwrap();
    copy_all(&copy.path().join("store"), &server.store());
    server.restart().unwrap();
    hub.until("healed", |live| live.healed > 0).await;
    check_order(&hub.all_there().await);
    // And from nothing.
    server.kill9().unwrap();
    server.wipe_store().unwrap();
    server.restart().unwrap();
    hub.until("healed again", |live| live.healed > 1).await;
    check_order(&hub.all_there().await);
    hub.stop().await;
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_all(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_end_and_a_purged_stream_are_filled_again() {
    let mut server = Server::start().unwrap();
    let mut hub = Hub::new(nats(&server));
    hub.events(20, "{}").await;
    hub.start();
    hub.all_there().await;
    // Power fails: the last block was not written to its end.
    server.kill9().unwrap();
    assert!(server.truncate_last_block("XD_DEFAULT", 5000).unwrap() > 0);
    server.restart().unwrap();
    hub.until("healed", |live| live.healed > 0).await;
    check_order(&hub.all_there().await);
    let link = connect(&hub.nats, "admin").await.unwrap();
    let stream = link.jetstream.get_stream("XD_DEFAULT").await.unwrap();
    stream.purge().await.unwrap();
    hub.until("healed again", |live| live.healed > 1).await;
    check_order(&hub.all_there().await);
    // And deleted altogether.
    link.jetstream.delete_stream("XD_DEFAULT").await.unwrap();
    hub.events(1, "{}").await;
    check_order(&hub.all_there().await);
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_goes_on_while_the_stream_is_full_or_an_event_too_large() {
    let server = Server::start_with(Options::config("max_payload: 16384\n")).unwrap();
    let mut hub = Hub::new(Nats { max_bytes: 60_000, ..nats(&server) });
    hub.events(1, "{}").await;
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(20_000));
    hub.events(1, &large).await;
    hub.events(20, "{}").await;
    hub.start();
    hub.until("waits", |live| live.waiting && live.left_out == KEYS).await;
    let trouble = hub.live().trouble.unwrap().words;
    assert!(trouble.contains("nats.max_bytes"), "{trouble}");
    hub.stop().await;
    // An operator gives it more room, and the rest goes out.
    hub.nats.max_bytes = 10_000_000;
    let link = connect(&hub.nats, "admin").await.unwrap();
    let names = Names::new("default");
    let needs = Needs { names: &names, nats: &hub.nats, queues: &[], store: crate::config::Store::Embedded };
    let steps = plan(&link, &needs).await.unwrap();
    assert_eq!(steps[0].action, Action::Change);
    assert_eq!(steps[0].fields.len(), 1, "{:?}", steps[0].fields);
    apply(&link, &steps, &hub.nats).await.unwrap();
    hub.start();
    hub.until("is done", |live| !live.waiting && live.behind == 0).await;
    assert_eq!(read(&hub.nats).await.unwrap().len() as u64, hub.next - KEYS);
    hub.stop().await;
    let report = audit(&hub.nats, "default", Arc::clone(&hub.backbone), None, true).await.unwrap();
    assert_eq!((report.missing(), report.left_out, report.repaired), (KEYS, KEYS, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_finds_and_mends_what_is_missing_in_the_middle() {
    let server = Server::start().unwrap();
    let mut hub = Hub::new(Nats { duplicate_window: HumanDuration(Duration::from_secs(1)), ..nats(&server) });
    hub.events(10, "{}").await;
    hub.start();
    let messages = hub.all_there().await;
    hub.stop().await;
    let look = |repair| audit(&hub.nats, "default", Arc::clone(&hub.backbone), None, repair);
    assert_eq!(look(false).await.unwrap().missing(), 0);
    let link = connect(&hub.nats, "admin").await.unwrap();
    let stream = link.jetstream.get_stream("XD_DEFAULT").await.unwrap();
    for message in &messages[100..103] {
        stream.delete_message(message.place).await.unwrap();
    }
    link.jetstream.publish("xd.v1.default.order.paid.x.y.n.p00", "{}".into()).await.unwrap().await.unwrap();
    let report = look(false).await.unwrap();
    assert_eq!((report.missing(), report.foreign, report.repaired), (3, 1, 0));
    assert_eq!(report.gaps, [Gap { from: 101, to: 103, events: 3 }]);
    let report = look(true).await.unwrap();
    assert_eq!((report.missing(), report.repaired), (0, 3), "{report:?}");
    assert_eq!(report.stretches.iter().map(|stretch| stretch.out_of_order).sum::<u64>(), 3);
}
