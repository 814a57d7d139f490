#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod config;
mod reply;
mod sink;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, SinkPart, words,
};

pub use config::Config;

/// Messages to people through a Feishu group bot.
pub struct Feishu;

impl Connector for Feishu {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "feishu",
        title: "Feishu 飞书 (Lark) group bot",
        role: Role::Sink,
        vendor_api: "custom bot, open-apis/bot/v2/hook",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities { deliver: true, max_batch: Some(words::MAX_BATCH), ..Capabilities::NONE },
        quotas: &[
            Quota { scope: "messages of one bot in a minute", of: &[Call::Deliver], calls: 100, seconds: 60 },
            Quota { scope: "messages of one bot in a second", of: &[Call::Deliver], calls: 5, seconds: 1 },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        let sink = sink::FeishuSink::new(config)?;
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
