//! Gathering the rows of documents on disk, so that they may lie anywhere in a file and memory stays flat.
//!
//! A throw-away SQLite file: nothing in it has to survive, so it is never synced.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use crossdock_connector::RowMatch;

/// Rows of a file, by document.
pub struct Spool {
    connection: Option<Connection>,
    path: PathBuf,
}

/// One document of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its number.
    pub name: String,
    /// Its rows, sorted by their bytes: a shuffled file gives the same document.
    pub rows: Vec<Vec<u8>>,
    /// The lines they stood in, ascending.
    pub lines: Vec<u64>,
    /// The earlier document that this one takes back, when one matches.
    pub linked: Option<String>,
}

type Result<T> = std::result::Result<T, rusqlite::Error>;

impl Spool {
    /// A new spool in a folder that exists.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(dir: &Path) -> Result<Self> {
        let path = dir.join(format!("spool-{}-{}.db", std::process::id(), crate::clock::now_micros()));
        // Rows hold what customers wrote.
        crate::lock::private_file(&path).map_err(|_| rusqlite::Error::InvalidPath(path.clone()))?;
        let connection = Connection::open(&path)?;
        connection.execute_batch(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384; PRAGMA temp_store=FILE;
             PRAGMA locking_mode=EXCLUSIVE;
             CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, first TEXT NOT NULL);
             CREATE TABLE rows (document INTEGER NOT NULL, line INTEGER NOT NULL, bytes BLOB NOT NULL);
             CREATE TABLE matching (key TEXT NOT NULL, at TEXT NOT NULL, document INTEGER NOT NULL, reversal INTEGER NOT NULL);
             BEGIN;",
        )?;
        connection.set_prepared_statement_cache_capacity(16);
        Ok(Self { connection: Some(connection), path })
    }

    fn connection(&self) -> Result<&Connection> {
        self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the spool cannot be written.
    pub fn add(
        &self,
        document: &str,
        order_by: &str,
        line: u64,
        bytes: &[u8],
        matching: Option<&RowMatch>,
    ) -> Result<()> {
        let connection = self.connection()?;
        let id: i64 = connection
            .prepare_cached(
                "INSERT INTO documents (name, first) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET first = min(first, excluded.first) RETURNING id",
            )?
            .query_row([document, order_by], |row| row.get(0))?;
        connection
            .prepare_cached("INSERT INTO rows (document, line, bytes) VALUES (?1, ?2, ?3)")?
            .execute(params![id, i64::try_from(line).unwrap_or(i64::MAX), bytes])?;
        if let Some(matching) = matching {
            connection
                .prepare_cached("INSERT INTO matching (key, at, document, reversal) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![matching.key, matching.at, id, matching.reversal])?;
        }
        Ok(())
    }

    /// All rows are in: makes the indexes. Says how many documents there are.
    ///
    /// # Errors
    /// When the spool cannot be written.
    pub fn finish(&self) -> Result<u64> {
        let connection = self.connection()?;
        connection.execute_batch(
            "CREATE INDEX rows_of ON rows (document);
             CREATE INDEX sales ON matching (key, at) WHERE reversal = 0;
             CREATE INDEX reversals ON matching (document) WHERE reversal = 1;
             CREATE INDEX documents_order ON documents (first, name);
             COMMIT;",
        )?;
        let count: i64 = connection.query_row("SELECT count(*) FROM documents", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Documents in the order of their first time, a page after the place of the page before.
    ///
    /// # Errors
    /// When the spool cannot be read.
    pub fn documents(
        &self,
        after: Option<&(String, String)>,
        limit: usize,
    ) -> Result<Vec<(Document, (String, String))>> {
        let connection = self.connection()?;
        let (first, name) = after.cloned().unwrap_or_default();
        let heads: Vec<(i64, String, String)> = connection
            .prepare_cached("SELECT id, name, first FROM documents WHERE (first, name) > (?1, ?2) ORDER BY first, name LIMIT ?3")?
            .query_map(params![first, name, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<Result<_>>()?;
        let mut found = Vec::with_capacity(heads.len());
        for (id, name, first) in heads {
            let mut rows: Vec<Vec<u8>> = Vec::new();
            let mut lines: Vec<u64> = Vec::new();
            let mut statement =
                connection.prepare_cached("SELECT line, bytes FROM rows WHERE document = ?1")?;
            let mut read = statement.query([id])?;
            while let Some(row) = read.next()? {
                lines.push(u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default());
                rows.push(row.get(1)?);
            }
            rows.sort_unstable();
            lines.sort_unstable();
            let linked = self.linked(connection, id)?;
            let place = (first, name.clone());
            found.push((Document { name, rows, lines, linked }, place));
        }
        Ok(found)
    }

    /// The sale that most rows of a reversal match; of several the latest.
    fn linked(&self, connection: &Connection, id: i64) -> Result<Option<String>> {
        connection
            .prepare_cached(
                "SELECT d.name FROM (
                   SELECT (SELECT s.document FROM matching s WHERE s.reversal = 0 AND s.key = r.key AND s.at <= r.at
                           ORDER BY s.at DESC, s.document DESC LIMIT 1) AS sale
                   FROM matching r WHERE r.document = ?1 AND r.reversal = 1) JOIN documents d ON d.id = sale
                 GROUP BY sale ORDER BY count(*) DESC, d.first DESC, d.name DESC LIMIT 1",
            )?
            .query_row([id], |row| row.get(0))
            .optional()
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.connection.take();
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(error = %error, "spool file could not be removed");
        }
    }
}

/// `3,5-7`: lines as people read them, at most a few dozen characters.
pub fn ranges(lines: &[u64]) -> String {
    let mut text = String::new();
    let mut rest = lines.iter().copied().peekable();
    while let Some(from) = rest.next() {
        let mut to = from;
        while rest.peek().is_some_and(|next| *next == to + 1) {
            to += 1;
            rest.next();
        }
        if !text.is_empty() {
            text.push(',');
        }
        if text.len() > 60 {
            text.push('…');
            return text;
        }
        text.push_str(&if from == to { from.to_string() } else { format!("{from}-{to}") });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(key: &str, at: &str, reversal: bool) -> RowMatch {
        RowMatch { key: key.into(), at: at.into(), reversal }
    }

    #[test]
    fn rows_anywhere_make_the_same_documents() {
        let dir = tempfile::tempdir().unwrap();
        let rows = [("b", "2", 2_u64, "y"), ("a", "3", 3, "z"), ("b", "1", 4, "x"), ("a", "3", 5, "z")];
        let gather = |order: &[usize]| {
            let spool = Spool::create(dir.path()).unwrap();
            for at in order {
                let (document, time, line, bytes) = rows[*at];
                spool.add(document, time, line, bytes.as_bytes(), None).unwrap();
            }
            assert_eq!(spool.finish().unwrap(), 2);
            spool.documents(None, 10).unwrap().into_iter().map(|(document, _)| document).collect::<Vec<_>>()
        };
        let straight = gather(&[0, 1, 2, 3]);
        assert_eq!(straight, gather(&[3, 1, 0, 2]));
        assert_eq!(straight[0].name, "b");
        assert_eq!(straight[0].rows, [b"x".to_vec(), b"y".to_vec()]);
        assert_eq!(straight[1].lines, [3, 5]);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "the spool leaves nothing behind");
    }

    #[test]
    fn a_reversal_finds_the_latest_earlier_sale_that_most_rows_match() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::create(dir.path()).unwrap();
        spool.add("early", "1", 2, b"a", Some(&sale("k", "1", false))).unwrap();
        spool.add("late", "2", 3, b"b", Some(&sale("k", "2", false))).unwrap();
        spool.add("later", "9", 4, b"c", Some(&sale("k", "9", false))).unwrap();
        spool.add("C", "5", 5, b"d", Some(&sale("k", "5", true))).unwrap();
        spool.add("D", "5", 6, b"e", Some(&sale("nobody", "5", true))).unwrap();
        spool.finish().unwrap();
        let found = spool.documents(None, 10).unwrap();
        let linked =
            |name: &str| found.iter().find(|(document, _)| document.name == name).unwrap().0.linked.clone();
        assert_eq!(linked("C").as_deref(), Some("late"));
        assert_eq!(linked("D"), None);
        assert_eq!(linked("late"), None);
    }

    #[test]
    fn ranges_are_short() {
        assert_eq!(ranges(&[3, 5, 6, 7]), "3,5-7");
        let many: Vec<u64> = (0..1000).map(|line| line * 2).collect();
        assert!(ranges(&many).chars().count() < 80);
    }
}
