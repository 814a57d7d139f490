//! C11: what one capture holds stays apart: each observation, line and id is there once.

use std::collections::BTreeMap;
use std::fmt::Display;

use crossdock_schemas::Entity;

use super::report::Findings;
use super::suite::Suite;
use super::{golden, identity};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    suite.each_case(findings, |case, part, findings| {
        let Ok(normalized) = golden::normalize(part, &case.capture) else { return };
        let observations = normalized.observations.iter().map(|observation| {
            // Two states of one order are two observations; the same state twice is a mistake.
            let revision = observation.source().revision.as_deref().unwrap_or_default();
            format!("{} revision `{revision}` partial {}", identity::key(observation), observation.partial)
        });
        once(&case.label(), "observation", observations, findings);
        once(&case.label(), "id to fetch", normalized.fetch.iter(), findings);
        for observation in &normalized.observations {
            if let Entity::Order(order) = &observation.entity {
                let lines = order.lines.iter().map(|line| line.line_key.as_deref().unwrap_or_default());
                once(&case.label(), "line", lines, findings);
            }
        }
    });
}

fn once<T: Display>(place: &str, what: &str, items: impl Iterator<Item = T>, findings: &mut Findings) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for item in items {
        *seen.entry(item.to_string()).or_default() += 1;
    }
    for (item, count) in seen.into_iter().filter(|(_, count)| *count > 1) {
        findings.note(place, format!("{what} {item} is there {count} times"));
    }
}
