//! One transaction: all rows of some events, or none.

use std::collections::{BTreeMap, HashSet};

use crate::bind::{Columns, Row};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::record::Record;
use crate::tables::Table;

/// The events that changed anything. All others were there already, or something newer was.
pub(crate) type Written = HashSet<String>;

/// Writes the rows of events in one transaction.
///
/// # Errors
/// With what became of all of them; the transaction is still open unless its end was asked for.
pub(crate) async fn write(connection: &Connection, records: &[&Record]) -> Result<Written, Failure> {
    let mut written = Written::new();
    connection.begin().await?;
    for table in Table::ALL {
        match table {
            Table::Events => {
                let rows = sorted(records.iter().map(|record| (record.event_id.as_str(), &record.event)));
                written.extend(insert(connection, table, &rows).await?);
            }
            Table::Milestones => {
                let rows =
                    records.iter().filter_map(|record| Some((&*record.event_id, record.milestone.as_ref()?)));
                written.extend(insert(connection, table, &sorted(rows)).await?);
            }
            // With their orders.
            Table::Lines => {}
            Table::Orders | Table::Aftersales | Table::Parcels | Table::Inventory => {
                let newest = newest(table, records);
                let rows: Vec<&Row> = newest.iter().map(|(_, row)| *row).collect();
                let applied: Written = insert(connection, table, &rows).await?.into_iter().collect();
                if table == Table::Orders {
                    let orders = newest.iter().map(|(record, _)| *record);
                    let orders: Vec<&Record> =
                        orders.filter(|record| applied.contains(&record.event_id)).collect();
                    lines(connection, &orders).await?;
                }
                written.extend(applied);
            }
        }
    }
    connection.commit().await?;
    Ok(written)
}

/// Rows in the order of their keys: two transactions that meet wait for each other in one direction only.
fn sorted<'a>(rows: impl Iterator<Item = (&'a str, &'a Row)>) -> Vec<&'a Row> {
    let mut rows: Vec<(&str, &Row)> = rows.collect();
    rows.sort_by_key(|(id, _)| *id);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Of each history the newest row, in the order of their keys: a statement may touch a row once.
fn newest<'a>(table: Table, records: &[&'a Record]) -> Vec<(&'a Record, &'a Row)> {
    let mut newest: BTreeMap<(&str, &str), (&Record, &Row)> = BTreeMap::new();
    for record in records {
        let Some((of, row)) = &record.entity else { continue };
        if *of != table {
            continue;
        }
        let place = newest.entry((&record.tenant, &record.key)).or_insert((record, row));
        if record.revision > place.0.revision {
            *place = (record, row);
        }
    }
    newest.into_values().collect()
}

/// Writes rows and says whose were really written.
async fn insert(connection: &Connection, table: Table, rows: &[&Row]) -> Result<Vec<String>, Failure> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let kinds = table.columns().into_iter().map(|(_, kind)| kind);
    let columns = Columns::of(kinds, rows);
    let back = connection.write(table, &columns.parameters()).await?;
    back.iter()
        .map(|row| row.try_get(0).map_err(|error| Failure::of(&error, crate::failure::Stage::Work)))
        .collect()
}

/// The lines of orders that were just written: what they have now, and nothing else.
async fn lines(connection: &Connection, orders: &[&Record]) -> Result<(), Failure> {
    if orders.is_empty() {
        return Ok(());
    }
    let rows: Vec<&Row> = orders.iter().flat_map(|order| &order.lines).collect();
    insert(connection, Table::Lines, &rows).await?;
    let tenants: Vec<&str> = orders.iter().map(|order| order.tenant.as_str()).collect();
    let keys: Vec<&str> = orders.iter().map(|order| order.key.as_str()).collect();
    let revisions: Vec<i64> = orders.iter().map(|order| order.revision).collect();
    connection.remove_lines(&[&tenants, &keys, &revisions]).await
}
