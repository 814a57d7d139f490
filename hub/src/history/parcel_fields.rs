//! What sources say about a parcel beside its scans, as registers: each field for itself, because the shop
//! knows the lines, the carrier the weight, and neither knows all.

use crossdock_schemas::{Direction, Ext, Parcel, ParcelLine, Source};

use super::address::each_in_address;
use super::normal::{Mark, text};
use super::registers::{Field, Kind, Registers, Stamps, Stated, Weight, content};

impl Stated for Direction {
    fn stated(&self) -> bool {
        *self != Direction::Unknown
    }
}

const FIELDS: &[Field<Parcel>] = &[
    content!(carrier_raw),
    content!(direction, direction_raw),
    content!(package),
    content!(service),
    content!(label_ref),
    content!(cod_amount),
    content!(declared_value),
    content!(from),
    content!(to),
    content!(status, status_raw),
    content!(tracking_state, tracking_state_raw),
    content!(shipped_at),
    content!(picked_up_at),
    content!(delivered_at),
    content!(eta),
    content!(signed_by),
    content!(legs),
];

impl Registers for Parcel {
    fn fields() -> &'static [Field<Parcel>] {
        FIELDS
    }

    fn ext(&mut self) -> &mut Ext {
        &mut self.ext
    }

    /// Never asked for: no source knows all of a parcel, so every observation is taken field by field.
    fn weight(&self) -> Weight {
        let mark = Mark::digest(&text(self));
        Weight { content: mark, exact: mark }
    }
}

/// Adds orders; gives those that are new.
pub(super) fn take_orders(ours: &mut Parcel, theirs: Vec<String>) -> Vec<String> {
    let mut new: Vec<String> = theirs.into_iter().filter(|order| !ours.orders.contains(order)).collect();
    new.sort_unstable();
    new.dedup();
    ours.orders.extend(new.iter().cloned());
    ours.orders.sort_unstable();
    new
}

/// Takes the lines of each order for itself: the report about one order says nothing about another one in the
/// same parcel. Gives the orders whose lines changed.
pub(super) fn take_lines(
    stamps: &mut Stamps,
    ours: &mut Parcel,
    mut theirs: Vec<ParcelLine>,
    revision: Option<&str>,
) -> Vec<String> {
    let mut changed = Vec::new();
    theirs.sort_by(|a, b| place(a).cmp(&place(b)));
    while let Some(order) = theirs.first().map(|line| line.order_key.clone()) {
        let (lines, rest) = theirs.into_iter().partition(|line| line.order_key == order);
        theirs = rest;
        let held: Vec<ParcelLine> =
            ours.lines.iter().filter(|line| line.order_key == order).cloned().collect();
        if let Some(revision) = revision {
            let name = format!("lines/{}", order.as_deref().unwrap_or_default());
            let newness = stamps.compare(&name, revision);
            if newness.is_lt() || (newness.is_eq() && text(&lines) <= text(&held)) {
                continue;
            }
            stamps.set(&name, revision);
        }
        if held != lines {
            ours.lines.retain(|line| line.order_key != order);
            ours.lines.extend(lines);
            changed.extend(order);
        }
    }
    ours.lines.sort_by(|a, b| place(a).cmp(&place(b)));
    changed
}

fn place(line: &ParcelLine) -> (&Option<String>, &str, crossdock_schemas::Dec) {
    (&line.order_key, &line.line_key, line.quantity)
}

/// What of a parcel counts as a change: all but provenance and tokens.
pub(super) fn counting(parcel: &Parcel) -> Parcel {
    let mut parcel = Parcel { source: Source::default(), ..parcel.clone() };
    for address in [&mut parcel.from, &mut parcel.to].into_iter().flatten() {
        each_in_address(address, &mut |protected| protected.token = None);
    }
    if let Some(signed_by) = &mut parcel.signed_by {
        signed_by.token = None;
    }
    parcel
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field nobody listed would never be taken from an observation.
    #[test]
    fn every_field_of_a_parcel_is_a_register() {
        let text = include_str!("../../../schemas/src/parcel.rs");
        let body = text.split("pub struct Parcel {").nth(1).unwrap().split("\n    }\n").next().unwrap();
        let mut found = 0;
        for line in body.lines().filter_map(|line| line.trim().strip_prefix("pub ")) {
            let name = line.split([' ', ':']).next().unwrap();
            found += 1;
            let apart =
                ["parcel_key", "source", "carrier", "tracking_no", "orders", "lines", "events", "ext"];
            assert!(
                apart.contains(&name) || FIELDS.iter().any(|field| field.name == name),
                "`{name}` of a parcel is no register"
            );
        }
        assert_eq!(found, 25, "the test no longer reads the declaration");
    }
}
