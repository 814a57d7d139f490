//! C08: no bytes whatever make a connector panic.
//!
//! The cases are the same on every run, so a failure is never a matter of luck. What fuzzing found once, and the seeds it starts
//! from, go through the doors of [`fuzz`](crate::fuzz) here too.

use std::io::Cursor as Bytes;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossdock_connector::{
    Capture, Context, Delivery, Headers, HttpResponse, ObjectId, Parts, Request, Row, SinkPart, Verified,
    Waybill,
};
use crossdock_schemas::Channel;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::c14_talk::{any_token, hold};
use super::report::Findings;
use super::suite::Suite;
use super::{golden, sample};
use crate::fixture::Secrets;
use crate::fuzz::{Door, Target, corpus};

const CASES: u32 = 256;
/// Rows of a file that are read at most: garbage may be a file without end.
const ROWS: usize = 2_000;

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let parts = match suite.parts(None, &Secrets::new()) {
        Ok(parts) => parts,
        Err(error) => return findings.note("settings", error),
    };
    let topics = suite.descriptor().capabilities.topics;
    let seeds = seeds(suite);
    let pick = (any::<Index>(), any::<Index>(), prop::collection::vec(edit(), 0..8));
    let arbitrary = prop::collection::vec(any::<u8>(), 0..512);
    let both = prop_oneof![
        1 => (any::<Index>(), arbitrary).prop_map(|(topic, bytes)| (topic, bytes)),
        3 => pick.prop_map(move |(topic, seed, edits)| {
            let start = if seeds.is_empty() { Vec::new() } else { seed.get(&seeds).clone() };
            (topic, edits.iter().fold(start, |bytes, change| change.apply(bytes)))
        }),
    ];
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let headers = headers(suite);
    // What a fixture hands over, since not every sink is told of the samples.
    let mut talks = suite.fixtures.sink_talks.iter().map(|talk| &talk.deliveries);
    let handed = talks.find(|batch| !batch.is_empty()).cloned();
    let handed = handed.unwrap_or_else(|| sample::deliveries(2));
    let result = runner.run(&both, |(topic, bytes)| {
        let topic = if topics.is_empty() { "" } else { topic.get(topics) };
        swallow(&parts, topic, &headers, &bytes, &handed);
        Ok(())
    });
    if let Err(error) = result {
        findings.note("panic", error);
    }
    kept(suite, findings);
}

/// Every seed and every kept find through its door.
fn kept(suite: &Suite<'_>, findings: &mut Findings) {
    let door = match Door::of(suite) {
        Ok(door) => door,
        Err(error) => return findings.note("fuzz", error),
    };
    findings.expect(
        !door.mute(),
        "fuzz",
        "nothing that the fixtures hand over leads to a call, so no reply is read",
    );
    for target in Target::ALL {
        let corpus = match corpus::load(&suite.fixtures.root, target) {
            Ok(corpus) => corpus,
            Err(error) => return findings.note("fuzz", error),
        };
        let there = door.has(target) || corpus.is_empty();
        findings.expect(there, "fuzz", format!("a corpus for `{}`, which there is not", target.as_str()));
        let seeds = door.seeds(target).map(<[u8]>::to_vec);
        for bytes in seeds.chain(corpus) {
            let place = || format!("fuzz {} {:?}", target.as_str(), String::from_utf8_lossy(&bytes));
            match catch_unwind(AssertUnwindSafe(|| door.run(target, &bytes))) {
                Ok(Ok(())) => {}
                Ok(Err(what)) => findings.note(place(), what),
                Err(_) => findings.note(place(), "panicked"),
            }
        }
    }
}

/// Hands bytes to every part that reads bytes from outside.
fn swallow(parts: &Parts, topic: &str, headers: &Headers, bytes: &[u8], handed: &[Delivery]) {
    let now = Timestamp::UNIX_EPOCH;
    let body = bytes::Bytes::copy_from_slice(bytes);
    let text = String::from_utf8_lossy(bytes);
    if let Some(normalize) = &parts.normalize {
        let capture = Capture {
            topic: topic.to_owned(),
            headers: headers.clone(),
            body: body.clone(),
            origin: None,
            received_at: now,
            channel: Channel::Webhook,
        };
        let _outcome = golden::to_json(&golden::normalize(normalize.as_ref(), &capture));
    }
    if let Some(push) = &parts.push {
        let garbled = Headers(headers.0.iter().map(|(name, _)| (name.clone(), text.to_string())).collect());
        for headers in [headers, &garbled] {
            let request = Request { headers, query: &text, path_token: Some(&text), body: bytes };
            let _signed = push.signed_parts(&request).is_ok();
            let _captured = push.capture(&Verified::insecurely(request));
        }
    }
    for status in [200, 400, 503] {
        let reply = HttpResponse { status, headers: headers.clone(), body: body.clone() };
        replies(parts, &reply, handed);
    }
    if let Some(files) = &parts.files {
        for name in ["input.csv", "input.csv.gz", "input.xlsx", &*text] {
            let Ok(mut rows) = files.open(name, Box::new(Bytes::new(body.clone()))) else { continue };
            let header = rows.header().to_vec();
            for _ in 0..ROWS {
                match rows.next_row() {
                    Some(Row::Part { bytes, .. }) => drop(files.document(&header, &[bytes], None)),
                    Some(Row::Bad { .. }) => {}
                    None => break,
                }
            }
        }
    }
}

fn replies(parts: &Parts, reply: &HttpResponse, handed: &[Delivery]) {
    let now = Timestamp::UNIX_EPOCH;
    if let Some(fetch) = &parts.fetch {
        let _record = fetch.record(&ObjectId::new("order", "1"), reply).is_ok();
    }
    if let Some(poll) = &parts.poll {
        for topic in poll.topics() {
            let _page = poll.page(&poll.start(topic, now, now), reply).is_ok();
        }
    }
    if let Some(track) = &parts.track {
        let waybills = [Waybill { number: "SF0000000000001".to_owned(), phone_tail: None }];
        let _records = track.records(&waybills, reply).is_ok();
    }
    if let Some(session) = &parts.session {
        let _token = session.opened(None, reply, now).is_ok();
    }
    if let Some(SinkPart::Http(sink)) = &parts.sink {
        let token = any_token();
        let sent = handed.get(..sink.together(handed)).unwrap_or(handed);
        let _outcomes =
            hold(sink.as_ref(), sent, &Context::at(now).with(&token), |_, _| reply.clone()).is_ok();
    }
}

/// Bytes to start from: everything the fixtures hold.
fn seeds(suite: &Suite<'_>) -> Vec<Vec<u8>> {
    let fixtures = &suite.fixtures;
    let cases = fixtures.cases.iter().map(|case| case.capture.body.to_vec());
    let requests = fixtures.signatures.iter().map(|case| case.body.clone());
    let errors = fixtures.errors.iter().map(|case| case.reply.body.to_vec());
    let exchanges = fixtures.conversations.iter().flat_map(|talk| &talk.exchanges);
    let told = fixtures.sink_talks.iter().flat_map(|talk| &talk.exchanges);
    let told = told.map(|exchange| exchange.reply.body.to_vec());
    let replies = exchanges.map(|exchange| exchange.reply.body.to_vec()).chain(told);
    // Long inputs make slow cases and show nothing that short ones do not.
    cases.chain(requests).chain(errors).chain(replies).filter(|seed| seed.len() < 64 * 1024).collect()
}

/// Headers to start from: those of the first request that has some.
fn headers(suite: &Suite<'_>) -> Headers {
    let requests = suite.fixtures.signatures.iter().map(|case| &case.headers);
    let captures = suite.fixtures.cases.iter().map(|case| &case.capture.headers);
    requests.chain(captures).find(|headers| !headers.0.is_empty()).cloned().unwrap_or_default()
}

/// One thing that goes wrong with bytes.
#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Cut(Index),
    Drop(Index, Index),
    Double(Index, Index),
    Digit(Index),
    Insert(Index, &'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let hostile = prop::sample::select(vec![
        "null",
        "{}",
        "[]",
        "\"\"",
        "-",
        "1e999",
        "99999999999999999999999999999999",
        "0.00000000000000000001",
        "\\u0000",
        "\u{202e}",
        "9999-12-31T23:59:59Z",
        "0000-00-00 00:00:00",
        "-9999999999999",
        "&",
        "%",
        "]]>",
    ]);
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        any::<Index>().prop_map(Edit::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Drop(from, to)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Double(from, to)),
        any::<Index>().prop_map(Edit::Digit),
        (any::<Index>(), hostile).prop_map(|(at, text)| Edit::Insert(at, text)),
    ]
}

impl Edit {
    fn apply(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let length = bytes.len();
        if length == 0 {
            return bytes;
        }
        let range = |from: &Index, to: &Index| {
            let (from, to) = (from.index(length), to.index(length));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Set(at, byte) => {
                if let Some(old) = bytes.get_mut(at.index(length)) {
                    *old = *byte;
                }
            }
            Self::Cut(at) => bytes.truncate(at.index(length)),
            Self::Drop(from, to) => drop(bytes.drain(range(from, to))),
            Self::Double(from, to) => {
                let part = bytes.get(range(from, to)).unwrap_or_default().to_vec();
                bytes.splice(from.index(length)..from.index(length), part);
            }
            Self::Digit(at) => {
                // The next digit becomes another one: still the same form, another value.
                let from = at.index(length);
                if let Some(digit) = bytes.iter_mut().skip(from).find(|byte| byte.is_ascii_digit()) {
                    *digit = if *digit == b'9' { b'0' } else { *digit + 1 };
                }
            }
            Self::Insert(at, text) => {
                let at = at.index(length);
                bytes.splice(at..at, text.bytes());
            }
        }
        bytes
    }
}
