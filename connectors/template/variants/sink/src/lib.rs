#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, SinkPart,
};

mod config;
mod encode;
mod reply;
mod sink;

pub use config::Config;

/// Acme.
#[derive(Debug)]
pub struct Acme;

impl Connector for Acme {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "acme",
        title: "Acme",
        role: Role::Sink,
        // Name the version: vendors change theirs, and people have to see which one this was written against.
        vendor_api: "Acme ERP API v1 (made up)",
        // How well proven is it? The suite wants a fixture of that origin for anything but Synthetic.
        maturity: Maturity::Synthetic,
        capabilities: Capabilities { deliver: true, max_batch: Some(sink::MOST), ..Capabilities::NONE },
        quotas: &[Quota { scope: "calls per token", of: &[Call::Deliver], calls: 20, seconds: 1 }],
    };

    // No I/O here.
    fn build(config: Config) -> Result<Parts> {
        let sink = sink::Erp { url: config.url, token: config.api_token };
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
