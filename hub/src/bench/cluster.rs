//! The JetStream backbone with its pipeline: orders a second with one hub and with three, and what live orders cost the
//! servers in memory. Everything runs on this machine, so more hubs share what one had to itself.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossdock_testkit::nats::{Cluster, Server};
use tokio::sync::watch;

use super::{Figure, corpus, mebibytes, per_second};
use crate::backbone::Backbone;
use crate::backbone::jetstream::JetStream;
use crate::config::{Loaded, Nats, load_text};
use crate::hub::fold_of;
use crate::pipeline::Pipeline;

/// Captures in one call, as a busy ingress has queued up.
const BATCH: usize = 256;
/// Calls under way at each hub.
const CALLS: usize = 2;
/// Captures that may wait to be folded.
const BEHIND: i64 = 8192;

/// What the servers run.
enum Servers {
    One(Box<Server>),
    Three(Box<Cluster>),
}

impl Servers {
    fn start(three: bool) -> Result<Self, String> {
        let started = match three {
            false => Server::start().map(|server| Self::One(Box::new(server))),
            true => Cluster::start().map(|cluster| Self::Three(Box::new(cluster))),
        };
        started.map_err(|error| error.to_string())
    }

    fn urls(&self) -> Vec<String> {
        match self {
            Self::One(server) => vec![server.url()],
            Self::Three(cluster) => cluster.urls(),
        }
    }

    /// Starts one of them again, and waits until it has read what it keeps.
    fn again(&mut self) -> Result<(), String> {
        let restarted = match self {
            Self::One(server) => server.restart(),
            Self::Three(cluster) => cluster.restart(0).and_then(|()| cluster.until_healthy()),
        };
        restarted.map_err(|error| error.to_string())?;
        std::thread::sleep(Duration::from_secs(3));
        Ok(())
    }

    /// Bytes of the server that was started again.
    fn memory(&self) -> Result<u64, String> {
        let memory = match self {
            Self::One(server) => server.memory(),
            Self::Three(cluster) => cluster.node(0).memory(),
        };
        memory.map_err(|error| error.to_string())
    }
}

pub(super) fn measure(scratch: &Path, orders: usize, alone: bool) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    let all: &[(bool, usize)] = &[(false, 1), (true, 1), (true, 3)];
    for &(three, hubs) in all.iter().take(if alone { 1 } else { all.len() }) {
        let name = if three { "three servers, three copies" } else { "one server, one copy" };
        let mut servers = Servers::start(three)?;
        let before = servers.memory()?;
        let dir = scratch.join(format!("cluster-{three}-{hubs}"));
        std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        let took = fill(&servers, &dir, orders, hubs)?;
        // Started again: what it then holds is what it has to hold, and not what it happened to need on the way.
        servers.again()?;
        let after = servers.memory()?;
        let hub = if hubs == 1 { "one hub" } else { "three hubs" };
        figures.push(Figure {
            what: format!("{orders} orders captured, folded, committed: {hub}, {name}"),
            seen: format!("{:.0} orders/s", per_second(orders, took)),
            limit: "as seen".into(),
            holds: None,
        });
        figures.push(Figure {
            what: format!("memory of a server with {orders} live orders, started again, {name}"),
            seen: format!("{:.0} MiB more", mebibytes(after.saturating_sub(before))),
            limit: "as seen".into(),
            holds: None,
        });
    }
    Ok(figures)
}

fn fill(servers: &Servers, dir: &Path, orders: usize, hubs: usize) -> Result<Duration, String> {
    let profile = if matches!(servers, Servers::Three(_)) { "standard" } else { "single" };
    let text = format!(
        "[nats]\nservers = {:?}\nprofile = \"{profile}\"\nduplicate_window = \"1s\"\n",
        servers.urls()
    );
    // What servers remember of message ids depends on the rate, not on how many orders there are.
    let nats = load_text("bench", &text, None)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?
        .config
        .nats;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let loaded = corpus::loaded(dir, None)?;
    runtime.block_on(work(&nats, &loaded, dir, orders, hubs))
}

async fn work(
    nats: &Nats,
    loaded: &Loaded,
    dir: &Path,
    orders: usize,
    hubs: usize,
) -> Result<Duration, String> {
    let text = |error: crate::backbone::BackboneError| error.to_string();
    let mut stores: Vec<Arc<dyn Backbone>> = Vec::new();
    for at in 0..hubs {
        let own = dir.join(format!("hub-{at}"));
        stores
            .push(Arc::new(JetStream::open(nats, &own, "bench", &format!("hub-{at}")).await.map_err(text)?));
    }
    let Some(first) = stores.first().cloned() else { return Err("no hub".into()) };
    // One folds, as one does of the hubs that share a cluster; all take captures.
    let (stop, stops) = watch::channel(false);
    let (pipeline, _handle) = Pipeline::new(Arc::clone(&first), fold_of(loaded), stops);
    let runtime = tokio::runtime::Handle::current();
    let thread = std::thread::spawn(move || pipeline.run_blocking(&runtime));
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut calls = tokio::task::JoinSet::new();
    for store in &stores {
        for _ in 0..CALLS {
            let (store, first, next) = (Arc::clone(store), Arc::clone(&first), Arc::clone(&next));
            calls.spawn(async move {
                loop {
                    let from = next.fetch_add(BATCH, Ordering::Relaxed);
                    if from >= orders {
                        return Ok(());
                    }
                    while first.intake_position().await? + BEHIND < *first.heads().captures.borrow() {
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                    store.capture(corpus::captures(from..(from + BATCH).min(orders))).await?;
                }
            });
        }
    }
    while let Some(ended) = calls.join_next().await {
        ended.map_err(|error| error.to_string())?.map_err(text)?;
    }
    let all = i64::try_from(orders).unwrap_or(i64::MAX);
    while first.intake_position().await.map_err(text)? < all {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let took = began.elapsed();
    stop.send_replace(true);
    tokio::task::spawn_blocking(move || thread.join())
        .await
        .map_err(|error| error.to_string())?
        .map_err(|_| "the pipeline panicked".to_owned())?;
    for store in stores {
        store.close(Duration::from_secs(30)).await.map_err(text)?;
    }
    Ok(took)
}
