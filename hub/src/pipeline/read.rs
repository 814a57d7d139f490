//! From the bytes of a capture to observations that can be folded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossdock_connector::{Class as ErrorClass, Error, Issue, IssueKind, Normalized};

use super::{About, Enrich, FoldSource, SourceOf};
use crate::backbone::{QuarantineReason, Seq, StoredCapture};
use crate::telemetry::child_span;

/// A capture after normalizing.
pub(super) struct Read {
    pub(super) seq: Seq,
    pub(super) source: Arc<str>,
    pub(super) outcome: Result<Normalized, QuarantineReason>,
}

impl Read {
    /// Whether nothing of it stays in quarantine.
    pub(super) fn leaves(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|read| !read.issues.iter().any(|issue| issue.kind.keeps()))
    }
}

/// Reads one capture, whatever its connector makes of it.
pub(super) fn read(sources: &SourceOf, enrich: &dyn Enrich, stored: &StoredCapture) -> Read {
    let _span = child_span("normalize", stored.traceparent.as_deref()).entered();
    let outcome = match sources.get(&stored.source) {
        None => Err(reason("config", None, format!("source {} is no longer configured", stored.source))),
        Some(source) => catch_unwind(AssertUnwindSafe(|| normalize(source, enrich, stored)))
            .unwrap_or_else(|_| Err(reason("bug", None, "the connector panicked on this capture".into()))),
    };
    Read { seq: stored.seq, source: Arc::clone(&stored.source), outcome }
}

/// Normalizes, enriches, seals and checks one capture. What is wrong with a single observation becomes an issue.
fn normalize(
    source: &FoldSource,
    enrich: &dyn Enrich,
    stored: &StoredCapture,
) -> Result<Normalized, QuarantineReason> {
    let refused = |error: &Error| {
        let kind = match error.class() {
            ErrorClass::Malformed => "malformed",
            ErrorClass::Retryable | ErrorClass::Auth | ErrorClass::Permanent => error.kind().as_str(),
        };
        reason(kind, error.path.clone(), error.to_string())
    };
    let mut normalized = source.normalize.normalize(&stored.capture).map_err(|error| refused(&error))?;
    let silent = normalized.observations.is_empty()
        && normalized.fetch.is_empty()
        && normalized.ignored.is_none()
        && normalized.issues.is_empty();
    if silent {
        return Err(reason("bug", None, "the connector said nothing about this capture".into()));
    }
    let about = About { source: &stored.source, at: stored.capture.received_at };
    let mut good = Vec::with_capacity(normalized.observations.len());
    for (at, mut observation) in std::mem::take(&mut normalized.observations).into_iter().enumerate() {
        enrich.enrich(&mut observation, &about).map_err(|error| refused(&error))?;
        if let Err(error) = observation.seal() {
            // One bad observation leaves the others alone; the capture is kept for repair.
            normalized.issues.push(Issue::new(
                IssueKind::Malformed,
                format!("observation {at}"),
                error.to_string(),
            ));
            continue;
        }
        match observation.validate().first() {
            None => good.push(observation),
            Some(problem) => normalized.issues.push(Issue::new(
                IssueKind::Malformed,
                problem.path.clone(),
                problem.message.clone(),
            )),
        }
    }
    normalized.observations = good;
    Ok(normalized)
}

/// Why a capture goes to quarantine.
pub(super) fn reason(kind: &str, path: Option<String>, detail: String) -> QuarantineReason {
    QuarantineReason { kind: kind.to_owned(), path, detail }
}
