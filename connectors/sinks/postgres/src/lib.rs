#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod bind;
mod config;
mod connection;
mod failure;
mod field;
mod fields;
mod identifier;
mod migrate;
mod pool;
mod record;
mod sink;
mod sqlstate;
mod statement;
mod tables;
mod tls;
mod write;

use std::sync::Arc;

use crossdock_connector::{
    Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Result, Role, SinkPart,
};

pub use config::{Config, SslMode};

/// Events as rows of a PostgreSQL database.
pub struct Postgres;

impl Connector for Postgres {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "postgres",
        title: "PostgreSQL",
        role: Role::Sink,
        vendor_api: "PostgreSQL 15 and newer, frontend/backend protocol 3.0",
        maturity: Maturity::Own,
        capabilities: Capabilities { deliver: true, max_batch: Some(MAX_BATCH), ..Capabilities::NONE },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let sink = sink::PostgresSink::new(config);
        Ok(Parts { sink: Some(SinkPart::Native(Arc::new(sink))), ..Parts::default() })
    }
}

/// Most events of one transaction.
const MAX_BATCH: u32 = 1000;
