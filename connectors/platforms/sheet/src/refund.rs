//! A document of refund rows: an after-sale case.

use std::collections::BTreeMap;

use crossdock_connector::{Error, Normalized, Result};
use crossdock_schemas::{
    Aftersale, AftersaleLine, AftersaleStatus, Dec, FeeKind, Money, Observation, OrderRef,
};

use crate::columns::Role;
use crate::document::{Gathered, RefundRow};
use crate::order::{ext, source};

/// Puts a case together. `linked` is the order the hub matched it to.
///
/// What is given back is written as a positive amount, whichever sign the file uses for it.
pub(crate) fn build(mut document: Gathered<'_>, linked: Option<&str>) -> Result<Normalized> {
    let rows = std::mem::take(&mut document.refunds);
    let sign = sign(&rows)?;
    let mut refund = Dec::ZERO;
    let mut shipping = None;
    let mut lines = Vec::with_capacity(rows.len());
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows {
        let amount = given_back(&row, sign);
        refund = add(refund, amount)?;
        match row.fee {
            Some(FeeKind::Shipping) => shipping = Some(add(shipping.unwrap_or(Dec::ZERO), amount)?),
            Some(_) => {}
            None => {
                let line_key = row.line_ref.unwrap_or_else(|| nth(&mut seen, row.sku.unwrap_or_default()));
                lines.push(AftersaleLine { line_key, quantity: row.quantity.abs(), amount: Some(amount) });
            }
        }
    }
    let order_no = document.take(Role::RefundOf).or_else(|| linked.map(str::to_owned));
    let plan = document.plan;
    let refs = order_no.map(|order_no| OrderRef {
        platform: plan.platform.clone(),
        shop: plan.shop.clone(),
        order_no,
    });
    let aftersale = Aftersale {
        source: source(plan),
        aftersale_no: std::mem::take(&mut document.order_no),
        kind: Some(plan.refund_kind),
        status: Some(plan.refund_status.unwrap_or(AftersaleStatus::Unknown)),
        lines,
        refund: Some(Money::new(refund, document.currency()?)),
        shipping_refund: shipping,
        requested_at: document.time,
        ext: ext(&document.ignored),
        ..Aftersale::default()
    };
    let observation = Observation::aftersale(aftersale).with_refs(refs);
    Ok(Normalized { observations: vec![observation], issues: document.issues, ..Normalized::default() })
}

/// Whether quantities are negative in this document. Both signs at once would mean that a part of it takes
/// the rest back: nobody can tell what was given back then.
fn sign(rows: &[RefundRow]) -> Result<bool> {
    let negative = rows.first().is_some_and(|row| row.quantity.is_negative());
    for row in rows {
        let what = if row.quantity.is_zero() {
            "a refund row has quantity 0"
        } else if row.quantity.is_negative() != negative {
            "the refund has quantities of both signs"
        } else {
            continue;
        };
        return Err(Error::malformed(what).at(format!("$[{}]", row.row)));
    }
    Ok(negative)
}

fn given_back(row: &RefundRow, negative_quantity: bool) -> Dec {
    // A stated amount of the row may be positive beside a negative quantity.
    if negative_quantity && row.amount.is_negative() { -row.amount } else { row.amount }
}

fn add(sum: Dec, amount: Dec) -> Result<Dec> {
    let sum = sum.checked_add(amount).filter(|sum| sum.fits_wire());
    sum.ok_or_else(|| Error::malformed("the refund is too large to be carried exactly").at("$"))
}

/// `sku#n`: the n-th row of the SKU, as lines of orders without ids are named.
fn nth(seen: &mut BTreeMap<String, u32>, sku: String) -> String {
    let count = seen.entry(sku.clone()).or_insert(0);
    *count = count.saturating_add(1);
    format!("{sku}#{count}")
}
