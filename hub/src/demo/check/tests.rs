//! The checks must be able to fail.

use super::*;

fn log() -> Vec<Fact> {
    vec![
        Fact::made("1", EventType::OrderPlaced, "a"),
        Fact::made("2", EventType::OrderPlaced, "b"),
        Fact::made("3", EventType::OrderPaid, "a"),
        Fact::made("4", EventType::MilestonePickedUp, "p"),
    ]
}

fn receipt(got: &[(&str, &str)]) -> Receipt {
    let entries: Vec<Entry> = got
        .iter()
        .map(|(id, key)| Entry {
            key: (*key).to_owned(),
            sequence: 1,
            kind: String::new(),
            id: (*id).to_owned(),
        })
        .collect();
    let report = Report { distinct: big(entries.len()), entries, ..Report::default() };
    let filter = Filter { events: vec!["order.*".to_owned()], ..Filter::default() };
    Receipt { id: "erp", filter, report, killed: false }
}

fn wrong(receipt: &Receipt) -> String {
    receiver(receipt, &log()).wrong.join("; ")
}

#[test]
fn keys_may_overtake_one_another() {
    assert_eq!(wrong(&receipt(&[("2", "b"), ("1", "a"), ("3", "a")])), "");
}

#[test]
fn missing_strange_double_and_disordered_events_are_seen() {
    assert_eq!(wrong(&receipt(&[("1", "a"), ("3", "a")])), "1 missing; 1 keys out of order");
    assert_eq!(wrong(&receipt(&[("3", "a"), ("1", "a"), ("2", "b")])), "1 keys out of order");
    let twice = wrong(&receipt(&[("1", "a"), ("1", "a"), ("2", "b"), ("3", "a")]));
    assert!(twice.contains("1 taken twice"), "{twice}");
    let strange = wrong(&receipt(&[("1", "a"), ("2", "b"), ("3", "a"), ("4", "p")]));
    assert!(strange.contains("1 that are not for it"), "{strange}");
}

#[test]
fn a_repeat_needs_a_reason() {
    let mut receipt = receipt(&[("1", "a"), ("2", "b"), ("3", "a")]);
    receipt.report.duplicates = 2;
    receipt.report.lost_replies = 1;
    assert_eq!(wrong(&receipt), "1 sent again for no reason");
    receipt.report.lost_replies = 2;
    assert_eq!(wrong(&receipt), "");
}

#[test]
fn a_ledger_that_is_off_by_one_or_not_done_is_seen() {
    use crate::ledger::{SinkLine, SourceLine};
    let mut ledger = Ledger {
        sources: vec![SourceLine {
            source: "s".into(),
            captured: 2,
            folded: 1,
            duplicate: 1,
            ..SourceLine::default()
        }],
        sinks: vec![SinkLine { sink: "erp".into(), matched: 1, delivered: 1, ..SinkLine::default() }],
        balanced: true,
    };
    assert!(balance(&ledger).good);
    ledger.sinks[0].matched = 2;
    assert!(!balance(&ledger).good);
    ledger.sinks[0].pending = 1;
    assert!(!balance(&ledger).good, "it balances, but it is not done");
}
