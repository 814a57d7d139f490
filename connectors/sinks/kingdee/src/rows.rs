//! What queries are asked for, and what their rows say.

use crossdock_schemas::Dec;
use serde_json::Value;

use crate::config::Config;
use crate::reply::text;

/// A bill that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) status: Status,
    /// Our revision on it, where there is a field for it.
    pub(crate) revision: Option<u64>,
}

/// `FDocumentStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Z: kept, not yet checked.
    Draft,
    /// A: created.
    Created,
    /// B: under review.
    Reviewed,
    /// C: audited.
    Audited,
    /// D: to be audited again.
    Again,
    /// A letter we do not know.
    Unknown,
}

impl Status {
    fn read(text: &str) -> Self {
        match text {
            "Z" => Self::Draft,
            "A" => Self::Created,
            "B" => Self::Reviewed,
            "C" => Self::Audited,
            "D" => Self::Again,
            _ => Self::Unknown,
        }
    }
}

fn cell(row: &[Value], at: usize) -> String {
    row.get(at).map(text).unwrap_or_default()
}

/// Keys of the query for bills.
pub(crate) fn bill_keys(config: &Config) -> String {
    let mut keys = "FID,FBillNo,FDocumentStatus".to_owned();
    if let Some(field) = &config.revision_field {
        keys.push(',');
        keys.push_str(field);
    }
    keys
}

/// The bill with a number.
pub(crate) fn bill(rows: &[Vec<Value>], number: &str) -> Option<Found> {
    let row = rows.iter().find(|row| cell(row, 1).eq_ignore_ascii_case(number))?;
    Some(Found { id: cell(row, 0), status: Status::read(&cell(row, 2)), revision: cell(row, 3).parse().ok() })
}

/// A line of an order bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    /// What stands in the field for our key.
    pub(crate) mark: String,
    pub(crate) material: String,
}

/// Keys of the query for the lines of an order.
pub(crate) fn entry_keys(config: &Config) -> String {
    format!("FID,FBillNo,{},{},FMaterialId.FNumber", config.order.entry_id_key, config.order.line_key_field)
}

/// The lines of an order.
pub(crate) fn entries(rows: &[Vec<Value>]) -> Vec<Entry> {
    rows.iter().map(|row| Entry { id: cell(row, 2), mark: cell(row, 3), material: cell(row, 4) }).collect()
}

/// A line of an order that something is shipped or taken back from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SourceRow {
    pub(crate) bill: String,
    pub(crate) number: String,
    pub(crate) status: Status,
    pub(crate) entry: String,
    pub(crate) mark: String,
    pub(crate) material: String,
    pub(crate) unit: String,
    pub(crate) quantity: Option<Dec>,
    /// The whole line, with tax.
    pub(crate) amount: Option<Dec>,
    pub(crate) tax_percent: Option<Dec>,
    pub(crate) customer: String,
    pub(crate) organization: String,
    pub(crate) currency: String,
}

/// Keys of the query for orders that something depends on.
pub(crate) fn source_keys(config: &Config) -> String {
    format!(
        "FID,FBillNo,FDocumentStatus,{},{},FMaterialId.FNumber,FUnitID.FNumber,FQty,FAllAmount,FEntryTaxRate,\
         FCustId.FNumber,FSaleOrgId.FNumber,FSettleCurrId.FNumber",
        config.order.entry_id_key, config.order.line_key_field
    )
}

/// The lines of orders.
pub(crate) fn sources(rows: &[Vec<Value>]) -> Vec<SourceRow> {
    let read = |row: &Vec<Value>| SourceRow {
        bill: cell(row, 0),
        number: cell(row, 1),
        status: Status::read(&cell(row, 2)),
        entry: cell(row, 3),
        mark: cell(row, 4),
        material: cell(row, 5),
        unit: cell(row, 6),
        quantity: Dec::parse(&cell(row, 7)).ok(),
        amount: Dec::parse(&cell(row, 8)).ok(),
        tax_percent: Dec::parse(&cell(row, 9)).ok(),
        customer: cell(row, 10),
        organization: cell(row, 11),
        currency: cell(row, 12),
    };
    rows.iter().map(read).collect()
}
