//! Holding a conversation with a sink as the hub does: for what receivers may answer and for what they did answer.

use std::env;

use bytes::Bytes;
use crossdock_connector::{
    Context, Delivery, Exchange, HttpRequest, HttpResponse, HttpSink, Outcome, Parts, SinkCall, SinkPart,
    Step, Token,
};

use super::report::Findings;
use super::suite::Suite;
use crate::fixture::{SinkExchange, SinkTalk};

/// Most calls of one conversation: more is a conversation that does not end.
pub(super) const MOST_CALLS: usize = 30;

/// The session of conversations that say nothing about one.
pub(crate) fn any_token() -> Token {
    Token::new("example-token").with("instance_url", "https://tenant.example.com")
}

/// One outcome each, or the number of calls after which there was still no end.
pub(crate) fn hold(
    sink: &dyn HttpSink,
    batch: &[Delivery],
    context: &Context<'_>,
    mut answer: impl FnMut(usize, &SinkCall) -> HttpResponse,
) -> Result<Vec<Outcome>, usize> {
    let mut past = Vec::new();
    for at in 0..MOST_CALLS {
        match sink.step(batch, &past, context) {
            Step::Done(outcomes) => return Ok(outcomes),
            Step::Call(call) => past.push(Exchange { name: call.name, reply: answer(at, &call) }),
        }
    }
    Err(MOST_CALLS)
}

/// Recorded replies name the first event `{id:1}`, the second `{id:2}`: their ids are the suite's.
pub(crate) fn with_ids(reply: &HttpResponse, sent: &[Delivery]) -> HttpResponse {
    let Ok(text) = std::str::from_utf8(&reply.body) else { return reply.clone() };
    let name = |text: String, (at, delivery): (usize, &Delivery)| {
        text.replace(&format!("{{id:{}}}", at + 1), &delivery.event.id)
    };
    let text = sent.iter().enumerate().fold(text.to_owned(), name);
    HttpResponse { body: Bytes::from(text), ..reply.clone() }
}

/// Holds a recorded conversation and compares every word.
pub(super) fn recorded(suite: &Suite<'_>, talk: &SinkTalk, findings: &mut Findings) {
    let sink = match suite.parts(talk.settings.as_deref(), &talk.secrets) {
        Ok(Parts { sink: Some(SinkPart::Http(sink)), .. }) => sink,
        Ok(_) => return findings.note(&talk.name, "the connector has no such part"),
        Err(error) => return findings.note(&talk.name, format!("settings refused: {error}")),
    };
    let together = sink.together(&talk.deliveries);
    let all = together == talk.deliveries.len();
    findings.expect(all, &talk.name, format!("{together} go into one conversation, expected all"));
    let mut past = Vec::new();
    for (at, exchange) in talk.exchanges.iter().enumerate() {
        let place = format!("{}, exchange {at}", talk.name);
        let call = match sink.step(&talk.deliveries, &past, &talk.context()) {
            Step::Call(call) => call,
            Step::Done(outcomes) => {
                return findings.note(place, format!("nothing more to say, but {outcomes:?}"));
            }
        };
        let again =
            matches!(sink.step(&talk.deliveries, &past, &talk.context()), Step::Call(other) if other == call);
        findings.expect(again, &place, "the same moment gives another call");
        said(suite, talk, &place, exchange, &call, findings);
        past.push(Exchange { name: call.name, reply: exchange.reply.clone() });
    }
    match sink.step(&talk.deliveries, &past, &talk.context()) {
        Step::Call(call) => {
            findings.note(&talk.name, format!("the conversation goes on with `{}`", call.name));
        }
        Step::Done(outcomes) => {
            let found: Vec<&str> = outcomes.iter().map(Outcome::as_str).collect();
            let same = found == talk.outcomes;
            findings.expect(same, &talk.name, format!("{outcomes:?}, expected {:?}", talk.outcomes));
        }
    }
}

fn said(
    suite: &Suite<'_>,
    talk: &SinkTalk,
    place: &str,
    exchange: &SinkExchange,
    call: &SinkCall,
    findings: &mut Findings,
) {
    findings.expect(call.name == exchange.name, place, format!("step `{}`", call.name));
    findings.expect(call.writes == exchange.writes, place, format!("writes: {}", call.writes));
    for text in &exchange.expect_contains {
        findings.expect(
            says(&call.request, text),
            place,
            format!("`{text}` is not said: {:?}", call.request),
        );
    }
    if let Some(expected) = &exchange.expect_body {
        let update = env::var_os("CROSSDOCK_UPDATE_GOLDENS").is_some() && env::var_os("CI").is_none();
        match &exchange.expect_body_file {
            Some(file) if update => {
                if let Err(error) = std::fs::write(file, pretty(&call.request.body)) {
                    findings.note(place, error);
                }
            }
            _ => {
                let same = pretty(expected) == pretty(&call.request.body);
                let body = String::from_utf8_lossy(&call.request.body);
                findings.expect(same, place, format!("another body than expected:\n{body}"));
            }
        }
    }
    proper(suite, place, &call.request, talk.settings.as_deref(), &talk.secrets, findings);
}

/// JSON as people read it; anything else as it is.
fn pretty(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => format!("{value:#}\n").into_bytes(),
        Err(_) => body.to_vec(),
    }
}

/// Whether a request says a text anywhere.
pub(super) fn says(request: &HttpRequest, text: &str) -> bool {
    String::from_utf8_lossy(&request.body).contains(text)
        || request.url.contains(text)
        || request.headers.0.iter().any(|(_, value)| value.contains(text))
}

/// An absolute address without a key in it.
pub(super) fn proper(
    suite: &Suite<'_>,
    place: &str,
    request: &HttpRequest,
    settings: Option<&str>,
    secrets: &crate::fixture::Secrets,
    findings: &mut Findings,
) {
    let absolute = request.url.starts_with("https://") || request.url.starts_with("http://");
    findings.expect(absolute, place, format!("`{}` is no absolute address", request.url));
    let forced = suite.fixtures.plan.secret_in_address.as_ref().is_some_and(|why| !why.trim().is_empty());
    for secret in suite.secrets_in(settings, secrets) {
        let shown = secret.len() >= 8 && request.url.contains(&secret);
        findings.expect(!shown || forced, place, "a secret stands in the address, where every proxy logs it");
    }
}
