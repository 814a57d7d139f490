//! Stand-ins for secrets, for a dry run: a connector is built, nothing is verified, signed or called.

use crossdock_connector::settings::{self, SecretRef};
use crossdock_connector::{Error, Parts, Result, sign};
use toml::Table;

use crate::registry::Entry;

/// Builds a connector whose secrets are stand-ins.
///
/// # Errors
/// What the connector refuses about its settings.
pub(super) fn build(entry: &Entry, settings: Table) -> Result<Parts> {
    let mut refused = None;
    for form in FORMS {
        let mut table = settings.clone();
        settings::resolve(&mut table, &|reference| Ok(form(&reference)))?;
        match entry.build(table) {
            Ok(parts) => return Ok(parts),
            // The first form is that of most connectors: its refusal says most.
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or_else(|| Error::config("no stand-in for its secrets")))
}

/// Values of plausible forms: some connectors look whether a key can be one.
const FORMS: &[fn(&SecretRef<'_>) -> String] = &[
    // Standard Webhooks keys are base64 behind a prefix, which others take as text like any other.
    |reference| {
        let name = match reference {
            SecretRef::Env(name) | SecretRef::File(name) => name.to_ascii_lowercase(),
        };
        let prefix = if name.contains("public") { "whpk_" } else { "whsec_" };
        format!("{prefix}{}", sign::base64(&[7; 32]))
    },
    |_| "07070707070707070707070707070707".to_owned(),
    |_| "07070707-0707-4707-8707-070707070707".to_owned(),
    |_| "stand-in:salt".to_owned(),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    #[test]
    fn every_connector_can_be_built_from_its_example() {
        for entry in registry::all() {
            let table: Table = (entry.example)().parse().unwrap();
            let built = build(&entry, table);
            assert!(built.is_ok(), "{}: {:?}", entry.descriptor.id, built.err());
        }
    }
}
