//! With a real server, and a hub that is killed between capture and acknowledgement.

use std::path::Path;

use crossdock_testkit::nats::Server;
use futures_util::StreamExt;

use super::*;
use crate::backbone::embedded::Embedded;
use crate::backbone::{Answer, Question};
use crate::config::{Loaded, load_text};
use crate::hub::{Hub, fold_of};
use crate::ledger::Ledger;
use crate::nats::consumers::INBOUND_WAIT;
use crate::pipeline::Pipeline;

const SUBJECT: &str = "xd.in.default.my-shop";

fn loaded(server: &Server, dir: &Path) -> Loaded {
    let secret = dir.join("secret");
    let mut options = std::fs::File::options();
    options.create(true).truncate(true).write(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&secret).unwrap();
    std::io::Write::write_all(&mut file, b"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
    let text = format!(
        "[data]\ndir = \"{}\"\n[webhook]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"\"\n[nats]\nservers = [\"{}\"]\n\
         [[source]]\nid = \"my-shop\"\nuse = \"own-store\"\nqueue = true\n[source.settings]\nshop = \"my-shop\"\n\
         secrets = [{{ file = \"{}\" }}]\n",
        dir.join("data").display(),
        server.url(),
        secret.display()
    );
    let loaded = load_text("test", &text, None);
    loaded.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
}

fn order(number: &str) -> String {
    format!(
        r#"{{"kind":"order","partial":false,"order":{{"source":{{"platform":"own_store","shop":"my-shop","revision":"2026-11-20T08:00:00.000Z"}},
        "order_no":"{number}","display_no":"{number}","kind":"sale","status":{{"lifecycle":"placed","payment":"paid","fulfillment":"unfulfilled"}},
        "placed_at":"2026-11-20T08:00:00Z","currency":"EUR","prices_include_tax":true,
        "lines":[{{"line_ref":"1","kind":"product","sku":"A","title":"A","quantity":"1","unit":"C62","unit_price":"9.00","line_total":"9.00"}}],
        "totals":{{"goods":"9.00","payable":"9.00","paid":"9.00"}}}}}}"#
    )
}

async fn publish(link: &Link, topic: Option<&str>, body: &str) {
    let mut headers = async_nats::HeaderMap::new();
    if let Some(topic) = topic {
        headers.insert("xd-topic", topic);
    }
    headers.insert("X-Shop-Event", "paid");
    headers.insert("Authorization", "Bearer secret");
    let asked = link.jetstream.publish_with_headers(SUBJECT, headers, body.to_owned().into()).await;
    asked.unwrap().await.unwrap();
}

async fn until<F: Future<Output = bool>>(what: &str, good: impl Fn() -> F) {
    for _ in 0..400 {
        if good().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_becomes_an_event_for_subscribers() {
    let server = Server::start().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(loaded(&server, dir.path())).await.unwrap();
    let loaded = loaded(&server, dir.path());
    let link = connect(&loaded.config.nats, "test").await.unwrap();
    let made = || async { link.jetstream.get_stream("XD_DEFAULT_IN").await.is_ok() };
    until("a stream to publish to", made).await;
    publish(&link, None, &order("1001")).await;
    publish(&link, Some("message"), "{ broken").await;
    // A source that does not take anything has no stream.
    let asked = link.jetstream.publish("xd.in.default.other", "{}".into()).await.unwrap();
    assert!(asked.await.is_err());
    let folded = || async {
        let Ok(Answer::Ledger(counts)) = hub.backbone.ask(Question::Ledger).await else { return false };
        let ledger = Ledger::of(&counts);
        ledger.sources.iter().any(|line| line.folded == 1 && line.quarantined == 1 && line.pending == 0)
    };
    until("folded", folded).await;
    let stored = hub.backbone.captures(vec![1]).await.unwrap();
    let capture = &stored[0].capture;
    assert_eq!(capture.headers.get("x-shop-event"), Some("paid"));
    assert_eq!(capture.headers.get("authorization"), None);
    assert!(capture.origin.as_deref().is_some_and(|origin| origin.starts_with("XD_DEFAULT_IN:")));
    // What was captured leaves the stream, and its event is in the other one.
    let empty = || async {
        let stream = link.jetstream.get_stream("XD_DEFAULT_IN").await.unwrap();
        let events = link.jetstream.get_stream("XD_DEFAULT").await;
        stream.cached_info().state.messages == 0
            && events.is_ok_and(|events| events.cached_info().state.messages > 0)
    };
    until("acknowledged and published", empty).await;
    assert_eq!(hub.backbone.events(0, 10).await.unwrap()[0].number.as_ref(), "1001");
    hub.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_capture_and_acknowledgement_folds_once() {
    let server = Server::start().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let loaded = loaded(&server, dir.path());
    let backbone: Arc<dyn Backbone> = Arc::new(Embedded::open(&dir.path().join("store"), "default").unwrap());
    let queues = Queues {
        nats: loaded.config.nats.clone(),
        names: Names::new("default"),
        sources: vec![QueueSource { id: "my-shop".into(), topic: "message" }],
        ack_wait: Duration::from_secs(1),
        backbone: Arc::clone(&backbone),
        metrics: Arc::default(),
    };
    assert!(INBOUND_WAIT > queues.ack_wait);
    let link = connect(&queues.nats, "test").await.unwrap();
    ensure_stream(&link, &inbound_stream(&queues.names, &queues.nats, &["my-shop"])).await.unwrap();
    for number in ["1", "2", "3"] {
        publish(&link, None, &order(number)).await;
    }
    // A hub captures them and dies.
    let consumer = consumers::open_inbound(&link, &queues.names, "my-shop", queues.ack_wait).await.unwrap();
    let mut batch = consumer.batch().max_messages(3).messages().await.unwrap();
    let mut got = Vec::new();
    while let Some(message) = batch.next().await {
        got.push(message.unwrap());
    }
    keep(&queues, &queues.sources[0], &got).await;
    drop((batch, got));
    // The next one gets them again.
    let (stop, stops) = watch::channel(false);
    let task = tokio::spawn(run(queues, stops));
    let again = || async { *backbone.heads().captures.borrow() == 6 };
    until("captured again", again).await;
    let acknowledged = || async {
        let stream = link.jetstream.get_stream("XD_DEFAULT_IN").await.unwrap();
        stream.cached_info().state.messages == 0
    };
    until("acknowledged", acknowledged).await;
    stop.send_replace(true);
    task.await.unwrap();
    let (mut pipeline, _handle) =
        Pipeline::new(Arc::clone(&backbone), fold_of(&loaded), watch::channel(false).1);
    pipeline.drain().await.unwrap();
    let Answer::Ledger(counts) = backbone.ask(Question::Ledger).await.unwrap() else { panic!() };
    let ledger = Ledger::of(&counts);
    let line = &ledger.sources[0];
    assert_eq!((line.captured, line.folded, line.duplicate), (6, 3, 3));
    assert!(ledger.balanced);
}
