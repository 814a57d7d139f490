//! What the suite feeds a backbone, and how it looks at all of it at once.

use std::fmt::Write as _;

use crossdock_connector::Captured;
use crossdock_schemas::{Channel, Class, EventType, HistoryKind};

use super::*;

/// Some time.
pub(super) const NOW: Micros = 1_780_000_000_000_000;

pub(super) fn capture(source: &str, body: &str) -> NewCapture {
    NewCapture {
        source: source.into(),
        captured: Captured::new("orders/paid", body.to_owned()),
        channel: Channel::Webhook,
        class: Class::Normal,
        received_at: NOW,
        traceparent: None,
        answers: Vec::new(),
    }
}

pub(super) fn order(number: &str) -> HistoryKey {
    HistoryKey { kind: HistoryKind::Order, platform: "demo".into(), shop: "s1".into(), number: number.into() }
}

/// A history at its next version, with one event for each snapshot.
pub(super) fn state(number: &str, expected: i64, snapshots: &[&str]) -> StateWrite {
    let snapshots: Vec<Arc<str>> = snapshots.iter().map(|text| Arc::from(*text)).collect();
    let revision = u64::try_from(expected).unwrap() + 1;
    StateWrite {
        key: order(number),
        published: format!("o1-{number}"),
        expected,
        aux: format!("aux of {number} at {revision}"),
        snapshot: snapshots.last().cloned(),
        revision,
        events: snapshots
            .into_iter()
            .enumerate()
            .map(|(at, snapshot)| event(number, revision, at, snapshot))
            .collect(),
        links: Vec::new(),
    }
}

pub(super) fn event(number: &str, revision: u64, at: usize, snapshot: Arc<str>) -> EventWrite {
    EventWrite {
        id: format!("e1-{number}-{revision}-{at}"),
        event_type: EventType::OrderPaid,
        time: "2026-11-20T08:00:00+01:00".into(),
        sequence: revision * 10 + u64::try_from(at).unwrap(),
        class: Class::Normal,
        capture: 1,
        idem_key: None,
        traceparent: None,
        snapshot,
        extra: format!(",\"revision\":{revision}"),
    }
}

pub(super) fn mark(
    capture: &StoredCapture,
    verdict: &'static str,
    history: Option<HistoryKey>,
) -> IntakeMark {
    IntakeMark {
        seq: capture.seq,
        source: Arc::clone(&capture.source),
        verdicts: vec![ObservationMark { verdict, reason: "", history }],
        quarantine: None,
        issues: Vec::new(),
        again: false,
        partial: false,
    }
}

/// A mark for a capture that could not be read.
pub(super) fn bad(capture: &StoredCapture) -> IntakeMark {
    IntakeMark {
        verdicts: Vec::new(),
        quarantine: Some(reason("malformed")),
        ..mark(capture, "folded", None)
    }
}

pub(super) fn reason(kind: &str) -> QuarantineReason {
    QuarantineReason { kind: kind.into(), path: Some("$.lines[0]".into()), detail: "is missing".into() }
}

/// A step that moves the intake over `captures`, all of them folded, and writes `states`.
pub(super) fn step(from: Seq, captures: &[StoredCapture], states: Vec<StateWrite>) -> Commit {
    let history = states.first().map(|state| state.key.clone());
    Commit {
        from: Some(from),
        to: captures.last().map_or(from, |last| last.seq),
        marks: captures.iter().map(|capture| mark(capture, "folded", history.clone())).collect(),
        states,
        at: NOW,
        ..Commit::default()
    }
}

/// A step outside the intake.
pub(super) fn aside(states: Vec<StateWrite>) -> Commit {
    Commit { states, at: NOW, ..Commit::default() }
}

/// Captures `count` bodies of one source and reads them back.
pub(super) async fn captured(backbone: &dyn Backbone, source: &str, count: usize) -> Vec<StoredCapture> {
    let from = backbone.intake_position().await.unwrap();
    let batch = (0..count).map(|at| capture(source, &format!("{{\"n\":{at}}}"))).collect();
    backbone.capture(batch).await.unwrap();
    backbone.intake(from, usize::MAX, usize::MAX).await.unwrap()
}

/// Writes events for one sink and opens it first, so that they are counted as matched.
pub(super) async fn with_events(backbone: &dyn Backbone, sinks: &[&str], count: usize) -> Vec<Seq> {
    for sink in sinks {
        backbone.open_sink((*sink).to_owned(), String::new()).await.unwrap();
    }
    let captures = captured(backbone, "shop", 1).await;
    let from = captures[0].seq - 1;
    let states = (0..count).map(|at| state(&format!("w{at}"), 0, &["{}"])).collect();
    let matched = sinks.iter().map(|sink| (Arc::from(*sink), u64::try_from(count).unwrap())).collect();
    backbone.commit(Commit { matched, ..step(from, &captures, states) }).await.unwrap();
    let events = backbone.events(0, usize::MAX).await.unwrap();
    events.iter().map(|event| event.seq).collect()
}

pub(super) async fn version(backbone: &dyn Backbone, number: &str) -> i64 {
    backbone.load(vec![order(number)]).await.unwrap()[0].as_ref().map_or(0, |state| state.version)
}

pub(super) async fn ledger(backbone: &dyn Backbone) -> crate::ledger::Ledger {
    let Answer::Ledger(counts) = backbone.ask(Question::Ledger).await.unwrap() else {
        panic!("not a ledger")
    };
    crate::ledger::Ledger::of(&counts)
}

pub(super) async fn quarantine(backbone: &dyn Backbone) -> Vec<QuarantineRow> {
    let question = Question::Quarantine { which: QuarantineFilter::default(), after: 0, limit: 1000 };
    let Answer::Quarantine(rows) = backbone.ask(question).await.unwrap() else {
        panic!("not the quarantine")
    };
    rows
}

/// Everything that can be seen, as text: two pictures are equal when nothing changed.
pub(super) async fn picture(backbone: &dyn Backbone) -> String {
    let mut text = String::new();
    let position = backbone.intake_position().await.unwrap();
    writeln!(text, "intake {position}").unwrap();
    for question in [
        Question::Ledger,
        Question::Quarantine { which: QuarantineFilter::default(), after: 0, limit: 1000 },
        Question::Parked { which: ParkedFilter::default(), after: None, limit: 1000 },
        Question::Nudges,
    ] {
        writeln!(text, "{:?}", backbone.ask(question).await.unwrap()).unwrap();
    }
    for kind in HistoryKind::ALL {
        let question = Question::States { kind: *kind, after: 0, limit: 1000 };
        writeln!(text, "{:?}", backbone.ask(question).await.unwrap()).unwrap();
    }
    for event in backbone.events(0, usize::MAX).await.unwrap() {
        writeln!(text, "{} {} {}", event.seq, event.source, std::str::from_utf8(&event.json()).unwrap())
            .unwrap();
    }
    let Answer::Nudges(owed) = backbone.ask(Question::Nudges).await.unwrap() else { panic!() };
    for (source, ..) in owed {
        for nudge in backbone.nudges(&source.into(), Micros::MAX, 1000).await.unwrap() {
            writeln!(text, "{nudge:?}").unwrap();
        }
    }
    text
}
