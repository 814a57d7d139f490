//! An event read into rows. Pure: what a row says depends on the event alone.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Aftersale, Event, InventoryLevel, MilestoneBody, Order, Parcel};

use crate::bind::Row;
use crate::field::Field;
use crate::fields;
use crate::tables::Table;

/// The rows of one event.
#[derive(Debug)]
pub(crate) struct Record {
    /// Which event of the batch it is.
    pub(crate) place: usize,
    pub(crate) event_id: String,
    pub(crate) tenant: String,
    pub(crate) key: String,
    pub(crate) revision: i64,
    /// The event itself.
    pub(crate) event: Row,
    /// What it is about, as it is after the event.
    pub(crate) entity: Option<(Table, Row)>,
    /// The lines of an order.
    pub(crate) lines: Vec<Row>,
    /// What a customer notices.
    pub(crate) milestone: Option<Row>,
}

/// The documents of a body, as they came.
#[derive(Deserialize, Serialize)]
struct Documents<'a> {
    #[serde(borrow)]
    order: Option<&'a RawValue>,
    #[serde(borrow)]
    aftersale: Option<&'a RawValue>,
    #[serde(borrow)]
    parcel: Option<&'a RawValue>,
    #[serde(borrow)]
    inventory: Option<&'a RawValue>,
}

impl Record {
    /// Reads an event.
    ///
    /// # Errors
    /// `Rejected` when its data is not what its type promises.
    pub(crate) fn read(place: usize, event: &Event) -> Result<Self> {
        let revision = i64::try_from(event.sequence)
            .map_err(|_| Error::new(ErrorKind::Rejected, "the sequence is greater than a bigint"))?;
        let mut record = Self {
            place,
            event_id: event.id.clone(),
            tenant: event.tenant.clone(),
            key: event.key.clone(),
            revision,
            event: row(Table::Events, event, |cells| push(cells, fields::EVENT, event)),
            entity: None,
            lines: Vec::new(),
            milestone: None,
        };
        record.take_body(event)?;
        Ok(record)
    }

    fn take_body(&mut self, event: &Event) -> Result<()> {
        match event.event_type.body() {
            // All three carry the order as it is after the event.
            "order" | "risk" | "invoice" => {
                let raw = document(event, |documents| documents.order)?;
                let mut order: Order = typed(event, raw)?;
                self.entity = Some((Table::Orders, entity(Table::Orders, event, fields::ORDER, &order, raw)));
                self.lines = lines(event, &mut order)?;
            }
            "aftersale" => {
                let raw = document(event, |documents| documents.aftersale)?;
                let case: Aftersale = typed(event, raw)?;
                let table = Table::Aftersales;
                self.entity = Some((table, entity(table, event, fields::AFTERSALE, &case, raw)));
            }
            "parcel" => {
                let raw = document(event, |documents| documents.parcel)?;
                let parcel: Parcel = typed(event, raw)?;
                self.entity =
                    Some((Table::Parcels, entity(Table::Parcels, event, fields::PARCEL, &parcel, raw)));
            }
            "milestone" => {
                let raw = document(event, |documents| documents.parcel)?;
                let body: MilestoneBody = typed(event, &event.data)?;
                let table = Table::Parcels;
                self.entity = Some((table, entity(table, event, fields::PARCEL, &body.parcel, raw)));
                self.milestone = Some(row(Table::Milestones, event, |cells| {
                    push(cells, fields::REACHED, event);
                    push(cells, fields::MILESTONE, &body);
                }));
            }
            "inventory" => {
                let raw = document(event, |documents| documents.inventory)?;
                let level: InventoryLevel = typed(event, raw)?;
                let table = Table::Inventory;
                self.entity = Some((table, entity(table, event, fields::INVENTORY, &level, raw)));
            }
            // Products, prices and what the hub says about itself have no table: they are in `events`.
            _ => {}
        }
        Ok(())
    }
}

fn push<T: ?Sized>(cells: &mut Row, fields: &[Field<T>], from: &T) {
    cells.extend(fields.iter().map(|field| field.cell(from)));
}

fn row(table: Table, event: &Event, rest: impl FnOnce(&mut Row)) -> Row {
    let mut cells = Row::new();
    push(&mut cells, &fields::head(table.key()), event);
    rest(&mut cells);
    cells
}

fn entity<T>(table: Table, event: &Event, fields: &[Field<T>], from: &T, raw: &RawValue) -> Row {
    row(table, event, |cells| {
        push(cells, fields, from);
        push(cells, fields::SNAPSHOT, raw);
    })
}

fn lines(event: &Event, order: &mut Order) -> Result<Vec<Row>> {
    let mut seen = HashSet::new();
    for (place, line) in order.lines.iter_mut().enumerate() {
        let refused = |what: &str| {
            Error::new(ErrorKind::Rejected, what).at(format!("$.data.order.lines[{place}].line_key"))
        };
        let key = line.line_key.as_deref().ok_or_else(|| refused("a line without its key"))?;
        if !seen.insert(key.to_owned()) {
            return Err(refused("two lines have the same key"));
        }
        if line.currency.is_none() {
            line.currency.clone_from(&order.currency);
        }
    }
    let rows =
        order.lines.iter().map(|line| row(Table::Lines, event, |cells| push(cells, fields::LINE, line)));
    Ok(rows.collect())
}

fn document<'a>(
    event: &'a Event,
    pick: impl Fn(&Documents<'a>) -> Option<&'a RawValue>,
) -> Result<&'a RawValue> {
    let documents: Documents<'a> =
        serde_json::from_str(event.data.get()).map_err(|error| unreadable(event, &error))?;
    pick(&documents).ok_or_else(|| {
        let what = format!("the data of {} lacks its document", event.event_type.as_str());
        Error::new(ErrorKind::Rejected, what).at("$.data")
    })
}

fn typed<T: DeserializeOwned>(event: &Event, raw: &RawValue) -> Result<T> {
    serde_json::from_str(raw.get()).map_err(|error| unreadable(event, &error))
}

/// Says where, not what: the parser's own words repeat the value, and values belong to people.
fn unreadable(event: &Event, error: &serde_json::Error) -> Error {
    let what = format!("the data of {} cannot be read", event.event_type.as_str());
    Error::new(ErrorKind::Rejected, what).at("$.data").with("column", error.column())
}
