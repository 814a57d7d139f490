#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod api;
mod codes;
mod config;
mod error;
mod fetch;
mod normalize;
mod poll;
mod push;
mod read;
mod sign;
mod site;
mod wire;

use std::sync::Arc;

use crossdock_connector::{
    Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Result, Role,
};

pub use config::{Auth, Config, Meaning, RefundKind};

/// Topic and object kind of orders.
const ORDER: &str = "order";
/// Topic and object kind of the refunds of an order.
const REFUNDS: &str = "refunds";
/// Poll topic of refunds across orders.
const REFUND: &str = "refund";
/// Topic of the call with which a shop tries a new webhook.
const PING: &str = "ping";
/// Topic of webhooks on hooks of WordPress.
const ACTION: &str = "action";

/// WooCommerce.
#[derive(Debug, Clone, Copy)]
pub struct Woocommerce;

impl Connector for Woocommerce {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "woocommerce",
        title: "WooCommerce",
        role: Role::Platform,
        vendor_api: "REST API wc/v3 and webhooks",
        maturity: Maturity::VendorDocument,
        capabilities: Capabilities {
            topics: normalize::TOPICS,
            entities: &["order", "aftersale", "parcel"],
            push: true,
            fetch: true,
            poll: true,
            max_page: Some(100),
            revisions: true,
            ..Capabilities::NONE
        },
        // Every shop is its own server: the plugin has no limit, hosts have their own.
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let config = Arc::new(config);
        let mut parts = Parts {
            normalize: Some(Arc::new(normalize::Reader::new(&config)?)),
            push: Some(Arc::new(push::Webhooks::new(&config))),
            ..Parts::default()
        };
        if config.consumer_key.is_some() {
            let api = Arc::new(api::Api { config: Arc::clone(&config) });
            parts.fetch = Some(Arc::new(fetch::Orders { api: Arc::clone(&api) }));
            parts.poll = Some(Arc::new(poll::Changes { api }));
        }
        Ok(parts)
    }
}
