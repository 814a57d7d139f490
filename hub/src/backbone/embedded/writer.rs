//! The one thread that writes: takes whatever has queued up, one transaction, one fsync.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot, watch};

use super::*;

/// What callers want written, with the way to tell them.
pub(in crate::backbone) enum Command {
    Capture(Vec<NewCapture>, oneshot::Sender<Result<Vec<Seq>>>),
    Commit(Box<Commit>, oneshot::Sender<Result<()>>),
    OpenSink(String, String, oneshot::Sender<Result<SinkPlace>>),
    Settle(Box<Settle>, oneshot::Sender<Result<()>>),
    SettleNudges(Vec<NudgeOutcome>, oneshot::Sender<Result<()>>),
    SetCursor(String, String, oneshot::Sender<Result<()>>),
    Repair(Repair, oneshot::Sender<Result<u64>>),
    Placed(Box<Placed>),
}

/// A command out of a log that several hubs share, with its place there. Its place is written in the same transaction,
/// so a copy always knows how far it has come; one that does not follow what was written last is refused.
pub(in crate::backbone) struct Placed {
    /// The place of the command before it.
    pub(in crate::backbone) after: Seq,
    /// Its own.
    pub(in crate::backbone) place: Seq,
    /// Message id there: tells whether the log still is the one that was copied.
    pub(in crate::backbone) id: String,
    /// Places to remember under a name, for whoever writes there next.
    pub(in crate::backbone) names: Vec<(String, Seq)>,
    /// Places of histories, for whoever changes them next.
    pub(in crate::backbone) histories: Vec<(HistoryKey, Seq)>,
    /// What to write; nothing for a record that only has a place.
    pub(in crate::backbone) command: Option<Command>,
}

/// What a writer lets others see.
pub(super) struct Seen {
    pub(super) captures: watch::Sender<Seq>,
    pub(super) events: watch::Sender<Seq>,
    pub(super) nudges: watch::Sender<u64>,
    pub(super) repairs: watch::Sender<u64>,
    /// How far a copy has come.
    pub(super) applied: watch::Sender<Seq>,
    /// Raised when something out of the log could not be written.
    pub(super) refused: watch::Sender<u64>,
}

/// Most commands in one transaction: bounds how long the first of them waits.
const MOST: usize = 2048;

/// Tells a caller once its transaction is durable, or why it is not.
type Tell = Box<dyn FnOnce(Option<&BackboneError>) + Send>;

pub(super) struct Writer {
    connection: Connection,
    queue: mpsc::Receiver<Command>,
    seen: Seen,
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
    /// How far a copy has come in the log; 0 for a store of its own.
    applied: Seq,
    /// Its message id, when it is not written yet.
    applied_id: Option<String>,
    refused: bool,
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
            applied: place::applied(connection)?,
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
        seen: Seen,
        stats: Arc<WriterStats>,
    ) -> Result<Self> {
        let memory = Memory::load(&connection)?;
        Ok(Self { connection, queue, seen, stats, memory })
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
                raise(&self.seen.captures, captures);
                raise(&self.seen.events, events);
                raise(&self.seen.applied, self.memory.applied);
                for tell in tell {
                    tell(None);
                }
                if std::mem::take(&mut self.memory.refused) {
                    self.seen.refused.send_modify(|count| *count += 1);
                }
                if std::mem::take(&mut self.memory.nudged) {
                    self.seen.nudges.send_modify(|count| *count += 1);
                }
                if std::mem::take(&mut self.memory.repaired) {
                    self.seen.repairs.send_modify(|count| *count += 1);
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
                        self.memory.applied = *self.seen.applied.borrow();
                        self.memory.applied_id = None;
                    }
                }
                for tell in tell {
                    tell(Some(&error));
                }
                // Commands that were not reached.
                for command in commands {
                    command.fail(&error);
                }
                self.seen.refused.send_modify(|count| *count += 1);
            }
        }
    }

    fn write(&mut self, commands: &mut std::vec::IntoIter<Command>, tell: &mut Vec<Tell>) -> Result<()> {
        let connection = &self.connection;
        let memory = &mut self.memory;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for command in commands.by_ref() {
            one(connection, memory, command, tell)?;
        }
        if let Some(id) = memory.applied_id.take() {
            place::write(connection, memory.applied, &id)?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

fn one(connection: &Connection, memory: &mut Memory, command: Command, tell: &mut Vec<Tell>) -> Result<()> {
    match command {
        Command::Capture(captures, reply) => {
            let written = commit::capture(connection, memory, &captures);
            finish(tell, reply, written)
        }
        Command::Commit(commit, reply) => {
            let written = commit::commit(connection, memory, &commit);
            finish(tell, reply, written)
        }
        Command::OpenSink(name, filter, reply) => {
            let written = settle::open_sink(connection, memory, &name, &filter);
            finish(tell, reply, written)
        }
        Command::Settle(settle, reply) => {
            let written = settle::settle(connection, memory, &settle);
            finish(tell, reply, written)
        }
        Command::SettleNudges(outcomes, reply) => {
            let written = settle::nudges(connection, memory, &outcomes);
            finish(tell, reply, written)
        }
        Command::SetCursor(name, value, reply) => {
            let written = settle::set_cursor(connection, &name, &value);
            finish(tell, reply, written)
        }
        Command::Repair(repair, reply) => {
            let written = repair::repair(connection, memory, &repair);
            finish(tell, reply, written)
        }
        Command::Placed(placed) => self::placed(connection, memory, *placed, tell),
    }
}

fn placed(connection: &Connection, memory: &mut Memory, placed: Placed, tell: &mut Vec<Tell>) -> Result<()> {
    if placed.after != memory.applied {
        memory.refused = true;
        if let Some(command) = placed.command {
            let (at, after) = (memory.applied, placed.after);
            let words = format!("the copy is at {at} of the log, this follows {after}");
            command.fail(&BackboneError::Unavailable(words));
        }
        return Ok(());
    }
    if let Some(command) = placed.command {
        one(connection, memory, command, tell)?;
    }
    place::remember(connection, memory, &placed.names, &placed.histories)?;
    (memory.applied, memory.applied_id) = (placed.place, Some(placed.id));
    Ok(())
}

fn raise(head: &watch::Sender<Seq>, to: Seq) {
    head.send_if_modified(|seen| {
        let more = to > *seen;
        *seen = to.max(*seen);
        more
    });
}

/// Keeps the answer until the transaction is durable. A conflict, and what the caller had wrong, is this command's own
/// affair; anything else ends the transaction for all.
fn finish<T: Send + 'static>(
    tell: &mut Vec<Tell>,
    reply: oneshot::Sender<Result<T>>,
    written: Result<T>,
) -> Result<()> {
    let (written, end) = match written {
        Ok(value) => (Ok(value), Ok(())),
        Err(error @ (BackboneError::Conflict(_) | BackboneError::Missing(_))) => (Err(error), Ok(())),
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
        BackboneError::Missing(what) => BackboneError::Missing(what.clone()),
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
            Self::Placed(placed) => {
                if let Some(command) = placed.command {
                    command.fail(error);
                }
            }
        }
    }
}
