//! What an order says in Odoo's terms: lines with net prices, and one line for what they do not say.
//!
//! A price over there has few digits, and discounts of the whole order have no home. So each line gets the price of
//! one unit after discounts, rounded as Odoo rounds it, and the adjustment line carries the exact rest: the total is
//! right to the cent, or the order is not confirmed.

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Dec, FeeKind, LineKind, Order, OrderLine, TotalsCheck};

use crate::config::{Components, Config};

/// A line to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its name inside the order.
    pub(crate) key: String,
    /// `default_code` of the product.
    pub(crate) code: Option<String>,
    /// What people read.
    pub(crate) name: String,
    pub(crate) quantity: Dec,
    pub(crate) price: Dec,
}

/// An order to be.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) lines: Vec<Line>,
    /// What the total over there has to be; nothing when that cannot be known.
    pub(crate) total: Option<Dec>,
}

/// Puts lines and total together.
pub(crate) fn content(order: &Order, config: &Config) -> Result<Content> {
    let digits = config.price_digits;
    let mut lines = Vec::new();
    let (mut sum, mut exact, mut cancelled) = (Dec::ZERO, Dec::ZERO, false);
    for (at, line) in order.lines.iter().enumerate() {
        if line.kind == LineKind::Component && config.components == Components::Skip {
            continue;
        }
        let gone = line.quantities.as_ref().and_then(|so_far| so_far.cancelled).unwrap_or(Dec::ZERO);
        cancelled = cancelled || !gone.is_zero();
        let quantity = line.quantity - gone;
        if quantity.is_zero() || quantity.is_negative() {
            continue;
        }
        let whole = amount(line).ok_or_else(|| refused(format!("line {} has no price", at + 1)))?;
        let share = if gone.is_zero() { Some(whole) } else { (whole * quantity).checked_div(line.quantity) };
        let price = share.and_then(|share| share.checked_div(quantity));
        let (Some(share), Some(price)) = (share, price) else {
            return Err(refused(format!("line {} has no quantity", at + 1)));
        };
        let price = price.round(digits);
        sum = sum + (price * quantity).round(digits);
        exact = exact + share.round(digits);
        lines.push(Line {
            key: line.line_key.clone().unwrap_or_else(|| format!("{}", at + 1)),
            code: line.sku.as_deref().map(|sku| config.skus.find(sku).unwrap_or(sku).to_owned()),
            name: name(line),
            quantity,
            price,
        });
    }
    for (key, kind, amount, said) in fees(order) {
        sum = sum + amount;
        exact = exact + amount;
        let code = config.fees.need("fees", kind)?.to_owned();
        let name = said.unwrap_or(kind).to_owned();
        lines.push(Line { key, code: Some(code), name, quantity: Dec::ONE, price: amount });
    }
    let (rest, total) = rest(order, sum, exact, cancelled);
    if !rest.is_zero() {
        let code = config.adjustment_product.clone().ok_or_else(|| {
            refused(format!(
                "discounts and roundings of {rest}: name a product for them in the sink's settings.adjustment_product"
            ))
        })?;
        let name = "discounts and rounding".to_owned();
        lines.push(Line {
            key: "adjustment".to_owned(),
            code: Some(code),
            name,
            quantity: Dec::ONE,
            price: rest,
        });
    }
    Ok(Content { lines, total })
}

/// What the lines do not say, and what the total has to be.
fn rest(order: &Order, sum: Dec, exact: Dec, cancelled: bool) -> (Dec, Option<Dec>) {
    let totals = &order.totals;
    let added_tax = match order.prices_include_tax {
        Some(false) => totals.tax.unwrap_or(Dec::ZERO),
        _ => Dec::ZERO,
    };
    // Sums that do not add up are never made to fit, and those of an order that lost lines say nothing certain.
    let trusted = !cancelled && totals.check != Some(TotalsCheck::Mismatch);
    match totals.payable {
        Some(payable) if trusted => (payable - added_tax - sum, Some(payable)),
        Some(payable) if !cancelled => (exact - sum, Some(payable)),
        _ if order.prices_include_tax == Some(false) => (exact - sum, None),
        _ => (exact - sum, Some(exact)),
    }
}

/// What a line costs after its share of the order's discounts.
fn amount(line: &OrderLine) -> Option<Dec> {
    if line.payable.is_some() {
        return line.payable;
    }
    let full = line.line_total.or_else(|| line.unit_price.map(|price| price * line.quantity))?;
    Some(full - line.allocated_discount.unwrap_or(Dec::ZERO))
}

fn name(line: &OrderLine) -> String {
    let title = line.title.as_deref().or(line.sku.as_deref()).or(line.product_ref.as_deref()).unwrap_or("?");
    match line.variant_title.as_deref() {
        Some(variant) if !title.contains(variant) => format!("{title} {variant}"),
        _ => title.to_owned(),
    }
}

/// Fees that are not nothing: key, kind, amount, name.
fn fees(order: &Order) -> Vec<(String, &'static str, Dec, Option<&str>)> {
    let listed = order.fees.iter().enumerate().filter(|(_, fee)| !fee.amount.is_zero());
    let mut fees: Vec<_> = listed
        .map(|(at, fee)| {
            let kind = fee.kind.as_str();
            (format!("fee_{kind}_{}", at + 1), kind, fee.amount, fee.name.as_deref())
        })
        .collect();
    let stated = order.fees.iter().any(|fee| fee.kind == FeeKind::Shipping);
    if let (false, Some(shipping)) = (stated, order.totals.shipping.filter(|amount| !amount.is_zero())) {
        fees.push(("fee_shipping".to_owned(), FeeKind::Shipping.as_str(), shipping, None));
    }
    fees
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

#[cfg(test)]
mod tests;
