//! With a real server.

use crossdock_testkit::nats::Server;
use serde_json::json;

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
