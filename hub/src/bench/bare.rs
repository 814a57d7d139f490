//! The limit of the embedded store: SQLite alone, the same rows, as many transactions, the same settings.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Tables that grow with orders, and the column that says in which order their rows came.
const TABLES: [(&str, &str); 4] =
    [("captures", "seq"), ("histories", "id"), ("events", "seq"), ("touches", "history")];

/// Reads the rows of `from` and times inserting them into a new file.
pub(super) fn insert_the_same(from: &Path, scratch: &Path, transactions: u64) -> Result<Duration, String> {
    insert(from, scratch, transactions).map_err(|error| format!("bare SQLite: {error}"))
}

fn insert(from: &Path, scratch: &Path, transactions: u64) -> rusqlite::Result<Duration> {
    let source = Connection::open(from)?;
    let path = scratch.join("bare.db");
    let target = Connection::open(&path)?;
    target.execute_batch(
        "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;
         PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=134217728;",
    )?;
    target.execute_batch(include_str!("../backbone/embedded/schema.sql"))?;
    target.set_prepared_statement_cache_capacity(16);
    let mut took = Duration::ZERO;
    let mut readers = Vec::new();
    for (table, order) in TABLES {
        let count: i64 = source.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        let columns = source.prepare(&format!("SELECT * FROM {table}"))?.column_count();
        let places = vec!["?"; columns].join(",");
        readers.push((table, order, count, columns, format!("INSERT INTO {table} VALUES ({places})")));
    }
    let transactions = i64::try_from(transactions).unwrap_or(i64::MAX).max(1);
    let mut done = [0_i64; TABLES.len()];
    for step in 1..=transactions {
        // The rows of one transaction are read before the clock runs.
        let mut rows: Vec<(usize, Vec<Vec<Value>>)> = Vec::new();
        for (at, (table, order, count, columns, _)) in readers.iter().enumerate() {
            let upto = count * step / transactions;
            let Some(so_far) = done.get_mut(at) else { continue };
            let mut statement = source
                .prepare_cached(&format!("SELECT * FROM {table} ORDER BY {order} LIMIT ?2 OFFSET ?1"))?;
            // OFFSET would be slow on large tables; the keys of these four are dense from 1.
            if *order != "history" {
                statement = source.prepare_cached(&format!(
                    "SELECT * FROM {table} WHERE {order} > ?1 ORDER BY {order} LIMIT ?2"
                ))?;
            }
            let mut read = statement.query([*so_far, upto - *so_far])?;
            let mut found = Vec::new();
            while let Some(row) = read.next()? {
                found.push(
                    (0..*columns).map(|column| row.get(column)).collect::<rusqlite::Result<Vec<Value>>>()?,
                );
            }
            *so_far = upto;
            rows.push((at, found));
        }
        let began = Instant::now();
        target.execute_batch("BEGIN IMMEDIATE")?;
        for (at, rows) in rows {
            let Some((_, _, _, _, insert)) = readers.get(at) else { continue };
            let mut insert = target.prepare_cached(insert)?;
            for row in rows {
                insert.execute(params_from_iter(row))?;
            }
        }
        target.execute_batch("COMMIT")?;
        took += began.elapsed();
    }
    drop(target);
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        drop(std::fs::remove_file(name));
    }
    Ok(took)
}
