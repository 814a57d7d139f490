//! The conformance suite: what must hold for every connector, whoever wrote it.
//!
//! One macro makes the named tests; everything behind it works on `&Parts` and `&Descriptor`, so that
//! nothing but building the connector is compiled anew for each of them.

mod diff;
mod golden;
mod identity;
mod json;
mod macros;
mod place;
mod report;
mod suite;

mod c01_fixtures;
mod c02_golden;
mod c03_schema;
mod c04_deterministic;
mod c05_identity;
mod c06_order;
mod c07_malformed;
mod c08_no_panic;
mod c09_unknown_code;
mod c10_signature;
mod c11_batches;
mod c12_conversations;
mod c13_errors;
mod c14_sink;
pub(crate) mod c14_talk;
mod c15_honesty;
mod c16_config;
mod c17_purity;
mod c18_privacy;
mod invariants;
pub mod sample;

use crossdock_connector::Capture;

use crate::fixture::{FixtureError, Secrets};

pub use report::{Failed, Findings};
pub use suite::{NoDebug, Show, Subject, Suite};
pub use toml::Table;

/// A check: looks at a connector and its fixtures, and notes what does not hold.
pub type Check = fn(&Suite<'_>, &mut Findings);

/// All checks by their id.
pub const CHECKS: &[(&str, Check)] = &[
    ("C01", c01_fixtures::check),
    ("C02", c02_golden::check),
    ("C03", c03_schema::check),
    ("C04", c04_deterministic::check),
    ("C05", c05_identity::check),
    ("C06", c06_order::check),
    ("C07", c07_malformed::check),
    ("C08", c08_no_panic::check),
    ("C09", c09_unknown_code::check),
    ("C10", c10_signature::check),
    ("C11", c11_batches::check),
    ("C12", c12_conversations::check),
    ("C13", c13_errors::check),
    ("C14", c14_sink::check),
    ("C15", c15_honesty::check),
    ("C16", c16_config::check),
    ("C17", c17_purity::check),
    ("C18", c18_privacy::check),
    ("invariants", invariants::check),
];

/// What a capture means with the connector's example settings, as in `expected.json`.
///
/// # Errors
/// When the example settings are refused, or there is nothing that reads captures.
pub fn read(subject: &Subject, capture: &Capture) -> Result<serde_json::Value, FixtureError> {
    let suite = Suite::load(subject)?;
    let refused = |what: String| FixtureError::new(&suite.fixtures.root, what);
    let parts = suite.parts(None, &Secrets::new()).map_err(|error| refused(error.to_string()))?;
    let part = parts.normalize.ok_or_else(|| refused("there is no `normalize` part".to_owned()))?;
    Ok(golden::to_json(&golden::normalize(part.as_ref(), capture)))
}

/// Runs one check.
///
/// # Errors
/// With everything that does not hold, unless a waiver in force covers it.
pub fn run(subject: &Subject, id: &str) -> Result<(), Failed> {
    let mut findings = Findings::new(id);
    let Some((_, check)) = CHECKS.iter().find(|(known, _)| *known == id) else {
        findings.note("suite", format!("there is no check {id}"));
        return Err(findings.into_failed());
    };
    match Suite::load(subject) {
        Ok(suite) => {
            suite.waivers(&mut findings);
            check(&suite, &mut findings);
            suite.settle(findings)
        }
        Err(error) => {
            findings.note("fixtures", error);
            Err(findings.into_failed())
        }
    }
}
