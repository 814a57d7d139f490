#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod amounts;
mod ascii;
mod call;
mod config;
mod lines;
mod names;
mod order;
mod people;
mod refund;
mod reply;
mod sign;
mod sink;
mod status;
mod text;

use std::sync::Arc;

use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role, SinkPart};

pub use config::{Config, Generation, Held, Masked, OrderNames, Push, RefundStatusWord, RefundTypeWord};
pub use config::{InvoiceWord, StatusWord, UnknownPhase};

/// Orders and refunds to Wangdiantong.
pub struct Wangdiantong;

impl Connector for Wangdiantong {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "wangdiantong",
        title: "Wangdiantong 旺店通 (WDT)",
        role: Role::Sink,
        vendor_api: "企业版 openapi2 (qyb), 慧策网页版 (y), 旗舰版 openapi (qjb)",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities { deliver: true, max_batch: Some(100), ..Capabilities::NONE },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink::WdtSink::new(config)?))), ..Parts::default() })
    }
}
