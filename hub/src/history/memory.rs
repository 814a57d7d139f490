//! What every history keeps beside its entity.

use serde::{Deserialize, Serialize};

use super::normal::Mark;
use super::registers::Stamps;
use super::seen::Seen;

/// Revision, stamps, captures without revision, and events that are told once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// The hub's revision; zero: nothing is published.
    #[serde(default, rename = "rev", skip_serializing_if = "is_zero")]
    pub(super) revision: u64,
    #[serde(default, skip_serializing_if = "Stamps::is_empty")]
    pub(super) stamps: Stamps,
    #[serde(default, skip_serializing_if = "Seen::is_empty")]
    pub(super) seen: Seen,
    /// Events that happen once, or once for what they name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) fired: Vec<Mark>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl Memory {
    /// Raises the hub's revision and gives the new one.
    pub(super) const fn raise(&mut self) -> u64 {
        self.revision = self.revision.saturating_add(1);
        self.revision
    }
}
