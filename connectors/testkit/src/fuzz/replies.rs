//! The readers of what comes back: when we ask, when we open a session, when we hand over.

use std::collections::BTreeMap;

use crossdock_connector::{
    Context, Cursor, Delivery, ErrorKind, HttpResponse, HttpSink, ObjectId, Parts, Poll, SinkPart, Waybill,
};
use crossdock_schemas::EventType;
use jiff::{SignedDuration, Timestamp};

use super::Input;
use crate::conformance::c14_talk::{any_token, hold, with_ids};
use crate::conformance::sample;
use crate::fixture::{Fixtures, Part};

/// The line between the replies of one conversation.
pub(super) const BETWEEN: &[u8] = b"\n%%\n";

/// Whether a connector asks or hands over anything.
pub(super) fn has(parts: &Parts) -> bool {
    parts.fetch.is_some()
        || parts.poll.is_some()
        || parts.track.is_some()
        || parts.session.is_some()
        || matches!(parts.sink, Some(SinkPart::Http(_)))
}

/// What is handed to a sink, by the name of the fixture that hands it over. Few sinks are told of everything: with samples
/// alone the readers of many would never be reached.
pub(super) type Batches = BTreeMap<String, Vec<Delivery>>;

/// What the fixtures hand over, as the suite does with each.
pub(super) fn batches(fixtures: &Fixtures) -> Batches {
    let talks = fixtures.sink_talks.iter().map(|talk| (talk.name.clone(), talk.deliveries.clone()));
    let errors = fixtures.errors.iter().filter(|case| case.part == Part::Sink);
    let errors = errors.map(|case| (case.name.clone(), sample::handed(case)));
    talks.chain(errors).filter(|(_, batch)| !batch.is_empty()).collect()
}

/// What was answered.
fn reply(input: &Input) -> HttpResponse {
    let status = input.word(2).parse().unwrap_or(200);
    HttpResponse { status, headers: input.headers.clone(), body: input.body.clone() }
}

fn now() -> Timestamp {
    Timestamp::from_second(sample::AT).unwrap_or_default()
}

/// Whether an input leads to a call of a sink, without which no reply is read.
pub(super) fn calls(parts: &Parts, batches: &Batches, input: &Input) -> bool {
    let Some(SinkPart::Http(sink)) = &parts.sink else { return false };
    told(sink.as_ref(), batches, input.word(3), now(), &reply(input)) != Ok(0)
}

pub(super) fn run(parts: &Parts, batches: &Batches, input: &Input) -> Result<(), String> {
    let (now, reply) = (now(), reply(input));
    let (first, second) = (input.word(3), input.word(4));
    // A name that mutated away from all parts is read by all of them.
    let part = input.word(1);
    let any = !["fetch", "poll", "track", "session", "sink"].contains(&part);
    let mut kinds = Vec::new();
    if let (true, Some(fetch)) = (any || part == "fetch", &parts.fetch) {
        kinds.extend(fetch.record(&ObjectId::new(first, second), &reply).err().map(|error| error.kind()));
    }
    if let (true, Some(poll)) = (any || part == "poll", &parts.poll) {
        kinds.extend(page(poll.as_ref(), first, second, now, &reply)?);
    }
    if let (true, Some(track)) = (any || part == "track", &parts.track) {
        let phone_tail = (!second.is_empty()).then(|| second.to_owned());
        let waybills = [Waybill { number: first.to_owned(), phone_tail }];
        kinds.extend(track.records(&waybills, &reply).err().map(|error| error.kind()));
    }
    if let (true, Some(session)) = (any || part == "session", &parts.session) {
        kinds.extend(session.opened(None, &reply, now).err().map(|error| error.kind()));
    }
    if let (true, Some(SinkPart::Http(sink))) = (any || part == "sink", &parts.sink) {
        told(sink.as_ref(), batches, first, now, &reply)?;
    }
    // A reply is somebody else's mistake at the worst.
    if kinds.contains(&ErrorKind::Bug) {
        Err("a reply is taken for a bug of ours".to_owned())
    } else {
        Ok(())
    }
}

/// A page at its beginning, or where a conversation of the fixtures stood.
fn page(
    poll: &dyn Poll,
    topic: &str,
    place: &str,
    now: Timestamp,
    reply: &HttpResponse,
) -> Result<Option<ErrorKind>, String> {
    let topics = poll.topics();
    let Some(topic) = topics.iter().find(|known| **known == topic).or(topics.first()) else {
        return Ok(None);
    };
    let from = now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(now);
    let mut cursor: Cursor = poll.start(topic, from, now);
    let started = place.is_empty() || place == cursor.place;
    if !started {
        place.clone_into(&mut cursor.place);
    }
    match poll.page(&cursor, reply) {
        Ok(page) => {
            let stuck = page.next.as_ref() == Some(&cursor) && page.captured.is_empty();
            if stuck { Err("a page without records leads to itself".to_owned()) } else { Ok(None) }
        }
        // A place that nobody gave may well be a bug of whoever gave it.
        Err(error) => Ok((started || error.kind() != ErrorKind::Bug).then(|| error.kind())),
    }
}

/// What the fixture with a name hands over; samples of the three kinds by their own names.
fn handed(batches: &Batches, name: &str) -> Vec<Delivery> {
    let event = match name {
        "order" => EventType::OrderPlaced,
        "parcel" => EventType::ParcelStatusChanged,
        "aftersale" => EventType::RefundRequested,
        // A name that mutated away from all still chooses one.
        _ => {
            let any = batches.values().nth(name.len().checked_rem(batches.len()).unwrap_or_default());
            if let Some(batch) = batches.get(name).or(any) {
                return batch.clone();
            }
            EventType::OrderPlaced
        }
    };
    vec![sample::delivery(event, 1), sample::delivery(event, 2)]
}

/// Hands events over and answers with the replies, one after the other, the last again and again. Says how many calls
/// were made.
fn told(
    sink: &dyn HttpSink,
    batches: &Batches,
    name: &str,
    now: Timestamp,
    reply: &HttpResponse,
) -> Result<usize, String> {
    let batch = handed(batches, name);
    let sent = batch.get(..sink.together(&batch)).unwrap_or(&batch);
    let bodies = split(&reply.body);
    let replies: Vec<HttpResponse> = bodies
        .iter()
        .map(|body| with_ids(&HttpResponse { body: reply.body.slice_ref(body), ..reply.clone() }, sent))
        .collect();
    let token = any_token();
    let mut calls = 0;
    let outcomes = hold(sink, sent, &Context::at(now).with(&token), |at, _| {
        calls = at + 1;
        replies.get(at).or(replies.last()).cloned().unwrap_or_else(|| reply.clone())
    });
    match outcomes {
        Ok(outcomes) if outcomes.len() == sent.len() => Ok(calls),
        Ok(outcomes) => Err(format!("{} outcomes for {} deliveries", outcomes.len(), sent.len())),
        Err(calls) => Err(format!("no end after {calls} calls")),
    }
}

fn split(body: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut found) = (body, Vec::new());
    while let Some(at) = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        found.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + BETWEEN.len()..).unwrap_or_default();
    }
    found.push(rest);
    found
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn replies_lie_one_behind_the_other() {
        assert_eq!(split(b"a\n%%\n\n%%\nb"), [&b"a"[..], b"", b"b"]);
        assert_eq!(split(b"a%%b"), [b"a%%b"]);
    }
}
