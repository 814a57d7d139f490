//! `check`: is the configuration right? Nothing is called, nothing is opened.

use serde_json::json;

use super::out::count;
use super::{Exit, GOOD, Global, Out, Outcome};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every problem is a line of its own on stderr: file:line: key: what is wrong and what is allowed.

EXAMPLES
  crossdock check
  crossdock check --config /etc/crossdock/crossdock.toml")]
pub(super) struct Args {}

pub(super) fn run(_: &Args, global: &Global, out: &mut Out) -> Outcome {
    let loaded = global.load()?;
    let number = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let (sources, sinks) = (number(loaded.sources.len()), number(loaded.sinks.len()));
    if out.for_people() {
        let ok = out.paint(GOOD, "ok:");
        out.line(format_args!("{ok} {}, {}", count(sources, "source"), count(sinks, "sink")))?;
    } else {
        out.json(
            &json!({"ok": true, "sources": sources, "sinks": sinks, "warnings": loaded.warnings.len()}),
        )?;
    }
    Ok(Exit::Done)
}
