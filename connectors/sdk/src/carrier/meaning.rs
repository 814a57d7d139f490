//! What one scan means: what its code says, before the words beside it are read.

use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason, Step};

use crate::codes::TrackingCode;
use crate::{Issue, IssueKind};

/// What a scan means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Place in the journey.
    pub status: ParcelStatus,
    /// The carrier's own word, where it has no row.
    pub status_raw: Option<String>,
    /// Finer grain.
    pub step: Option<Step>,
    /// Why something went wrong.
    pub reason: Option<Reason>,
    /// The carrier's own word for why.
    pub reason_raw: Option<String>,
    /// Who has it.
    pub delivered_to: Option<DeliveredTo>,
}

impl Meaning {
    /// A scan of which only the carrier's word is known, and nothing is to be said about that.
    pub fn raw(code: &str) -> Self {
        Self { status_raw: (!code.is_empty()).then(|| code.to_owned()), ..Self::default() }
    }

    /// A code without a row: it stays unknown, and is an issue at `path`.
    pub fn unmapped(code: &str, path: impl Into<String>, issues: &mut Vec<Issue>) -> Self {
        issues.push(if code.is_empty() {
            Issue::new(IssueKind::BadValue, path, "empty")
        } else {
            Issue::unmapped(path, code)
        });
        Self::raw(code)
    }
}

impl From<&TrackingCode> for Meaning {
    fn from(code: &TrackingCode) -> Self {
        Self {
            status: code.status,
            step: code.step,
            reason: code.reason,
            delivered_to: code.delivered_to,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_row_is_said() {
        let mut issues = Vec::new();
        assert_eq!(Meaning::unmapped("X1", "$.code", &mut issues).status_raw.as_deref(), Some("X1"));
        assert_eq!(Meaning::unmapped("", "$.code", &mut issues), Meaning::default());
        assert_eq!(
            issues,
            [Issue::unmapped("$.code", "X1"), Issue::new(IssueKind::BadValue, "$.code", "empty")]
        );
    }
}
