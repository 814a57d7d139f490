#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::carrier::House;
use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role, Track,
};

mod codes;
mod config;
mod decide;
mod error;
mod event;
mod normalize;
mod push;
mod reply;
mod track;
mod when;
mod wire;

pub use config::{Config, Mode, TrackConfig};

/// 17TRACK.
#[derive(Debug)]
pub struct SeventeenTrack;

impl Connector for SeventeenTrack {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "17track",
        title: "17TRACK",
        role: Role::Carrier,
        vendor_api: "17TRACK Tracking API v2.2 and v2.4, webhook version 2",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::PUSH, wire::INFO, wire::REGISTER],
            entities: &["parcel"],
            push: true,
            track: true,
            max_batch: Some(track::MOST),
            ..Capabilities::NONE
        },
        quotas: &[Quota { scope: "all calls", of: &[Call::Track], calls: 3, seconds: 1 }],
    };

    fn build(config: Config) -> Result<Parts> {
        let carriers = Arc::new(Carriers::read(include_str!("codes/carriers.toml"), config.carriers)?);
        let key = config.key.clone();
        let keys: Vec<_> = std::iter::once(config.key).chain(config.previous_key).collect();
        let house = House {
            slug: wire::SLUG,
            connector: concat!("17track@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: config.order_shop,
        };
        let normalize =
            normalize::Parcels { house, codes: codes::Codes::read()?, carriers: Arc::clone(&carriers) };
        let track =
            config.track.map(|config| Arc::new(track::Calls { config, key, carriers }) as Arc<dyn Track>);
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::Webhook { keys })),
            track,
            ..Parts::default()
        })
    }
}
