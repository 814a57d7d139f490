#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::carrier::House;
use crossdock_connector::{
    Capabilities, Connector, Descriptor, Fetch, Maturity, Parts, Push, Result, Role, Track,
};

mod codes;
mod config;
mod event;
mod feeds;
mod normalize;
mod push;
mod top;
mod track;
mod wire;

pub use config::{Config, SignMethod, TaobaoConfig, TrackConfig};

/// Cainiao.
#[derive(Debug)]
pub struct Cainiao;

impl Connector for Cainiao {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "cainiao",
        title: "Cainiao 菜鸟",
        role: Role::Carrier,
        vendor_api: "LINK gateway pushes, TMS_PRACTICE_TRACE_INFO, taobao.logistics.trace.search (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::LINK, wire::PRACTICE, wire::GLOBAL, wire::TAOBAO],
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
        let more = || config.carriers.clone();
        let feeds = feeds::Feeds {
            house: House {
                slug: wire::SLUG,
                connector: concat!("cainiao@", env!("CARGO_PKG_VERSION")),
                account: config.account,
                order_shop: config.order_shop,
            },
            codes: codes::Codes::read()?,
            companies: Carriers::read(include_str!("codes/companies.toml"), more())?,
            names: Carriers::read(include_str!("codes/names.toml"), more())?,
        };
        let mut parts =
            Parts { normalize: Some(Arc::new(normalize::Normalizer { feeds })), ..Parts::default() };
        if let Some(secret) = config.secret {
            if let Some(track) = config.track {
                let track: Arc<dyn Track> =
                    Arc::new(track::TraceQuery { config: track, secret: secret.clone() });
                parts.track = Some(track);
            }
            let secrets = std::iter::once(secret).chain(config.previous_secret).collect();
            let (partner_code, from_code) = (config.partner_code, config.from_code);
            let push: Arc<dyn Push> = Arc::new(push::LinkPush { secrets, partner_code, from_code });
            parts.push = Some(push);
        }
        if let Some(config) = config.taobao {
            let fetch: Arc<dyn Fetch> = Arc::new(top::TraceSearch { config });
            parts.fetch = Some(fetch);
        }
        Ok(parts)
    }
}
