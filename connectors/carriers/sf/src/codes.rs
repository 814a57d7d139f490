//! The tables of `codes.toml` (opCode, and opCode with reasonCode) and `statuses.toml`.

use std::collections::BTreeMap;

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_schemas::Reason;

/// Both tables, and what the settings say of reasonCodes, whose list SF does not publish.
pub(crate) struct Codes {
    operations: CodeTable<TrackingCode>,
    statuses: CodeTable<TrackingCode>,
    reasons: BTreeMap<String, Reason>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read(reasons: BTreeMap<String, Reason>) -> Result<Self> {
        Ok(Self {
            operations: CodeTable::read(include_str!("codes.toml"))?,
            statuses: CodeTable::read(include_str!("statuses.toml"))?,
            reasons,
        })
    }

    /// Which code space `code_raw` is from.
    pub(crate) fn namespace(&self) -> &str {
        &self.operations.namespace
    }

    /// What an opCode means.
    pub(crate) fn operation(&self, op_code: &str) -> Option<TrackingCode> {
        self.operations.get(op_code).copied()
    }

    /// What an opCode means together with this reasonCode, where that is more than the opCode alone.
    pub(crate) fn combination(&self, op_code: &str, reason_code: &str) -> Option<TrackingCode> {
        self.operations.get(&format!("{op_code}+{reason_code}")).copied()
    }

    /// Why, by reasonCode, where the settings say so.
    pub(crate) fn reason(&self, reason_code: &str) -> Option<Reason> {
        self.reasons.get(reason_code).copied()
    }

    /// What a firstStatusCode or secondaryStatusCode means.
    pub(crate) fn status(&self, code: &str) -> Option<TrackingCode> {
        self.statuses.get(code).copied()
    }
}

#[cfg(test)]
mod tests {
    use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason, Step};

    use super::*;

    #[test]
    fn no_row_says_a_word_the_model_does_not_know() {
        let codes = Codes::read(BTreeMap::new()).unwrap();
        let rows = codes.operations.rows().iter().chain(codes.statuses.rows());
        for row in rows {
            assert_ne!(row.value.status, ParcelStatus::Unknown, "{}", row.code);
            assert_ne!(row.value.step, Some(Step::Unknown), "{}", row.code);
            assert_ne!(row.value.reason, Some(Reason::Unknown), "{}", row.code);
            assert_ne!(row.value.delivered_to, Some(DeliveredTo::Unknown), "{}", row.code);
        }
    }

    #[test]
    fn the_table_that_contradicts_every_payload_is_not_ours() {
        let codes = Codes::read(BTreeMap::new()).unwrap();
        assert_eq!(codes.operation("50").unwrap().status, ParcelStatus::PickedUp);
        assert_eq!(codes.operation("80").unwrap().status, ParcelStatus::Delivered);
        assert_eq!(codes.operation("30").unwrap().status, ParcelStatus::InTransit);
        assert!(codes.operation("100").is_none());
        assert!(codes.operation("4711").is_none());
    }

    #[test]
    fn the_readme_lists_every_code_under_what_it_means() {
        let codes = Codes::read(BTreeMap::new()).unwrap();
        let readme = include_str!("../README.md");
        for row in codes.operations.rows() {
            let line = readme.lines().find(|line| {
                line.split('|').skip(2).any(|cell| cell.split(", ").any(|code| code.trim() == row.code))
            });
            let line = line.unwrap_or_else(|| panic!("{} is missing", row.code));
            assert!(line.starts_with(&format!("| {}", row.value.status)), "{}: {line}", row.code);
        }
    }
}
