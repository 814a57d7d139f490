#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Push, Quota, Result, Role, Track,
};

mod codes;
mod config;
mod decide;
mod error;
mod form;
mod normalize;
mod older;
mod places;
mod push;
mod query;
mod remark;
mod sign;
mod track;
mod wire;

pub use config::{Config, Environment, Language, PushFormat, TrackConfig};

/// SF Express.
#[derive(Debug)]
pub struct Sf;

impl Connector for Sf {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "sf",
        title: "SF Express 顺丰",
        role: Role::Carrier,
        vendor_api: "丰桥 open platform: RoutePushService, EXP_RECE_SEARCH_ROUTES (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::PUSH, wire::QUERY],
            entities: &["parcel"],
            push: true,
            track: true,
            max_batch: Some(track::MOST),
            carrier: Some(normalize::SLUG),
            ..Capabilities::NONE
        },
        quotas: &[
            Quota { scope: "each interface, sandbox", of: &[Call::Track], calls: 30, seconds: 1 },
            Quota { scope: "each interface, sandbox", of: &[Call::Track], calls: 3000, seconds: 86_400 },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        let normalize = normalize::Routes {
            codes: codes::Codes::read(config.reason_codes)?,
            house: House {
                slug: normalize::SLUG,
                connector: concat!("sf@", env!("CARGO_PKG_VERSION")),
                account: config.account,
                order_shop: config.order_shop,
            },
        };
        let tokens: Vec<_> = config.path_token.into_iter().chain(config.previous_path_token).collect();
        let push = (!tokens.is_empty())
            .then(|| Arc::new(push::RoutePush { format: config.push_format, tokens }) as Arc<dyn Push>);
        let track = config.track.map(|config| Arc::new(track::SearchRoutes { config }) as Arc<dyn Track>);
        Ok(Parts { normalize: Some(Arc::new(normalize)), push, track, ..Parts::default() })
    }
}
