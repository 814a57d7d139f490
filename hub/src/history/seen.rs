//! The captures a history has already taken in, for sources that give no revision.
//!
//! Where a source gives none, the order of capture is the revision, and only the bytes tell a redelivery from
//! a return to an earlier state. So every digest is kept: a set that forgets would take the redelivery of an
//! old capture for news.

use serde::{Deserialize, Serialize};

use super::Context;
use super::normal::Mark;

/// Digests of captures without revision.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    digests: Vec<Mark>,
    /// The capture that was taken in last: it may speak of the same thing more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<u64>,
}

impl Seen {
    /// Whether these bytes were taken in before. A second statement in the capture that is being taken in
    /// is not a redelivery.
    pub(super) fn knows(&self, cx: &Context<'_>) -> bool {
        self.last != Some(cx.capture) && self.digests.contains(&Mark::of(cx.raw_sha256))
    }

    /// Remembers the capture.
    pub(super) fn remember(&mut self, cx: &Context<'_>) {
        let mark = Mark::of(cx.raw_sha256);
        if !self.digests.contains(&mark) {
            self.digests.push(mark);
        }
        self.last = Some(cx.capture);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }
}
