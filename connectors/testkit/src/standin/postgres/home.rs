//! The folder of a server and the user it belongs to.

use std::fs::{self, File, Permissions};
use std::io::{self, Error};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A temporary folder that the server's user owns.
#[derive(Debug)]
pub(super) struct Home {
    folder: TempDir,
    user: Option<User>,
}

/// Somebody else than root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct User {
    uid: u32,
    gid: u32,
}

impl Home {
    pub(super) fn new() -> io::Result<Self> {
        // Short: the name of a socket has at most about a hundred bytes.
        let folder = tempfile::Builder::new().prefix("xdpg").tempdir()?;
        // What we just made belongs to whom we are.
        let user = if fs::metadata(folder.path())?.uid() == 0 {
            let users = fs::read_to_string("/etc/passwd")?;
            let found = find(&users, "postgres").or_else(|| find(&users, "nobody"));
            Some(found.ok_or_else(|| Error::other("root, and no user `postgres` or `nobody` to run as"))?)
        } else {
            None
        };
        let home = Self { folder, user };
        home.give(home.folder.path())?;
        Ok(home)
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program that runs as the server's user, in the folder, in English.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("LC_ALL", "C");
        if let Some(User { uid, gid }) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// A file that only the server's user can read.
    pub(super) fn write(&self, name: &str, content: &str) -> io::Result<()> {
        let path = self.path(name);
        fs::write(&path, content)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        self.give(&path)
    }

    /// The server's log, to be written on.
    pub(super) fn log(&self) -> io::Result<File> {
        File::options().create(true).append(true).open(self.path("log"))
    }

    fn give(&self, path: &Path) -> io::Result<()> {
        self.user.map_or(Ok(()), |User { uid, gid }| chown(path, Some(uid), Some(gid)))
    }
}

/// A user in the system's list: `name:password:uid:gid:...`.
fn find(users: &str, name: &str) -> Option<User> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then_some(User { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let users =
            "root:x:0:0:root:/r:/bin/sh\nnobody2:x:7:8::/:/x\nnobody:x:65534:65533:n:/:/x\nbroken:x\n";
        assert_eq!(find(users, "nobody"), Some(User { uid: 65534, gid: 65533 }));
        assert_eq!(find(users, "postgres"), None);
        assert_eq!(find(users, "broken"), None);
        // Root is nobody else.
        assert_eq!(find(users, "root"), None);
    }

    #[test]
    fn what_is_written_can_be_read_by_its_owner_only() {
        let home = Home::new().unwrap();
        home.write("key", "k").unwrap();
        let found = fs::metadata(home.path("key")).unwrap();
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
        assert_ne!(found.uid(), 0, "the server may not be root");
    }
}
