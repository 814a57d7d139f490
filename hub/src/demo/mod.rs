//! `crossdock demo`: the whole product on one machine, on real input, with a world around it that misbehaves.
//!
//! A hub runs from a real configuration. Stand-ins play Shopify, Taobao's gateway and SF; a sheet is read from a
//! file; three receivers take what the hub hands off, one of them down for a while, one of them moody. In the end
//! everything is counted and compared. Nothing leaves loopback. It must never say that something is right because
//! the hub says so: see its module `check`.

mod check;
mod cluster;
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

use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use crate::cli::{self, Exit, Failure, Outcome};
use crate::clock;
use crate::config;
use crate::handoff::filter::Filter;
use crate::hub::Hub;

use check::{Evidence, Receipt};
use cluster::Cluster;
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
  crossdock demo --nats                 the same, kept in a NATS server that is started for it
  crossdock demo --nats --nodes 3       three hubs over three servers; one of each is killed on the way
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
    /// Keeps everything in NATS JetStream: at this address, or in servers that are started for it
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub nats: Option<String>,
    /// How many hubs, and how many servers are started for them: 1 or 3
    #[arg(long, default_value_t = 1, value_name = "N", requires = "nats", value_parser = nodes)]
    pub nodes: u8,
    /// The program that further hubs run; none: this one
    #[arg(skip)]
    pub program: Option<PathBuf>,
}

fn nodes(text: &str) -> Result<u8, String> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        _ => Err("1 or 3".to_owned()),
    }
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
    let cluster = match &args.nats {
        Some(url) => Some(Cluster::start(url, args.nodes).await?),
        None => None,
    };
    let world = World::start(data, args.seed, cluster).await?;
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
    if let Some(cluster) = &world.cluster {
        let others = usize::from(args.nodes).saturating_sub(1);
        cluster.hubs(args.program.as_deref(), &world.config, &world.dir, others).await?;
        report::cluster(cluster, paper)?;
    }
    let filters: Vec<Filter> = loaded.sinks.iter().map(|sink| sink.filter.clone()).collect();
    let sheet = loaded.sources.iter().find(|source| &*source.id == script::SHEET);
    let sheet =
        sheet.and_then(|source| source.parts.files.clone()).ok_or("the sheet has no reader".to_owned())?;
    let hub = Hub::start(loaded).await?;
    if *hub.backbone.heads().captures.borrow() > 0 {
        hub.shutdown().await?;
        return Err(Failure::failed(
            "there is a stream XD_DEMO already: the demo counts everything from the start, delete it (nats stream rm XD_DEMO)",
        ));
    }
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
    let killed = world.cluster.as_ref().is_some_and(|cluster| !cluster.said().is_empty());
    let receipts: Vec<Receipt> = places
        .map(|(place, filter)| Receipt { id: place.id, filter, report: place.receiver.report(), killed })
        .collect();
    let evidence = Evidence { backbone, ledger, script, score, receipts: &receipts, first_reading: reading };
    let checks = check::all(&evidence).await?;
    let story = story::read(backbone, SHOP, &script.hero).await?;

    if let Some(cluster) = &world.cluster {
        report::drama(cluster, paper)?;
    }
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
