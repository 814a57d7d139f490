//! Which servers are taken. Older ones do not say what they do not know: they store atomic batches one by one, ignore
//! filters, and let an append pass that must fail. So it is asked before anything is written.

use std::fmt;

/// Older servers are refused: before it, changing a cluster's members could lose what was acknowledged.
pub const FLOOR: Version = Version(2, 12, 3);
/// Older servers get a warning: they could damage compressed or encrypted blocks.
pub const SAFE: [Version; 2] = [Version(2, 12, 12), Version(2, 14, 3)];

/// A version of nats-server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Version {
    /// Reads `2.15.1`, `v2.15.1` or `2.15.1-beta.2`; a version before a release counts as that release.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let mut numbers = text.split(['-', '+']).next()?.split('.').map(|number| number.parse().ok());
        let version = Self(numbers.next()??, numbers.next()??, numbers.next()??);
        numbers.next().is_none().then_some(version)
    }

    /// Whether it has the fixes that people should not do without.
    pub fn is_safe(self) -> bool {
        let [old, new] = SAFE;
        if (self.0, self.1) <= (old.0, old.1) { self >= old } else { self >= new }
    }
}

#[cfg(test)]
mod tests {
    use super::{FLOOR, Version};

    #[test]
    fn reads_and_orders() {
        let read = |text| Version::read(text);
        assert_eq!(read("2.15.1"), Some(Version(2, 15, 1)));
        assert_eq!(read("v2.14.0-RC.1"), Some(Version(2, 14, 0)));
        assert_eq!(read("2.9"), None);
        assert_eq!(read("2.9.10.1"), None);
        assert!(
            read("2.9.10") < Some(FLOOR) && read("2.12.2") < Some(FLOOR) && read("2.12.3") >= Some(FLOOR)
        );
        assert!(!Version(2, 12, 8).is_safe() && !Version(2, 14, 2).is_safe() && Version(2, 12, 12).is_safe());
        assert!(Version(2, 14, 3).is_safe() && Version(2, 15, 0).is_safe() && Version(3, 0, 0).is_safe());
    }
}
