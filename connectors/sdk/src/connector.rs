//! The one type a connector exports.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Descriptor, Fetch, Files, Normalize, Poll, Push, Result, Session, SinkPart, Track};

/// A future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One vendor: a description and a way to build its parts from a configuration.
pub trait Connector: Send + Sync + 'static {
    /// The `settings` table of a source or sink that uses this connector.
    type Config: ConnectorConfig;

    /// Readable without building anything.
    const DESCRIPTOR: Descriptor;

    /// Puts the parts together. No I/O happens here.
    ///
    /// # Errors
    /// `Config` when the settings cannot work together; the message says which key and what is allowed.
    fn build(config: Self::Config) -> Result<Parts>;
}

/// Settings of a connector: a plain struct with `#[serde(deny_unknown_fields)]`.
pub trait ConnectorConfig: DeserializeOwned + JsonSchema + Send + 'static {
    /// A complete settings table as TOML, used by docs, `crossdock connectors` and the conformance suite.
    fn example() -> &'static str;

    /// What the types cannot say. Called once after reading.
    ///
    /// # Errors
    /// `Config` with the key and what is allowed.
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}

/// For connectors without settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoConfig {}

impl ConnectorConfig for NoConfig {
    fn example() -> &'static str {
        ""
    }
}

/// What a built connector can do. A part that is absent is a thing the vendor cannot do;
/// the conformance suite holds this against [`Capabilities`](crate::Capabilities).
#[derive(Clone, Default)]
pub struct Parts {
    /// Raw bytes to observations: every platform and carrier has it.
    pub normalize: Option<Arc<dyn Normalize>>,
    /// The vendor calls us.
    pub push: Option<Arc<dyn Push>>,
    /// We ask for one object by its id.
    pub fetch: Option<Arc<dyn Fetch>>,
    /// We ask for what changed since a cursor.
    pub poll: Option<Arc<dyn Poll>>,
    /// We ask for parcels by their numbers.
    pub track: Option<Arc<dyn Track>>,
    /// People give us files.
    pub files: Option<Arc<dyn Files>>,
    /// A session or access token that the other parts need.
    pub session: Option<Arc<dyn Session>>,
    /// We give events to the vendor.
    pub sink: Option<SinkPart>,
}
