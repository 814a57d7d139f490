//! Inputs to start from: everything the fixtures hold, written as inputs.

use crossdock_connector::{HttpResponse, Parts};

use super::replies::BETWEEN;
use super::{Input, Target, read, settings_key};
use crate::conformance::Suite;
use crate::fixture::{Conversation, ErrorCase, Fixtures, Part, Secrets};

/// Long inputs make slow runs and show nothing that short ones do not.
const LONGEST: usize = 64 * 1024;

/// Every settings that a fixture uses.
pub(super) fn settings(fixtures: &Fixtures) -> Vec<(Option<&str>, &Secrets)> {
    let cases = fixtures.cases.iter().map(|case| (case.settings.as_deref(), &case.secrets));
    let requests = fixtures.signatures.iter().map(|case| (case.settings.as_deref(), &case.secrets));
    let errors = fixtures.errors.iter().map(|case| (case.settings.as_deref(), &case.secrets));
    let talks = fixtures.conversations.iter().map(|talk| (talk.settings.as_deref(), &talk.secrets));
    let sinks = fixtures.sink_talks.iter().map(|talk| (talk.settings.as_deref(), &talk.secrets));
    cases.chain(requests).chain(errors).chain(talks).chain(sinks).collect()
}

/// The inputs of all targets that the connector has.
pub(super) fn all(suite: &Suite<'_>, parts: &Parts) -> Vec<(Target, Vec<u8>)> {
    let fixtures = &suite.fixtures;
    let mut found = Vec::new();
    for case in &fixtures.cases {
        let key = settings_key(case.settings.as_deref(), &case.secrets);
        let capture = &case.capture;
        let mut take = |topic: &str| {
            let input = Input::new(&[&key, topic], &capture.headers, capture.body.clone());
            found.push((Target::Parse, input.write()));
        };
        take(&capture.topic);
        if parts.files.is_some() {
            take(&format!("{}input.csv", read::FILE));
        }
    }
    for case in &fixtures.signatures {
        let key = settings_key(case.settings.as_deref(), &case.secrets);
        let now = case.now.as_second().to_string();
        let words = [key.as_str(), &now, &case.query, case.path_token.as_deref().unwrap_or_default()];
        found.push((Target::Verify, Input::new(&words, &case.headers, case.body.clone()).write()));
    }
    found.extend(fixtures.errors.iter().map(|case| (Target::Replies, error(case))));
    for talk in &fixtures.conversations {
        let key = settings_key(talk.settings.as_deref(), &talk.secrets);
        let built = suite.parts(talk.settings.as_deref(), &talk.secrets).unwrap_or_default();
        found.extend(conversation(talk, &key, &built).into_iter().map(|seed| (Target::Replies, seed)));
    }
    for talk in &fixtures.sink_talks {
        let key = settings_key(talk.settings.as_deref(), &talk.secrets);
        let replies: Vec<&HttpResponse> = talk.exchanges.iter().map(|exchange| &exchange.reply).collect();
        found.push((Target::Replies, told(&key, &talk.name, &replies)));
    }
    let has = |target: Target| target.is_of(parts);
    found.retain(|(target, seed)| has(*target) && seed.len() < LONGEST);
    found.sort_by(|(_, one), (_, other)| one.cmp(other));
    found.dedup();
    found
}

fn reply(key: &str, part: &str, about: [&str; 2], reply: &HttpResponse) -> Vec<u8> {
    let status = reply.status.to_string();
    let [first, second] = about;
    Input::new(&[key, part, &status, first, second], &reply.headers, reply.body.clone()).write()
}

fn error(case: &ErrorCase) -> Vec<u8> {
    let key = settings_key(case.settings.as_deref(), &case.secrets);
    match case.part {
        Part::Fetch => {
            let object = case.object.clone().unwrap_or_else(|| crossdock_connector::ObjectId::new("", ""));
            reply(&key, "fetch", [&object.kind, &object.id], &case.reply)
        }
        Part::Poll => reply(&key, "poll", [case.topic.as_deref().unwrap_or_default(), ""], &case.reply),
        Part::Track => reply(&key, "track", waybill(&case.waybills), &case.reply),
        Part::Session => reply(&key, "session", ["", ""], &case.reply),
        Part::Sink => {
            let replies: Vec<&HttpResponse> = case.before.iter().chain([&case.reply]).collect();
            told(&key, &case.name, &replies)
        }
    }
}

fn waybill(waybills: &[crossdock_connector::Waybill]) -> [&str; 2] {
    let first = waybills.first();
    [
        first.map_or("", |waybill| &waybill.number),
        first.and_then(|waybill| waybill.phone_tail.as_deref()).unwrap_or_default(),
    ]
}

/// All replies to a sink in one input, with the status of the last; the fixture with the name says what is handed over.
fn told(key: &str, name: &str, replies: &[&HttpResponse]) -> Vec<u8> {
    let bodies: Vec<&[u8]> = replies.iter().map(|reply| &*reply.body).collect();
    let status = replies.last().map_or(200, |reply| reply.status).to_string();
    let headers = replies.last().map(|reply| reply.headers.clone()).unwrap_or_default();
    Input::new(&[key, "sink", &status, name, ""], &headers, bodies.join(BETWEEN)).write()
}

/// Each answer of a conversation, asked for where the conversation stood.
fn conversation(talk: &Conversation, key: &str, parts: &Parts) -> Vec<Vec<u8>> {
    let object = talk.object.as_ref().map_or(["", ""], |object| [&object.kind, &object.id]);
    let mut cursor = match (&parts.poll, talk.from, talk.to) {
        (Some(poll), Some(from), Some(to)) => {
            let topic = poll.topics().iter().find(|topic| Some(**topic) == talk.topic.as_deref());
            topic.map(|topic| poll.start(topic, from, to))
        }
        _ => None,
    };
    let mut found = Vec::new();
    for exchange in &talk.exchanges {
        found.push(match talk.part {
            Part::Fetch => reply(key, "fetch", object, &exchange.reply),
            Part::Track => reply(key, "track", waybill(&talk.waybills), &exchange.reply),
            Part::Session => reply(key, "session", ["", ""], &exchange.reply),
            Part::Sink => told(key, "order", &[&exchange.reply]),
            Part::Poll => {
                let place = cursor.as_ref().map_or("", |cursor| &cursor.place).to_owned();
                let topic = talk.topic.as_deref().unwrap_or_default();
                if let (Some(poll), Some(at)) = (&parts.poll, &cursor) {
                    cursor = poll.page(at, &exchange.reply).ok().and_then(|page| page.next);
                }
                reply(key, "poll", [topic, &place], &exchange.reply)
            }
        });
    }
    found
}
