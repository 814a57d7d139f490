#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, Descriptor, Maturity, Parts, Poll, Quota, Result, Role,
};

mod codes;
mod config;
mod error;
mod normalize;
mod poll;
mod push;
mod wire;

pub use config::Config;

/// Acme.
#[derive(Debug)]
pub struct Acme;

impl Connector for Acme {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "acme",
        title: "Acme",
        role: Role::Platform,
        // Name the version: vendors change theirs, and people have to see which one this was written against.
        vendor_api: "Acme Shop API v1 (made up)",
        // How well proven is it? The suite wants a fixture of that origin for anything but Synthetic.
        maturity: Maturity::Synthetic,
        // Each claim is held against the parts below and against the fixtures.
        capabilities: Capabilities {
            topics: normalize::TOPICS,
            entities: &["order", "aftersale"],
            push: true,
            poll: true,
            max_page: Some(poll::PAGE),
            revisions: true,
            ..Capabilities::NONE
        },
        quotas: &[Quota { scope: "calls per shop", of: &[Call::Poll, Call::Fetch], calls: 10, seconds: 1 }],
    };

    // No I/O here: reading tables and putting parts together is all.
    fn build(config: Config) -> Result<Parts> {
        let normalize = normalize::Reader {
            shop: config.shop,
            states: codes::order_states()?,
            refunds: codes::refund_states()?,
        };
        let secrets = std::iter::once(config.secret).chain(config.previous_secret).collect();
        let poll = config
            .api_token
            .map(|token| Arc::new(poll::Changes { base_url: config.base_url, token }) as Arc<dyn Poll>);
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::Webhooks { secrets })),
            poll,
            ..Parts::default()
        })
    }
}
