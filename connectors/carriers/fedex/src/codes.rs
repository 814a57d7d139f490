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
    use super::*;

    #[test]
    fn the_readme_lists_every_code() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        for row in codes.events.rows().iter().chain(codes.derived.rows()) {
            let value = &row.value;
            let reason = value.reason.map(|reason| reason.to_string()).unwrap_or_default();
            let step = value.step.map(|step| step.to_string()).unwrap_or_default();
            let words = [value.status.as_str(), &reason, &step];
            let fits = |line: &str| {
                line.starts_with(&format!("| {} |", row.code)) && words.iter().all(|word| line.contains(word))
            };
            assert!(readme.lines().any(fits), "{} {words:?}", row.code);
        }
    }
}
