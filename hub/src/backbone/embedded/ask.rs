//! Answers for people.

use std::sync::Arc;

use crossdock_schemas::HistoryKind;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::codec::opened_if_there;
use super::*;

pub(super) fn answer(connection: &Connection, tenant: &Arc<str>, question: Question) -> Result<Answer> {
    Ok(match question {
        Question::Ledger => Answer::Ledger(ledger(connection)?),
        Question::Timeline(key) => Answer::Timeline(timeline(connection, tenant, &key)?.map(Box::new)),
        Question::Find { kind, platform, shop, number } => {
            Answer::Found(find(connection, kind, &platform, &shop, &number)?)
        }
        Question::Quarantine { which, after, limit } => {
            Answer::Quarantine(lots::quarantine(connection, &which, after, limit)?)
        }
        Question::Parked { which, after, limit } => {
            Answer::Parked(lots::parked(connection, &which, after.as_ref(), limit)?)
        }
        Question::Told { source, kind, since, after, limit } => {
            Answer::Told(told(connection, &source, kind, since, after, limit)?)
        }
        Question::Parcels { carrier, since, after, limit } => {
            Answer::Told(parcels(connection, &carrier, since, &after, limit)?)
        }
        Question::Linked(key) => Answer::Found(match read::history_id(connection, &key)? {
            Some(id) => linked(connection, &key, id)?,
            None => Vec::new(),
        }),
        Question::Handoffs(key) => handoffs(connection, tenant, &key)?,
        Question::SinkPlace(name) => Answer::SinkPlace(sink_place(connection, &name)?.map(Box::new)),
        Question::Backlog => Answer::Backlog(backlog::backlog(connection)?),
        Question::States { kind, after, limit } => Answer::States(states(connection, kind, after, limit)?),
        Question::Replays => Answer::Replays(log::replays(connection, None)?),
        Question::PlaceAt(at) => Answer::Place(log::place_at(connection, at)?),
        Question::Nudges => Answer::Nudges(nudges(connection)?),
    })
}

/// Each side is counted where it lies: captures as they came, verdicts as they fell, quarantine and pending by
/// looking at the rows themselves.
fn ledger(connection: &Connection) -> Result<LedgerCounts> {
    // One snapshot for all counts.
    let transaction = connection.unchecked_transaction()?;
    let connection = &*transaction;
    let mut counts = LedgerCounts::default();
    each(connection, "SELECT name, captured + expanded FROM sources", |row| {
        counts.sources.entry(row.get(0)?).or_default().captured = unsigned(row.get(1)?);
        Ok(())
    })?;
    each(
        connection,
        "SELECT s.name, v.verdict, v.reason, v.count FROM verdicts v JOIN sources s ON s.id = v.source",
        |row| {
            let source = counts.sources.entry(row.get(0)?).or_default();
            *source.verdicts.entry((row.get(1)?, row.get(2)?)).or_default() += unsigned(row.get(3)?);
            Ok(())
        },
    )?;
    each(
        connection,
        "SELECT s.name, q.kind, count(*) FROM quarantine q JOIN sources s ON s.id = q.source WHERE q.counted GROUP BY 1, 2",
        |row| {
            let source = counts.sources.entry(row.get(0)?).or_default();
            source.quarantined.insert(row.get(1)?, unsigned(row.get(2)?));
            Ok(())
        },
    )?;
    each(
        connection,
        "SELECT s.name, count(*) FROM captures c JOIN sources s ON s.id = c.source
         WHERE c.seq > (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'intake') GROUP BY 1",
        |row| {
            counts.sources.entry(row.get(0)?).or_default().pending += unsigned(row.get(1)?);
            Ok(())
        },
    )?;
    each(
        connection,
        "SELECT s.name, count(*) FROM nudges n JOIN sources s ON s.id = n.source WHERE n.capture IS NOT NULL GROUP BY 1",
        |row| {
            counts.sources.entry(row.get(0)?).or_default().pending += unsigned(row.get(1)?);
            Ok(())
        },
    )?;
    each(
        connection,
        "SELECT s.name, i.kind, i.count FROM issues i JOIN sources s ON s.id = i.source",
        |row| {
            counts.sources.entry(row.get(0)?).or_default().issues.insert(row.get(1)?, unsigned(row.get(2)?));
            Ok(())
        },
    )?;
    each(
        connection,
        "SELECT k.name, k.matched, k.delivered, k.already_there, k.dropped, k.superseded,
           (SELECT count(*) FROM handoffs h WHERE h.sink = k.id AND h.parked_at IS NOT NULL),
           (SELECT count(*) FROM handoffs h WHERE h.sink = k.id AND h.parked_at IS NULL) FROM sinks k",
        |row| {
            counts.sinks.insert(
                row.get(0)?,
                SinkCounts {
                    matched: unsigned(row.get(1)?),
                    delivered: unsigned(row.get(2)?),
                    already_there: unsigned(row.get(3)?),
                    dropped: unsigned(row.get(4)?),
                    superseded: unsigned(row.get(5)?),
                    parked: unsigned(row.get(6)?),
                    held: unsigned(row.get(7)?),
                },
            );
            Ok(())
        },
    )?;
    // What is in the log above a sink's place is pending too; it is found by looking, not by subtracting.
    let mut filters: Vec<(String, i64, String)> = Vec::new();
    each(connection, "SELECT name, id, filter FROM sinks", |row| {
        filters.push((row.get(0)?, row.get(1)?, row.get(2)?));
        Ok(())
    })?;
    for (name, id, filter) in filters {
        let place = log::sink_place(connection, id)?;
        let open = log::open_matches(connection, &filter, &place)?;
        if let Some(sink) = counts.sinks.get_mut(&name) {
            sink.held += unsigned(open);
        }
    }
    Ok(counts)
}

pub(super) fn each(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

pub(super) fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn find(
    connection: &Connection,
    kind: HistoryKind,
    platform: &str,
    shop: &str,
    number: &str,
) -> Result<Vec<HistoryKey>> {
    let mut scopes: Vec<HistoryKey> = Vec::new();
    each(connection, "SELECT kind, platform, shop FROM scopes", |row| {
        let (kind_text, at, of): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let fits = |want: &str, have: &str| want.is_empty() || want == have;
        if kind_text == kind.as_str() && fits(platform, &at) && fits(shop, &of) {
            scopes.push(HistoryKey { kind, platform: at.into(), shop: of.into(), number: number.to_owned() });
        }
        Ok(())
    })?;
    let mut found = Vec::new();
    for key in scopes {
        if read::history_id(connection, &key)?.is_some() {
            found.push(key);
        }
    }
    Ok(found)
}

fn timeline(connection: &Connection, tenant: &Arc<str>, key: &HistoryKey) -> Result<Option<Timeline>> {
    let transaction = connection.unchecked_transaction()?;
    let connection = &*transaction;
    let (Some(id), Some(state)) = (read::history_id(connection, key)?, read::load(connection, key)?) else {
        return Ok(None);
    };
    let mut captures = Vec::new();
    {
        let mut statement = connection.prepare_cached(
            "SELECT c.seq, s.name, c.topic, c.channel, c.origin, c.received_at, t.verdict, COALESCE(length(c.body), 0)
             FROM touches t JOIN captures c ON c.seq = t.capture JOIN sources s ON s.id = c.source
             WHERE t.history = ?1 ORDER BY c.seq",
        )?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            captures.push(TimelineCapture {
                seq: row.get(0)?,
                source: row.get(1)?,
                topic: row.get(2)?,
                channel: row.get(3)?,
                origin: row.get(4)?,
                received_at: row.get(5)?,
                verdict: row.get(6)?,
                size: row.get(7)?,
            });
        }
    }
    let events = read::events_of(connection, tenant, id)?;
    let mut handoffs = Vec::new();
    for event in &events {
        handoffs.extend(handoffs_of(connection, event.seq)?);
    }
    let mut sinks = Vec::new();
    let mut names: Vec<(String, i64)> = Vec::new();
    each(connection, "SELECT name, id FROM sinks ORDER BY name", |row| {
        names.push((row.get(0)?, row.get(1)?));
        Ok(())
    })?;
    for (name, id) in names {
        sinks.push((name, log::sink_place(connection, id)?));
    }
    let linked = linked(connection, key, id)?;
    Ok(Some(Timeline {
        key: key.clone(),
        published: state.key.clone(),
        state,
        captures,
        events,
        handoffs,
        sinks,
        linked,
    }))
}

fn handoffs_of(connection: &Connection, seq: Seq) -> Result<Vec<TimelineHandoff>> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT k.name, a.seq, a.at, a.attempt, a.outcome, a.detail FROM attempts a JOIN sinks k ON k.id = a.sink
         WHERE a.seq = ?1 UNION ALL
         SELECT k.name, h.seq, COALESCE(h.parked_at, h.next_at), h.attempts,
           CASE WHEN h.parked_at IS NULL THEN 'held' ELSE 'parked' END, COALESCE(h.reason || ': ' || h.detail, '')
         FROM handoffs h JOIN sinks k ON k.id = h.sink WHERE h.seq = ?1",
    )?;
    let mut rows = statement.query([seq])?;
    while let Some(row) = rows.next()? {
        found.push(TimelineHandoff {
            sink: row.get(0)?,
            seq: row.get(1)?,
            at: row.get(2)?,
            attempt: row.get(3)?,
            outcome: row.get(4)?,
            detail: row.get(5)?,
        });
    }
    Ok(found)
}

fn handoffs(connection: &Connection, tenant: &Arc<str>, key: &HistoryKey) -> Result<Answer> {
    let transaction = connection.unchecked_transaction()?;
    let Some(id) = read::history_id(&transaction, key)? else {
        return Ok(Answer::Handoffs(Vec::new(), Vec::new()));
    };
    let events = read::events_of(&transaction, tenant, id)?;
    let mut handoffs = Vec::new();
    for event in &events {
        handoffs.extend(handoffs_of(&transaction, event.seq)?);
    }
    Ok(Answer::Handoffs(events, handoffs))
}

fn sink_place(connection: &Connection, name: &str) -> Result<Option<SinkPlace>> {
    let transaction = connection.unchecked_transaction()?;
    let id = transaction
        .prepare_cached("SELECT id FROM sinks WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    id.map(|id| log::sink_place(&transaction, id)).transpose()
}

fn told(
    connection: &Connection,
    source: &str,
    kind: HistoryKind,
    since: Micros,
    after: i64,
    limit: usize,
) -> Result<Vec<Told>> {
    let mut statement = connection.prepare_cached(
        "SELECT h.id, s.platform, s.shop, h.number, COALESCE(h.snapshot, e.snapshot)
         FROM histories h JOIN scopes s ON s.id = h.scope AND s.kind = ?1 LEFT JOIN events e ON e.seq = h.snapshot_seq
         WHERE h.id > ?2 AND h.updated_at >= ?3 AND EXISTS (
           SELECT 1 FROM touches t JOIN captures c ON c.seq = t.capture
           WHERE t.history = h.id AND c.source = (SELECT id FROM sources WHERE name = ?4))
         ORDER BY h.id LIMIT ?5",
    )?;
    let values = params![kind.as_str(), after, since, source, i64::try_from(limit).unwrap_or(i64::MAX)];
    let rows = statement.query_map(values, |row| told_row(kind, row))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

fn told_row(kind: HistoryKind, row: &Row<'_>) -> rusqlite::Result<Told> {
    let (platform, shop): (String, String) = (row.get(1)?, row.get(2)?);
    let key = HistoryKey { kind, platform: platform.into(), shop: shop.into(), number: row.get(3)? };
    Ok(Told { place: row.get(0)?, key, snapshot: opened_if_there(row, 4)?.map(str::to_owned) })
}

/// By number, so that only histories of this carrier are looked at.
fn parcels(
    connection: &Connection,
    carrier: &str,
    since: Micros,
    after: &str,
    limit: usize,
) -> Result<Vec<Told>> {
    let mut statement = connection.prepare_cached(
        "SELECT h.id, s.platform, s.shop, h.number, COALESCE(h.snapshot, e.snapshot)
         FROM histories h JOIN scopes s ON s.id = h.scope LEFT JOIN events e ON e.seq = h.snapshot_seq
         WHERE h.scope = (SELECT id FROM scopes WHERE kind = ?1 AND platform = ?2 AND shop = '')
           AND h.number > ?3 AND h.updated_at >= ?4 ORDER BY h.number LIMIT ?5",
    )?;
    let kind = HistoryKind::Parcel;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement
        .query_map(params![kind.as_str(), carrier, after, since, limit], |row| told_row(kind, row))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

/// Parcels and cases of an order; the orders of a parcel or case.
fn linked(connection: &Connection, key: &HistoryKey, id: i64) -> Result<Vec<HistoryKey>> {
    let mut found = Vec::new();
    let mut take = |row: &Row<'_>| -> rusqlite::Result<()> {
        let kind: String = row.get(0)?;
        if let Some(kind) = read::kind_of(&kind) {
            let (platform, shop): (String, String) = (row.get(1)?, row.get(2)?);
            found.push(HistoryKey {
                kind,
                platform: platform.into(),
                shop: shop.into(),
                number: row.get(3)?,
            });
        }
        Ok(())
    };
    if key.kind == HistoryKind::Order
        && let Some(scope) = read::scope_id(connection, key)?
    {
        let mut statement = connection.prepare_cached(
            "SELECT s.kind, s.platform, s.shop, h.number FROM links l JOIN histories h ON h.id = l.history
             JOIN scopes s ON s.id = h.scope WHERE l.scope = ?1 AND l.number = ?2 ORDER BY h.id",
        )?;
        let mut rows = statement.query(params![scope, key.number])?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
    }
    let mut statement = connection.prepare_cached(
        "SELECT s.kind, s.platform, s.shop, l.number FROM links l JOIN scopes s ON s.id = l.scope
         WHERE l.history = ?1 ORDER BY l.number",
    )?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(found)
}

fn states(
    connection: &Connection,
    kind: HistoryKind,
    after: i64,
    limit: usize,
) -> Result<Vec<(i64, StoredState)>> {
    let mut statement = connection.prepare_cached(
        "SELECT h.id, h.version, h.aux, COALESCE(h.snapshot, e.snapshot), h.key
         FROM histories h JOIN scopes s ON s.id = h.scope AND s.kind = ?1
         LEFT JOIN events e ON e.seq = h.snapshot_seq WHERE h.id > ?2 ORDER BY h.id LIMIT ?3",
    )?;
    let values = params![kind.as_str(), after, i64::try_from(limit).unwrap_or(i64::MAX)];
    let rows = statement.query_map(values, |row| {
        // Opened where all states are.
        Ok((row.get(0)?, read::state(row, 1)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

fn nudges(connection: &Connection) -> Result<Vec<(String, u64, Option<String>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.name, count(*), max(n.error) FROM nudges n JOIN sources s ON s.id = n.source GROUP BY 1 ORDER BY 1",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row.get(1)?), row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}
