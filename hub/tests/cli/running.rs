//! The hub as a process, and the commands beside it.

use std::sync::atomic::Ordering;

use super::bench::{Bench, ROWS, Receiver, SHEET, ends};

const PORTS: &str = "[webhook]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n";

const OWN: &str = "[[source]]\nid = \"own\"\nuse = \"own-store\"\ninsecure_accept_unsigned = true\n[source.settings]\nshop = \"main\"\nsecrets = [{ file = \"secret\" }]\nsecret_encoding = \"raw\"\n";

fn bench(receiver: Option<&Receiver>) -> Bench {
    let sink = receiver.map(|receiver| {
        format!(
            "[[sink]]\nid = \"erp\"\nuse = \"webhook\"\nevents = [\"order.placed\"]\n[sink.settings]\nurl = \"{}\"\nsecret = {{ file = \"secret\" }}\nsecret_encoding = \"raw\"\n",
            receiver.url
        )
    });
    let bench = Bench::new(&format!("{PORTS}{OWN}{SHEET}{}", sink.unwrap_or_default()));
    bench.secret("secret", "open sesame");
    bench.write("rows.csv", ROWS);
    bench
}

#[test]
fn the_hub_says_where_it_is_and_stops_when_asked() {
    let bench = bench(None);
    let hub = bench.hub();
    assert_eq!(hub.says["running"], true);
    let url = hub.says["sources"][0]["url"].as_str().expect("a URL");
    assert!(url.ends_with("/in/own") && !url.contains(":0/"), "{url}");
    let second = bench.call(&["run"]).ends(1);
    assert!(second.err.contains("in use by a running hub"), "{}", second.err);
    let (code, err) = hub.stop();
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("SIGTERM: stopping") && err.contains("stopped"), "{err}");
    // The folder is free again.
    let (code, _) = bench.hub().stop();
    assert_eq!(code, 0);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let bench = Bench::new(&format!("[webhook]\nlisten = \"{address}\"\n[admin]\nlisten = \"\"\n"));
    let called = bench.call(&["run"]).ends(1);
    assert!(called.err.contains(&format!("webhook.listen: cannot listen on {address}")), "{}", called.err);
}

#[test]
fn ingest_goes_through_the_running_hub() {
    let bench = bench(None);
    let hub = bench.hub();
    let first = bench.call(&["ingest", "shop", "rows.csv"]).ends(0).value();
    assert_eq!((&first["documents"], &first["folded"]), (&3.into(), &3.into()));
    bench.write("more.csv", &format!("{ROWS}A-4,MUG,many,1.00,2026-11-20 12:00:00\n"));
    let again = bench.call(&["ingest", "shop", "more.csv"]).ends(3);
    assert_eq!((&again.value()["duplicate"], &again.value()["quarantined"]), (&3.into(), &1.into()));
    assert!(again.err.contains("more.csv:6"), "{}", again.err);
    assert_eq!(bench.call(&["quarantine", "retry", "--all"]).ends(3).value()["still"], 1);
    assert_eq!(bench.call(&["quarantine", "drop", "--all", "--yes"]).ends(0).value()["dropped"], 1);
    assert_eq!(bench.call(&["ledger"]).ends(0).value()["balanced"], true);
    let (code, err) = hub.stop();
    assert_eq!(code, 0, "{err}");
}

#[test]
fn an_order_shows_its_parcels_and_no_personal_data() {
    let bench = bench(None);
    let hub = bench.hub();
    let body = serde_json::json!([
        {"kind": "order", "order": {
            "order_no": "A-2", "display_no": "#1002", "kind": "sale",
            "status": {"lifecycle": "placed", "payment": "paid", "fulfillment": "unfulfilled"},
            "placed_at": "2026-11-20T08:00:00+01:00", "modified_at": "2026-11-20T08:05:00+01:00", "currency": "EUR",
            "lines": [{"line_ref": "1", "sku": "MUG", "quantity": "2", "unit_price": "12.50", "line_total": "25.00"}],
            "ship_to": {"name": {"value": "Erika Mustermann", "state": "plain"}, "country": "DE", "city": "Köln",
                "line1": "Heidestraße 17", "phones": [{"e164": "+4915123456789", "kind": "real"}]},
            "totals": {"goods": "25.00", "payable": "25.00"}}},
        {"kind": "parcel", "partial": true, "parcel": {
            "carrier": "dhl", "tracking_no": "DEMO00009", "direction": "outbound", "status": "in_transit",
            "events": [{"at": "2026-11-20T12:00:00Z", "status": "picked_up", "code_raw": "PU"}]},
            "refs": [{"order_no": "A-2"}]},
    ]);
    assert_eq!(hub.post("own", body.to_string().as_bytes()), 200);
    let order = bench.until("order", || {
        let called = bench.call(&["order", "own", "A-2"]);
        (called.code == 0).then_some(called.out)
    });
    let text = bench.call(&["order", "own_store", "#1002", "--text"]).ends(0).out;
    for secret in ["Mustermann", "Heidestraße", "4915123456789"] {
        assert!(!order.contains(secret) && !text.contains(secret), "{secret} in\n{order}\n{text}");
    }
    let order: serde_json::Value = serde_json::from_str(&order).expect("JSON");
    assert_eq!(order["state"]["region"], "DE Köln");
    assert_eq!(order["linked"][0]["number"], "DEMO00009");
    let linked = order["linked"][0]["timeline"].as_array().expect("events");
    assert!(linked.iter().any(|event| event["type"] == "milestone.picked_up"), "{linked:?}");
    assert!(text.contains("parcel dhl DEMO00009") && text.contains("milestone.picked_up"), "{text}");

    let parcel = bench.call(&["parcel", "DHL", "demo 00009"]).ends(0).value();
    assert_eq!(parcel["kind"], "parcel");
    assert_eq!(parcel["linked"][0]["number"], "A-2");
    let near = bench.call(&["order", "own", "DEMO00009"]).ends(1);
    assert!(near.err.contains("parcel dhl DEMO00009"), "{}", near.err);
    let exported = bench.call(&["export", "parcels"]).ends(0).value();
    assert_eq!(exported["events"].as_array().map(Vec::len), Some(1), "with its scans");
    hub.stop();
}

#[test]
fn what_a_sink_refuses_is_parked_and_goes_out_after_a_retry() {
    let receiver = Receiver::new(400);
    let bench = bench(Some(&receiver));
    let hub = bench.hub();
    bench.call(&["ingest", "shop", "rows.csv"]).ends(0);
    let parked = bench.until("parked events", || {
        let listed = bench.call(&["parked", "list", "--sink", "erp"]).ends(0).values();
        (listed.len() == 3).then_some(listed)
    });
    assert_eq!(parked[0]["reason"], "rejected");
    let seq = parked[0]["seq"].to_string();
    assert!(bench.call(&["parked", "show", &seq, "--text"]).ends(0).out.contains("rejected"));
    assert!(bench.call(&["parked", "show", &seq, "--raw"]).ends(0).out.starts_with("{\"specversion\""));
    let order = bench.call(&["order", "shop", "A-1"]).ends(0).value();
    assert_eq!(order["timeline"][1]["sinks"][0]["state"], "parked");
    assert_eq!(bench.call(&["ledger"]).ends(0).value()["sinks"][0]["parked"], 3);

    bench.call(&["parked", "retry"]).ends(2);
    bench.call(&["parked", "retry", "--event", "999"]).ends(1);
    assert_eq!(bench.call(&["parked", "drop", "--event", &seq, "--yes"]).ends(0).value()["dropped"], 1);
    receiver.status.store(200, Ordering::SeqCst);
    assert_eq!(bench.call(&["parked", "retry", "--sink", "erp"]).ends(0).value()["retried"], 2);
    let ledger = bench.until("deliveries", || {
        let ledger = bench.call(&["ledger"]).ends(0).value();
        (ledger["sinks"][0]["delivered"] == 2).then_some(ledger)
    });
    assert_eq!(ledger["sinks"][0]["dropped"], 1);
    assert_eq!(ledger["balanced"], true);
    hub.stop();
}

#[test]
fn parked_events_can_be_repaired_without_a_hub() {
    let receiver = Receiver::new(400);
    let bench = bench(Some(&receiver));
    let hub = bench.hub();
    bench.call(&["ingest", "shop", "rows.csv"]).ends(0);
    bench.until("parked events", || {
        (bench.call(&["parked", "list"]).ends(0).values().len() == 3).then_some(())
    });
    hub.stop();
    assert_eq!(bench.call(&["parked", "retry", "--all", "--dry-run"]).ends(0).values().len(), 3);
    assert_eq!(bench.call(&["parked", "retry", "--all"]).ends(0).value()["retried"], 3);
    let ledger = bench.call(&["ledger"]).ends(0).value();
    assert_eq!((&ledger["sinks"][0]["pending"], &ledger["balanced"]), (&3.into(), &true.into()));
    receiver.status.store(200, Ordering::SeqCst);
    let hub = bench.hub();
    bench.until("deliveries", || {
        (bench.call(&["ledger"]).ends(0).value()["sinks"][0]["delivered"] == 3).then_some(())
    });
    hub.stop();
}

#[test]
fn a_tap_sees_what_comes_next() {
    let bench = bench(None);
    bench.call(&["ingest", "shop", "rows.csv"]).ends(0);
    let tap = bench
        .command(&["tap", "order.placed", "--limit", "1"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("runs");
    // Give it time to find the end of the log: what was there before must not be seen.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    bench.write("next.csv", "order,sku,quantity,price,time\nA-9,MUG,1,1.00,2026-11-20 13:00:00\n");
    bench.call(&["ingest", "shop", "next.csv"]).ends(0);
    let event = ends(tap, &["tap"]).ends(0).value();
    assert_eq!(event["data"]["order"]["order_no"], "A-9");
}
