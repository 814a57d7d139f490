//! The carriers' sample journeys, from their bytes to what people are told: each manifest names the milestones.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crossdock::history::{Context, MilestoneRules, State, fold};
use crossdock::registry::{self, Entry};
use crossdock_connector::{Capture, Captured, Headers, Parts, Request, Role, settings, verify};
use crossdock_schemas::{Channel, Class, Entity, Observation};
use jiff::Timestamp;
use serde_json::Value;

fn folder(entry: &Entry) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../connectors")
        .join(entry.folder())
        .join("fixtures/_journeys")
}

fn parts(entry: &Entry, secret: &str) -> Parts {
    let mut table: toml::Table = (entry.example)().parse().unwrap();
    match entry.descriptor.id {
        // Some journeys are of Express, one is of Parcel Germany.
        "dhl" => drop(table["unified"].as_table_mut().unwrap().remove("service")),
        "cainiao" => {
            for name in ["partner_code", "from_code"] {
                table.insert(name.to_owned(), "CROSSDOCKTEST".into());
            }
        }
        _ => {}
    }
    settings::resolve(&mut table, &|_| Ok(secret.to_owned())).unwrap();
    entry.build(table).unwrap()
}

/// The captures of a file; refused deliveries are none.
fn captures(entry: &Entry, parts: &Parts, name: &str) -> Vec<Capture> {
    let text = fs::read_to_string(folder(entry).join(name)).unwrap();
    // As which topic a reply came in, and pushes that nothing signs.
    let topics: toml::Table = fs::read_to_string(folder(entry).join("topics.toml")).unwrap().parse().unwrap();
    let topic = |kind: &str| topics.get(kind).map(|topic| topic.as_str().unwrap().to_owned());
    if name.ends_with(".json") {
        let reply = Captured::new(topic("query").unwrap(), text);
        return vec![reply.received(Timestamp::UNIX_EPOCH, Channel::Webhook)];
    }
    let mut found = Vec::new();
    for line in text.lines() {
        let delivery: Value = serde_json::from_str(line).unwrap();
        let at = delivery["received_at"].as_str().unwrap().parse().unwrap();
        let body = delivery["body"].as_str().unwrap();
        if let Some(topic) = topic("push") {
            found.push(Captured::new(topic, body.to_owned()).received(at, Channel::Webhook));
            continue;
        }
        let headers = delivery["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        let headers = Headers(headers.collect());
        let push = parts.push.as_deref().unwrap();
        let request = Request { headers: &headers, query: "", path_token: None, body: body.as_bytes() };
        let verified = verify(push, request, at).ok();
        found.extend(verified.map(|verified| push.capture(&verified).received(at, Channel::Webhook)));
    }
    found
}

/// All histories that captures make, and what was told of them.
#[derive(Default)]
struct Hub {
    states: BTreeMap<String, State>,
    ids: BTreeSet<String>,
    /// Kind, time and reason of its milestones.
    told: Vec<(String, String, Option<String>)>,
}

impl Hub {
    fn see(&mut self, mut observation: Observation) {
        observation.seal().unwrap();
        let Entity::Parcel(parcel) = &observation.entity else { panic!("not a parcel") };
        let key = parcel.parcel_key.clone().unwrap();
        let (rules, received_at) = (MilestoneRules::default(), "2026-11-22T00:00:00Z".parse().unwrap());
        let cx = Context {
            tenant: "acme",
            now: received_at,
            capture: 1,
            received_at,
            channel: Channel::Webhook,
            raw_sha256: &format!("{:064x}", self.ids.len()),
            class: Class::Normal,
            rules: &rules,
        };
        let decision = fold(self.states.get(&key).cloned(), observation, &cx);
        for event in decision.events {
            assert!(self.ids.insert(event.id), "{} of {key} is told twice", event.event_type);
            if !event.event_type.is_milestone() {
                continue;
            }
            let body: Value = serde_json::from_str(&format!("{{\"parcel\":{{}}{}}}", event.extra)).unwrap();
            let milestone = &body["milestone"];
            // The manifests name no pick-up that is only inferred.
            if milestone["inferred"] == true {
                continue;
            }
            let text = |name: &str| milestone[name].as_str().map(str::to_owned);
            // Nor a delivery that is withdrawn in the same reply: it is recorded, and nobody hears of it.
            let delivery = matches!(milestone["kind"].as_str(), Some("delivered" | "corrected"));
            if delivery && milestone["superseded"] == true {
                continue;
            }
            self.told.push((text("kind").unwrap(), event.time.utc_text(), text("reason")));
        }
        self.states.extend(decision.state.map(|state| (key, state)));
        if let Some(next) = decision.spill {
            self.see(next);
        }
    }
}

fn told(parts: &Parts, captures: &[&Capture]) -> Vec<(String, String, Option<String>)> {
    let mut hub = Hub::default();
    for capture in captures {
        let Ok(normalized) = parts.normalize.as_deref().unwrap().normalize(capture) else { continue };
        normalized.observations.into_iter().for_each(|observation| hub.see(observation));
    }
    hub.told.sort_by(|left, right| (&left.1, &left.0).cmp(&(&right.1, &right.0)));
    hub.told
}

#[test]
fn journeys_tell_what_their_manifests_say() {
    let mut journeys = 0;
    for entry in registry::all().iter().filter(|entry| entry.descriptor.role == Role::Carrier) {
        let Ok(manifest) = fs::read(folder(entry).join("manifest.json")) else { continue };
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        let secret = manifest["secrets"].as_object().and_then(|all| all.values().next()?.as_str());
        let parts = parts(entry, secret.unwrap_or("example-secret"));
        for file in manifest["files"].as_array().unwrap() {
            journeys += 1;
            let name = file["file"].as_str().unwrap();
            let place = format!("{} {name}", entry.descriptor.id);
            let found = captures(entry, &parts, name);
            let as_sent: Vec<&Capture> = found.iter().collect();
            let first = told(&parts, &as_sent);
            let expected = file["expected"]["milestones"].as_array().unwrap();
            assert_eq!(first.len(), expected.len(), "{place}: {first:?}, expected {expected:?}");
            for ((kind, time, reason), expected) in first.iter().zip(expected) {
                assert_eq!(expected["milestone"], kind.as_str(), "{place}");
                assert_eq!(expected["reason"].as_str(), reason.as_deref(), "{place}");
                // Without an offset the manifest has the local time.
                let exact = expected["offset_known"] != false;
                assert!(
                    !exact || time.starts_with(expected["t"].as_str().unwrap()),
                    "{place}: {kind} {time}"
                );
            }
            let doubled: Vec<&Capture> = as_sent.iter().chain(&as_sent).copied().collect();
            assert_eq!(told(&parts, &doubled), first, "{place}, each twice");
        }
    }
    assert!(journeys >= 60, "{journeys}");
}
