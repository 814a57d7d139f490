//! A real nats-server of one's own, alone or three of them, and a wire in front of it that can be cut.
//!
//! Nothing of NATS is played here: what a broker forgets, answers late or answers twice is what the real one does. The
//! program is the one that `CROSSDOCK_NATS_SERVER` names, else the `nats-server` of the `PATH`; without one nothing
//! starts, and the error says what to do.
//!
//! Everything here is plain and blocking, so that synchronous and asynchronous callers can use it; waiting for a
//! server takes milliseconds, for a cluster seconds. Give an asynchronous test that does this more than one thread.
//!
//! ```no_run
//! # fn main() -> std::io::Result<()> {
//! use crossdock_testkit::nats::{Proxy, Server};
//!
//! let mut server = Server::start()?;
//! let wire = Proxy::start(server.addr())?;
//! // ... connect to `wire.url()`, publish, and meanwhile:
//! wire.cut();
//! server.kill9()?;
//! server.truncate_last_block("XD_DEFAULT", 100)?;
//! server.restart()?;
//! wire.heal();
//! # Ok(())
//! # }
//! ```

mod cluster;
mod disk;
mod http;
mod ports;
mod process;
mod program;
mod proxy;
mod server;
mod store;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use cluster::Cluster;
pub use disk::Disk;
pub use program::program;
pub use proxy::Proxy;
pub use server::Server;

/// How a server differs from the usual one.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Lines of its configuration, as they would stand in a file: accounts, permissions, `max_payload`, or
    /// `jetstream { sync_interval: always, max_file_store: 1GB }`. Address, ports, name and store are given on the
    /// command line, which wins.
    pub config: String,
    /// Files beside that configuration, for its `include` lines: name and content.
    pub files: Vec<(String, String)>,
    /// Variables that the configuration refers to.
    pub env: Vec<(String, String)>,
    /// Keeps its data in this folder, a small file system for example, and leaves it there at the end.
    pub store: Option<PathBuf>,
    /// Another program than the usual one: an old version.
    pub program: Option<PathBuf>,
    /// `user:password` with which servers of a cluster greet each other, where the configuration wants that.
    pub route_login: Option<String>,
}

impl Options {
    /// The usual server with these lines of configuration.
    #[must_use]
    pub fn config(text: impl Into<String>) -> Self {
        Self { config: text.into(), ..Self::default() }
    }
}
