//! Backfill from files, and looking at a store without a hub.

use std::io::Read;
use std::process::Stdio;

use super::bench::{Bench, ROWS, SHEET, ends};

fn ingested() -> Bench {
    let bench = Bench::new(SHEET);
    bench.write("rows.csv", ROWS);
    bench.call(&["ingest", "shop", "rows.csv"]).ends(0);
    bench
}

#[test]
fn without_a_store_reading_says_so() {
    let bench = Bench::new(SHEET);
    for args in [
        &["ledger"][..],
        &["order", "shop", "A-1"],
        &["parcel", "sf_express", "SF1"],
        &["tap"],
        &["export", "orders"],
        &["quarantine", "list"],
        &["parked", "list"],
        &["quarantine", "retry", "--all"],
    ] {
        let called = bench.call(args).ends(1);
        assert!(called.err.contains("there is no store in crossdock-data"), "{args:?}: {}", called.err);
        assert!(!bench.path("crossdock-data").exists(), "{args:?} made a folder");
    }
}

#[test]
fn rows_become_orders_once() {
    let bench = Bench::new(SHEET);
    bench.write("rows.csv", ROWS);
    let first = bench.call(&["ingest", "shop", "rows.csv"]).ends(0).value();
    assert_eq!((&first["rows"], &first["documents"], &first["folded"]), (&4.into(), &3.into(), &3.into()));
    assert_eq!(first["balanced"], true);
    let again = bench.call(&["ingest", "shop", "rows.csv"]).ends(0).value();
    assert_eq!((&again["folded"], &again["duplicate"]), (&0.into(), &3.into()));
    let ledger = bench.call(&["ledger"]).ends(0).value();
    assert_eq!(ledger["balanced"], true);
    assert_eq!(ledger["sources"][0]["captured"], 6);
    let text = bench.call(&["ledger", "--text"]).ends(0).out;
    assert!(text.contains("The ledger balances."), "{text}");
}

#[test]
fn a_broken_row_is_named_and_the_rest_goes_on() {
    let bench = Bench::new(SHEET);
    bench.write("rows.csv", &format!("{ROWS}A-4,MUG,many,12.50,2026-11-20 11:00:00\n"));
    let called = bench.call(&["ingest", "shop", "rows.csv"]).ends(3);
    assert_eq!(called.value()["folded"], 3);
    assert_eq!(called.value()["quarantined"], 1);
    assert!(called.err.contains("rows.csv:6"), "{}", called.err);
    let ledger = bench.call(&["ledger"]).ends(0).value();
    assert_eq!(ledger["sources"][0]["quarantined_by_reason"]["malformed"], 1);

    let listed = bench.call(&["quarantine", "list"]).ends(0).value();
    assert_eq!(listed["source"], "shop");
    assert!(bench.call(&["quarantine", "list", "--reason", "bug"]).ends(0).out.is_empty());
    let capture = listed["capture"].to_string();
    let shown = bench.call(&["quarantine", "show", &capture]).ends(0);
    assert_eq!(shown.value()["kind"], "malformed");
    assert!(!shown.out.contains("MUG"), "the body is not shown: {}", shown.out);
    let raw = bench.call(&["quarantine", "show", &capture, "--raw"]).ends(0).out;
    assert!(raw.contains("A-4,MUG,many"), "{raw}");

    // Which ones has to be said, and nothing mended means nothing read.
    bench.call(&["quarantine", "retry"]).ends(2);
    bench.call(&["quarantine", "retry", "999"]).ends(1);
    let tried = bench.call(&["quarantine", "retry", "--all", "--dry-run"]).ends(3).value();
    assert_eq!(tried["read"], false);
    let retried = bench.call(&["quarantine", "retry", "--all"]).ends(3).value();
    assert_eq!((&retried["tried"], &retried["read"]), (&1.into(), &0.into()));

    // Dropping has to be meant.
    let refused = bench.call(&["quarantine", "drop", &capture]).ends(2);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    bench.call(&["quarantine", "drop", &capture, "--dry-run"]).ends(0);
    assert_eq!(bench.call(&["quarantine", "drop", &capture, "--yes"]).ends(0).value()["dropped"], 1);
    let ledger = bench.call(&["ledger"]).ends(0).value();
    assert_eq!(ledger["sources"][0]["ignored_by_reason"]["dropped_by_operator"], 1);
}

#[test]
fn what_a_new_mapping_reads_leaves_quarantine() {
    let bench = Bench::new(SHEET);
    bench.write("rows.csv", "order,sku,quantity,price,time\nA-1,MUG,2,12.50,20/11/2026 08:00\n");
    bench.call(&["ingest", "shop", "rows.csv"]).ends(3);
    let mended = SHEET.replace("zone =", "time_formats = [\"%d/%m/%Y %H:%M\"]\nzone =");
    bench.write("crossdock.toml", &mended);
    let tried = bench.call(&["quarantine", "retry", "--all", "--dry-run"]).ends(0).value();
    assert_eq!(tried["read"], true);
    let retried = bench.call(&["quarantine", "retry", "--source", "shop"]).ends(0).value();
    assert_eq!((&retried["tried"], &retried["read"]), (&1.into(), &1.into()));
    let ledger = bench.call(&["ledger"]).ends(0).value();
    assert_eq!(
        (&ledger["sources"][0]["folded"], &ledger["sources"][0]["quarantined"]),
        (&1.into(), &0.into())
    );
    bench.call(&["order", "shop", "A-1"]).ends(0);
}

#[test]
fn a_wrong_source_is_told_what_there_is() {
    let bench = Bench::new(SHEET);
    let unknown = bench.call(&["ingest", "shopp", "rows.csv"]).ends(2);
    assert!(unknown.err.contains("no source `shopp`: shop"), "{}", unknown.err);
    let missing = bench.call(&["ingest", "shop", "rows.csv"]).ends(1);
    assert!(missing.err.contains("rows.csv"), "{}", missing.err);
}

#[test]
fn an_order_is_found_by_source_platform_and_shop() {
    let bench = ingested();
    for place in ["shop", "corner_shop", "corner-shop", "corner_shop/main"] {
        let found = bench.call(&["order", place, "A-1"]).ends(0).value();
        assert_eq!(found["number"], "A-1", "{place}");
        assert_eq!(found["state"]["lines"], 2);
        assert_eq!(found["timeline"][0]["what"], "capture");
        assert_eq!(found["timeline"][0]["origin"], "rows.csv:2,4");
        assert_eq!(found["timeline"][1]["type"], "order.placed");
    }
    let text = bench.call(&["order", "shop", "A-1", "--text"]).ends(0).out;
    assert!(text.starts_with("order corner_shop/main A-1"), "{text}");
    assert!(text.contains("from shop by file rows.csv:2,4: folded"), "{text}");
}

#[test]
fn an_order_that_is_not_there_says_what_comes_close() {
    let bench = ingested();
    let elsewhere = bench.call(&["order", "taobao", "A-1"]).ends(1);
    assert!(elsewhere.err.contains("no order `A-1` at `taobao`"), "{}", elsewhere.err);
    assert!(elsewhere.err.contains("order corner_shop/main A-1"), "{}", elsewhere.err);
    let lower = bench.call(&["order", "shop", " a-1"]).ends(0).value();
    assert_eq!(lower["number"], "A-1");
    bench.call(&["order", "shop", "A-99"]).ends(1);
}

#[test]
fn states_and_events_are_exported() {
    let bench = ingested();
    let orders = bench.call(&["export", "orders"]).ends(0).values();
    let numbers: Vec<&str> = orders.iter().filter_map(|order| order["order_no"].as_str()).collect();
    assert_eq!(numbers, ["A-1", "A-2", "A-3"]);
    let skus: Vec<&str> = orders[0]["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .filter_map(|line| line["sku"].as_str())
        .collect();
    assert_eq!(skus.len(), 2);
    assert!(skus.contains(&"MUG") && skus.contains(&"CUP"), "{skus:?}");
    assert!(bench.call(&["export", "parcels"]).ends(0).out.is_empty());
    assert_eq!(bench.call(&["export", "orders", "--source", "corner_shop/main"]).ends(0).values().len(), 3);
    assert!(bench.call(&["export", "orders", "--source", "taobao"]).ends(0).out.is_empty());
    // 08:00 in Berlin is 07:00 UTC.
    let early =
        bench.call(&["export", "orders", "--from", "2026-11-20", "--to", "2026-11-20T08:00:00Z"]).ends(0);
    assert_eq!(early.values()[0]["order_no"], "A-1");
    assert_eq!(early.values().len(), 1);
    let placed =
        bench.call(&["export", "events", "--filter", "order.placed", "--source", "shop"]).ends(0).values();
    assert_eq!(placed.len(), 3);
    assert!(
        placed
            .iter()
            .all(|event| event["specversion"] == "1.0" && event["type"] == "io.crossdock.order.placed")
    );
    bench.call(&["export", "orders", "--from", "yesterday"]).ends(2);
    bench.call(&["export", "parcels", "--from", "2026-11-20"]).ends(2);
}

#[test]
fn the_log_can_be_tapped_from_its_start() {
    let bench = ingested();
    let two = bench.call(&["tap", "order.placed", "--from-start", "--limit", "2"]).ends(0).values();
    assert_eq!(two.len(), 2);
    assert_eq!(two[0]["data"]["order"]["order_no"], "A-1");
    let text = bench
        .call(&["tap", "order.placed", "source=shop", "--from-start", "--limit", "1", "--text"])
        .ends(0)
        .out;
    assert!(text.contains("order.placed") && text.contains("corner_shop/main A-1"), "{text}");
    let wrong = bench.call(&["tap", "orders.*"]).ends(2);
    assert!(wrong.err.contains("no event type fits `orders.*`"), "{}", wrong.err);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let bench = Bench::new(SHEET);
    let mut rows = ROWS.to_owned();
    for number in 0..500 {
        rows.push_str(&format!("B-{number},MUG,1,1.00,2026-11-20 12:00:00\n"));
    }
    bench.write("rows.csv", &rows);
    bench.call(&["ingest", "shop", "rows.csv"]).ends(0);
    let mut child = bench
        .command(&["export", "events"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut some = [0; 64];
    child.stdout.take().expect("stdout").read_exact(&mut some).expect("read");
    let called = ends(child, &["export", "events"]).ends(0);
    assert_eq!(called.err, "");
}
