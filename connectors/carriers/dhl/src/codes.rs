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
    use crossdock_testkit::readme::unlisted;

    use super::*;

    #[test]
    fn the_readme_lists_every_code() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        for table in [&codes.express, &codes.parcel_de] {
            assert_eq!(unlisted(readme, table), Vec::<String>::new(), "{}", table.namespace);
        }
    }
}
