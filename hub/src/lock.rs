//! One hub per data directory, and how commands find it.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How a command reaches the hub that holds a data directory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Running {
    /// Admin address.
    pub admin: SocketAddr,
    /// Token for the admin API; the file is readable by its owner only.
    pub token: String,
}

/// Held while a hub, or a command that writes, works on a data directory.
pub struct DataLock {
    _file: File,
    dir: PathBuf,
}

impl DataLock {
    /// Takes the directory. The system gives it back when this process ends, however it ends.
    ///
    /// # Errors
    /// When another process holds it.
    pub fn take(dir: &Path) -> Result<Self, String> {
        let path = dir.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("{} is in use by a running hub", dir.display()));
            }
            Err(TryLockError::Error(error)) => return Err(format!("{}: {error}", path.display())),
        }
        let lock = Self { _file: file, dir: dir.to_owned() };
        lock.forget();
        Ok(lock)
    }

    /// Says where the hub can be reached. Gives the token that calls must carry.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn announce(&self, admin: SocketAddr) -> Result<String, String> {
        let mut seed = [0_u8; 32];
        random(&mut seed)?;
        let token = format!("xd_{}", crossdock_connector::sign::hex(&Sha256::digest(seed)));
        let running = Running { admin, token: token.clone() };
        let path = self.dir.join("hub.json");
        let mut options = File::options();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = serde_json::to_string(&running).map_err(|error| error.to_string())?;
        options
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(token)
    }

    fn forget(&self) {
        match std::fs::remove_file(self.dir.join("hub.json")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(error = %error, "cannot remove hub.json");
            }
            _ => {}
        }
    }
}

impl Drop for DataLock {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Makes a folder that only its owner can look into; one that is there stays as it is.
///
/// # Errors
/// What the system says, with the path.
pub fn private_dir(dir: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| format!("cannot create {}: {error}", dir.display()))
}

/// Makes an empty file that only its owner can read, before somebody else makes it readable for all.
///
/// # Errors
/// What the system says, with the path.
pub fn private_file(path: &Path) -> Result<(), String> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| format!("cannot create {}: {error}", path.display()))
}

/// Whether a process holds a data directory.
pub fn is_held(dir: &Path) -> bool {
    let file = File::options().write(true).open(dir.join("lock"));
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The hub that holds a data directory, if one does.
pub fn running(dir: &Path) -> Option<Running> {
    if !is_held(dir) {
        return None;
    }
    let text = std::fs::read_to_string(dir.join("hub.json")).ok()?;
    serde_json::from_str(&text).ok()
}

fn random(seed: &mut [u8]) -> Result<(), String> {
    use rustls::crypto::ring::default_provider;
    default_provider().secure_random.fill(seed).map_err(|_| "no randomness".to_owned())
}
