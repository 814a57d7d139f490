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

pub use config::{Config, SignMethod, SkuField};

/// Topic and object kind of orders.
const ORDER: &str = "order";
/// Topic and object kind of after-sale cases.
const AFTERSALE: &str = "aftersale";
/// Topic of pushed messages.
const MESSAGES: &str = "messages";

/// Douyin Shop.
#[derive(Debug, Clone, Copy)]
pub struct Douyin;

impl Connector for Douyin {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "douyin",
        title: "Douyin Shop",
        role: Role::Platform,
        vendor_api: "openapi-fxg v2 (order, afterSale), pushed messages",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[ORDER, AFTERSALE, MESSAGES],
            entities: &["order", "aftersale", "parcel"],
            push: true,
            fetch: true,
            poll: true,
            max_page: Some(100),
            revisions: true,
            hidden_receivers: Some("douyin_cipher"),
            ..Capabilities::NONE
        },
        // Granted to each application and method in the console; none is published.
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let config = Arc::new(config);
        let codes = Arc::new(codes::Codes::new(&config)?);
        let gateway = Arc::new(gateway::Gateway { config: Arc::clone(&config), codes: Arc::clone(&codes) });
        let mut parts = Parts {
            normalize: Some(Arc::new(normalize::DouyinNormalize { config: Arc::clone(&config), codes })),
            push: Some(Arc::new(push::DouyinPush { config: Arc::clone(&config) })),
            fetch: Some(Arc::new(fetch::DouyinFetch { gateway: Arc::clone(&gateway) })),
            poll: Some(Arc::new(poll::DouyinPoll { gateway: Arc::clone(&gateway) })),
            ..Parts::default()
        };
        if config.has_session() {
            parts.session = Some(Arc::new(session::Tokens { gateway }));
        }
        Ok(parts)
    }
}
