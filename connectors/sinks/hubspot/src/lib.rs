#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod aftersale;
mod batch;
mod config;
mod converse;
mod error;
mod order;
mod parcel;
mod plan;
mod quota;
mod session;
mod sink;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, SinkPart,
};

pub use config::{Config, Contacts, Lines, Notes, OAuth, Object};

/// Orders, contacts and milestones in a HubSpot portal.
pub struct Hubspot;

impl Connector for Hubspot {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "hubspot",
        title: "HubSpot",
        role: Role::Sink,
        vendor_api: "CRM objects API v3 (or dated 2026-03), associations v4",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            deliver: true,
            max_batch: Some(config::MAX_BATCH),
            ..Capabilities::NONE
        },
        quotas: &[
            Quota {
                scope: "private app, free and starter portals",
                of: &[Call::Deliver],
                calls: 100,
                seconds: 10,
            },
            Quota {
                scope: "private app, professional and enterprise portals",
                of: &[Call::Deliver],
                calls: 190,
                seconds: 10,
            },
            Quota {
                scope: "private app, free and starter portals, a day",
                of: &[Call::Deliver],
                calls: 250_000,
                seconds: 86_400,
            },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        let session = session::of(&config);
        let sink = sink::HubspotSink::new(config)?;
        Ok(Parts { session, sink: Some(SinkPart::Http(Arc::new(sink))), ..Parts::default() })
    }
}
