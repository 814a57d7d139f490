//! The shop's words and what they mean. A word without a row is `unknown` with an issue, never a guess.

use std::collections::BTreeMap;

use serde::Deserialize;

use crossdock_connector::Result;
use crossdock_connector::aggregator::Carriers;
use crossdock_connector::codes::CodeTable;

use crate::config::{Config, Meaning};

/// A row of the table of statuses.
#[derive(Debug, Clone, Copy, Deserialize)]
struct StatusRow {
    stage: Meaning,
}

/// All tables of this connector, with what the settings add.
#[derive(Debug)]
pub(crate) struct Codes {
    status: CodeTable<StatusRow>,
    own: BTreeMap<String, Meaning>,
    pub(crate) carriers: Carriers,
}

impl Codes {
    /// Reads all tables.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let own = config.statuses.iter().map(|(word, stage)| (bare(word).to_owned(), *stage)).collect();
        Ok(Self {
            status: CodeTable::read(include_str!("codes/status.toml"))?,
            own,
            carriers: Carriers::read(include_str!("codes/carriers.toml"), config.carriers.clone())?,
        })
    }

    /// What a status means.
    pub(crate) fn status(&self, word: &str) -> Option<Meaning> {
        let word = bare(word);
        self.own.get(word).copied().or_else(|| self.status.get(word).map(|row| row.stage))
    }
}

/// The database writes `wc-` before every status, the interface leaves it out; people write either.
fn bare(word: &str) -> &str {
    word.strip_prefix("wc-").unwrap_or(word)
}

/// Our word for a payment gateway; plugins bring their own, so this is an open list.
pub(crate) fn pay_method(gateway: &str) -> String {
    match gateway {
        "bacs" => "bank_transfer".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// The gateway for cash on delivery: its orders are sent before they are paid.
pub(crate) const CASH: &str = "cod";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_the_core_has_its_row() {
        let table: CodeTable<StatusRow> = CodeTable::read(include_str!("codes/status.toml")).unwrap();
        assert_eq!(table.rows().len(), 12);
        assert_eq!(table.get("processing").map(|row| row.stage), Some(Meaning::Paid));
        // Whether it was shipped or paid differs from shop to shop.
        assert!(table.get("ready-for-pickup").is_none());
    }
}
