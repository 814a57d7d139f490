//! Stand-ins for secrets, for a dry run: a connector is built, nothing is verified, signed or called.

use crossdock_connector::settings::{self, SecretRef};
use crossdock_connector::{Parts, Result, sign};
use toml::Table;

use crate::registry::Entry;

/// Builds a connector whose secrets are stand-ins.
///
/// # Errors
/// What the connector refuses about its settings.
pub(super) fn build(entry: &Entry, mut settings: Table) -> Result<Parts> {
    settings::resolve(&mut settings, &|reference| Ok(stand_in(&reference)))?;
    entry.build(settings)
}

/// A value of a plausible form: Standard Webhooks keys are base64 behind a prefix, which other connectors take as
/// text like any other.
fn stand_in(reference: &SecretRef<'_>) -> String {
    let name = match reference {
        SecretRef::Env(name) | SecretRef::File(name) => name.to_ascii_lowercase(),
    };
    let prefix = if name.contains("public") { "whpk_" } else { "whsec_" };
    format!("{prefix}{}", sign::base64(&[7; 32]))
}

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
