//! Pages of the quarantine and of the parking lot. A page begins behind a row, so that a million rows are read in
//! as many pieces as somebody likes, and rows that leave meanwhile disturb nobody.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::*;

/// A query that grows condition by condition: only what is asked for is looked at.
struct Query {
    sql: String,
    values: Vec<Value>,
}

impl Query {
    fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), values: Vec::new() }
    }

    /// Narrows it; `condition` has one `?` for each value.
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.extend(values);
    }

    fn text(&mut self, condition: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.and(condition, [Value::from(value.clone())]);
        }
    }

    fn time(&mut self, condition: &str, value: Option<Micros>) {
        if let Some(value) = value {
            self.and(condition, [Value::from(value)]);
        }
    }

    /// One of a list; an empty one narrows nothing.
    fn among<T: serde::Serialize>(&mut self, column: &str, list: &[T]) -> Result<()> {
        if !list.is_empty() {
            let list = super::commit::json(&list)?;
            self.and(&format!("{column} IN (SELECT value FROM json_each(?))"), [Value::from(list)]);
        }
        Ok(())
    }

    fn page<T>(
        mut self,
        connection: &Connection,
        order: &str,
        limit: usize,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.sql.push_str(&format!(" ORDER BY {order} LIMIT ?"));
        self.values.push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX)));
        let mut statement = connection.prepare_cached(&self.sql)?;
        let rows = statement.query_map(params_from_iter(&self.values), read)?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    }
}

pub(super) fn quarantine(
    connection: &Connection,
    which: &QuarantineFilter,
    after: Seq,
    limit: usize,
) -> Result<Vec<QuarantineRow>> {
    // The quarantine leads: it is what is paged through, and it is smaller than what hangs on it.
    let mut query = Query::new(
        "SELECT q.capture, s.name, c.topic, c.origin, q.kind, q.path, q.detail, q.at, COALESCE(length(c.body), 0)
         FROM quarantine q CROSS JOIN captures c ON c.seq = q.capture CROSS JOIN sources s ON s.id = q.source WHERE 1",
    );
    query.and("q.capture > ?", [Value::from(after)]);
    query.among("q.capture", &which.captures)?;
    query.text("q.source = (SELECT id FROM sources WHERE name = ?)", which.source.as_ref());
    query.text("c.topic = ?", which.topic.as_ref());
    query.text("q.kind = ?", which.reason.as_ref());
    query.text("instr(q.detail, ?) > 0", which.words.as_ref());
    query.time("q.at >= ?", which.since);
    query.time("q.at < ?", which.before);
    if let Some(number) = &which.number {
        let number = || Value::from(number.clone());
        query.and(
            "(instr(c.body, CAST(? AS BLOB)) > 0 OR instr(COALESCE(c.origin, ''), ?) > 0)",
            [number(), number()],
        );
    }
    query.page(connection, "q.capture", limit, |row| {
        Ok(QuarantineRow {
            capture: row.get(0)?,
            source: row.get(1)?,
            topic: row.get(2)?,
            origin: row.get(3)?,
            reason: QuarantineReason { kind: row.get(4)?, path: row.get(5)?, detail: row.get(6)? },
            at: row.get(7)?,
            size: row.get(8)?,
        })
    })
}

pub(super) fn parked(
    connection: &Connection,
    which: &ParkedFilter,
    after: Option<&(String, Seq)>,
    limit: usize,
) -> Result<Vec<ParkedRow>> {
    let mut query = Query::new(
        "SELECT k.name, h.seq, e.type, s.platform, s.shop, y.number, h.attempts, h.reason, h.detail, h.parked_at
         FROM handoffs h CROSS JOIN sinks k ON k.id = h.sink CROSS JOIN events e ON e.seq = h.seq
         CROSS JOIN histories y ON y.id = e.history CROSS JOIN scopes s ON s.id = y.scope
         WHERE h.parked_at IS NOT NULL",
    );
    match (after, &which.sink) {
        (None, _) => {}
        // Inside one sink the number alone says where to begin; together with the pair every page would be looked for
        // from the sink's first row.
        (Some((sink, seq)), Some(only)) if sink == only => query.and("h.seq > ?", [Value::from(*seq)]),
        (Some((sink, seq)), _) => query.and(
            "(h.sink, h.seq) > ((SELECT id FROM sinks WHERE name = ?), ?)",
            [Value::from(sink.clone()), Value::from(*seq)],
        ),
    }
    query.text("h.sink = (SELECT id FROM sinks WHERE name = ?)", which.sink.as_ref());
    if which.sink.is_none() && !which.events.is_empty() {
        // Rows are found by sink and event: naming every sink saves looking at every row.
        query.and("h.sink IN (SELECT id FROM sinks)", []);
    }
    query.among("h.seq", &which.events)?;
    query.among("e.type", &which.types)?;
    query.text("h.reason = ?", which.reason.as_ref());
    query.text("instr(h.detail, ?) > 0", which.words.as_ref());
    query.time("h.parked_at >= ?", which.since);
    query.time("h.parked_at < ?", which.before);
    if let Some(number) = &which.number {
        query.and("? IN (y.number, y.key)", [Value::from(number.clone())]);
    }
    query.page(connection, "h.sink, h.seq", limit, |row| {
        Ok(ParkedRow {
            sink: row.get(0)?,
            seq: row.get(1)?,
            event_type: row.get(2)?,
            platform: row.get(3)?,
            shop: row.get(4)?,
            number: row.get(5)?,
            attempts: row.get(6)?,
            reason: row.get(7)?,
            detail: row.get(8)?,
            at: row.get(9)?,
        })
    })
}
