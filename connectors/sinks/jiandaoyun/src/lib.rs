#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod call;
mod config;
mod convert;
mod form;
mod plan;
mod row;
mod sink;
mod talk;
mod widgets;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, SinkPart,
};

pub use config::{Config, Meaning, Push};
pub use form::{Field, Form, Kind, Lines};

/// Orders, refunds and parcels as rows of a company's own forms.
pub struct Jiandaoyun;

impl Connector for Jiandaoyun {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "jiandaoyun",
        title: "简道云 Jiandaoyun",
        role: Role::Sink,
        vendor_api: "open API v5",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities { deliver: true, max_batch: Some(plan::MOST), ..Capabilities::NONE },
        quotas: &[
            Quota { scope: "all calls of a company", of: &[Call::Deliver], calls: 50, seconds: 1 },
            Quota { scope: "data/update", of: &[Call::Deliver], calls: 20, seconds: 1 },
            Quota { scope: "data/batch_create", of: &[Call::Deliver], calls: 10, seconds: 1 },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        let sink = sink::JiandaoyunSink::new(config);
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
