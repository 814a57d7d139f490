//! What became of the files: the ledger after, less the ledger before.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::out::{count, say, thousands};
use super::super::{BAD, FAINT, GOOD, Out, Outcome, STRONG, store};
use super::Report;
use crate::backbone::{Answer, Backbone, QuarantineFilter, Question, Seq};
use crate::config::Config;
use crate::ledger::{Ledger, SourceLine};

/// Captures that could not be read and are named.
const NAMED: u64 = 10;
/// Rows read together.
const PAGE: usize = 500;

/// What was added to a source's line.
struct Added {
    folded: u64,
    duplicate: u64,
    stale: u64,
    ignored: BTreeMap<String, u64>,
    quarantined: BTreeMap<String, u64>,
    pending: u64,
    issues: BTreeMap<String, u64>,
}

/// Prints the summary; says whether everything could be read.
pub(super) fn print(source: &str, report: &Report, out: &mut Out) -> Outcome<bool> {
    let added = added(source, &report.before, &report.after);
    let bad: u64 = report.read.iter().map(|(_, file)| file.bad).sum();
    let quarantined: u64 = added.quarantined.values().sum();
    if out.for_people() {
        people(source, report, &added, out)?;
    } else {
        let files: Vec<_> = report
            .read
            .iter()
            .map(|(path, file)| {
                json!({"file": path.display().to_string(), "rows": file.rows, "documents": file.documents,
                    "bad_rows": file.bad})
            })
            .collect();
        let sum = |of: fn(&crate::ingress::files::Summary) -> u64| -> u64 {
            report.read.iter().map(|(_, file)| of(file)).sum()
        };
        out.json(&json!({
            "source": source, "files": files, "rows": sum(|file| file.rows), "documents": sum(|file| file.documents),
            "bad_rows": bad, "folded": added.folded, "duplicate": added.duplicate, "stale": added.stale,
            "ignored": added.ignored.values().sum::<u64>(), "ignored_by_reason": added.ignored,
            "quarantined": quarantined, "quarantined_by_reason": added.quarantined, "pending": added.pending,
            "issues": added.issues, "balanced": report.after.balanced,
        }))?;
    }
    Ok(bad == 0 && quarantined == 0)
}

fn people(source: &str, report: &Report, added: &Added, out: &mut Out) -> Outcome<()> {
    for (path, file) in &report.read {
        let name = out.paint(STRONG, path.display());
        let bad = match file.bad {
            0 => String::new(),
            bad => format!(", {}", out.paint(BAD, format_args!("{} unreadable", count(bad, "row")))),
        };
        out.line(format_args!(
            "{name}: {}, {}{bad}",
            count(file.rows, "row"),
            count(file.documents, "document")
        ))?;
    }
    let head = out.paint(FAINT, format_args!("{source}:"));
    out.line(format_args!(
        "{head} {} folded, {} duplicate, {} stale{}{}",
        thousands(added.folded),
        thousands(added.duplicate),
        thousands(added.stale),
        listed("ignored", &added.ignored),
        listed("quarantined", &added.quarantined),
    ))?;
    if !added.issues.is_empty() {
        let issues: Vec<String> =
            added.issues.iter().map(|(kind, n)| format!("{kind} {}", thousands(*n))).collect();
        let head = out.paint(FAINT, "issues:");
        out.line(format_args!("{head} {}", issues.join(", ")))?;
    }
    let verdict =
        if report.after.balanced { out.paint(GOOD, "balances") } else { out.paint(BAD, "DOES NOT BALANCE") };
    out.line(format_args!("The ledger {verdict}."))?;
    Ok(())
}

/// Names what could not be read, with file and line, on stderr: the first few.
pub(super) async fn name_unreadable(source: &str, head: Seq, config: &Config) -> Outcome<()> {
    let store = store::reading(config)?;
    let which = QuarantineFilter { source: Some(source.to_owned()), ..QuarantineFilter::default() };
    let (mut after, mut there) = (head, 0);
    loop {
        let question = Question::Quarantine { which: which.clone(), after, limit: PAGE };
        let Answer::Quarantine(rows) = store.ask(question).await? else { return Err(store::unexpected()) };
        let Some(last) = rows.last() else { break };
        after = last.capture;
        for row in &rows {
            if there < NAMED {
                let origin = row.origin.as_deref().unwrap_or("no origin");
                say(format_args!("{origin}: {} (capture {})", row.reason.detail, row.capture));
            }
            there += 1;
        }
    }
    let rest = there.saturating_sub(NAMED);
    if rest > 0 {
        say(format_args!("and {} more: crossdock quarantine list --source {source}", thousands(rest)));
    }
    Ok(())
}

fn listed(word: &str, reasons: &BTreeMap<String, u64>) -> String {
    let sum: u64 = reasons.values().sum();
    if sum == 0 {
        return String::new();
    }
    let each: Vec<String> = reasons.iter().map(|(reason, n)| format!("{reason} {}", thousands(*n))).collect();
    format!(", {} {word} ({})", thousands(sum), each.join(", "))
}

fn added(source: &str, before: &Ledger, after: &Ledger) -> Added {
    let line = |ledger: &Ledger| -> SourceLine {
        ledger.sources.iter().find(|line| line.source == source).cloned().unwrap_or_default()
    };
    let (before, after) = (line(before), line(after));
    let less = |after: &BTreeMap<String, u64>, before: &BTreeMap<String, u64>| -> BTreeMap<String, u64> {
        let rest = |(reason, n): (&String, &u64)| {
            (reason.clone(), n.saturating_sub(before.get(reason).copied().unwrap_or(0)))
        };
        after.iter().map(rest).filter(|(_, n)| *n > 0).collect()
    };
    Added {
        folded: after.folded.saturating_sub(before.folded),
        duplicate: after.duplicate.saturating_sub(before.duplicate),
        stale: after.stale.saturating_sub(before.stale),
        ignored: less(&after.ignored_by_reason, &before.ignored_by_reason),
        quarantined: less(&after.quarantined_by_reason, &before.quarantined_by_reason),
        pending: after.pending.saturating_sub(before.pending),
        issues: less(&after.issues, &before.issues),
    }
}
