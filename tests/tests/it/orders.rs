//! Orders of an own store, signed, and rows of a sheet.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crossdock_connector::{Secret, sign};
use crossdock_testkit::standin::receiver::{Report, demo_secret};
use serde_json::Value;

/// The secret of the source `store`.
pub(crate) fn secret() -> String {
    demo_secret(2)
}

/// The bytes of a secret.
pub(crate) fn key(secret: &str) -> Vec<u8> {
    sign::standard_webhooks_key(&Secret::new(secret.as_bytes().to_vec())).unwrap()
}

/// An order as the store sees it at a revision: the quantity of its only line is the revision.
pub(crate) fn order(number: &str, revision: u32) -> String {
    let (minute, second) = (revision / 60, revision % 60);
    format!(
        r#"{{"kind":"order","order":{{"order_no":"{number}","kind":"sale",
"status":{{"lifecycle":"placed","payment":"paid","fulfillment":"unfulfilled"}},
"placed_at":"2026-01-05T08:00:00Z","modified_at":"2026-01-05T09:{minute:02}:{second:02}Z","currency":"EUR",
"lines":[{{"line_ref":"1","sku":"MUG","title":"Mug","quantity":"{revision}","unit_price":"1.00","line_total":"{revision}.00"}}],
"totals":{{"goods":"{revision}.00","payable":"{revision}.00"}}}}}}"#
    )
}

/// Headers that fit a body, signed now with the store's secret.
pub(crate) fn signed(id: &str, body: &[u8]) -> Vec<(String, String)> {
    signed_with(&secret(), crossdock::clock::now().as_second(), id, body)
}

pub(crate) fn signed_with(secret: &str, seconds: i64, id: &str, body: &[u8]) -> Vec<(String, String)> {
    vec![
        ("content-type".into(), "application/json".into()),
        ("webhook-id".into(), id.to_owned()),
        ("webhook-timestamp".into(), seconds.to_string()),
        ("webhook-signature".into(), sign::standard_webhooks(&key(secret), id, seconds, body)),
    ]
}

/// A sheet of so many orders with three rows each, one after the other.
pub(crate) fn sheet(orders: usize) -> String {
    let mut text = String::from("order,sku,quantity,price,time\n");
    for order in 0..orders {
        for row in 1..=3 {
            writeln!(text, "S-{order},SKU-{row},{row},2.50,2026-01-05 10:00:00").unwrap();
        }
    }
    text
}

/// Holds what a receiver got against the log: of each history it first got the events in the order of the log.
pub(crate) fn kept_in_order(log: &[Value], report: &Report) {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, event) in log.iter().enumerate() {
        places.insert(event["id"].as_str().unwrap(), place);
    }
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &report.entries {
        let place = places[entry.id.as_str()];
        if let Some(before) = last.insert(&entry.key, place) {
            assert!(
                before < place,
                "{}: {} came after {}",
                entry.key,
                log[place]["type"],
                log[before]["type"]
            );
        }
    }
}
