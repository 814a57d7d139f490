//! Kuaidi100's codes. A code is looked up as it stands: `401` is "cancelled", though `4` is "returned", so the first digit
//! of an unknown code means nothing.

use crossdock_connector::Result;
use crossdock_connector::aggregator::Watching;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// Words that pushes hold beside those of the table, with the code they stand for.
const ALSO: [(&str, &str); 2] = [("投柜或站签收", "304"), ("下单", "101")];

/// The tables.
pub(crate) struct Codes {
    /// `state` and `statusCode`.
    pub(crate) scans: CodeTable<TrackingCode>,
    /// `status` of a push.
    pub(crate) watching: CodeTable<Watching>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            scans: CodeTable::read(include_str!("codes/scans.toml"))?,
            watching: CodeTable::read(include_str!("codes/watching.toml"))?,
        })
    }

    /// What a Chinese word of `status` means, for scans without a code.
    pub(crate) fn by_word(&self, word: &str) -> Option<&TrackingCode> {
        if let Some((_, code)) = ALSO.iter().find(|(also, _)| *also == word) {
            return self.scans.get(code);
        }
        self.scans.rows().iter().find(|row| row.meaning == word).map(|row| &row.value)
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::aggregator::{Carriers, MoreCarriers};
    use crossdock_schemas::{ParcelStatus, Step};
    use crossdock_testkit::readme::rows_missing;

    use super::*;

    #[test]
    fn the_first_digit_means_nothing() {
        let codes = Codes::read().unwrap();
        let status = |code: &str| codes.scans.get(code).map(|code| code.status);
        assert_eq!(
            (status("4"), status("401")),
            (Some(ParcelStatus::Returned), Some(ParcelStatus::Cancelled))
        );
        assert_eq!(
            (status("5"), status("501")),
            (Some(ParcelStatus::OutForDelivery), Some(ParcelStatus::AvailableForPickup))
        );
        assert_eq!((status("305"), status("9")), (None, None));
        assert_eq!(codes.by_word("干线").unwrap().step, Some(Step::Departed));
        assert_eq!(codes.by_word("投柜或站签收").unwrap().status, ParcelStatus::Delivered);
        assert!(codes.by_word("").is_none());
    }

    #[test]
    fn the_readme_lists_every_code() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        let listed = |code: &str, word: &str| {
            let fits = |line: &str| line.starts_with(&format!("| {code} |")) && line.contains(word);
            assert!(readme.lines().any(fits), "{code} {word}");
        };
        assert_eq!(rows_missing(readme, &codes.scans), Vec::<String>::new());
        for row in codes.watching.rows() {
            listed(&row.code, row.value.tracking.as_str());
        }
        let carriers = Carriers::read(include_str!("codes/carriers.toml"), MoreCarriers::default()).unwrap();
        for (code, slug) in carriers.rows() {
            listed(code, slug);
        }
    }
}
