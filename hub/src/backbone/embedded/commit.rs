//! Writing captures and commits.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::codec::{sealed, sealed_bytes};
use super::read::FETCHING;
use super::writer::Memory;
use super::*;

/// Appends captures; the nudges they answer are settled with them.
pub(super) fn capture(
    connection: &Connection,
    memory: &mut Memory,
    captures: &[NewCapture],
) -> Result<Vec<Seq>> {
    let mut seqs = Vec::with_capacity(captures.len());
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    {
        let mut insert = connection.prepare_cached(
            "INSERT INTO captures (seq, source, topic, headers, origin, channel, class, received_at, trace, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for new in captures {
            let source = memory.source(connection, &new.source)?;
            let seq = memory.next_capture;
            memory.next_capture += 1;
            let headers = match new.captured.headers.0.is_empty() {
                true => None,
                false => Some(json(&new.captured.headers)?),
            };
            insert.execute(params![
                seq,
                source,
                new.captured.topic,
                headers.as_deref().map(sealed),
                new.captured.origin,
                new.channel.as_str(),
                new.class.as_str(),
                new.received_at,
                new.traceparent,
                sealed_bytes(&new.captured.body),
            ])?;
            *counts.entry(source).or_default() += 1;
            seqs.push(seq);
        }
    }
    for (source, count) in counts {
        connection
            .prepare_cached("UPDATE sources SET captured = captured + ?2 WHERE id = ?1")?
            .execute([source, count])?;
    }
    for id in captures.iter().flat_map(|new| &new.answers) {
        let source: Option<Option<i64>> = connection
            .prepare_cached(
                "DELETE FROM nudges WHERE id = ?1 RETURNING CASE WHEN capture IS NULL THEN NULL ELSE source END",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?;
        if let Some(Some(source)) = source {
            count(connection, source, "ignored", "nudge", 1)?;
        }
    }
    Ok(seqs)
}

/// Writes a commit, or nothing of it when a version does not fit.
pub(super) fn commit(connection: &Connection, memory: &mut Memory, commit: &Commit) -> Result<()> {
    let (events, histories) = (memory.next_event, memory.next_history);
    connection.prepare_cached("SAVEPOINT step")?.execute([])?;
    let written = write(connection, memory, commit);
    if let Err(BackboneError::Conflict(_)) = written {
        connection.prepare_cached("ROLLBACK TO step")?.execute([])?;
        (memory.next_event, memory.next_history) = (events, histories);
        // Ids remembered inside this step may belong to rows that were rolled back.
        memory.sources.clear();
        memory.scopes.clear();
    }
    connection.prepare_cached("RELEASE step")?.execute([])?;
    written
}

fn write(connection: &Connection, memory: &mut Memory, commit: &Commit) -> Result<()> {
    if let Some(from) = commit.from {
        let moved = connection
            .prepare_cached("UPDATE meta SET value = ?2 WHERE name = 'intake' AND value = ?1")?
            .execute([from.to_string(), commit.to.to_string()])?;
        if moved == 0 {
            return Err(BackboneError::Conflict(format!("the intake is no longer at {from}")));
        }
    }
    let mut ids: HashMap<&HistoryKey, Touched> = HashMap::with_capacity(commit.states.len());
    for state in &commit.states {
        ids.insert(&state.key, history(connection, memory, state, commit.at)?);
    }
    marks(connection, memory, commit, &ids)?;
    nudges(connection, memory, commit)?;
    for (sink, count) in &commit.matched {
        connection
            .prepare_cached("UPDATE sinks SET matched = matched + ?2 WHERE name = ?1")?
            .execute(params![&**sink, i64::try_from(*count).unwrap_or(i64::MAX)])?;
    }
    Ok(())
}

/// A history that this step wrote, with the first and last of its new events.
#[derive(Clone, Copy)]
struct Touched {
    id: i64,
    events: Option<(Seq, Seq)>,
}

fn history(connection: &Connection, memory: &mut Memory, state: &StateWrite, at: Micros) -> Result<Touched> {
    let scope = memory.scope(connection, &state.key)?;
    let revision = i64::try_from(state.revision).unwrap_or(i64::MAX);
    let conflict = || BackboneError::Conflict(format!("history {}", state.key.number));
    // The id must be known before its events; the place of the snapshot only after them.
    let id = if state.expected == 0 {
        let id = memory.next_history;
        memory.next_history += 1;
        id
    } else {
        connection
            .prepare_cached("SELECT id FROM histories WHERE scope = ?1 AND number = ?2 AND version = ?3")?
            .query_row(params![scope, state.key.number, state.expected], |row| row.get(0))
            .optional()?
            .ok_or_else(conflict)?
    };
    let first = memory.next_event;
    let held = events(connection, memory, state, id, at)?;
    let written = (memory.next_event > first).then_some((first, memory.next_event - 1));
    let aux = sealed(&state.aux);
    let inline = if held.is_some() { None } else { state.snapshot.as_deref().map(sealed) };
    if state.expected == 0 {
        let inserted = connection
            .prepare_cached(
                "INSERT INTO histories (id, scope, number, key, version, revision, aux, snapshot, snapshot_seq, updated_at)
                 VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (scope, number) DO NOTHING",
            )?
            .execute(params![
                id, scope, state.key.number, state.published, revision, aux, inline, held, at
            ])?;
        if inserted == 0 {
            return Err(conflict());
        }
    } else if state.snapshot.is_some() {
        connection
            .prepare_cached(
                "UPDATE histories SET version = version + 1, revision = ?2, aux = ?3, snapshot = ?4,
                 snapshot_seq = ?5, updated_at = ?6 WHERE id = ?1",
            )?
            .execute(params![id, revision, aux, inline, held, at])?;
    } else {
        connection
            .prepare_cached(
                "UPDATE histories SET version = version + 1, revision = ?2, aux = ?3, updated_at = ?4 WHERE id = ?1",
            )?
            .execute(params![id, revision, aux, at])?;
    }
    for order in &state.links {
        let scope = memory.scope(connection, order)?;
        connection
            .prepare_cached("INSERT OR IGNORE INTO links (scope, number, history) VALUES (?1, ?2, ?3)")?
            .execute(params![scope, order.number, id])?;
    }
    Ok(Touched { id, events: written })
}

/// Appends the events of a history; gives the place of the one that holds its newest snapshot.
fn events(
    connection: &Connection,
    memory: &mut Memory,
    state: &StateWrite,
    id: i64,
    at: Micros,
) -> Result<Option<Seq>> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO events (seq, history, id, type, time, recorded_at, revision, class, capture, idem_key, trace,
         snapshot, snapshot_seq, extra) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    // Few per history and step, so a list does.
    let mut held: Vec<(&Arc<str>, Seq)> = Vec::new();
    for event in &state.events {
        let seq = memory.next_event;
        memory.next_event += 1;
        let shared =
            held.iter().find(|(same, _)| Arc::ptr_eq(same, &event.snapshot)).map(|(_, place)| *place);
        if shared.is_none() {
            held.push((&event.snapshot, seq));
        }
        let snapshot = shared.is_none().then(|| sealed(&event.snapshot));
        insert.execute(params![
            seq,
            id,
            event.id,
            event.event_type.as_str(),
            event.time,
            at,
            i64::try_from(event.sequence).unwrap_or(i64::MAX),
            event.class.as_str(),
            event.capture,
            event.idem_key,
            event.traceparent,
            snapshot,
            shared,
            sealed(&event.extra),
        ])?;
    }
    let newest = state.snapshot.as_ref();
    Ok(newest
        .and_then(|newest| held.iter().find(|(same, _)| Arc::ptr_eq(same, newest)).map(|(_, place)| *place)))
}

fn marks(
    connection: &Connection,
    memory: &mut Memory,
    commit: &Commit,
    ids: &HashMap<&HistoryKey, Touched>,
) -> Result<()> {
    let mut verdicts: BTreeMap<(i64, &str, &str), i64> = BTreeMap::new();
    let mut issues: BTreeMap<(i64, String), i64> = BTreeMap::new();
    let mut expanded: BTreeMap<i64, i64> = BTreeMap::new();
    for mark in &commit.marks {
        let source = memory.source(connection, &mark.source)?;
        if mark.again {
            release(connection, mark.seq)?;
        }
        // A capture that could not be read, and gave nothing else, counts as one in quarantine.
        let counted = mark.quarantine.is_some() && mark.verdicts.is_empty();
        let observations = i64::try_from(mark.verdicts.len()).unwrap_or(i64::MAX);
        let (units, base) = (observations + i64::from(counted), i64::from(!mark.partial));
        if units != base {
            *expanded.entry(source).or_default() += units - base;
        }
        for observation in &mark.verdicts {
            if observation.verdict != FETCHING {
                *verdicts.entry((source, observation.verdict, observation.reason)).or_default() += 1;
            }
            let Some(key) = &observation.history else { continue };
            let touched = match ids.get(key) {
                Some(touched) => Some(*touched),
                None => read::history_id(connection, key)?.map(|id| Touched { id, events: None }),
            };
            if let Some(Touched { id, events }) = touched {
                let (first, last) = events.unzip();
                connection
                    .prepare_cached(
                        "INSERT INTO touches (history, capture, verdict, first_event, last_event) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT (history, capture, verdict) DO UPDATE SET
                           first_event = COALESCE(first_event, excluded.first_event),
                           last_event = COALESCE(excluded.last_event, last_event)",
                    )?
                    .execute(params![id, mark.seq, observation.verdict, first, last])?;
            }
        }
        for issue in &mark.issues {
            *issues.entry((source, issue.as_str().to_owned())).or_default() += 1;
        }
        if let Some(reason) = &mark.quarantine {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO quarantine (capture, source, kind, path, detail, at, counted)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    mark.seq,
                    source,
                    reason.kind,
                    reason.path,
                    reason.detail,
                    commit.at,
                    counted
                ])?;
        }
    }
    for ((source, verdict, reason), more) in verdicts {
        count(connection, source, verdict, reason, more)?;
    }
    for ((source, kind), more) in issues {
        connection
            .prepare_cached(
                "INSERT INTO issues (source, kind, count) VALUES (?1, ?2, ?3)
                 ON CONFLICT (source, kind) DO UPDATE SET count = count + excluded.count",
            )?
            .execute(params![source, kind, more])?;
    }
    for (source, more) in expanded {
        connection
            .prepare_cached("UPDATE sources SET expanded = expanded + ?2 WHERE id = ?1")?
            .execute([source, more])?;
    }
    Ok(())
}

/// Takes a capture out of quarantine before it is folded again. Its first folding counted it as one.
fn release(connection: &Connection, seq: Seq) -> Result<()> {
    let row: Option<(i64, bool)> = connection
        .prepare_cached("DELETE FROM quarantine WHERE capture = ?1 RETURNING source, counted")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match row {
        // Counted as one capture before; the marks count it anew from one.
        Some((_, true)) => Ok(()),
        // Its good parts were folded and counted; folding them again adds what they count now, so the capture
        // is counted once more as well.
        Some((source, false)) => {
            connection
                .prepare_cached("UPDATE sources SET expanded = expanded + 1 WHERE id = ?1")?
                .execute([source])?;
            Ok(())
        }
        None => Err(BackboneError::Conflict(format!("capture {seq} is not in quarantine"))),
    }
}

fn nudges(connection: &Connection, memory: &mut Memory, commit: &Commit) -> Result<()> {
    for nudge in &commit.nudges {
        let source = memory.source(connection, &nudge.source)?;
        // A poll that finds what is waiting to be fetched adds nothing; a capture is counted and must be answered.
        connection
            .prepare_cached(
                "INSERT INTO nudges (source, kind, object, capture, at, next_at) SELECT ?1, ?2, ?3, ?4, ?5, ?5
                 WHERE ?4 IS NOT NULL
                 OR NOT EXISTS (SELECT 1 FROM nudges WHERE source = ?1 AND kind = ?2 AND object = ?3)",
            )?
            .execute(params![source, nudge.kind, nudge.object, nudge.capture, commit.at])?;
        memory.nudged = true;
    }
    Ok(())
}

/// Adds to the count of a verdict.
pub(super) fn count(
    connection: &Connection,
    source: i64,
    verdict: &str,
    reason: &str,
    more: i64,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO verdicts (source, verdict, reason, count) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (source, verdict, reason) DO UPDATE SET count = count + excluded.count",
        )?
        .execute(params![source, verdict, reason, more])?;
    Ok(())
}

/// Our own values as JSON.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| BackboneError::Broken(format!("cannot write JSON: {error}")))
}
