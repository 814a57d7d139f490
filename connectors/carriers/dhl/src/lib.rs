#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Push, Quota, Result, Role, Track,
};

mod about;
mod codes;
mod config;
mod decide;
mod error;
mod history;
mod mydhl;
mod normalize;
mod push;
mod time;
mod track;
mod unified;
mod wire;
mod words;

pub use config::{Config, Environment, MyDhlConfig, PushConfig, UnifiedConfig};

/// DHL.
#[derive(Debug)]
pub struct Dhl;

impl Connector for Dhl {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "dhl",
        title: "DHL",
        role: Role::Carrier,
        vendor_api: "DHL Shipment Tracking Unified (pull and push), MyDHL API tracking (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::UNIFIED, wire::MYDHL, wire::HOOK],
            entities: &["parcel"],
            push: true,
            track: true,
            max_batch: Some(1),
            carrier: Some(wire::SLUG),
            ..Capabilities::NONE
        },
        quotas: &[
            Quota {
                scope: "unified pull, free tier: calls a day",
                of: &[Call::Track],
                calls: 250,
                seconds: 86_400,
            },
            Quota { scope: "unified pull, free tier: pace", of: &[Call::Track], calls: 1, seconds: 5 },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        let house = House {
            slug: wire::SLUG,
            connector: concat!("dhl@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: config.order_shop,
        };
        let service = config.unified.as_ref().and_then(|unified| unified.service.clone());
        let normalize = normalize::Scans { house, codes: codes::Codes::read()?, service };
        let track: Option<Arc<dyn Track>> = match (config.unified, config.mydhl) {
            (Some(config), _) => Some(Arc::new(track::Unified { config })),
            (None, Some(config)) => Some(Arc::new(track::MyDhl { config })),
            (None, None) => None,
        };
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: config.push.map(|config| Arc::new(push::Hook { config }) as Arc<dyn Push>),
            track,
            ..Parts::default()
        })
    }
}
