//! People have events handed off again, and see beforehand which ones.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::calls::send;
use crate::orders::order;
use crate::site::{PATIENCE, Running, Site, receiver, sink};

/// Five orders, of which the second has three revisions.
async fn five(hub: &Running) {
    for number in 1..=5 {
        assert_eq!(send(hub, &format!("m{number}"), &order(&format!("A-{number}"), 1)).await.status, 200);
    }
    for revision in 2..=3 {
        assert_eq!(send(hub, &format!("r{revision}"), &order("A-2", revision)).await.status, 200);
    }
}

fn one(site: &Site, arguments: &[&str]) -> Value {
    let mut said = site.ask(arguments);
    assert_eq!(said.len(), 1, "{said:?}");
    said.remove(0)
}

/// Waits until no replay is under way.
fn ended(site: &Site) {
    let deadline = Instant::now() + PATIENCE;
    while !site.ask(&["replay", "--list"]).is_empty() {
        assert!(Instant::now() < deadline, "{}", site.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    site.settled();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sink_had_is_handed_off_again_as_a_replay() {
    let erp = receiver().await;
    let site = Site::new(&sink("erp", &erp.url(), "order.placed"));
    let hub = site.start();
    five(&hub).await;
    site.settled();
    assert_eq!((erp.distinct(), erp.report().duplicates), (5, 0));

    // Which ones has to be said, and for whom.
    assert_eq!(site.call(&["replay", "--sink", "erp"]).status.code(), Some(2));
    assert_eq!(site.call(&["replay", "--all"]).status.code(), Some(2));
    let unknown = site.call(&["replay", "--sink", "erb", "--all"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no sink `erb`: erp"));

    let dry = one(&site, &["replay", "--sink", "erp", "--all", "--dry-run"]);
    assert_eq!((&dry["matched"], &dry["replay"]), (&5.into(), &Value::Null));
    assert!(site.ask(&["replay", "--list"]).is_empty(), "a dry run begins nothing");
    let none = one(&site, &["replay", "--sink", "erp", "--events", "order.cancelled"]);
    assert_eq!((&none["matched"], &none["replay"]), (&0.into(), &Value::Null), "nothing to begin");
    let early = one(&site, &["replay", "--sink", "erp", "--to", "2026-01-01", "--dry-run"]);
    assert_eq!(early["matched"], 0);
    let where_ = ["replay", "--sink", "erp", "--where", "order.order_no=A-3", "--dry-run"];
    assert_eq!(one(&site, &where_)["matched"], 1);

    let begun = one(&site, &["replay", "--sink", "erp", "--key", "A-1", "--key", "A-2"]);
    assert_eq!(begun["matched"], 2);
    ended(&site);
    assert!(hub.terminate().0.success());
    let report = erp.stop().await;
    assert_eq!((report.distinct, report.duplicates), (5, 2), "the same two, under their own ids");
    let told = one(&site, &["order", "store", "A-1", "--json"]);
    let sinks = &told["timeline"][1]["sinks"][0];
    assert_eq!(sinks["state"], "delivered");
    let attempt = &sinks["attempts"][0];
    assert_eq!(
        (&attempt["outcome"], &attempt["detail"]),
        (&"delivered".into(), &"replay 1".into()),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_keeps_its_pace_and_ends_when_people_say_so() {
    let erp = receiver().await;
    let site = Site::new(&sink("erp", &erp.url(), "order.placed"));
    let hub = site.start();
    five(&hub).await;
    site.settled();
    assert!(hub.terminate().0.success());

    // Without a hub it is noted.
    let noted = one(&site, &["replay", "--sink", "erp", "--all", "--per-second", "1"]);
    assert_eq!((&noted["replay"], &noted["matched"]), (&1.into(), &5.into()));
    let listed = one(&site, &["replay", "--list"]);
    assert_eq!((&listed["id"], &listed["sink"], &listed["looked_at"]), (&1.into(), &"erp".into(), &0.into()));
    let hub = site.start();
    let deadline = Instant::now() + PATIENCE;
    while erp.report().duplicates == 0 {
        assert!(Instant::now() < deadline, "{}", site.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(one(&site, &["replay", "--stop", "1"])["stopped"], 1);
    assert_eq!(site.call(&["replay", "--stop", "1"]).status.code(), Some(1), "it is gone");
    assert!(site.ask(&["replay", "--list"]).is_empty());
    site.settled();
    assert!(hub.terminate().0.success());
    let report = erp.stop().await;
    assert!(report.duplicates < 5, "one a second, and stopped after the first: {}", report.duplicates);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_is_tried_before_it_is_used() {
    let site = Site::new("");
    let hub = site.start();
    five(&hub).await;
    site.settled();
    // The configuration as it is now counts, not the one the hub began with.
    let crm = sink("crm", "http://127.0.0.1:9/", "order.placed");
    site.configure(&format!("{}{crm}", crate::site::basics()));
    let tried = one(&site, &["sink", "match", "crm"]);
    assert_eq!((&tried["sink"], &tried["matched"]), (&"crm".into(), &5.into()), "{tried}");
    let looked = tried["looked_at"].as_u64().unwrap();
    assert_eq!(tried["refused"]["event type"].as_u64().unwrap(), looked - 5);
    let by = tried["by"].as_array().unwrap();
    let placed = by.iter().find(|row| row["type"] == "order.placed").unwrap();
    assert_eq!(
        (&placed["source"], &placed["matched"], &placed["of"]),
        (&"store".into(), &5.into(), &5.into())
    );

    let given = one(&site, &["sink", "match", "--events", "order.placed", "--where", "order.currency=USD"]);
    assert_eq!((&given["matched"], &given["refused"]["where order.currency"]), (&0.into(), &5.into()));
    let last = one(&site, &["sink", "match", "--events", "*", "--last", "3"]);
    assert_eq!((&last["looked_at"], &last["matched"]), (&3.into(), &3.into()));
    assert_eq!(site.call(&["sink", "match"]).status.code(), Some(2));
    assert_eq!(site.call(&["sink", "match", "erp"]).status.code(), Some(2));
    assert_eq!(site.call(&["sink", "match", "--where", "order.curency=EUR"]).status.code(), Some(2));
    let text = site.call(&["sink", "match", "crm", "--text"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.starts_with("sink crm takes 5 of") && text.contains("not taken because of"), "{text}");
    assert!(hub.terminate().0.success());
}
