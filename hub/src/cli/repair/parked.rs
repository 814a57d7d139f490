//! `parked`: events that a sink would not take.

use clap::Subcommand;
use serde_json::{Value, json};

use super::super::out::{count, plain, time};
use super::super::{BAD, Exit, FAINT, Failure, GOOD, Global, Out, Outcome, STRONG, block_on, select};
use super::lot::{self, Lot, Narrow, Pages, Sweep, Words};
use super::open;
use crate::backbone::{Answer, Backbone, Micros, ParkedFilter, ParkedRow, Question, Seq};
use crate::clock::timestamp;
use crate::operate::Order;

/// Arguments of `parked`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An event is parked when its sink refused it for good, or could not take it until the sink's give-up age. Mend the
receiver, then retry: the event is handed off again, under the same id. Each line says what was refused, by whom,
why in their words, and the command that retries it.

EXAMPLES
  crossdock parked list --sink erp
  crossdock parked list --sink erp --words 'no such warehouse'
  crossdock parked show 815
  crossdock parked retry --sink erp --reason gave_up --dry-run
  crossdock parked retry --sink erp --reason gave_up
  crossdock parked retry --sink erp --type 'order.*' --newer 2h
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
        #[command(flatten)]
        sweep: Sweep,
    },
    /// Drops parked events for good; the ledger counts them as dropped
    Drop {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        sweep: Sweep,
        /// Yes, for good
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Default, clap::Args)]
struct Which {
    /// Only at this sink
    #[arg(long)]
    sink: Option<String>,
    /// Only this event, by its place in the log; as often as needed
    #[arg(long = "event", value_name = "SEQ")]
    events: Vec<Seq>,
    /// Only events of this type: order.paid, order.*; as often as needed
    #[arg(long = "type", value_name = "PATTERN")]
    types: Vec<String>,
    /// Only for this reason
    #[arg(long, value_parser = ["rejected", "gave_up", "uncertain", "dependency"])]
    reason: Option<String>,
    #[command(flatten)]
    narrow: Narrow,
}

/// The parking lot.
struct Parked {
    which: Which,
    types: Vec<String>,
}

impl Parked {
    fn new(which: Which) -> Outcome<Self> {
        Ok(Self { types: select::types(&which.types)?, which })
    }
}

impl Lot for Parked {
    type Row = ParkedRow;
    type Place = (String, Seq);
    const WORDS: Words = Words {
        one: "event",
        there: "parked",
        which: "Give --sink, --event, --type, --reason, --older, --newer, --words, --number or --all",
    };

    fn is_narrow(&self) -> bool {
        let which = &self.which;
        which.sink.is_some()
            || which.reason.is_some()
            || !which.events.is_empty()
            || !which.types.is_empty()
            || !which.narrow.is_empty()
    }

    fn named(&self) -> &[Seq] {
        &self.which.events
    }

    fn question(&self, after: Option<Self::Place>, limit: usize, now: Micros) -> Question {
        let Which { sink, events, types: _, reason, narrow } = &self.which;
        let which = ParkedFilter {
            sink: sink.clone(),
            events: events.clone(),
            types: self.types.clone(),
            reason: reason.clone(),
            words: narrow.words.clone(),
            number: narrow.number.clone(),
            since: narrow.since(now),
            before: narrow.before(now),
        };
        Question::Parked { which, after, limit }
    }

    fn rows(answer: Answer) -> Option<Vec<ParkedRow>> {
        if let Answer::Parked(rows) = answer { Some(rows) } else { None }
    }

    fn place(row: &ParkedRow) -> Self::Place {
        (row.sink.clone(), row.seq)
    }

    fn number(row: &ParkedRow) -> Seq {
        row.seq
    }

    fn value(row: &ParkedRow) -> Value {
        let mut value = json!(row);
        if let Some(object) = value.as_object_mut() {
            object.insert("at".into(), json!(timestamp(row.at)));
            object.insert("retry".into(), retry_of(row).into());
        }
        value
    }

    fn line(row: &ParkedRow, out: &Out) -> String {
        let sink = out.paint(STRONG, &row.sink);
        let what = format!("{} of {}", row.event_type, of(row));
        let said = match row.reason.as_str() {
            "rejected" => format!("{sink} refused {what}"),
            "gave_up" => format!("{sink} could not take {what}"),
            "uncertain" => format!("{sink} may have {what} and must not get it twice"),
            "dependency" => format!("{sink} did not get {what}, which waited for something else"),
            other => format!("{sink} did not get {what} ({other})"),
        };
        let words = out.paint(BAD, plain(&row.detail));
        let more =
            format!("{}, {}, since {}", row.reason, count(row.attempts.into(), "attempt"), time(row.at));
        let more = out.paint(FAINT, format_args!("({more})"));
        format!("{said}: {words} {more}  {}", retry_of(row))
    }

    fn retry(rows: &[ParkedRow]) -> Order {
        Order::RetryParked(items(rows))
    }

    fn drop(rows: &[ParkedRow]) -> Order {
        Order::DropParked(items(rows))
    }
}

fn items(rows: &[ParkedRow]) -> Vec<(String, Seq)> {
    rows.iter().map(|row| (row.sink.clone(), row.seq)).collect()
}

fn of(row: &ParkedRow) -> String {
    match row.shop.as_str() {
        "" => format!("{} {}", row.platform, row.number),
        shop => format!("{}/{shop} {}", row.platform, row.number),
    }
}

/// The command that retries one.
fn retry_of(row: &ParkedRow) -> String {
    format!("crossdock parked retry --sink {} --event {}", row.sink, row.seq)
}

pub(in crate::cli) fn run(args: Args, global: &Global, out: &mut Out) -> Outcome {
    block_on(async {
        match args.command {
            What::List { which, limit } => {
                let lot = Parked::new(which)?;
                let (_, store) = open(global)?;
                lot::list(&lot, limit, &store, out).await
            }
            What::Show { event, sink, raw } => show(event, sink, raw, global, out).await,
            What::Retry { which, sweep } => retry(&Parked::new(which)?, sweep, global, out).await,
            What::Drop { which, sweep, yes } => {
                lot::drop_them(&Parked::new(which)?, sweep, yes, global, out).await
            }
        }
    })
}

async fn show(event: Seq, sink: Option<String>, raw: bool, global: &Global, out: &mut Out) -> Outcome {
    let lot = Parked::new(Which { sink, events: vec![event], ..Which::default() })?;
    let (_, store) = open(global)?;
    let found = Pages::new(&lot, &store).next(super::TOGETHER).await?;
    if found.is_empty() {
        return Err(Failure::failed(format!("event {event} is not parked")));
    }
    if raw {
        for stored in store.events_at(vec![event]).await? {
            out.bytes(&stored.json())?;
            out.bytes(b"\n")?;
        }
        return Ok(Exit::Done);
    }
    for row in &found {
        if !out.for_people() {
            out.json(&Parked::value(row))?;
            continue;
        }
        let title = out.paint(STRONG, format_args!("event {} {} at {}", row.seq, row.event_type, row.sink));
        out.line(title)?;
        let reason = out.paint(BAD, &row.reason);
        out.line(format_args!("  reason    {reason}: {}", plain(&row.detail)))?;
        let attempts = count(row.attempts.into(), "attempt");
        out.line(format_args!("  since     {}, after {attempts}", time(row.at)))?;
        out.line(format_args!("  of        {}", of(row)))?;
        out.line(format_args!("  retry     {}", retry_of(row)))?;
    }
    if out.for_people() {
        let hint = out.paint(FAINT, "--raw prints the event: it may hold personal data");
        out.line(hint)?;
    }
    Ok(Exit::Done)
}

async fn retry(lot: &Parked, sweep: Sweep, global: &Global, out: &mut Out) -> Outcome {
    let (config, store) = open(global)?;
    lot::meant(lot, sweep.all, &store).await?;
    if sweep.dry_run {
        return lot::dry_run(lot, "handed off again", &store, out).await;
    }
    let (_, changed) = lot::all(lot, Parked::retry, &store, global, &config).await?;
    if out.for_people() {
        let done = out.paint(GOOD, format_args!("{} on the way again", count(changed, "event")));
        out.line(done)?;
    } else {
        out.json(&json!({"retried": changed}))?;
    }
    Ok(Exit::Done)
}
