//! C06: the records of one history may come in any order.
//!
//! The hub keeps scans as a set and derives state from the set, so order cannot matter as long as each scan
//! says the same wherever it stands. Hence two questions: does the same scan, met in two captures, say the
//! same? And does a capture whose lists are turned round give the same identities with the same content?

use std::collections::{BTreeMap, BTreeSet};

use crossdock_connector::{Normalize, Normalized};
use crossdock_schemas::{Entity, Observation};
use serde_json::{Value, json};

use super::report::Findings;
use super::suite::Suite;
use super::{diff, golden, identity, json};
use crate::fixture::{Case, Expect, Format};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let mut histories: BTreeMap<String, Vec<(String, Normalized)>> = BTreeMap::new();
    suite.each_case(findings, |case, part, findings| {
        if case.expect == Expect::Malformed {
            return;
        }
        let Ok(normalized) = golden::normalize(part, &case.capture) else { return };
        turned_round(case, part, &normalized, findings);
        if let Some(history) = &case.history {
            histories.entry(history.clone()).or_default().push((case.label(), normalized));
        }
    });
    for (name, members) in &histories {
        history(name, members, findings);
    }
}

fn turned_round(case: &Case, part: &dyn Normalize, first: &Normalized, findings: &mut Findings) {
    if case.format != Format::Json {
        return;
    }
    let Some(value) = json::read(&case.capture.body) else { return };
    let body = serde_json::to_vec(&json::reverse_lists(&value)).unwrap_or_default();
    match golden::normalize(part, &case.with_body(body)) {
        Ok(other) => {
            let (before, after) = (identity::identities(first), identity::identities(&other));
            for lost in before.difference(&after) {
                findings.note(
                    case.label(),
                    format!("with lists in reverse order `{lost}` is not there any more"),
                );
            }
            for new in after.difference(&before) {
                findings.note(case.label(), format!("with lists in reverse order `{new}` is new"));
            }
            let (before, after) = (json!(statements(first)), json!(statements(&other)));
            for difference in diff::diff(&before, &after) {
                findings.note(case.label(), format!("with lists in reverse order {difference}"));
            }
        }
        Err(error) => findings.note(case.label(), format!("with lists in reverse order: {error}")),
    }
}

fn history(name: &str, members: &[(String, Normalized)], findings: &mut Findings) {
    findings.expect(members.len() > 1, format!("history {name}"), "has one case: nothing can be shuffled");
    let keys = members.iter().map(|(_, normalized)| -> BTreeSet<String> {
        normalized.observations.iter().map(identity::key).collect()
    });
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    keys.flatten().for_each(|key| *seen.entry(key).or_default() += 1);
    let shared = seen.values().any(|count| *count > 1);
    findings.expect(shared, format!("history {name}"), "its cases have no key in common");
    let mut said: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    for (label, normalized) in members {
        for (what, content) in statements(normalized) {
            match said.get(&what) {
                Some((other, before)) if *before != content => {
                    let differences = diff::diff(before, &content).join("\n");
                    findings.note(format!("history {name}"), format!("{what}: {other} and {label} say different things, so the later one wins\n{differences}"));
                }
                Some(_) => {}
                None => {
                    said.insert(what, (label, content));
                }
            }
        }
    }
}

/// What a capture states once and for all: the meaning of each scan, the state of an order at a revision.
fn statements(normalized: &Normalized) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for observation in &normalized.observations {
        let key = identity::key(observation);
        match &observation.entity {
            Entity::Parcel(parcel) => {
                for event in &parcel.events {
                    let what = format!("{key} scan {}", event.event_key.as_deref().unwrap_or_default());
                    let content = json!({
                        "at": event.at, "status": event.status, "step": event.step, "reason": event.reason,
                        "delivered_to": event.delivered_to, "effect": event.effect,
                    });
                    found.insert(what, content);
                }
            }
            Entity::Order(order) => insert(&mut found, observation, &key, json!(order.status)),
            Entity::Aftersale(case) => insert(&mut found, observation, &key, json!(case.status)),
            Entity::Inventory(_) => {}
        }
    }
    found
}

/// Two full observations with one revision are the same snapshot. A partial one mentions what it likes.
fn insert(found: &mut BTreeMap<String, Value>, observation: &Observation, key: &str, content: Value) {
    if let (Some(revision), false) = (&observation.source().revision, observation.partial) {
        found.insert(format!("{key} at {revision}"), content);
    }
}
