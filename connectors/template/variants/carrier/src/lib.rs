#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, Track,
};

mod config;
mod error;
mod normalize;
mod push;
mod track;
mod wire;

pub use config::{Config, OrderShop};

/// Acme.
#[derive(Debug)]
pub struct Acme;

impl Connector for Acme {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "acme",
        title: "Acme",
        role: Role::Carrier,
        // Name the version: vendors change theirs, and people have to see which one this was written against.
        vendor_api: "Acme Tracking API v1 (made up)",
        // How well proven is it? The suite wants a fixture of that origin for anything but Synthetic.
        maturity: Maturity::Synthetic,
        // Each claim is held against the parts below and against the fixtures.
        capabilities: Capabilities {
            topics: &[normalize::SCANS],
            entities: &["parcel"],
            push: true,
            track: true,
            max_batch: Some(track::MOST),
            // The same word that its parcels carry.
            carrier: Some(normalize::CARRIER),
            ..Capabilities::NONE
        },
        quotas: &[Quota { scope: "calls per account", of: &[Call::Track], calls: 5, seconds: 1 }],
    };

    // No I/O here: reading the table and putting parts together is all.
    fn build(config: Config) -> Result<Parts> {
        let normalize = normalize::Reader {
            account: config.account,
            order_shop: config.order_shop,
            codes: normalize::codes()?,
        };
        let track = config
            .api_token
            .map(|token| Arc::new(track::Shipments { base_url: config.base_url, token }) as Arc<dyn Track>);
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::Calls { token: config.path_token })),
            track,
            ..Parts::default()
        })
    }
}
