//! What the sink sends: signatures against published vectors, bodies, cuts into calls.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::{
    Connector, ConnectorConfig, Context, Delivery, HttpRequest, HttpSink, Secret, SinkPart, Step, settings,
    sign,
};
use crossdock_schemas::{Event, EventType};
use crossdock_webhook::{Config, Webhook};
use jiff::Timestamp;
use serde_json::value::RawValue;

const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OLD_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn sink(toml: &str) -> Arc<dyn HttpSink> {
    let mut table: toml::Table = toml.parse().unwrap();
    settings::resolve(&mut table, &|reference| match reference {
        settings::SecretRef::Env(name) => Ok(match name {
            "KEY" => KEY.to_owned(),
            "OLD_KEY" => OLD_KEY.to_owned(),
            other => format!("value of {other}"),
        }),
        settings::SecretRef::File(_) => unreachable!("no files here"),
    })
    .unwrap();
    match Webhook::build(settings::read::<Config>(table).unwrap()).unwrap().sink {
        Some(SinkPart::Http(sink)) => sink,
        _ => panic!("not an http sink"),
    }
}

fn event(id: &str) -> Event {
    Event {
        id: id.to_owned(),
        event_type: EventType::ALL[0],
        tenant: "acme".into(),
        platform: "shopify".into(),
        shop: "demo.example.com".into(),
        key: "o1-1".into(),
        time: "2026-11-21T12:00:00Z".parse().unwrap(),
        recorded_at: "2026-11-21T12:00:01Z".parse().unwrap(),
        sequence: 1,
        class: Default::default(),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        correlation_id: None,
        idem_key: None,
        data: RawValue::from_string("{}".into()).unwrap(),
    }
}

fn delivery(id: &str, json: &str, attempt: u32) -> Delivery {
    Delivery {
        event: Arc::new(event(id)),
        json: Bytes::copy_from_slice(json.as_bytes()),
        attempt,
        maybe_there: false,
    }
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    request.headers.get(name).unwrap_or_else(|| panic!("no header {name}"))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// The calls for a batch, each with the place of the deliveries it covers.
fn said(sink: &dyn HttpSink, batch: &[Delivery], now: Timestamp) -> Vec<(usize, usize, HttpRequest)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < batch.len() {
        let together = sink.together(&batch[at..]);
        match sink.step(&batch[at..at + together], &[], &Context::at(now)) {
            Step::Call(call) => found.push((at, at + together, call.request)),
            Step::Done(outcomes) => panic!("{outcomes:?}"),
        }
        at += together;
    }
    found
}

fn one(sink: &dyn HttpSink, delivery: Delivery, now: Timestamp) -> HttpRequest {
    said(sink, &[delivery], now).remove(0).2
}

fn covers(calls: &[(usize, usize, HttpRequest)]) -> Vec<(usize, usize)> {
    calls.iter().map(|(start, end, _)| (*start, *end)).collect()
}

/// The vectors of the reference libraries: facts on Standard Webhooks, vectors A and B.
#[test]
fn signs_as_the_reference_libraries_do() {
    let vectors = [
        (
            "KEY",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            r#"{"email":"test@example.com","username":"test_user"}"#,
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
        (
            "OLD_KEY",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ];
    for (key, id, seconds, body, signature) in vectors {
        let sink = sink(&format!("url = 'https://erp.example.com/x'\nsecret = {{ env = '{key}' }}"));
        let request = &one(&*sink, delivery(id, body, 1), at(seconds));
        assert_eq!(header(request, "webhook-id"), id);
        assert_eq!(header(request, "webhook-timestamp"), seconds.to_string());
        assert_eq!(header(request, "webhook-signature"), signature);
        assert_eq!(request.body, body.as_bytes());
        assert_eq!(header(request, "content-type"), "application/cloudevents+json; charset=utf-8");
        assert_eq!(request.url, "https://erp.example.com/x");
    }
}

#[test]
fn both_keys_sign_during_a_rotation() {
    let sink = sink(
        "url = 'https://erp.example.com/x'\nsecret = { env = 'KEY' }\nprevious_secret = { env = 'OLD_KEY' }",
    );
    let calls = one(&*sink, delivery("e1-1", "{}", 1), at(1_795_262_400));
    let signatures: Vec<&str> = header(&calls, "webhook-signature").split(' ').collect();
    let with = |key: &str| {
        let key = sign::standard_webhooks_key(&Secret::new(key)).unwrap();
        sign::standard_webhooks(&key, "e1-1", 1_795_262_400, b"{}")
    };
    assert_eq!(signatures, [with(KEY), with(OLD_KEY)]);
}

#[test]
fn a_raw_secret_is_used_as_it_stands() {
    let sink = sink("url = 'https://erp.example.com/x'\nsecret = { env = 'OTHER' }\nsecret_encoding = 'raw'");
    let calls = one(&*sink, delivery("e1-1", "{}", 1), at(7));
    let expected = sign::standard_webhooks(b"value of OTHER", "e1-1", 7, b"{}");
    assert_eq!(header(&calls, "webhook-signature"), expected);
}

#[test]
fn each_attempt_is_signed_with_its_own_time_and_the_same_id() {
    let sink = sink("url = 'https://erp.example.com/x'\nsecret = { env = 'KEY' }");
    let first = one(&*sink, delivery("e1-1", "{}", 1), at(100));
    let second = one(&*sink, delivery("e1-1", "{}", 2), at(200));
    assert_eq!(header(&first, "webhook-id"), header(&second, "webhook-id"));
    assert_ne!(header(&first, "webhook-signature"), header(&second, "webhook-signature"));
}

#[test]
fn further_headers_travel_and_the_trace_goes_on() {
    let sink = sink(
        "url = 'https://erp.example.com/x'\nsecret = { env = 'KEY' }\nheaders = { x-plain = 'a' }\nsecret_headers = { authorization = { env = 'TOKEN' } }",
    );
    let calls = one(&*sink, delivery("e1-1", "{}", 1), at(1));
    assert_eq!(header(&calls, "x-plain"), "a");
    assert_eq!(header(&calls, "authorization"), "value of TOKEN");
    assert_eq!(header(&calls, "traceparent"), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

#[test]
fn one_event_a_call_unless_asked() {
    let sink = sink("url = 'https://erp.example.com/x'\nsecret = { env = 'KEY' }");
    let batch: Vec<Delivery> = ["a", "b", "c"].iter().map(|id| delivery(id, "{}", 1)).collect();
    let calls = said(&*sink, &batch, at(1));
    assert_eq!(covers(&calls), [(0, 1), (1, 2), (2, 3)]);
}

#[test]
fn a_list_holds_first_attempts_only() {
    let sink = sink("url = 'https://erp.example.com/x'\nsecret = { env = 'KEY' }\nbatch = 2");
    let attempts = [1, 1, 1, 2, 1, 3, 1, 1, 1];
    let batch: Vec<Delivery> = attempts
        .iter()
        .enumerate()
        .map(|(at, n)| delivery(&at.to_string(), &format!("{{\"n\":{at}}}"), *n))
        .collect();
    let calls = said(&*sink, &batch, at(1));
    assert_eq!(covers(&calls), [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 8), (8, 9)]);
    let list = &calls[0].2;
    assert_eq!(list.body, r#"[{"n":0},{"n":1}]"#.as_bytes());
    assert_eq!(header(list, "content-type"), "application/cloudevents-batch+json; charset=utf-8");
    assert!(header(list, "webhook-id").starts_with("b1-"));
    assert_eq!(header(&calls[1].2, "content-type"), "application/cloudevents+json; charset=utf-8");
    // The same list again has the same id, another list another.
    let again = said(&*sink, &batch, at(2));
    assert_eq!(header(list, "webhook-id"), header(&again[0].2, "webhook-id"));
    assert_ne!(header(list, "webhook-id"), header(&calls[5].2, "webhook-id"));
    // The signature is over the list.
    let key = sign::standard_webhooks_key(&Secret::new(KEY)).unwrap();
    let expected = sign::standard_webhooks(&key, header(list, "webhook-id"), 1, &list.body);
    assert_eq!(header(list, "webhook-signature"), expected);
}

#[test]
fn a_list_is_closed_before_it_grows_too_large() {
    let sink = sink("url = 'https://erp.example.com/x'\nsecret = { env = 'KEY' }\nbatch = 100");
    let large = format!("\"{}\"", "x".repeat(600_000));
    let batch: Vec<Delivery> = ["a", "b", "c"].iter().map(|id| delivery(id, &large, 1)).collect();
    assert_eq!(covers(&said(&*sink, &batch, at(1))), [(0, 1), (1, 2), (2, 3)]);
}

#[test]
fn a_bad_secret_is_refused_without_showing_it() {
    for secret in ["whsec_not base64!", "whsec_", ""] {
        let mut table: toml::Table =
            "url = 'https://erp.example.com/x'\nsecret = { env = 'X' }".parse().unwrap();
        settings::resolve(&mut table, &|_| Ok(secret.to_owned())).unwrap();
        let config: Config = settings::read(table).unwrap();
        config.validate().unwrap();
        let Err(error) = Webhook::build(config) else { panic!("{secret} was accepted") };
        assert_eq!(error.path.as_deref(), Some("secret"));
        assert!(!error.to_string().contains("not base64!"), "{error}");
    }
}
