#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::{
    Capabilities, Connector, Descriptor, Fetch, Maturity, Parts, Push, Result, Role, Session, Track,
};

mod codes;
mod config;
mod decide;
mod error;
mod normalize;
mod package;
mod push;
mod session;
mod time;
mod track;
mod wire;

pub use config::{Config, Environment, PushConfig, TrackConfig};

/// UPS.
#[derive(Debug)]
pub struct Ups;

impl Connector for Ups {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "ups",
        title: "UPS",
        role: Role::Carrier,
        vendor_api: "UPS Track Alert v1, Tracking v1, OAuth client credentials (2026)",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities {
            topics: &[wire::ALERT, wire::DETAILS],
            entities: &["parcel"],
            push: true,
            fetch: true,
            track: true,
            max_batch: Some(1),
            carrier: Some(wire::SLUG),
            ..Capabilities::NONE
        },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        let house = House {
            slug: wire::SLUG,
            connector: concat!("ups@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: config.order_shop,
        };
        let confirm = config.track.as_ref().is_some_and(|track| track.confirm_deliveries);
        let normalize = normalize::Scans { house, codes: codes::Codes::read()?, confirm };
        let push = config.push.map(|config| Arc::new(push::Alerts { config }) as Arc<dyn Push>);
        let details = config.track.map(|config| Arc::new(track::Details { config }));
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push,
            fetch: details.clone().map(|part| part as Arc<dyn Fetch>),
            session: details.clone().map(|part| part as Arc<dyn Session>),
            track: details.map(|part| part as Arc<dyn Track>),
            ..Parts::default()
        })
    }
}
