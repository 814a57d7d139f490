//! C05: a redelivery has the same identity, however and whenever it arrives; other content has another one.

use std::collections::BTreeSet;

use crossdock_connector::Normalize;
use crossdock_schemas::Channel;
use jiff::ToSpan;

use super::report::Findings;
use super::suite::Suite;
use super::{golden, identity};
use crate::fixture::{Case, Expect};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    suite.each_case(findings, |case, part, findings| {
        if case.expect == Expect::Malformed {
            return;
        }
        let Some(own) = identities(case, part) else {
            findings.note(case.label(), "cannot be normalized");
            return;
        };
        redelivered(case, part, findings);
        for (name, wanted) in [(&case.same_as, true), (&case.differs_from, false)] {
            let Some(name) = name else { continue };
            let Some(other) = sibling(suite, case, name) else {
                findings.note(case.label(), format!("case `{name}` beside it cannot be normalized"));
                continue;
            };
            if (own == other) != wanted {
                let what = if wanted { "another identity than" } else { "the same identity as" };
                findings.note(case.label(), format!("has {what} `{name}`:\n{own:#?}\n{other:#?}"));
            }
        }
    });
}

fn identities(case: &Case, part: &dyn Normalize) -> Option<BTreeSet<String>> {
    golden::normalize(part, &case.capture).ok().map(|normalized| identity::identities(&normalized))
}

fn sibling(suite: &Suite<'_>, case: &Case, name: &str) -> Option<BTreeSet<String>> {
    let other = suite.fixtures.sibling(case, name)?;
    let parts = suite.parts(other.settings.as_deref(), &other.secrets).ok()?;
    identities(other, parts.normalize?.as_ref())
}

/// A later delivery by another way, with headers of some proxy: nothing of it may show.
fn redelivered(case: &Case, part: &dyn Normalize, findings: &mut Findings) {
    let first = golden::to_json(&golden::normalize(part, &case.capture));
    let mut again = case.capture.clone();
    again.received_at = again.received_at.checked_add(31.hours()).unwrap_or(again.received_at);
    again.channel = if again.channel == Channel::Replay { Channel::Poll } else { Channel::Replay };
    again.origin = Some("another place".to_owned());
    again.headers.push("x-request-id", "another-request");
    again.headers.push("x-forwarded-for", "192.0.2.1");
    let second = golden::to_json(&golden::normalize(part, &again));
    let differences = super::diff::diff(&first, &second);
    if !differences.is_empty() {
        let what = format!("time or way of arrival changes the result\n{}", differences.join("\n"));
        findings.note(case.label(), what);
    }
}
