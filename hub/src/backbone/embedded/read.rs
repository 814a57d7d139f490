//! Reading captures, states, events and places.

use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use crossdock_connector::{Capture, Headers};
use crossdock_schemas::{Channel, Class, Event, EventType, HistoryKind, Ts};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::codec::{opened, opened_bytes, opened_if_there};
use super::*;

/// Observations that wait for a fetch have no verdict yet.
pub(crate) const FETCHING: &str = "fetching";

pub(super) fn intake_position(connection: &Connection) -> Result<Seq> {
    let text: String = connection
        .prepare_cached("SELECT value FROM meta WHERE name = 'intake'")?
        .query_row([], |row| row.get(0))?;
    text.parse().map_err(|_| BackboneError::Broken(format!("intake place `{text}` is not a number")))
}

const CAPTURE: &str =
    "SELECT c.seq, s.name, c.topic, c.headers, c.origin, c.channel, c.class, c.received_at, c.trace, c.body
    FROM captures c JOIN sources s ON s.id = c.source";

pub(super) fn intake(
    connection: &Connection,
    after: Seq,
    limit: usize,
    bytes: usize,
) -> Result<Vec<StoredCapture>> {
    let mut statement =
        connection.prepare_cached(&format!("{CAPTURE} WHERE c.seq > ?1 ORDER BY c.seq LIMIT ?2"))?;
    let mut rows = statement.query(params![after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut found = Vec::new();
    let mut size = 0;
    while let Some(row) = rows.next()? {
        let capture = stored_capture(row)?;
        size += capture.capture.body.len();
        found.push(capture);
        if size >= bytes {
            break;
        }
    }
    Ok(found)
}

pub(super) fn captures(connection: &Connection, seqs: &[Seq]) -> Result<Vec<StoredCapture>> {
    let mut statement =
        connection.prepare_cached(&format!("{CAPTURE} WHERE c.seq = ?1 AND c.body IS NOT NULL"))?;
    let mut found = Vec::new();
    for seq in seqs {
        let mut rows = statement.query([seq])?;
        if let Some(row) = rows.next()? {
            found.push(stored_capture(row)?);
        }
    }
    Ok(found)
}

fn stored_capture(row: &Row<'_>) -> Result<StoredCapture> {
    let source = match row.get_ref(1)? {
        ValueRef::Text(text) => Arc::from(String::from_utf8_lossy(text)),
        _ => Arc::from(""),
    };
    let headers = match opened_if_there(row, 3)? {
        Some(text) => serde_json::from_str(text)
            .map_err(|error| BackboneError::Broken(format!("headers of a capture: {error}")))?,
        None => Headers::default(),
    };
    let body = Bytes::copy_from_slice(opened_bytes(row, 9)?);
    let channel: String = row.get(5)?;
    let class: String = row.get(6)?;
    Ok(StoredCapture {
        seq: row.get(0)?,
        source,
        capture: Capture {
            topic: row.get(2)?,
            headers,
            body,
            origin: row.get(4)?,
            received_at: crate::clock::timestamp(row.get(7)?),
            channel: Channel::from_str(&channel).unwrap_or_default(),
        },
        traceparent: row.get(8)?,
        class: Class::from_str(&class).unwrap_or_default(),
    })
}

pub(super) fn scope_id(connection: &Connection, key: &HistoryKey) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT id FROM scopes WHERE kind = ?1 AND platform = ?2 AND shop = ?3")?
        .query_row(params![key.kind.as_str(), &*key.platform, &*key.shop], |row| row.get(0))
        .optional()?)
}

pub(super) fn history_id(connection: &Connection, key: &HistoryKey) -> Result<Option<i64>> {
    let Some(scope) = scope_id(connection, key)? else { return Ok(None) };
    Ok(connection
        .prepare_cached("SELECT id FROM histories WHERE scope = ?1 AND number = ?2")?
        .query_row(params![scope, key.number], |row| row.get(0))
        .optional()?)
}

pub(super) fn load(connection: &Connection, key: &HistoryKey) -> Result<Option<StoredState>> {
    let Some(scope) = scope_id(connection, key)? else { return Ok(None) };
    Ok(connection
        .prepare_cached(
            "SELECT h.version, h.aux, COALESCE(h.snapshot, e.snapshot), h.key
             FROM histories h LEFT JOIN events e ON e.seq = h.snapshot_seq WHERE h.scope = ?1 AND h.number = ?2",
        )?
        .query_row(params![scope, key.number], |row| {
            state(row, 0)
        })
        .optional()?)
}

/// A state whose columns begin here: version, what the fold remembers, snapshot, published key.
pub(super) fn state(row: &Row<'_>, first: usize) -> rusqlite::Result<StoredState> {
    Ok(StoredState {
        version: row.get(first)?,
        aux: opened(row, first + 1)?.to_owned(),
        snapshot: opened_if_there(row, first + 2)?.map(str::to_owned),
        key: row.get(first + 3)?,
    })
}

pub(super) const EVENT: &str =
    "SELECT e.seq, e.id, e.type, e.time, e.recorded_at, e.revision, e.class, e.capture, e.idem_key, e.trace,
    COALESCE(e.snapshot, shared.snapshot), e.extra, s.kind, s.platform, s.shop, h.key, COALESCE(src.name, ''), e.history, h.number
    FROM events e JOIN histories h ON h.id = e.history JOIN scopes s ON s.id = h.scope
    LEFT JOIN events shared ON shared.seq = e.snapshot_seq
    LEFT JOIN captures c ON c.seq = e.capture LEFT JOIN sources src ON src.id = c.source";

pub(super) fn events(
    connection: &Connection,
    tenant: &Arc<str>,
    after: Seq,
    limit: usize,
) -> Result<Vec<StoredEvent>> {
    let mut statement =
        connection.prepare_cached(&format!("{EVENT} WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"))?;
    let mut rows = statement.query(params![after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(stored_event(row, tenant)?);
    }
    Ok(found)
}

pub(super) fn events_at(
    connection: &Connection,
    tenant: &Arc<str>,
    seqs: &[Seq],
) -> Result<Vec<StoredEvent>> {
    let mut statement = connection.prepare_cached(&format!("{EVENT} WHERE e.seq = ?1"))?;
    let mut found = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let mut rows = statement.query([seq])?;
        if let Some(row) = rows.next()? {
            found.push(stored_event(row, tenant)?);
        }
    }
    Ok(found)
}

pub(super) fn events_of(
    connection: &Connection,
    tenant: &Arc<str>,
    history: i64,
) -> Result<Vec<StoredEvent>> {
    // The log has no index by history: what touched it says where its events lie.
    let mut ranges = connection.prepare_cached(
        "SELECT DISTINCT first_event, last_event FROM touches WHERE history = ?1 AND first_event IS NOT NULL ORDER BY 1",
    )?;
    let ranges: Vec<(Seq, Seq)> = ranges
        .query_map([history], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = connection.prepare_cached(&format!(
        "{EVENT} WHERE e.seq BETWEEN ?2 AND ?3 AND e.history = ?1 ORDER BY e.seq"
    ))?;
    let mut found = Vec::new();
    for (first, last) in ranges {
        let mut rows = statement.query(params![history, first, last])?;
        while let Some(row) = rows.next()? {
            found.push(stored_event(row, tenant)?);
        }
    }
    Ok(found)
}

/// A kind of history from its word.
pub(crate) fn kind_of(word: &str) -> Option<HistoryKind> {
    HistoryKind::ALL.iter().copied().find(|kind| kind.as_str() == word)
}

/// The member of an event's data that holds the entity.
pub(crate) fn entity_name(kind: &str) -> &'static str {
    match kind_of(kind) {
        Some(HistoryKind::Order) => "order",
        Some(HistoryKind::Aftersale) => "aftersale",
        Some(HistoryKind::Parcel) => "parcel",
        Some(HistoryKind::Inventory) | None => "inventory",
    }
}

pub(super) fn stored_event(row: &Row<'_>, tenant: &Arc<str>) -> Result<StoredEvent> {
    let text = |at: usize| -> Result<&str> {
        row.get_ref(at)?
            .as_str()
            .map_err(|error| BackboneError::Broken(format!("column {at} of an event: {error}")))
    };
    let member = |at: usize| {
        opened(row, at).map_err(|error| BackboneError::Broken(format!("column {at} of an event: {error}")))
    };
    let seq: Seq = row.get(0)?;
    let broken = |what: &str| BackboneError::Broken(format!("event {seq}: {what}"));
    // As large as it will be: whatever is left over would have to be cut off, by copying.
    let data = ["{\"", entity_name(text(12)?), "\":", member(10)?, member(11)?, "}"].concat();
    let recorded_at: Micros = row.get(4)?;
    let shop = text(14)?;
    let event = Event {
        id: text(1)?.to_owned(),
        event_type: EventType::from_str(text(2)?).map_err(|_| broken("unknown type"))?,
        tenant: tenant.to_string(),
        platform: text(13)?.to_owned(),
        shop: if shop.is_empty() { "default".to_owned() } else { shop.to_owned() },
        key: text(15)?.to_owned(),
        time: Ts::from_str(text(3)?).map_err(|_| broken("unreadable time"))?,
        recorded_at: crate::clock::timestamp(recorded_at),
        sequence: u64::try_from(row.get::<_, i64>(5)?).unwrap_or_default(),
        class: Class::from_str(text(6)?).unwrap_or_default(),
        traceparent: row.get(9)?,
        correlation_id: Some(format!("capture:{}", row.get::<_, i64>(7)?)),
        idem_key: row.get(8)?,
        data: serde_json::value::RawValue::from_string(data).map_err(|_| broken("data is not JSON"))?,
    };
    Ok(StoredEvent {
        seq,
        event: Arc::new(event),
        source: Arc::from(text(16)?),
        recorded_at,
        history: row.get(17)?,
        number: Arc::from(text(18)?),
    })
}

pub(super) fn nudges(
    connection: &Connection,
    source: &Arc<str>,
    now: Micros,
    limit: usize,
) -> Result<Vec<Nudge>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, kind, object, attempts, at FROM nudges
         WHERE source = (SELECT id FROM sources WHERE name = ?1) AND next_at <= ?2
         ORDER BY next_at, id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![source, now, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut found: Vec<Nudge> = Vec::new();
    let mut index: std::collections::HashMap<(String, String), usize> = std::collections::HashMap::new();
    while let Some(row) = rows.next()? {
        let id: NudgeId = row.get(0)?;
        let memo: (String, String) = (row.get(1)?, row.get(2)?);
        if let Some(nudge) = index.get(&memo).and_then(|at| found.get_mut(*at)) {
            nudge.ids.push(id);
            continue;
        }
        found.push(Nudge {
            ids: vec![id],
            source: Arc::clone(source),
            kind: memo.0.clone(),
            object: memo.1.clone(),
            attempts: row.get(3)?,
            first_at: row.get(4)?,
        });
        index.insert(memo, found.len() - 1);
    }
    Ok(found)
}

pub(super) fn cursor(connection: &Connection, name: &str) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached("SELECT value FROM cursors WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}
