//! `parked`: events that a sink would not take.

use clap::Subcommand;
use serde_json::json;

use super::super::out::{count, say, time};
use super::super::{BAD, Exit, FAINT, Failure, GOOD, Global, Out, Outcome, STRONG, block_on, store, table};
use super::{MOST, all, confirmed, open};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Answer, Backbone, ParkedRow, Question, Seq};
use crate::clock::timestamp;
use crate::operate::Order;

/// Arguments of `parked`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An event is parked when its sink refused it for good, or could not take it until the sink's give-up age. Mend the
receiver, then retry: the event is handed off again, under the same id.

EXAMPLES
  crossdock parked list --sink erp
  crossdock parked show 815
  crossdock parked retry --sink erp --reason gave_up
  crossdock parked drop --event 815 --sink erp --yes")]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists parked events
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Shows why an event is parked
    Show {
        /// The event's place in the log
        event: Seq,
        /// Only at this sink
        #[arg(long)]
        sink: Option<String>,
        /// Print the event as JSON, and nothing else
        #[arg(long)]
        raw: bool,
    },
    /// Hands events off again
    Retry {
        #[command(flatten)]
        which: Which,
        /// All of them
        #[arg(long)]
        all: bool,
        /// Only say what would be handed off
        #[arg(long)]
        dry_run: bool,
    },
    /// Drops parked events for good; the ledger counts them as dropped
    Drop {
        #[command(flatten)]
        which: Which,
        /// All of them
        #[arg(long)]
        all: bool,
        /// Only say what would be dropped
        #[arg(long)]
        dry_run: bool,
        /// Yes, for good
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Which {
    /// Only at this sink
    #[arg(long)]
    sink: Option<String>,
    /// Only this event, by its place in the log; as often as needed
    #[arg(long = "event", value_name = "SEQ")]
    events: Vec<Seq>,
    /// Only for this reason: rejected, gave_up, uncertain
    #[arg(long)]
    reason: Option<String>,
}

pub(in crate::cli) fn run(args: Args, global: &Global, out: &mut Out) -> Outcome {
    block_on(async {
        match args.command {
            What::List { which, limit } => list(&which, limit, global, out).await,
            What::Show { event, sink, raw } => show(event, sink, raw, global, out).await,
            What::Retry { which, all, dry_run } => retry(&which, all, dry_run, global, out).await,
            What::Drop { which, all, dry_run, yes } => {
                drop_them(&which, all, dry_run, yes, global, out).await
            }
        }
    })
}

async fn rows(store: &Embedded, which: &Which, limit: usize) -> Outcome<Vec<ParkedRow>> {
    let narrow = !which.events.is_empty() || which.reason.is_some();
    let asked = if narrow { MOST } else { limit };
    let question = Question::Parked { sink: which.sink.clone(), limit: asked };
    let Answer::Parked(mut found) = store.ask(question).await? else { return Err(store::unexpected()) };
    found.retain(|row| which.events.is_empty() || which.events.contains(&row.seq));
    found.retain(|row| which.reason.as_ref().is_none_or(|reason| row.reason == *reason));
    found.truncate(limit);
    Ok(found)
}

async fn list(which: &Which, limit: usize, global: &Global, out: &mut Out) -> Outcome {
    let (_, store) = open(global)?;
    let found = rows(&store, which, limit).await?;
    print(&found, out)?;
    if out.for_people() && found.len() == limit {
        say(format_args!("the first {limit}; --limit shows more"));
    }
    Ok(Exit::Done)
}

fn print(found: &[ParkedRow], out: &mut Out) -> Outcome<()> {
    if !out.for_people() {
        for row in found {
            let mut value = json!(row);
            if let Some(object) = value.as_object_mut() {
                object.insert("at".into(), json!(timestamp(row.at)));
            }
            out.json(&value)?;
        }
        return Ok(());
    }
    if found.is_empty() {
        out.line("Nothing is parked.")?;
        return Ok(());
    }
    let mut rows =
        table(&["event", "sink", "type", "of", "since", "attempts", "reason", "the receiver's words"]);
    for row in found {
        rows.add_row(vec![
            row.seq.to_string(),
            row.sink.clone(),
            row.event_type.clone(),
            format!("{} {}", row.platform, row.number),
            time(row.at),
            row.attempts.to_string(),
            row.reason.clone(),
            row.detail.clone(),
        ]);
    }
    out.table(&rows)?;
    Ok(())
}

async fn show(event: Seq, sink: Option<String>, raw: bool, global: &Global, out: &mut Out) -> Outcome {
    let (_, store) = open(global)?;
    let which = Which { sink, events: vec![event], reason: None };
    let found = rows(&store, &which, MOST).await?;
    if found.is_empty() {
        return Err(Failure::failed(format!("event {event} is not parked")));
    }
    if raw {
        for stored in store.events_at(vec![event]).await? {
            out.bytes(&stored.json)?;
            out.bytes(b"\n")?;
        }
        return Ok(Exit::Done);
    }
    if !out.for_people() {
        print(&found, out)?;
        return Ok(Exit::Done);
    }
    for row in &found {
        let title = out.paint(STRONG, format_args!("event {} {} at {}", row.seq, row.event_type, row.sink));
        out.line(title)?;
        let reason = out.paint(BAD, &row.reason);
        out.line(format_args!("  reason    {reason}: {}", row.detail))?;
        out.line(format_args!(
            "  since     {}, after {}",
            time(row.at),
            count(row.attempts.into(), "attempt")
        ))?;
        out.line(format_args!("  of        {} {} {}", row.platform, row.shop, row.number))?;
    }
    let hint = out.paint(FAINT, "--raw prints the event: it may hold personal data");
    out.line(hint)?;
    Ok(Exit::Done)
}

/// The handoffs somebody means.
async fn chosen(which: &Which, every: bool, store: &Embedded) -> Outcome<Vec<ParkedRow>> {
    if !every && which.sink.is_none() && which.events.is_empty() && which.reason.is_none() {
        return Err(Failure::usage("which? Give --event, --sink, --reason or --all"));
    }
    let found = rows(store, which, MOST).await?;
    if let Some(unknown) = which.events.iter().find(|event| !found.iter().any(|row| row.seq == **event)) {
        return Err(Failure::failed(format!("event {unknown} is not parked there")));
    }
    Ok(found)
}

fn items(found: &[ParkedRow]) -> Vec<(String, Seq)> {
    found.iter().map(|row| (row.sink.clone(), row.seq)).collect()
}

async fn retry(which: &Which, every: bool, dry_run: bool, global: &Global, out: &mut Out) -> Outcome {
    let (config, store) = open(global)?;
    let found = chosen(which, every, &store).await?;
    if dry_run {
        print(&found, out)?;
        return Ok(Exit::Done);
    }
    let changed =
        if found.is_empty() { 0 } else { all(global, &config, &items(&found), Order::RetryParked).await? };
    if out.for_people() {
        let done = out.paint(GOOD, format_args!("{} on the way again", count(changed, "event")));
        out.line(done)?;
    } else {
        out.json(&json!({"retried": changed}))?;
    }
    Ok(Exit::Done)
}

async fn drop_them(
    which: &Which,
    every: bool,
    dry_run: bool,
    yes: bool,
    global: &Global,
    out: &mut Out,
) -> Outcome {
    let (config, store) = open(global)?;
    let found = chosen(which, every, &store).await?;
    if dry_run {
        print(&found, out)?;
        return Ok(Exit::Done);
    }
    confirmed(yes, &count(u64::try_from(found.len()).unwrap_or(u64::MAX), "event"))?;
    let changed =
        if found.is_empty() { 0 } else { all(global, &config, &items(&found), Order::DropParked).await? };
    if out.for_people() {
        out.line(format_args!("{} dropped", count(changed, "event")))?;
    } else {
        out.json(&json!({"dropped": changed}))?;
    }
    Ok(Exit::Done)
}
