//! Which rows of the quarantine and of the parking lot somebody means. What is empty narrows nothing.

use super::{Micros, Seq};

/// Which captures in quarantine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    /// These captures.
    pub captures: Vec<Seq>,
    /// Of this source.
    pub source: Option<String>,
    /// With this topic.
    pub topic: Option<String>,
    /// For this kind of error.
    pub reason: Option<String>,
    /// With these words in what is said to be wrong.
    pub words: Option<String>,
    /// With this number in the body, or in where it stood.
    pub number: Option<String>,
    /// There since this time or a later one.
    pub since: Option<Micros>,
    /// There since before this time.
    pub before: Option<Micros>,
}

/// Which handoffs that were given up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParkedFilter {
    /// At this sink.
    pub sink: Option<String>,
    /// These events.
    pub events: Vec<Seq>,
    /// Events of these types.
    pub types: Vec<String>,
    /// For this reason.
    pub reason: Option<String>,
    /// With this in the receiver's words.
    pub words: Option<String>,
    /// Of the history with this number or published key.
    pub number: Option<String>,
    /// There since this time or a later one.
    pub since: Option<Micros>,
    /// There since before this time.
    pub before: Option<Micros>,
}
