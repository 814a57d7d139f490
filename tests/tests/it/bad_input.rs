//! What callers get wrong: each answer as documented, nothing stored that should not be, neighbours untouched.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::calls::{head, post, raw, send};
use crate::orders::{order, sheet, signed, signed_with};
use crate::site::{Running, Site, receiver, sink};

fn captured(site: &Site, source: &str) -> u64 {
    site.ledger().sources.iter().find(|line| line.source == source).map_or(0, |line| line.captured)
}

/// What is tried, where, with which headers, with which body.
type Case<'a> = (&'a str, &'a str, Vec<(String, String)>, &'a str);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_right_is_refused_alike_and_nothing_is_stored() {
    let site = Site::new("");
    let hub = site.start();
    let body = order("A-1", 1);
    let now = crossdock::clock::now().as_second();
    let good = signed("m1", body.as_bytes());
    let without = |name: &str| good.iter().filter(|(header, _)| header != name).cloned().collect::<Vec<_>>();
    let other = crossdock_testkit::standin::receiver::demo_secret(99);
    let mut twice = good.clone();
    twice.push(("webhook-id".into(), "m2".into()));
    let altered = body.replace("MUG", "CUP");
    let cases: Vec<Case<'_>> = vec![
        ("another key", "/in/store", signed_with(&other, now, "m1", body.as_bytes()), &body),
        (
            "too old",
            "/in/store",
            signed_with(&crate::orders::secret(), now - 600, "m1", body.as_bytes()),
            &body,
        ),
        (
            "from the future",
            "/in/store",
            signed_with(&crate::orders::secret(), now + 600, "m1", body.as_bytes()),
            &body,
        ),
        ("altered body", "/in/store", good.clone(), &altered),
        ("no signature", "/in/store", without("webhook-signature"), &body),
        ("no id", "/in/store", without("webhook-id"), &body),
        ("no timestamp", "/in/store", without("webhook-timestamp"), &body),
        ("two ids", "/in/store", twice, &body),
        ("nothing at all", "/in/store", Vec::new(), &body),
        ("unknown source", "/in/nobody", good.clone(), &body),
        ("a source that is not called", "/in/sheet", good.clone(), &body),
        ("no source", "/in/", good.clone(), &body),
        ("elsewhere", "/", good.clone(), &body),
        ("deeper", "/in/store/a/b", good.clone(), &body),
    ];
    let mut answers: BTreeMap<(u16, Vec<u8>), Vec<&str>> = BTreeMap::new();
    for (what, path, headers, body) in &cases {
        let reply = post(&hub, path, headers, body.as_bytes()).await;
        let mut said = format!("{:?}", reply.header("content-type")).into_bytes();
        said.extend_from_slice(&reply.body);
        answers.entry((reply.status, said)).or_default().push(what);
    }
    assert_eq!(answers.len(), 1, "nobody learns from the answer what was wrong: {answers:?}");
    assert_eq!(answers.keys().next().unwrap().0, 401);
    assert_eq!(captured(&site, "store"), 0, "nothing is stored");
    // And the same message, signed, is taken.
    assert_eq!(post(&hub, "/in/store", &good, body.as_bytes()).await.status, 200);
    assert_eq!(captured(&site, "store"), 1);
    assert!(
        raw(&hub, &[b"GET /in/store HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n"])
            .starts_with("HTTP/1.1 405")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_body_is_kept_and_its_neighbours_go_on() {
    let erp = receiver().await;
    let site = Site::new(&sink("erp", &erp.url(), "order.paid"));
    let hub = site.start();
    let bad = [
        "{\"kind\":\"order\",\"order\":{\"order_no\":\"A-2\"",
        "",
        "[]",
        "\u{0}\u{1}",
        "{\"kind\":\"order\",\"ordr\":{}}",
    ];
    for (at, body) in bad.iter().enumerate() {
        assert_eq!(send(&hub, &format!("good-{at}"), &order(&format!("A-{at}"), 1)).await.status, 200);
        assert_eq!(send(&hub, &format!("bad-{at}"), body).await.status, 200, "it is stored, whatever it is");
    }
    let ledger = site.settled();
    let line = &ledger.sources[0];
    assert_eq!((line.captured, line.folded, line.quarantined), (10, 5, 5), "{line:?}");
    assert_eq!(erp.distinct(), 5);
    let kept = site.ask(&["quarantine", "list", "--json"]);
    assert_eq!(kept.len(), 5);
    let cut = &kept[0];
    assert_eq!((&cut["source"], &cut["topic"]), (&"store".into(), &"message".into()));
    // The bytes are there as they came.
    let shown = site.call(&["quarantine", "show", &cut["capture"].to_string(), "--raw"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("A-2"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_however_it_is_sent() {
    let site = Site::new("");
    let hub = site.start();
    let large = vec![b' '; 20_001];
    let limit = vec![b' '; 20_000];
    // It says how long it is.
    assert_eq!(post(&hub, "/in/store", &signed("m1", &large), &large).await.status, 413);
    let announced = format!("{}content-length: 999999999\r\n\r\n", head("m2", b""));
    assert!(raw(&hub, &[announced.as_bytes()]).starts_with("HTTP/1.1 413"), "before a byte of it was read");
    // It does not say.
    let mut chunks = format!("{}transfer-encoding: chunked\r\n\r\n", head("m3", &large)).into_bytes();
    for _ in 0..30 {
        chunks.extend_from_slice(b"3e8\r\n");
        chunks.extend_from_slice(&[b' '; 1000]);
        chunks.extend_from_slice(b"\r\n");
    }
    assert!(raw(&hub, &[&chunks]).starts_with("HTTP/1.1 413"));
    // Headers have a limit as well; the answer may be lost when the connection closes on unread bytes.
    let many: String = (0..200).map(|at| format!("x-{at}: y\r\n")).collect();
    let answer = raw(&hub, &[format!("{}{many}content-length: 0\r\n\r\n", head("m4", b"")).as_bytes()]);
    assert!(answer.starts_with("HTTP/1.1 431") || answer.is_empty(), "{answer}");
    let long = format!("{}x-long: {}\r\n\r\n", head("m5", b""), "y".repeat(40_000));
    let answer = raw(&hub, &[long.as_bytes()]);
    assert!(answer.starts_with("HTTP/1.1 431") || answer.is_empty(), "{answer}");
    assert_eq!(captured(&site, "store"), 0, "nothing of it is stored");
    // Exactly as much as is allowed is taken.
    assert_eq!(post(&hub, "/in/store", &signed("m6", &limit), &limit).await.status, 200);
    assert_eq!(captured(&site, "store"), 1);
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

async fn packed(hub: &Running, id: &str, encoding: &str, body: &[u8]) -> u16 {
    let mut headers = signed(id, body);
    headers.push(("content-encoding".into(), encoding.into()));
    post(hub, "/in/store", &headers, body).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_body_is_unpacked_within_limits() {
    let site = Site::new("");
    let hub = site.start();
    let bomb = gzip(&vec![b' '; 10 << 20]);
    assert!(bomb.len() < 20_000, "the bomb itself is small: {}", bomb.len());
    assert_eq!(packed(&hub, "m1", "gzip", &bomb).await, 413);
    let folded = gzip(&vec![b' '; 50_000]);
    assert_eq!(packed(&hub, "m2", "gzip", &folded).await, 413, "it grows too much for its size");
    assert_eq!(packed(&hub, "m3", "gzip, gzip", &gzip(&bomb)).await, 415);
    assert_eq!(packed(&hub, "m4", "br", b"x").await, 415);
    assert_eq!(packed(&hub, "m5", "gzip", b"not packed at all").await, 400);
    assert_eq!(captured(&site, "store"), 0);
    assert_eq!(packed(&hub, "m6", "gzip", &gzip(order("A-1", 1).as_bytes())).await, 200);
    let ledger = site.settled();
    assert_eq!((ledger.sources[0].folded, ledger.sources[0].quarantined), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_is_named_by_file_and_line_and_the_rest_goes_on() {
    let site = Site::new("");
    let mut rows = sheet(4);
    // A quantity that is none, and a last row that was cut off in the middle of a quoted text.
    rows.push_str("S-9,SKU-1,many,2.50,2026-01-05 10:00:00\nS-8,\"SKU-1");
    std::fs::write(site.path("orders.csv"), &rows).unwrap();
    for round in 0..2 {
        let output = site.call(&["ingest", "sheet", "orders.csv"]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{errors}");
        assert!(errors.contains("orders.csv:14") && errors.contains("orders.csv:15"), "{errors}");
        let ledger = site.ledger();
        let line = ledger.sources.iter().find(|line| line.source == "sheet").unwrap();
        assert_eq!(
            (line.folded, line.duplicate, line.quarantined),
            (4, round * 4, (round + 1) * 2),
            "{line:?}"
        );
    }
    assert_eq!(site.ask(&["export", "orders"]).len(), 4);
}
