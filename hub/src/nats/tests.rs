//! With a real server.

use crossdock_testkit::nats::Server;
use serde_json::json;

use super::setup::{Action, Needs, apply, plan};
use super::{Link, Names, NatsError, connect, ensure};
use crate::config::{Nats, Profile, load_text};

/// `[nats]` of a hub that uses this server.
pub(crate) fn config(server: &Server) -> Nats {
    config_at(&server.url())
}

pub(crate) fn config_at(url: &str) -> Nats {
    let text = format!("[nats]\nservers = [\"{url}\"]\n");
    load_text("test", &text, None).map(|loaded| loaded.config.nats).unwrap()
}

async fn link(nats: &Nats) -> Link {
    connect(nats, "test").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_is_made_once_and_refused_when_it_is_another() {
    let server = Server::start().unwrap();
    let nats = config(&server);
    let names = Names::new("default");
    let link = link(&nats).await;
    let mut made = ensure(&link, &names, &nats).await.unwrap();
    let created = made.info().await.unwrap().created;
    assert_eq!(made.cached_info().config.subjects, ["xd.v1.default.>", "xd.hub.default.>"]);
    assert!(made.cached_info().config.allow_atomic_publish);
    let again = ensure(&link, &names, &nats).await.unwrap();
    assert_eq!(again.cached_info().created, created);

    let mut other = again.cached_info().config.clone();
    other.max_age = std::time::Duration::from_secs(3600);
    other.allow_direct = false;
    other.placement = None;
    link.jetstream.update_stream(other).await.unwrap();
    let Err(NatsError::Refused(words)) = ensure(&link, &names, &nats).await else { panic!("taken") };
    assert!(words.contains("max_age: wanted 30d, have 1h"), "{words}");
    assert!(words.contains("allow_direct: wanted true, have false"), "{words}");
    assert!(words.contains("crossdock nats setup"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_copies_need_three_servers_and_subjects_belong_to_one_stream() {
    let server = Server::start().unwrap();
    let mut nats = config(&server);
    nats.profile = Profile::Standard;
    let names = Names::new("default");
    let link = link(&nats).await;
    let Err(NatsError::Refused(words)) = ensure(&link, &names, &nats).await else { panic!("taken") };
    assert!(words.contains("nats.profile wants 3 servers"), "{words}");
    nats.profile = Profile::Single;
    let thief = json!({"name": "MINE", "subjects": ["xd.v1.>"], "storage": "file", "retention": "limits"});
    super::api::ask(&link, "STREAM.CREATE.MINE", &thief).await.unwrap();
    let Err(NatsError::Refused(words)) = ensure(&link, &names, &nats).await else { panic!("taken") };
    assert!(words.contains("another stream has subjects of XD_DEFAULT"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn setup_makes_everything_once_changes_what_differs_and_refuses_what_it_cannot() {
    let server = Server::start().unwrap();
    let text = format!(
        "[nats]\nservers = [\"{}\"]\n[nats.consumer.erp]\nevents = [\"order.*\", \"refund.*\"]\n\
         [nats.consumer.crm]\nevents = [\"milestone.*\"]\nclasses = [\"n\"]\n",
        server.url()
    );
    let read = |text: &str| load_text("test", text, None).map(|loaded| loaded.config.nats).unwrap();
    let nats = read(&text);
    let names = Names::new("default");
    let link = link(&nats).await;
    let needs =
        Needs { names: &names, nats: &nats, queues: &["my-shop"], store: crate::config::Store::Jetstream };
    let steps = plan(&link, &needs).await.unwrap();
    let told: Vec<_> = steps.iter().map(|step| (step.kind.as_str(), step.name.as_str())).collect();
    assert_eq!(
        told,
        [
            ("stream", "XD_DEFAULT"),
            ("consumer", "crm"),
            ("consumer", "erp"),
            ("stream", "XD_DEFAULT_IN"),
            ("consumer", "my-shop"),
            ("bucket", "XD_DEFAULT_LEASES"),
            ("object store", "XD_DEFAULT_COPIES"),
        ]
    );
    assert!(steps.iter().all(|step| step.action == Action::Create));
    apply(&link, &steps, &nats).await.unwrap();
    let again = plan(&link, &needs).await.unwrap();
    let left: Vec<_> = again.iter().filter(|step| step.action != Action::Keep).collect();
    assert!(left.is_empty(), "{left:?}");
    // The hub takes what setup made, and changes nothing.
    super::consumers::open_inbound(&link, &names, "my-shop", super::consumers::INBOUND_WAIT).await.unwrap();
    ensure(&link, &names, &nats).await.unwrap();
    assert!(plan(&link, &needs).await.unwrap().iter().all(|step| step.action == Action::Keep));

    let other = read(
        &text
            .replace("\"refund.*\"", "\"return.*\"")
            .replace("\n[nats.consumer.erp]", "\nkeep_events = \"7d\"\n[nats.consumer.erp]"),
    );
    let needs = Needs { nats: &other, ..needs };
    let steps = plan(&link, &needs).await.unwrap();
    let changes: Vec<_> = steps
        .iter()
        .filter(|step| step.action == Action::Change)
        .flat_map(|step| &step.fields)
        .map(|field| format!("{}: {} → {}", field.field, field.have, field.wanted))
        .collect();
    assert_eq!(
        changes,
        [
            "max_age: 30d → 7d",
            "filter_subjects: xd.v1.default.order.>, xd.v1.default.refund.> → xd.v1.default.order.>, \
             xd.v1.default.return.>",
        ]
    );
    apply(&link, &steps, &other).await.unwrap();
    assert!(plan(&link, &needs).await.unwrap().iter().all(|step| step.action == Action::Keep));

    // A consumer that somebody made otherwise stays as it is, and nothing else is touched.
    link.jetstream.delete_consumer_from_stream("crm", "XD_DEFAULT").await.unwrap();
    let config = json!({"stream_name": "XD_DEFAULT", "action": "create", "config": {
        "name": "crm", "durable_name": "crm", "deliver_policy": "new", "ack_policy": "explicit"}});
    super::api::ask(&link, "CONSUMER.CREATE.XD_DEFAULT.crm", &config).await.unwrap();
    let steps = plan(&link, &needs).await.unwrap();
    assert_eq!(steps[1].action, Action::Refuse);
    let Err(NatsError::Refused(words)) = apply(&link, &steps, &other).await else { panic!("done") };
    assert!(words.contains("nothing was done"), "{words}");
}
