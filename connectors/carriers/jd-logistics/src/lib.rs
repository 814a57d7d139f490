#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::{
    Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role, Session, Track,
};

mod codes;
mod config;
mod decide;
mod error;
mod normalize;
mod session;
mod sign;
mod track;
mod wire;

pub use config::{Config, Environment, Interface, TrackConfig};

/// JD Logistics.
#[derive(Debug)]
pub struct JdLogistics;

impl Connector for JdLogistics {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "jd-logistics",
        title: "JD Logistics 京东物流",
        role: Role::Carrier,
        vendor_api: "JDL open platform 2.0: orders/trace/query, tracking/query (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::TRACE, wire::TRACKING],
            entities: &["parcel"],
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
            connector: concat!("jd-logistics@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: config.order_shop,
        };
        let normalize = normalize::Traces { house, codes: codes::Codes::read()? };
        let mut parts = Parts { normalize: Some(Arc::new(normalize)), ..Parts::default() };
        if let Some(config) = config.track.map(Arc::new) {
            if config.refresh_token.is_some() {
                let session: Arc<dyn Session> = Arc::new(session::Refresh { config: Arc::clone(&config) });
                parts.session = Some(session);
            }
            let track: Arc<dyn Track> = Arc::new(track::TraceQuery { config });
            parts.track = Some(track);
        }
        Ok(parts)
    }
}
