//! People mend what went wrong: nothing is lost on the way.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::calls::{post, send};
use crate::orders::{order, signed};
use crate::site::{PATIENCE, Site, basics, receiver, sink};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_wrong_setting_put_into_quarantine_is_folded_once_it_is_right() {
    let erp = receiver().await;
    let site = Site::new("");
    let wrong = |shop: &str| {
        let source = "[[source]]\nid = \"branch\"\nuse = \"own-store\"\n[source.settings]\n";
        format!(
            "{}{}{source}shop = \"{shop}\"\nsecrets = [{{ env = \"STORE_SECRET\" }}]\n",
            basics(),
            sink("erp", &erp.url(), "order.paid"),
        )
    };
    site.configure(&wrong("wrong"));
    let hub = site.start();
    for number in 1..=3 {
        let body = order(&format!("B-{number}"), 1).replacen(
            "\"order_no\"",
            "\"source\":{\"platform\":\"own_store\",\"shop\":\"right\"},\"order_no\"",
            1,
        );
        let reply =
            post(&hub, "/in/branch", &signed(&format!("m{number}"), body.as_bytes()), body.as_bytes()).await;
        assert_eq!(reply.status, 200);
    }
    assert_eq!(send(&hub, "m4", &order("A-1", 1)).await.status, 200);
    let ledger = site.settled();
    let branch = ledger.sources.iter().find(|line| line.source == "branch").unwrap();
    assert_eq!((branch.quarantined, branch.folded), (3, 0));
    assert_eq!(erp.distinct(), 1, "the other source went on");
    // Trying again without mending anything keeps them where they are.
    assert_eq!(site.call(&["quarantine", "retry", "--all"]).status.code(), Some(3));
    assert_eq!(site.ask(&["quarantine", "list"]).len(), 3);
    assert!(hub.terminate().0.success());

    site.configure(&wrong("right"));
    let hub = site.start();
    site.ask(&["quarantine", "retry", "--all"]);
    let ledger = site.settled();
    let branch = ledger.sources.iter().find(|line| line.source == "branch").unwrap();
    assert_eq!((branch.captured, branch.quarantined, branch.folded), (3, 0, 3));
    assert_eq!(erp.distinct(), 4);
    assert!(site.ask(&["quarantine", "list"]).is_empty());
    assert!(hub.terminate().0.success());
    let report = erp.stop().await;
    assert_eq!((report.distinct, report.duplicates), (4, 0));
}

/// A receiver that refuses everything for good, in its own words.
pub(crate) fn refuser() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut asked = Vec::new();
            let mut piece = [0; 4096];
            // The body of an event ends with its only closing brace at the end of what is sent.
            while !asked.ends_with(b"}") {
                match stream.read(&mut piece) {
                    Ok(count) if count > 0 => asked.extend_from_slice(&piece[..count]),
                    _ => break,
                }
            }
            let answer =
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 13\r\nconnection: close\r\n\r\nno such hook!";
            drop(stream.write_all(answer));
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_receiver_refused_is_parked_and_handed_off_when_people_say_so() {
    let erp = receiver().await;
    let site = Site::new(&sink("erp", &refuser(), "order.paid"));
    let hub = site.start();
    for number in 1..=3 {
        assert_eq!(send(&hub, &format!("m{number}"), &order(&format!("A-{number}"), 1)).await.status, 200);
    }
    let ledger = site.settled();
    assert_eq!((ledger.sinks[0].parked, ledger.sinks[0].delivered), (3, 0));
    let parked = site.ask(&["parked", "list", "--json"]);
    assert_eq!(parked.len(), 3);
    assert!(parked[0]["detail"].as_str().unwrap().contains("no such hook!"), "{}", parked[0]);
    assert!(hub.terminate().0.success());

    site.configure(&format!("{}{}", basics(), sink("erp", &erp.url(), "order.paid")));
    let hub = site.start();
    site.ask(&["parked", "retry", "--all"]);
    let ledger = site.settled();
    assert_eq!((ledger.sinks[0].parked, ledger.sinks[0].delivered), (0, 3));
    assert!(hub.terminate().0.success());
    assert_eq!(erp.stop().await.distinct, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_down_delays_no_other_and_gets_everything_later() {
    let (erp, crm) = (receiver().await, receiver().await);
    let site = Site::new(&format!(
        "{}{}",
        sink("erp", &erp.url(), "order.paid"),
        sink("crm", &crm.url(), "order.paid")
    ));
    erp.server().set_down(true);
    let hub = site.start();
    for number in 1..=20 {
        assert_eq!(send(&hub, &format!("m{number}"), &order(&format!("A-{number}"), 1)).await.status, 200);
    }
    let deadline = Instant::now() + PATIENCE;
    while crm.distinct() < 20 {
        assert!(Instant::now() < deadline, "{}", site.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ledger = site.ledger();
    let line = ledger.sinks.iter().find(|line| line.sink == "erp").unwrap();
    assert_eq!((line.pending, line.parked, line.delivered), (20, 0, 0));
    erp.server().set_down(false);
    site.settled();
    assert!(hub.terminate().0.success());
    for report in [erp.stop().await, crm.stop().await] {
        assert_eq!(report.distinct, 20);
    }
}
