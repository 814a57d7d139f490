//! Names in SQL, quoted so that any name is only a name.

use crossdock_connector::{Error, Result};

/// PostgreSQL cuts longer names off without a word (`NAMEDATALEN` - 1).
const LONGEST: usize = 63;

/// A name in double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Refuses what can be no schema of ours.
///
/// # Errors
/// `Config` with what is allowed.
pub(crate) fn check_schema(name: &str) -> Result<()> {
    let reserved = name.starts_with("pg_") || name == "information_schema";
    if name.is_empty() || name.len() > LONGEST || name.contains('\0') || reserved {
        let what = format!("expected a name of 1 to {LONGEST} bytes that is not the system's own (`pg_...`)");
        return Err(Error::config(what));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_end_a_name() {
        assert_eq!(quoted("crossdock"), "\"crossdock\"");
        assert_eq!(quoted("a\"; drop table b; --"), "\"a\"\"; drop table b; --\"");
    }

    #[test]
    fn what_the_server_would_change_or_refuse_is_refused_here() {
        for good in ["crossdock", "We\"ird name", "库存", &"x".repeat(63)] {
            assert!(check_schema(good).is_ok(), "{good}");
        }
        for bad in ["", "pg_mine", "information_schema", "a\0b", &"x".repeat(64), &"库".repeat(22)] {
            assert!(check_schema(bad).is_err(), "{bad}");
        }
    }
}
