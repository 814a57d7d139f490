//! FedEx's codes: `eventType` of scans, and FedEx's own coarse summary of them.

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The tables.
pub(crate) struct Codes {
    /// `eventType`.
    pub(crate) events: CodeTable<TrackingCode>,
    /// `derivedStatusCode`.
    pub(crate) derived: CodeTable<TrackingCode>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            events: CodeTable::read(include_str!("codes/events.toml"))?,
            derived: CodeTable::read(include_str!("codes/derived.toml"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crossdock_testkit::readme::rows_missing;

    use super::*;

    #[test]
    fn the_readme_lists_every_code() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        for table in [&codes.events, &codes.derived] {
            assert_eq!(rows_missing(readme, table), Vec::<String>::new(), "{}", table.namespace);
        }
    }
}
