#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod config;
mod log;
mod promise;
mod sink;
mod tail;

use std::sync::Arc;

use crossdock_connector::{
    Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Result, Role, SinkPart,
};

pub use config::{Config, Rotate};

/// Events as lines of a file.
pub struct File;

impl Connector for File {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "file",
        title: "File (NDJSON)",
        role: Role::Sink,
        vendor_api: "CloudEvents 1.0 structured JSON, one a line",
        maturity: Maturity::Own,
        capabilities: Capabilities { deliver: true, max_batch: Some(MAX_BATCH), ..Capabilities::NONE },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let sink = sink::FileSink::new(config);
        Ok(Parts { sink: Some(SinkPart::Native(Arc::new(sink))), ..Parts::default() })
    }
}

/// Most events that one write and one fsync pay for.
const MAX_BATCH: u32 = 1000;
