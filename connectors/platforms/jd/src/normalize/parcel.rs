//! Parcels: what `waybill` and `logisticsId` name, several carriers between bars and several numbers of one between commas,
//! and the parts that were shipped.

use crossdock_connector::{IssueKind, carrier};
use crossdock_schemas::{Direction, Observation, OrderRef, Parcel, ParcelLine, Ts};

use super::Reading;
use crate::wire::{Value, text};

/// Parcels of one order, each once.
#[derive(Default)]
pub(super) struct Parcels(Vec<Parcel>);

impl Parcels {
    /// All numbers of two fields that go together.
    pub(super) fn named(
        &mut self,
        reading: &mut Reading<'_>,
        (numbers, field): (&Value<'_>, &str),
        (carriers, carrier_field): (&Value<'_>, &str),
        modified: Option<Ts>,
    ) {
        let Some(numbers) = text(numbers) else { return };
        let groups: Vec<&str> = numbers.split('|').collect();
        let ids: Vec<&str> = text(carriers).map(|ids| ids.split('|').collect()).unwrap_or_default();
        for (at, group) in groups.iter().enumerate() {
            // One carrier stands for all groups; otherwise each group has its own.
            let id = if ids.len() == 1 { ids.first() } else { ids.get(at) };
            for number in group.split(',').filter_map(carrier::number) {
                match id
                    .map(|id| id.trim())
                    .filter(|id| !id.is_empty() && (ids.len() == 1 || ids.len() == groups.len()))
                {
                    Some(id) => {
                        self.add(reading, carrier_field, id, number, modified);
                    }
                    None => reading.issue(IssueKind::BadValue, field, "a waybill without its carrier"),
                }
            }
        }
    }

    /// A parcel, which may be there already.
    pub(super) fn add(
        &mut self,
        reading: &mut Reading<'_>,
        field: &str,
        id: &str,
        number: String,
        modified: Option<Ts>,
    ) -> Option<&mut Parcel> {
        let slug = slug(reading, field, id);
        let at = match self.0.iter().position(|known| known.carrier == slug && known.tracking_no == number) {
            Some(at) => at,
            None => {
                self.0.push(Parcel {
                    source: reading.source(modified),
                    carrier: slug,
                    carrier_raw: Some(id.to_owned()),
                    tracking_no: number,
                    direction: Direction::Outbound,
                    ..Parcel::default()
                });
                self.0.len().saturating_sub(1)
            }
        };
        self.0.get_mut(at)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their observations, in a stable order.
    pub(super) fn finish(mut self, order: &OrderRef) -> Vec<Observation> {
        self.0.sort_by(|a, b| (&a.carrier, &a.tracking_no).cmp(&(&b.carrier, &b.tracking_no)));
        let of_order = |parcel| Observation::parcel(parcel).partial().with_refs(vec![order.clone()]);
        self.0.into_iter().map(of_order).collect()
    }
}

/// Adds a line once; a list that says it twice adds it up.
pub(super) fn put_line(parcel: &mut Parcel, line: ParcelLine) {
    match parcel.lines.iter_mut().find(|known| known.line_key == line.line_key) {
        Some(known) => known.quantity = known.quantity + line.quantity,
        None => parcel.lines.push(line),
    }
    parcel.lines.sort_by(|a, b| a.line_key.cmp(&b.line_key));
}

/// Our slug of a carrier; one we have no row for keeps JD's number.
fn slug(reading: &mut Reading<'_>, field: &str, id: &str) -> String {
    if let Some(own) = reading.of.carriers.get(id) {
        return own.clone();
    }
    if let Some(row) = reading.of.codes.carriers.get(id) {
        return row.slug.clone();
    }
    reading.unmapped(field, id);
    let plain: String = id.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    format!("jd_{}", plain.to_ascii_lowercase())
}
