//! The embedded backbone: one SQLite file, one writer, no server.
//!
//! All writes go through one thread that takes whatever has queued up, puts it into one transaction and pays
//! one fsync for all of it (WAL, `synchronous=FULL`). Readers have connections of their own and never wait for it.
//!
//! An acknowledgement means: the transaction is in the write-ahead log and the log was fsynced. It survives a
//! crash of the process, of the system and a power loss, as far as the disk keeps what fsync promised.

mod ask;
mod backlog;
mod codec;
mod commit;
pub(in crate::backbone) mod copy;
mod log;
mod lots;
mod place;
mod read;
mod repair;
mod settle;
mod writer;

pub(crate) use read::{FETCHING, entity_name, kind_of};

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossdock_connector::BoxFuture;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot, watch};

use super::*;
use crate::lock::{private_dir, private_file};
pub(in crate::backbone) use writer::{Command, Placed};
use writer::{Seen, Writer};

/// Name of the database file inside the data directory.
pub const FILE_NAME: &str = "crossdock.db";

/// How many commands may wait for the writer. When it is full, callers wait: that is the back pressure.
const QUEUE: usize = 4096;

/// The embedded backbone.
pub struct Embedded {
    commands: Mutex<Option<mpsc::Sender<Command>>>,
    readers: Readers,
    tenant: Arc<str>,
    heads: Heads,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
    stats: Arc<WriterStats>,
    applied: watch::Receiver<Seq>,
    refused: watch::Receiver<u64>,
}

/// What the writer did, for metrics and benchmarks.
#[derive(Debug, Default)]
pub struct WriterStats {
    /// Transactions.
    pub transactions: AtomicU64,
    /// Commands in them.
    pub commands: AtomicU64,
}

impl WriterStats {
    /// Transactions and commands so far.
    pub fn read(&self) -> (u64, u64) {
        (self.transactions.load(Ordering::Relaxed), self.commands.load(Ordering::Relaxed))
    }
}

impl Embedded {
    /// Opens the store in `dir`, creating it when it is not there.
    ///
    /// # Errors
    /// `Broken` when the file belongs to another layout, is a copy of a log, cannot be opened, or another process
    /// holds it.
    pub fn open(dir: &Path, tenant: &str) -> Result<Self> {
        let (connection, path) = own(dir)?;
        if place::log(&connection)?.is_some() {
            return Err(BackboneError::Broken(format!(
                "{} is a hub's copy of what a NATS cluster holds: set data.backbone = \"jetstream\", or make it a store of \
                 its own with `crossdock migrate embedded`",
                path.display()
            )));
        }
        Self::on(connection, path, tenant)
    }

    fn on(connection: Connection, path: PathBuf, tenant: &str) -> Result<Self> {
        let tenant: Arc<str> = tenant.into();
        let (captures, captures_seen) = watch::channel(last(&connection, "captures")?);
        let (events, events_seen) = watch::channel(last(&connection, "events")?);
        let (nudges, nudges_seen) = watch::channel(0);
        let (repairs, repairs_seen) = watch::channel(0);
        let (applied, applied_seen) = watch::channel(place::applied(&connection)?);
        let (refused, refused_seen) = watch::channel(0);
        let heads = Heads {
            captures: captures_seen,
            events: events_seen,
            nudges: nudges_seen,
            repairs: repairs_seen,
        };
        let (commands, queue) = mpsc::channel(QUEUE);
        let stats = Arc::new(WriterStats::default());
        let seen = Seen { captures, events, nudges, repairs, applied, refused };
        let writer = Writer::new(connection, queue, seen, Arc::clone(&stats))?;
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| BackboneError::Broken(format!("cannot start the writer: {error}")))?;
        Ok(Self {
            commands: Mutex::new(Some(commands)),
            readers: Readers::new(path),
            tenant,
            heads,
            writer: Mutex::new(Some(thread)),
            stats,
            applied: applied_seen,
            refused: refused_seen,
        })
    }

    /// Opens the store in `dir` for reading, while a hub writes it or not. Calls that write answer `Closed`, and
    /// the heads stay where they were when it was opened.
    ///
    /// # Errors
    /// `Broken` when there is no store, or one of another layout.
    pub fn open_read_only(dir: &Path, tenant: &str) -> Result<Self> {
        let path = dir.join(FILE_NAME);
        if !path.exists() {
            return Err(BackboneError::Broken(format!("there is no store in {}", dir.display())));
        }
        let connection = connect(&path, false)?;
        check_layout(&connection, &path)?;
        let heads = Heads {
            captures: watch::channel(last(&connection, "captures")?).1,
            events: watch::channel(last(&connection, "events")?).1,
            nudges: watch::channel(0).1,
            repairs: watch::channel(0).1,
        };
        Ok(Self {
            commands: Mutex::new(None),
            readers: Readers::new(path),
            tenant: tenant.into(),
            heads,
            writer: Mutex::new(None),
            stats: Arc::default(),
            applied: watch::channel(place::applied(&connection)?).1,
            refused: watch::channel(0).1,
        })
    }

    /// What the writer did so far.
    pub fn stats(&self) -> &WriterStats {
        &self.stats
    }

    async fn send<T>(&self, make: impl FnOnce(oneshot::Sender<Result<T>>) -> Command) -> Result<T> {
        let sender =
            self.commands.lock().ok().and_then(|guard| guard.clone()).ok_or(BackboneError::Closed)?;
        let (reply, answer) = oneshot::channel();
        sender.send(make(reply)).await.map_err(|_| BackboneError::Closed)?;
        answer.await.map_err(|_| BackboneError::Closed)?
    }

    fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection, &Arc<str>) -> Result<T> + Send + 'static,
    ) -> BoxFuture<'_, Result<T>> {
        let readers = self.readers.clone();
        let tenant = Arc::clone(&self.tenant);
        Box::pin(async move {
            tokio::task::spawn_blocking(move || readers.with(|connection| ask(connection, &tenant)))
                .await
                .map_err(|error| BackboneError::Broken(format!("reader failed: {error}")))?
        })
    }
}

impl Backbone for Embedded {
    fn capture(&self, batch: Vec<NewCapture>) -> BoxFuture<'_, Result<Vec<Seq>>> {
        Box::pin(self.send(|reply| Command::Capture(batch, reply)))
    }

    fn intake_position(&self) -> BoxFuture<'_, Result<Seq>> {
        self.read(|connection, _| read::intake_position(connection))
    }

    fn intake(&self, after: Seq, limit: usize, bytes: usize) -> BoxFuture<'_, Result<Vec<StoredCapture>>> {
        self.read(move |connection, _| read::intake(connection, after, limit, bytes))
    }

    fn captures(&self, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<StoredCapture>>> {
        self.read(move |connection, _| read::captures(connection, &seqs))
    }

    fn load(&self, keys: Vec<HistoryKey>) -> BoxFuture<'_, Result<Vec<Option<StoredState>>>> {
        self.read(move |connection, _| keys.iter().map(|key| read::load(connection, key)).collect())
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.send(|reply| Command::Commit(Box::new(commit), reply)))
    }

    fn events(&self, after: Seq, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>>> {
        self.read(move |connection, tenant| read::events(connection, tenant, after, limit))
    }

    fn events_at(&self, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<StoredEvent>>> {
        self.read(move |connection, tenant| read::events_at(connection, tenant, &seqs))
    }

    fn log(&self, after: Seq, limit: usize, classes: Classes) -> BoxFuture<'_, Result<LogPage>> {
        self.read(move |connection, tenant| log::page(connection, tenant, after, limit, classes))
    }

    fn standing(&self, sink: String, history: i64) -> BoxFuture<'_, Result<Standing>> {
        self.read(move |connection, tenant| log::standing(connection, tenant, &sink, history))
    }

    fn open_sink(&self, sink: String, filter: String) -> BoxFuture<'_, Result<SinkPlace>> {
        Box::pin(self.send(|reply| Command::OpenSink(sink, filter, reply)))
    }

    fn settle(&self, settle: Settle) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.send(|reply| Command::Settle(Box::new(settle), reply)))
    }

    fn nudges(&self, source: &Arc<str>, now: i64, limit: usize) -> BoxFuture<'_, Result<Vec<Nudge>>> {
        let source = Arc::clone(source);
        self.read(move |connection, _| read::nudges(connection, &source, now, limit))
    }

    fn settle_nudges(&self, outcomes: Vec<NudgeOutcome>) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.send(|reply| Command::SettleNudges(outcomes, reply)))
    }

    fn cursor(&self, name: String) -> BoxFuture<'_, Result<Option<String>>> {
        self.read(move |connection, _| read::cursor(connection, &name))
    }

    fn set_cursor(&self, name: String, value: String) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.send(|reply| Command::SetCursor(name, value, reply)))
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Answer>> {
        self.read(move |connection, tenant| ask::answer(connection, tenant, question))
    }

    fn repair(&self, repair: Repair) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.send(|reply| Command::Repair(repair, reply)))
    }

    fn heads(&self) -> Heads {
        self.heads.clone()
    }

    fn close(&self, deadline: Duration) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            // Without a sender the writer finishes what it took and ends.
            if let Ok(mut guard) = self.commands.lock() {
                guard.take();
            }
            let thread = self.writer.lock().ok().and_then(|mut guard| guard.take());
            let Some(thread) = thread else { return Ok(()) };
            let joined = tokio::task::spawn_blocking(move || thread.join());
            match tokio::time::timeout(deadline, joined).await {
                Ok(Ok(Ok(()))) => Ok(()),
                Ok(_) => Err(BackboneError::Broken("the writer failed".into())),
                Err(_) => Err(BackboneError::Unavailable("the writer did not end in time".into())),
            }
        })
    }
}

/// A few connections that readers share.
#[derive(Clone)]
struct Readers {
    path: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    const KEPT: usize = 4;

    fn new(path: PathBuf) -> Self {
        Self { path: Arc::new(path), idle: Arc::default() }
    }

    fn with<T>(&self, ask: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path, false)?,
        };
        let answer = ask(&connection);
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < Self::KEPT
        {
            idle.push(connection);
        }
        answer
    }
}

/// Opens or makes the file of a store for writing.
fn own(dir: &Path) -> Result<(Connection, PathBuf)> {
    private_dir(dir).map_err(BackboneError::Broken)?;
    let path = dir.join(FILE_NAME);
    // The store holds what customers wrote; SQLite gives its other files the rights of this one.
    private_file(&path).map_err(BackboneError::Broken)?;
    let connection = connect(&path, true)?;
    prepare(&connection, &path)?;
    Ok((connection, path))
}

fn connect(path: &Path, write: bool) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | if write {
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
        } else {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        };
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| BackboneError::Broken(format!("cannot open {}: {error}", path.display())))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.busy_timeout(Duration::from_secs(5))?;
    // Otherwise a statement is planned anew each time a value is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if write {
        // The size of a page must be set before the first table; the rest is per connection.
        connection.execute_batch(
            "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;
             PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=134217728; PRAGMA temp_store=MEMORY;",
        )?;
    } else {
        connection.execute_batch("PRAGMA cache_size=-4096; PRAGMA query_only=ON;")?;
    }
    Ok(connection)
}

fn prepare(connection: &Connection, path: &Path) -> Result<()> {
    let there: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'meta'",
        [],
        |row| row.get(0),
    )?;
    if there == 0 {
        let transaction = connection.unchecked_transaction()?;
        transaction.execute_batch(include_str!("schema.sql"))?;
        transaction.commit()?;
        return Ok(());
    }
    if layout(connection)? == "1" {
        let transaction = connection.unchecked_transaction()?;
        transaction.execute_batch(include_str!("upgrade_2.sql"))?;
        transaction.commit()?;
    }
    check_layout(connection, path)
}

fn layout(connection: &Connection) -> Result<String> {
    Ok(connection.query_row("SELECT value FROM meta WHERE name = 'layout'", [], |row| row.get(0))?)
}

fn check_layout(connection: &Connection, path: &Path) -> Result<()> {
    let layout = layout(connection)?;
    let what = match layout.as_str() {
        "2" => return Ok(()),
        "1" => "start the hub once: it brings the store to layout 2",
        _ => "use the version that wrote it",
    };
    Err(BackboneError::Broken(format!(
        "{} has layout {layout}, this version reads layout 2: {what}",
        path.display()
    )))
}

fn last(connection: &Connection, table: &str) -> Result<Seq> {
    Ok(connection.query_row(&format!("SELECT COALESCE(max(seq), 0) FROM {table}"), [], |row| row.get(0))?)
}

impl From<rusqlite::Error> for BackboneError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory, SystemIoFailure,
        };
        match error.sqlite_error_code() {
            Some(DiskFull | SystemIoFailure | DatabaseBusy | DatabaseLocked | OutOfMemory | CannotOpen) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Broken(error.to_string()),
        }
    }
}
