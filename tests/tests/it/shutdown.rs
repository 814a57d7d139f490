//! Asked to stop under load: in time, with exit code 0, and nothing acknowledged is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use crossdock_testkit::standin::Client;
use tokio::task::JoinSet;

use crate::calls::send;
use crate::orders::{self, order, signed};
use crate::site::{Site, basics, receiver, sink};

/// Sends orders until the hub is gone; gives those that were acknowledged.
async fn load(url: String, sender: usize, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut client = Client::new(&url, Duration::from_secs(10)).unwrap();
    let mut acknowledged = Vec::new();
    for at in 0.. {
        let number = format!("L-{sender}-{at}");
        let body = order(&number, 1);
        let headers = signed(&number, body.as_bytes());
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match client.post("/in/store", &headers, Bytes::from(body)).await {
            Ok(reply) if reply.status == 200 => acknowledged.push(number),
            _ if stop.load(Ordering::Relaxed) => break,
            // A connection may be closed between two requests; a client tries again.
            _ => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_is_orderly() {
    let (erp, dead) = (receiver().await, receiver().await);
    // A receiver that hangs up must not hold the stop up either.
    dead.server().set_down(true);
    let site = Site::new(&format!("{}{}", sink("erp", &erp.url(), "*"), sink("dead", &dead.url(), "*")));
    let mut acknowledged = Vec::new();
    for round in 0..3_usize {
        let hub = site.start();
        let stop = Arc::new(AtomicBool::new(false));
        let mut work = JoinSet::new();
        for sender in 0..8 {
            work.spawn(load(hub.webhook.clone(), round * 8 + sender, Arc::clone(&stop)));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let waiting = tokio::task::spawn_blocking(move || hub.terminate());
        let (status, took) = waiting.await.unwrap();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(status.code(), Some(0), "{}", site.log());
        assert!(took < Duration::from_secs(40), "the deadline is kept: {took:?}");
        acknowledged.extend(work.join_all().await.into_iter().flatten());
        // It went down with everything folded: nothing is left for the next start but the receiver that is down.
        let ledger = site.ledger();
        assert_eq!(ledger.sources[0].pending, 0, "{ledger:?}");
        assert!(!site.path("data/hub.json").exists(), "nobody is sent to a hub that is gone");
    }
    assert!(acknowledged.len() > 50, "hardly any load: {}", acknowledged.len());
    let known: Vec<String> = site
        .ask(&["export", "orders"])
        .iter()
        .map(|order| order["order_no"].as_str().unwrap().to_owned())
        .collect();
    for number in &acknowledged {
        assert!(known.contains(number), "{number} was acknowledged");
    }
    dead.server().set_down(false);
    let hub = site.start();
    let ledger = site.settled();
    assert!(hub.terminate().0.success());
    let log = site.ask(&["export", "events"]);
    for (id, receiver) in [("erp", erp), ("dead", dead)] {
        let line = ledger.sinks.iter().find(|line| line.sink == id).unwrap();
        let report = receiver.stop().await;
        assert_eq!((report.distinct, line.parked), (line.matched, 0), "{id}");
        orders::kept_in_order(&log, &report);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_never_answers_does_not_hold_a_stop_up() {
    let erp = receiver().await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let held = std::thread::spawn(move || silent.incoming().take(3).collect::<Vec<_>>());
    let config =
        |url: &str| format!("{}{}", basics().replace("\"40s\"", "\"8s\""), sink("erp", url, "order.paid"));
    let site = Site::new("");
    site.configure(&config(&url));
    let hub = site.start();
    for number in 0..3 {
        assert_eq!(send(&hub, &format!("m{number}"), &order(&format!("A-{number}"), 1)).await.status, 200);
    }
    // All three are on their way, and stay there.
    let held = held.join().unwrap();
    assert_eq!(held.len(), 3);
    let (status, took) = hub.terminate();
    assert_eq!(status.code(), Some(0), "{}", site.log());
    assert!(took < Duration::from_secs(8), "{took:?}");
    drop(held);
    // They are sent again, to whoever answers.
    site.configure(&config(&erp.url()));
    let hub = site.start();
    let ledger = site.settled();
    assert_eq!((ledger.sinks[0].delivered, ledger.sinks[0].parked), (3, 0));
    assert!(hub.terminate().0.success());
    assert_eq!(erp.stop().await.distinct, 3);
}
