//! UPS's three tables of codes: the number, which is the safe one, the two letters under their type, and the type alone.

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The tables.
pub(crate) struct Codes {
    /// By number.
    pub(crate) status: CodeTable<TrackingCode>,
    /// By `type/code`.
    pub(crate) activity: CodeTable<TrackingCode>,
    /// By type.
    pub(crate) kind: CodeTable<TrackingCode>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            status: CodeTable::read(include_str!("codes/status.toml"))?,
            activity: CodeTable::read(include_str!("codes/activity.toml"))?,
            kind: CodeTable::read(include_str!("codes/type.toml"))?,
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
        for table in [&codes.status, &codes.activity, &codes.kind] {
            assert_eq!(unlisted(readme, table), Vec::<String>::new(), "{}", table.namespace);
        }
    }
}
