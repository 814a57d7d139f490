//! What is said when something cannot be written, and that nothing is lost by it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossdock_connector::{Outcome, Sink};
use crossdock_postgres::Config;
use crossdock_schemas::EventType;
use serde_json::json;

use crate::events::*;
use crate::site::{Site, deliver, failure, sink, words};

/// A trigger on orders whose number begins with E: runs SQL with the rest of the number in `code`.
fn trigger(body: &str, deferred: bool) -> String {
    let kind = if deferred {
        "CREATE CONSTRAINT TRIGGER act AFTER INSERT OR UPDATE ON crossdock.orders DEFERRABLE INITIALLY DEFERRED"
    } else {
        "CREATE TRIGGER act BEFORE INSERT OR UPDATE ON crossdock.orders"
    };
    format!(
        "CREATE OR REPLACE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE code text; BEGIN \
         IF NEW.order_no LIKE 'E%' THEN code := substr(NEW.order_no, 2); {body} END IF; RETURN NEW; END $$; \
         {kind} FOR EACH ROW EXECUTE FUNCTION act();"
    )
}

/// Waits until the sink's session is as a condition says.
async fn until(site: &Site, condition: &str) {
    let begun = Instant::now();
    let sql = format!(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND \
         application_name = 'crossdock' AND {condition}"
    );
    while site.row(&sql).await != "t" {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came to {condition}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const TERMINATE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                         WHERE datname = current_database() AND application_name = 'crossdock'";

#[tokio::test]
async fn a_refused_value_does_not_hold_its_neighbours() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("first")]).await;
    site.run("ALTER TABLE crossdock.orders ADD CONSTRAINT cheap CHECK (payable < 1000)").await;
    let refused = [
        (3, "22P05", order("3", 1, |order| order["buyer_note"] = json!("a\0b"))),
        (7, "22021", event(EventType::OrderPlaced, "key\0", 1, &order_data("7"))),
        (8, "23514", order("8", 1, |order| order["totals"] = json!({"payable": "1000"}))),
        (
            19,
            "54000",
            order(&"long".repeat(3000), 1, |order| {
                // Not compressible: an index takes no such key.
                let digits: Vec<String> =
                    (0..4000_u64).map(|at| (at * 2_654_435_761 % 4_294_967_296).to_string()).collect();
                order["order_no"] = json!(digits.concat());
            }),
        ),
    ];
    let mut batch: Vec<_> = (0..20).map(|number| plain(&number.to_string())).collect();
    for (place, _, one) in &refused {
        batch[*place] = one.clone();
    }
    let outcomes = sink.deliver(&batch).await;
    for (place, outcome) in outcomes.iter().enumerate() {
        match (refused.iter().find(|(at, _, _)| *at == place), outcome) {
            (None, Outcome::Delivered) => {}
            (Some((_, code, _)), Outcome::Rejected(error)) => {
                assert_eq!(error.vendor_code.as_deref(), Some(*code), "{error}");
                assert!(
                    !error.to_string().contains(NAME) && !error.to_string().contains("26544357"),
                    "{error}"
                );
            }
            _ => panic!("{place}: {outcome:?}"),
        }
    }
    assert_eq!(site.row("SELECT count(*) FROM crossdock.orders").await, "17");
    assert_eq!(site.row("SELECT count(*) FROM crossdock.events").await, "17");
    let (_, _, message) = failure(&sink, &refused[2].2).await;
    assert!(message.contains("cheap") && message.contains("orders"), "{message}");
    // What was refused is taken when its cause is gone.
    site.run("ALTER TABLE crossdock.orders DROP CONSTRAINT cheap").await;
    deliver(&sink, &[refused[2].2.clone()]).await;
}

#[tokio::test]
async fn a_value_refused_at_the_very_end_is_found_too() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("first")]).await;
    site.run(
        "ALTER TABLE crossdock.orders ADD CONSTRAINT once UNIQUE (merchant_no) DEFERRABLE INITIALLY DEFERRED",
    )
    .await;
    let named =
        |number: &str, merchant: &str| order(number, 1, |order| order["merchant_no"] = json!(merchant));
    let batch = [named("1", "a"), named("2", "b"), named("3", "c"), named("4", "a"), named("5", "e")];
    assert_eq!(words(&sink, &batch).await, ["delivered", "delivered", "delivered", "rejected", "delivered"]);
    assert_eq!(failure(&sink, &batch[3]).await.1, "23505");
}

#[tokio::test]
async fn codes_of_the_server_become_outcomes() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("first")]).await;
    site.run(&trigger("RAISE EXCEPTION 'it is so' USING ERRCODE = code;", false)).await;
    let cases = [
        ("40P01", "retry"),
        ("40001", "retry"),
        ("53100", "retry"),
        ("53200", "retry"),
        ("53300", "retry"),
        ("25006", "retry"),
        ("42501", "retry"),
        ("42P01", "retry"),
        ("55P03", "retry"),
        ("XX001", "retry"),
        ("ZZ999", "retry"),
        ("40003", "uncertain"),
        ("08007", "uncertain"),
        ("P0001", "rejected"),
        ("22003", "rejected"),
        ("23503", "rejected"),
    ];
    for (code, expected) in cases {
        let (word, said, message) = failure(&sink, &plain(&format!("E{code}"))).await;
        assert_eq!((word, said.as_str()), (expected, code), "{message}");
        assert!(message.contains("it is so"), "{message}");
    }
    // What can be tried again takes its neighbours along, what cannot leaves them alone.
    assert_eq!(words(&sink, &[plain("1"), plain("E40P01"), plain("2")]).await, ["retry"; 3]);
    assert_eq!(
        words(&sink, &[plain("1"), plain("EP0001"), plain("2")]).await,
        ["delivered", "rejected", "delivered"]
    );
    assert_eq!(
        site.row("SELECT count(*), count(*) FILTER (WHERE order_no LIKE 'E%') FROM crossdock.orders").await,
        "3|0"
    );
    assert_eq!(site.row("SELECT count(*) FROM crossdock.events").await, "3");
}

#[tokio::test]
async fn a_real_deadlock_is_tried_again() {
    let site = Site::new().await;
    // Whoever looks for a deadlock while there is one has lost: the sink, when it has waited for so long, and not we.
    site.run(&format!(
        "ALTER DATABASE {} SET deadlock_timeout = '3s'; SET deadlock_timeout = '1min'",
        site.database
    ))
    .await;
    let sink = site.sink();
    deliver(&sink, &[plain("1"), plain("2")]).await;
    let mut keys = [("1", order_key("1")), ("2", order_key("2"))];
    keys.sort_by(|(_, one), (_, other)| one.cmp(other));
    let update = |key: &str| format!("UPDATE crossdock.orders SET shop = shop WHERE order_key = '{key}'");
    // We hold the second, the sink takes the first and waits for the second, we want the first.
    site.run(&format!("BEGIN; {}", update(&keys[1].1))).await;
    let batch = [order("1", 2, |_| {}), order("2", 2, |_| {})];
    let task = tokio::spawn({
        let (sink, batch) = (Arc::clone(&sink), batch.clone());
        async move { sink.deliver(&batch).await }
    });
    until(&site, "wait_event_type = 'Lock'").await;
    site.run(&update(&keys[0].1)).await;
    let outcomes = task.await.unwrap();
    for outcome in &outcomes {
        let Outcome::Retry(None, error) = outcome else { panic!("{outcome:?}") };
        assert_eq!(error.vendor_code.as_deref(), Some("40P01"));
    }
    site.run("COMMIT").await;
    deliver(&sink, &batch).await;
}

#[tokio::test]
async fn a_lock_is_waited_for_so_long_and_no_longer() {
    let site = Site::new().await;
    let sink = sink(Config { timeout_seconds: 1, connections: 1, ..site.config() });
    deliver(&sink, &[plain("1")]).await;
    site.run("BEGIN; LOCK TABLE crossdock.orders IN EXCLUSIVE MODE").await;
    let begun = Instant::now();
    let (word, code, message) = failure(&sink, &plain("2")).await;
    assert_eq!((word, code.as_str()), ("retry", "57014"), "{message}");
    assert!(message.contains("timeout_seconds"), "{message}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    site.run("COMMIT").await;
    deliver(&sink, &[plain("2")]).await;
}

#[tokio::test]
async fn a_server_that_only_reads_is_tried_again() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("1")]).await;
    let set =
        |value: &str| format!("ALTER DATABASE {} SET default_transaction_read_only = {value}", site.database);
    site.run(&set("on")).await;
    let fresh = site.sink();
    let (word, code, message) = failure(&fresh, &plain("2")).await;
    assert_eq!((word, code.as_str()), ("retry", "25006"), "{message}");
    assert!(message.contains("standby"), "{message}");
    site.run(&set("off")).await;
    deliver(&fresh, &[plain("2")]).await;
}

#[tokio::test]
async fn a_table_that_is_gone_is_waited_for() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("1")]).await;
    site.run("ALTER TABLE crossdock.orders RENAME TO kept").await;
    // First on the connection that was open, then on a new one.
    for _ in 0..2 {
        let (word, code, message) = failure(&sink, &plain("2")).await;
        assert_eq!((word, code.as_str()), ("retry", "42P01"), "{message}");
        assert!(message.contains("crossdock.orders") && message.contains("bring them back"), "{message}");
    }
    site.run("ALTER TABLE crossdock.kept RENAME TO orders; ALTER TABLE crossdock.orders RENAME COLUMN shop TO store")
        .await;
    assert_eq!(failure(&sink, &plain("2")).await.1, "42703");
    site.run("ALTER TABLE crossdock.orders RENAME COLUMN store TO shop").await;
    deliver(&sink, &[plain("2")]).await;
}

#[tokio::test]
async fn a_session_that_is_ended_loses_nothing() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("1")]).await;
    site.run(&trigger("PERFORM pg_sleep(30);", false)).await;
    let batch = [plain("2"), plain("Eslow"), plain("3")];
    let task = tokio::spawn({
        let (sink, batch) = (Arc::clone(&sink), batch.clone());
        async move { sink.deliver(&batch).await }
    });
    until(&site, "wait_event = 'PgSleep'").await;
    site.row(TERMINATE).await;
    for outcome in task.await.unwrap() {
        let Outcome::Retry(None, error) = &outcome else { panic!("{outcome:?}") };
        assert_eq!(error.vendor_code.as_deref(), Some("57P01"), "{error}");
    }
    assert_eq!(site.row("SELECT count(*) FROM crossdock.events").await, "1");
    site.run("DROP TRIGGER act ON crossdock.orders").await;
    deliver(&sink, &batch).await;
}

#[tokio::test]
async fn a_session_that_is_ended_while_it_commits_is_uncertain() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("1")]).await;
    site.run(&trigger("PERFORM pg_sleep(30);", true)).await;
    let batch = [plain("2"), plain("Eslow")];
    let task = tokio::spawn({
        let (sink, batch) = (Arc::clone(&sink), batch.clone());
        async move { words(&sink, &batch).await }
    });
    until(&site, "wait_event = 'PgSleep' AND query = 'COMMIT'").await;
    site.row(TERMINATE).await;
    assert_eq!(task.await.unwrap(), ["uncertain"; 2]);
    site.run("DROP TRIGGER act ON crossdock.orders").await;
    deliver(&sink, &batch).await;
    assert_eq!(site.row("SELECT count(*) FROM crossdock.events").await, "3");
}

#[tokio::test]
async fn a_server_that_stops_comes_back() {
    let mut site = Site::alone(Default::default()).await;
    let sink = site.sink();
    deliver(&sink, &[plain("1")]).await;
    let server = |site: &mut Site, up: bool| {
        let server = Arc::get_mut(&mut site.server).unwrap();
        if up { server.start_again().unwrap() } else { server.stop().unwrap() }
    };
    server(&mut site, false);
    for _ in 0..2 {
        let (word, _, message) = failure(&sink, &plain("2")).await;
        assert_eq!(word, "retry", "{message}");
    }
    server(&mut site, true);
    deliver(&sink, &[plain("2")]).await;
    // Between two batches: the connection that was kept is seen to be dead and is not used.
    server(&mut site, false);
    server(&mut site, true);
    tokio::time::sleep(Duration::from_millis(100)).await;
    deliver(&sink, &[plain("3")]).await;
    assert_eq!(words(&sink, &[plain("1"), plain("2"), plain("3")]).await, ["already_there"; 3]);
}

#[tokio::test]
async fn a_delivery_that_nobody_waits_for_any_more_leaves_nothing() {
    let site = Site::new().await;
    let sink = sink(Config { connections: 1, ..site.config() });
    deliver(&sink, &[plain("1")]).await;
    site.run("BEGIN; LOCK TABLE crossdock.orders IN EXCLUSIVE MODE").await;
    let task = tokio::spawn({
        let sink: Arc<dyn Sink> = Arc::clone(&sink);
        async move { sink.deliver(&[plain("2")]).await }
    });
    until(&site, "wait_event_type = 'Lock'").await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    site.run("COMMIT").await;
    // Its connection is free for the next, and what it had begun is gone.
    deliver(&sink, &[plain("3")]).await;
    until(&site, "state = 'idle'").await;
    assert_eq!(site.rows("SELECT order_no FROM crossdock.orders ORDER BY 1").await, ["1", "3"]);
}

#[tokio::test]
async fn there_are_never_more_connections_than_configured() {
    let site = Site::new().await;
    let sink = sink(Config { connections: 2, ..site.config() });
    deliver(&sink, &[plain("1")]).await;
    site.run(&trigger("PERFORM pg_sleep(0.1);", false)).await;
    let tasks: Vec<_> = (0..6)
        .map(|number| {
            let sink = Arc::clone(&sink);
            tokio::spawn(async move { deliver(&sink, &[plain(&format!("E{number}"))]).await })
        })
        .collect();
    let count = "SELECT count(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND application_name = 'crossdock'";
    let mut most = 0;
    while !tasks.iter().all(|task| task.is_finished()) {
        most = most.max(site.row(count).await.parse::<u32>().unwrap());
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(most, 2);
}
