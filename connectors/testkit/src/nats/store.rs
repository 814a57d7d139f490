//! What a server has on its disk, for tests that spoil it.

use std::fs::{self, OpenOptions};
use std::io::{self, Error};
use std::path::{Path, PathBuf};

/// Empties a folder and keeps the folder, which may be a file system of its own.
pub(super) fn wipe(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The block of a stream that was written last and holds something.
pub(super) fn last_block(store: &Path, stream: &str) -> io::Result<PathBuf> {
    let mut blocks = Vec::new();
    for account in fs::read_dir(store.join("jetstream"))? {
        let messages = account?.path().join("streams").join(stream).join("msgs");
        if !messages.is_dir() {
            continue;
        }
        for entry in fs::read_dir(messages)? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "blk") && fs::metadata(&path)?.len() > 0 {
                // Blocks are counted: `1.blk`, `2.blk`.
                let number = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
                blocks.push((number, path));
            }
        }
    }
    blocks.sort();
    let none = || Error::other(format!("the stream {stream} has no block with anything in it"));
    blocks.pop().map(|(_, path)| path).ok_or_else(none)
}

/// Cuts bytes off the end of a file; gives how many there were to cut.
pub(super) fn truncate(path: &Path, bytes: u64) -> io::Result<u64> {
    let length = fs::metadata(path)?.len();
    let left = length.saturating_sub(bytes);
    OpenOptions::new().write(true).open(path)?.set_len(left)?;
    Ok(length - left)
}
