//! C02: each input gives exactly its expected observations and issues.

use std::fs;

use crossdock_connector::{IssueKind, Normalized, Result};
use serde_json::Value;

use super::report::Findings;
use super::suite::{Suite, tell};
use super::{diff, golden};
use crate::fixture::{Case, Expect};

/// Set to `1` to write goldens anew.
const UPDATE: &str = "CROSSDOCK_UPDATE_GOLDENS";

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    // `var_os`, because these are switches of the test run, not configuration of the product.
    let update = std::env::var_os(UPDATE).is_some_and(|value| value == "1");
    if update && std::env::var_os("CI").is_some() {
        findings.note(UPDATE, "goldens are not written in CI: write them where somebody reads them");
        return;
    }
    suite.each_case(findings, |case, part, findings| {
        let result = golden::normalize(part, &case.capture);
        if let Some(what) = unlike(case, &result) {
            findings.note(case.label(), what);
            return;
        }
        let actual = golden::to_json(&result);
        if update {
            write(case, &actual, findings);
        } else {
            compare(case, &actual, findings);
        }
    });
}

/// What the result is not, measured by `expect`.
fn unlike(case: &Case, result: &Result<Normalized>) -> Option<String> {
    let fits = match (case.expect, result) {
        (Expect::Observations, Ok(normalized)) => !normalized.observations.is_empty(),
        (Expect::Nudge, Ok(normalized)) => !normalized.fetch.is_empty(),
        (Expect::Ignored, Ok(normalized)) => {
            let people = normalized.issues.iter().any(|issue| issue.kind == IssueKind::ForPeople);
            let said = normalized.ignored.is_some() || people;
            said && normalized.observations.is_empty() && normalized.fetch.is_empty()
        }
        (Expect::Malformed, Ok(normalized)) => golden::refused(result) && normalized.observations.is_empty(),
        (Expect::Malformed, Err(_)) => golden::refused(result),
        (Expect::Observations | Expect::Nudge | Expect::Ignored, Err(_)) => false,
    };
    (!fits).then(|| format!("expected {:?}, got {}", case.expect, golden::brief(result)).to_lowercase())
}

fn compare(case: &Case, actual: &Value, findings: &mut Findings) {
    let file = case.expected_file();
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            findings
                .note(file.display(), format!("{error}; write it by hand, or with {UPDATE}=1 and read it"));
            return;
        }
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(mut expected) => {
            golden::hide_versions(&mut expected);
            let differences = diff::diff(&expected, actual);
            if !differences.is_empty() {
                findings.note(case.label(), format!("not as expected\n{}", differences.join("\n")));
            }
        }
        Err(error) => findings.note(file.display(), format!("not JSON: {error}")),
    }
}

fn write(case: &Case, actual: &Value, findings: &mut Findings) {
    let file = case.expected_file();
    let mut text = serde_json::to_string_pretty(actual).unwrap_or_default();
    text.push('\n');
    if fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return;
    }
    match fs::write(&file, text) {
        Ok(()) => tell(&format!("written anew, read it against the document: {}", file.display())),
        Err(error) => findings.note(file.display(), error),
    }
}
