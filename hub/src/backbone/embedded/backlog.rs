//! How far behind everything is. The counts come from where they are kept anyway; only what lies in quarantine, in
//! parking lots and in waiting rows is counted by looking, and never the captures or the log.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::ask::{each, unsigned};
use super::*;

/// Captures behind the intake's place whose sources are looked at: enough to tell how old the oldest is.
const LOOKED_AT: i64 = 1_000;
/// Events behind a sink's place that are looked at: a stretch of another class is passed in pieces.
const STRETCH: i64 = 20_000;

pub(super) fn backlog(connection: &Connection) -> Result<Backlog> {
    // One snapshot for all counts.
    let transaction = connection.unchecked_transaction()?;
    let connection = &*transaction;
    let folded = read::intake_position(connection)?;
    Ok(Backlog {
        captures: last(connection, "captures")?,
        folded,
        events: last(connection, "events")?,
        sources: sources(connection, folded)?,
        sinks: sinks(connection)?,
    })
}

fn sources(connection: &Connection, folded: Seq) -> Result<Vec<SourceBacklog>> {
    let mut found: BTreeMap<i64, SourceBacklog> = BTreeMap::new();
    each(connection, "SELECT id, name, captured + expanded FROM sources", |row| {
        let source = SourceBacklog {
            source: row.get(1)?,
            captured: unsigned(row.get(2)?),
            ..SourceBacklog::default()
        };
        found.insert(row.get(0)?, source);
        Ok(())
    })?;
    each(
        connection,
        "SELECT source, verdict = 'folded', sum(count) FROM verdicts GROUP BY source, verdict = 'folded'",
        |row| {
            let Some(source) = found.get_mut(&row.get(0)?) else { return Ok(()) };
            let count = unsigned(row.get(2)?);
            if row.get(1)? {
                source.folded += count
            } else {
                source.known += count
            }
            Ok(())
        },
    )?;
    each(connection, "SELECT source, count(*) FROM quarantine WHERE counted GROUP BY source", |row| {
        if let Some(source) = found.get_mut(&row.get(0)?) {
            source.quarantined = unsigned(row.get(1)?);
        }
        Ok(())
    })?;
    for source in found.values_mut() {
        let settled = source.folded + source.known + source.quarantined;
        source.pending = source.captured.saturating_sub(settled);
    }
    let mut oldest: BTreeMap<i64, Micros> = BTreeMap::new();
    let mut older = |source: i64, at: Micros| {
        oldest.entry(source).and_modify(|known| *known = at.min(*known)).or_insert(at);
    };
    let mut beyond = None;
    {
        let mut statement = connection.prepare_cached(
            "SELECT source, received_at FROM captures WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = statement.query([folded, LOOKED_AT])?;
        while let Some(row) = rows.next()? {
            older(row.get(0)?, row.get(1)?);
            beyond = Some(row.get(1)?);
        }
    }
    each(
        connection,
        "SELECT source, min(at) FROM nudges WHERE capture IS NOT NULL GROUP BY source",
        |row| {
            older(row.get(0)?, row.get(1)?);
            Ok(())
        },
    )?;
    for (id, source) in &mut found {
        if source.pending > 0 {
            source.oldest = oldest.get(id).copied().or(beyond);
        }
    }
    let mut listed: Vec<SourceBacklog> = found.into_values().collect();
    listed.sort_by(|left, right| left.source.cmp(&right.source));
    Ok(listed)
}

fn sinks(connection: &Connection) -> Result<Vec<SinkBacklog>> {
    struct At {
        low: Seq,
        back: Seq,
        first_held: Option<Seq>,
        matched: u64,
        settled: u64,
        sink: SinkBacklog,
    }
    let mut found: BTreeMap<i64, At> = BTreeMap::new();
    each(
        connection,
        "SELECT id, name, low, back_low, matched, delivered + already_there, superseded + dropped FROM sinks",
        |row| {
            let delivered = unsigned(row.get(5)?);
            let at = At {
                low: row.get(2)?,
                back: row.get(3)?,
                first_held: None,
                matched: unsigned(row.get(4)?),
                settled: delivered + unsigned(row.get(6)?),
                sink: SinkBacklog { sink: row.get(1)?, delivered, ..SinkBacklog::default() },
            };
            found.insert(row.get(0)?, at);
            Ok(())
        },
    )?;
    each(
        connection,
        "SELECT sink, sum(parked_at IS NOT NULL), sum(parked_at IS NULL), min(CASE WHEN parked_at IS NULL THEN seq END)
         FROM handoffs GROUP BY sink",
        |row| {
            if let Some(at) = found.get_mut(&row.get(0)?) {
                (at.sink.parked, at.sink.held) = (unsigned(row.get(1)?), unsigned(row.get(2)?));
                at.first_held = row.get(3)?;
            }
            Ok(())
        },
    )?;
    each(connection, "SELECT sink, count(*) FROM replays GROUP BY sink", |row| {
        if let Some(at) = found.get_mut(&row.get(0)?) {
            at.sink.replays = unsigned(row.get(1)?);
        }
        Ok(())
    })?;
    let mut listed = Vec::with_capacity(found.len());
    for at in found.into_values() {
        let mut sink = at.sink;
        sink.pending = at.matched.saturating_sub(at.settled + sink.parked);
        if sink.pending > 0 {
            let held = at.first_held.map(|seq| next(connection, seq - 1, "")).transpose()?.flatten();
            let live = next(connection, at.low, "AND class <> 'r'")?;
            let back = next(connection, at.back, "AND class = 'r'")?;
            sink.oldest = [held, live, back].into_iter().flatten().min();
        }
        listed.push(sink);
    }
    listed.sort_by(|left, right| left.sink.cmp(&right.sink));
    Ok(listed)
}

/// When the next event of a class was recorded.
fn next(connection: &Connection, after: Seq, class: &str) -> Result<Option<Micros>> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT recorded_at FROM events WHERE seq > ?1 AND seq <= ?2 {class} ORDER BY seq LIMIT 1"
        ))?
        .query_row(params![after, after.saturating_add(STRETCH)], |row| row.get(0))
        .optional()?)
}
