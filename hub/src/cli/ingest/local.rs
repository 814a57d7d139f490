//! Ingest without a hub: this process takes the data directory and folds by itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::super::{Failure, Outcome, store};
use super::feed::{Batches, Feed};
use super::progress::Bars;
use super::{Report, Task};
use crate::backbone::{Backbone, NewCapture, Seq};
use crate::config::Loaded;
use crate::hub::fold_of;
use crate::ledger::Ledger;
use crate::lock::DataLock;
use crate::pipeline::Pipeline;

/// Batches that share one write when the disk is slower than the reader.
const TOGETHER: usize = 4;

pub(super) async fn run(task: &Task, loaded: Loaded) -> Outcome<Report> {
    let dir = &loaded.config.data.dir;
    crate::lock::private_dir(dir).map_err(Failure::failed)?;
    let lock = DataLock::take(dir)?;
    let backbone = crate::hub::open(&loaded.config).await?;
    let report = work(task, &loaded, &backbone).await;
    let closed = backbone.close(Duration::from_secs(30)).await;
    drop(lock);
    let report = report?;
    closed?;
    Ok(report)
}

async fn work(task: &Task, loaded: &Loaded, backbone: &Arc<dyn Backbone>) -> Outcome<Report> {
    // As the hub does: every sink has its place before the first event, so that the ledger counts from the start.
    for sink in &loaded.sinks {
        backbone.open_sink(sink.id.to_string(), sink.filter.to_text()).await?;
    }
    let head = *backbone.heads().captures.borrow();
    let before = Ledger::of(&store::counts(&**backbone).await?);
    let (stop, stops) = watch::channel(false);
    let (pipeline, handle) = Pipeline::new(Arc::clone(backbone), fold_of(loaded), stops);
    let runtime = tokio::runtime::Handle::current();
    let thread = std::thread::Builder::new()
        .name("pipeline".into())
        .spawn(move || pipeline.run_blocking(&runtime))
        .map_err(|error| Failure::failed(format!("cannot start the pipeline: {error}")))?;
    let bars = Bars::default();
    let mut feed = Feed::start(task, &bars);
    let stored = capture(&**backbone, &mut feed.batches, head).await;
    let read = feed.finish().await;
    // What was stored before something went wrong is folded all the same.
    let last = *stored.as_ref().unwrap_or(&head);
    let folded = fold(&**backbone, last, &bars, &thread).await;
    stop.send_replace(true);
    drop(tokio::task::spawn_blocking(move || thread.join()).await);
    drop(handle);
    // Why storing stopped says more than that reading stopped because of it.
    stored?;
    let read = read?;
    folded?;
    let after = Ledger::of(&store::counts(&**backbone).await?);
    Ok(Report { read, head, before, after })
}

/// Stores what is read, in order; gives the place of the last capture.
async fn capture(backbone: &dyn Backbone, batches: &mut Batches, mut last: Seq) -> Outcome<Seq> {
    let mut waiting: Vec<Vec<NewCapture>> = Vec::with_capacity(TOGETHER);
    while batches.recv_many(&mut waiting, TOGETHER).await > 0 {
        let batch = waiting.drain(..).flatten().collect();
        last = backbone.capture(batch).await?.last().copied().unwrap_or(last);
    }
    Ok(last)
}

/// Waits until everything up to a place is folded.
async fn fold(
    backbone: &dyn Backbone,
    last: Seq,
    bars: &Bars,
    pipeline: &std::thread::JoinHandle<()>,
) -> Outcome<()> {
    let start = backbone.intake_position().await?;
    let bar = bars.folding();
    bar.set_length(u64::try_from(last - start).unwrap_or_default());
    loop {
        let at = backbone.intake_position().await?;
        bar.set_position(u64::try_from(at - start).unwrap_or_default());
        if at >= last {
            bar.finish_and_clear();
            return Ok(());
        }
        if pipeline.is_finished() {
            return Err(Failure::failed("folding stopped early: run the same command again"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
