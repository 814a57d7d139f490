//! The tables: made on the first connection, brought up to date later, never touched when they are newer than we are.

use tokio_postgres::Client;

use crate::config::Config;
use crate::failure::{Failure, Stage};
use crate::identifier::quoted;

/// Each version's SQL, in order. A file that was released is never changed: what comes next is a file of its own.
const STEPS: &[(i32, &str)] = &[(1, include_str!("../sql/0001.sql"))];

/// The version that this sink writes.
fn wanted() -> i32 {
    STEPS.iter().map(|(version, _)| *version).max().unwrap_or_default()
}

/// Sees to it that the tables are those this sink writes.
///
/// # Errors
/// When they are not, and with what to do about it.
pub(crate) async fn prepare(client: &Client, config: &Config) -> Result<(), Failure> {
    let there = version(client, config).await?;
    if let Some(there) = there.filter(|there| *there > wanted()) {
        return Err(Failure::later(format!(
            "schema {} has tables of version {there}, this crossdock writes version {}: update crossdock",
            quoted(&config.schema),
            wanted()
        )));
    }
    if there == Some(wanted()) {
        return Ok(());
    }
    if !config.create_tables {
        return Err(Failure::later(format!(
            "schema {} has no tables of version {}: set create_tables = true, or run the SQL of the connector by hand",
            quoted(&config.schema),
            wanted()
        )));
    }
    let failed = |error: tokio_postgres::Error| Failure::of(&error, Stage::Connect);
    client.batch_execute("BEGIN").await.map_err(failed)?;
    let made = make(client, config).await;
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = client.batch_execute(end).await.map_err(failed);
    made.and(ended)
}

async fn make(client: &Client, config: &Config) -> Result<(), Failure> {
    let failed = |error: tokio_postgres::Error| Failure::of(&error, Stage::Connect);
    // One at a time, whoever else connects just now. Taken back by the end of the transaction.
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('crossdock ' || $1::text, 0))";
    client.query(lock, &[&config.schema]).await.map_err(failed)?;
    // Somebody else may have been faster.
    let there = version(client, config).await?.unwrap_or_default();
    let schema = quoted(&config.schema);
    let known = client.query_one("SELECT to_regnamespace($1::text) IS NOT NULL", &[&schema]).await;
    // Asked before, because `IF NOT EXISTS` wants the right to create schemas also where there is nothing to do.
    if !known.and_then(|row| row.try_get::<_, bool>(0)).map_err(failed)? {
        client.batch_execute(&format!("CREATE SCHEMA {schema}")).await.map_err(failed)?;
    }
    for (version, sql) in STEPS {
        if *version > there {
            client.batch_execute(&sql.replace("{schema}", &schema)).await.map_err(failed)?;
        }
    }
    Ok(())
}

/// The version of the tables; nothing when there are none.
async fn version(client: &Client, config: &Config) -> Result<Option<i32>, Failure> {
    let failed = |error: tokio_postgres::Error| Failure::of(&error, Stage::Connect);
    let table = format!("{}.crossdock_version", quoted(&config.schema));
    let known = client.query_one("SELECT to_regclass($1::text) IS NOT NULL", &[&table]).await;
    if !known.and_then(|row| row.try_get::<_, bool>(0)).map_err(failed)? {
        return Ok(None);
    }
    let row = client.query_one(&format!("SELECT max(version) FROM {table}"), &[]).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_says_its_own_name() {
        for (place, (version, sql)) in STEPS.iter().enumerate() {
            assert_eq!(usize::try_from(*version).unwrap(), place + 1);
            let says = format!("INSERT INTO {{schema}}.crossdock_version (version) VALUES ({version})");
            assert!(sql.contains(&says), "{version}");
            assert!(!sql.replace("{schema}", "").contains('{'), "{version}");
        }
    }
}
