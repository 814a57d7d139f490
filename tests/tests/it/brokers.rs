//! Real nats-servers that have read exactly the files in deploy/nats, and those who talk to them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, consumer};
use async_nats::{Client, ConnectOptions, Event};
use crossdock_testkit::nats::{Options, Server};
use futures_util::StreamExt;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
/// Events that the hub has published.
pub(crate) const ORDER: &str = "xd.v1.default.order.placed.shopify.main.n.p00";
pub(crate) const MILESTONE: &str = "xd.v1.default.milestone.delivered.sf.main.n.p01";

/// A file of deploy/nats.
pub(crate) fn file(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/nats/");
    std::fs::read_to_string(format!("{path}{name}")).unwrap()
}

/// A server's configuration: the file as it stands, those it includes, and passwords of our own.
pub(crate) fn options(main: &str) -> Options {
    let passwords = file("passwords.example.conf").replace("change-me-", "a password of ");
    let routes = file("routes.example.conf").replace("change-me-route", "secret");
    Options {
        config: file(main),
        files: vec![
            ("standard.conf".into(), file("standard.conf")),
            ("strict.conf".into(), file("strict.conf")),
            ("accounts.conf".into(), file("accounts.conf")),
            ("passwords.conf".into(), passwords),
            ("routes.conf".into(), routes),
        ],
        ..Options::default()
    }
}

/// Somebody who is connected, and what the server told them.
pub(crate) struct User {
    pub(crate) client: Client,
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

impl User {
    pub(crate) async fn connect(name: &str, url: &str) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&heard);
        let client = ConnectOptions::with_user_and_password(name.into(), format!("a password of {name}"))
            .custom_inbox_prefix(format!("_INBOX_{name}"))
            // On a busy machine three servers take their time to agree about a stream.
            .request_timeout(Some(Duration::from_secs(60)))
            .event_callback(move |event| {
                if let Event::ServerError(error) = event {
                    hears.lock().unwrap().push(error.to_string());
                }
                std::future::ready(())
            })
            .connect(url)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { client, heard }
    }

    /// Asks, and must be answered.
    pub(crate) async fn ask(&self, subject: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.client.request(subject.to_owned(), body.into()).await;
        let answer =
            answer.unwrap_or_else(|error| panic!("{subject}: {error} {:?}", self.heard.lock().unwrap()));
        serde_json::from_slice(&answer.payload).unwrap_or_else(|_| panic!("{subject}: {answer:?}"))
    }

    /// Asks, and must get what was asked for.
    pub(crate) async fn done(&self, subject: &str, body: Value) -> Value {
        let answer = self.ask(subject, body).await;
        assert!(answer.get("error").is_none(), "{subject}: {answer}");
        answer
    }

    /// Publishes or asks, and must be refused; nothing may come back.
    pub(crate) async fn refused(&self, subject: &str, body: Value) {
        let inbox = self.client.new_inbox();
        let mut answers = self.client.subscribe(inbox.clone()).await.unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.client.publish_with_reply(subject.to_owned(), inbox, body.into()).await.unwrap();
        self.hears(&format!("publish to \"{subject}\"")).await;
        let answer = tokio::time::timeout(Duration::from_millis(20), answers.next()).await;
        assert!(answer.is_err(), "{subject}: {answer:?}");
    }

    /// Subscribes, and must be refused.
    pub(crate) async fn may_not_hear(&self, subject: &str) {
        drop(self.client.subscribe(subject.to_owned()).await.unwrap());
        self.hears(&format!("subscription to \"{subject}\"")).await;
    }

    pub(crate) async fn hears(&self, words: &str) {
        let begun = Instant::now();
        let words = words.to_lowercase();
        self.client.flush().await.unwrap();
        while !self.heard.lock().unwrap().iter().any(|heard| heard.to_lowercase().contains(&words)) {
            assert!(begun.elapsed() < PATIENCE, "nobody refuses: {words}: {:?}", self.heard.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Pulls what there is from a consumer of one's own and acknowledges it; gives the subjects.
    pub(crate) async fn pulls(&self, name: &str) -> Vec<String> {
        let jetstream = match name {
            "erp" | "crm" | "wms" => jetstream::with_domain(self.client.clone(), "xd"),
            _ => jetstream::new(self.client.clone()),
        };
        let consumer: consumer::PullConsumer =
            jetstream.get_consumer_from_stream(name, "XD_DEFAULT").await.unwrap();
        let mut messages =
            consumer.batch().max_messages(100).expires(Duration::from_secs(2)).messages().await.unwrap();
        let mut subjects = Vec::new();
        while let Some(message) = messages.next().await {
            let message = message.unwrap();
            message.double_ack().await.unwrap();
            subjects.push(message.subject.to_string());
        }
        subjects
    }
}

/// What `crossdock nats setup` makes.
pub(crate) async fn set_up(url: &str, replicas: u8) {
    let admin = User::connect("admin", url).await;
    for (name, subjects) in [
        ("XD_DEFAULT", json!(["xd.v1.default.>", "xd.hub.default.>"])),
        ("XD_DEFAULT_IN", json!(["xd.in.default.till"])),
    ] {
        let stream = json!({"name": name, "subjects": subjects, "retention": "limits", "storage": "file",
            "num_replicas": replicas, "discard": "new", "allow_direct": true, "allow_atomic": true});
        admin.done(&format!("$JS.API.STREAM.CREATE.{name}"), stream).await;
    }
    let jetstream = jetstream::new(admin.client.clone());
    let (bucket, num_replicas) = ("XD_DEFAULT_LEASES".to_owned(), usize::from(replicas));
    let leases = jetstream::kv::Config { bucket, num_replicas, ..Default::default() };
    jetstream.create_key_value(leases).await.unwrap();
    let bucket = "XD_DEFAULT_COPIES".to_owned();
    let copies = jetstream::object_store::Config { bucket, num_replicas, ..Default::default() };
    jetstream.create_object_store(copies).await.unwrap();
    for (name, entity) in [("erp", "order"), ("crm", "milestone"), ("wms", "order")] {
        let filter = format!("xd.v1.default.{entity}.>");
        let config = json!({"durable_name": name, "ack_policy": "explicit", "filter_subjects": [filter]});
        let request = json!({"stream_name": "XD_DEFAULT", "config": config, "action": "create"});
        admin.done(&format!("$JS.API.CONSUMER.CREATE.XD_DEFAULT.{name}"), request).await;
    }
}

/// The same, and an order and a milestone in it.
pub(crate) async fn provision(url: &str, replicas: u8) {
    set_up(url, replicas).await;
    let hub = User::connect("hub", url).await;
    hub.done(ORDER, json!({"order": "1001"})).await;
    hub.done(MILESTONE, json!({"parcel": "p"})).await;
}

/// One server with all of that.
pub(crate) async fn single() -> (Server, String) {
    let server = Server::start_with(options("single.conf")).unwrap();
    let url = server.url();
    provision(&url, 1).await;
    (server, url)
}
