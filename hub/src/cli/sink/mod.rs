//! `sink`: what a sink's filter takes, without handing anything off.

mod why;

use std::collections::BTreeMap;

use clap::Subcommand;
use serde_json::json;

use super::out::{self, count, thousands};
use super::picks::Picks;
use super::repair::open;
use super::when::Stretch;
use super::{Exit, FAINT, Failure, Global, Out, Outcome, STRONG};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Backbone, Classes, Seq, StoredEvent};
use crate::handoff::filter::{Filter, Subject};

/// Events looked at when nobody says how many.
const LAST: i64 = 10_000;
/// Events read together.
const PAGE: usize = 512;

/// Arguments of `sink`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Which events of the log a sink's filter takes, and why it does not take the others
    #[command(after_help = "\
The filter is the one in the configuration as it is now, not the one a running hub has: try a change before the
restart. With --events, --source, --platform, --class or --where that filter is tried instead. Of an event that is not
taken the first thing that does not fit is named.

EXAMPLES
  crossdock sink match crm
  crossdock sink match erp --from 2026-11-20 --to 2026-11-21
  crossdock sink match --events 'order.*' --where order.currency=CNY --last 100000")]
    Match(MatchArgs),
}

#[derive(Debug, clap::Args)]
struct MatchArgs {
    /// Whose filter; leave it out to try the one given by options
    #[arg(value_name = "SINK")]
    sink: Option<String>,
    /// The newest so many events of the log [default: 10000]
    #[arg(long, value_name = "N", conflicts_with_all = ["from", "to"], value_parser = clap::value_parser!(i64).range(1..))]
    last: Option<i64>,
    #[command(flatten)]
    stretch: Stretch,
    #[command(flatten)]
    picks: Picks,
}

pub(super) async fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    match &args.command {
        What::Match(args) => matches(args, global, out).await,
    }
}

/// What was found.
#[derive(Default)]
struct Found {
    looked_at: u64,
    matched: u64,
    /// By type and source: taken and all.
    by: BTreeMap<(&'static str, String), (u64, u64)>,
    refused: BTreeMap<String, u64>,
}

async fn matches(args: &MatchArgs, global: &Global, out: &mut Out) -> Outcome {
    let filter = filter(args, global)?;
    let (_, store) = open(global)?;
    let (after, upto) = match args.stretch.is_empty() {
        true => {
            let head = *store.heads().events.borrow();
            (head.saturating_sub(args.last.unwrap_or(LAST)).max(0), head)
        }
        false => args.stretch.of_log(&store).await?,
    };
    let found = look(&store, &filter, after, upto).await?;
    if out.for_people() {
        people(args, &filter, &found, out)?
    } else {
        program(args, &filter, &found, out)?
    }
    Ok(Exit::Done)
}

/// The filter to be tried.
fn filter(args: &MatchArgs, global: &Global) -> Outcome<Filter> {
    let given = args.picks.filter()?;
    if !args.picks.is_empty() {
        return Ok(given);
    }
    let Some(id) = &args.sink else {
        return Err(Failure::usage(
            "which filter? Name a sink, or give --events, --source, --platform, --class or --where",
        ));
    };
    let loaded = global.load()?;
    match loaded.sinks.iter().find(|sink| *sink.id == **id) {
        Some(sink) => Ok(sink.filter.clone()),
        None => {
            let known: Vec<&str> = loaded.sinks.iter().map(|sink| &*sink.id).collect();
            Err(Failure::usage(format!("no sink `{id}`: {}", known.join(", "))))
        }
    }
}

async fn look(store: &Embedded, filter: &Filter, after: Seq, upto: Seq) -> Outcome<Found> {
    let mut found = Found::default();
    let mut at = after;
    while at < upto {
        let page = store.log(at, PAGE, Classes::All).await?;
        for stored in page.events.iter().take_while(|event| event.seq <= upto) {
            one(filter, stored, &mut found);
        }
        at = page.upto.max(at + 1);
    }
    Ok(found)
}

fn one(filter: &Filter, stored: &StoredEvent, found: &mut Found) {
    found.looked_at += 1;
    let key = (stored.event.event_type.as_str(), stored.source.to_string());
    let (taken, all) = found.by.entry(key).or_default();
    *all += 1;
    match why::not(filter, &Subject::of(stored)) {
        None => {
            *taken += 1;
            found.matched += 1;
        }
        Some(reason) => *found.refused.entry(reason).or_default() += 1,
    }
}

fn program(args: &MatchArgs, filter: &Filter, found: &Found, out: &mut Out) -> Outcome<()> {
    let by: Vec<_> = found
        .by
        .iter()
        .map(|((event_type, source), (matched, of))| {
            json!({"type": event_type, "source": source, "matched": matched, "of": of})
        })
        .collect();
    let sink = args.sink.as_ref().filter(|_| args.picks.is_empty());
    out.json(&json!({
        "sink": sink, "filter": filter, "looked_at": found.looked_at, "matched": found.matched, "by": by,
        "refused": found.refused,
    }))?;
    Ok(())
}

fn people(args: &MatchArgs, filter: &Filter, found: &Found, out: &mut Out) -> Outcome<()> {
    let whose = match &args.sink {
        Some(sink) if args.picks.is_empty() => format!("sink {sink} takes"),
        _ => "this filter takes".to_owned(),
    };
    let taken = out.paint(STRONG, thousands(found.matched));
    out.line(format_args!("{whose} {taken} of {}", count(found.looked_at, "event")))?;
    let text = out.paint(FAINT, format_args!("filter {}", filter.to_text()));
    out.line(text)?;
    if !found.by.is_empty() {
        let mut rows = out::table(&["event type", "source", "taken", "of"]);
        for ((event_type, source), (matched, of)) in &found.by {
            rows.add_row(vec![(*event_type).to_owned(), source.clone(), thousands(*matched), thousands(*of)]);
        }
        out.table(&rows)?;
    }
    if !found.refused.is_empty() {
        let mut rows = out::table(&["not taken because of", "events"]);
        for (reason, number) in &found.refused {
            rows.add_row(vec![reason.clone(), thousands(*number)]);
        }
        out.table(&rows)?;
    }
    Ok(())
}
