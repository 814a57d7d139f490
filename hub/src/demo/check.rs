//! Holds what came out against what had to come out. Nothing here asks the hub what it thinks it did: receivers are
//! compared with the event log, and the log with the script.

use std::collections::{BTreeMap, HashMap, HashSet};

use crossdock_schemas::{EventType, identity};
use crossdock_testkit::standin::receiver::{Entry, Report};

use crate::backbone::Backbone;
use crate::handoff::filter::Filter;
use crate::ledger::Ledger;

use super::facts::{self, Fact};
use super::files::Reading;
use super::play::Score;
use super::script::{Ends, SHEET, Script};
use super::text::{count, thousands};

/// One thing that was held against what it should be.
pub(super) struct Check {
    pub(super) good: bool,
    pub(super) text: String,
    /// What is wrong, a line each.
    pub(super) wrong: Vec<String>,
}

/// What a receiver got, and what it should have got.
pub(super) struct Receipt {
    pub(super) id: &'static str,
    pub(super) filter: Filter,
    pub(super) report: Report,
    /// A hub that handed off was killed: what it had not yet recorded comes once more.
    pub(super) killed: bool,
}

/// Everything there is to look at.
pub(super) struct Evidence<'a> {
    pub(super) backbone: &'a dyn Backbone,
    pub(super) ledger: &'a Ledger,
    pub(super) script: &'a Script,
    pub(super) score: &'a Score,
    pub(super) receipts: &'a [Receipt],
    pub(super) first_reading: &'a Reading,
}

impl Check {
    fn new(text: String, wrong: Vec<String>) -> Self {
        Self { good: wrong.is_empty(), text, wrong }
    }
}

/// All checks, in the order in which they are shown.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn all(evidence: &Evidence<'_>) -> Result<Vec<Check>, String> {
    let log = facts::log(evidence.backbone).await?;
    let mut checks = vec![balance(evidence.ledger)];
    checks.extend(evidence.receipts.iter().map(|receipt| receiver(receipt, &log)));
    checks.extend(orders(evidence, &log).await?);
    checks.push(cases(evidence).await?);
    checks.push(milestones(evidence, &log));
    checks.push(reread(evidence, &log));
    checks.push(malformed(evidence));
    checks.push(forged(evidence));
    Ok(checks)
}

fn balance(ledger: &Ledger) -> Check {
    let mut wrong = Vec::new();
    for source in ledger.sources.iter().filter(|source| !source.balances() || source.pending > 0) {
        wrong.push(format!("{}: captured {}, {} pending", source.source, source.captured, source.pending));
    }
    for sink in ledger.sinks.iter().filter(|sink| !sink.balances() || sink.pending + sink.parked > 0) {
        wrong.push(format!(
            "{}: matched {}, {} pending, {} parked",
            sink.sink, sink.matched, sink.pending, sink.parked
        ));
    }
    let captured = ledger.sources.iter().map(|source| source.captured).sum();
    let text = format!("the ledger balances: {}, every one accounted for", count(captured, "observation"));
    Check::new(text, wrong)
}

/// Nothing missing, nothing twice, order kept per key.
fn receiver(receipt: &Receipt, log: &[Fact]) -> Check {
    let Receipt { id, filter, report, killed } = receipt;
    let wanted: Vec<&Fact> = log.iter().filter(|fact| fact.is_for(filter)).collect();
    let got: HashSet<&str> = report.entries.iter().map(|entry| entry.id.as_str()).collect();
    let due: HashSet<&str> = wanted.iter().map(|fact| fact.id.as_str()).collect();
    let mut wrong = Vec::new();
    let mut note = |number: usize, what: &str| {
        if number > 0 {
            wrong.push(format!("{number} {what}"));
        }
    };
    note(due.difference(&got).count(), "missing");
    note(got.difference(&due).count(), "that are not for it");
    note(report.entries.len() - got.len(), "taken twice");
    note(wanted.len() - due.len(), "with an id that another event has");
    let by_key = keys(&report.entries);
    let expected = keys_of(&wanted);
    note(expected.iter().filter(|(key, ids)| by_key.get(*key) != Some(*ids)).count(), "keys out of order");
    note(small(report.refused + report.unreadable), "requests refused by the receiver");
    // Only an answer that got lost, or a hub, is a reason to send an event that was taken once more.
    if !killed {
        note(small(report.duplicates.saturating_sub(report.lost_replies)), "sent again for no reason");
    }
    let mut keys = count(big(expected.len()), "key");
    if report.duplicates > 0 {
        keys.push_str(&format!(", {} recognised", count(report.duplicates, "repeat")));
    }
    let (got, all) = (thousands(report.distinct), thousands(big(wanted.len())));
    let text =
        format!("{} got {got} of {all} events, each once, in order per key ({keys})", id.to_uppercase());
    Check::new(text, wrong)
}

fn keys(entries: &[Entry]) -> HashMap<&str, Vec<&str>> {
    let mut keys: HashMap<&str, Vec<&str>> = HashMap::new();
    for entry in entries {
        keys.entry(&entry.key).or_default().push(&entry.id);
    }
    keys
}

fn keys_of<'a>(facts: &[&'a Fact]) -> HashMap<&'a str, Vec<&'a str>> {
    let mut keys: HashMap<&str, Vec<&str>> = HashMap::new();
    for fact in facts {
        keys.entry(&fact.key).or_default().push(&fact.id);
    }
    keys
}

async fn orders(evidence: &Evidence<'_>, log: &[Fact]) -> Result<[Check; 2], String> {
    let known = facts::orders(evidence.backbone).await?;
    let expected = &evidence.script.expected.orders;
    let told = |event_type: EventType| {
        let mut times: HashMap<&str, u64> = HashMap::new();
        for fact in log.iter().filter(|fact| fact.event_type == event_type) {
            *times.entry(&fact.key).or_default() += 1;
        }
        times
    };
    let (placed, paid) = (told(EventType::OrderPlaced), told(EventType::OrderPaid));
    let (mut wrong, mut sums) = (Vec::new(), Vec::new());
    for ((source, number), want) in expected {
        let Some((have, key)) = known.get(&(*source, number.clone())) else {
            wrong.push(format!("{source} {number} is not known"));
            continue;
        };
        // What is cancelled here was never paid, and everything else was.
        for (times, want, what) in
            [(&placed, 1, "placed"), (&paid, u64::from(want.ends != Ends::Cancelled), "paid")]
        {
            let times = times.get(key.as_str()).copied().unwrap_or(0);
            if times != want {
                wrong
                    .push(format!("{source} {number} was {what} {}, should be {want}", count(times, "time")));
            }
        }
        if have.ends != want.ends {
            wrong.push(format!("{source} {number} is {:?}, should be {:?}", have.ends, want.ends));
        }
        if have.amount != want.amount {
            sums.push(format!("{source} {number}: {} instead of {}", have.amount, want.amount));
        }
    }
    for (source, number) in known.keys().filter(|key| !expected.contains_key(*key)) {
        wrong.push(format!("{source} {number} was never sold"));
    }
    let ended = |ends: Ends| big(expected.values().filter(|known| known.ends == ends).count());
    let cancelled = ended(Ends::Cancelled);
    let text = format!(
        "{} known: placed once each, {} paid once, {} cancelled, {} completed ({} by poll)",
        count(big(expected.len()), "order"),
        thousands(big(expected.len()) - cancelled),
        thousands(cancelled),
        thousands(ended(Ends::Completed)),
        thousands(evidence.script.mixed.lost)
    );
    let amounts = "every order's amount is what was told, to the last digit".to_owned();
    Ok([Check::new(text, wrong), Check::new(amounts, sums)])
}

async fn cases(evidence: &Evidence<'_>) -> Result<Check, String> {
    let known = facts::cases(evidence.backbone).await?;
    let expected = &evidence.script.expected.cases;
    let sources = known.keys().chain(expected.keys()).collect::<std::collections::BTreeSet<_>>();
    let of = |cases: &BTreeMap<&'static str, u64>, source: &str| cases.get(source).copied().unwrap_or(0);
    let differs = sources.into_iter().filter(|source| of(&known, source) != of(expected, source));
    let wrong =
        differs.map(|source| format!("{source}: {} instead of {}", of(&known, source), of(expected, source)));
    let total = expected.values().sum();
    let text = format!("{} refunds and cancellations known, each as a document of its own", thousands(total));
    Ok(Check::new(text, wrong.collect()))
}

/// What customers notice of one parcel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Noticed {
    picked_up: u64,
    delivered: u64,
    exceptions: u64,
    corrected: u64,
}

fn milestones(evidence: &Evidence<'_>, log: &[Fact]) -> Check {
    let mut noticed: HashMap<&str, Noticed> = HashMap::new();
    let crm = evidence.receipts.iter().find(|receipt| receipt.id == "crm");
    for entry in crm.into_iter().flat_map(|receipt| &receipt.report.entries) {
        let parcel = noticed.entry(&entry.key).or_default();
        match entry.kind.trim_start_matches("io.crossdock.") {
            "milestone.picked_up" => parcel.picked_up += 1,
            "milestone.delivered" => parcel.delivered += 1,
            "milestone.exception" => parcel.exceptions += 1,
            _ => parcel.corrected += 1,
        }
    }
    let delivered = log.iter().filter(|fact| fact.event_type == EventType::MilestoneDelivered);
    let times: HashMap<&str, i64> =
        delivered.map(|fact| (fact.key.as_str(), fact.time.utc_seconds())).collect();
    let mut wrong = Vec::new();
    let mut sum = Noticed::default();
    for parcel in &evidence.script.expected.parcels {
        let want = Noticed {
            picked_up: 1,
            delivered: u64::from(parcel.delivered.is_some()),
            exceptions: parcel.exceptions,
            corrected: 0,
        };
        let key = identity::parcel_key("sf_express", &parcel.number, "");
        let have = noticed.remove(key.as_str()).unwrap_or_default();
        if have != want {
            wrong.push(format!("{}: {have:?} instead of {want:?}", parcel.number));
        }
        let time = times.get(key.as_str()).copied();
        if time != parcel.delivered.map(|at| at.as_second()) {
            wrong.push(format!("{} was delivered at another time", parcel.number));
        }
        sum.picked_up += want.picked_up;
        sum.delivered += want.delivered;
        sum.exceptions += want.exceptions;
    }
    wrong.extend(noticed.keys().map(|key| format!("{key} was never shipped")));
    let text = format!(
        "customers hear of {} picked up 揽收, {} delivered 妥投, {} 异常, each once",
        thousands(sum.picked_up),
        thousands(sum.delivered),
        count(sum.exceptions, "exception")
    );
    Check::new(text, wrong)
}

fn reread(evidence: &Evidence<'_>, log: &[Fact]) -> Check {
    let again = log.iter().filter(|fact| fact.source == SHEET && fact.capture > evidence.first_reading.last);
    let told = big(again.count());
    let wrong = if told > 0 { vec![count(told, "event")] } else { Vec::new() };
    let text = format!(
        "the sheet read again with its {} shuffled told nothing new",
        count(evidence.script.files.rows, "row")
    );
    Check::new(text, wrong)
}

fn malformed(evidence: &Evidence<'_>) -> Check {
    let expected = &evidence.script.expected.malformed;
    let mut wrong = Vec::new();
    for source in &evidence.ledger.sources {
        let want = expected.get(source.source.as_str()).copied().unwrap_or(0);
        if source.quarantined != want {
            wrong.push(format!("{}: {} in quarantine instead of {want}", source.source, source.quarantined));
        }
    }
    let total: u64 = expected.values().sum();
    Check::new(format!("{} kept in quarantine, neighbours unharmed", count(total, "malformed input")), wrong)
}

fn forged(evidence: &Evidence<'_>) -> Check {
    use std::sync::atomic::Ordering::Relaxed;
    let (refused, let_in) = (evidence.score.refused.load(Relaxed), evidence.score.let_in.load(Relaxed));
    let forged = evidence.script.mixed.forged;
    let mut wrong = Vec::new();
    if refused != forged || let_in > 0 {
        wrong.push(format!("{refused} of {forged} refused, {let_in} let in"));
    }
    wrong
        .extend(evidence.score.failures().into_iter().map(|(what, times)| format!("{what} ({times} times)")));
    Check::new(format!("{} refused with 401, nothing of them stored", count(forged, "forged request")), wrong)
}

fn big(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn small(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
