//! 17TRACK's codes: sub-statuses of scans, stages, statuses of the whole, events of the webhook.

use crossdock_connector::Result;
use crossdock_connector::aggregator::Watching;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The tables.
pub(crate) struct Codes {
    /// `sub_status`, and `status` of the whole for which there is none.
    pub(crate) statuses: CodeTable<TrackingCode>,
    /// `stage`.
    pub(crate) stages: CodeTable<TrackingCode>,
    /// `event` of a push.
    pub(crate) watching: CodeTable<Watching>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            statuses: CodeTable::read(include_str!("codes/statuses.toml"))?,
            stages: CodeTable::read(include_str!("codes/stages.toml"))?,
            watching: CodeTable::read(include_str!("codes/watching.toml"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::aggregator::{Carriers, MoreCarriers};
    use crossdock_testkit::readme::rows_missing;

    use super::*;

    #[test]
    fn the_readme_lists_every_code() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        let listed = |code: &str, word: &str| {
            let fits = |line: &str| line.starts_with(&format!("| {code} |")) && line.contains(word);
            assert!(readme.lines().any(fits), "{code} {word}");
        };
        for table in [&codes.statuses, &codes.stages] {
            assert_eq!(rows_missing(readme, table), Vec::<String>::new(), "{}", table.namespace);
        }
        for row in codes.watching.rows() {
            listed(&row.code, row.value.tracking.as_str());
        }
        let carriers = Carriers::read(include_str!("codes/carriers.toml"), MoreCarriers::default()).unwrap();
        for (code, slug) in carriers.rows() {
            listed(code, slug);
        }
    }
}
