//! The conformance suite: what must hold for every connector, whoever wrote it.
//!
//! One macro makes the named tests; everything behind it works on `&Parts` and `&Descriptor`, so that
//! nothing but building the connector is compiled anew for each of them.

mod diff;
mod golden;
mod identity;
mod json;
mod report;
mod suite;

mod c01_fixtures;
mod c02_golden;
mod c03_schema;
mod c04_deterministic;
mod c05_identity;
mod c10_signature;

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
    ("C10", c10_signature::check),
];

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

/// The conformance suite for a connector: `conformance!(crossdock_acme::Acme);`
///
/// With `settings = "..."` (TOML) the suite uses these instead of the connector's example wherever a
/// fixture does not bring its own.
#[macro_export]
macro_rules! conformance {
    ($connector:ty) => {
        $crate::conformance!(@tests $connector, None);
    };
    ($connector:ty, settings = $settings:expr) => {
        $crate::conformance!(@tests $connector, Some($settings));
    };
    (@tests $connector:ty, $settings:expr) => {
        fn conformance_subject() -> $crate::conformance::Subject {
            $crate::conformance!(@show $connector);
            $crate::conformance::Subject::new::<$connector>(env!("CARGO_MANIFEST_DIR"), $settings, show)
        }
        $crate::conformance!(@each
            c01_fixtures "C01", c02_golden "C02", c03_schema "C03", c04_deterministic "C04", c05_identity "C05",
            c10_signature "C10",
        );
    };
    (@each $($name:ident $id:literal,)*) => {
        $(
            #[test]
            fn $name() -> Result<(), $crate::conformance::Failed> {
                $crate::conformance::run(&conformance_subject(), $id)
            }
        )*
    };
    // Written here, where the type is known: settings need not implement `Debug`, but if they do, it must
    // not show a secret.
    (@show $connector:ty) => {
        fn show(settings: $crate::conformance::Table) -> Option<String> {
            #[allow(unused_imports, reason = "only used by settings without Debug")]
            use $crate::conformance::NoDebug as _;
            let config = $crate::conformance::Subject::config::<$connector>(settings).ok()?;
            $crate::conformance::Show(&config).shown()
        }
    };
}
