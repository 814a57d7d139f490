#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::carrier::House;
use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role, Track};

mod codes;
mod config;
mod decide;
mod error;
mod normalize;
mod place;
mod push;
mod query;
mod subscribe;
mod wire;

pub use config::{Config, Mode, TrackConfig};

/// Kuaidi100.
#[derive(Debug)]
pub struct Kuaidi100;

impl Connector for Kuaidi100 {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "kuaidi100",
        title: "Kuaidi100 快递100",
        role: Role::Carrier,
        vendor_api: "Kuaidi100 subscription push with resultv2=4, query.do (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::PUSH, wire::QUERY],
            entities: &["parcel"],
            push: true,
            track: true,
            max_batch: Some(1),
            // It locks numbers that are asked for more often.
            rest_seconds: Some(1800),
            ..Capabilities::NONE
        },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        let carriers = Arc::new(Carriers::read(include_str!("codes/carriers.toml"), config.carriers)?);
        let salt = config.salt.clone();
        let salts: Vec<_> = std::iter::once(config.salt).chain(config.previous_salt).collect();
        let house = House {
            slug: wire::SLUG,
            connector: concat!("kuaidi100@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: None,
        };
        let normalize =
            normalize::Results { house, codes: codes::Codes::read()?, carriers: Arc::clone(&carriers) };
        let track = config.track.map(|config| match config.mode {
            Mode::Query => Arc::new(query::Query { config, carriers }) as Arc<dyn Track>,
            Mode::Subscribe => Arc::new(subscribe::Subscribe { config, carriers, salt }) as Arc<dyn Track>,
        });
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::Callback { salts })),
            track,
            ..Parts::default()
        })
    }
}
