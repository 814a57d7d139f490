//! What the demo says: before, and when it is over.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::handoff::filter::Filter;
use crate::hub::Hub;
use crate::ledger::Ledger;

use super::check::{Check, Receipt};
use super::cluster::Cluster;
use super::script::{Mixed, SF, SHEET, SHOPIFY, Script, TAOBAO};
use super::story::Story;
use super::text::{BAD, FAINT, GOOD, Paper, STRONG, count, paint, thousands, title};
use super::world::World;

/// Where everything is kept, when that is a cluster.
///
/// # Errors
/// When it cannot be written.
pub(super) fn cluster(cluster: &Cluster, paper: Paper<'_>) -> io::Result<()> {
    let (servers, hubs) = (cluster.servers(), cluster.others() + 1);
    let whole = |count: usize, what: &str| super::text::count(u64::try_from(count).unwrap_or(0), what);
    writeln!(paper, "kept in NATS JetStream: {} over {}", whole(hubs, "hub"), whole(servers, "server"))?;
    if servers > 1 && hubs > 1 {
        writeln!(paper, "one of each is killed on the way")?;
    }
    Ok(())
}

/// What happened to servers and hubs on the way.
///
/// # Errors
/// When it cannot be written.
pub(super) fn drama(cluster: &Cluster, paper: Paper<'_>) -> io::Result<()> {
    let said = cluster.said();
    if said.is_empty() {
        return Ok(());
    }
    writeln!(paper, "\non the way: {}", said.join(", "))
}

/// What is about to happen.
///
/// # Errors
/// When it cannot be written.
pub(super) fn opening(script: &Script, seed: u64, paper: Paper<'_>) -> io::Result<()> {
    let of = |source: &str| {
        let orders = script.expected.orders.keys().filter(|(of, _)| *of == source);
        thousands(u64::try_from(orders.count()).unwrap_or(0))
    };
    let Mixed { again, respelled, late, malformed, forged, lost, scans, pushed } = script.mixed;
    let orders = u64::try_from(script.expected.orders.len()).unwrap_or(0);
    let parcels = u64::try_from(script.expected.parcels.len()).unwrap_or(0);
    writeln!(
        paper,
        "{}",
        paint(STRONG, "crossdock demo: one hub, everything on this machine, nothing beyond loopback")
    )?;
    writeln!(
        paper,
        "{} of real sales (Online Retail, D. Chen 2015, UCI, CC BY 4.0), seed {seed}",
        count(orders, "order")
    )?;
    writeln!(
        paper,
        "  {SHEET:<16} {:>6} orders as {} of a sheet",
        of(SHEET),
        count(script.files.rows, "row")
    )?;
    writeln!(
        paper,
        "  {SHOPIFY:<16} {:>6} orders as signed pushes: created, paid, shipped, refunded",
        of(SHOPIFY)
    )?;
    writeln!(
        paper,
        "  {TAOBAO:<16} {:>6} orders as nudges; each is fetched from a TOP gateway that fails at times",
        of(TAOBAO)
    )?;
    writeln!(
        paper,
        "  {SF:<16} {:>6} parcels: {} scans, pushed {} times in no order",
        thousands(parcels),
        thousands(scans),
        thousands(pushed)
    )?;
    writeln!(
        paper,
        "mixed in: {} sent again, {} in other bytes, {} too late, {} broken off, {} forged,\n          {} messages lost (polling finds those)",
        thousands(again),
        thousands(respelled),
        thousands(late),
        thousands(malformed),
        thousands(forged),
        thousands(lost)
    )?;
    writeln!(
        paper,
        "receivers: erp goes down for a while · wms answers 429 and 500 now and then · crm is well"
    )?;
    paper.flush()
}

/// The ledger as two tables.
///
/// # Errors
/// When it cannot be written.
pub(super) fn ledger(ledger: &Ledger, paper: Paper<'_>) -> io::Result<()> {
    title(paper, "The ledger")?;
    let heads = ["captured", "folded", "duplicate", "stale", "ignored", "quarantine", "pending"];
    header(paper, "source", &heads)?;
    for line in &ledger.sources {
        let cells = [
            line.captured,
            line.folded,
            line.duplicate,
            line.stale,
            line.ignored,
            line.quarantined,
            line.pending,
        ];
        row(paper, &line.source, &cells)?;
    }
    header(paper, "sink", &["matched", "delivered", "already", "pending", "parked"])?;
    for line in &ledger.sinks {
        row(
            paper,
            &line.sink,
            &[line.matched, line.delivered, line.already_there, line.pending, line.parked],
        )?;
    }
    let sums = "captured = folded + duplicate + stale + ignored + quarantined + pending";
    let word =
        if ledger.balanced { paint(GOOD, "every line adds up") } else { paint(BAD, "DOES NOT BALANCE") };
    writeln!(paper, "  {word} {}", paint(FAINT, format!("({sums})")))
}

fn header(paper: Paper<'_>, first: &str, names: &[&str]) -> io::Result<()> {
    let mut text = format!("  {first:<16}");
    for name in names {
        text.push_str(&format!("{name:>11}"));
    }
    writeln!(paper, "{}", paint(FAINT, text))
}

fn row(paper: Paper<'_>, first: &str, cells: &[u64]) -> io::Result<()> {
    let mut text = format!("  {first:<16}");
    for cell in cells {
        text.push_str(&format!("{:>11}", thousands(*cell)));
    }
    writeln!(paper, "{text}")
}

/// What receivers went through.
///
/// # Errors
/// When it cannot be written.
pub(super) fn receivers(receipts: &[Receipt], paper: Paper<'_>) -> io::Result<()> {
    title(paper, "What the receivers say")?;
    header(paper, "receiver", &["requests", "events", "again", "429", "500", "lost reply", "door shut"])?;
    for Receipt { id, report, .. } in receipts {
        let cells = [
            report.requests,
            report.distinct,
            report.duplicates,
            report.throttled,
            report.errors,
            report.lost_replies,
            report.turned_away,
        ];
        row(paper, id, &cells)?;
    }
    Ok(())
}

/// The checks, a line each.
///
/// # Errors
/// When it cannot be written.
pub(super) fn checks(checks: &[Check], paper: Paper<'_>) -> io::Result<()> {
    const MOST: usize = 5;
    title(paper, "Checked against what should have come out")?;
    for check in checks {
        let mark = if check.good { paint(GOOD, "✓") } else { paint(BAD, "✗") };
        writeln!(paper, "  {mark} {}", check.text)?;
        for wrong in check.wrong.iter().take(MOST) {
            writeln!(paper, "      {}", paint(BAD, wrong))?;
        }
        if let Some(more) = check.wrong.len().checked_sub(MOST).filter(|more| *more > 0) {
            writeln!(paper, "      {}", paint(BAD, format!("and {more} more")))?;
        }
    }
    Ok(())
}

/// One order's story.
///
/// # Errors
/// When it cannot be written.
pub(super) fn story(story: &Story, receipts: &[Receipt], paper: Paper<'_>) -> io::Result<()> {
    title(paper, "One order, from the first push to the last scan")?;
    let sinks: Vec<(&str, &Filter)> = receipts.iter().map(|receipt| (receipt.id, &receipt.filter)).collect();
    story.print(&sinks, paper)
}

/// The last word.
///
/// # Errors
/// When it cannot be written.
pub(super) fn ending(checks: &[Check], took: Duration, paper: Paper<'_>) -> io::Result<()> {
    let bad = checks.iter().filter(|check| !check.good).count();
    let all = format!("all {} checks hold", checks.len());
    let words = match bad {
        0 => paint(GOOD, all),
        bad => paint(BAD, format!("{bad} of {} checks do not hold", checks.len())),
    };
    writeln!(paper, "\n{words}, {} s from the first message to the last receipt", took.as_secs())
}

/// How to look further.
///
/// # Errors
/// When it cannot be written.
pub(super) fn commands(
    keep: bool,
    world: &World,
    script: &Script,
    story: &Story,
    paper: Paper<'_>,
) -> io::Result<()> {
    if world.is_temporary() && !keep {
        let hint = "The data was temporary and is gone. `--keep` leaves hub and data up, `--data DIR` keeps the data.";
        return writeln!(paper, "{}", paint(FAINT, hint));
    }
    title(paper, "Look further")?;
    let command = format!("{} --config {}", program(), world.config.display());
    let mut lines = vec![(format!("order {SHOPIFY} {}", script.hero), "this order's whole timeline")];
    lines.extend(
        story
            .parcels()
            .next()
            .map(|number| (format!("parcel sf_express {number}"), "its parcel, scan by scan")),
    );
    lines.push(("ledger".to_owned(), "the balances"));
    lines.push(("quarantine list".to_owned(), "what could not be read, and why"));
    lines.push(("tap 'milestone.*' --from-start".to_owned(), "what customers notice"));
    lines.push(("export orders".to_owned(), "every order as it is now, NDJSON"));
    writeln!(paper, "  {command} \\")?;
    for (rest, what) in lines {
        writeln!(paper, "    {rest:<42} {}", paint(FAINT, what))?;
    }
    Ok(())
}

/// How this program was probably called.
fn program() -> String {
    let here = std::env::current_exe().ok().zip(std::env::current_dir().ok());
    let short = here.and_then(|(exe, dir)| exe.strip_prefix(dir).map(Path::to_owned).ok());
    short.map_or_else(|| "crossdock".to_owned(), |path| path.display().to_string())
}

/// What runs on.
///
/// # Errors
/// When it cannot be written.
pub(super) fn kept(hub: &Hub, world: &World, paper: Paper<'_>) -> io::Result<()> {
    title(paper, "Still running")?;
    writeln!(paper, "  webhooks   http://{}/in/{SHOPIFY} (and {TAOBAO}, {SF})", hub.webhook)?;
    if let Some(admin) = hub.admin {
        writeln!(paper, "  operators  http://{admin}/healthz, /readyz, /metrics")?;
    }
    for place in world.places() {
        writeln!(paper, "  {:<10} {}", place.id, place.receiver.url())?;
    }
    writeln!(paper, "  gateway    {}", world.gateway.url())?;
    writeln!(paper, "  data       {}", world.dir.display())?;
    let end = if world.is_temporary() {
        "Ctrl-C ends it and removes the data"
    } else {
        "Ctrl-C ends it; the data stays"
    };
    writeln!(paper, "  {}", paint(FAINT, end))?;
    paper.flush()
}
