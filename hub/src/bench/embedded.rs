//! The embedded backbone with its pipeline, beside SQLite alone inserting the same rows.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Figure, bare, corpus, per_second, ratio};
use crate::backbone::embedded::{Embedded, FILE_NAME};
use crate::backbone::{Answer, Backbone, Question};
use crate::hub::fold_of;
use crate::ledger::Ledger;
use crate::pipeline::Pipeline;

/// Captures in one call, as a busy ingress has queued up.
const BATCH: usize = 256;

pub(super) fn measure(scratch: &Path, orders: usize) -> Result<Vec<Figure>, String> {
    let run = fill(scratch, 0..orders)?;
    let rate = per_second(orders, run.took);
    let bare = bare::insert_the_same(&run.dir.join(FILE_NAME), scratch, run.transactions)?;
    let bare_rate = per_second(orders, bare);
    let share = ratio(rate, bare_rate);
    Ok(vec![
        Figure {
            what: format!("bare SQLite, same rows, {} transactions", run.transactions),
            seen: format!("{bare_rate:.0} orders/s"),
            limit: "the limit".into(),
            holds: None,
        },
        Figure {
            what: format!("{orders} orders captured, folded, committed, fsynced"),
            seen: format!("{rate:.0} orders/s = {:.0} %", share * 100.0),
            limit: "at least 60 % and 10 000/s".into(),
            holds: Some(share >= 0.6 && rate >= 10_000.0),
        },
    ])
}

/// Captures that may wait to be folded.
const BEHIND: i64 = 8192;

/// What a run did.
pub(super) struct Filled {
    pub(super) dir: std::path::PathBuf,
    pub(super) took: Duration,
    pub(super) transactions: u64,
    /// Seconds for the last hundred thousand orders.
    pub(super) last: Duration,
}

/// How many orders the last part of a run has.
pub(super) const LAST: usize = 100_000;

/// Captures, folds and commits a range of orders, and waits until all of it is durable.
pub(super) fn fill(scratch: &Path, range: std::ops::Range<usize>) -> Result<Filled, String> {
    let loaded = corpus::loaded(scratch, None)?;
    let dir = loaded.config.data.dir.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let store = Embedded::open(&dir, "bench").map_err(|error| error.to_string())?;
    let before = store.stats().read().0;
    let store = Arc::new(store);
    let backbone: Arc<dyn Backbone> = Arc::clone(&store) as Arc<dyn Backbone>;
    let (stop, stops) = watch::channel(false);
    let (pipeline, _handle) = Pipeline::new(Arc::clone(&backbone), fold_of(&loaded), stops);
    let handle = runtime.handle().clone();
    let thread = std::thread::spawn(move || pipeline.run_blocking(&handle));
    let began = Instant::now();
    let end = range.end;
    let (took, last) = runtime.block_on(async {
        let mut open: std::collections::VecDeque<tokio::task::JoinHandle<Result<(), String>>> =
            Default::default();
        let mut last_began = began;
        for from in range.step_by(BATCH) {
            let to = (from + BATCH).min(end);
            if from < end.saturating_sub(LAST) {
                last_began = Instant::now();
            }
            // Folding is never far behind, so that the end of the run measures the end of the run.
            if (from / BATCH).is_multiple_of(16) {
                while backbone.intake_position().await.map_err(|error| error.to_string())? + BEHIND
                    < *backbone.heads().captures.borrow()
                {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
            let batch = corpus::captures(from..to);
            let backbone = Arc::clone(&backbone);
            open.push_back(tokio::spawn(async move {
                backbone.capture(batch).await.map(drop).map_err(|error| error.to_string())
            }));
            if open.len() >= 4
                && let Some(first) = open.pop_front()
            {
                first.await.map_err(|error| error.to_string())??;
            }
        }
        for rest in open {
            rest.await.map_err(|error| error.to_string())??;
        }
        let head = *backbone.heads().captures.borrow();
        while backbone.intake_position().await.map_err(|error| error.to_string())? < head {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok::<_, String>((began.elapsed(), last_began.elapsed()))
    })?;
    let transactions = store.stats().read().0 - before;
    let counts = runtime.block_on(backbone.ask(Question::Ledger)).map_err(|error| error.to_string())?;
    let Answer::Ledger(counts) = counts else { return Err("no ledger".into()) };
    let ledger = Ledger::of(&counts);
    if !ledger.balanced || ledger.sources.iter().any(|line| line.folded != line.captured) {
        return Err(format!("not every order was folded: {:?}", ledger.sources));
    }
    stop.send_replace(true);
    thread.join().map_err(|_| "the pipeline panicked".to_owned())?;
    runtime.block_on(backbone.close(Duration::from_secs(60))).map_err(|error| error.to_string())?;
    Ok(Filled { dir, took, transactions, last })
}
