//! What every history keeps beside its entity.

use std::collections::BTreeSet;

use crossdock_schemas::OrderRef;
use serde::{Deserialize, Serialize};

use super::normal::{Mark, json};
use super::registers::Stamps;
use super::risk::Risk;
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
    /// What people released of an order's findings, and whose its hold is.
    #[serde(default, skip_serializing_if = "Risk::is_empty")]
    pub(super) risk: Risk,
    /// Numbers of the orders it belongs to, as people know them.
    #[serde(default, rename = "nos", skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) order_nos: BTreeSet<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl Memory {
    /// Keeps the numbers of orders, and gives what events say of them: JSON members, or nothing.
    pub(super) fn name_orders(&mut self, refs: &[OrderRef]) -> String {
        self.order_nos.extend(refs.iter().map(|order| order.order_no.to_string()));
        match self.order_nos.is_empty() {
            true => String::new(),
            false => format!(",\"order_nos\":{}", json(&self.order_nos)),
        }
    }

    /// Raises the hub's revision and gives the new one.
    pub(super) const fn raise(&mut self) -> u64 {
        self.revision = self.revision.saturating_add(1);
        self.revision
    }
}
