#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod config;
mod reply;
mod sink;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, SinkPart, words,
};

pub use config::{Config, Format};

/// Messages to people through a WeCom group bot.
pub struct Wecom;

impl Connector for Wecom {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "wecom",
        title: "WeCom 企业微信 group bot",
        role: Role::Sink,
        vendor_api: "group bot, cgi-bin/webhook/send",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities { deliver: true, max_batch: Some(words::MAX_BATCH), ..Capabilities::NONE },
        quotas: &[Quota { scope: "messages of one bot", of: &[Call::Deliver], calls: 20, seconds: 60 }],
    };

    fn build(config: Config) -> Result<Parts> {
        let sink = sink::WecomSink::new(config)?;
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
