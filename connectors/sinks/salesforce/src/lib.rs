#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod api;
mod config;
mod converse;
mod error;
mod order;
mod parcel;
mod places;
mod plan;
mod quota;
mod session;
mod sink;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, SinkPart,
};

pub use config::{Config, Milestones, Orders, Refunds, Shipments};
pub use places::Lines;

/// Orders, shipments, milestones and refunds in a Salesforce org.
pub struct Salesforce;

impl Connector for Salesforce {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "salesforce",
        title: "Salesforce",
        role: Role::Sink,
        vendor_api: "REST API v60.0: sObject collections, SOQL query, OAuth client credentials",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            deliver: true,
            max_batch: Some(config::MAX_BATCH),
            ..Capabilities::NONE
        },
        quotas: &[Quota {
            scope: "enterprise edition, all applications of the org together, without licences",
            of: &[Call::Deliver],
            calls: 100_000,
            seconds: 86_400,
        }],
    };

    fn build(config: Config) -> Result<Parts> {
        let session = session::of(&config);
        let sink = sink::SalesforceSink::new(config)?;
        Ok(Parts { session: Some(session), sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
