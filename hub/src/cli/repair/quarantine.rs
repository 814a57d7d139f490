//! `quarantine`: captures that could not be read.

use std::collections::HashMap;
use std::sync::Arc;

use clap::Subcommand;
use crossdock_connector::{IssueKind, Normalize};
use serde_json::{Value, json};

use super::super::out::{count, plain, say, time};
use super::super::{BAD, Exit, FAINT, Failure, GOOD, Global, Out, Outcome, STRONG, block_on};
use super::lot::{self, Lot, Narrow, Pages, Sweep, Words};
use super::open;
use crate::backbone::{
    Answer, Backbone, Micros, QuarantineFilter, QuarantineRow, Question, Seq, StoredCapture,
};
use crate::clock::timestamp;
use crate::operate::Order;

/// Arguments of `quarantine`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A capture that cannot be read is kept with everything it came with. Mend the cause (a mapping, a connector, the
configuration), then retry: it is folded as if it had just come in. Each line says what could not be read, why, and
the command that retries it.

EXAMPLES
  crossdock quarantine list --source online-retail
  crossdock quarantine list --number 2987654321012345    captures in which this number stands
  crossdock quarantine show 4711 --raw > body.json
  crossdock quarantine retry --all --dry-run             would they be read now?
  crossdock quarantine retry --source online-retail --reason malformed
  crossdock quarantine drop 4711 --yes")]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists captures in quarantine
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Shows one capture: why, where from, with which headers
    Show {
        /// Its number
        capture: Seq,
        /// Print its body as it came, and nothing else
        #[arg(long)]
        raw: bool,
    },
    /// Folds captures again; --dry-run tries to read them with the connectors as they are now
    Retry {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        sweep: Sweep,
    },
    /// Drops captures for good; the ledger counts them as ignored
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
    /// Numbers of captures
    #[arg(value_name = "CAPTURE")]
    captures: Vec<Seq>,
    /// Only of this source
    #[arg(long)]
    source: Option<String>,
    /// Only with this topic
    #[arg(long)]
    topic: Option<String>,
    /// Only for this reason, such as malformed
    #[arg(long, value_name = "KIND")]
    reason: Option<String>,
    #[command(flatten)]
    narrow: Narrow,
}

impl Lot for Which {
    type Row = QuarantineRow;
    type Place = Seq;
    const WORDS: Words = Words {
        one: "capture",
        there: "in quarantine",
        which: "Give capture numbers, --source, --topic, --reason, --older, --newer, --words, --number or --all",
    };

    fn is_narrow(&self) -> bool {
        self.source.is_some()
            || self.topic.is_some()
            || self.reason.is_some()
            || !self.captures.is_empty()
            || !self.narrow.is_empty()
    }

    fn named(&self) -> &[Seq] {
        &self.captures
    }

    fn question(&self, after: Option<Seq>, limit: usize, now: Micros) -> Question {
        let which = QuarantineFilter {
            captures: self.captures.clone(),
            source: self.source.clone(),
            topic: self.topic.clone(),
            reason: self.reason.clone(),
            words: self.narrow.words.clone(),
            number: self.narrow.number.clone(),
            since: self.narrow.since(now),
            before: self.narrow.before(now),
        };
        Question::Quarantine { which, after: after.unwrap_or(0), limit }
    }

    fn rows(answer: Answer) -> Option<Vec<QuarantineRow>> {
        if let Answer::Quarantine(rows) = answer { Some(rows) } else { None }
    }

    fn place(row: &QuarantineRow) -> Seq {
        row.capture
    }

    fn number(row: &QuarantineRow) -> Seq {
        row.capture
    }

    fn value(row: &QuarantineRow) -> Value {
        let mut value = json!(row);
        if let Some(object) = value.as_object_mut() {
            object.insert("at".into(), json!(timestamp(row.at)));
            object.insert("retry".into(), retry_of(row).into());
        }
        value
    }

    fn line(row: &QuarantineRow, out: &Out) -> String {
        let source = out.paint(STRONG, &row.source);
        let origin = row.origin.as_deref().map(|origin| format!(" {}", plain(origin))).unwrap_or_default();
        // Many say themselves where it is.
        let path = row.reason.path.as_deref().filter(|path| !row.reason.detail.contains(*path));
        let at = path.map(|path| format!(" at {}", plain(path))).unwrap_or_default();
        let words = out.paint(BAD, format_args!("{}{at}", plain(&row.reason.detail)));
        let more = format!("({}, since {})", row.reason.kind, time(row.at));
        let more = out.paint(FAINT, more);
        if row.reason.kind == IssueKind::ForPeople.as_str() {
            // Nothing to mend: once it is answered, it is dropped.
            let drop = format!("crossdock quarantine drop {} --yes", row.capture);
            return format!(
                "{source} {}{origin} waits for people: {words} {more}  {drop}",
                plain(&row.topic)
            );
        }
        format!("{source} {}{origin} could not be read: {words} {more}  {}", plain(&row.topic), retry_of(row))
    }

    fn retry(rows: &[QuarantineRow]) -> Order {
        Order::RetryQuarantine(seqs(rows))
    }

    fn drop(rows: &[QuarantineRow]) -> Order {
        Order::DropQuarantine(seqs(rows))
    }
}

fn seqs(rows: &[QuarantineRow]) -> Vec<Seq> {
    rows.iter().map(|row| row.capture).collect()
}

/// The command that retries one.
fn retry_of(row: &QuarantineRow) -> String {
    format!("crossdock quarantine retry {}", row.capture)
}

pub(in crate::cli) fn run(args: Args, global: &Global, out: &mut Out) -> Outcome {
    block_on(async {
        match args.command {
            What::List { which, limit } => {
                let (_, store) = open(global)?;
                lot::list(&which, limit, &store, out).await
            }
            What::Show { capture, raw } => show(capture, raw, global, out).await,
            What::Retry { which, sweep } if sweep.dry_run => try_out(&which, sweep, global, out).await,
            What::Retry { which, sweep } => retry(&which, sweep, global, out).await,
            What::Drop { which, sweep, yes } => lot::drop_them(&which, sweep, yes, global, out).await,
        }
    })
}

async fn show(capture: Seq, raw: bool, global: &Global, out: &mut Out) -> Outcome {
    let (_, store) = open(global)?;
    let which = Which { captures: vec![capture], ..Which::default() };
    let row = Pages::new(&which, &store).next(1).await?.pop();
    let Some(row) = row else {
        return Err(Failure::failed(format!("capture {capture} is not in quarantine")));
    };
    let stored = store.captures(vec![capture]).await?.pop();
    let stored = stored.ok_or_else(|| Failure::failed(format!("the body of capture {capture} is gone")))?;
    if raw {
        out.bytes(&stored.capture.body)?;
        return Ok(Exit::Done);
    }
    if !out.for_people() {
        out.json(&json!({
            "capture": row.capture, "source": row.source, "topic": row.topic, "origin": row.origin,
            "kind": row.reason.kind, "path": row.reason.path, "detail": row.reason.detail, "at": timestamp(row.at),
            "received_at": stored.capture.received_at, "channel": stored.capture.channel.as_str(),
            "headers": stored.capture.headers.0, "size": row.size,
        }))?;
        return Ok(Exit::Done);
    }
    let title = out.paint(STRONG, format_args!("capture {capture} of {}", row.source));
    out.line(title)?;
    let reason = out.paint(BAD, &row.reason.kind);
    out.line(format_args!("  reason    {reason}: {}", plain(&row.reason.detail)))?;
    if let Some(path) = &row.reason.path {
        out.line(format_args!("  path      {path}"))?;
    }
    if let Some(origin) = &row.origin {
        out.line(format_args!("  origin    {origin}"))?;
    }
    out.line(format_args!("  topic     {}", row.topic))?;
    out.line(format_args!(
        "  received  {} by {}",
        stored.capture.received_at,
        stored.capture.channel.as_str()
    ))?;
    for (name, value) in &stored.capture.headers.0 {
        out.line(format_args!("  header    {name}: {value}"))?;
    }
    out.line(format_args!("  retry     {}", retry_of(&row)))?;
    let hint = out.paint(FAINT, "(--raw prints it: it may hold personal data)");
    out.line(format_args!("  body      {} bytes {hint}", row.size))?;
    Ok(Exit::Done)
}

async fn retry(which: &Which, sweep: Sweep, global: &Global, out: &mut Out) -> Outcome {
    let (config, store) = open(global)?;
    lot::meant(which, sweep.all, &store).await?;
    let (tried, left) = lot::all(which, Which::retry, &store, global, &config).await?;
    if out.for_people() {
        let done = out.paint(GOOD, format_args!("{} read", count(left, "capture")));
        out.line(format_args!("{done}, {} still in quarantine", tried.saturating_sub(left)))?;
    } else {
        out.json(&json!({"tried": tried, "read": left, "still": tried.saturating_sub(left)}))?;
    }
    Ok(if left < tried { Exit::Malformed } else { Exit::Done })
}

/// Tries to read the captures with the connectors as they are configured now.
async fn try_out(which: &Which, sweep: Sweep, global: &Global, out: &mut Out) -> Outcome {
    let (_, store) = open(global)?;
    lot::meant(which, sweep.all, &store).await?;
    let loaded = global.load()?;
    let parts: HashMap<&str, &Arc<dyn Normalize>> = loaded
        .sources
        .iter()
        .filter_map(|source| Some((&*source.id, source.parts.normalize.as_ref()?)))
        .collect();
    let (mut tried, mut still) = (0, 0);
    let mut pages = Pages::new(which, &store);
    loop {
        // Bodies may be large: fewer of them together than rows.
        let rows = pages.next(64).await?;
        if rows.is_empty() {
            break;
        }
        for stored in store.captures(seqs(&rows)).await? {
            let problem = problem(&stored, &parts);
            tried += 1;
            still += u64::from(problem.is_some());
            match (&problem, out.for_people()) {
                (_, false) => {
                    out.json(&json!({"capture": stored.seq, "source": *stored.source, "read": problem.is_none(), "problem": problem}))?;
                }
                (None, true) => {
                    let word = out.paint(GOOD, "would be read");
                    out.line(format_args!("{} {} {word}", stored.seq, stored.source))?;
                }
                (Some(problem), true) => {
                    let word = out.paint(BAD, "still");
                    out.line(format_args!("{} {} {word}: {}", stored.seq, stored.source, plain(problem)))?;
                }
            }
        }
    }
    out.flush()?;
    say(format_args!(
        "of {} {} would be read; nothing was changed",
        count(tried, "capture"),
        tried.saturating_sub(still)
    ));
    Ok(if still > 0 { Exit::Malformed } else { Exit::Done })
}

/// Why a capture cannot be read now.
fn problem(stored: &StoredCapture, parts: &HashMap<&str, &Arc<dyn Normalize>>) -> Option<String> {
    let Some(part) = parts.get(&*stored.source) else {
        return Some(format!("source {} is not configured", stored.source));
    };
    let mut normalized = match part.normalize(&stored.capture) {
        Ok(normalized) => normalized,
        Err(error) => return Some(error.to_string()),
    };
    if let Some(issue) = normalized.issues.iter().find(|issue| issue.kind.keeps()) {
        return Some(format!("{} at {}", issue.detail, issue.path));
    }
    normalized.observations.iter_mut().find_map(|observation| match observation.seal() {
        Err(error) => Some(error.to_string()),
        Ok(()) => observation.validate().first().map(ToString::to_string),
    })
}
