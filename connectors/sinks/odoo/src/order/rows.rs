//! The table that `load` takes: one row for the order with its first line, one more for each further line.

use serde_json::Value;

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Event, Order};

use super::content::Line;
use crate::config::Config;
use crate::value;

/// What the order's own columns hold.
pub(crate) struct Header<'a> {
    pub(crate) external: &'a str,
    pub(crate) partner: i64,
    pub(crate) address: Option<i64>,
    pub(crate) company: Option<i64>,
    pub(crate) warehouse: Option<&'a str>,
    pub(crate) pricelist: Option<&'a str>,
    pub(crate) sequence: u64,
}

/// A line with what was looked up for it.
pub(crate) struct Row<'a> {
    pub(crate) external: String,
    pub(crate) product: i64,
    pub(crate) name: String,
    pub(crate) line: &'a Line,
}

/// The columns and rows of an order.
pub(crate) fn rows(
    header: &Header<'_>,
    order: &Order,
    event: &Event,
    lines: &[Row<'_>],
    config: &Config,
) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let space = &config.namespace;
    let mut own: Vec<(String, String)> = Vec::new();
    let mut add = |column: &str, cell: Option<String>| {
        // An empty cell would clear what is there; what is not told is left alone.
        if let Some(cell) = cell.filter(|cell| !cell.is_empty()) {
            own.push((column.to_owned(), cell));
        }
    };
    add("id", Some(format!("{space}.{}", header.external)));
    add("partner_id/.id", Some(header.partner.to_string()));
    add("partner_shipping_id/.id", header.address.map(|id| id.to_string()));
    add("company_id/.id", header.company.map(|id| id.to_string()));
    add("warehouse_id/.id", header.warehouse.map(str::to_owned));
    add("pricelist_id/.id", header.pricelist.map(str::to_owned));
    add("client_order_ref", Some(order.order_no.clone()));
    add("origin", Some(format!("{}/{}", order.source.platform, order.source.shop)));
    add("date_order", order.placed_at.map(value::moment));
    add("note", order.buyer_note.clone());
    if let Some(field) = &config.revision_field {
        add(field, Some(header.sequence.to_string()));
    }
    let data: Value = serde_json::from_str(event.data.get()).unwrap_or_default();
    for (field, found) in config.fields.values(&data) {
        add(field, Some(cell(&found)));
    }
    if lines.is_empty() {
        return Err(Error::new(ErrorKind::Rejected, "no line is left to order"));
    }
    let line_columns = ["id", "sequence", "product_id/.id", "name", "product_uom_qty", "price_unit"];
    let (mut columns, first): (Vec<String>, Vec<String>) = own.into_iter().unzip();
    let empty = vec![String::new(); first.len()];
    columns.extend(line_columns.map(|column| format!("order_line/{column}")));
    let mut rows = Vec::with_capacity(lines.len());
    for (at, row) in lines.iter().enumerate() {
        let mut cells = if at == 0 { first.clone() } else { empty.clone() };
        cells.extend([
            format!("{space}.{}", row.external),
            (at + 1).to_string(),
            row.product.to_string(),
            row.name.clone(),
            row.line.quantity.canonical(),
            row.line.price.canonical(),
        ]);
        rows.push(cells);
    }
    Ok((columns, rows))
}

/// A value of an event as a cell.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        // A name or number of a person: in the clear, else masked.
        Value::Object(protected) if protected.contains_key("state") => {
            let shown = protected.get("value").or_else(|| protected.get("masked")).and_then(Value::as_str);
            shown.unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    }
}

/// The one warehouse the order ships from, where that is told.
pub(crate) fn warehouse<'a>(order: &Order, config: &'a Config) -> Result<Option<&'a str>> {
    let mut chosen: Option<&str> = None;
    for line in &order.lines {
        let Some(theirs) = line.warehouse.as_deref().and_then(|ours| config.warehouses.find(ours)) else {
            continue;
        };
        match chosen {
            Some(other) if other != theirs => {
                let what = "lines ship from several warehouses, an order in odoo from one: \
                            give them the same id in the sink's settings.warehouses";
                return Err(Error::new(ErrorKind::Rejected, what));
            }
            _ => chosen = Some(theirs),
        }
    }
    Ok(chosen)
}
