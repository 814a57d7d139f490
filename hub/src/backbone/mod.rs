//! Where captures, states, events and cursors live.
//!
//! One trait, and the same contract suite for every implementation (`contract.rs`). What the hub may rely on:
//!
//! - `capture` is durable when it returns: what a source was told we have, we have.
//! - `commit` is all or nothing, optimistic on the versions it names, and safe to repeat.
//! - `settle` is durable when it returns; what was handed off and not settled is handed off again.
//! - Sequences of captures and of events only grow, and are dense enough to be read in ranges.

mod backlog;
mod lots;
mod places;
mod questions;
mod types;

#[cfg(test)]
mod contract;
pub mod embedded;
pub mod jetstream;

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::BoxFuture;
use tokio::sync::watch;

pub use backlog::*;
pub use lots::*;
pub use places::*;
pub use questions::*;
pub use types::*;

/// Result of backbone calls.
pub type Result<T, E = BackboneError> = std::result::Result<T, E>;

/// Why a backbone call did not work.
#[derive(Debug, thiserror::Error)]
pub enum BackboneError {
    /// Another writer changed a history meanwhile: load again and fold again.
    #[error("a history changed meanwhile: {0}")]
    Conflict(String),
    /// The store cannot take it now (disk full, broker away): try again.
    #[error("store is unavailable: {0}")]
    Unavailable(String),
    /// The caller names something that is not there; nothing was written.
    #[error("{0}")]
    Missing(String),
    /// The store is closing.
    #[error("store is closed")]
    Closed,
    /// The store cannot be used at all.
    #[error("{0}")]
    Broken(String),
}

impl BackboneError {
    /// Whether trying the same again later can work.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// Captures, states, events and cursors. See the module for what may be relied on.
pub trait Backbone: Send + Sync {
    /// Most histories and events that one commit may hold together.
    fn step_limit(&self) -> usize {
        usize::MAX
    }

    /// Stores captures. Durable when it returns.
    fn capture(&self, batch: Vec<NewCapture>) -> BoxFuture<'_, Result<Vec<Seq>>>;

    /// The place up to which captures are folded.
    fn intake_position(&self) -> BoxFuture<'_, Result<Seq>>;

    /// Captures after `after`, in order, at most `limit` of them and about `bytes` bytes.
    fn intake(&self, after: Seq, limit: usize, bytes: usize) -> BoxFuture<'_, Result<Vec<StoredCapture>>>;

    /// Captures by their sequences; those that retention removed are missing.
    fn captures(&self, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<StoredCapture>>>;

    /// Current states; `None` for a history that does not exist.
    fn load(&self, keys: Vec<HistoryKey>) -> BoxFuture<'_, Result<Vec<Option<StoredState>>>>;

    /// States, events, links, verdicts and the intake place, all or nothing. Repeating a commit that
    /// succeeded gives `Conflict` and changes nothing.
    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<()>>;

    /// Events after `after`, in order.
    fn events(&self, after: Seq, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>>>;

    /// Events by their sequences.
    fn events_at(&self, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<StoredEvent>>>;

    /// A page of the log for a sink's reading: at most `limit` events of these classes after `after`. It may end before
    /// the limit, so that a long stretch of another class does not take long: `upto` says how far it looked.
    fn log(&self, after: Seq, limit: usize, classes: Classes) -> BoxFuture<'_, Result<LogPage>>;

    /// How a history stands at a sink.
    fn standing(&self, sink: String, history: i64) -> BoxFuture<'_, Result<Standing>>;

    /// Opens a sink's place in the log, or starts it at the beginning.
    fn open_sink(&self, sink: String, filter: String) -> BoxFuture<'_, Result<SinkPlace>>;

    /// Records what became of handoffs. Durable when it returns.
    fn settle(&self, settle: Settle) -> BoxFuture<'_, Result<()>>;

    /// Fetches of a source that are due.
    fn nudges(&self, source: &Arc<str>, now: i64, limit: usize) -> BoxFuture<'_, Result<Vec<Nudge>>>;

    /// Records what became of fetches that gave no capture.
    fn settle_nudges(&self, outcomes: Vec<NudgeOutcome>) -> BoxFuture<'_, Result<()>>;

    /// A named cursor (polls).
    fn cursor(&self, name: String) -> BoxFuture<'_, Result<Option<String>>>;

    /// Moves a named cursor. Durable when it returns.
    fn set_cursor(&self, name: String, value: String) -> BoxFuture<'_, Result<()>>;

    /// Questions people ask: timelines, lists, counts.
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Answer>>;

    /// Orders of people: retry or drop what is in quarantine or parked.
    fn repair(&self, repair: Repair) -> BoxFuture<'_, Result<u64>>;

    /// Wakes up when captures were added, events were committed, or handoffs were released by people.
    fn heads(&self) -> Heads;

    /// Stops taking calls, writes out what was taken, closes. Waits at most `deadline`.
    fn close(&self, deadline: Duration) -> BoxFuture<'_, Result<()>>;
}

/// Watches on the ends of the logs.
#[derive(Clone, Debug)]
pub struct Heads {
    /// Highest capture sequence.
    pub captures: watch::Receiver<Seq>,
    /// Highest event sequence.
    pub events: watch::Receiver<Seq>,
    /// Raised when nudges were added.
    pub nudges: watch::Receiver<u64>,
    /// Raised when people retried something.
    pub repairs: watch::Receiver<u64>,
}
