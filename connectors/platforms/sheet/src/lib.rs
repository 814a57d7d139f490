#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod columns;
mod config;
mod countries;
mod decode;
mod document;
mod file;
mod frame;
mod layout;
mod mapping;
mod order;
mod parcels;
mod people;
mod plan;
mod problem;
mod refund;
mod row;
mod rules;
mod sheets;
mod table;
mod time;
mod wanted;
mod words;
mod xlsx;

use std::sync::Arc;

use crossdock_connector::{Capabilities, Connector, Descriptor, Maturity, Parts, Result, Role};

pub use columns::Columns;
pub use config::{Encoding, RefundConfig, SheetConfig, StatusConfig};
pub use mapping::Mapping;
pub use rules::{ConditionConfig, RuleConfig};

use crate::plan::Plan;
use crate::sheets::{Layouts, Sheets};

/// Order exports as CSV or workbooks, whatever their columns are called.
#[derive(Clone, Copy, Debug)]
pub struct Sheet;

impl Connector for Sheet {
    type Config = SheetConfig;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "sheet",
        title: "Spreadsheets",
        role: Role::Platform,
        vendor_api: "CSV (RFC 4180), gzip, Office Open XML workbooks",
        maturity: Maturity::RealCapture,
        capabilities: Capabilities {
            topics: &[sheets::DOCUMENT],
            entities: &["order", "aftersale", "parcel"],
            files: true,
            ..Capabilities::NONE
        },
        quotas: &[],
    };

    fn build(config: SheetConfig) -> Result<Parts> {
        let sheets = Arc::new(Sheets { plan: Plan::new(&config)?, layouts: Layouts::default() });
        Ok(Parts { normalize: Some(Arc::clone(&sheets) as _), files: Some(sheets), ..Parts::default() })
    }
}
