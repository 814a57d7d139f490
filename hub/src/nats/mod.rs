//! What the hub needs of NATS: a connection, the names of things, and the floor below which a server is refused.

mod api;
mod connect;
pub mod consumers;
mod fields;
mod headers;
mod names;
mod plan;
pub mod setup;
#[cfg(test)]
mod tests;
mod version;

pub(crate) use api::stream_info;
pub use connect::{Link, connect};
pub use fields::Difference;
pub use headers::headers_of;
pub use names::{Names, upper};
pub use plan::{LAYOUT, Wanted, ensure, ensure_stream, events_stream, inbound_stream};
pub use version::{FLOOR, SAFE, Version};

/// Why NATS cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NatsError {
    /// The configuration or the servers are not as they must be: trying again does not help.
    #[error("{0}")]
    Refused(String),
    /// Not reachable now.
    #[error("{0}")]
    Away(String),
}

/// Result of calls to NATS.
pub type Result<T, E = NatsError> = std::result::Result<T, E>;
