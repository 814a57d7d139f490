#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod call;
mod config;
mod delivery;
mod lines;
mod names;
mod people;
mod reply;
mod returns;
mod sign;
mod sink;
mod state;
mod talk;
mod text;
mod tree;
mod walk;
mod write;

use std::sync::Arc;

use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role, SinkPart};

pub use config::{Changes, Config, Evidence, Held, Masked, Meaning, OrderNames, Returns, Rule, Sender};

/// Delivery orders and returns to a warehouse that speaks Qimen.
pub struct QimenWms;

impl Connector for QimenWms {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "qimen-wms",
        title: "Qimen 奇门 WMS",
        role: Role::Sink,
        vendor_api: "Qimen WMS 2.0, XML, as ERP (direct or through the gateway)",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities { deliver: true, max_batch: Some(1), ..Capabilities::NONE },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        Ok(Parts { sink: Some(SinkPart::Http(Arc::new(sink::QimenSink::new(config)?))), ..Parts::default() })
    }
}
