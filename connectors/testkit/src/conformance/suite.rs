//! A connector under test with its fixtures: builds it with the settings a fixture asks for.

use std::fmt;
use std::io::Write;
use std::path::Path;

use crossdock_connector::settings::{self, SecretRef};
use crossdock_connector::{Connector, ConnectorConfig, Descriptor, Normalize, Parts, Result};
use toml::Table;

use super::report::{Failed, Findings};
use crate::fixture::{Case, FixtureError, Fixtures, Secrets};

/// The value of a secret that a fixture says nothing about.
const EXAMPLE_SECRET: &str = "example-secret";

/// What becomes of each secret on its way into settings.
pub(crate) type Change = fn(String) -> String;

/// A connector, with all that depends on its type behind plain functions.
#[derive(Clone, Copy)]
pub struct Subject {
    /// The connector's folder.
    pub root: &'static str,
    /// What it says about itself.
    pub descriptor: Descriptor,
    /// Its example settings.
    pub example: &'static str,
    /// The settings used where a fixture brings none.
    pub settings: &'static str,
    /// Builds it from resolved settings.
    pub build: fn(Table) -> Result<Parts>,
    /// The JSON Schema of its settings.
    pub schema: fn() -> serde_json::Value,
    /// Its settings as `Debug` shows them, when they do.
    pub show: fn(Table) -> Option<String>,
}

impl Subject {
    /// A connector in its folder.
    pub fn new<C: Connector>(
        root: &'static str,
        settings: Option<&'static str>,
        show: fn(Table) -> Option<String>,
    ) -> Self {
        let example = C::Config::example();
        Self {
            root,
            descriptor: C::DESCRIPTOR,
            example,
            settings: settings.unwrap_or(example),
            build: |table| C::build(Self::config::<C>(table)?),
            schema: || schemars::schema_for!(C::Config).to_value(),
            show,
        }
    }

    /// Reads and validates settings as the hub does.
    ///
    /// # Errors
    /// `Config`, as the connector says.
    pub fn config<C: Connector>(table: Table) -> Result<C::Config> {
        let config: C::Config = settings::read(table)?;
        config.validate()?;
        Ok(config)
    }
}

/// A value shown with `Debug` when it has it; else [`NoDebug`] answers.
pub struct Show<'a, T>(pub &'a T);

impl<T: fmt::Debug> Show<'_, T> {
    /// The value as text.
    pub fn shown(&self) -> Option<String> {
        Some(format!("{:?}", self.0))
    }
}

/// The answer of a value without `Debug`.
pub trait NoDebug {
    /// Nothing to show.
    fn shown(&self) -> Option<String> {
        None
    }
}

impl<T> NoDebug for Show<'_, T> {}

/// A connector with its fixtures.
pub struct Suite<'a> {
    /// The connector.
    pub subject: &'a Subject,
    /// Its fixtures.
    pub fixtures: Fixtures,
}

impl<'a> Suite<'a> {
    /// Reads the fixtures.
    ///
    /// # Errors
    /// With file and key of the first thing that cannot be read.
    pub fn load(subject: &'a Subject) -> Result<Self, FixtureError> {
        Ok(Self { subject, fixtures: Fixtures::load(Path::new(subject.root))? })
    }

    /// What the connector says about itself.
    pub fn descriptor(&self) -> &Descriptor {
        &self.subject.descriptor
    }

    /// The value of a secret that settings refer to.
    pub fn secret(&self, secrets: &Secrets, reference: &SecretRef<'_>) -> String {
        let name = match reference {
            SecretRef::Env(name) | SecretRef::File(name) => *name,
        };
        let given = secrets.get(name).or_else(|| self.fixtures.plan.secrets.get(name));
        given.cloned().unwrap_or_else(|| EXAMPLE_SECRET.to_owned())
    }

    /// Settings as a table, secrets in place; `change` sees each secret on its way.
    ///
    /// # Errors
    /// `Config` when the text is no TOML.
    pub(super) fn table(&self, text: &str, secrets: &Secrets, change: Change) -> Result<Table> {
        let mut table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| crossdock_connector::Error::config(error.to_string()))?;
        settings::resolve(&mut table, &|reference| Ok(change(self.secret(secrets, &reference))))?;
        Ok(table)
    }

    /// Builds the connector with a fixture's settings.
    ///
    /// # Errors
    /// As the connector says.
    pub fn parts(&self, settings: Option<&str>, secrets: &Secrets) -> Result<Parts> {
        self.parts_with(settings, secrets, |secret| secret)
    }

    /// Builds the connector with each secret changed.
    ///
    /// # Errors
    /// As the connector says.
    pub(crate) fn parts_with(
        &self,
        settings: Option<&str>,
        secrets: &Secrets,
        change: Change,
    ) -> Result<Parts> {
        (self.subject.build)(self.table(settings.unwrap_or(self.subject.settings), secrets, change)?)
    }

    /// The values of all secrets that settings refer to.
    pub(super) fn secrets_in(&self, text: Option<&str>, secrets: &Secrets) -> Vec<String> {
        let Ok(mut table) = text.unwrap_or(self.subject.settings).parse::<Table>() else { return Vec::new() };
        let found = std::cell::RefCell::new(Vec::new());
        let resolved = settings::resolve(&mut table, &|reference| {
            let secret = self.secret(secrets, &reference);
            found.borrow_mut().push(secret.clone());
            Ok(secret)
        });
        if resolved.is_ok() { found.into_inner() } else { Vec::new() }
    }

    /// The crate's manifest.
    pub(super) fn manifest(&self) -> Option<Table> {
        std::fs::read_to_string(self.fixtures.root.join("Cargo.toml")).ok()?.parse().ok()
    }

    /// Hands each case to a check with the part that reads it. Cases that cannot be built are noted.
    pub fn each_case(
        &self,
        findings: &mut Findings,
        mut check: impl FnMut(&Case, &dyn Normalize, &mut Findings),
    ) {
        for case in &self.fixtures.cases {
            match self.parts(case.settings.as_deref(), &case.secrets) {
                Ok(Parts { normalize: Some(normalize), .. }) => check(case, normalize.as_ref(), findings),
                Ok(_) => findings.note(case.label(), "there is no `normalize` part to read this case"),
                Err(error) => findings.note(case.label(), format!("settings refused: {error}")),
            }
        }
    }

    /// Notes waivers that ended or name no check.
    pub fn waivers(&self, findings: &mut Findings) {
        let today = today();
        for waiver in &self.fixtures.plan.waivers {
            if !super::CHECKS.iter().any(|(id, _)| *id == waiver.check) {
                let known: Vec<&str> = super::CHECKS.iter().map(|(id, _)| *id).collect();
                let what = format!("waiver for `{}`, which is none of {}", waiver.check, known.join(", "));
                findings.note("conformance.toml", what);
            } else if waiver.check == findings.check() && waiver.expires < today {
                let what =
                    format!("the waiver ended on {} ({}): {}", waiver.expires, waiver.issue, waiver.reason);
                findings.note("conformance.toml", what);
            }
        }
    }

    /// The verdict of a check; a waiver in force is printed and forgives.
    ///
    /// # Errors
    /// With everything that was found and is not forgiven.
    pub fn settle(&self, findings: Findings) -> Result<(), Failed> {
        let today = today();
        let mut waivers = self.fixtures.plan.waivers.iter();
        let waiver = waivers.find(|waiver| waiver.check == findings.check() && waiver.expires >= today);
        let Some(waiver) = waiver else {
            return if findings.is_empty() { Ok(()) } else { Err(findings.into_failed()) };
        };
        let verdict = if findings.is_empty() { "not needed any more" } else { "forgiven" };
        tell(&format!(
            "waiver: {} {} until {} ({}), {}: {}",
            self.descriptor().id,
            waiver.check,
            waiver.expires,
            waiver.issue,
            verdict,
            waiver.reason
        ));
        Ok(())
    }
}

/// Says something to the person who runs the tests, past the capture of test output.
pub(super) fn tell(text: &str) {
    // Nothing depends on whether a terminal takes it.
    writeln!(std::io::stderr(), "{text}").ok();
}

#[expect(
    clippy::disallowed_methods,
    reason = "a waiver ends by the real calendar; nothing else here reads a clock"
)]
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
