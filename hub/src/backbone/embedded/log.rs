//! Reading the log for sinks, and where they stand in it.

use std::str::FromStr;

use crossdock_schemas::{Class, EventType};
use rusqlite::{Connection, params};

use super::codec::opened;
use super::read::{EVENT, entity_name, events_of, stored_event};
use super::*;
use crate::handoff::filter::{Filter, Subject};

/// Most events looked at for one page: a long stretch of another class is passed in pieces.
const LOOKED_AT: i64 = 20_000;

pub(super) fn page(
    connection: &Connection,
    tenant: &Arc<str>,
    after: Seq,
    limit: usize,
    classes: Classes,
) -> Result<LogPage> {
    let wanted = match classes {
        Classes::All => "",
        Classes::Live => "AND e.class <> 'r'",
        Classes::Back => "AND e.class = 'r'",
    };
    let last: Seq = connection
        .prepare_cached("SELECT COALESCE(max(seq), 0) FROM events")?
        .query_row([], |row| row.get(0))?;
    let end = last.min(after.saturating_add(LOOKED_AT));
    let mut statement = connection.prepare_cached(&format!(
        "{EVENT} WHERE e.seq > ?1 AND e.seq <= ?2 {wanted} ORDER BY e.seq LIMIT ?3"
    ))?;
    let mut rows = statement.query(params![after, end, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(stored_event(row, tenant)?);
    }
    let upto = match events.last() {
        Some(last) if events.len() >= limit => last.seq,
        _ => end.max(after),
    };
    Ok(LogPage { events, upto })
}

pub(super) fn standing(
    connection: &Connection,
    tenant: &Arc<str>,
    sink: &str,
    history: i64,
) -> Result<Standing> {
    let events = events_of(connection, tenant, history)?;
    let mut parked = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM handoffs WHERE sink = (SELECT id FROM sinks WHERE name = ?1) AND seq = ?2
         AND parked_at IS NOT NULL",
    )?;
    for event in &events {
        if statement.exists(params![sink, event.seq])? {
            parked.push(event.seq);
        }
    }
    let mut superseded = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM attempts WHERE seq = ?2 AND sink = (SELECT id FROM sinks WHERE name = ?1)
         AND outcome = 'superseded'",
    )?;
    for event in &events {
        if statement.exists(params![sink, event.seq])? {
            superseded.push(event.seq);
        }
    }
    let mut statement = connection.prepare_cached(
        "SELECT s.platform, s.shop, l.number, h.id FROM links l JOIN scopes s ON s.id = l.scope AND s.kind = 'order'
         LEFT JOIN histories h ON h.scope = l.scope AND h.number = l.number WHERE l.history = ?1 ORDER BY l.number",
    )?;
    let mut rows = statement.query([history])?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        let (platform, shop, number): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        orders.push((crossdock_schemas::identity::order_key(&platform, &shop, &number), row.get(3)?));
    }
    Ok(Standing { events, parked, superseded, orders })
}

pub(super) fn sink_place(connection: &Connection, id: i64) -> Result<SinkPlace> {
    let (filter, low, done, back_low, back_done): (String, Seq, String, Seq, String) = connection
        .prepare_cached("SELECT filter, low, done, back_low, back_done FROM sinks WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
    let mut statement = connection.prepare_cached(
        "SELECT seq, key, attempts, next_at, first_at, track, sent FROM handoffs
         WHERE sink = ?1 AND parked_at IS NULL ORDER BY seq",
    )?;
    let held = statement
        .query_map([id], |row| {
            Ok(HeldHandoff {
                seq: row.get(0)?,
                key: row.get(1)?,
                attempts: row.get(2)?,
                next_at: row.get(3)?,
                first_at: row.get(4)?,
                track: Track::from_code(row.get(5)?),
                sent: row.get(6)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let back = Place { low: back_low, done: list(&back_done)? };
    Ok(SinkPlace { filter, low, done: list(&done)?, back, replays: replays(connection, Some(id))?, held })
}

fn list<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    serde_json::from_str(text).map_err(|error| BackboneError::Broken(format!("place of a sink: {error}")))
}

pub(super) fn replays(connection: &Connection, sink: Option<i64>) -> Result<Vec<Replay>> {
    let mut statement = connection.prepare_cached(
        "SELECT r.id, k.name, r.after, r.upto, r.filter, r.numbers, r.per_second, r.low, r.done
         FROM replays r JOIN sinks k ON k.id = r.sink WHERE ?1 IS NULL OR r.sink = ?1 ORDER BY r.id",
    )?;
    let mut rows = statement.query([sink])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (numbers, done): (String, String) = (row.get(5)?, row.get(8)?);
        found.push(Replay {
            id: row.get(0)?,
            sink: row.get(1)?,
            after: row.get(2)?,
            upto: row.get(3)?,
            filter: row.get(4)?,
            numbers: list(&numbers)?,
            per_second: row.get(6)?,
            place: Place { low: row.get(7)?, done: list(&done)? },
        });
    }
    Ok(found)
}

/// The place of the last event recorded before a time. Events are recorded in the order of the log.
pub(super) fn place_at(connection: &Connection, at: Micros) -> Result<Seq> {
    let mut low: Seq = 0;
    let mut high: Seq =
        connection.query_row("SELECT COALESCE(max(seq), 0) FROM events", [], |row| row.get(0))?;
    let mut statement = connection
        .prepare_cached("SELECT seq, recorded_at FROM events WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1")?;
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let before: Option<(Seq, Micros)> = rusqlite::OptionalExtension::optional(
            statement.query_row([middle], |row| Ok((row.get(0)?, row.get(1)?))),
        )?;
        match before {
            Some((_, recorded)) if recorded >= at => high = middle - 1,
            _ => low = middle,
        }
    }
    Ok(low)
}

/// Events above a sink's place that its filter takes and that are neither settled nor held.
pub(super) fn open_matches(connection: &Connection, filter: &str, place: &SinkPlace) -> Result<i64> {
    let filter = Filter::from_text(filter).map_err(BackboneError::Broken)?;
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, e.type, e.class, s.platform, s.shop, COALESCE(src.name, ''), s.kind,
           CASE WHEN ?2 THEN COALESCE(e.snapshot, shared.snapshot) END, CASE WHEN ?2 THEN e.extra END
         FROM events e JOIN histories h ON h.id = e.history JOIN scopes s ON s.id = h.scope
         LEFT JOIN events shared ON ?2 AND shared.seq = e.snapshot_seq
         LEFT JOIN captures c ON c.seq = e.capture LEFT JOIN sources src ON src.id = c.source
         WHERE e.seq > ?1 ORDER BY e.seq",
    )?;
    let looks = !filter.conditions.is_empty();
    let mut rows = statement.query(params![place.low.min(place.back.low), looks])?;
    let mut open = 0;
    while let Some(row) = rows.next()? {
        let seq: Seq = row.get(0)?;
        let text = |at: usize| row.get_ref(at).and_then(|value| Ok(value.as_str()?));
        let (Ok(event_type), Ok(class)) = (EventType::from_str(text(1)?), Class::from_str(text(2)?)) else {
            continue;
        };
        // What is held has a row of its own and is counted there, whether or not its place names it too.
        if place.settled(seq, class) || place.held.binary_search_by_key(&seq, |held| held.seq).is_ok() {
            continue;
        }
        let data = match looks {
            true => format!("{{\"{}\":{}{}}}", entity_name(text(6)?), opened(row, 7)?, opened(row, 8)?),
            false => String::new(),
        };
        let subject =
            Subject { event_type, class, platform: text(3)?, shop: text(4)?, source: text(5)?, data: &data };
        open += i64::from(filter.takes(&subject));
    }
    Ok(open)
}
