//! Reading secrets where their references point.

use std::path::Path;

use crossdock_connector::settings::SecretRef;
use crossdock_connector::{Error, Result};

/// The value of a reference.
///
/// # Errors
/// `Config` that names the variable or file, never the value.
#[allow(clippy::disallowed_methods, reason = "this is the configuration the rule points to")]
pub(super) fn read(reference: SecretRef<'_>) -> Result<String> {
    match reference {
        SecretRef::Env(name) => match std::env::var(name) {
            Ok(value) if !value.is_empty() => Ok(value),
            Ok(_) => Err(Error::config(format!("environment variable {name} is empty"))),
            Err(_) => Err(Error::config(format!("environment variable {name} is not set"))),
        },
        SecretRef::File(path) => file(Path::new(path)),
    }
}

fn file(path: &Path) -> Result<String> {
    let shown = path.display();
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(path)
            .map_err(|error| Error::config(format!("secret file {shown} cannot be read: {error}")))?;
        if metadata.mode() & 0o077 != 0 {
            return Err(Error::config(format!("secret file {shown} can be read by others: chmod 600 it")));
        }
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::config(format!("secret file {shown} cannot be read: {error}")))?;
    match text.trim() {
        "" => Err(Error::config(format!("secret file {shown} is empty"))),
        value => Ok(value.to_owned()),
    }
}
