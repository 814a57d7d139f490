//! Vendor code tables: what a carrier's code means, each row with its source.
//!
//! A code without a row is `unknown` with an issue, never a plausible guess.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crossdock_schemas::{DeliveredTo, Effect, ParcelStatus, Reason, Step};

use crate::{Error, Result};

/// A table of codes in one namespace, read from `codes.toml`.
///
/// ```toml
/// namespace = "sf"
/// source = "where the table is from"
///
/// [[code]]
/// code = "50"
/// status = "picked_up"
/// meaning = "courier picked up"
/// confidence = "solid"
/// ```
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "T: DeserializeOwned")]
pub struct CodeTable<T> {
    /// The vendor's namespace of codes.
    pub namespace: String,
    /// Where the table is from.
    pub source: String,
    #[serde(rename = "code")]
    rows: Vec<Row<T>>,
    #[serde(skip)]
    index: BTreeMap<String, usize>,
}

/// One row of a table.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub struct Row<T> {
    /// The vendor's code as it is sent.
    pub code: String,
    /// What it says, in the vendor's words.
    pub meaning: String,
    /// `solid`, `medium` or `thin`, as the fact sheets mark it.
    pub confidence: Confidence,
    /// What it means to us.
    #[serde(flatten)]
    pub value: T,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Two or more independent sources, or recomputed.
    Solid,
    /// One good source.
    Medium,
    /// One weak source.
    Thin,
}

/// What a carrier's code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct TrackingCode {
    /// Place in the journey.
    pub status: ParcelStatus,
    /// Finer grain.
    #[serde(default)]
    pub step: Option<Step>,
    /// Why something went wrong.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// Who has it.
    #[serde(default)]
    pub delivered_to: Option<DeliveredTo>,
    /// Whether it takes an earlier event back.
    #[serde(default)]
    pub effect: Option<Effect>,
}

impl<T: DeserializeOwned> CodeTable<T> {
    /// Reads a table.
    ///
    /// # Errors
    /// `Bug` when the file is not such a table or a code stands in it twice.
    pub fn read(toml: &str) -> Result<Self> {
        let mut table: Self = toml::from_str(toml)
            .map_err(|error| Error::new(crate::ErrorKind::Bug, format!("code table: {error}")))?;
        for (at, row) in table.rows.iter().enumerate() {
            if table.index.insert(row.code.clone(), at).is_some() {
                let what = format!("code table: code {} stands in it twice", row.code);
                return Err(Error::new(crate::ErrorKind::Bug, what));
            }
        }
        Ok(table)
    }

    /// What a code means; `None` when the table does not know it.
    pub fn get(&self, code: &str) -> Option<&T> {
        self.index.get(code).and_then(|at| self.rows.get(*at)).map(|row| &row.value)
    }

    /// All rows.
    pub fn rows(&self) -> &[Row<T>] {
        &self.rows
    }
}
