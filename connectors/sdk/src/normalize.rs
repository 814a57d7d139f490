//! The heart of a connector: raw bytes to observations.

use serde::{Deserialize, Serialize};

use crossdock_schemas::Observation;

use crate::{Capture, ObjectId, Result};

/// Raw bytes to observations. Pure: no clock, network, environment, randomness or async.
///
/// # Behaviour
/// - Called at least once for each capture, again after a connector was mended. Same capture, same result.
/// - `Malformed` puts the whole capture into quarantine. When only a part of a batch cannot be read,
///   give the good parts as observations and the bad part as an issue of kind `Malformed`:
///   the hub keeps the capture in quarantine *and* folds the good parts.
/// - It says what the vendor said. It never dedupes, orders, diffs or retries.
pub trait Normalize: Send + Sync {
    /// Reads one capture.
    ///
    /// # Errors
    /// `Malformed` with the path and what is allowed; `Unsupported` for a topic this connector does not know.
    fn normalize(&self, capture: &Capture) -> Result<Normalized>;
}

/// What a capture means.
#[derive(Clone, Debug, Default)]
pub struct Normalized {
    /// What the source says about orders, after-sale cases, parcels or stock.
    pub observations: Vec<Observation>,
    /// What people should know; each is counted.
    pub issues: Vec<Issue>,
    /// Things that have to be fetched before we know more: the capture was a nudge.
    pub fetch: Vec<ObjectId>,
    /// Why there is nothing to do (`heartbeat`, `adjustment`, `write_off`): from a small closed set of words.
    pub ignored: Option<&'static str>,
}

impl Normalized {
    /// One observation and no issues.
    pub fn one(observation: Observation) -> Self {
        Self { observations: vec![observation], ..Self::default() }
    }

    /// Nothing to do, and why.
    pub fn ignored(reason: &'static str) -> Self {
        Self { ignored: Some(reason), ..Self::default() }
    }

    /// A nudge: fetch this.
    pub fn nudge(id: ObjectId) -> Self {
        Self { fetch: vec![id], ..Self::default() }
    }
}

/// What kind of issue it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// A vendor code without a row in the connector's table: it became `unknown`.
    UnmappedCode,
    /// A time whose zone is a guess.
    NoZone,
    /// A value that is there but cannot be used; the rest of the observation stands.
    BadValue,
    /// Amounts that do not add up as the vendor says they should.
    AmountMismatch,
    /// A part of the capture that could not be read; the other parts stand, the capture is kept for repair.
    Malformed,
    /// Something that only people can answer, like a request to erase what is known of a buyer: the capture is kept
    /// in quarantine, where people see it, until they answered it and drop it.
    ForPeople,
}

impl IssueKind {
    /// The kind as a metric label and log field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnmappedCode => "unmapped_code",
            Self::NoZone => "no_zone",
            Self::BadValue => "bad_value",
            Self::AmountMismatch => "amount_mismatch",
            Self::Malformed => "malformed",
            Self::ForPeople => "for_people",
        }
    }

    /// Whether the capture stays in quarantine.
    pub const fn keeps(self) -> bool {
        matches!(self, Self::Malformed | Self::ForPeople)
    }
}

/// Something people should know about a capture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// What kind.
    pub kind: IssueKind,
    /// Where, as a path into the capture: `$.Body.WaybillRoute[2].opCode`.
    pub path: String,
    /// What, without personal data: the code itself for `unmapped_code`.
    pub detail: String,
}

impl Issue {
    /// An issue.
    pub fn new(kind: IssueKind, path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, path: path.into(), detail: detail.into() }
    }

    /// A code without a row in the table.
    pub fn unmapped(path: impl Into<String>, code: impl Into<String>) -> Self {
        Self::new(IssueKind::UnmappedCode, path, code)
    }
}
