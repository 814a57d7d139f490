//! C07: bytes that are cut off, empty, of the wrong type or encoding are refused, never an empty success.

use crossdock_connector::{Normalize, Normalized, Result};
use serde_json::Value;

use super::report::Findings;
use super::suite::Suite;
use super::{golden, json};
use crate::fixture::{Case, Expect, Format};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    suite.each_case(findings, |case, part, findings| {
        if !matches!(case.expect, Expect::Observations | Expect::Nudge) {
            return;
        }
        for (what, body) in broken(case) {
            let result = golden::normalize(part, &case.with_body(body));
            findings.expect(
                golden::refused(&result),
                case.label(),
                format!("{what}: {}", golden::brief(&result)),
            );
        }
        for (what, body) in doubtful(case) {
            let result = golden::normalize(part, &case.with_body(body));
            findings.expect(!is_empty_success(&result), case.label(), format!("{what}: an empty success"));
        }
        reply_of_nobody(case, part, findings);
    });
}

/// Bytes that cannot be right.
fn broken(case: &Case) -> Vec<(String, Vec<u8>)> {
    let body = case.capture.body.trim_ascii();
    let mut found = vec![("no bytes".to_owned(), Vec::new()), ("only blanks".to_owned(), b" \r\n".to_vec())];
    let parts: &[usize] = match case.format {
        // The last quarter of a form may be a field nobody needs.
        Format::Form => &[1, 2],
        Format::Json | Format::Xml => &[1, 2, 3],
        Format::Other => &[],
    };
    for part in parts {
        let cut = body.get(..body.len() * part / 4).unwrap_or_default();
        found.push((format!("cut off after {part}/4"), cut.to_vec()));
    }
    if matches!(case.format, Format::Json | Format::Xml) {
        let cut = body.get(..body.len().saturating_sub(1)).unwrap_or_default();
        found.push(("without the last byte".to_owned(), cut.to_vec()));
        found.push(("as UTF-16".to_owned(), utf16(body)));
        let mut bad = body.to_vec();
        bad.insert(1.min(bad.len()), 0xFF);
        found.push(("with a byte that is no UTF-8".to_owned(), bad));
    }
    if case.format == Format::Json {
        let mut types = vec!["\"text\"", "1", "true", "null", "1.5e3"];
        // Where the vendor sends an object a list is the wrong type, and the other way round.
        types.push(if json::read(body).is_some_and(|value| value.is_array()) { "[[]]" } else { "[]" });
        for text in types {
            found.push((format!("{text} instead of it"), text.as_bytes().to_vec()));
        }
    }
    found
}

/// Bytes that may be refused or said to mean nothing, but not passed over in silence.
fn doubtful(case: &Case) -> Vec<(String, Vec<u8>)> {
    let body = &case.capture.body;
    let mut found = Vec::new();
    match case.format {
        Format::Json => {
            found.extend([("{}", b"{}".to_vec()), ("[]", b"[]".to_vec()), ("[{}]", b"[{}]".to_vec())])
        }
        Format::Other => {
            found.push(("cut off in the middle", body.get(..body.len() / 2).unwrap_or_default().to_vec()));
            found.push(("as UTF-16", utf16(body)));
        }
        Format::Xml | Format::Form => {}
    }
    found.into_iter().map(|(what, body)| (what.to_owned(), body)).collect()
}

/// A page that a proxy or a login sends instead of the vendor.
fn reply_of_nobody(case: &Case, part: &dyn Normalize, findings: &mut Findings) {
    if case.format == Format::Other {
        return;
    }
    let page = "<!DOCTYPE html><html><head><title>502</title></head><body>bad gateway</body></html>";
    let result = golden::normalize(part, &case.with_body(page));
    findings.expect(
        golden::refused(&result),
        case.label(),
        format!("a HTML page: {}", golden::brief(&result)),
    );
    let other_object = Value::from_iter([("unexpected", Value::from(1))]).to_string();
    let result = golden::normalize(part, &case.with_body(other_object));
    findings.expect(!is_empty_success(&result), case.label(), "another JSON object: an empty success");
}

fn is_empty_success(result: &Result<Normalized>) -> bool {
    result.as_ref().is_ok_and(|normalized| {
        normalized.observations.is_empty()
            && normalized.fetch.is_empty()
            && normalized.ignored.is_none()
            && normalized.issues.is_empty()
    })
}

fn utf16(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}
