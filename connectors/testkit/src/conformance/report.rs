//! What a check found, said so that one can act on it.

use std::fmt;

/// Everything a check found so far.
#[derive(Debug)]
pub struct Findings {
    check: String,
    found: Vec<String>,
}

impl Findings {
    /// Nothing yet.
    pub fn new(check: &str) -> Self {
        Self { check: check.to_owned(), found: Vec::new() }
    }

    /// Notes something that does not hold, and where.
    pub fn note(&mut self, place: impl fmt::Display, what: impl fmt::Display) {
        self.found.push(format!("{place}: {what}"));
    }

    /// Notes it when it does not hold.
    pub fn expect(&mut self, holds: bool, place: impl fmt::Display, what: impl fmt::Display) {
        if !holds {
            self.note(place, what);
        }
    }

    /// Which check.
    pub fn check(&self) -> &str {
        &self.check
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings as the error of a test.
    pub fn into_failed(self) -> Failed {
        Failed(self)
    }
}

/// The error of a test: prints one finding a paragraph.
pub struct Failed(Findings);

impl Failed {
    /// What was found.
    pub fn found(&self) -> &[String] {
        &self.0.found
    }
}

// A test that returns an error is shown with Debug.
impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} does not hold ({} findings)", self.0.check, self.0.found.len())?;
        for found in &self.0.found {
            writeln!(f, "  - {}", found.trim_end().replace('\n', "\n    "))?;
        }
        Ok(())
    }
}
