#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role};

mod canonical;
mod config;
mod normalize;
mod problems;
mod push;
mod thin;
mod thin_wire;
mod words;

pub use config::{Config, SecretEncoding};

/// Your own store, or any system that can sign and send JSON.
#[derive(Clone, Copy, Debug)]
pub struct OwnStore;

impl Connector for OwnStore {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "own-store",
        title: "Own store",
        role: Role::Platform,
        vendor_api: "Standard Webhooks 1.0.0 with bodies of crossdock's own schema",
        maturity: Maturity::Own,
        capabilities: Capabilities {
            topics: &[normalize::TOPIC],
            entities: &["order", "aftersale", "parcel", "inventory"],
            push: true,
            revisions: true,
            ..Capabilities::NONE
        },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        let keys = config.keys()?;
        let reader = normalize::Reader::new(config.platform, config.shop);
        Ok(Parts {
            normalize: Some(Arc::new(reader)),
            push: Some(Arc::new(push::Messages { keys })),
            ..Parts::default()
        })
    }
}
