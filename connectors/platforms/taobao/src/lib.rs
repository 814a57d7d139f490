#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod codes;
mod config;
mod error;
mod fetch;
mod frame;
mod gateway;
mod normalize;
mod poll;
mod push;
mod queue;
mod rows;
mod scrub;
mod sign;
mod wire;

use std::sync::Arc;

use crossdock_connector::{
    Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Result, Role,
};

pub use config::{Config, Queue};
pub use sign::SignMethod;

/// Topic and object kind of trades.
const TRADE: &str = "trade";
/// Topic and object kind of refunds.
const REFUND: &str = "refund";
/// Topic of TMC messages.
const TMC: &str = "tmc";
/// Topic of rows of the RDS tables.
const RDS: &str = "rds";

/// Scheme of the token that stands for a receiver.
const OAID: &str = "taobao_oaid";

/// Taobao and Tmall.
#[derive(Debug, Clone, Copy)]
pub struct Taobao;

impl Connector for Taobao {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "taobao",
        title: "Taobao and Tmall",
        role: Role::Platform,
        vendor_api: "TOP router/rest 2.0, TMC messages, RDS tables",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[TRADE, REFUND, TMC, RDS],
            entities: &["order", "aftersale", "parcel"],
            push: true,
            fetch: true,
            poll: true,
            files: true,
            max_page: Some(100),
            revisions: true,
            hidden_receivers: Some(OAID),
            ..Capabilities::NONE
        },
        // Quotas are set for each application in the platform's console; none is published.
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let tokens = config.path_token.iter().chain(&config.previous_path_token).cloned().collect();
        let normalize = normalize::TaobaoNormalize::new(config.shop.clone())?;
        let gateway = Arc::new(gateway::Gateway::new(config));
        Ok(Parts {
            normalize: Some(Arc::new(normalize)),
            push: Some(Arc::new(push::TaobaoPush::new(tokens))),
            fetch: Some(Arc::new(fetch::TaobaoFetch { gateway: Arc::clone(&gateway) })),
            poll: Some(Arc::new(poll::TaobaoPoll { gateway })),
            files: Some(Arc::new(rows::RdsFiles)),
            ..Parts::default()
        })
    }
}
