//! Refunds. The core knows no request and no approval: a refund that exists was made.

use serde_json::{Map, Value as Json};

use crossdock_connector::{Error, Headers, IssueKind, Result};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersaleStatus, Dec, GoodsState, Money, Observation, Ts,
};

use super::line::refunded_line;
use super::{CURRENCY_HEADER, ORDER_HEADER, PLATFORM, Reading};
use crate::config::RefundKind;
use crate::read::{dec, is_number, moment, name, number, owned, text};
use crate::wire::{Order, Refund};

/// What an order says about its refunds: that they are, how much and why. The rest is one call away.
pub(super) fn mentioned(
    reading: &Reading<'_>,
    order: &Order<'_>,
    order_no: &str,
    currency: &str,
    modified: Option<Ts>,
) -> Result<Vec<Observation>> {
    let mut found = Vec::new();
    for (i, refund) in order.refunds.iter().flatten().enumerate() {
        let total = dec(&refund.total, || format!("$.refunds[{i}].total"))?;
        // What the shop leaves of a refund that was deleted.
        if text(&refund.id) == Some("0") && total.is_none_or(Dec::is_zero) {
            continue;
        }
        let id = number(&refund.id, &format!("$.refunds[{i}].id"))?;
        let case = Aftersale {
            source: reading.source(modified),
            aftersale_no: id.to_owned(),
            status: Some(AftersaleStatus::Refunded),
            reason_raw: name(&refund.reason).or_else(|| name(&refund.refund)),
            refund: total.map(|total| Money::new(total.abs(), currency)),
            ..Aftersale::default()
        };
        found.push(Observation::aftersale(case).partial().with_refs(vec![reading.order_ref(order_no)]));
    }
    Ok(found)
}

/// A refund itself. Its amount is positive, its lines are negative.
pub(super) fn read(
    reading: &mut Reading<'_>,
    refund: &Refund<'_>,
    headers: &Headers,
    place: &str,
) -> Result<Observation> {
    let at = |field: &str| format!("{place}.{field}");
    let id = number(&refund.id, &at("id"))?;
    let order_no = text(&refund.parent_id).filter(|id| *id != "0").or(headers.get(ORDER_HEADER));
    let order_no = order_no
        .filter(|number| is_number(number))
        .ok_or_else(|| Error::malformed("a refund without its order").at(at("parent_id")))?;
    let created = moment(&refund.date_created_gmt, &refund.date_created, || at("date_created_gmt"))?
        .ok_or_else(|| Error::malformed("the time in UTC is missing").at(at("date_created_gmt")))?;
    let amount = dec(&refund.amount, || at("amount"))?
        .ok_or_else(|| Error::malformed("the amount is missing").at(at("amount")))?;
    let mut ext = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            ext.insert(name.to_owned(), Json::from(value));
        }
    };
    put("refunded_payment", owned(&refund.refunded_payment));
    let currency = headers.get(CURRENCY_HEADER).filter(|code| !code.is_empty());
    if currency.is_none() {
        reading.issue(
            IssueKind::BadValue,
            at("amount"),
            "refunds name no currency; the amount is kept in ext",
        );
        put("amount", Some(amount.to_string()));
    }
    let (lines, tax) = lines(reading, refund, &at, &mut put)?;
    put("line_tax", tax.filter(|tax| !tax.is_zero()).map(|tax| tax.to_string()));
    let mut shipping = None;
    for (i, line) in refund.shipping_lines.iter().flatten().enumerate() {
        if let Some(total) = dec(&line.total, || at(&format!("shipping_lines[{i}].total")))? {
            shipping = Some(shipping.unwrap_or(Dec::ZERO) + total.abs());
        }
    }
    let mut fees = Dec::ZERO;
    for (i, line) in refund.fee_lines.iter().flatten().enumerate() {
        fees = fees + dec(&line.total, || at(&format!("fee_lines[{i}].total")))?.unwrap_or(Dec::ZERO).abs();
    }
    put("fees", (!fees.is_zero()).then(|| fees.to_string()));
    let returned = !lines.is_empty() && reading.config.refunds_with_quantity == RefundKind::ReturnRefund;
    let mut case = Aftersale {
        source: reading.source(Some(created)),
        aftersale_no: id.to_owned(),
        kind: Some(if returned { AftersaleKind::ReturnRefund } else { AftersaleKind::RefundOnly }),
        status: Some(AftersaleStatus::Refunded),
        reason_raw: name(&refund.reason),
        lines,
        refund: currency.map(|currency| Money::new(amount.abs(), currency)),
        shipping_refund: shipping,
        goods_state: returned.then_some(GoodsState::Returned),
        requested_at: Some(created),
        modified_at: Some(created),
        closed_at: Some(created),
        ..Aftersale::default()
    };
    if !ext.is_empty() {
        case.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(Observation::aftersale(case).with_refs(vec![reading.order_ref(order_no)]))
}

/// Lines with a quantity, and the tax of all lines. Money for a line without a quantity is in `ext`.
fn lines(
    reading: &mut Reading<'_>,
    refund: &Refund<'_>,
    at: &dyn Fn(&str) -> String,
    put: &mut dyn FnMut(&str, Option<String>),
) -> Result<(Vec<AftersaleLine>, Option<Dec>)> {
    let mut lines = Vec::new();
    let mut tax = None;
    for (i, line) in refund.line_items.iter().flatten().enumerate() {
        let at = |field: &str| at(&format!("line_items[{i}].{field}"));
        let amount = dec(&line.total, || at("total"))?.map(Dec::abs);
        if let Some(more) = dec(&line.total_tax, || at("total_tax"))? {
            tax = Some(tax.unwrap_or(Dec::ZERO) + more.abs());
        }
        let Some(line_key) = refunded_line(line.meta_data.as_deref().unwrap_or_default()) else {
            reading.issue(IssueKind::BadValue, at("meta_data"), "which line of the order it is, is not said");
            continue;
        };
        let quantity = dec(&line.quantity, || at("quantity"))?.unwrap_or(Dec::ZERO).abs();
        if quantity.is_zero() {
            put(&format!("amount_of_line_{line_key}"), amount.map(|amount| amount.to_string()));
        } else {
            lines.push(AftersaleLine { line_key, quantity, amount });
        }
    }
    Ok((lines, tax))
}
