#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod answer;
mod codes;
mod config;
mod edifact;
mod files;
mod normalize;
mod open;
mod push;
mod read;
mod receipt;
mod scan;
mod syntax;
mod text;
mod write;
mod x12;

use std::sync::Arc;

use crossdock_connector::{
    Capabilities, Connector, ConnectorConfig, Descriptor, Maturity, Parts, Result, Role,
};

pub use answer::{Decision, LineDecision, LineVerdict, Verdict, answer};
pub use config::{Acknowledge, ChangeQuantity, Changes, Config, Copies, PartnerConfig, ShipNotices};
pub use receipt::receipt;

/// The one topic: an interchange, or several in a row.
const INTERCHANGE: &str = "interchange";
/// `source.platform`.
const PLATFORM: &str = "edi";

/// EDI with trading partners: X12 and EDIFACT.
#[derive(Debug, Clone, Copy)]
pub struct Edi;

impl Connector for Edi {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "edi",
        title: "EDI",
        role: Role::Platform,
        vendor_api: "ANSI X12 (850, 855, 856, 860, 865, 997, TA1), UN/EDIFACT (ORDERS, ORDCHG, ORDRSP, DESADV, CONTRL)",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: &[INTERCHANGE],
            entities: &["order", "parcel"],
            push: true,
            files: true,
            revisions: true,
            ..Capabilities::NONE
        },
        // Nobody is called.
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let house = Arc::new(normalize::House::new(config)?);
        Ok(Parts {
            normalize: Some(Arc::clone(&house) as _),
            push: Some(Arc::new(push::EdiPush { house: Arc::clone(&house) })),
            files: Some(Arc::new(files::EdiFiles)),
            ..Parts::default()
        })
    }
}
