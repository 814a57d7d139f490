//! What the files in deploy/nats allow, on real servers that have read exactly these files.
//!
//! A call without permission is not answered at all; what the server thinks of it comes as an event of the connection.
//! So a refusal is awaited there, and never taken from a time-out.

use std::time::Duration;

use async_nats::jetstream::{self, consumer};
use crossdock_testkit::nats::{Cluster, Server};
use crossdock_testkit::standin::Client;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::brokers::{MILESTONE, ORDER, User, options, provision, single};
use crate::orders::{order, signed};
use crate::site::{Site, basics};

/// Users that are neither the hub nor its administrator.
const OTHERS: [&str; 4] = ["erp", "crm", "wms", "feed"];

/// Messages and last sequence of the stream.
async fn state(admin: &User) -> (u64, u64) {
    let info = admin.done("$JS.API.STREAM.INFO.XD_DEFAULT", Value::Null).await;
    (info["state"]["messages"].as_u64().unwrap(), info["state"]["last_seq"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crm_gets_milestones_and_cannot_read_an_order() {
    let (_server, url) = single().await;
    let (admin, crm) = (User::connect("admin", &url).await, User::connect("crm", &url).await);
    // By listening.
    for subject in [ORDER, "xd.v1.default.order.>", "xd.>", ">", "$JS.API.>", "_INBOX.>"] {
        crm.may_not_hear(subject).await;
    }
    // By a consumer of its own, or another filter on the one it has.
    let config = json!({"durable_name": "mine", "ack_policy": "explicit"});
    let mine = json!({"stream_name": "XD_DEFAULT", "config": config});
    let config =
        json!({"durable_name": "crm", "ack_policy": "explicit", "filter_subjects": ["xd.v1.default.>"]});
    let wider = json!({"stream_name": "XD_DEFAULT", "config": config, "action": "update"});
    crm.refused("$JS.API.CONSUMER.CREATE.XD_DEFAULT.mine", mine.clone()).await;
    crm.refused("$JS.API.CONSUMER.DURABLE.CREATE.XD_DEFAULT.mine", mine.clone()).await;
    crm.refused("$JS.API.CONSUMER.CREATE.XD_DEFAULT", mine).await;
    crm.refused("$JS.API.CONSUMER.CREATE.XD_DEFAULT.crm", wider).await;
    // By the ERP's.
    for api in ["$JS.API", "$JS.xd.API"] {
        crm.refused(&format!("{api}.CONSUMER.MSG.NEXT.XD_DEFAULT.erp"), json!({"batch": 1})).await;
        crm.refused(&format!("{api}.CONSUMER.INFO.XD_DEFAULT.erp"), Value::Null).await;
    }
    crm.refused("$JS.ACK.XD_DEFAULT.erp.1.1.1.1.1", Value::Null).await;
    // By a look into the stream, a copy of it, or a new stream over it.
    crm.refused("$JS.API.DIRECT.GET.XD_DEFAULT", json!({"seq": 1})).await;
    crm.refused(&format!("$JS.API.DIRECT.GET.XD_DEFAULT.{ORDER}"), Value::Null).await;
    crm.refused("$JS.API.STREAM.MSG.GET.XD_DEFAULT", json!({"seq": 1})).await;
    crm.refused("$JS.API.STREAM.SNAPSHOT.XD_DEFAULT", json!({"deliver_subject": "_INBOX_crm.copy"})).await;
    crm.refused("$JS.API.STREAM.CREATE.COPY", json!({"name": "COPY", "sources": [{"name": "XD_DEFAULT"}]}))
        .await;
    crm.refused("$JS.API.STREAM.INFO.XD_DEFAULT", json!({"subjects_filter": ">"})).await;
    // By acknowledging for the ERP, also in words that look like an acknowledgement of its own.
    crm.refused("$JS.ACK.XD_DEFAULT.erp.XD_DEFAULT.crm.1.1.1", Value::Null).await;

    assert_eq!(crm.pulls("crm").await, [MILESTONE]);
    let consumers = admin.done("$JS.API.CONSUMER.NAMES.XD_DEFAULT", Value::Null).await;
    assert_eq!(consumers["consumers"], json!(["crm", "erp", "wms"]));
    let filters = admin.done("$JS.API.CONSUMER.INFO.XD_DEFAULT.crm", Value::Null).await;
    assert_eq!(filters["config"]["filter_subjects"], json!(["xd.v1.default.milestone.>"]), "{filters}");
    // Nobody has taken anything from the ERP.
    let erp = User::connect("erp", &url).await;
    assert_eq!(erp.pulls("erp").await, [ORDER]);
    assert_eq!(User::connect("wms", &url).await.pulls("wms").await, [ORDER]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_hub_publishes_an_event() {
    let (_server, url) = single().await;
    let admin = User::connect("admin", &url).await;
    let before = state(&admin).await;
    for name in ["admin", "erp", "crm", "wms", "feed"] {
        let user = User::connect(name, &url).await;
        for subject in [
            ORDER,
            MILESTONE,
            "xd.hub.default.state.x",
            "xd.v1.other.order.placed.a.b.n.p00",
            "$KV.XD_DEFAULT_LEASES.sink.erp",
            "$O.XD_DEFAULT_COPIES.M.copy",
        ] {
            user.refused(subject, json!({"order": "forged"})).await;
        }
        if name != "feed" {
            user.refused("xd.in.default.till", json!({"order": "forged"})).await;
        }
    }
    // Nor by proxy: who asks a question names the subject that is answered to. The answers of the servers, and the
    // messages of one's own consumer, must not become events, nor land in the inboxes of others.
    let hub = User::connect("hub", &url).await;
    let mut inbox = hub.client.subscribe("_INBOX_hub.>").await.unwrap();
    hub.client.flush().await.unwrap();
    for name in ["erp", "crm", "wms"] {
        let user = User::connect(name, &url).await;
        let (info, next) = (
            format!("$JS.xd.API.CONSUMER.INFO.XD_DEFAULT.{name}"),
            format!("$JS.xd.API.CONSUMER.MSG.NEXT.XD_DEFAULT.{name}"),
        );
        let pull = json!({"batch": 1, "expires": 1_000_000_000_u64});
        for reply in [ORDER, "_INBOX_hub.x", "$JS.API.STREAM.PURGE.XD_DEFAULT", "xd.in.default.till"] {
            for (subject, body) in [(&info, String::new()), (&next, pull.to_string())] {
                user.client.publish_with_reply(subject.clone(), reply, body.into()).await.unwrap();
            }
            let acknowledge = format!("$JS.ACK.XD_DEFAULT.{name}.1.1.1.1.1");
            user.client.publish_with_reply(acknowledge, reply, "".into()).await.unwrap();
        }
        // Later than all of these, and answered.
        user.done(&info, Value::Null).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(state(&admin).await, before);
    let inbound = admin.done("$JS.API.STREAM.INFO.XD_DEFAULT_IN", Value::Null).await;
    assert_eq!(inbound["state"]["messages"], 0);
    assert!(tokio::time::timeout(Duration::from_millis(20), inbox.next()).await.is_err());
    // What a source saw comes in by its own door.
    let feed = User::connect("feed", &url).await;
    assert_eq!(feed.done("xd.in.default.till", json!({"seen": 1})).await["stream"], "XD_DEFAULT_IN");
    assert_eq!(state(&admin).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_the_inbox_of_another() {
    let (_server, url) = single().await;
    let users = ["hub", "admin", "erp", "crm", "wms", "feed"];
    for name in users {
        let user = User::connect(name, &url).await;
        for other in users.iter().filter(|other| **other != name) {
            user.may_not_hear(&format!("_INBOX_{other}.>")).await;
        }
        user.may_not_hear("_INBOX.>").await;
        user.may_not_hear("*.>").await;
        user.may_not_hear("_INBOX_*.>").await;
        let mut own = user.client.subscribe(format!("_INBOX_{name}.own")).await.unwrap();
        user.client.flush().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(20), own.next()).await.is_err());
        assert!(!user.heard.lock().unwrap().iter().any(|heard| heard.contains(".own")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_administrator_changes_purges_or_deletes() {
    let (_server, url) = single().await;
    let admin = User::connect("admin", &url).await;
    let before = state(&admin).await;
    for name in ["hub"].iter().chain(&OTHERS) {
        let user = User::connect(name, &url).await;
        for stream in ["XD_DEFAULT", "XD_DEFAULT_IN"] {
            for verb in [
                "DELETE",
                "PURGE",
                "UPDATE",
                "CREATE",
                "MSG.DELETE",
                "RESTORE",
                "SNAPSHOT",
                "LEADER.STEPDOWN",
            ] {
                user.refused(&format!("$JS.API.STREAM.{verb}.{stream}"), Value::Null).await;
            }
        }
        for stream in ["KV_XD_DEFAULT_LEASES", "OBJ_XD_DEFAULT_COPIES"] {
            user.refused(&format!("$JS.API.STREAM.DELETE.{stream}"), Value::Null).await;
        }
        for consumer in ["erp", "crm", "wms"] {
            for verb in ["DELETE", "PAUSE", "RESET", "LEADER.STEPDOWN"] {
                user.refused(&format!("$JS.API.CONSUMER.{verb}.XD_DEFAULT.{consumer}"), Value::Null).await;
            }
        }
    }
    assert_eq!(state(&admin).await, before);
    // Erasure is somebody's task.
    admin.done("$JS.API.STREAM.MSG.DELETE.XD_DEFAULT", json!({"seq": 1})).await;
    assert_eq!(state(&admin).await.0, before.0 - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_can_do_its_work() {
    let (_server, url) = single().await;
    let hub = User::connect("hub", &url).await;
    let jetstream = jetstream::new(hub.client.clone());
    let stream = jetstream.get_stream("XD_DEFAULT").await.unwrap();
    // Batches, each subject with what it expects.
    for (at, commit) in [(1, false), (2, true)] {
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Nats-Batch-Id", "b1");
        headers.insert("Nats-Batch-Sequence", at.to_string().as_str());
        headers.insert("Nats-Expected-Last-Subject-Sequence", "0");
        if commit {
            headers.insert("Nats-Batch-Commit", "1");
        }
        let subject = format!("xd.hub.default.state.{at}");
        let answer = hub.client.request_with_headers(subject, headers, "state".into()).await.unwrap();
        assert_eq!(answer.payload.is_empty(), !commit, "{answer:?}");
    }
    assert_eq!(stream.get_raw_message(1).await.unwrap().subject.as_str(), ORDER);
    assert_eq!(stream.direct_get_last_for_subject(MILESTONE).await.unwrap().subject.as_str(), MILESTONE);
    // Reading it all in order, and consumers of its own.
    let config = consumer::pull::OrderedConfig::default();
    let mut all = stream.create_consumer(config).await.unwrap().messages().await.unwrap();
    for _ in 0..4 {
        all.next().await.unwrap().unwrap();
    }
    let config = consumer::pull::Config {
        durable_name: Some("sink-shop".into()),
        filter_subject: "xd.v1.default.order.>".into(),
        ..Default::default()
    };
    stream.create_consumer(config).await.unwrap();
    assert_eq!(hub.pulls("sink-shop").await, [ORDER]);
    // What others have put in front of its door.
    let feed = User::connect("feed", &url).await;
    feed.done("xd.in.default.till", json!({"seen": 1})).await;
    let inbound = jetstream.get_stream("XD_DEFAULT_IN").await.unwrap();
    let config = consumer::pull::Config { durable_name: Some("capture".into()), ..Default::default() };
    let consumer = inbound.create_consumer(config).await.unwrap();
    let mut seen = consumer.fetch().max_messages(10).messages().await.unwrap();
    seen.next().await.unwrap().unwrap().double_ack().await.unwrap();
    // Leases among several hubs, and copies of the log.
    let leases = jetstream.get_key_value("XD_DEFAULT_LEASES").await.unwrap();
    let mut changes = leases.watch_all().await.unwrap();
    let revision = leases.create("sink.erp", "hub-1".into()).await.unwrap();
    assert_eq!(changes.next().await.unwrap().unwrap().key, "sink.erp");
    let revision = leases.update("sink.erp", "hub-2".into(), revision).await.unwrap();
    assert_eq!(leases.get("sink.erp").await.unwrap().unwrap(), "hub-2");
    leases.delete_expect_revision("sink.erp", Some(revision)).await.unwrap();
    let copies = jetstream.get_object_store("XD_DEFAULT_COPIES").await.unwrap();
    for content in ["first", "second"] {
        copies.put("copy", &mut content.as_bytes()).await.unwrap();
    }
    let mut copy = String::new();
    copies.get("copy").await.unwrap().read_to_string(&mut copy).await.unwrap();
    assert_eq!(copy, "second");
    assert_eq!(copies.list().await.unwrap().next().await.unwrap().unwrap().name, "copy");
    copies.delete("copy").await.unwrap();
    assert!(hub.heard.lock().unwrap().is_empty(), "{:?}", hub.heard.lock().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_keep_three_copies_with_both_profiles() {
    for (profile, always) in [("standard.conf", false), ("strict.conf", true)] {
        let cluster = Cluster::start_with(|at| {
            let mut options = options("cluster.conf");
            options.config = options.config.replace("standard.conf", profile);
            options.env = vec![("XD_NATS_NAME".into(), format!("nats-{}", at + 1))];
            options.route_login = Some("route:secret".into());
            options
        })
        .unwrap();
        provision(&cluster.urls()[0], 3).await;
        // Somebody on another server, over its routes and accounts.
        let erp = User::connect("erp", &cluster.urls()[1]).await;
        assert_eq!(erp.pulls("erp").await, [ORDER]);
        let crm = User::connect("crm", &cluster.urls()[2]).await;
        assert_eq!(crm.pulls("crm").await, [MILESTONE]);
        crm.refused("$JS.xd.API.CONSUMER.MSG.NEXT.XD_DEFAULT.erp", json!({"batch": 1})).await;
        for node in 0..3 {
            let config = cluster.node(node).jsz().unwrap()["config"].clone();
            assert_eq!(config["sync_always"].as_bool().unwrap_or_default(), always, "{config}");
            assert!(always || config["sync_interval"] == 1_000_000_000, "{config}");
        }
    }
}

/// Two hubs over one server, as the user `hub` on what the administrator has set up: nothing they need is forbidden.
#[tokio::test(flavor = "multi_thread")]
async fn hubs_that_share_a_cluster_can_do_their_work() {
    let server = Server::start_with(options("single.conf")).unwrap();
    let text = |user: &str| {
        let own = basics().replace("[data]\n", "[data]\nbackbone = \"jetstream\"\n");
        let own = own.replace("tenant = \"test\"", "tenant = \"default\"");
        format!(
            "{own}[nats]\nservers = [\"{}\"]\nuser = \"{user}\"\npassword = {{ env = \"NATS_PASSWORD\" }}\n\
             inbox_prefix = \"_INBOX_{user}\"\ncopy_every = \"1s\"\n",
            server.url()
        )
    };
    let admin = Site::new("");
    admin.configure(&text("admin"));
    let mut setup = admin.command(None, &["nats", "setup"]);
    let set_up = setup.env("NATS_PASSWORD", "a password of admin").output().unwrap();
    assert!(set_up.status.success(), "{}", String::from_utf8_lossy(&set_up.stderr));

    let hubs = [Site::new(""), Site::new("")];
    let mut running = Vec::new();
    for hub in &hubs {
        hub.configure(&text("hub"));
        hub.remember("NATS_PASSWORD", "a password of hub");
        running.push(hub.start());
    }
    for (at, hub) in running.iter().enumerate() {
        let body = order(&format!("C-{at}"), 1);
        let headers = signed(&format!("C-{at}-1"), body.as_bytes());
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut client = Client::new(&hub.webhook, Duration::from_secs(10)).unwrap();
        assert_eq!(client.post("/in/store", &headers, body.into()).await.unwrap().status, 200);
    }
    for hub in &hubs {
        while hub.settled().sources.iter().map(|line| line.folded).sum::<u64>() < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    // Three duplicates of the copy: the oldest was thrown away.
    let admin = User::connect("admin", &server.url()).await;
    loop {
        let info = admin.done("$JS.API.STREAM.INFO.OBJ_XD_DEFAULT_COPIES", Value::Null).await;
        if info["state"]["last_seq"].as_u64().unwrap() >= 6 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for (hub, running) in hubs.iter().zip(running) {
        assert!(running.terminate().0.success());
        assert!(!hub.log().contains("ermissions"), "{}", hub.log());
    }
}
