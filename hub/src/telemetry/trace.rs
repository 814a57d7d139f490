//! W3C trace context, carried from capture to handoff through the store and the event.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use sha2::{Digest, Sha256};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The `traceparent` a request came with, if it is one; else none.
pub fn traceparent_of(header: Option<&str>) -> Option<String> {
    let text = header?.trim();
    let mut parts = text.split('-');
    let hex = |part: Option<&str>, length: usize| {
        part.is_some_and(|part| {
            part.len() == length
                && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
                && part.bytes().any(|byte| byte != b'0' || length == 2)
        })
    };
    let fits = hex(parts.next(), 2) && hex(parts.next(), 32) && hex(parts.next(), 16) && hex(parts.next(), 2);
    (fits && parts.next().is_none() && text.starts_with("00-")).then(|| text.to_owned())
}

/// A new `traceparent` for something that came without one. `seed` makes it unique.
pub fn new_traceparent(seed: &[u8]) -> String {
    let digest = crossdock_connector::sign::hex(&Sha256::digest(seed));
    let (trace, rest) = digest.split_at_checked(32).unwrap_or((&digest, ""));
    let span = rest.get(..16).unwrap_or("0000000000000001");
    format!("00-{trace}-{span}-01")
}

/// The target of all spans.
pub(super) const TARGET: &str = "crossdock::trace";

/// A span under a trace context that was carried along.
pub fn child_span(stage: &'static str, traceparent: Option<&str>) -> Span {
    // A target of its own: exported whatever the logs show, and free when nobody exports.
    let span = tracing::debug_span!(target: TARGET, "stage", otel.name = stage);
    if let Some(traceparent) = traceparent
        && !span.is_disabled()
    {
        let carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
        let parent = TraceContextPropagator::new().extract(&carrier);
        if parent.span().span_context().is_valid() {
            // Without a tracer there is nothing to hang it on.
            drop(span.set_parent(parent));
        }
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_trace_contexts_are_carried() {
        let real = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(traceparent_of(Some(real)).as_deref(), Some(real));
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nx: y",
        ] {
            assert_eq!(traceparent_of(Some(wrong)), None, "{wrong}");
        }
        assert!(traceparent_of(Some(&new_traceparent(b"x"))).is_some());
    }
}
