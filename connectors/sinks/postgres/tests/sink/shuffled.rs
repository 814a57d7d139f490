//! Any order, any batches, any repetition, several writers: one state.

use std::sync::Arc;

use crossdock_connector::{Delivery, Outcome};
use crossdock_schemas::EventType;
use crossdock_testkit::standin::Rng;
use serde_json::json;

use crate::events::*;
use crate::site::{Site, sink};

/// Everything in the tables, but for when it was written.
async fn state(site: &Site) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["events", "orders", "order_lines", "aftersales", "parcels", "inventory", "milestones"] {
        let sql = format!("SELECT to_jsonb(t) - 'written_at' FROM crossdock.{table} AS t ORDER BY 1");
        all.push(format!("-- {table}"));
        all.extend(site.rows(&sql).await);
    }
    all
}

fn history() -> Vec<Delivery> {
    let mut all = Vec::new();
    for number in ["1", "2", "3"] {
        for revision in 1..=5_u64 {
            all.push(order(number, revision, |order| {
                order["buyer_note"] = json!(format!("{number}/{revision}"));
                let lines: Vec<_> =
                    (0..revision % 3).map(|at| line(&format!("L{at}"), &revision.to_string())).collect();
                order["lines"] = json!(lines);
            }));
        }
        all.push(aftersale(number, 1, "requested"));
        all.push(aftersale(number, 2, "refunded"));
        all.push(parcel(EventType::ParcelCreated, number, 1, |_| {}));
        all.push(parcel(EventType::ParcelStatusChanged, number, 2, |data| {
            data["parcel"]["status"] = json!("in_transit")
        }));
        all.push(parcel(EventType::MilestoneDelivered, number, 3, |data| {
            data["parcel"]["status"] = json!("delivered")
        }));
        all.push(inventory(number, 1, "5"));
        all.push(inventory(number, 2, "4"));
    }
    all
}

async fn take(sink: &Arc<dyn crossdock_connector::Sink>, batch: &[Delivery]) {
    for outcome in sink.deliver(batch).await {
        assert!(matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere), "{outcome:?}");
    }
}

#[tokio::test]
async fn any_order_ends_in_the_same_rows() {
    let straight = Site::new().await;
    take(&straight.sink(), &history()).await;
    let expected = state(&straight).await;
    assert_eq!(expected.len(), 7 + 36 + 3 + 6 + 3 + 3 + 3 + 3, "{expected:#?}");
    let site = Site::new().await;
    for seed in 0..12 {
        let mut rng = Rng::named(seed, "postgres");
        let mut all = history();
        all.extend(history());
        rng.shuffle(&mut all);
        let sink = site.sink();
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let size = usize::try_from(1 + rng.below(20)).unwrap().min(rest.len());
            let (batch, later) = rest.split_at(size);
            take(&sink, batch).await;
            rest = later;
        }
        assert_eq!(state(&site).await, expected, "seed {seed}");
        site.run("DROP SCHEMA crossdock CASCADE").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_meet_end_in_the_same_rows() {
    let straight = Site::new().await;
    take(&straight.sink(), &history()).await;
    let expected = state(&straight).await;
    let site = Site::new().await;
    // Two hubs that start at the same moment, each with several batches under way, and all of them the same events.
    let sinks = [sink(site.config()), sink(site.config())];
    let mut tasks = Vec::new();
    for seed in 0..8_u64 {
        let sink = Arc::clone(&sinks[usize::try_from(seed % 2).unwrap()]);
        tasks.push(tokio::spawn(async move {
            let mut all = history();
            Rng::named(seed, "postgres").shuffle(&mut all);
            for batch in all.chunks(9) {
                take(&sink, batch).await;
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(state(&site).await, expected);
}
