//! `risk`: the list that rules look at, releases, and rules tried out before they go live.

mod dry_run;
mod listing;
mod release;

use clap::Subcommand;

use super::{Global, Out, Outcome};

/// Arguments of `risk`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The list holds keyed hashes: what is on it cannot be read back. Its key is [enrich.risk] secret. A running hub takes
changes over within a second.

EXAMPLES
  crossdock risk add phone 13800000000
  crossdock risk add buyer taobao:AAF0example
  crossdock risk import blocked.csv                      kind,value a line
  crossdock risk release taobao-flagship 4012345678901234567 --by night-shift
  crossdock risk dry-run --rules risk-new.toml --last 7d")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Puts phones, addresses or buyers on the list; - reads one a line
    Add(listing::Values),
    /// Takes phones, addresses or buyers off the list; - reads one a line
    Remove(listing::Values),
    /// What is on the list: kind, beginning of the hash, since when
    List,
    /// Puts a file on the list: CSV with the columns kind and value
    Import(listing::Import),
    /// Lets an order go that the rules hold
    Release(release::Args),
    /// What rules would have found in the orders there are; nothing is changed
    DryRun(dry_run::Args),
}

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    match &args.what {
        What::Add(values) => listing::add(values, global, out),
        What::Remove(values) => listing::remove(values, global, out),
        What::List => listing::list(global, out),
        What::Import(import) => listing::import(import, global, out),
        What::Release(args) => release::run(args, global, out),
        What::DryRun(args) => dry_run::run(args, global, out),
    }
}
