//! Which nats-server runs.

use std::env;
use std::io::{self, Error};
use std::path::PathBuf;

/// The variable that names it.
const VARIABLE: &str = "CROSSDOCK_NATS_SERVER";

/// The nats-server of this machine: the one that `CROSSDOCK_NATS_SERVER` names, else the first on the `PATH`.
///
/// # Errors
/// When there is none; says what to do.
pub fn program() -> io::Result<PathBuf> {
    if let Some(path) = env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        if path.is_file() {
            return Ok(path);
        }
        return Err(Error::other(format!("{VARIABLE} is {}, but there is no such file", path.display())));
    }
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).map(|folder| folder.join("nats-server")).find(|path| path.is_file()).ok_or_else(
        || {
            Error::other(format!(
                "no nats-server: install 2.12.3 or newer and name it in {VARIABLE}; `cargo xtask test` provides one, \
                 `cargo xtask nats` prints where it is"
            ))
        },
    )
}
