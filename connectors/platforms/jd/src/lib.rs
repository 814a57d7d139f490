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
    Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Result, Role,
};

pub use config::{Config, Interface, SellerConfig};

/// Topic and object kind of orders of the JOS interface.
const ORDER: &str = "order";
/// Topic of cancellations before shipping (`refundapply`).
const REFUND: &str = "refund";
/// Topic of after-sale services with a refund (`serviceAndRefund`).
const SERVICE: &str = "service";
/// Topic and object kind of orders of the seller interface.
const SELLER_ORDER: &str = "seller-order";
/// Topic and object kind of after-sale cases of the seller interface.
const SELLER_CASE: &str = "seller-case";
/// Topic of order numbers posted by a program of the merchant's.
const NUDGE: &str = "nudge";

/// JD.
#[derive(Debug, Clone, Copy)]
pub struct Jd;

impl Connector for Jd {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "jd",
        title: "JD",
        role: Role::Platform,
        vendor_api: "JOS routerjson 2.0 (jingdong.pop), seller interface v0",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[ORDER, REFUND, SERVICE, SELLER_ORDER, SELLER_CASE, NUDGE],
            entities: &["order", "aftersale", "parcel"],
            push: true,
            fetch: true,
            poll: true,
            max_page: Some(100),
            revisions: true,
            hidden_receivers: Some("jd_token"),
            ..Capabilities::NONE
        },
        // Granted to each application by itself; none is published.
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let config = Arc::new(config);
        let tokens = config.path_token.iter().chain(&config.previous_path_token).cloned().collect();
        let normalize = normalize::JdNormalize::new(&config)?;
        let gateway = Arc::new(gateway::Gateway { config: Arc::clone(&config) });
        let mut parts = Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::JdPush { tokens })),
            fetch: Some(Arc::new(fetch::JdFetch { gateway: Arc::clone(&gateway) })),
            poll: Some(Arc::new(poll::JdPoll { gateway })),
            ..Parts::default()
        };
        if config.refresh_token.is_some() {
            parts.session = Some(Arc::new(session::Refresh { config }));
        }
        Ok(parts)
    }
}
