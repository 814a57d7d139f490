//! From the thread that reads files to whoever stores captures: while one batch becomes durable, the next is read.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::super::{Failure, Outcome};
use super::Task;
use super::progress::Bars;
use crate::backbone::NewCapture;
use crate::ingress::files::{Backfill, Summary};

/// Batches read ahead of what is durable: bounds memory.
const AHEAD: usize = 2;

/// What is stored, batch by batch and in order.
pub(super) type Batches = mpsc::Receiver<Vec<NewCapture>>;

/// Files being read on a thread of their own.
pub(super) struct Feed {
    /// Their captures.
    pub(super) batches: Batches,
    reader: tokio::task::JoinHandle<Result<Vec<(PathBuf, Summary)>, String>>,
}

impl Feed {
    /// Starts reading.
    pub(super) fn start(task: &Task, bars: &Bars) -> Self {
        let (sender, batches) = mpsc::channel(AHEAD);
        let (task, bars) = (task.clone(), bars.clone());
        Self { batches, reader: tokio::task::spawn_blocking(move || read(&task, &bars, &sender)) }
    }

    /// What the files held; call it when the batches have ended.
    pub(super) async fn finish(self) -> Outcome<Vec<(PathBuf, Summary)>> {
        drop(self.batches);
        let read = self.reader.await.map_err(|error| Failure::failed(format!("reading failed: {error}")))?;
        Ok(read?)
    }
}

fn read(
    task: &Task,
    bars: &Bars,
    sender: &mpsc::Sender<Vec<NewCapture>>,
) -> Result<Vec<(PathBuf, Summary)>, String> {
    let backfill = Backfill {
        source: task.source.clone(),
        files: &*task.files,
        class: task.class,
        scratch: &task.scratch,
    };
    let mut read = Vec::with_capacity(task.paths.len());
    for path in &task.paths {
        let bar = bars.file(path);
        let summary = backfill.run(path, &mut |progress| bar.show(progress), &mut |batch| {
            sender.blocking_send(batch).map_err(|_| "storing stopped".to_owned())
        });
        bar.finish();
        read.push((path.clone(), summary?));
    }
    Ok(read)
}
