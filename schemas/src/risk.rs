//! What the hub's risk rules found.

use crate::{RiskCode, RiskSeverity, Ts};

model! {
    /// One finding of a risk rule. Written by the hub, never by a connector.
    pub struct RiskTag {
        /// Which risk.
        pub code | code_raw: RiskCode,
        /// How serious.
        pub severity | severity_raw: RiskSeverity,
        /// The rule that found it.
        pub rule: String,
        /// The version of that rule.
        pub rule_version: String,
        /// What it saw, without personal data.
        pub evidence: String,
        /// When.
        pub at: Ts,
    }
}
