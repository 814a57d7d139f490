//! The sink: hands batches to one writer thread, so that waiting for the disk never holds up the hub.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;

use crossdock_connector::{BoxFuture, Delivery, Error, ErrorKind, Outcome, Repeat, Sink};

use crate::config::Config;
use crate::log::Log;
use crate::promise::{Giver, promise};

/// Batches that wait for the disk. The hub has few under way at a time.
const WAITING: usize = 64;

/// One batch on its way to the disk.
struct Job {
    lines: Vec<(PathBuf, Bytes)>,
    done: Giver<Vec<Outcome>>,
}

/// The sink. Its thread starts with the first batch, because building does no I/O.
pub(crate) struct FileSink {
    config: Config,
    writer: Mutex<Option<Writer>>,
}

/// The running thread.
struct Writer {
    jobs: SyncSender<Job>,
    thread: JoinHandle<()>,
}

impl FileSink {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, writer: Mutex::new(None) }
    }

    fn submit(&self, mut job: Job) -> Result<(), Error> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*writer {
            match running.jobs.try_send(job) {
                Ok(()) => return Ok(()),
                Err(std::sync::mpsc::TrySendError::Full(_)) => {
                    return Err(Error::new(ErrorKind::Unavailable, "the disk does not keep up"));
                }
                // The thread is gone: start another.
                Err(std::sync::mpsc::TrySendError::Disconnected(back)) => job = back,
            }
        }
        let (jobs, receiver) = sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("crossdock-file".into())
            .spawn(move || write_all(&receiver))
            .map_err(|error| Error::new(ErrorKind::Unavailable, "cannot start the writer").because(error))?;
        let sent = jobs.try_send(job);
        *writer = Some(Writer { jobs, thread });
        sent.map_err(|_| Error::new(ErrorKind::Unavailable, "the writer ended at once"))
    }
}

impl Drop for FileSink {
    /// Waits until what was handed over is on the disk.
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Writer { jobs, thread }) = writer {
            drop(jobs);
            // A writer that panicked has broken its promises; whoever waited was told by them.
            let _ended = thread.join();
        }
    }
}

impl Sink for FileSink {
    fn deliver<'a>(&'a self, batch: &'a [Delivery]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            let lines = batch
                .iter()
                .map(|one| (self.config.file_for(one.event.recorded_at), one.json.clone()))
                .collect();
            let (done, outcomes) = promise();
            if let Err(error) = self.submit(Job { lines, done }) {
                return all_retry(batch.len(), &error.to_string());
            }
            outcomes.await.unwrap_or_else(|| all_retry(batch.len(), "the writer ended before it was done"))
        })
    }

    fn repeat(&self) -> Repeat {
        Repeat::UniqueKey
    }
}

/// The writer thread: ends when the sink is dropped and what was waiting is written.
fn write_all(jobs: &Receiver<Job>) {
    let mut log = None;
    while let Ok(job) = jobs.recv() {
        let outcomes = write_batch(&mut log, &job.lines);
        job.done.give(outcomes);
    }
}

/// One write and one fsync for each file that the batch touches: one, save around midnight.
fn write_batch(log: &mut Option<Log>, lines: &[(PathBuf, Bytes)]) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(lines.len());
    for part in lines.chunk_by(|(one, _), (next, _)| one == next) {
        let Some((path, _)) = part.first() else { continue };
        if let Err(error) = write_part(log, path, part) {
            // What comes after it must not overtake it: the rest of the batch waits as well.
            *log = None;
            outcomes.extend(all_retry(lines.len() - outcomes.len(), &error));
            return outcomes;
        }
        outcomes.extend(part.iter().map(|_| Outcome::Delivered));
    }
    outcomes
}

fn write_part(log: &mut Option<Log>, path: &Path, part: &[(PathBuf, Bytes)]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("cannot write to {}: {error}", path.display());
    if !log.as_ref().is_some_and(|open| open.is_at(path)) {
        // Closed before the other is opened: a file moved away and back would find its own lock.
        *log = None;
        *log = Some(Log::open(path).map_err(told)?);
    }
    let mut text = Vec::with_capacity(part.iter().map(|(_, json)| json.len() + 1).sum());
    for (_, json) in part {
        push_line(&mut text, json);
    }
    match log {
        Some(open) => open.append(&text).map_err(told),
        None => Err("the file is not open".into()),
    }
}

/// In JSON a bare line break can only stand between tokens: a blank says the same.
fn push_line(text: &mut Vec<u8>, json: &[u8]) {
    let start = text.len();
    text.extend_from_slice(json);
    for byte in text.iter_mut().skip(start) {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    text.push(b'\n');
}

fn all_retry(count: usize, message: &str) -> Vec<Outcome> {
    (0..count).map(|_| Outcome::Retry(None, Error::new(ErrorKind::Unavailable, message))).collect()
}
