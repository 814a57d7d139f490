//! Where the programs of PostgreSQL are.

use std::env;
use std::fs;
use std::io::{self, Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::home::Home;

/// The variable that names the folder of the programs.
const VARIABLE: &str = "CROSSDOCK_POSTGRES";
/// Where Debian and its children put each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A folder with `initdb` and `postgres`.
#[derive(Clone, Debug)]
pub(super) struct Programs(PathBuf);

impl Programs {
    pub(super) fn find() -> io::Result<Self> {
        if let Some(folder) = env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
            let folder = PathBuf::from(folder);
            return Self::at(&folder).ok_or_else(|| {
                Error::other(format!(
                    "{VARIABLE} is {}, but there is no initdb with a postgres",
                    folder.display()
                ))
            });
        }
        let paths = env::var_os("PATH").unwrap_or_default();
        let on_path = env::split_paths(&paths).find_map(|folder| Self::at(&folder));
        on_path.or_else(|| newest(Path::new(DEBIAN))).ok_or_else(|| {
            Error::other(format!(
                "no PostgreSQL server: name the folder of initdb and postgres in {VARIABLE}, or run `cargo xtask test`"
            ))
        })
    }

    /// The programs of a folder. Links are followed: a server looks for its other files beside itself.
    fn at(folder: &Path) -> Option<Self> {
        let initdb = folder.join("initdb").canonicalize().ok()?;
        let found = Self(initdb.parent()?.to_owned());
        (found.initdb().is_file() && found.postgres().is_file()).then_some(found)
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.0.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.0.join("postgres")
    }

    /// Programs in a folder that the server's user cannot enter (the home of root) are copied, with what belongs to
    /// them.
    pub(super) fn reachable(self, home: &Home) -> io::Result<Self> {
        let tried = home
            .command(&self.postgres())
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match tried {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let installed = self.0.parent().unwrap_or(&self.0);
                let copied = home.path("installed");
                copy(installed, &copied)?;
                let name = self.0.file_name().unwrap_or_default();
                Ok(Self(copied.join(name)))
            }
            Ok(_) => Ok(self),
            Err(error) => Err(error),
        }
    }
}

/// The newest of `<folder>/<version>/bin`.
fn newest(folder: &Path) -> Option<Programs> {
    let mut found: Vec<(u32, Programs)> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, Programs::at(&entry.path().join("bin"))?))
        })
        .collect();
    found.sort_by_key(|(version, _)| *version);
    found.pop().map(|(_, programs)| programs)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_the_greatest_number() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17", "18", "notes"] {
            let bin = folder.path().join(version).join("bin");
            fs::create_dir_all(&bin).unwrap();
            // 18 has lost its server.
            let names: &[&str] = if version == "18" { &["initdb"] } else { &["initdb", "postgres"] };
            names.iter().for_each(|name| fs::write(bin.join(name), "").unwrap());
        }
        let found = newest(folder.path()).unwrap();
        assert!(found.postgres().to_string_lossy().contains("/17/bin/"), "{found:?}");
        assert!(newest(&folder.path().join("none")).is_none());
    }

    #[test]
    fn a_whole_installation_is_copied() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/share/zone")).unwrap();
        fs::write(folder.path().join("a/share/zone/utc"), "Z").unwrap();
        copy(&folder.path().join("a"), &folder.path().join("b")).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("b/share/zone/utc")).unwrap(), "Z");
    }
}
