//! C12: recorded conversations end; a cursor survives as text; a crash between a page and its cursor repeats
//! the page and loses nothing.

use crossdock_connector::{
    Capture, Captured, Cursor, Fetch, HttpRequest, Normalize, Page, Parts, Poll, Session, Track,
};
use crossdock_schemas::Channel;
use jiff::Timestamp;

use super::c14_talk::{proper, says};
use super::golden;
use super::report::Findings;
use super::suite::Suite;
use crate::fixture::{Conversation, Exchange, Part};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let capabilities = suite.descriptor().capabilities;
    let needed = [
        (Part::Poll, capabilities.poll),
        (Part::Fetch, capabilities.fetch),
        (Part::Track, capabilities.track),
    ];
    for (part, needed) in needed {
        let there = suite.fixtures.conversations.iter().any(|talk| talk.part == part);
        let what =
            if needed { "no conversation shows it" } else { "conversations for a part that is not declared" };
        findings.expect(there == needed, format!("fixtures/conversations, {part:?}"), what);
    }
    for talk in &suite.fixtures.conversations {
        match suite.parts(talk.settings.as_deref(), &talk.secrets) {
            Ok(parts) => conversation(suite, talk, &parts, findings),
            Err(error) => findings.note(&talk.name, format!("settings refused: {error}")),
        }
    }
}

fn conversation(suite: &Suite<'_>, talk: &Conversation, parts: &Parts, findings: &mut Findings) {
    let stage = Stage { suite, talk, normalize: parts.normalize.as_deref() };
    match (talk.part, parts) {
        (Part::Poll, Parts { poll: Some(poll), .. }) => stage.poll(poll.as_ref(), findings),
        (Part::Fetch, Parts { fetch: Some(fetch), .. }) => stage.fetch(fetch.as_ref(), findings),
        (Part::Track, Parts { track: Some(track), .. }) => stage.track(track.as_ref(), findings),
        (Part::Session, Parts { session: Some(session), .. }) => stage.session(session.as_ref(), findings),
        _ => findings.note(&talk.name, "the connector has no such part"),
    }
}

struct Stage<'a> {
    suite: &'a Suite<'a>,
    talk: &'a Conversation,
    normalize: Option<&'a dyn Normalize>,
}

impl Stage<'_> {
    fn poll(&self, poll: &dyn Poll, findings: &mut Findings) {
        let talk = self.talk;
        let wanted = talk.topic.as_deref().unwrap_or_default();
        let (Some(topic), Some(from), Some(to)) =
            (poll.topics().iter().find(|topic| **topic == wanted), talk.from, talk.to)
        else {
            return findings
                .note(&talk.name, format!("topic `{wanted}` is none of {}", poll.topics().join(", ")));
        };
        let overlap = poll.overlap_seconds() < poll.window_seconds();
        findings.expect(
            overlap,
            &talk.name,
            "windows overlap by more than their length: polling stands still",
        );
        let mut cursor = poll.start(topic, from, to);
        for (at, exchange) in talk.exchanges.iter().enumerate() {
            let place = format!("{}, exchange {at}", talk.name);
            let Some(again) = as_text(&cursor) else {
                return findings.note(&place, "the cursor does not survive as JSON text");
            };
            findings.expect(again == cursor, &place, "the cursor is another one after writing and reading");
            self.asked(&place, exchange, || poll.request(&again, &talk.context()), findings);
            let page = match poll.page(&cursor, &exchange.reply) {
                Ok(page) => page,
                Err(error) => return findings.note(&place, error),
            };
            // A crash after the page, before its cursor was saved: the same page again.
            let repeated = poll.page(&again, &exchange.reply).is_ok_and(|other| same(&page, &other));
            findings.expect(repeated, &place, "the same cursor and reply give another page");
            self.gave(&place, exchange, &page.captured, findings);
            self.to_fetch(&place, exchange, &page, findings);
            let last = at + 1 == talk.exchanges.len();
            match page.next {
                Some(_) if last => {
                    findings.note(&place, "the conversation does not end: there is a next cursor")
                }
                Some(next) => {
                    let moves = next != cursor && next.topic == cursor.topic;
                    findings.expect(moves, &place, "the next cursor stands still or changes the topic");
                    cursor = next;
                }
                None if last => {}
                None => return findings.note(&place, "the window ends before the conversation does"),
            }
        }
    }

    fn fetch(&self, fetch: &dyn Fetch, findings: &mut Findings) {
        let (Some(object), Some(exchange)) = (&self.talk.object, self.talk.exchanges.first()) else { return };
        self.asked(&self.talk.name, exchange, || fetch.request(object, &self.talk.context()), findings);
        match fetch.record(object, &exchange.reply) {
            Ok(captured) => self.gave(&self.talk.name, exchange, &[captured], findings),
            Err(error) => findings.note(&self.talk.name, error),
        }
    }

    fn track(&self, track: &dyn Track, findings: &mut Findings) {
        let Some(exchange) = self.talk.exchanges.first() else { return };
        self.asked(
            &self.talk.name,
            exchange,
            || track.query(&self.talk.waybills, &self.talk.context()),
            findings,
        );
        match track.records(&self.talk.waybills, &exchange.reply) {
            Ok(captured) => self.gave(&self.talk.name, exchange, &captured, findings),
            Err(error) => findings.note(&self.talk.name, error),
        }
    }

    fn session(&self, session: &dyn Session, findings: &mut Findings) {
        let Some(exchange) = self.talk.exchanges.first() else { return };
        let (name, last, now) = (&self.talk.name, self.talk.token.as_ref(), self.talk.now);
        self.asked(name, exchange, || session.open(last, now), findings);
        match session.opened(last, &exchange.reply, now) {
            Ok(token) => {
                let lives = token.expires_at.map(|end| end.as_second() - now.as_second());
                let wanted = self.talk.expires_in_seconds.map(i64::from);
                findings.expect(lives == wanted, name, format!("lives {lives:?} s, expected {wanted:?}"));
            }
            Err(error) => findings.note(name, error),
        }
    }

    /// The request: the same each time, with what it must hold, to a proper address, without a key in it.
    fn asked(
        &self,
        place: &str,
        exchange: &Exchange,
        ask: impl Fn() -> crossdock_connector::Result<HttpRequest>,
        findings: &mut Findings,
    ) {
        let (first, second) = match (ask(), ask()) {
            (Ok(first), Ok(second)) => (first, second),
            (Err(error), _) | (_, Err(error)) => return findings.note(place, error),
        };
        findings.expect(first == second, place, "asking twice at the same time gives two requests");
        for text in &exchange.expect_contains {
            findings.expect(says(&first, text), place, format!("`{text}` is not said: {first:?}"));
        }
        let (settings, secrets) = (self.talk.settings.as_deref(), &self.talk.secrets);
        proper(self.suite, place, &first, settings, secrets, findings);
    }

    /// The records: as many as said, each one readable.
    fn gave(&self, place: &str, exchange: &Exchange, captured: &[Captured], findings: &mut Findings) {
        if let Some(wanted) = exchange.captured {
            findings.expect(
                captured.len() == wanted,
                place,
                format!("{} records, expected {wanted}", captured.len()),
            );
        }
        let topics = self.suite.descriptor().capabilities.topics;
        for (at, record) in captured.iter().enumerate() {
            let place = format!("{place}, record {at}");
            let known = topics.contains(&"*") || topics.contains(&record.topic.as_str());
            findings.expect(known, &place, format!("topic `{}` is not declared", record.topic));
            let twice = captured.iter().skip(at + 1).any(|other| other == record);
            findings.expect(!twice, &place, "the same record again on one page");
            if let Some(normalize) = self.normalize {
                let result = golden::normalize(normalize, &capture(record, self.talk.now));
                let good = result.is_ok() && !golden::refused(&result);
                findings.expect(good, &place, golden::brief(&result));
            }
        }
    }

    fn to_fetch(&self, place: &str, exchange: &Exchange, page: &Page, findings: &mut Findings) {
        let Some(wanted) = &exchange.fetch else { return };
        let found: Vec<String> = page.fetch.iter().map(ToString::to_string).collect();
        findings.expect(found == *wanted, place, format!("to fetch {found:?}, expected {wanted:?}"));
    }
}

fn as_text(cursor: &Cursor) -> Option<Cursor> {
    serde_json::from_str(&serde_json::to_string(cursor).ok()?).ok()
}

fn same(left: &Page, right: &Page) -> bool {
    left.captured == right.captured && left.fetch == right.fetch && left.next == right.next
}

fn capture(record: &Captured, now: Timestamp) -> Capture {
    Capture {
        topic: record.topic.clone(),
        headers: record.headers.clone(),
        body: record.body.clone(),
        origin: record.origin.clone(),
        received_at: now,
        channel: Channel::Poll,
    }
}
