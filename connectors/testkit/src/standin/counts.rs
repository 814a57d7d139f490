//! What the stand-ins of CRMs count.

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls of any kind but logins.
    pub calls: u64,
    /// Logins.
    pub logins: u64,
    /// Calls refused because of their token or session.
    pub refused: u64,
    /// Records created.
    pub creates: u64,
    /// Records updated.
    pub updates: u64,
}
