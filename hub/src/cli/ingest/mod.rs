//! `ingest`: backfill from files. A running hub is given the captures; without one the command is the hub for as
//! long as it takes.

mod feed;
mod local;
mod progress;
mod remote;
mod summary;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossdock_connector::Files;
use crossdock_schemas::Class;

use super::{Exit, Failure, Global, Out, Outcome, block_on};
use crate::backbone::Seq;
use crate::config::{Loaded, LogFormat, Telemetry};
use crate::ingress::files::Summary;
use crate::ledger::Ledger;
use crate::{lock, telemetry};

/// Arguments of `ingest`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The rows of one order may lie anywhere in a file: they are gathered on disk first. Doing it again changes nothing
and reports duplicates. Exit code 3 when rows or documents could not be read: they are kept, see `quarantine list`.

EXAMPLES
  crossdock ingest online-retail online-retail.csv.gz
  crossdock ingest --config config/examples/online-retail.toml online-retail 2026-10.csv 2026-11.xlsx")]
pub(super) struct Args {
    /// Id of the source in the configuration
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Files to read, one after the other
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// What is to be done.
#[derive(Clone)]
struct Task {
    source: Arc<str>,
    files: Arc<dyn Files>,
    class: Class,
    paths: Vec<PathBuf>,
    scratch: PathBuf,
}

/// What became of it.
struct Report {
    /// What each file held.
    read: Vec<(PathBuf, Summary)>,
    /// The last capture that was there before.
    head: Seq,
    before: Ledger,
    after: Ledger,
}

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let loaded = global.load()?;
    let task = task(&loaded, args)?;
    for path in &task.paths {
        // Better said before the first file is read than after an hour.
        std::fs::metadata(path).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
    }
    // Every row that cannot be read is in the summary: the log only tells of trouble with the store.
    let logs = Telemetry { level: "error".into(), logs: LogFormat::Text, otlp: String::new() };
    let guard = telemetry::start(&logs).map_err(Failure::failed)?;
    let report = match lock::running(&loaded.config.data.dir) {
        Some(running) => block_on(remote::run(&task, running, &loaded)),
        None => block_on(local::run(&task, loaded)),
    };
    guard.shutdown();
    let report = report?;
    let clean = summary::print(&task.source, &report, out)?;
    if !clean {
        block_on(summary::name_unreadable(&task.source, report.head, &global.read()?))?;
    }
    Ok(if clean { Exit::Done } else { Exit::Malformed })
}

fn task(loaded: &Loaded, args: &Args) -> Outcome<Task> {
    let Some(source) = loaded.sources.iter().find(|source| *source.id == *args.source) else {
        let known: Vec<&str> = loaded.sources.iter().map(|source| &*source.id).collect();
        let known = if known.is_empty() { "the configuration has none".to_owned() } else { known.join(", ") };
        return Err(Failure::usage(format!("no source `{}`: {known}", args.source)));
    };
    let Some(files) = source.parts.files.clone() else {
        return Err(Failure::usage(format!(
            "source `{}` uses `{}`, which reads no files; `sheet` does",
            source.id, source.descriptor.id
        )));
    };
    Ok(Task {
        source: Arc::clone(&source.id),
        files,
        class: if source.config.live_files { Class::Normal } else { Class::Replay },
        paths: args.files.clone(),
        scratch: scratch(&loaded.config.data.dir),
    })
}

/// Rows are gathered beside the store: that is where room for as much data has to be anyway.
fn scratch(dir: &Path) -> PathBuf {
    dir.join("scratch")
}
