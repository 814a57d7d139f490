#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::carrier::House;
use crossdock_connector::codes::CodeTable;
use crossdock_connector::{
    Capabilities, Connector, Descriptor, Maturity, Parts, Push, Result, Role, Session, Track,
};

mod config;
mod decide;
mod error;
mod normalize;
mod number;
mod push;
mod session;
mod time;
mod track;
mod webtools;
mod wire;

pub use config::{Config, Encoding, Environment, HmacConfig, ParcelLocker, PushConfig, TrackConfig};

/// USPS.
#[derive(Debug)]
pub struct Usps;

impl Connector for Usps {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "usps",
        title: "USPS",
        role: Role::Carrier,
        vendor_api: "USPS Tracking v3, Subscriptions Tracking v3, replies of Web Tools TrackV2 (2026)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[wire::TRACKING, wire::SUBSCRIPTION, wire::WEB_TOOLS],
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
            connector: concat!("usps@", env!("CARGO_PKG_VERSION")),
            account: config.account,
            order_shop: None,
        };
        let codes = CodeTable::read(include_str!("codes.toml"))?;
        let normalize = normalize::Scans { house, codes, parcel_locker: config.parcel_locker };
        let tracking = config.track.map(|config| Arc::new(track::Tracking { config }));
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: config.push.map(|config| Arc::new(push::Subscription { config }) as Arc<dyn Push>),
            session: tracking.clone().map(|part| part as Arc<dyn Session>),
            track: tracking.map(|part| part as Arc<dyn Track>),
            ..Parts::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::codes::TrackingCode;
    use crossdock_testkit::readme::unlisted;

    use super::*;

    #[test]
    fn the_readme_lists_every_code() {
        let table: CodeTable<TrackingCode> = CodeTable::read(include_str!("codes.toml")).unwrap();
        assert!(table.rows().len() > 150);
        assert_eq!(unlisted(include_str!("../README.md"), &table), Vec::<String>::new());
    }
}
