//! DHL's two tables of codes: Express type codes and the event with its reason of Parcel Germany.

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The tables.
pub(crate) struct Codes {
    /// Two letters.
    pub(crate) express: CodeTable<TrackingCode>,
    /// `ICE:RIC`.
    pub(crate) parcel_de: CodeTable<TrackingCode>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            express: CodeTable::read(include_str!("codes/express.toml"))?,
            parcel_de: CodeTable::read(include_str!("codes/parcel_de.toml"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_every_code() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        for table in [&codes.express, &codes.parcel_de] {
            for row in table.rows() {
                let line = readme.lines().find(|line| {
                    line.starts_with(&format!("| {} |", table.namespace))
                        && line.contains(&format!("`{}`", row.code))
                });
                let line = line.unwrap_or_else(|| panic!("{} {} is missing", table.namespace, row.code));
                assert!(line.contains(&row.value.status.to_string()), "{}: {line}", row.code);
            }
        }
    }
}
