//! One file that only grows by whole, durable lines.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::tail;

/// An open file and how far it is known to be good.
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    good: u64,
}

impl Log {
    /// Opens or creates the file, keeps other processes out, and cuts off a torn last line.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let known = path.try_exists()?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // Events hold personal data: nobody else reads the file unless its owner says so.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.try_lock().map_err(|_| io::Error::other("another process writes to this file"))?;
        if !known {
            sync_folder(path)?;
        }
        let good = tail::cut_torn_line(&mut file)?;
        Ok(Self { path: path.to_owned(), file, good })
    }

    /// Whether this is the file at `path`. Who moved or removed it gets a new one.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        self.path == path && same_file(&self.file, path)
    }

    /// Appends lines: one write, one fsync. On an error this log must be dropped and opened anew.
    pub(crate) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let written = self
            .file
            .seek(SeekFrom::Start(self.good))
            .and_then(|_| self.file.write_all(lines))
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => {
                self.good = self.good.saturating_add(u64::try_from(lines.len()).unwrap_or(0));
                Ok(())
            }
            Err(error) => {
                // Readers shall not see half a batch for longer than needed. When this fails as well,
                // opening the file anew cuts the torn line, and whole lines are known by their ids.
                let _cut = self.file.set_len(self.good);
                Err(error)
            }
        }
    }
}

/// A new name in a folder is durable only after the folder was synced.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), path.metadata()) {
        (Ok(ours), Ok(theirs)) => (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &File, path: &Path) -> bool {
    path.is_file()
}
