//! When a scan is a milestone that customers are told about. Read from `config/milestones.toml`.

use crossdock_schemas::Reason;
use serde::{Deserialize, Serialize};

/// The merchant's choices. Each only decides which scans become `milestone.exception`; picked up and
/// delivered are facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MilestoneRules {
    /// Whether a failed attempt to deliver is an exception.
    pub attempt_is_exception: bool,
    /// From which failed attempt on, counted by time: 1 is the first.
    pub attempt_from: u32,
    /// Whether it is an exception that an outbound parcel turns back.
    pub returning_is_exception: bool,
    /// Reasons nobody is alarmed about.
    pub quiet_reasons: Vec<Reason>,
}

impl Default for MilestoneRules {
    fn default() -> Self {
        MilestoneRules {
            attempt_is_exception: true,
            attempt_from: 1,
            returning_is_exception: true,
            quiet_reasons: vec![Reason::HeldOnRequest, Reason::Misrouted],
        }
    }
}
