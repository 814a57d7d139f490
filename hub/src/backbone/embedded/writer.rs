//! The one thread that writes: takes whatever has queued up, one transaction, one fsync.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot, watch};

use super::*;

/// What callers want written, with the way to tell them.
pub(super) enum Command {
    Capture(Vec<NewCapture>, oneshot::Sender<Result<Vec<Seq>>>),
    Commit(Box<Commit>, oneshot::Sender<Result<()>>),
    OpenSink(String, String, oneshot::Sender<Result<SinkPlace>>),
    Settle(Box<Settle>, oneshot::Sender<Result<()>>),
    SettleNudges(Vec<NudgeOutcome>, oneshot::Sender<Result<()>>),
    SetCursor(String, String, oneshot::Sender<Result<()>>),
    Repair(Repair, oneshot::Sender<Result<u64>>),
}

/// Most commands in one transaction: bounds how long the first of them waits.
const MOST: usize = 2048;

/// Tells a caller once its transaction is durable, or why it is not.
type Tell = Box<dyn FnOnce(Option<&BackboneError>) + Send>;

pub(super) struct Writer {
    connection: Connection,
    queue: mpsc::Receiver<Command>,
    captures: watch::Sender<Seq>,
    events: watch::Sender<Seq>,
    nudges: watch::Sender<u64>,
    repairs: watch::Sender<u64>,
    stats: Arc<WriterStats>,
    pub(super) memory: Memory,
}

/// Small things the writer knows without asking the file. Thrown away when a transaction fails.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) sources: HashMap<Arc<str>, i64>,
    pub(super) scopes: HashMap<(&'static str, Arc<str>, Arc<str>), i64>,
    pub(super) sinks: HashMap<Arc<str>, i64>,
    pub(super) next_capture: Seq,
    pub(super) next_event: Seq,
    pub(super) next_history: i64,
    pub(super) nudged: bool,
    pub(super) repaired: bool,
}

impl Memory {
    fn load(connection: &Connection) -> Result<Self> {
        let next = |table: &str, column: &str| -> Result<i64> {
            let last: i64 = connection.query_row(
                &format!("SELECT COALESCE(max({column}), 0) FROM {table}"),
                [],
                |row| row.get(0),
            )?;
            Ok(last + 1)
        };
        Ok(Self {
            next_capture: next("captures", "seq")?,
            next_event: next("events", "seq")?,
            next_history: next("histories", "id")?,
            ..Self::default()
        })
    }

    pub(super) fn source(&mut self, connection: &Connection, name: &Arc<str>) -> Result<i64> {
        if let Some(id) = self.sources.get(name) {
            return Ok(*id);
        }
        connection.prepare_cached("INSERT OR IGNORE INTO sources (name) VALUES (?1)")?.execute([&**name])?;
        let id = connection
            .prepare_cached("SELECT id FROM sources WHERE name = ?1")?
            .query_row([&**name], |row| row.get(0))?;
        self.sources.insert(Arc::clone(name), id);
        Ok(id)
    }

    pub(super) fn scope(&mut self, connection: &Connection, key: &HistoryKey) -> Result<i64> {
        let kind = key.kind.as_str();
        let memo = (kind, Arc::clone(&key.platform), Arc::clone(&key.shop));
        if let Some(id) = self.scopes.get(&memo) {
            return Ok(*id);
        }
        let values = params![kind, &*key.platform, &*key.shop];
        connection
            .prepare_cached("INSERT OR IGNORE INTO scopes (kind, platform, shop) VALUES (?1, ?2, ?3)")?
            .execute(values)?;
        let id = connection
            .prepare_cached("SELECT id FROM scopes WHERE kind = ?1 AND platform = ?2 AND shop = ?3")?
            .query_row(values, |row| row.get(0))?;
        self.scopes.insert(memo, id);
        Ok(id)
    }
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        queue: mpsc::Receiver<Command>,
        captures: watch::Sender<Seq>,
        events: watch::Sender<Seq>,
        nudges: watch::Sender<u64>,
        repairs: watch::Sender<u64>,
        stats: Arc<WriterStats>,
    ) -> Result<Self> {
        let memory = Memory::load(&connection)?;
        Ok(Self { connection, queue, captures, events, nudges, repairs, stats, memory })
    }

    pub(super) fn run(mut self) {
        let mut batch = Vec::with_capacity(MOST);
        while self.queue.blocking_recv_many(&mut batch, MOST) > 0 {
            self.group(&mut batch);
            batch.reserve(MOST);
        }
        // Leaves one tidy file behind; when it does not work, the next open does it.
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);") {
            tracing::debug!(error = %error, "checkpoint at close did not finish");
        }
    }

    /// One transaction for all of `batch`. A command that is refused (a conflict) leaves the others alone; a
    /// transaction that cannot be written fails all of them.
    fn group(&mut self, batch: &mut Vec<Command>) {
        let count = u64::try_from(batch.len()).unwrap_or_default();
        let mut tell: Vec<Tell> = Vec::with_capacity(batch.len());
        let mut commands = std::mem::take(batch).into_iter();
        match self.write(&mut commands, &mut tell) {
            Ok(()) => {
                self.stats.transactions.fetch_add(1, Ordering::Relaxed);
                self.stats.commands.fetch_add(count, Ordering::Relaxed);
                let (captures, events) = (self.memory.next_capture - 1, self.memory.next_event - 1);
                // Whoever is told that something is stored may count on everybody seeing it.
                raise(&self.captures, captures);
                raise(&self.events, events);
                for tell in tell {
                    tell(None);
                }
                if std::mem::take(&mut self.memory.nudged) {
                    self.nudges.send_modify(|count| *count += 1);
                }
                if std::mem::take(&mut self.memory.repaired) {
                    self.repairs.send_modify(|count| *count += 1);
                }
            }
            Err(error) => {
                tracing::error!(error = %error, commands = count, "transaction failed");
                if !self.connection.is_autocommit()
                    && let Err(error) = self.connection.execute_batch("ROLLBACK")
                {
                    tracing::error!(error = %error, "rollback failed");
                }
                match Memory::load(&self.connection) {
                    Ok(memory) => self.memory = memory,
                    // Numbers only grow; those in memory are at least as high as those in the file. Ids may belong
                    // to rows that were rolled back.
                    Err(error) => {
                        tracing::error!(error = %error, "cannot read the store again");
                        self.memory.sources.clear();
                        self.memory.scopes.clear();
                        self.memory.sinks.clear();
                    }
                }
                for tell in tell {
                    tell(Some(&error));
                }
                // Commands that were not reached.
                for command in commands {
                    command.fail(&error);
                }
            }
        }
    }

    fn write(&mut self, commands: &mut std::vec::IntoIter<Command>, tell: &mut Vec<Tell>) -> Result<()> {
        let connection = &self.connection;
        let memory = &mut self.memory;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for command in commands.by_ref() {
            match command {
                Command::Capture(captures, reply) => {
                    let written = commit::capture(connection, memory, &captures);
                    finish(tell, reply, written)?;
                }
                Command::Commit(commit, reply) => {
                    let written = commit::commit(connection, memory, &commit);
                    finish(tell, reply, written)?;
                }
                Command::OpenSink(name, filter, reply) => {
                    let written = settle::open_sink(connection, memory, &name, &filter);
                    finish(tell, reply, written)?;
                }
                Command::Settle(settle, reply) => {
                    let written = settle::settle(connection, memory, &settle);
                    finish(tell, reply, written)?;
                }
                Command::SettleNudges(outcomes, reply) => {
                    let written = settle::nudges(connection, memory, &outcomes);
                    finish(tell, reply, written)?;
                }
                Command::SetCursor(name, value, reply) => {
                    let written = settle::set_cursor(connection, &name, &value);
                    finish(tell, reply, written)?;
                }
                Command::Repair(repair, reply) => {
                    let written = repair::repair(connection, memory, &repair);
                    finish(tell, reply, written)?;
                }
            }
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

fn raise(head: &watch::Sender<Seq>, to: Seq) {
    head.send_if_modified(|seen| {
        let more = to > *seen;
        *seen = to.max(*seen);
        more
    });
}

/// Keeps the answer until the transaction is durable. A conflict is this command's own affair; anything else
/// ends the transaction for all.
fn finish<T: Send + 'static>(
    tell: &mut Vec<Tell>,
    reply: oneshot::Sender<Result<T>>,
    written: Result<T>,
) -> Result<()> {
    let (written, end) = match written {
        Ok(value) => (Ok(value), Ok(())),
        Err(BackboneError::Conflict(what)) => (Err(BackboneError::Conflict(what)), Ok(())),
        Err(error) => (Err(copy(&error)), Err(error)),
    };
    tell.push(Box::new(move |failed| {
        let answer = match failed {
            Some(error) => Err(copy(error)),
            None => written,
        };
        // A caller that went away (a closed connection) does not need its answer.
        drop(reply.send(answer));
    }));
    end
}

fn copy(error: &BackboneError) -> BackboneError {
    match error {
        BackboneError::Conflict(what) => BackboneError::Conflict(what.clone()),
        BackboneError::Unavailable(what) => BackboneError::Unavailable(what.clone()),
        BackboneError::Closed => BackboneError::Closed,
        BackboneError::Broken(what) => BackboneError::Broken(what.clone()),
    }
}

impl Command {
    fn fail(self, error: &BackboneError) {
        match self {
            Self::Capture(_, reply) => drop(reply.send(Err(copy(error)))),
            Self::Commit(_, reply) => drop(reply.send(Err(copy(error)))),
            Self::OpenSink(_, _, reply) => drop(reply.send(Err(copy(error)))),
            Self::Settle(_, reply) => drop(reply.send(Err(copy(error)))),
            Self::SettleNudges(_, reply) => drop(reply.send(Err(copy(error)))),
            Self::SetCursor(_, _, reply) => drop(reply.send(Err(copy(error)))),
            Self::Repair(_, reply) => drop(reply.send(Err(copy(error)))),
        }
    }
}
