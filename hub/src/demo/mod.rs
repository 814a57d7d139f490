//! `crossdock demo`: the whole product on one machine, on real input, with a world around it that misbehaves.
//!
//! A hub runs from a real configuration. Stand-ins play Shopify, Taobao's gateway and SF; a sheet is read from a
//! file; three receivers take what the hub hands off, one of them down for a while, one of them moody. In the end
//! everything is counted and compared. Nothing leaves loopback. It must never say that something is right because
//! the hub says so: see its module `check`.

mod check;
mod facts;
mod files;
mod live;
mod play;
mod report;
mod sample;
mod script;
mod settle;
mod stage;
mod story;
mod text;
mod world;

use std::path::Path;

use jiff::SignedDuration;

use crate::cli::{self, Exit, Failure, Outcome};
use crate::clock;
use crate::config;
use crate::handoff::filter::Filter;
use crate::hub::Hub;

use check::{Evidence, Receipt};
use script::Script;
use stage::Ended;
use text::Paper;
use world::World;

/// Arguments of `demo`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Needs no server, no account and no network. Exit codes: 0 everything as it should be, 1 a check failed,
4 the ledger does not balance.

EXAMPLES
  crossdock demo                        3,000 orders, half a minute
  crossdock demo --orders 500 --seed 7  shorter, and other trouble
  crossdock demo --keep                 stays up until Ctrl-C, to look around
  crossdock demo --data demo-data       keeps the data in a folder of yours")]
pub struct Args {
    /// How many orders are played
    #[arg(long, default_value_t = 3000, value_name = "N", value_parser = clap::value_parser!(u32).range(50..=100_000))]
    pub orders: u32,
    /// Leaves hub and receivers running until Ctrl-C
    #[arg(long)]
    pub keep: bool,
    /// Decides everything that is left to chance
    #[arg(long, default_value_t = 2011, value_name = "S")]
    pub seed: u64,
}

/// The shop of the Shopify source.
const SHOP: &str = "lantern-and-loom-demo.myshopify.com";

/// Plays the demo and prints to stdout, in colour where that is a terminal.
///
/// # Errors
/// As [`run`].
pub fn command(args: &Args, data: Option<&Path>) -> Outcome {
    let mut paper = anstream::stdout();
    cli::block_on(run(args, data, &mut paper))
}

/// Plays the demo in `data`, which must be empty, or in a temporary folder. Ctrl-C ends it early.
///
/// # Errors
/// What could not be started or written, or did not come to its end in time.
pub async fn run(args: &Args, data: Option<&Path>, paper: Paper<'_>) -> Outcome {
    let orders = usize::try_from(args.orders).unwrap_or(usize::MAX);
    let world = World::start(data, args.seed).await?;
    let played = whole(args, orders, &world, paper).await;
    world.stop().await;
    played
}

async fn whole(args: &Args, orders: usize, world: &World, paper: Paper<'_>) -> Outcome {
    let length = script::length(orders);
    // Writing the script takes a moment; the play begins after it.
    let now = clock::now();
    let (seed, start) = (args.seed, now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now));
    let written = tokio::task::spawn_blocking(move || script::write(orders, seed, start)).await;
    let mut script = written.map_err(|error| format!("the script cannot be written: {error}"))??;
    report::opening(&script, seed, paper)?;

    let loaded = config::load(Some(&world.config), None).map_err(|problems| Failure::config(&problems))?;
    let filters: Vec<Filter> = loaded.sinks.iter().map(|sink| sink.filter.clone()).collect();
    let sheet = loaded.sources.iter().find(|source| &*source.id == script::SHEET);
    let sheet =
        sheet.and_then(|source| source.parts.files.clone()).ok_or("the sheet has no reader".to_owned())?;
    let hub = Hub::start(loaded).await?;
    let show = async {
        let ended = stage::play(&hub, sheet, &mut script, world, length).await?;
        finish(args.keep, &hub, &ended, &script, world, filters, paper).await
    };
    let ended = tokio::select! {
        ended = show => ended,
        // An error says that nobody can stop us: that is no reason to stop.
        Ok(()) = tokio::signal::ctrl_c() => Err(Failure::failed("stopped before the end")),
    };
    if args.keep && ended.is_ok() {
        // An error says that there is nothing to wait for.
        drop(tokio::signal::ctrl_c().await);
    }
    let closed = hub.shutdown().await;
    let exit = ended?;
    closed?;
    Ok(exit)
}

/// Looks at what came out and prints it.
async fn finish(
    keep: bool,
    hub: &Hub,
    ended: &Ended,
    script: &Script,
    world: &World,
    filters: Vec<Filter>,
    paper: Paper<'_>,
) -> Outcome {
    let Ended { score, took, ledger, reading } = ended;
    let backbone = &*hub.backbone;
    let places = world.places().into_iter().zip(filters);
    let receipts: Vec<Receipt> = places
        .map(|(place, filter)| Receipt { id: place.id, filter, report: place.receiver.report() })
        .collect();
    let evidence = Evidence { backbone, ledger, script, score, receipts: &receipts, first_reading: reading };
    let checks = check::all(&evidence).await?;
    let story = story::read(backbone, SHOP, &script.hero).await?;

    report::ledger(ledger, paper)?;
    report::receivers(&receipts, paper)?;
    report::story(&story, &receipts, paper)?;
    report::checks(&checks, paper)?;
    report::ending(&checks, *took, paper)?;
    report::commands(keep, world, script, &story, paper)?;
    if keep {
        report::kept(hub, world, paper)?;
    }
    Ok(match (ledger.balanced, checks.iter().all(|check| check.good)) {
        (false, _) => Exit::Unbalanced,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Done,
    })
}
