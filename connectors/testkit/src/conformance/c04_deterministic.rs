//! C04: the same bytes give the same result, and so does the same JSON written in another way.

use super::report::Findings;
use super::suite::Suite;
use super::{diff, golden, json};
use crate::fixture::{Expect, Format};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    suite.each_case(findings, |case, part, findings| {
        let first = golden::to_json(&golden::normalize(part, &case.capture));
        let second = golden::to_json(&golden::normalize(part, &case.capture));
        // As text, so that the order of keys counts too.
        let (one, two) = (first.to_string(), second.to_string());
        findings.expect(one == two, case.label(), "normalizing the same capture twice gives two results");
        if case.format != Format::Json || case.expect == Expect::Malformed {
            return;
        }
        let Some(value) = json::read(&case.capture.body) else {
            findings.note(case.label(), "input.json is not JSON, although the case is not malformed");
            return;
        };
        let other = golden::to_json(&golden::normalize(part, &case.with_body(json::rewritten(&value))));
        let differences = diff::diff(&first, &other);
        if !differences.is_empty() {
            let what = format!("key order or white space changes the result\n{}", differences.join("\n"));
            findings.note(case.label(), what);
        }
    });
}
