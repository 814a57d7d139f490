#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod codes;
mod config;
mod error;
mod fetch;
mod gateway;
mod normalize;
mod poll;
mod push;
mod session;
mod sign;
mod wire;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Quota, Result, Role, Session,
};

pub use config::{Config, RefundTypes};

/// Topic and object kind of orders.
const ORDER: &str = "order";
/// Topic and object kind of after-sale cases.
const REFUND: &str = "refund";
/// Topic of messages of the platform's own channel.
const PMC: &str = "pmc";
/// Topic of messages of the Agiso relay.
const RELAY: &str = "relay";

/// Pinduoduo.
#[derive(Debug, Clone, Copy)]
pub struct Pinduoduo;

impl Connector for Pinduoduo {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "pinduoduo",
        title: "Pinduoduo",
        role: Role::Platform,
        vendor_api: "POP api/router V1, PMC messages",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[ORDER, REFUND, PMC, RELAY],
            entities: &["order", "aftersale", "parcel"],
            push: true,
            fetch: true,
            poll: true,
            max_page: Some(100),
            revisions: true,
            hidden_receivers: Some("pdd_cipher"),
            ..Capabilities::NONE
        },
        quotas: &[
            Quota {
                scope: "pdd.order.number.list.increment.get",
                of: &[Call::Poll],
                calls: 3000,
                seconds: 60,
            },
            Quota { scope: "pdd.order.information.get", of: &[Call::Fetch], calls: 30_000, seconds: 60 },
            Quota { scope: "pdd.order.information.get", of: &[Call::Fetch], calls: 2000, seconds: 1 },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let config = Arc::new(config);
        let normalize = normalize::PinduoduoNormalize::new(&config)?;
        let gateway = Arc::new(gateway::Gateway::new(Arc::clone(&config)));
        let session: Option<Arc<dyn Session>> = match config.refresh_token {
            Some(_) => Some(Arc::new(session::Renewal { gateway: Arc::clone(&gateway) })),
            None => None,
        };
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::PinduoduoPush { config })),
            fetch: Some(Arc::new(fetch::PinduoduoFetch { gateway: Arc::clone(&gateway) })),
            poll: Some(Arc::new(poll::PinduoduoPoll { gateway })),
            session,
            ..Parts::default()
        })
    }
}
