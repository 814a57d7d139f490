//! `crossdock bench`: every figure beside its limit, measured in the same run. BENCHMARKS.md reports them.

#![allow(clippy::float_arithmetic, reason = "rates and ratios for people, never money")]

mod address;
mod bare;
mod cluster;
mod corpus;
mod embedded;
mod fold;
mod isolation;
mod load;
mod memory;
mod nats;
mod webhook;

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args as ClapArgs, Subcommand};

use crate::cli::{Exit, Failure, Out, Outcome};

/// What to measure.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "EXAMPLES:\n  crossdock bench fold\n  crossdock bench embedded --orders 100000\n  crossdock bench webhook --seconds 10\n  crossdock bench growth --orders 5000000\n\nBuild with `cargo build --profile dist` for the figures of BENCHMARKS.md."
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
    /// Folder for the stores that are written; removed afterwards.
    #[arg(long, global = true)]
    scratch: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Normalize and fold on one core, beside serde_json reading the same bytes.
    Fold {
        /// Orders in the corpus.
        #[arg(long, default_value_t = 2000)]
        orders: usize,
    },
    /// Addresses standardized on one core, and what the divisions take in memory.
    Address {
        /// Seconds.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Orders captured, folded and committed, beside SQLite inserting the same rows in as many transactions.
    Embedded {
        /// Orders.
        #[arg(long, default_value_t = 100_000)]
        orders: usize,
    },
    /// Signed webhooks: a burst beside a server that only checks the signature, then sustained with delivery.
    Webhook {
        /// Seconds per part.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Requests a second of the sustained part.
        #[arg(long, default_value_t = 7000)]
        rate: u64,
    },
    /// Memory with many live orders on disk, and the time of a restart.
    Memory {
        /// Live orders.
        #[arg(long, default_value_t = 1_000_000)]
        orders: usize,
    },
    /// A healthy sink beside one that is dead, one that takes 30 s, one that answers 429 and one that flaps.
    Isolation {
        /// Seconds per part.
        #[arg(long, default_value_t = 15)]
        seconds: u64,
        /// Orders a second.
        #[arg(long, default_value_t = 500)]
        rate: u64,
    },
    /// A backlog that drains while another sink goes on.
    Backlog {
        /// Events that wait.
        #[arg(long, default_value_t = 1_000_000)]
        events: usize,
    },
    /// Events published from an embedded log, beside a bare client with the same messages and window.
    Nats {
        /// Orders; each is an event or two.
        #[arg(long, default_value_t = 50_000)]
        orders: usize,
        /// Rounds; the middle one counts.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// A server to use, whose streams of the tenant `bench` are made anew; else a private one is started.
        #[arg(long)]
        server: Option<String>,
    },
    /// The JetStream backbone with one hub and with three, over one server and over three, and the servers' memory.
    Cluster {
        /// Orders.
        #[arg(long, default_value_t = 50_000)]
        orders: usize,
        /// Only one hub over one server: for the memory of a server with very many orders.
        #[arg(long)]
        alone: bool,
    },
    /// The rate at many orders beside the rate at 100 000.
    Growth {
        /// Orders.
        #[arg(long, default_value_t = 5_000_000)]
        orders: usize,
    },
}

/// One measured figure beside its limit.
struct Figure {
    what: String,
    seen: String,
    limit: String,
    holds: Option<bool>,
}

/// Runs the command: 0 when every limit was kept, 1 when one was not.
///
/// # Errors
/// What could not be measured.
pub fn command(args: &Args, out: &mut Out) -> Outcome {
    let (lines, kept) = run(args).map_err(Failure::failed)?;
    for line in lines {
        out.line(line)?;
    }
    Ok(if kept { Exit::Done } else { Exit::Failed })
}

/// Measures: a line for each figure, and whether everything that has a limit kept it.
///
/// # Errors
/// What could not be measured.
pub fn run(args: &Args) -> Result<(Vec<String>, bool), String> {
    let scratch = match &args.scratch {
        Some(dir) => dir.clone(),
        None => std::env::temp_dir().join(format!("crossdock-bench-{}", std::process::id())),
    };
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    let measured = match &args.what {
        What::Fold { orders } => fold::measure(*orders),
        What::Address { seconds } => address::measure(*seconds),
        What::Embedded { orders } => embedded::measure(&scratch, *orders),
        What::Webhook { seconds, rate } => webhook::measure(&scratch, *seconds, *rate),
        What::Memory { orders } => memory::measure(&scratch, *orders),
        What::Isolation { seconds, rate } => isolation::measure(&scratch, *seconds, *rate),
        What::Backlog { events } => isolation::backlog(&scratch, *events),
        What::Nats { orders, rounds, server } => nats::measure(&scratch, *orders, *rounds, server.as_deref()),
        What::Cluster { orders, alone } => cluster::measure(&scratch, *orders, *alone),
        What::Growth { orders } => memory::growth(&scratch, *orders),
    };
    let cleared = std::fs::remove_dir_all(&scratch);
    let figures = measured?;
    cleared.map_err(|error| format!("{}: {error}", scratch.display()))?;
    let mut lines = Vec::new();
    for figure in &figures {
        let mark = match figure.holds {
            Some(true) => "ok  ",
            Some(false) => "SHORT",
            None => "-   ",
        };
        lines.push(format!("{mark:5} {:58} {:>26}   {}", figure.what, figure.seen, figure.limit));
    }
    Ok((lines, figures.iter().all(|figure| figure.holds != Some(false))))
}

#[allow(clippy::cast_precision_loss, reason = "rates and ratios for people")]
mod rates {
    use std::time::Duration;

    pub(super) fn per_second(count: usize, took: Duration) -> f64 {
        count as f64 / took.as_secs_f64().max(1e-9)
    }

    pub(super) fn ratio(part: f64, whole: f64) -> f64 {
        part / whole.max(1e-9)
    }

    pub(super) fn milliseconds(micros: i64) -> f64 {
        micros as f64 / 1000.0
    }

    pub(super) fn mebibytes(bytes: u64) -> f64 {
        bytes as f64 / 1_048_576.0
    }
}
use rates::{mebibytes, milliseconds, per_second, ratio};

fn timed<T>(work: impl FnOnce() -> T) -> (T, std::time::Duration) {
    let began = Instant::now();
    let value = work();
    (value, began.elapsed())
}

/// A percentile of sorted values.
fn percentile(sorted: &[i64], percent: usize) -> i64 {
    let at = sorted.len().saturating_mul(percent) / 100;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
