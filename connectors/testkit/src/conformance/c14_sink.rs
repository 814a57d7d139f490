//! C14: each delivery has exactly one outcome, whatever the receiver answers; a batch is covered once and in
//! order; what was not taken is not called delivered.

use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::{
    Context, Delivery, Headers, HttpResponse, HttpSink, Outcome, Parts, Repeat, Sink, SinkCall, SinkPart,
    Step, Token,
};
use crossdock_schemas::EventType;
use jiff::Timestamp;

use super::c14_talk::{any_token, hold, proper, recorded as talk, says, with_ids};
use super::place::Place;
use super::report::Findings;
use super::sample;
use super::suite::Suite;
use crate::fixture::{ErrorCase, Part, Secrets};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let recorded: Vec<&ErrorCase> =
        suite.fixtures.errors.iter().filter(|case| case.part == Part::Sink).collect();
    let plan = suite.fixtures.plan.sink_settings.as_deref();
    let mut place = match Place::new() {
        Ok(place) => place,
        Err(error) => return findings.note("temporary folder", error),
    };
    let settings = match plan.map(|text| place.fill(text)).transpose() {
        Ok(settings) => settings,
        Err(error) => return findings.note("sink_settings", error),
    };
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
            suite.fixtures.sink_talks.iter().for_each(|case| talk(suite, case, findings));
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

fn context(token: &Token) -> Context<'_> {
    Context::at(now()).with(token)
}

fn encoding(suite: &Suite<'_>, sink: &dyn HttpSink, findings: &mut Findings) {
    let token = any_token();
    let most = suite.descriptor().capabilities.max_batch.unwrap_or(1).min(100);
    for count in [1, most] {
        let batch = sample::deliveries(count);
        let mut rest = batch.as_slice();
        while !rest.is_empty() {
            let place = format!("{count} deliveries, {} to go", rest.len());
            let together = sink.together(rest);
            if together == 0 || together > rest.len() {
                return findings.note(place, format!("{together} go into one conversation"));
            }
            let (first, later) = rest.split_at(together);
            match (sink.step(first, &[], &context(&token)), sink.step(first, &[], &context(&token))) {
                (Step::Call(call), Step::Call(again)) => {
                    findings.expect(
                        call == again,
                        &place,
                        "encoding twice at the same time gives two requests",
                    );
                    proper(suite, &place, &call.request, None, &Secrets::new(), findings);
                    unique(sink, &place, &call, first, findings);
                }
                (Step::Done(outcomes), Step::Done(_)) => {
                    findings.expect(outcomes.len() == first.len(), &place, "not one outcome each");
                    // A sink for other events may have nothing to do with a sample order, or lack a mapping.
                    for outcome in outcomes {
                        let refused = matches!(outcome, Outcome::AlreadyThere | Outcome::Rejected(_));
                        findings.expect(refused, &place, format!("{outcome:?} without a call"));
                    }
                }
                _ => findings.note(&place, "the same moment gives a call and no call"),
            }
            rest = later;
        }
    }
    for event_type in EventType::ALL {
        let batch = [sample::delivery(*event_type, 1)];
        if let Step::Done(outcomes) = sink.step(&batch, &[], &context(&token)) {
            let place = event_type.as_str();
            findings.expect(outcomes.len() == 1, place, "not one outcome");
            for outcome in outcomes {
                let fits = matches!(outcome, Outcome::AlreadyThere | Outcome::Rejected(_));
                findings.expect(fits, place, format!("{outcome:?} without a call"));
            }
        }
    }
}

/// What the receiver tells a repetition by has to reach it.
fn unique(sink: &dyn HttpSink, place: &str, call: &SinkCall, covered: &[Delivery], findings: &mut Findings) {
    if sink.repeat() == Repeat::UniqueKey && call.writes {
        for delivery in covered {
            let event = &delivery.event;
            // By the event's id, or by a document number that the receiver keeps unique.
            let number = sample::number(event);
            let said =
                says(&call.request, &event.id) || number.is_some_and(|text| says(&call.request, &text));
            findings.expect(said, place, format!("neither event id nor number of {} is sent", event.id));
        }
    }
    if sink.repeat() == Repeat::QueryFirst {
        let token = any_token();
        let maybe: Vec<Delivery> =
            covered.iter().map(|one| Delivery { maybe_there: true, attempt: 2, ..one.clone() }).collect();
        let asks = match sink.step(&maybe, &[], &context(&token)) {
            Step::Call(call) => !call.writes,
            Step::Done(_) => true,
        };
        findings.expect(asks, place, "what may have arrived is written without asking first");
    }
}

fn replies(sink: &dyn HttpSink, findings: &mut Findings) {
    let bodies = ["", "{}", "[]", "null", "<html></html>", "{\"error\":\"no\"}", "\u{0}\u{1}"];
    let token = any_token();
    for status in [
        200, 201, 202, 204, 301, 302, 307, 400, 401, 403, 404, 408, 409, 410, 413, 422, 425, 429, 500, 502,
        503, 504,
    ] {
        for count in [1, 3] {
            let batch = sample::deliveries(count);
            let sent = batch.get(..sink.together(&batch)).unwrap_or(&batch);
            for body in bodies {
                let reply = HttpResponse { status, headers: Headers::default(), body: Bytes::from(body) };
                let place = format!("status {status}, body `{}`", body.escape_debug());
                let mut calls = 0;
                let outcomes = match hold(sink, sent, &context(&token), |_, _| {
                    calls += 1;
                    reply.clone()
                }) {
                    Ok(outcomes) => outcomes,
                    Err(calls) => return findings.note(place, format!("no end after {calls} calls")),
                };
                let one_each = outcomes.len() == sent.len();
                findings.expect(
                    one_each,
                    &place,
                    format!("{} outcomes for {} deliveries", outcomes.len(), sent.len()),
                );
                for outcome in outcomes.iter().filter(|_| calls > 0) {
                    let word = outcome.as_str();
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
    let sent = sample::handed(case);
    let together = sink.together(&sent);
    let whole = together == sent.len();
    findings.expect(whole, &case.name, format!("{together} of {} go into one conversation", sent.len()));
    let token = any_token();
    let mut asked = 0;
    let held = hold(sink.as_ref(), &sent, &context(&token), |at, _| {
        asked = at + 1;
        with_ids(case.before.get(at).unwrap_or(&case.reply), &sent)
    });
    let Ok(outcomes) = held else { return findings.note(&case.name, "the conversation does not end") };
    let right = asked == case.before.len() + 1;
    findings.expect(right, &case.name, format!("{asked} calls, {} replies", case.before.len() + 1));
    let found: Vec<&str> = outcomes.iter().map(Outcome::as_str).collect();
    let wanted: Vec<&str> = match case.kinds.as_slice() {
        [one] => sent.iter().map(|_| one.as_str()).collect(),
        each => each.iter().map(String::as_str).collect(),
    };
    findings.expect(found == wanted, &case.name, format!("is {outcomes:?}, expected {wanted:?}"));
    for outcome in &outcomes {
        let (wait, error) = match outcome {
            Outcome::Retry(wait, error) => (*wait, Some(error)),
            Outcome::Wait(error) | Outcome::Uncertain(error) | Outcome::Rejected(error) => {
                (None, Some(error))
            }
            Outcome::Delivered | Outcome::AlreadyThere => (None, None),
        };
        if let Some(seconds) = case.retry_after_seconds {
            let same = wait == Some(std::time::Duration::from_secs(seconds));
            findings.expect(same, &case.name, format!("wait {wait:?}, expected {seconds} s"));
        }
        if let (Some(kind), Some(error)) = (&case.error_kind, error) {
            let same = error.kind().as_str() == kind;
            findings.expect(same, &case.name, format!("error kind {}", error.kind().as_str()));
        }
        // A delivery beside the one in question has no code of its own.
        if let (Some(code), Some(error)) = (&case.vendor_code, error) {
            let same = error.vendor_code.as_ref() == Some(code);
            findings.expect(same, &case.name, format!("code {:?}, expected {code}", error.vendor_code));
        }
    }
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
