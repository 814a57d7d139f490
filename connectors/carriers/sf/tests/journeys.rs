//! Whole journeys, delivery by delivery: the events must be those of `fixtures/_journeys/manifest.json`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: a fixture that is not there fails the test"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crossdock_connector::{
    Ack, Capture, Connector, ConnectorConfig, ErrorKind, Headers, IssueKind, Normalize, Normalized, Parts,
    Result, settings,
};
use crossdock_schemas::{Channel, Effect, Entity, TrackingEvent};
use crossdock_sf::{Config, Sf};
use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    ack: String,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    file: String,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    events: Vec<Event>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    t: String,
    status: String,
    code: String,
    step: Option<String>,
    reason: Option<String>,
    delivered_to: Option<String>,
}

#[derive(Deserialize)]
struct Delivery {
    received_at: jiff::Timestamp,
    body: String,
}

impl Event {
    fn of(event: &TrackingEvent) -> Self {
        assert_eq!(event.effect, Effect::Assert);
        Self {
            t: event.at.utc_text(),
            status: event.status.to_string(),
            code: event.code_raw.clone().unwrap(),
            step: event.step.map(|step| step.to_string()),
            reason: event.reason.map(|reason| reason.to_string()),
            delivered_to: event.delivered_to.map(|to| to.to_string()),
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_journeys")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

fn manifest() -> Manifest {
    serde_json::from_str(&read("manifest.json")).unwrap()
}

fn parts() -> Parts {
    let mut table = Config::example().parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
    Sf::build(settings::read(table).unwrap()).unwrap()
}

fn normalize(part: &dyn Normalize, topic: &str, delivery: &Delivery) -> Result<Normalized> {
    part.normalize(&Capture {
        topic: topic.to_owned(),
        headers: Headers::default(),
        body: delivery.body.clone().into(),
        origin: None,
        received_at: delivery.received_at,
        channel: Channel::Webhook,
    })
}

/// The deliveries of a file and the topic they come under.
fn deliveries(name: &str) -> (&'static str, Vec<Delivery>) {
    let text = read(name);
    if name.ends_with(".jsonl") {
        return ("RoutePushService", text.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
    }
    ("EXP_RECE_SEARCH_ROUTES", vec![Delivery { received_at: jiff::Timestamp::UNIX_EPOCH, body: text }])
}

/// Events as a hub would keep them: once by key, in order of time and rank, then of arrival.
fn events(name: &str) -> Vec<Event> {
    let parts = parts();
    let (topic, deliveries) = deliveries(name);
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<TrackingEvent> = Vec::new();
    for delivery in &deliveries {
        let Ok(normalized) = normalize(parts.normalize.as_deref().unwrap(), topic, delivery) else {
            continue;
        };
        for mut observation in normalized.observations {
            observation.seal().unwrap();
            assert!(observation.partial);
            assert!(observation.validate().is_empty(), "{:?}", observation.validate());
            let Entity::Parcel(parcel) = observation.entity else { panic!("not a parcel") };
            for event in parcel.events {
                let at = kept.len();
                if *known.entry(event.event_key.clone().unwrap()).or_insert(at) == at {
                    kept.push(event);
                }
            }
        }
    }
    kept.sort_by_key(|event| (event.at, event.status.rank()));
    kept.iter().map(Event::of).collect()
}

#[test]
fn every_journey_gives_the_events_of_the_manifest() {
    let files = manifest().files;
    assert_eq!(files.len(), 7);
    for mut file in files {
        // At the same second only the rank decides, which the manifest does not list: 31 before 4711.
        let mut found = events(&file.file);
        let key = |event: &Event| (event.t.clone(), event.code.clone());
        found.sort_by_key(key);
        file.expected.events.sort_by_key(key);
        assert_eq!(found, file.expected.events, "{}", file.file);
    }
}

#[test]
fn a_bad_delivery_is_refused_a_bad_row_is_not() {
    let parts = parts();
    let part = parts.normalize.as_deref().unwrap();
    let (topic, deliveries) = deliveries("06-malformed.jsonl");
    let [truncated, mixed, empty] = deliveries.as_slice() else { panic!("three deliveries") };
    assert_eq!(normalize(part, topic, truncated).unwrap_err().kind(), ErrorKind::Malformed);
    let mixed = normalize(part, topic, mixed).unwrap();
    let kinds: Vec<IssueKind> = mixed.issues.iter().map(|issue| issue.kind).collect();
    assert_eq!(kinds, [IssueKind::Malformed, IssueKind::UnmappedCode]);
    assert_eq!(normalize(part, topic, empty).unwrap().ignored, Some("empty"));
}

#[test]
fn the_answer_is_the_one_sf_insists_on() {
    let reply = parts().push.unwrap().reply(Ack::Stored);
    assert_eq!((reply.status, std::str::from_utf8(&reply.body).unwrap()), (200, manifest().ack.as_str()));
}

#[test]
fn nothing_personal_leaves_the_connector() {
    let parts = parts();
    for file in manifest().files {
        let (topic, deliveries) = deliveries(&file.file);
        for delivery in &deliveries {
            let Ok(normalized) = normalize(parts.normalize.as_deref().unwrap(), topic, delivery) else {
                continue;
            };
            let text = serde_json::to_string(&normalized.observations).unwrap();
            assert!(!text.contains("13800000035") && !text.contains("林测试"), "{text}");
            let seen = delivery.body.contains("13800000035");
            assert_eq!(seen, text.contains("138****0035"), "{text}");
        }
    }
}
