//! This store as a hub's copy of a log that several hubs share. The log is the truth; a copy answers questions about
//! it, and can be lost.

use super::*;

/// Where a copy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backbone) struct Standpoint {
    /// Which log.
    pub(in crate::backbone) log: String,
    /// How far.
    pub(in crate::backbone) place: Seq,
    /// Message id there.
    pub(in crate::backbone) id: String,
}

/// Where the copy in `dir` stands; none when there is no copy.
///
/// # Errors
/// `Broken` when there is a store that is no copy.
pub(in crate::backbone) fn standpoint(dir: &Path) -> Result<Option<Standpoint>> {
    let path = dir.join(FILE_NAME);
    if std::fs::metadata(&path).map_or(true, |file| file.len() == 0) {
        return Ok(None);
    }
    let connection = connect(&path, false)?;
    check_layout(&connection, &path)?;
    match place::log(&connection)? {
        Some(log) => {
            let (place, id) = place::at(&connection)?;
            Ok(Some(Standpoint { log, place, id }))
        }
        None => Err(BackboneError::Broken(format!(
            "{} is a store of its own: bring it into the cluster with `crossdock migrate jetstream`, or name another \
             folder in data.dir",
            path.display()
        ))),
    }
}

/// Makes a store of its own into one that copies a log from a place on.
pub(in crate::backbone) fn begin(dir: &Path, log: &str, at: Seq) -> Result<()> {
    let (connection, _) = own(dir)?;
    place::begin(&connection, log, at)
}

/// Makes a copy into a store of its own.
pub(in crate::backbone) fn end(dir: &Path) -> Result<()> {
    let (connection, _) = own(dir)?;
    place::end(&connection)
}

/// Writes all of a store, as it stands now, into a new file beside it.
pub(in crate::backbone) fn duplicate(dir: &Path, to: &Path) -> Result<()> {
    let connection = connect(&dir.join(FILE_NAME), false)?;
    connection.execute_batch("PRAGMA query_only=OFF;")?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    Ok(())
}

impl Embedded {
    /// Opens the copy of a log in `dir`, beginning one when there is none.
    pub(in crate::backbone) fn open_copy(dir: &Path, tenant: &str, log: &str) -> Result<Self> {
        let (connection, path) = own(dir)?;
        if place::log(&connection)?.is_none() {
            place::begin(&connection, log, 0)?;
        }
        // What a copy loses is read from the log again; the file itself stays whole.
        connection.execute_batch("PRAGMA synchronous=NORMAL;")?;
        Self::on(connection, path, tenant)
    }

    /// How far the copy has come, and the message id there.
    pub(in crate::backbone) async fn standpoint(&self) -> Result<(Seq, String)> {
        self.read(|connection, _| place::at(connection)).await
    }

    /// How far the copy has come.
    pub(in crate::backbone) fn applied(&self) -> watch::Receiver<Seq> {
        self.applied.clone()
    }

    /// Raised when something out of the log could not be written: it has to be read again.
    pub(in crate::backbone) fn refused(&self) -> watch::Receiver<u64> {
        self.refused.clone()
    }

    /// Hands the writer something out of the log.
    pub(in crate::backbone) async fn place(&self, placed: Placed) -> Result<()> {
        let sender =
            self.commands.lock().ok().and_then(|guard| guard.clone()).ok_or(BackboneError::Closed)?;
        sender.send(Command::Placed(Box::new(placed))).await.map_err(|_| BackboneError::Closed)
    }

    /// The places remembered under these names.
    pub(in crate::backbone) async fn named(&self, name: String) -> Result<Seq> {
        self.read(move |connection, _| place::named(connection, &name)).await
    }

    /// Version and place of each history.
    pub(in crate::backbone) async fn places_of(&self, keys: Vec<HistoryKey>) -> Result<Vec<(i64, Seq)>> {
        self.read(move |connection, _| place::of(connection, &keys)).await
    }
}
