//! Whole journeys of a carrier, held against the events they are known to give.
//!
//! A folder holds `manifest.json` and the files it names: `*.jsonl` with one delivery a line (`received_at`, `headers`,
//! `body` as sent), verified, captured and normalized as the hub would, and `*.json` with one reply to a query. What is
//! refused or malformed gives no event; events are kept once by their key, whatever the order of arrival.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crossdock_connector::{Capture, Captured, Headers, Parts, Request, verify};
use crossdock_schemas::{Channel, Entity, Step, TrackingEvent};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What a journey file must give.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    file: String,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    events: Vec<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Delivery {
    received_at: Timestamp,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: String,
}

/// What was found wrong with the journeys of a folder: nothing, when all is well. `personal` are texts that must not be in
/// any observation.
pub fn problems(parts: &Parts, folder: &Path, query_topic: &str, personal: &[&str]) -> Vec<String> {
    let manifest = fs::read(folder.join("manifest.json"));
    let manifest = manifest
        .map_err(|error| error.to_string())
        .and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).map_err(|error| error.to_string()));
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("manifest.json: {error}")],
    };
    let mut problems = Vec::new();
    for file in manifest.files {
        match events(parts, folder, &file.file, query_topic, personal, &mut problems) {
            Ok(found) => compare(&file.file, &found, file.expected.events, &mut problems),
            Err(error) => problems.push(format!("{}: {error}", file.file)),
        }
    }
    problems
}

/// The captures of a file; refused deliveries are none.
fn captures(parts: &Parts, text: &str, is_reply: bool, query_topic: &str) -> Result<Vec<Capture>, String> {
    if is_reply {
        let reply = Captured::new(query_topic, text.to_owned());
        return Ok(vec![reply.received(Timestamp::UNIX_EPOCH, Channel::Webhook)]);
    }
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let delivery: Delivery = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let push = parts.push.as_deref().ok_or("deliveries, but no push part")?;
        let headers = Headers(delivery.headers.into_iter().collect());
        let body = delivery.body.as_bytes();
        let request = Request { headers: &headers, query: "", path_token: None, body };
        if let Ok(verified) = verify(push, request, delivery.received_at) {
            found.push(push.capture(&verified).received(delivery.received_at, Channel::Webhook));
        }
    }
    Ok(found)
}

fn events(
    parts: &Parts,
    folder: &Path,
    name: &str,
    query_topic: &str,
    personal: &[&str],
    problems: &mut Vec<String>,
) -> Result<Vec<TrackingEvent>, String> {
    let text = fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())?;
    let normalize = parts.normalize.as_deref().ok_or("no normalize part")?;
    let mut kept: BTreeMap<String, TrackingEvent> = BTreeMap::new();
    for capture in captures(parts, &text, !name.ends_with(".jsonl"), query_topic)? {
        let Ok(normalized) = normalize.normalize(&capture) else { continue };
        for mut observation in normalized.observations {
            observation.seal().map_err(|error| error.to_string())?;
            let wrong = observation.validate();
            if !observation.partial || !wrong.is_empty() {
                problems.push(format!("{name}: partial {}, {wrong:?}", observation.partial));
            }
            let shown = serde_json::to_string(&observation).unwrap_or_default();
            for text in personal.iter().filter(|text| shown.contains(**text)) {
                problems.push(format!("{name}: `{text}` is shown: {shown}"));
            }
            let Entity::Parcel(parcel) = observation.entity else { continue };
            for event in parcel.events {
                let key = event.event_key.clone().unwrap_or_default();
                let known = kept.entry(key).or_insert_with(|| event.clone());
                if (known.status, known.step, known.reason) != (event.status, event.step, event.reason) {
                    problems.push(format!("{name}: one scan says two things: {known:?}, {event:?}"));
                }
            }
        }
    }
    let mut kept: Vec<TrackingEvent> = kept.into_values().collect();
    kept.sort_by(|left, right| (left.at, &left.code_raw).cmp(&(right.at, &right.code_raw)));
    Ok(kept)
}

/// Every word the manifest says must be so; who took a parcel may be said beyond it.
fn compare(
    name: &str,
    found: &[TrackingEvent],
    mut expected: Vec<BTreeMap<String, Value>>,
    problems: &mut Vec<String>,
) {
    let word = |event: &BTreeMap<String, Value>, key: &str| {
        event.get(key).and_then(Value::as_str).map(str::to_owned)
    };
    expected.sort_by_key(|event| (word(event, "t"), word(event, "code")));
    if found.len() != expected.len() {
        problems.push(format!("{name}: {} events, expected {}: {found:#?}", found.len(), expected.len()));
        return;
    }
    for (event, expected) in found.iter().zip(&expected) {
        let partial =
            (expected.get("partial") == Some(&Value::Bool(true))).then(|| Step::Partial.to_string());
        let step = word(expected, "step").or(partial);
        let mut pairs = vec![
            ("t", Some(event.at.utc_text()), word(expected, "t")),
            ("status", Some(event.status.to_string()), word(expected, "status")),
            ("step", event.step.map(|step| step.to_string()), step),
            ("reason", event.reason.map(|reason| reason.to_string()), word(expected, "reason")),
        ];
        // Some manifests say nothing about codes, and none says more than the carrier did about who took it.
        if let Some(code) = word(expected, "code") {
            pairs.push(("code", event.code_raw.clone(), Some(code)));
        }
        if let Some(to) = word(expected, "delivered_to") {
            pairs.push(("delivered_to", event.delivered_to.map(|to| to.to_string()), Some(to)));
        }
        for (what, found, wanted) in pairs {
            if found != wanted {
                problems.push(format!("{name}: {what} {found:?}, expected {wanted:?}: {event:?}"));
            }
        }
    }
}
