//! C14: each delivery has exactly one outcome, whatever the receiver answers; a batch is covered once and in
//! order; what was not taken is not called delivered.

use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::{
    Delivery, ErrorKind, Headers, HttpRequest, HttpResponse, HttpSink, Outcome, Parts, Repeat, Sink, SinkPart,
};
use crossdock_schemas::EventType;
use jiff::Timestamp;

use super::report::Findings;
use super::sample;
use super::suite::Suite;
use crate::fixture::{ErrorCase, Part, Secrets};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let recorded: Vec<&ErrorCase> =
        suite.fixtures.errors.iter().filter(|case| case.part == Part::Sink).collect();
    let plan = suite.fixtures.plan.sink_settings.as_deref();
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return findings.note("temporary folder", error),
    };
    let settings = plan.map(|text| text.replace("{tmp}", &folder.path().display().to_string()));
    match suite.parts(settings.as_deref(), &Secrets::new()).map(|parts| parts.sink) {
        Err(error) => findings.note("settings", error),
        Ok(None) => {
            findings.expect(recorded.is_empty(), "fixtures/errors", "replies to a sink that is not there");
            findings.expect(
                !suite.descriptor().capabilities.deliver,
                "parts",
                "`sink` is declared, but not there",
            );
        }
        Ok(Some(SinkPart::Http(sink))) => {
            for wanted in ["delivered", "retry", "rejected"] {
                let there = recorded.iter().any(|case| case.kinds.iter().any(|kind| kind == wanted));
                findings.expect(there, "fixtures/errors", format!("no reply with the outcome `{wanted}`"));
            }
            encoding(suite, sink.as_ref(), findings);
            replies(sink.as_ref(), findings);
            recorded.iter().for_each(|case| recorded_reply(suite, case, findings));
        }
        Ok(Some(SinkPart::Native(sink))) => {
            let what = "a sink with a client of its own needs `sink_settings` in conformance.toml to deliver for real";
            findings.expect(plan.is_some(), "conformance.toml", what);
            if plan.is_some() {
                native(suite, &sink, findings);
            }
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(sample::AT).unwrap_or_default()
}

fn encoding(suite: &Suite<'_>, sink: &dyn HttpSink, findings: &mut Findings) {
    let most = suite.descriptor().capabilities.max_batch.unwrap_or(1).min(100);
    for count in [1, most] {
        let batch = sample::deliveries(count);
        let place = format!("encode of {count}");
        let calls = match (sink.encode(&batch, now()), sink.encode(&batch, now())) {
            (Ok(first), Ok(second)) => {
                let same = first.iter().map(|call| &call.request).eq(second.iter().map(|call| &call.request));
                findings.expect(same, &place, "encoding twice at the same time gives two requests");
                first
            }
            (Err(error), _) | (_, Err(error)) => return findings.note(place, error),
        };
        let mut covered = 0;
        for call in &calls {
            let in_order = call.covers.start == covered && call.covers.end > covered;
            findings.expect(in_order, &place, format!("{:?} does not go on after {covered}", call.covers));
            covered = call.covers.end;
            request(
                suite,
                &place,
                sink,
                &call.request,
                batch.get(call.covers.clone()).unwrap_or_default(),
                findings,
            );
        }
        findings.expect(covered == batch.len(), &place, format!("{covered} of {count} are covered"));
    }
    for event_type in EventType::ALL {
        match sink.encode(&[sample::delivery(*event_type, 1)], now()) {
            Ok(calls) => findings.expect(!calls.is_empty(), event_type.as_str(), "no call and no error"),
            Err(error) => {
                let refused = matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Unsupported);
                findings.expect(refused, event_type.as_str(), format!("not refused with Rejected: {error}"));
            }
        }
    }
}

fn request(
    suite: &Suite<'_>,
    place: &str,
    sink: &dyn HttpSink,
    request: &HttpRequest,
    covered: &[Delivery],
    findings: &mut Findings,
) {
    let absolute = request.url.starts_with("https://") || request.url.starts_with("http://");
    findings.expect(absolute, place, format!("`{}` is no absolute address", request.url));
    for secret in suite.secrets_in(None, &Secrets::new()) {
        let shown = secret.len() >= 8 && request.url.contains(&secret);
        findings.expect(!shown, place, "a secret stands in the address, where every proxy logs it");
    }
    // What the receiver tells a repetition by has to reach it.
    let body = String::from_utf8_lossy(&request.body);
    let says = |text: &str| {
        body.contains(text)
            || request.url.contains(text)
            || request.headers.0.iter().any(|(_, value)| value.contains(text))
    };
    if sink.repeat() == Repeat::UniqueKey {
        for delivery in covered {
            findings.expect(
                says(&delivery.event.id),
                place,
                format!("event id {} is not sent", delivery.event.id),
            );
        }
    }
}

fn replies(sink: &dyn HttpSink, findings: &mut Findings) {
    let bodies = ["", "{}", "[]", "null", "<html></html>", "{\"error\":\"no\"}", "\u{0}\u{1}"];
    for status in [
        200, 201, 202, 204, 301, 302, 307, 400, 401, 403, 404, 408, 409, 410, 413, 422, 425, 429, 500, 502,
        503, 504,
    ] {
        for count in [1, 3] {
            let sent = sample::deliveries(count);
            for body in bodies {
                let reply = HttpResponse { status, headers: Headers::default(), body: Bytes::from(body) };
                let outcomes = sink.read_reply(&sent, &reply);
                let place = format!("status {status}, body `{}`", body.escape_debug());
                let one_each = outcomes.len() == sent.len();
                findings.expect(
                    one_each,
                    &place,
                    format!("{} outcomes for {count} deliveries", outcomes.len()),
                );
                for outcome in &outcomes {
                    let word = word(outcome);
                    let fits = match status {
                        300..=399 => !matches!(word, "delivered" | "already_there"),
                        429 | 500..=599 => matches!(word, "retry" | "uncertain"),
                        401 | 403 => matches!(word, "retry" | "rejected"),
                        400 | 404 | 410 | 413 | 422 => !matches!(word, "delivered"),
                        _ => true,
                    };
                    findings.expect(fits, &place, format!("is {word}"));
                }
            }
        }
    }
}

fn recorded_reply(suite: &Suite<'_>, case: &ErrorCase, findings: &mut Findings) {
    let sink = match suite.parts(case.settings.as_deref(), &case.secrets) {
        Ok(Parts { sink: Some(SinkPart::Http(sink)), .. }) => sink,
        Ok(_) => return findings.note(&case.name, "the connector has no such part"),
        Err(error) => return findings.note(&case.name, format!("settings refused: {error}")),
    };
    let count = u32::try_from(case.kinds.len()).unwrap_or(1);
    let sent = sample::deliveries(count);
    let outcomes = sink.read_reply(&sent, &with_ids(&case.reply, &sent));
    let found: Vec<&str> = outcomes.iter().map(word).collect();
    findings.expect(found == case.kinds, &case.name, format!("is {found:?}, expected {:?}", case.kinds));
    for outcome in &outcomes {
        let (wait, error) = match outcome {
            Outcome::Retry(wait, error) => (*wait, Some(error)),
            Outcome::Uncertain(error) | Outcome::Rejected(error) => (None, Some(error)),
            Outcome::Delivered | Outcome::AlreadyThere => (None, None),
        };
        if let Some(seconds) = case.retry_after_seconds {
            let same = wait == Some(std::time::Duration::from_secs(seconds));
            findings.expect(same, &case.name, format!("wait {wait:?}, expected {seconds} s"));
        }
        if case.vendor_code.is_some() {
            let code = error.and_then(|error| error.vendor_code.clone());
            findings.expect(
                code == case.vendor_code,
                &case.name,
                format!("code {code:?}, expected {:?}", case.vendor_code),
            );
        }
    }
}

/// Recorded replies name the first event `{id:1}`, the second `{id:2}`: their ids are the suite's.
fn with_ids(reply: &HttpResponse, sent: &[Delivery]) -> HttpResponse {
    let Ok(text) = std::str::from_utf8(&reply.body) else { return reply.clone() };
    let name = |text: String, (at, delivery): (usize, &Delivery)| {
        text.replace(&format!("{{id:{}}}", at + 1), &delivery.event.id)
    };
    let text = sent.iter().enumerate().fold(text.to_owned(), name);
    HttpResponse { body: Bytes::from(text), ..reply.clone() }
}

/// Delivers twice for real: the second time must be harmless.
fn native(suite: &Suite<'_>, sink: &Arc<dyn Sink>, findings: &mut Findings) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return findings.note("runtime", error),
    };
    let most = suite.descriptor().capabilities.max_batch.unwrap_or(1).min(100);
    for (time, count) in [("first", 1), ("second", 1), ("first", most), ("second", most)] {
        let batch = sample::deliveries(count);
        let outcomes = runtime.block_on(sink.deliver(&batch));
        let place = format!("{time} hand-over of {count}");
        findings.expect(outcomes.len() == batch.len(), &place, format!("{} outcomes", outcomes.len()));
        for outcome in &outcomes {
            let taken = matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere);
            findings.expect(taken, &place, format!("{outcome:?}"));
        }
    }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "delivered",
        Outcome::AlreadyThere => "already_there",
        Outcome::Retry(..) => "retry",
        Outcome::Uncertain(_) => "uncertain",
        Outcome::Rejected(_) => "rejected",
    }
}
