//! `ledger`: is everything accounted for?

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment, Table};

use super::out::{self, thousands};
use super::{BAD, Exit, FAINT, GOOD, Global, Out, Outcome, store};
use crate::ledger::{Ledger, SinkLine, SourceLine};

/// Arguments of `ledger`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Sources are counted in observations (a capture that could not be read counts as one):
  captured = folded + duplicate + stale + ignored + quarantined + pending
Sinks are counted in events:
  matched = delivered + already there + superseded + pending + parked + dropped
Both sides are counted on their own. Exit code 4 when a line does not balance.

EXAMPLES
  crossdock ledger
  crossdock ledger --json | jq .balanced")]
pub(super) struct Args {}

pub(super) async fn run(_: &Args, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    let store = store::reading(&config)?;
    let ledger = Ledger::of(&store::counts(&store).await?);
    show(&ledger, out)?;
    Ok(if ledger.balanced { Exit::Done } else { Exit::Unbalanced })
}

/// Prints a ledger: tables for people, one object for programs.
///
/// # Errors
/// When stdout cannot be written.
pub fn show(ledger: &Ledger, out: &mut Out) -> Outcome<()> {
    if !out.for_people() {
        out.json(ledger)?;
        return Ok(());
    }
    if ledger.sources.is_empty() {
        out.line("No source has told us anything yet.")?;
    } else {
        out.table(&sources(&ledger.sources))?;
        for line in &ledger.sources {
            reasons(&line.source, "ignored", &line.ignored_by_reason, out)?;
            reasons(&line.source, "quarantined", &line.quarantined_by_reason, out)?;
            reasons(&line.source, "issues (not part of the balance)", &line.issues, out)?;
        }
    }
    out.line("")?;
    if ledger.sinks.is_empty() {
        out.line("No sink has been opened yet.")?;
    } else {
        out.table(&sinks(&ledger.sinks))?;
    }
    out.line("")?;
    let verdict =
        if ledger.balanced { out.paint(GOOD, "balances") } else { out.paint(BAD, "DOES NOT BALANCE") };
    out.line(format_args!("The ledger {verdict}."))?;
    Ok(())
}

fn sources(lines: &[SourceLine]) -> Table {
    let mut table = out::table(&[
        "source",
        "captured",
        "folded",
        "duplicate",
        "stale",
        "ignored",
        "quarantined",
        "pending",
        "",
    ]);
    for line in lines {
        let known = [line.folded, line.duplicate, line.stale, line.ignored, line.quarantined, line.pending];
        add(&mut table, &line.source, line.captured, &known);
    }
    table
}

fn sinks(lines: &[SinkLine]) -> Table {
    let mut table = out::table(&[
        "sink",
        "matched",
        "delivered",
        "already there",
        "superseded",
        "pending",
        "parked",
        "dropped",
        "",
    ]);
    for line in lines {
        let known =
            [line.delivered, line.already_there, line.superseded, line.pending, line.parked, line.dropped];
        add(&mut table, &line.sink, line.matched, &known);
    }
    table
}

fn add(table: &mut Table, name: &str, whole: u64, parts: &[u64]) {
    let right = |number: u64| Cell::new(thousands(number)).set_alignment(CellAlignment::Right);
    let sum: u64 = parts.iter().sum();
    let verdict = match whole.abs_diff(sum) {
        0 => "=".to_owned(),
        off if whole > sum => format!("{} missing", thousands(off)),
        off => format!("{} too many", thousands(off)),
    };
    let mut row = vec![Cell::new(name), right(whole)];
    row.extend(parts.iter().map(|part| right(*part)));
    row.push(Cell::new(verdict));
    table.add_row(row);
}

fn reasons(source: &str, what: &str, reasons: &BTreeMap<String, u64>, out: &mut Out) -> Outcome<()> {
    if reasons.is_empty() {
        return Ok(());
    }
    let listed: Vec<String> = reasons
        .iter()
        .map(|(reason, count)| {
            let reason = if reason.is_empty() { "no reason given" } else { reason };
            format!("{reason} {}", thousands(*count))
        })
        .collect();
    let head = out.paint(FAINT, format_args!("{source} {what}:"));
    out.line(format_args!("  {head} {}", listed.join(", ")))?;
    Ok(())
}
