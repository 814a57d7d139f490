//! People mend what went wrong: nothing is lost on the way.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crossdock_testkit::standin::shopify;

use crate::calls::{post, send};
use crate::orders::{order, secret, signed};
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
    let listed = site.ask(&["quarantine", "list"]);
    assert_eq!(listed.len(), 3);
    let narrowed = |more: &[&str]| site.ask(&[&["quarantine", "list"], more].concat()).len();
    let words = listed[0]["detail"].as_str().unwrap();
    assert_eq!(
        [narrowed(&["--source", "branch"]), narrowed(&["--newer", "1h"]), narrowed(&["--words", words])],
        [3; 3]
    );
    assert_eq!(narrowed(&["--number", "B-2"]), 1, "the number stands in one of the bodies");
    for none in [["--source", "store"], ["--older", "1h"], ["--topic", "else"], ["--number", "A-1"]] {
        assert_eq!(narrowed(&none), 0, "{none:?}");
    }
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
async fn people_say_which_ones_and_are_told_the_command() {
    let erp = receiver().await;
    let site = Site::new(&sink("erp", &refuser(), "order.*"));
    let hub = site.start();
    for number in 1..=4 {
        assert_eq!(send(&hub, &format!("m{number}"), &order(&format!("A-{number}"), 1)).await.status, 200);
    }
    site.settled();
    let parked = |more: &[&str]| site.ask(&[&["parked", "list", "--json"], more].concat());
    let all = parked(&[]);
    assert!(all.len() >= 8, "placed and paid: {}", all.len());
    let numbers = |rows: &[serde_json::Value]| -> std::collections::BTreeSet<String> {
        rows.iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
    };
    let paid = parked(&["--type", "order.paid"]);
    assert_eq!((paid.len(), numbers(&paid).len()), (4, 4));
    assert!(paid.iter().all(|row| row["event_type"] == "order.paid"));
    assert_eq!(numbers(&parked(&["--number", "A-2"])), ["A-2".to_owned()].into());
    for same in [
        &["--sink", "erp"][..],
        &["--reason", "rejected"],
        &["--newer", "1h"],
        &["--words", "no such hook"],
        &["--limit", "1000"],
    ] {
        assert_eq!(parked(same).len(), all.len(), "{same:?}");
    }
    for none in [&["--sink", "crm"][..], &["--reason", "gave_up"], &["--older", "1h"], &["--words", "busy"]] {
        assert!(parked(none).is_empty(), "{none:?}");
    }
    assert_eq!(parked(&["--limit", "3"]).len(), 3);
    // A dry run names them, and leaves them where they are.
    let dry = site.call(&["parked", "retry", "--type", "order.paid", "--dry-run", "--json"]);
    assert!(String::from_utf8_lossy(&dry.stderr).contains("4 events would be handed off again"));
    assert_eq!(parked(&[]).len(), all.len());
    assert_eq!(site.call(&["parked", "retry", "--all", "--event", "1"]).status.code(), Some(2));
    // A line says it all, and its command does what it says.
    let text = site.call(&["parked", "list", "--number", "A-1", "--type", "order.paid", "--text"]);
    let text = String::from_utf8(text.stdout).unwrap();
    let command =
        parked(&["--number", "A-1", "--type", "order.paid"])[0]["retry"].as_str().unwrap().to_owned();
    assert_eq!(text.lines().count(), 1, "{text}");
    for part in ["erp refused order.paid of own_store/main A-1", "no such hook!", &command] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(hub.terminate().0.success());
    site.configure(&format!("{}{}", basics(), sink("erp", &erp.url(), "order.*")));
    let hub = site.start();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(site.ask(&words)[0]["retried"], 1);
    site.settled();
    assert_eq!(parked(&[]).len(), all.len() - 1);
    assert_eq!(site.ask(&["parked", "drop", "--number", "A-2", "--yes"])[0]["dropped"], 2);

    // Whoever looks at the orders later sees that people stepped in.
    let told = |number: &str| site.ask(&["order", "store", number, "--json"]).remove(0)["timeline"].clone();
    let of = |timeline: &serde_json::Value, kind: &str| {
        let events = timeline.as_array().unwrap();
        events.iter().find(|entry| entry["type"] == kind).unwrap()["sinks"][0].clone()
    };
    let outcomes = |sink: &serde_json::Value| -> Vec<String> {
        let attempts = sink["attempts"].as_array().unwrap();
        attempts.iter().map(|attempt| attempt["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let retried = of(&told("A-1"), "order.paid");
    assert_eq!(
        (&retried["state"], outcomes(&retried)),
        (&"delivered".into(), vec!["rejected".into(), "retried".into()])
    );
    let dropped = of(&told("A-2"), "order.paid");
    assert_eq!(
        (&dropped["state"], outcomes(&dropped)),
        (&"dropped".into(), vec!["rejected".into(), "dropped".into()])
    );
    let text = site.call(&["order", "store", "A-2", "--text"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("1 line,") && text.contains("dropped, as people said"), "{text}");
    assert!(hub.terminate().0.success());
    assert_eq!(erp.stop().await.distinct, 1);
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

#[tokio::test(flavor = "multi_thread")]
async fn what_only_people_can_answer_waits_until_they_did() {
    let site = Site::new(
        "[[source]]\nid = \"shopify\"\nuse = \"shopify\"\n[source.settings]\nshop = \"demo.myshopify.com\"\n\
         secret = { env = \"STORE_SECRET\" }\n",
    );
    let hub = site.start();
    let body = br#"{"shop_id":7,"shop_domain":"demo.myshopify.com","customer":{"id":191167},"orders_to_redact":[299938]}"#;
    let signature = shopify::signature(secret().as_bytes(), body);
    let headers = [
        ("x-shopify-topic", "customers/redact"),
        ("x-shopify-shop-domain", "demo.myshopify.com"),
        ("x-shopify-hmac-sha256", &signature),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(post(&hub, "/in/shopify", &headers, body).await.status, 200);
    let ledger = site.settled();
    let line = ledger.sources.iter().find(|line| line.source == "shopify").unwrap();
    let kept = line.quarantined_by_reason.get("for_people");
    assert_eq!((line.captured, line.quarantined, kept), (1, 1, Some(&1)), "{line:?}");
    let waiting = || site.ask(&["quarantine", "list", "--reason", "for_people"]);
    let [listed] = <[_; 1]>::try_from(waiting()).unwrap();
    assert!(listed["detail"].as_str().unwrap().contains("orders named: 1"), "{listed}");
    let capture = listed["capture"].to_string();
    let shown = site.call(&["quarantine", "show", &capture, "--raw"]);
    assert_eq!(shown.stdout, body, "whom it is about stands in the body");
    // Reading it once more answers nothing, and neither does a start.
    assert_eq!(site.call(&["quarantine", "retry", "--all"]).status.code(), Some(3));
    assert!(hub.terminate().0.success());
    let hub = site.start();
    assert_eq!(waiting().len(), 1);
    assert!(site.call(&["quarantine", "drop", &capture, "--yes"]).status.success());
    assert!(waiting().is_empty());
    let ledger = site.settled();
    let line = ledger.sources.iter().find(|line| line.source == "shopify").unwrap();
    assert_eq!((line.captured, line.quarantined, line.ignored), (1, 0, 1), "{line:?}");
    assert!(hub.terminate().0.success());
}
