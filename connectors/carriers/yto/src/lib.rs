#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Push, Result, Role, Track};

mod codes;
mod config;
mod decide;
mod normalize;
mod push;
mod track;
mod wire;

pub use config::{Config, Mode, TrackConfig};

/// YTO Express.
#[derive(Debug)]
pub struct Yto;

impl Connector for Yto {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "yto",
        title: "YTO Express 圆通",
        role: Role::Carrier,
        vendor_api: "YTO open platform: UpdateInfo push, track_query_adapter v1 (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::PUSH, wire::QUERY],
            entities: &["parcel"],
            push: true,
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
            connector: concat!("yto@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: config.order_shop,
        };
        let normalize = normalize::Updates { house, codes: codes::read()? };
        let secrets: Vec<_> = config.push_secret.into_iter().chain(config.previous_push_secret).collect();
        let push = (!secrets.is_empty()).then(|| Arc::new(push::UpdatePush { secrets }) as Arc<dyn Push>);
        let track = config.track.map(|config| Arc::new(track::TrackQuery { config }) as Arc<dyn Track>);
        Ok(Parts { normalize: Some(Arc::new(normalize)), push, track, ..Parts::default() })
    }
}
