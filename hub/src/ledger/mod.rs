//! The ledger: of everything a source was told we have, which state it is in; of everything a sink should get,
//! what became of it. Both sides are counted on their own and must be equal.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::backbone::LedgerCounts;

/// The balances, in the shape of `crossdock ledger --json`.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Ledger {
    /// Per source, in observations.
    pub sources: Vec<SourceLine>,
    /// Per sink, in events.
    pub sinks: Vec<SinkLine>,
    /// Whether every line balances.
    pub balanced: bool,
}

/// One source.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct SourceLine {
    /// Id.
    pub source: String,
    /// Observations captured; a capture that could not be read counts as one.
    pub captured: u64,
    /// Told something new.
    pub folded: u64,
    /// Told what was known.
    pub duplicate: u64,
    /// Told what is outdated.
    pub stale: u64,
    /// Nothing to do.
    pub ignored: u64,
    /// Kept for repair.
    pub quarantined: u64,
    /// Not yet folded, or waiting for a fetch.
    pub pending: u64,
    /// Ignored, by reason.
    pub ignored_by_reason: BTreeMap<String, u64>,
    /// Quarantined, by kind.
    pub quarantined_by_reason: BTreeMap<String, u64>,
    /// Issues, by kind: they do not change the balance.
    pub issues: BTreeMap<String, u64>,
}

/// One sink.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct SinkLine {
    /// Id.
    pub sink: String,
    /// Events its filter took.
    pub matched: u64,
    /// Taken by the receiver.
    pub delivered: u64,
    /// The receiver had them already.
    pub already_there: u64,
    /// Not handed off, because the receiver has something newer.
    pub superseded: u64,
    /// Not yet.
    pub pending: u64,
    /// In the parking lot.
    pub parked: u64,
    /// Dropped from the parking lot by people.
    pub dropped: u64,
}

impl SourceLine {
    /// Whether what came in is what it became.
    pub fn balances(&self) -> bool {
        let known = [self.folded, self.duplicate, self.stale, self.ignored, self.quarantined, self.pending];
        self.captured == known.iter().sum::<u64>()
    }
}

impl SinkLine {
    /// Whether what was matched is what it became.
    pub fn balances(&self) -> bool {
        let became =
            [self.delivered, self.already_there, self.superseded, self.pending, self.parked, self.dropped];
        self.matched == became.iter().sum::<u64>()
    }
}

impl Ledger {
    /// The balances of the store's counts.
    pub fn of(counts: &LedgerCounts) -> Self {
        let sources: Vec<SourceLine> = counts
            .sources
            .iter()
            .map(|(id, counts)| {
                let of = |verdict: &str| -> u64 {
                    counts
                        .verdicts
                        .iter()
                        .filter(|((word, _), _)| word == verdict)
                        .map(|(_, count)| *count)
                        .sum()
                };
                let ignored_by_reason = counts
                    .verdicts
                    .iter()
                    .filter(|((word, _), _)| word == "ignored")
                    .map(|((_, reason), count)| (reason.clone(), *count))
                    .collect();
                SourceLine {
                    source: id.clone(),
                    captured: counts.captured,
                    folded: of("folded"),
                    duplicate: of("duplicate"),
                    stale: of("stale"),
                    ignored: of("ignored"),
                    quarantined: counts.quarantined.values().sum(),
                    pending: counts.pending,
                    ignored_by_reason,
                    quarantined_by_reason: counts.quarantined.clone(),
                    issues: counts.issues.clone(),
                }
            })
            .collect();
        let sinks: Vec<SinkLine> = counts
            .sinks
            .iter()
            .map(|(id, counts)| SinkLine {
                sink: id.clone(),
                matched: counts.matched,
                delivered: counts.delivered,
                already_there: counts.already_there,
                superseded: counts.superseded,
                pending: counts.held,
                parked: counts.parked,
                dropped: counts.dropped,
            })
            .collect();
        let balanced = sources.iter().all(SourceLine::balances) && sinks.iter().all(SinkLine::balances);
        Self { sources, sinks, balanced }
    }
}
