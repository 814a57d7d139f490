//! Hubs over a cluster that is not there yet: they wait for it and say so. Commands do not wait, and neither does a hub
//! whose trouble waiting cannot mend.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crossdock_testkit::nats::{Options, Server};

use crate::calls::send;
use crate::orders::order;
use crate::site::{PATIENCE, Site, basics, receiver, sink};

const WAITS: &str = "the cluster is away";
/// What does not wait for servers ends within this, also on a machine that does much else.
const SOON: Duration = Duration::from_secs(30);

/// A hub's folder whose store is the cluster at this address.
fn site(url: &str, more: &str) -> Site {
    let site = Site::new("");
    let own = basics().replace("[data]\n", "[data]\nbackbone = \"jetstream\"\n");
    site.configure(&format!("{own}[nats]\nservers = [\"{url}\"]\n{more}"));
    site
}

/// A server that is not there, but will be.
async fn absent() -> Server {
    tokio::task::spawn_blocking(|| {
        let mut server = Server::start().unwrap();
        server.kill9().unwrap();
        server
    })
    .await
    .unwrap()
}

/// Waits until a hub says that it waits.
async fn until_it_waits(site: &Site) {
    let deadline = Instant::now() + PATIENCE;
    while !site.log().contains(WAITS) {
        assert!(Instant::now() < deadline, "it does not wait:\n{}", site.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_waits_for_servers_that_come_later_and_commands_do_not() {
    let mut server = absent().await;
    let erp = receiver().await;
    let site = site(&server.url(), &sink("erp", &erp.url(), "order.placed"));
    assert!(site.call(&["check"]).status.success());
    let began = Instant::now();
    let setup = site.call(&["nats", "setup", "--dry-run"]);
    let words = String::from_utf8_lossy(&setup.stderr).into_owned();
    assert_eq!(setup.status.code(), Some(1), "{words}");
    assert!(words.contains("cannot connect to NATS") && began.elapsed() < SOON, "{words}");

    let mut hub = site.spawn(None);
    until_it_waits(&site).await;
    // Long enough for several tries more.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(hub.is_alive(), "{}", site.log());
    assert_eq!(site.log().matches(WAITS).count(), 1, "once a minute is enough:\n{}", site.log());
    let top = site.call(&["top", "--once"]);
    assert!(String::from_utf8_lossy(&top.stderr).contains("has not started yet"));

    let server =
        tokio::task::spawn_blocking(move || server.restart().map(|()| server)).await.unwrap().unwrap();
    assert!(hub.hear(), "it did not start:\n{}", site.log());
    for number in 1..=3 {
        assert_eq!(send(&hub, &format!("l{number}"), &order(&format!("L-{number}"), 1)).await.status, 200);
    }
    let (ledger, site) = tokio::task::spawn_blocking(move || (site.settled(), site)).await.unwrap();
    assert_eq!((ledger.sources[0].folded, ledger.sinks[0].delivered), (3, 3), "{}", site.log());
    assert_eq!(erp.stop().await.distinct, 3);
    assert!(hub.terminate().0.success());
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_can_be_stopped_and_can_be_told_how_long() {
    let server = absent().await;
    let patient = site(&server.url(), "");
    let hub = patient.spawn(None);
    until_it_waits(&patient).await;
    let (status, took) = hub.terminate();
    assert!(status.success() && took < SOON, "{status} after {took:?}\n{}", patient.log());

    let site = site(&server.url(), "wait_at_start = \"1s\"\n");
    let began = Instant::now();
    let ended = site.command(None, &["run"]).stdout(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{words}");
    assert!(words.contains(WAITS) && words.contains("nats.wait_at_start"), "{words}");
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waiting_cannot_mend_ends_at_once() {
    let locked = Options::config("authorization { user: hub, password: \"another one\" }\n");
    let server = tokio::task::spawn_blocking(|| Server::start_with(locked).unwrap()).await.unwrap();
    let site = site(&server.url(), "user = \"hub\"\npassword = { env = \"STORE_SECRET\" }\n");
    let began = Instant::now();
    let ended = site.call(&["run"]);
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{words}");
    assert!(words.contains("check nats.user") && !words.contains(WAITS), "{words}");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}
