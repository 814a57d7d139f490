//! What the quarantine and the parking lot have in common: words that narrow, pages, dry runs, and what is said.
//!
//! A page begins behind the last row of the one before, so that a million rows take no more memory than a few
//! hundred, and what is parked again while it is retried is not retried twice.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde_json::{Value, json};

use super::super::out::{count, say, thousands};
use super::super::{Exit, Failure, Global, Out, Outcome, store};
use super::{Repairer, TOGETHER};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Answer, Backbone, Micros, Question, Seq};
use crate::clock;
use crate::config::{Config, HumanDuration};
use crate::operate::Order;

/// Rows that a dry run shows to people before it only counts.
const SHOWN: u64 = 20;

/// What narrows both.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Narrow {
    /// Only what has been there for at least this long: 30m, 2h, 3d
    #[arg(long, value_name = "AGE", value_parser = age)]
    older: Option<HumanDuration>,
    /// Only what came in within this time: 30m, 2h, 3d
    #[arg(long, value_name = "AGE", value_parser = age)]
    newer: Option<HumanDuration>,
    /// Only where the words of the refusal hold this text
    #[arg(long, value_name = "TEXT")]
    pub(super) words: Option<String>,
    /// Only of this order, case or tracking number
    #[arg(long, visible_alias = "key", value_name = "NO")]
    pub(super) number: Option<String>,
}

impl Narrow {
    pub(super) fn is_empty(&self) -> bool {
        self.older.is_none() && self.newer.is_none() && self.words.is_none() && self.number.is_none()
    }

    /// There since this time or a later one.
    pub(super) fn since(&self, now: Micros) -> Option<Micros> {
        self.newer.map(|age| now.saturating_sub(age.micros()))
    }

    /// There since before this time.
    pub(super) fn before(&self, now: Micros) -> Option<Micros> {
        self.older.map(|age| now.saturating_sub(age.micros()).saturating_add(1))
    }
}

/// An age as people type it.
///
/// # Errors
/// What can be written.
pub(in crate::cli) fn age(text: &str) -> Result<HumanDuration, String> {
    HumanDuration::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(text))
        .map_err(|error| error.to_string())
}

/// How much is swept together.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Sweep {
    /// All of them
    #[arg(long)]
    pub(super) all: bool,
    /// Only say which ones, and how many
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// The quarantine or the parking lot, narrowed to what somebody means.
pub(super) trait Lot {
    /// What lies there.
    type Row;
    /// Where a page begins.
    type Place: Clone;
    /// What it is called, and what one thing in it is.
    const WORDS: Words;

    /// Whether anything narrows it.
    fn is_narrow(&self) -> bool;
    /// The rows named by number.
    fn named(&self) -> &[Seq];
    fn question(&self, after: Option<Self::Place>, limit: usize, now: Micros) -> Question;
    fn rows(answer: Answer) -> Option<Vec<Self::Row>>;
    fn place(row: &Self::Row) -> Self::Place;
    /// The number by which it is named.
    fn number(row: &Self::Row) -> Seq;
    /// The row for programs.
    fn value(row: &Self::Row) -> Value;
    /// What was refused, by whom, why, and the command that retries it.
    fn line(row: &Self::Row, out: &Out) -> String;
    fn retry(rows: &[Self::Row]) -> Order;
    fn drop(rows: &[Self::Row]) -> Order;
}

/// How people are told.
pub(super) struct Words {
    /// `event`
    pub(super) one: &'static str,
    /// `parked`
    pub(super) there: &'static str,
    /// `Give --event, --sink or --all`
    pub(super) which: &'static str,
}

/// Reads a lot page by page.
pub(super) struct Pages<'a, L: Lot> {
    lot: &'a L,
    store: &'a Embedded,
    after: Option<L::Place>,
    now: Micros,
}

impl<'a, L: Lot> Pages<'a, L> {
    pub(super) fn new(lot: &'a L, store: &'a Embedded) -> Self {
        Self { lot, store, after: None, now: clock::now_micros() }
    }

    /// At most so many of the rows that follow; none at the end.
    pub(super) async fn next(&mut self, limit: usize) -> Outcome<Vec<L::Row>> {
        let question = self.lot.question(self.after.clone(), limit, self.now);
        let rows = L::rows(self.store.ask(question).await?).ok_or_else(store::unexpected)?;
        if let Some(last) = rows.last() {
            self.after = Some(L::place(last));
        }
        Ok(rows)
    }
}

/// Prints the first rows.
pub(super) async fn list<L: Lot>(lot: &L, limit: usize, store: &Embedded, out: &mut Out) -> Outcome {
    let mut pages = Pages::new(lot, store);
    let mut left = limit;
    while left > 0 {
        let rows = pages.next(left.min(TOGETHER)).await?;
        if rows.is_empty() {
            break;
        }
        left = left.saturating_sub(rows.len());
        print::<L>(&rows, out)?;
    }
    if left == limit && limit > 0 && out.for_people() {
        let empty = if lot.is_narrow() { "Nothing of that kind is" } else { "Nothing is" };
        out.line(format_args!("{empty} {}.", L::WORDS.there))?;
    }
    if left == 0 && !pages.next(1).await?.is_empty() {
        say(format_args!("the first {limit}; --limit shows more"));
    }
    Ok(Exit::Done)
}

fn print<L: Lot>(rows: &[L::Row], out: &mut Out) -> Outcome<()> {
    for row in rows {
        if out.for_people() {
            let line = L::line(row, out);
            out.line(line)?;
        } else {
            out.json(&L::value(row))?;
        }
    }
    Ok(())
}

/// Which ones has to be said, and what is named by number has to be there.
pub(super) async fn meant<L: Lot>(lot: &L, all: bool, store: &Embedded) -> Outcome<()> {
    if !all && !lot.is_narrow() {
        return Err(Failure::usage(format!("which? {}", L::WORDS.which)));
    }
    if lot.named().is_empty() {
        return Ok(());
    }
    if all {
        return Err(Failure::usage("--all, or named ones: not both"));
    }
    let mut pages = Pages::new(lot, store);
    let mut missing = lot.named().to_vec();
    loop {
        let rows = pages.next(TOGETHER).await?;
        if rows.is_empty() {
            break;
        }
        missing.retain(|number| !rows.iter().any(|row| L::number(row) == *number));
    }
    match missing.first() {
        None => Ok(()),
        Some(number) => {
            Err(Failure::failed(format!("{} {number} is not {} there", L::WORDS.one, L::WORDS.there)))
        }
    }
}

/// Carries an order out for all rows, some at a time; says how many there were and how many changed.
pub(super) async fn all<L: Lot>(
    lot: &L,
    order: impl Fn(&[L::Row]) -> Order,
    store: &Embedded,
    global: &Global,
    config: &Config,
) -> Outcome<(u64, u64)> {
    let mut pages = Pages::new(lot, store);
    let mut repairer = None;
    let (mut tried, mut changed) = (0, 0);
    loop {
        let rows = pages.next(TOGETHER).await?;
        if rows.is_empty() {
            break;
        }
        // The store is taken only when there is something to do.
        let repairer = match &mut repairer {
            Some(repairer) => repairer,
            none => none.insert(Repairer::new(global, config).await?),
        };
        tried += number(rows.len());
        changed += repairer.carry_out(order(&rows)).await?;
    }
    if let Some(repairer) = repairer {
        repairer.close().await?;
    }
    Ok((tried, changed))
}

/// Says which rows would be touched, and how many.
pub(super) async fn dry_run<L: Lot>(lot: &L, would: &str, store: &Embedded, out: &mut Out) -> Outcome {
    let mut pages = Pages::new(lot, store);
    let mut seen = 0;
    loop {
        let rows = pages.next(TOGETHER).await?;
        if rows.is_empty() {
            break;
        }
        let shown = match out.for_people() {
            true => usize::try_from(SHOWN.saturating_sub(seen)).unwrap_or(0).min(rows.len()),
            false => rows.len(),
        };
        print::<L>(rows.get(..shown).unwrap_or_default(), out)?;
        seen += number(rows.len());
    }
    if out.for_people() && seen > SHOWN {
        out.line(format_args!("and {} more", thousands(seen - SHOWN)))?;
    }
    out.flush()?;
    say(format_args!("{} would be {would}; nothing was changed", count(seen, L::WORDS.one)));
    Ok(Exit::Done)
}

/// Drops rows for good, when that is meant.
pub(super) async fn drop_them<L: Lot>(
    lot: &L,
    sweep: Sweep,
    yes: bool,
    global: &Global,
    out: &mut Out,
) -> Outcome {
    let (config, store) = super::open(global)?;
    meant(lot, sweep.all, &store).await?;
    if sweep.dry_run {
        return dry_run(lot, "dropped for good", &store, out).await;
    }
    if !yes {
        let mut pages = Pages::new(lot, &store);
        let mut there = 0;
        loop {
            match pages.next(TOGETHER).await?.len() {
                0 => break,
                more => there += number(more),
            }
        }
        return Err(Failure::usage(format!(
            "this drops {} for good: add --yes to do it, or --dry-run to see which ones",
            count(there, L::WORDS.one)
        )));
    }
    let (_, dropped) = all(lot, L::drop, &store, global, &config).await?;
    if out.for_people() {
        out.line(format_args!("{} dropped; the ledger counts them", count(dropped, L::WORDS.one)))?;
    } else {
        out.json(&json!({"dropped": dropped}))?;
    }
    Ok(Exit::Done)
}

pub(super) fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_become_times() {
        let narrow =
            Narrow { older: Some(age("2h").unwrap()), newer: Some(age("3d").unwrap()), ..Narrow::default() };
        let now = 1_000_000_000_000;
        assert_eq!(
            narrow.before(now),
            Some(now - 7_200_000_000 + 1),
            "two hours to the microsecond are enough"
        );
        assert_eq!(narrow.since(now), Some(now - 3 * 86_400_000_000));
        assert!(age("2 hours").unwrap_err().contains("30s, 5m, 12h or 3d"));
    }
}
