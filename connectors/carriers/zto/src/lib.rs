#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role, Track};

mod codes;
mod config;
mod decide;
mod error;
mod normalize;
mod push;
mod track;
mod wire;

pub use config::{Config, Environment, Mode, ReturnKind, TrackConfig};

/// ZTO Express.
#[derive(Debug)]
pub struct Zto;

impl Connector for Zto {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "zto",
        title: "ZTO Express 中通",
        role: Role::Carrier,
        vendor_api: "ZTO open platform: Traces push, zto.merchant.waybill.track.query (2026)",
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
        let secrets: Vec<_> =
            std::iter::once(config.app_secret.clone()).chain(config.previous_app_secret).collect();
        let house = House {
            slug: wire::SLUG,
            connector: concat!("zto@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: None,
        };
        let told = decide::Told { return_types: config.return_types, problem_codes: config.problem_codes };
        let normalize = normalize::Traces { house, codes: codes::Codes::read()?, told };
        let secret = config.app_secret;
        let track =
            config.track.map(|config| Arc::new(track::TrackQuery { config, secret }) as Arc<dyn Track>);
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::TracesPush { secrets })),
            track,
            ..Parts::default()
        })
    }
}
