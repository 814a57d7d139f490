#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod config;
mod encode;
mod reply;
mod sink;

use std::sync::Arc;

use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role, SinkPart};

pub use config::{Config, SecretEncoding};

/// Signed calls to a receiver of one's own.
pub struct Webhook;

impl Connector for Webhook {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "webhook",
        title: "Webhook (Standard Webhooks, CloudEvents)",
        role: Role::Sink,
        vendor_api: "Standard Webhooks 1.0.0, CloudEvents 1.0 structured JSON",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities {
            deliver: true,
            max_batch: Some(config::MAX_BATCH),
            ..Capabilities::NONE
        },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        let sink = sink::WebhookSink::new(config)?;
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
