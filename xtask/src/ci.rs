//! Everything that must hold, cheapest first; the tests come last, so that their closing line ends the output.

use crate::shell::{self, Outcome, cargo, say};
use crate::{audit, configs, schemas, test};

type Step = (&'static str, fn() -> Outcome);

const STEPS: &[Step] = &[
    ("fmt", fmt),
    ("audit", audit::run),
    ("clippy", clippy),
    ("docs", docs),
    ("schemas", schemas::run),
    ("configs", configs::run),
    ("demo", demo),
    ("test", test::run),
];

/// Runs every step, and stops at the first that fails.
///
/// # Errors
/// The step, and what is wrong.
pub(crate) fn run() -> Outcome {
    for (name, step) in STEPS {
        say(&format!("\n== {name}"));
        step().map_err(|error| format!("{name}: {error}"))?;
    }
    say("\nci: every step holds");
    Ok(())
}

pub(crate) fn fmt() -> Outcome {
    shell::run(cargo().args(["fmt", "--all", "--check"]))
}

pub(crate) fn clippy() -> Outcome {
    shell::run(cargo().args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

pub(crate) fn docs() -> Outcome {
    shell::run(
        cargo().args(["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// A short demo: the whole system from the command that a stranger types first.
pub(crate) fn demo() -> Outcome {
    shell::run(shell::crossdock()?.args(["demo", "--orders", "150"]))
}
