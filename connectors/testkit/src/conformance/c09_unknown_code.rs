//! C09: a vendor code that nobody has seen becomes `unknown` with its text and an issue; nothing is guessed.

use crossdock_connector::{IssueKind, Normalize, Normalized};
use serde_json::Value;

use super::report::Findings;
use super::suite::Suite;
use super::{golden, json};
use crate::fixture::{Case, Expect, Format, Plan};

/// A code that no vendor has.
const NEVER_SEEN: &str = "XD_NEVER_SEEN";

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let mut codes = false;
    let mut shown = false;
    let pass_through = suite.fixtures.plan.no_codes.is_some();
    suite.each_case(findings, |case, part, findings| {
        if case.expect != Expect::Observations {
            return;
        }
        let Ok(normalized) = golden::normalize(part, &case.capture) else { return };
        let twins = twins(&normalized);
        codes |= !twins.is_empty();
        let unmapped = normalized.issues.iter().filter(|issue| issue.kind == IssueKind::UnmappedCode);
        for issue in unmapped {
            let kept = twins.iter().any(|twin| issue.detail.contains(&twin.raw) && twin.is_unknown());
            shown |= kept;
        }
        if !pass_through {
            unseen(&suite.fixtures.plan, case, part, &twins, findings);
        }
    });
    let place = "fixtures";
    if pass_through {
        findings.expect(!shown, place, "`no_codes` is set, but there are unmapped codes");
    } else if codes {
        let what = "no case shows a code without a row: an issue `unmapped_code`, its text in a `*_raw` field, and \
                    `unknown` (or nothing) beside it. A connector without codes of its own says why in \
                    conformance.toml: no_codes = \"...\"";
        findings.expect(shown, place, what);
    }
}

/// A vendor's text and what it was mapped to.
#[derive(Clone, Debug, PartialEq)]
struct Twin {
    path: String,
    raw: String,
    value: Option<String>,
}

impl Twin {
    fn is_unknown(&self) -> bool {
        self.value.as_deref().is_none_or(|value| value == "unknown")
    }
}

/// All pairs of `x` and `x_raw`. Carriers and payment methods are open lists: their words are made from
/// the vendor's own.
fn twins(normalized: &Normalized) -> Vec<Twin> {
    let mut found = Vec::new();
    for (at, observation) in normalized.observations.iter().enumerate() {
        walk(&golden::observation_json(observation), &format!("observations[{at}]"), &mut found);
    }
    found
}

fn walk(value: &Value, path: &str, found: &mut Vec<Twin>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let path = format!("{path}.{key}");
                let twin = match key.as_str() {
                    "carrier_raw" | "method_raw" | "reason_raw" | "ext" => None,
                    "code_raw" => Some("status"),
                    other => other.strip_suffix("_raw"),
                };
                if let (Some(twin), Value::String(raw)) = (twin, inner) {
                    let mapped = map.get(twin).and_then(Value::as_str).map(str::to_owned);
                    found.push(Twin { path: path.clone(), raw: raw.clone(), value: mapped });
                }
                if key != "ext" {
                    walk(inner, &path, found);
                }
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, inner)| walk(inner, &format!("{path}[{at}]"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Puts a code that nobody has seen in the place of each code of the input.
fn unseen(plan: &Plan, case: &Case, part: &dyn Normalize, before: &[Twin], findings: &mut Findings) {
    let mut codes: Vec<&str> = before.iter().map(|twin| twin.raw.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        let mut landed = false;
        let mut refused = Vec::new();
        for (place, body) in changed(plan, case, code) {
            match golden::normalize(part, &case.with_body(body)) {
                Ok(normalized) => {
                    let place = format!("{}, `{code}` at {place} replaced by an unknown code", case.label());
                    landed |= judge(&place, &normalized, findings);
                }
                Err(error) => refused.push(format!("{place}: {error}")),
            }
        }
        if !landed && !refused.is_empty() {
            let what = format!("an unknown code in the place of `{code}` is refused: {}", refused.join("; "));
            findings.note(case.label(), what);
        }
    }
}

fn changed(plan: &Plan, case: &Case, code: &str) -> Vec<(String, Vec<u8>)> {
    match case.format {
        Format::Json => {
            let Some(value) = json::read(&case.capture.body) else { return Vec::new() };
            let mut keys = Vec::new();
            json::keys_of(&value, code, &mut keys);
            keys.retain(|key| !plan.open_words.iter().any(|open| open.key == *key));
            let body = |key: &String| {
                let together = plan.codes_together.iter().find(|keys| keys.contains(key));
                let together = together.map(Vec::as_slice).unwrap_or_default();
                json::replaced(&value, key, code, NEVER_SEEN, together).to_string().into_bytes()
            };
            keys.iter().map(|key| (format!("key `{key}`"), body(key))).collect()
        }
        Format::Xml => {
            let text = String::from_utf8_lossy(&case.capture.body);
            let forms = [("attribute", format!("\"{code}\"")), ("text", format!(">{code}<"))];
            let there = forms.into_iter().filter(|(_, form)| text.contains(form.as_str()));
            there
                .map(|(what, form)| {
                    (what.to_owned(), text.replace(&form, &form.replace(code, NEVER_SEEN)).into_bytes())
                })
                .collect()
        }
        Format::Form | Format::Other => Vec::new(),
    }
}

/// Whether the unknown code shows in the result, which must then not claim to know it.
fn judge(place: &str, normalized: &Normalized, findings: &mut Findings) -> bool {
    let landed: Vec<Twin> = twins(normalized).into_iter().filter(|twin| twin.raw == NEVER_SEEN).collect();
    if landed.is_empty() {
        return false;
    }
    let issue = normalized
        .issues
        .iter()
        .any(|issue| issue.kind == IssueKind::UnmappedCode && issue.detail.contains(NEVER_SEEN));
    findings.expect(issue, place, "no issue `unmapped_code` names it");
    for twin in landed.iter().filter(|twin| !twin.is_unknown()) {
        let value = twin.value.as_deref().unwrap_or_default();
        let what = "nothing is guessed. If the key holds names and no codes, or several keys decide together, say so in \
                    conformance.toml: `open_words`, `codes_together`";
        findings.note(place, format!("{} became `{value}`: {what}", twin.path));
    }
    true
}
