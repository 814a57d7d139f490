//! A small disk of one's own, that can be full.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Mounts it where only this process and its children see it, says so, and keeps it until its standard input ends.
const KEEP: &str = r#"mount -t tmpfs -o "size=$1m" none "$0" && echo mounted && exec cat"#;

/// A file system in memory. It is gone with this value, also when the test is killed.
#[derive(Debug)]
pub struct Disk {
    keeper: Child,
    path: PathBuf,
    _point: TempDir,
}

impl Disk {
    /// One of so many mebibytes. `None` where the machine lets nobody mount one, as containers often do: whoever needs a
    /// disk that is full takes [`Server::limit_files`](super::Server::limit_files) then.
    ///
    /// # Errors
    /// When no process can be started.
    pub fn small(mebibytes: u32) -> io::Result<Option<Self>> {
        for own in [&["--user", "--map-root-user", "--mount"][..], &["--mount"][..]] {
            let point = TempDir::new()?;
            let mut command = Command::new("unshare");
            command.args(own).args(["sh", "-c", KEEP]).arg(point.path()).arg(mebibytes.to_string());
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut keeper = match command.spawn() {
                Ok(keeper) => keeper,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            let mut said = String::new();
            if let Some(out) = keeper.stdout.take() {
                BufReader::new(out).read_line(&mut said)?;
            }
            if said.trim() == "mounted" {
                // What the keeper sees, everybody may open through it.
                let inside = point.path().strip_prefix("/").unwrap_or(point.path());
                let path = Path::new("/proc").join(keeper.id().to_string()).join("root").join(inside);
                return Ok(Some(Self { keeper, path, _point: point }));
            }
            keeper.wait()?;
        }
        Ok(None)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves so many bytes on it, all others are taken.
    ///
    /// # Errors
    /// When it cannot be written to for another reason than that it is full.
    pub fn leave(&self, bytes: u64) -> io::Result<()> {
        let mut ballast = File::create(self.ballast())?;
        let mut length = 0_u64;
        loop {
            match ballast.write(&[0; 4096]) {
                Ok(written) => length += u64::try_from(written).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error),
            }
        }
        ballast.set_len(length.saturating_sub(bytes))
    }

    /// Gives back what was taken.
    ///
    /// # Errors
    /// When nothing was.
    pub fn free(&self) -> io::Result<()> {
        fs::remove_file(self.ballast())
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Gone either way; nobody is left to tell.
        drop(self.keeper.wait());
    }
}
