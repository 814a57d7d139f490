//! Writing what people order.

use rusqlite::{Connection, OptionalExtension, params};

use super::commit::{count, json};
use super::writer::Memory;
use super::*;

pub(super) fn repair(connection: &Connection, memory: &mut Memory, repair: &Repair) -> Result<u64> {
    let mut changed = 0;
    match repair {
        Repair::DropQuarantine(seqs) => {
            for seq in seqs {
                let row: Option<(i64, bool)> = connection
                    .prepare_cached("DELETE FROM quarantine WHERE capture = ?1 RETURNING source, counted")?
                    .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                let Some((source, counted)) = row else { continue };
                if counted {
                    count(connection, source, "ignored", "dropped_by_operator", 1)?;
                }
                changed += 1;
            }
        }
        Repair::RetryParked { items, at } => {
            for (sink, seq) in items {
                stepped_in(connection, sink, *seq, *at, "retried")?;
                changed += connection
                    .prepare_cached(
                        "UPDATE handoffs SET parked_at = NULL, reason = NULL, detail = NULL, attempts = 0, next_at = ?3,
                         first_at = ?3 WHERE sink = (SELECT id FROM sinks WHERE name = ?1) AND seq = ?2
                         AND parked_at IS NOT NULL",
                    )?
                    .execute(params![sink, seq, at])?;
            }
            memory.repaired = true;
        }
        Repair::Replay(replay) => {
            let added = connection
                .prepare_cached(
                    "INSERT INTO replays (sink, after, upto, filter, numbers, per_second, low, done)
                     SELECT id, ?2, ?3, ?4, ?5, ?6, ?2, '[]' FROM sinks WHERE name = ?1",
                )?
                .execute(params![
                    replay.sink,
                    replay.after,
                    replay.upto,
                    replay.filter,
                    json(&replay.numbers)?,
                    replay.per_second
                ])?;
            if added == 0 {
                return Err(BackboneError::Missing(format!("sink {} was never opened", replay.sink)));
            }
            changed = usize::try_from(connection.last_insert_rowid()).unwrap_or_default();
            memory.repaired = true;
        }
        Repair::StopReplay(id) => {
            changed += connection.prepare_cached("DELETE FROM replays WHERE id = ?1")?.execute([id])?;
            memory.repaired = true;
        }
        Repair::DropParked { items, at } => {
            for (sink, seq) in items {
                stepped_in(connection, sink, *seq, *at, "dropped")?;
                let dropped = connection
                    .prepare_cached(
                        "DELETE FROM handoffs WHERE sink = (SELECT id FROM sinks WHERE name = ?1) AND seq = ?2
                         AND parked_at IS NOT NULL",
                    )?
                    .execute(params![sink, seq])?;
                connection
                    .prepare_cached("UPDATE sinks SET dropped = dropped + ?2 WHERE name = ?1")?
                    .execute(params![sink, i64::try_from(dropped).unwrap_or_default()])?;
                changed += dropped;
            }
            memory.repaired = true;
        }
        Repair::Retire { before, limit } => {
            changed += connection
                .prepare_cached(
                    "UPDATE captures SET body = NULL, headers = NULL WHERE seq IN (
                       SELECT c.seq FROM captures c WHERE c.body IS NOT NULL AND c.received_at < ?1
                       AND c.seq <= (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'intake')
                       AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.capture = c.seq)
                       ORDER BY c.seq LIMIT ?2)",
                )?
                .execute(params![before, i64::try_from(*limit).unwrap_or(i64::MAX)])?;
        }
    }
    Ok(u64::try_from(changed).unwrap_or_default())
}

/// Whoever looks at a history later sees that it was people who had a parked event tried again or dropped.
fn stepped_in(connection: &Connection, sink: &str, seq: Seq, at: Micros, word: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO attempts (sink, seq, at, attempt, outcome, detail)
             SELECT sink, seq, ?3, attempts, ?4, reason FROM handoffs
             WHERE sink = (SELECT id FROM sinks WHERE name = ?1) AND seq = ?2 AND parked_at IS NOT NULL",
        )?
        .execute(params![sink, seq, at, word])?;
    Ok(())
}
