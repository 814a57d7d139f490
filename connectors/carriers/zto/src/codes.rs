//! ZTO's four tables of codes. The same word means different things in them: `ARRIVAL` is a hub in a push and a locker in
//! a query, so a code is looked up in its own table only.

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The tables.
pub(crate) struct Codes {
    pub(crate) push: CodeTable<TrackingCode>,
    scan: CodeTable<TrackingCode>,
    station: CodeTable<TrackingCode>,
    transferred: CodeTable<TrackingCode>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            push: CodeTable::read(include_str!("codes/push.toml"))?,
            scan: CodeTable::read(include_str!("codes/scan.toml"))?,
            station: CodeTable::read(include_str!("codes/station.toml"))?,
            transferred: CodeTable::read(include_str!("codes/transferred.toml"))?,
        })
    }

    /// The table a `scanType` of a query belongs to: numbers after a hand-over, Latin letters at stations, else
    /// ZTO's own scans.
    pub(crate) fn of_query(&self, scan_type: &str) -> &CodeTable<TrackingCode> {
        if scan_type.bytes().all(|byte| byte.is_ascii_digit()) {
            &self.transferred
        } else if scan_type.is_ascii() {
            &self.station
        } else {
            &self.scan
        }
    }
}

#[cfg(test)]
mod tests {
    use crossdock_testkit::readme::unlisted;

    use crossdock_schemas::ParcelStatus;

    use super::*;

    #[test]
    fn one_word_means_what_its_interface_means() {
        let codes = Codes::read().unwrap();
        let push = |code: &str| codes.push.get(code).unwrap().status;
        let query = |code: &str| codes.of_query(code).get(code).unwrap().status;
        assert_eq!(push("ARRIVAL"), ParcelStatus::ArrivedAtHub);
        assert_eq!(query("ARRIVAL"), ParcelStatus::AvailableForPickup);
        assert_eq!(push("DEPARTURE"), ParcelStatus::InTransit);
        assert_eq!(query("DEPARTURE"), ParcelStatus::Exception);
        assert_eq!(push("HANDOVERSCAN_SIGNED"), ParcelStatus::AvailableForPickup);
        assert_eq!(query("5"), ParcelStatus::Delivered);
    }

    #[test]
    fn the_readme_lists_every_code() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        for table in [&codes.push, &codes.scan, &codes.station, &codes.transferred] {
            assert_eq!(unlisted(readme, table), Vec::<String>::new(), "{}", table.namespace);
        }
    }
}
