//! C13: each recorded vendor error has its kind, and nothing but the vendor's own success counts as success.

use std::time::Duration;

use bytes::Bytes;
use crossdock_connector::{Class, Error, Headers, HttpResponse, ObjectId, Parts, Result, Waybill};
use jiff::{SignedDuration, Timestamp};

use super::report::Findings;
use super::sample;
use super::suite::Suite;
use crate::fixture::{ErrorCase, Part, Secrets};

const PARTS: [Part; 4] = [Part::Fetch, Part::Poll, Part::Track, Part::Session];

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let capabilities = suite.descriptor().capabilities;
    let session = suite.parts(None, &Secrets::new()).is_ok_and(|parts| parts.session.is_some());
    let declared = [capabilities.fetch, capabilities.poll, capabilities.track, session];
    for (part, declared) in PARTS.into_iter().zip(declared) {
        let there = suite.fixtures.errors.iter().any(|case| case.part == part);
        let what = if declared {
            "no error of the vendor is recorded"
        } else {
            "errors for a part that is not declared"
        };
        findings.expect(there == declared, format!("fixtures/errors, {part:?}"), what);
    }
    for case in suite.fixtures.errors.iter().filter(|case| case.part != Part::Sink) {
        match suite.parts(case.settings.as_deref(), &case.secrets) {
            Ok(parts) => recorded(case, &parts, findings),
            Err(error) => findings.note(&case.name, format!("settings refused: {error}")),
        }
    }
    match suite.parts(None, &Secrets::new()) {
        Ok(parts) => PARTS.into_iter().for_each(|part| generated(suite, part, &parts, findings)),
        Err(error) => findings.note("settings", error),
    }
}

fn recorded(case: &ErrorCase, parts: &Parts, findings: &mut Findings) {
    let Some(result) = read(parts, case.part, Asked::by(case), &case.reply) else {
        return findings.note(&case.name, "the connector has no such part");
    };
    let Err(error) = result else { return findings.note(&case.name, "taken for a success") };
    let kind = error.kind().as_str();
    let wanted = case.kinds.first().map(String::as_str).unwrap_or_default();
    findings.expect(kind == wanted, &case.name, format!("kind {kind}, expected {wanted}: {error}"));
    if case.vendor_code.is_some() {
        let same = error.vendor_code == case.vendor_code;
        findings.expect(
            same,
            &case.name,
            format!("code {:?}, expected {:?}", error.vendor_code, case.vendor_code),
        );
    }
    if let Some(seconds) = case.retry_after_seconds {
        let same = error.retry_after == Some(Duration::from_secs(seconds));
        findings.expect(same, &case.name, format!("wait {:?}, expected {seconds} s", error.retry_after));
    }
    let quiet = error.message().chars().count() <= 400;
    findings.expect(quiet, &case.name, "the message carries the reply: a payload may hold personal data");
}

/// Replies that every vendor's gateway can give.
fn generated(suite: &Suite<'_>, part: Part, parts: &Parts, findings: &mut Findings) {
    let asked = || {
        let recorded = suite.fixtures.errors.iter().find(|case| case.part == part);
        recorded.map_or_else(Asked::default, Asked::by)
    };
    for (status, class) in
        [(401, Class::Auth), (429, Class::Retryable), (500, Class::Retryable), (503, Class::Retryable)]
    {
        let mut reply = reply(status, "");
        reply.headers.push("retry-after", "7");
        match read(parts, part, asked(), &reply) {
            None => return,
            Some(Ok(())) => {
                findings.note(format!("{part:?}"), format!("status {status} taken for a success"))
            }
            Some(Err(error)) => {
                let place = format!("{part:?}, status {status}");
                findings.expect(
                    error.class() == class,
                    &place,
                    format!("class {:?}: {error}", error.class()),
                );
                let wait = status != 429 || error.retry_after == Some(Duration::from_secs(7));
                findings.expect(wait, &place, "the wait in `Retry-After` is lost");
            }
        }
    }
    for body in ["", "{}", "[]", "null", "<html><body>maintenance</body></html>", "{\"unexpected\":1}"] {
        if let Some(Ok(())) = read(parts, part, asked(), &reply(200, body)) {
            findings.note(format!("{part:?}"), format!("status 200 with body `{body}` taken for a success"));
        }
    }
}

/// What was asked, as far as a reply cannot be read without it.
#[derive(Default)]
struct Asked {
    object: Option<ObjectId>,
    topic: Option<String>,
    waybills: Vec<Waybill>,
}

impl Asked {
    fn by(case: &ErrorCase) -> Self {
        Self { object: case.object.clone(), topic: case.topic.clone(), waybills: case.waybills.clone() }
    }
}

/// Reads a reply by a part; `None` when the connector has no such part.
fn read(parts: &Parts, part: Part, asked: Asked, reply: &HttpResponse) -> Option<Result<()>> {
    match part {
        Part::Fetch => {
            let object = asked.object.unwrap_or_else(|| ObjectId::new("order", "1"));
            Some(parts.fetch.as_ref()?.record(&object, reply).map(drop))
        }
        Part::Poll => {
            let poll = parts.poll.as_ref()?;
            let wanted = |topic: &&&'static str| asked.topic.as_deref().is_none_or(|name| name == **topic);
            let Some(topic) = poll.topics().iter().find(wanted) else {
                return Some(Err(Error::config(format!("topic {:?} is not polled", asked.topic))));
            };
            let to = Timestamp::from_second(sample::AT).unwrap_or_default();
            let from = to.checked_sub(SignedDuration::from_mins(15)).unwrap_or(to);
            Some(poll.page(&poll.start(topic, from, to), reply).map(drop))
        }
        Part::Track => {
            let mut waybills = asked.waybills;
            if waybills.is_empty() {
                waybills.push(Waybill {
                    number: "SF0000000000001".to_owned(),
                    phone_tail: Some("0000".to_owned()),
                });
            }
            Some(parts.track.as_ref()?.records(&waybills, reply).map(drop))
        }
        Part::Session => {
            let now = Timestamp::from_second(sample::AT).unwrap_or_default();
            Some(parts.session.as_ref()?.opened(None, reply, now).map(drop))
        }
        Part::Sink => None,
    }
}

fn reply(status: u16, body: &'static str) -> HttpResponse {
    HttpResponse { status, headers: Headers::default(), body: Bytes::from_static(body.as_bytes()) }
}
