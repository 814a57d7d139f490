//! Writing what became of handoffs, fetches and polls.

use rusqlite::{Connection, OptionalExtension, params};

use super::commit::{count, json};
use super::writer::Memory;
use super::*;

/// Opens a sink's place, or starts one at the beginning of the log. When its filter is another one than before,
/// what was matched is counted anew: settled so far, plus what the new filter takes from the rest.
pub(super) fn open_sink(
    connection: &Connection,
    memory: &mut Memory,
    name: &str,
    filter: &str,
) -> Result<SinkPlace> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO sinks (name, filter, low, done) VALUES (?1, '', 0, '[]')")?
        .execute([name])?;
    let (id, known): (i64, String) = connection
        .prepare_cached("SELECT id, filter FROM sinks WHERE name = ?1")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    memory.sinks.insert(name.into(), id);
    if known != filter {
        connection
            .prepare_cached("UPDATE sinks SET filter = ?2 WHERE id = ?1")?
            .execute(params![id, filter])?;
        let place = log::sink_place(connection, id)?;
        let open = log::open_matches(connection, filter, &place)?;
        connection
            .prepare_cached(
                "UPDATE sinks SET matched = delivered + already_there + superseded + dropped + ?2
                 + (SELECT count(*) FROM handoffs WHERE sink = ?1) WHERE id = ?1",
            )?
            .execute(params![id, open])?;
    }
    log::sink_place(connection, id)
}

fn sink(connection: &Connection, memory: &mut Memory, name: &Arc<str>) -> Result<i64> {
    if let Some(id) = memory.sinks.get(name) {
        return Ok(*id);
    }
    let id: Option<i64> = connection
        .prepare_cached("SELECT id FROM sinks WHERE name = ?1")?
        .query_row([&**name], |row| row.get(0))
        .optional()?;
    let id = id.ok_or_else(|| BackboneError::Missing(format!("sink {name} was never opened")))?;
    memory.sinks.insert(Arc::clone(name), id);
    Ok(id)
}

pub(super) fn settle(connection: &Connection, memory: &mut Memory, settle: &Settle) -> Result<()> {
    let id = sink(connection, memory, &settle.sink)?;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "UPDATE sinks SET low = ?2, done = ?3, delivered = delivered + ?4, already_there = already_there + ?5,
             superseded = superseded + ?6, matched = matched + ?7 WHERE id = ?1",
        )?
        .execute(params![
            id,
            settle.low,
            json(&settle.done)?,
            number(settle.delivered.len()),
            number(settle.already.len()),
            number(settle.superseded.len()),
            i64::try_from(settle.rematched).unwrap_or(i64::MAX)
        ])?;
    if let Some(back) = &settle.back {
        connection
            .prepare_cached("UPDATE sinks SET back_low = ?2, back_done = ?3 WHERE id = ?1")?
            .execute(params![id, back.low, json(&back.done)?])?;
    }
    for (replay, place) in &settle.replays {
        connection
            .prepare_cached("UPDATE replays SET low = ?2, done = ?3 WHERE id = ?1")?
            .execute(params![replay, place.low, json(&place.done)?])?;
    }
    for replay in &settle.finished {
        connection.prepare_cached("DELETE FROM replays WHERE id = ?1")?.execute([replay])?;
    }
    for seq in settle.delivered.iter().chain(&settle.already).chain(&settle.superseded) {
        connection
            .prepare_cached("DELETE FROM handoffs WHERE sink = ?1 AND seq = ?2")?
            .execute([id, *seq])?;
    }
    for held in &settle.held {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO handoffs (sink, seq, key, attempts, next_at, first_at, track, sent)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id,
                held.seq,
                held.key,
                held.attempts,
                held.next_at,
                held.first_at,
                held.track.code(),
                held.sent
            ])?;
    }
    for parked in &settle.parked {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO handoffs (sink, seq, key, attempts, next_at, first_at, parked_at, reason, detail)
                 VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id, parked.seq, parked.key, parked.attempts, parked.first_at, settle.at, parked.reason, parked.detail
            ])?;
    }
    for attempt in &settle.attempts {
        connection
            .prepare_cached(
                "INSERT INTO attempts (sink, seq, at, attempt, outcome, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![id, attempt.seq, settle.at, attempt.attempt, attempt.outcome, attempt.detail])?;
    }
    Ok(())
}

pub(super) fn nudges(connection: &Connection, memory: &mut Memory, outcomes: &[NudgeOutcome]) -> Result<()> {
    for outcome in outcomes {
        match outcome {
            NudgeOutcome::Retry { ids, at, error } => {
                for id in ids {
                    connection
                        .prepare_cached(
                            "UPDATE nudges SET attempts = attempts + 1, next_at = ?2, error = ?3 WHERE id = ?1",
                        )?
                        .execute(params![id, at, error])?;
                }
            }
            NudgeOutcome::Failed { ids, reason } => {
                for id in ids {
                    failed(connection, *id, reason)?;
                }
            }
        }
        memory.nudged = true;
    }
    Ok(())
}

/// The capture that nudged goes into quarantine. One that nudged for several objects stays counted for each.
fn failed(connection: &Connection, id: NudgeId, reason: &QuarantineReason) -> Result<()> {
    let row: Option<(i64, Option<i64>, i64)> = connection
        .prepare_cached("DELETE FROM nudges WHERE id = ?1 RETURNING source, capture, next_at")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((source, Some(capture), at)) = row else { return Ok(()) };
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO quarantine (capture, source, kind, path, detail, at, counted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
        )?
        .execute(params![capture, source, reason.kind, reason.path, reason.detail, at])?;
    if added == 0 {
        count(connection, source, "ignored", "fetch_failed", 1)?;
    }
    Ok(())
}

pub(super) fn set_cursor(connection: &Connection, name: &str, value: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO cursors (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute([name, value])?;
    Ok(())
}
