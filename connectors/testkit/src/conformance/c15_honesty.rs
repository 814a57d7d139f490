//! C15: the descriptor says what is there, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use crossdock_connector::{Descriptor, Maturity, Parts, Role};
use crossdock_schemas::{Entity, HistoryKind};
use jiff::Timestamp;

use super::golden;
use super::report::Findings;
use super::suite::Suite;
use crate::fixture::{Origin, Secrets};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let descriptor = suite.descriptor();
    words(suite, descriptor, findings);
    match suite.parts(None, &Secrets::new()) {
        Ok(parts) => present(descriptor, &parts, findings),
        Err(error) => findings.note("settings", error),
    }
    observed(suite, findings);
    maturity(suite, findings);
}

fn words(suite: &Suite<'_>, descriptor: &Descriptor, findings: &mut Findings) {
    let id = descriptor.id;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let kebab = !id.is_empty() && id.bytes().all(plain) && !id.starts_with('-') && !id.ends_with('-');
    findings.expect(kebab, "id", format!("`{id}` is not lower case letters, digits and inner `-`"));
    let manifest = suite.manifest();
    let package = manifest.as_ref().and_then(|manifest| manifest.get("package")?.get("name")?.as_str());
    let named = package == Some(format!("crossdock-{id}").as_str());
    findings.expect(named, "id", format!("the crate is {package:?}, not crossdock-{id}"));
    for (field, text) in [("title", descriptor.title), ("vendor_api", descriptor.vendor_api)] {
        findings.expect(!text.trim().is_empty(), field, "says nothing");
    }
    let readme = fs::read_to_string(suite.fixtures.root.join("README.md")).unwrap_or_default();
    findings.expect(
        readme.len() > 200,
        "README.md",
        "says what the connector can, its mappings and their sources",
    );
    for quota in descriptor.quotas {
        let sound = quota.calls > 0 && quota.seconds > 0 && !quota.scope.trim().is_empty();
        findings.expect(sound, "quotas", format!("{quota:?} is no limit"));
    }
}

fn present(descriptor: &Descriptor, parts: &Parts, findings: &mut Findings) {
    let said = descriptor.capabilities;
    let there = [
        ("push", said.push, parts.push.is_some()),
        ("fetch", said.fetch, parts.fetch.is_some()),
        ("poll", said.poll, parts.poll.is_some()),
        ("track", said.track, parts.track.is_some()),
        ("files", said.files, parts.files.is_some()),
        ("deliver", said.deliver, parts.sink.is_some()),
        ("normalize (topics)", !said.topics.is_empty(), parts.normalize.is_some()),
        ("normalize (entities)", !said.entities.is_empty(), parts.normalize.is_some()),
    ];
    for (part, said, there) in there {
        findings.expect(said == there, part, format!("declared: {said}, there: {there}"));
    }
    let receives = descriptor.role == Role::Sink;
    findings.expect(said.deliver || !receives, "role", "a sink that does not deliver");
    findings.expect(parts.normalize.is_some() || receives, "role", "a source that cannot normalize");
    findings.expect(
        said.max_batch.is_some() || !said.track,
        "max_batch",
        "how many numbers fit into one call?",
    );
    findings.expect(said.max_page.is_some() || !said.poll, "max_page", "how many rows does a page hold?");
    if let Some(poll) = &parts.poll {
        findings.expect(!poll.topics().is_empty(), "poll", "there is nothing to poll");
        findings.expect(poll.window_seconds() > 0, "poll", "a window without length");
    }
}

/// What the fixtures really give.
fn observed(suite: &Suite<'_>, findings: &mut Findings) {
    let said = suite.descriptor().capabilities;
    let mut kinds = BTreeSet::new();
    let mut carriers = BTreeSet::new();
    let mut revisions = 0;
    suite.each_case(findings, |case, part, findings| {
        let Ok(normalized) = golden::normalize(part, &case.capture) else { return };
        for observation in &normalized.observations {
            let kind = observation.kind();
            kinds.insert(kind.as_str());
            if let Entity::Parcel(parcel) = &observation.entity {
                carriers.insert(parcel.carrier.clone());
            }
            let known = said.entities.contains(&kind.as_str());
            findings.expect(known, case.label(), format!("gives a {kind}, which is not declared"));
            let revision = observation.source().revision.as_deref();
            revisions += usize::from(revision.is_some());
            if let Some(text) = revision {
                let what = format!("revision `{text}` does not sort: UTC milliseconds or 20 digits");
                findings.expect(sortable(text), case.label(), what);
                findings.expect(said.revisions, case.label(), "a revision, though none are declared");
            } else if matches!(kind, HistoryKind::Order | HistoryKind::Aftersale) {
                findings.expect(
                    !said.revisions,
                    case.label(),
                    format!("a {kind} without the declared revision"),
                );
            }
        }
    });
    for entity in said.entities {
        findings.expect(kinds.contains(entity), format!("entity {entity}"), "no case gives one");
    }
    let ours = said.carrier.is_none_or(|carrier| carriers.contains(carrier));
    findings.expect(ours, "carrier", "no case gives a parcel of the carrier that is asked");
    findings.expect(revisions > 0 || !said.revisions, "revisions", "no case has one");
}

fn sortable(text: &str) -> bool {
    let digits = text.len() == 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    let time = text.len() == 24 && text.ends_with('Z') && text.parse::<Timestamp>().is_ok();
    digits || time
}

/// A claim about how well proven a connector is needs a fixture that proves it.
fn maturity(suite: &Suite<'_>, findings: &mut Findings) {
    let fixtures = &suite.fixtures;
    let mut origins: Vec<Origin> = fixtures.cases.iter().map(|case| case.origin).collect();
    origins.extend(fixtures.signatures.iter().map(|case| case.origin));
    origins.extend(fixtures.errors.iter().map(|case| case.origin));
    origins.extend(fixtures.conversations.iter().map(|talk| talk.origin));
    origins.extend(fixtures.sink_talks.iter().map(|talk| talk.origin));
    let captured =
        origins.iter().any(|origin| matches!(origin, Origin::SandboxCapture | Origin::ProductionCapture));
    let documented = origins.contains(&Origin::VendorDocument);
    let proven = match suite.descriptor().maturity {
        Maturity::Production => origins.contains(&Origin::ProductionCapture),
        Maturity::RealCapture => captured,
        Maturity::VendorDocument => documented || captured,
        Maturity::Synthetic | Maturity::Own => true,
    };
    findings.expect(
        proven,
        "maturity",
        format!("{:?} without a fixture of such an origin", suite.descriptor().maturity),
    );
}
