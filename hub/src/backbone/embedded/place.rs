//! A store that is a copy of a log which several hubs share: how far it has come there, and which places whoever
//! writes next must name.

use rusqlite::{Connection, OptionalExtension, params};

use super::writer::Memory;
use super::*;

/// Beside the tables of every store.
const TABLES: &str = "
    ALTER TABLE histories ADD COLUMN placed INTEGER;       -- place of the record that wrote it last
    CREATE TABLE places (name TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;";

/// Which log a store copies; none when it is a store of its own.
pub(super) fn log(connection: &Connection) -> Result<Option<String>> {
    Ok(connection.query_row("SELECT value FROM meta WHERE name = 'log'", [], |row| row.get(0)).optional()?)
}

/// Makes an empty store, or one that begins a log, into a copy.
pub(super) fn begin(connection: &Connection, log: &str, at: Seq) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.execute(
        "INSERT INTO meta (name, value) VALUES ('log', ?1), ('applied', ?2), ('applied_id', '')",
        params![log, at.to_string()],
    )?;
    Ok(transaction.commit()?)
}

/// Makes a copy into a store of its own.
pub(super) fn end(connection: &Connection) -> Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(
        "DROP TABLE places; ALTER TABLE histories DROP COLUMN placed;
         DELETE FROM meta WHERE name IN ('log', 'applied', 'applied_id');",
    )?;
    Ok(transaction.commit()?)
}

/// How far it has come.
pub(super) fn applied(connection: &Connection) -> Result<Seq> {
    Ok(at(connection)?.0)
}

/// How far it has come, and the message id there.
pub(super) fn at(connection: &Connection) -> Result<(Seq, String)> {
    let read = |name: &str| -> Result<Option<String>> {
        Ok(connection
            .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?)
    };
    let place = read("applied")?.map_or(Ok(0), |text| text.parse());
    let place = place.map_err(|_| BackboneError::Broken("the copy's place is not a number".into()))?;
    Ok((place, read("applied_id")?.unwrap_or_default()))
}

pub(super) fn write(connection: &Connection, place: Seq, id: &str) -> Result<()> {
    let mut update = connection.prepare_cached("UPDATE meta SET value = ?2 WHERE name = ?1")?;
    update.execute(["applied", &place.to_string()])?;
    update.execute(["applied_id", id])?;
    Ok(())
}

pub(super) fn remember(
    connection: &Connection,
    memory: &mut Memory,
    names: &[(String, Seq)],
    histories: &[(HistoryKey, Seq)],
) -> Result<()> {
    for (name, place) in names {
        connection
            .prepare_cached(
                "INSERT INTO places (name, place) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET place = excluded.place",
            )?
            .execute(params![name, place])?;
    }
    for (key, place) in histories {
        let scope = memory.scope(connection, key)?;
        connection
            .prepare_cached("UPDATE histories SET placed = ?3 WHERE scope = ?1 AND number = ?2")?
            .execute(params![scope, key.number, place])?;
    }
    Ok(())
}

/// The place remembered under a name; 0 for none.
pub(super) fn named(connection: &Connection, name: &str) -> Result<Seq> {
    Ok(connection
        .prepare_cached("SELECT place FROM places WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

/// Version and place of each history; zeros for one that is not known.
pub(super) fn of(connection: &Connection, keys: &[HistoryKey]) -> Result<Vec<(i64, Seq)>> {
    let mut query = connection.prepare_cached(
        "SELECT h.version, COALESCE(h.placed, 0) FROM histories h JOIN scopes s ON s.id = h.scope
         WHERE s.kind = ?1 AND s.platform = ?2 AND s.shop = ?3 AND h.number = ?4",
    )?;
    keys.iter()
        .map(|key| {
            let values = params![key.kind.as_str(), &*key.platform, &*key.shop, key.number];
            let found = query.query_row(values, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            Ok(found.unwrap_or_default())
        })
        .collect()
}
