//! `quarantine`: captures that could not be read.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use clap::Subcommand;
use crossdock_connector::Normalize;
use serde_json::json;

use super::super::out::{count, say, time};
use super::super::{BAD, Exit, FAINT, Failure, GOOD, Global, Out, Outcome, STRONG, block_on, store, table};
use super::{MOST, all, confirmed, open};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Answer, Backbone, QuarantineRow, Question, Seq, StoredCapture};
use crate::clock::timestamp;
use crate::operate::Order;

/// Arguments of `quarantine`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A capture that cannot be read is kept with everything it came with. Mend the cause (a mapping, a connector, the
configuration), then retry: it is folded as if it had just come in.

EXAMPLES
  crossdock quarantine list --source online-retail
  crossdock quarantine show 4711 --raw > body.json
  crossdock quarantine retry --all --dry-run         would they be read now?
  crossdock quarantine retry --all
  crossdock quarantine drop 4711 --yes")]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists captures in quarantine
    List {
        /// Only of this source
        #[arg(long)]
        source: Option<String>,
        /// Only for this reason, such as malformed
        #[arg(long, value_name = "KIND")]
        reason: Option<String>,
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
    /// Folds captures again
    Retry {
        #[command(flatten)]
        which: Which,
        /// Only try to read them; nothing changes
        #[arg(long)]
        dry_run: bool,
    },
    /// Drops captures for good; the ledger counts them as ignored
    Drop {
        #[command(flatten)]
        which: Which,
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
    /// Numbers of captures
    #[arg(value_name = "CAPTURE")]
    captures: Vec<Seq>,
    /// All of them
    #[arg(long, conflicts_with = "captures")]
    all: bool,
    /// All of this source
    #[arg(long)]
    source: Option<String>,
    /// All for this reason, such as malformed
    #[arg(long, value_name = "KIND")]
    reason: Option<String>,
}

pub(in crate::cli) fn run(args: Args, global: &Global, out: &mut Out) -> Outcome {
    block_on(async {
        match args.command {
            What::List { source, reason, limit } => list(source, reason.as_deref(), limit, global, out).await,
            What::Show { capture, raw } => show(capture, raw, global, out).await,
            What::Retry { which, dry_run: false } => retry(&which, global, out).await,
            What::Retry { which, dry_run: true } => try_out(&which, global, out).await,
            What::Drop { which, dry_run, yes } => drop_them(&which, dry_run, yes, global, out).await,
        }
    })
}

async fn rows(store: &Embedded, source: Option<String>, limit: usize) -> Outcome<Vec<QuarantineRow>> {
    match store.ask(Question::Quarantine { source, limit }).await? {
        Answer::Quarantine(rows) => Ok(rows),
        _ => Err(store::unexpected()),
    }
}

async fn list(
    source: Option<String>,
    reason: Option<&str>,
    limit: usize,
    global: &Global,
    out: &mut Out,
) -> Outcome {
    let (_, store) = open(global)?;
    let asked = if reason.is_some() { MOST } else { limit };
    let mut found = rows(&store, source, asked).await?;
    found.retain(|row| reason.is_none_or(|reason| row.reason.kind == reason));
    found.truncate(limit);
    print(&found, out)?;
    if out.for_people() && found.len() == limit {
        say(format_args!("the first {limit}; --limit shows more"));
    }
    Ok(Exit::Done)
}

fn print(found: &[QuarantineRow], out: &mut Out) -> Outcome<()> {
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
        out.line("Nothing is in quarantine.")?;
        return Ok(());
    }
    let mut rows = table(&["capture", "source", "topic", "since", "reason", "where", "what is wrong"]);
    for row in found {
        let place = [row.origin.as_deref(), row.reason.path.as_deref()];
        rows.add_row(vec![
            row.capture.to_string(),
            row.source.clone(),
            row.topic.clone(),
            time(row.at),
            row.reason.kind.clone(),
            place.into_iter().flatten().collect::<Vec<_>>().join(" "),
            row.reason.detail.clone(),
        ]);
    }
    out.table(&rows)?;
    Ok(())
}

async fn show(capture: Seq, raw: bool, global: &Global, out: &mut Out) -> Outcome {
    let (_, store) = open(global)?;
    let row = rows(&store, None, MOST).await?.into_iter().find(|row| row.capture == capture);
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
    out.line(format_args!("  reason    {reason}: {}", row.reason.detail))?;
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
    let hint = out.paint(FAINT, "(--raw prints it: it may hold personal data)");
    out.line(format_args!("  body      {} bytes {hint}", row.size))?;
    Ok(Exit::Done)
}

/// The captures somebody means, all of them in quarantine.
async fn chosen(which: &Which, store: &Embedded) -> Outcome<Vec<QuarantineRow>> {
    if which.captures.is_empty() && !which.all && which.source.is_none() && which.reason.is_none() {
        return Err(Failure::usage("which? Give capture numbers, --source, --reason or --all"));
    }
    let mut found = rows(store, which.source.clone(), MOST).await?;
    found.retain(|row| which.reason.as_ref().is_none_or(|reason| row.reason.kind == *reason));
    if !which.captures.is_empty() {
        let known: BTreeSet<Seq> = found.iter().map(|row| row.capture).collect();
        if let Some(unknown) = which.captures.iter().find(|capture| !known.contains(capture)) {
            return Err(Failure::failed(format!("capture {unknown} is not in quarantine")));
        }
        found.retain(|row| which.captures.contains(&row.capture));
    }
    Ok(found)
}

fn seqs(found: &[QuarantineRow]) -> Vec<Seq> {
    found.iter().map(|row| row.capture).collect()
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

async fn retry(which: &Which, global: &Global, out: &mut Out) -> Outcome {
    let (config, store) = open(global)?;
    let found = chosen(which, &store).await?;
    let tried = number(found.len());
    let left =
        if tried == 0 { 0 } else { all(global, &config, &seqs(&found), Order::RetryQuarantine).await? };
    if out.for_people() {
        let done = out.paint(GOOD, format_args!("{} read", count(left, "capture")));
        out.line(format_args!("{done}, {} still in quarantine", tried.saturating_sub(left)))?;
    } else {
        out.json(&json!({"tried": tried, "read": left, "still": tried.saturating_sub(left)}))?;
    }
    Ok(if left < tried { Exit::Malformed } else { Exit::Done })
}

/// Tries to read the captures with the connectors as they are configured now.
async fn try_out(which: &Which, global: &Global, out: &mut Out) -> Outcome {
    let loaded = global.load()?;
    let (_, store) = open(global)?;
    let found = chosen(which, &store).await?;
    let parts: HashMap<&str, &Arc<dyn Normalize>> = loaded
        .sources
        .iter()
        .filter_map(|source| Some((&*source.id, source.parts.normalize.as_ref()?)))
        .collect();
    let mut still = 0;
    for some in seqs(&found).chunks(64) {
        for stored in store.captures(some.to_vec()).await? {
            let problem = problem(&stored, &parts);
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
                    out.line(format_args!("{} {} {word}: {problem}", stored.seq, stored.source))?;
                }
            }
        }
    }
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
    let malformed =
        normalized.issues.iter().find(|issue| issue.kind == crossdock_connector::IssueKind::Malformed);
    if let Some(issue) = malformed {
        return Some(format!("{} at {}", issue.detail, issue.path));
    }
    normalized.observations.iter_mut().find_map(|observation| match observation.seal() {
        Err(error) => Some(error.to_string()),
        Ok(()) => observation.validate().first().map(ToString::to_string),
    })
}

async fn drop_them(which: &Which, dry_run: bool, yes: bool, global: &Global, out: &mut Out) -> Outcome {
    let (config, store) = open(global)?;
    let found = chosen(which, &store).await?;
    if dry_run {
        print(&found, out)?;
        return Ok(Exit::Done);
    }
    confirmed(yes, &count(number(found.len()), "capture"))?;
    let dropped =
        if found.is_empty() { 0 } else { all(global, &config, &seqs(&found), Order::DropQuarantine).await? };
    if out.for_people() {
        out.line(format_args!(
            "{} dropped; the ledger counts them as ignored (dropped_by_operator)",
            count(dropped, "capture")
        ))?;
    } else {
        out.json(&json!({"dropped": dropped}))?;
    }
    Ok(Exit::Done)
}
