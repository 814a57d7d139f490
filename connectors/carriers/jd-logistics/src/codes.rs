//! JD's two tables: what happened (`state`), and where the shipment stands (`category`).

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The tables.
pub(crate) struct Codes {
    pub(crate) states: CodeTable<TrackingCode>,
    pub(crate) categories: CodeTable<TrackingCode>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            states: CodeTable::read(include_str!("states.toml"))?,
            categories: CodeTable::read(include_str!("categories.toml"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crossdock_testkit::readme::unlisted;

    use super::*;

    #[test]
    fn the_readme_lists_every_code_under_what_it_means() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        for table in [&codes.states, &codes.categories] {
            assert_eq!(unlisted(readme, table), Vec::<String>::new(), "{}", table.namespace);
        }
    }
}
