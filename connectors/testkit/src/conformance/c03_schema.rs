//! C03: each observation is one of the canonical model, survives a round trip, and leaves to the hub what is
//! the hub's.

use crossdock_connector::Normalize;
use crossdock_schemas::{Entity, Observation};

use super::golden;
use super::report::Findings;
use super::suite::Suite;
use crate::fixture::Case;

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let id = suite.descriptor().id;
    suite.each_case(findings, |case, part, findings| {
        unsealed(case, part, id, findings);
        let Ok(normalized) = golden::normalize(part, &case.capture) else { return };
        for (at, observation) in normalized.observations.iter().enumerate() {
            let place = format!("{}, observation {at}", case.label());
            for problem in observation.validate() {
                findings.note(&place, problem);
            }
            round_trip(&place, observation, findings);
        }
    });
}

fn round_trip(place: &str, observation: &Observation, findings: &mut Findings) {
    let text = match serde_json::to_string(observation) {
        Ok(text) => text,
        Err(error) => return findings.note(place, format!("cannot be written: {error}")),
    };
    match serde_json::from_str::<Observation>(&text) {
        Ok(again) => {
            findings.expect(again == *observation, place, "another observation after writing and reading");
            let mut sealed = again;
            let same = sealed.seal().is_ok() && sealed == *observation;
            findings.expect(same, place, "sealing a second time changes it");
        }
        Err(error) => findings.note(place, format!("cannot be read back: {error}")),
    }
    if let Some(at) = text.find(":null").or_else(|| text.find(":\"\"")) {
        let from: String = text
            .chars()
            .skip(text.get(..at).map_or(0, |head| head.chars().count().saturating_sub(40)))
            .take(60)
            .collect();
        findings
            .note(place, format!("absent is left out, never written as null or empty text: ...{from}..."));
    }
}

/// What the connector gave before sealing.
fn unsealed(case: &Case, part: &dyn Normalize, id: &str, findings: &mut Findings) {
    let Ok(normalized) = part.normalize(&case.capture) else { return };
    for (at, observation) in normalized.observations.iter().enumerate() {
        let place = format!("{}, observation {at}", case.label());
        for field in set_too_early(observation) {
            findings.note(&place, format!("{field} is filled by the hub or by sealing, not by a connector"));
        }
        let connector = observation.source().connector.as_deref().unwrap_or_default();
        let named = connector.strip_prefix(id).is_some_and(|rest| rest.starts_with('@'));
        findings.expect(named, &place, format!("source.connector is `{connector}`, not `{id}@<version>`"));
    }
}

fn set_too_early(observation: &Observation) -> Vec<&'static str> {
    let source = observation.source();
    let mut found = vec![
        ("source.channel", source.channel.is_some()),
        ("source.received_at", source.received_at.is_some()),
        ("source.raw_ref", source.raw_ref.is_some()),
        ("source.raw_sha256", source.raw_sha256.is_some()),
    ];
    match &observation.entity {
        Entity::Order(order) => found.extend([
            ("order_key", order.order_key.is_some()),
            ("lines_hash", order.lines_hash.is_some()),
            ("idem_key", order.idem_key.is_some()),
            ("hub_revision", order.hub_revision.is_some()),
            ("risk_tags", !order.risk_tags.is_empty()),
        ]),
        Entity::Aftersale(case) => found.push(("aftersale_key", case.aftersale_key.is_some())),
        Entity::Parcel(parcel) => found.extend([
            ("parcel_key", parcel.parcel_key.is_some()),
            ("event_key", parcel.events.iter().any(|event| event.event_key.is_some())),
        ]),
        Entity::Inventory(_) => {}
    }
    found.into_iter().filter(|(_, set)| *set).map(|(field, _)| field).collect()
}
