//! `nats audit`: the stream against the log.

use std::sync::Arc;

use crate::backbone::Backbone;
use crate::cli::when::time;
use crate::cli::{Exit, Failure, Out, Outcome, STRONG, say, store, table, thousands};
use crate::config::{Config, Store};
use crate::fanout::audit::{Report, audit};

/// Arguments of `nats audit`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Publish what is missing
    #[arg(long)]
    repair: bool,
    /// Only events recorded since this time or day (UTC), or so long ago: 2026-11-21, 2026-11-21T08:00:00Z, 2h
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
}

/// Gaps that people see.
const SHOWN: usize = 20;

pub(super) async fn run(args: &Args, config: &Config, out: &mut Out) -> Outcome {
    if config.data.backbone == Store::Jetstream {
        return Err(Failure::usage(
            "with data.backbone = \"jetstream\" the stream is the log: there is nothing to hold it against",
        ));
    }
    let from = args.from.as_deref().map(time).transpose()?.map(|from| from.as_microsecond());
    let backbone: Arc<dyn Backbone> = Arc::new(store::reading(config)?);
    let report = audit(&config.nats, &config.tenant, backbone, from, args.repair).await?;
    show(&report, out)?;
    let missing = report.missing();
    if missing == 0 {
        return Ok(Exit::Done);
    }
    if !args.repair {
        say(format_args!(
            "{} missing: the running hub fills the end of the stream by itself; --repair publishes all of it",
            thousands(missing)
        ));
    } else if report.left_out > 0 {
        say("what is still missing is too large for the servers: raise their max_payload");
    }
    Ok(Exit::Unbalanced)
}

fn show(report: &Report, out: &mut Out) -> Outcome<()> {
    if !out.for_people() {
        out.json(report)?;
        return Ok(());
    }
    let mut rows = table(&["day", "expected", "present", "missing", "out of order"]);
    for stretch in &report.stretches {
        let numbers = [stretch.expected, stretch.present, stretch.missing, stretch.out_of_order];
        let mut row = vec![stretch.day.clone()];
        row.extend(numbers.map(thousands));
        rows.add_row(row);
    }
    out.table(&rows)?;
    for gap in report.gaps.iter().take(SHOWN) {
        let events = out.paint(STRONG, thousands(gap.events));
        out.line(format_args!("  missing: {events} events, {} to {} of the log", gap.from, gap.to))?;
    }
    if report.gaps.len() > SHOWN {
        out.line(format_args!("  and {} more gaps", report.gaps.len() - SHOWN))?;
    }
    for (count, words) in [
        (report.foreign, "messages that are none of the log's"),
        (report.twice, "messages that are there a second time; consumers drop them by ce-id"),
        (report.left_out, "events that are too large for the servers"),
        (report.repaired, "events published now"),
    ] {
        if count > 0 {
            out.line(format_args!("  {} {words}", thousands(count)))?;
        }
    }
    Ok(())
}
