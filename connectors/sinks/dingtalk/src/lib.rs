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

/// Messages to people through a DingTalk group bot.
pub struct Dingtalk;

impl Connector for Dingtalk {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "dingtalk",
        title: "DingTalk 钉钉 group robot",
        role: Role::Sink,
        vendor_api: "custom robot, robot/send",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities { deliver: true, max_batch: Some(words::MAX_BATCH), ..Capabilities::NONE },
        quotas: &[Quota { scope: "messages of one robot", of: &[Call::Deliver], calls: 20, seconds: 60 }],
    };

    fn build(config: Config) -> Result<Parts> {
        let sink = sink::DingtalkSink::new(config)?;
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
