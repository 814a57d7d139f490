//! Cainiao's four tables of codes, one for each feed, never mixed.

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The tables.
pub(crate) struct Codes {
    /// `logisticsStatus`, with `subLogisticsStatus` behind a slash.
    pub(crate) detail: CodeTable<TrackingCode>,
    /// Two digits of TMS_PRACTICE_TRACE_INFO.
    pub(crate) practice: CodeTable<TrackingCode>,
    /// Patterns of global action codes: the first that fits counts.
    pub(crate) global: CodeTable<TrackingCode>,
    /// Texts of the Taobao trace's `status`.
    pub(crate) taobao: CodeTable<TrackingCode>,
    /// Its steps' `action`.
    pub(crate) action: CodeTable<TrackingCode>,
}

impl Codes {
    /// Reads the tables that were compiled in.
    ///
    /// # Errors
    /// `Bug` when a table is broken.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            detail: CodeTable::read(include_str!("codes/detail.toml"))?,
            practice: CodeTable::read(include_str!("codes/practice.toml"))?,
            global: CodeTable::read(include_str!("codes/global.toml"))?,
            taobao: CodeTable::read(include_str!("codes/taobao.toml"))?,
            action: CodeTable::read(include_str!("codes/action.toml"))?,
        })
    }

    /// What a global action code means.
    pub(crate) fn of_global(&self, code: &str) -> Option<TrackingCode> {
        self.global.rows().iter().find(|row| fits(&row.code, code)).map(|row| row.value)
    }
}

/// Whether a code fits a pattern with at most one `*`.
fn fits(pattern: &str, code: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == code,
        Some((start, end)) => {
            code.len() >= start.len().saturating_add(end.len())
                && code.starts_with(start)
                && code.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use crossdock_testkit::readme::unlisted;

    use crossdock_schemas::{ParcelStatus, Step};

    use super::*;

    #[test]
    fn the_first_pattern_that_fits_counts() {
        let codes = Codes::read().unwrap();
        let of = |code: &str| codes.of_global(code).map(|found| (found.status, found.step));
        assert_eq!(of("CC_IM_CLEARANCE_FAILURE"), Some((ParcelStatus::Customs, Some(Step::Held))));
        assert_eq!(of("CC_IM_SUCCESS"), Some((ParcelStatus::Customs, Some(Step::Released))));
        assert_eq!(of("CC_IM_START"), Some((ParcelStatus::Customs, None)));
        assert_eq!(of("GTMS_DELIVERY_FAILURE"), Some((ParcelStatus::DeliveryAttempted, None)));
        assert_eq!(of("LH_ARRIVE"), Some((ParcelStatus::ArrivedAtHub, None)));
        assert_eq!(of("LH_DEPART"), Some((ParcelStatus::InTransit, Some(Step::Departed))));
        assert_eq!(of("SC_INBOUND_SUCCESS"), Some((ParcelStatus::InTransit, None)));
        assert_eq!(of("PU_PICKUP_SUCCESS"), Some((ParcelStatus::PickedUp, None)));
        assert_eq!(of("GTMS_SIGNED"), Some((ParcelStatus::Delivered, None)));
        assert_eq!(of("COMMON_1"), None);
        assert!(!fits("CC_*_FAIL", "CC_FAIL"));
    }

    #[test]
    fn the_readme_lists_every_code_under_what_it_means() {
        let codes = Codes::read().unwrap();
        let readme = include_str!("../README.md");
        for table in [&codes.detail, &codes.practice, &codes.global, &codes.taobao, &codes.action] {
            assert_eq!(unlisted(readme, table), Vec::<String>::new(), "{}", table.namespace);
        }
    }
}
