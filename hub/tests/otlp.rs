//! Traces leave the process as OTLP over HTTP when that is configured: one trace from capture to delivery, under the
//! trace context the request came with.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests may fail as tests do"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A collector that keeps what it is sent and says yes.
fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
            let (mut length, mut line) = (0, String::new());
            while reader.read_line(&mut line).expect("a head") > 2 {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .expect("a reply");
            if sender.send(body).is_err() {
                return;
            }
        }
    });
    (address, received)
}

fn holds(body: &[u8], what: &[u8]) -> bool {
    body.windows(what.len()).any(|window| window == what)
}

#[test]
fn one_trace_from_capture_to_delivery_reaches_the_collector() {
    let (collector, received) = collector();
    let dir = tempfile::tempdir().expect("a folder");
    let place = dir.path().display();
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "open sesame").expect("a secret");
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("private");
    let config = format!(
        "[data]\ndir = \"{place}/data\"\n[webhook]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"\"\n\
         [telemetry]\notlp = \"{collector}\"\nlogs = \"json\"\nlevel = \"warn\"\n\
         [[source]]\nid = \"own\"\nuse = \"own-store\"\ninsecure_accept_unsigned = true\n[source.settings]\n\
         shop = \"main\"\nsecrets = [{{ file = \"{place}/secret\" }}]\nsecret_encoding = \"raw\"\n\
         [[sink]]\nid = \"out\"\nuse = \"file\"\n[sink.settings]\npath = \"{place}/events.ndjson\"\n"
    );
    std::fs::write(dir.path().join("crossdock.toml"), config).expect("a configuration");
    let mut hub = Command::new(env!("CARGO_BIN_EXE_crossdock"))
        .args(["run", "--json", "--config"])
        .arg(dir.path().join("crossdock.toml"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the hub starts");
    let mut said = String::new();
    BufReader::new(hub.stdout.take().expect("stdout"))
        .read_line(&mut said)
        .expect("the hub says where it is");
    let says: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let url = says["sources"][0]["url"].as_str().expect("a URL");
    let address = url.trim_start_matches("http://").split('/').next().expect("an address");
    let body = r#"{"kind":"order","partial":false,"order":{"order_no":"1","kind":"sale","placed_at":"2026-11-20T10:00:00Z","currency":"EUR","status":{"lifecycle":"placed"},"lines":[{"sku":"A","quantity":"1","unit_price":"1.00","line_total":"1.00"}]}}"#;
    let mut stream = std::net::TcpStream::connect(address).expect("the hub listens");
    write!(
        stream,
        "POST /in/own HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntraceparent: 00-{TRACE}-00f067aa0ba902b7-01\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("a request");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("a reply");
    assert!(reply.starts_with("HTTP/1.1 2"), "{reply}");
    let trace: Vec<u8> = (0..TRACE.len() / 2)
        .map(|at| u8::from_str_radix(&TRACE[at * 2..at * 2 + 2], 16).expect("hex"))
        .collect();
    let mut missing = vec!["capture", "normalize", "fold", "deliver"];
    let began = Instant::now();
    while !missing.is_empty() && began.elapsed() < Duration::from_secs(30) {
        let Ok(sent) = received.recv_timeout(Duration::from_secs(1)) else { continue };
        assert!(holds(&sent, &trace), "a span outside the trace the request came with");
        missing.retain(|name| !holds(&sent, name.as_bytes()));
    }
    hub.kill().expect("the hub stops");
    hub.wait().expect("the hub stopped");
    assert!(missing.is_empty(), "no span for {missing:?} reached the collector");
}
