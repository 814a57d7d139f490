#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::{
    Capabilities, Connector, Descriptor, Maturity, Parts, Push, Result, Role, Session, Track,
};

mod codes;
mod config;
mod decide;
mod error;
mod fill;
mod normalize;
mod push;
mod reply;
mod scan;
mod session;
mod track;
mod uses;
mod when;
mod wire;

pub use config::{Config, Environment, PushConfig, TrackConfig};

/// FedEx.
#[derive(Debug)]
pub struct Fedex;

impl Connector for Fedex {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "fedex",
        title: "FedEx",
        role: Role::Carrier,
        vendor_api: "FedEx Track API v1, Advanced Integrated Visibility webhook (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::PUSH, wire::QUERY],
            entities: &["parcel"],
            push: true,
            track: true,
            max_batch: Some(track::MOST),
            carrier: Some(wire::SLUG),
            ..Capabilities::NONE
        },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        let house = House {
            slug: wire::SLUG,
            connector: concat!("fedex@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: config.order_shop,
        };
        let normalize = normalize::Results {
            house,
            codes: codes::Codes::read()?,
            order_references: config.order_references,
        };
        let push = config.push.map(|config| {
            let tokens = std::iter::once(config.security_token).chain(config.previous_security_token);
            Arc::new(push::Webhook { tokens: tokens.collect() }) as Arc<dyn Push>
        });
        let calls = config.track.map(|config| Arc::new(track::Calls { config }));
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push,
            session: calls.clone().map(|part| part as Arc<dyn Session>),
            track: calls.map(|part| part as Arc<dyn Track>),
            ..Parts::default()
        })
    }
}
