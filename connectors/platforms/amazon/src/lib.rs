#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod calls;
mod codes;
mod config;
mod error;
mod fetch;
mod normalize;
mod poll;
mod push;
mod session;
mod wire;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Quota, Result, Role,
};

pub use config::{Config, Region};

/// Topic and object kind of orders.
const ORDER: &str = "order";
/// Topic and object kind of returns of external fulfilment.
const RETURN: &str = "return";
/// Topic of notifications.
const NOTIFICATION: &str = "notification";

/// Amazon.
#[derive(Debug, Clone, Copy)]
pub struct Amazon;

impl Connector for Amazon {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "amazon",
        title: "Amazon",
        role: Role::Platform,
        vendor_api: "Selling Partner API: orders 2026-01-01, ORDER_CHANGE 1.0, external fulfillment returns 2024-09-11",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities {
            topics: &[ORDER, RETURN, NOTIFICATION],
            entities: &["order", "aftersale", "parcel"],
            push: true,
            fetch: true,
            poll: true,
            max_page: Some(100),
            revisions: true,
            ..Capabilities::NONE
        },
        quotas: &[
            Quota {
                scope: "searchOrders (0.0056 a second, burst 20)",
                of: &[Call::Poll],
                calls: 20,
                seconds: 3572,
            },
            Quota { scope: "getOrder (0.5 a second, burst 30)", of: &[Call::Fetch], calls: 30, seconds: 60 },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let tokens = config.path_token.iter().chain(&config.previous_path_token).cloned().collect();
        let config = Arc::new(config);
        Ok(Parts {
            normalize: Some(Arc::new(normalize::AmazonNormalize { config: Arc::clone(&config) })),
            push: Some(Arc::new(push::AmazonPush { tokens })),
            fetch: Some(Arc::new(fetch::AmazonFetch { config: Arc::clone(&config) })),
            poll: Some(Arc::new(poll::AmazonPoll { config: Arc::clone(&config) })),
            session: Some(Arc::new(session::Lwa { config })),
            ..Parts::default()
        })
    }
}
