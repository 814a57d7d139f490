//! The command `crossdock`: one file per family of commands.
//!
//! Results go to stdout, as NDJSON unless a terminal reads them; messages go to stderr. Exit codes: 0 done, 1 failed,
//! 2 usage or configuration, 3 some inputs malformed, 4 the ledger does not balance.

mod address;
mod admin;
mod check;
mod connectors;
mod exit;
mod export;
mod guess;
mod ingest;
mod ledger;
mod migrate;
mod nats;
mod new;
mod normalize;
mod out;
mod picks;
mod placeholder;
mod reconcile;
mod repair;
mod replay;
mod risk;
mod run;
mod schema;
mod select;
mod sink;
mod sku;
mod store;
mod tap;
mod timeline;
mod top;
mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Config, Loaded};

pub use exit::{Exit, Failure, Outcome};
pub use ledger::show as show_ledger;
pub use out::{BAD, FAINT, GOOD, Out, Reader, STRONG, WARN, count, plain, say, table, thousands, time};
pub use timeline::print_history;

/// The dock between the places that sell and ship and the systems that run a company.
#[derive(Debug, Parser)]
#[command(
    name = "crossdock",
    version,
    propagate_version = true,
    after_help = "\
EXAMPLES
  crossdock check                                    is the configuration right?
  crossdock run                                      the hub
  crossdock ingest online-retail orders.csv.gz       backfill from files
  crossdock order shopify-us 1001                    everything known about one order
  crossdock ledger                                   is everything accounted for?
  crossdock top                                      what goes on right now?
  crossdock parked list                              what would a receiver not take, and why?
  crossdock reconcile shopify-us                     is it what the platform says?

EXIT CODES
  0 done   1 failed   2 usage or configuration   3 some inputs malformed   4 the ledger does not balance"
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Global {
    /// Configuration file [default: crossdock.toml in this folder, else built-in defaults]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub config: Option<PathBuf>,
    /// Data directory, instead of the configured one
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub data: Option<PathBuf>,
    /// NDJSON on stdout, also on a terminal
    #[arg(long, global = true, help_heading = "Everywhere", conflicts_with = "text")]
    pub json: bool,
    /// Text and tables on stdout, also when it is no terminal
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub text: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plays the whole system: real orders, a misbehaving world, and everything checked in the end
    Demo(crate::demo::Args),
    /// Runs the hub until it is stopped (SIGINT, SIGTERM)
    Run(run::Args),
    /// Checks the configuration, without network
    Check(check::Args),
    /// What is compiled in, with what it can do
    Connectors(connectors::Args),
    /// Dry run of a connector: raw bytes in, one observation a line out
    Normalize(normalize::Args),
    /// Backfill from files
    Ingest(ingest::Args),
    /// Everything known about one order
    Order(timeline::OrderArgs),
    /// Everything known about one parcel
    Parcel(timeline::ParcelArgs),
    /// Standardizes addresses: one a line in, one as JSON a line out
    Address(address::Args),
    /// The risk list, releases of held orders, rules tried out
    Risk(risk::Args),
    /// SKUs of platforms that no map of the company knows
    Sku(sku::Args),
    /// Follows the events as they are written
    Tap(tap::Args),
    /// Live rates, backlog and age per source and sink
    Top(top::Args),
    /// Captures that could not be read: list, show, retry, drop
    Quarantine(repair::quarantine::Args),
    /// Events that a sink would not take: list, show, retry, drop
    Parked(repair::parked::Args),
    /// Hands events off to a sink again, at a pace of its own
    Replay(replay::Args),
    /// The platform's list against what is known here and what sinks accepted
    Reconcile(reconcile::Args),
    /// Dry run of a sink's filter over the log
    Sink(sink::Args),
    /// The balances: is everything accounted for?
    Ledger(ledger::Args),
    /// The NATS servers: what must exist there, and whether the stream holds what was published
    Nats(nats::Args),
    /// JSON Schemas, the AsyncAPI document and example events
    Schema(schema::Args),
    /// Current states or the event log, as NDJSON
    Export(export::Args),
    /// From one machine into a NATS cluster, and back
    Migrate(migrate::Args),
    /// A new connector that compiles and passes: to start from
    New(new::Args),
    /// The figures of BENCHMARKS.md, each beside its limit
    Bench(crate::bench::Args),
}

impl Global {
    /// The configuration file to read; none when there is none.
    fn file(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| {
            let here = PathBuf::from(config::FILE_NAME);
            here.exists().then_some(here)
        })
    }

    /// The configuration with its connectors built. Says its warnings.
    ///
    /// # Errors
    /// Every problem, with file, line and key.
    pub fn load(&self) -> Outcome<Loaded> {
        let loaded = config::load(self.file().as_deref(), self.data.as_deref())
            .map_err(|problems| Failure::config(&problems))?;
        for warning in &loaded.warnings {
            say(warning);
        }
        Ok(loaded)
    }

    /// The configuration alone: no connector is built, no secret is read.
    ///
    /// # Errors
    /// What cannot be read, with file, line and key.
    pub fn read(&self) -> Outcome<Config> {
        config::read(self.file().as_deref(), self.data.as_deref())
            .map_err(|problems| Failure::config(&problems))
    }

    /// Stdout, for whoever reads it.
    pub fn out(&self) -> Out {
        Out::new(match (self.json, self.text) {
            (true, _) => Reader::Program,
            (_, true) => Reader::People,
            _ => Reader::Auto,
        })
    }
}

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    crate::telemetry::panics::install();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout and are no error; when nobody reads them, nothing is lost.
            drop(error.print());
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let mut out = cli.global.out();
    let outcome = dispatch(cli, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // What was written before is kept; a second failure of stdout says nothing new.
            drop(out.flush());
            match failure.exit {
                _ if failure.message.is_empty() => {}
                Exit::Usage => say(&failure.message),
                _ => say(format_args!("{BAD}error:{BAD:#} {}", failure.message)),
            }
            failure.exit.into()
        }
    }
}

fn dispatch(cli: Cli, out: &mut Out) -> Outcome {
    let global = &cli.global;
    match cli.command {
        Command::Demo(args) => crate::demo::command(&args, global.data.as_deref()),
        Command::Run(args) => run::run(&args, global, out),
        Command::Check(args) => check::run(&args, global, out),
        Command::Normalize(args) => normalize::run(&args, out),
        Command::Ingest(args) => ingest::run(&args, global, out),
        Command::Connectors(args) => connectors::run(&args, out),
        Command::Order(args) => timeline::order(&args, global, out),
        Command::Parcel(args) => timeline::parcel(&args, global, out),
        Command::Address(args) => address::run(&args, global, out),
        Command::Risk(args) => risk::run(&args, global, out),
        Command::Sku(args) => sku::run(&args, global, out),
        Command::Tap(args) => tap::run(&args, global, out),
        Command::Top(args) => block_on(top::run(&args, global, out)),
        Command::Quarantine(args) => repair::quarantine::run(args, global, out),
        Command::Parked(args) => repair::parked::run(args, global, out),
        Command::Replay(args) => block_on(replay::run(&args, global, out)),
        Command::Reconcile(args) => block_on(reconcile::run(&args, global, out)),
        Command::Sink(args) => block_on(sink::run(&args, global, out)),
        Command::Nats(args) => block_on(nats::run(&args, global, out)),
        Command::Schema(args) => schema::run(&args, out),
        Command::Export(args) => export::run(&args, global, out),
        Command::New(args) => new::run(&args, global, out),
        Command::Migrate(args) => migrate::run(&args, global, out),
        Command::Bench(args) => crate::bench::command(&args, out),
        Command::Ledger(args) => block_on(ledger::run(&args, global, out)),
    }
}

/// Runs a command's future on a runtime of its own.
///
/// # Errors
/// What the command says.
pub fn block_on<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    runtime.block_on(work)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_options_of_every_command_fit_together() {
        super::Cli::command().debug_assert();
    }
}
