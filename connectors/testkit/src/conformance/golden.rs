//! What normalizing gives, as JSON that people read and compare.

use crossdock_connector::{Capture, Error, ErrorKind, IssueKind, Normalize, Normalized, Result};
use crossdock_schemas::Observation;
use serde_json::{Value, json};

/// Normalizes and seals, as the hub would, without what only the hub fills in.
///
/// # Errors
/// What the connector says; `Bug` when an observation has no identity.
pub(super) fn normalize(part: &dyn Normalize, capture: &Capture) -> Result<Normalized> {
    let mut normalized = part.normalize(capture)?;
    for (at, observation) in normalized.observations.iter_mut().enumerate() {
        observation.seal().map_err(|error| {
            Error::new(ErrorKind::Bug, format!("observation {at} cannot be sealed: {error}"))
        })?;
    }
    Ok(normalized)
}

/// The result as JSON; an error by its kind and path.
pub(super) fn to_json(result: &Result<Normalized>) -> Value {
    match result {
        Ok(normalized) => {
            let observations: Vec<Value> = normalized.observations.iter().map(observation_json).collect();
            json!({
                "observations": observations,
                "issues": normalized.issues,
                "fetch": normalized.fetch,
                "ignored": normalized.ignored,
            })
        }
        Err(error) => {
            let mut shown = json!({ "kind": error.kind().as_str() });
            if let (Some(path), Some(shown)) = (&error.path, shown.as_object_mut()) {
                shown.insert("path".to_owned(), json!(path));
            }
            json!({ "error": shown })
        }
    }
}

/// An observation as JSON. The connector's version is hidden, or each release would change every golden.
pub(super) fn observation_json(observation: &Observation) -> Value {
    let mut value = match serde_json::to_value(observation) {
        Ok(value) => value,
        Err(error) => json!({ "cannot be written": error.to_string() }),
    };
    hide_version(&mut value, observation.kind().as_str());
    value
}

/// Hides connector versions in a golden that was written by hand.
pub(super) fn hide_versions(golden: &mut Value) {
    let Some(observations) = golden.get_mut("observations").and_then(Value::as_array_mut) else { return };
    for observation in observations {
        if let Some(kind) = observation.get("kind").and_then(Value::as_str).map(str::to_owned) {
            hide_version(observation, &kind);
        }
    }
}

fn hide_version(observation: &mut Value, kind: &str) {
    let connector =
        observation.get_mut(kind).and_then(|entity| entity.get_mut("source")?.get_mut("connector"));
    if let Some(Value::String(connector)) = connector
        && let Some((name, _)) = connector.split_once('@')
    {
        *connector = format!("{name}@*");
    }
}

/// Whether bytes were refused as they should be: an error that says so, or an issue that does.
pub(super) fn refused(result: &Result<Normalized>) -> bool {
    match result {
        Ok(normalized) => normalized.issues.iter().any(|issue| issue.kind == IssueKind::Malformed),
        Err(error) => matches!(error.kind(), ErrorKind::Malformed | ErrorKind::Unsupported),
    }
}

/// A result in a few words, for messages.
pub(super) fn brief(result: &Result<Normalized>) -> String {
    match result {
        Ok(normalized) => format!(
            "{} observations, {} issues, {} to fetch, ignored: {}",
            normalized.observations.len(),
            normalized.issues.len(),
            normalized.fetch.len(),
            normalized.ignored.unwrap_or("no")
        ),
        Err(error) => format!("error of kind {}: {error}", error.kind().as_str()),
    }
}
