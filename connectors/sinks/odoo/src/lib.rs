#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod config;
mod error;
mod names;
mod order;
mod parcel;
mod refund;
mod rpc;
mod session;
mod sink;
mod talk;
mod value;

use std::sync::Arc;

use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role, SinkPart};

pub use config::{Components, Config, ConfirmedChanges, Customers, CustomersBy, Protocol, Push, Refunds};

/// Sales orders, delivery references and credit notes in Odoo.
pub struct Odoo;

impl Connector for Odoo {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "odoo",
        title: "Odoo",
        role: Role::Sink,
        vendor_api: "External JSON-2 API (19.0 and later), JSON-RPC (14.0 to 21.0)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities { deliver: true, max_batch: Some(1), ..Capabilities::NONE },
        // The vendor asks for moderation and gives no number.
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        let config = Arc::new(config);
        let rpc = rpc::Rpc::new(&config);
        let mut parts = Parts::default();
        if config.protocol == Protocol::Jsonrpc {
            parts.session = Some(Arc::new(session::Login::new(&config)));
        }
        parts.sink = Some(SinkPart::Http(Arc::new(sink::OdooSink::new(config, rpc))));
        Ok(parts)
    }
}
