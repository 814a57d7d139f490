//! The lines of an order with everything these systems want to know of money: exact, and adding up.

use crossdock_connector::{Error, ErrorKind, Result, amounts};
use crossdock_schemas::{Dec, DiscountTarget, FeeKind, LineKind, Order, OrderLine};

use crate::config::{Bundles, Config};

/// Digits of the price of one unit.
const PRICE_DIGITS: u32 = 6;

/// A line as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) product: String,
    pub(crate) unit: String,
    pub(crate) quantity: Dec,
    pub(crate) gift: bool,
    pub(crate) tax_percent: Dec,
    pub(crate) money: Money,
}

/// What a line costs in one currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Money {
    /// With tax.
    pub(crate) sum: Dec,
    /// Without tax.
    pub(crate) net: Dec,
    /// Tax: always the difference.
    pub(crate) tax: Dec,
    /// One unit with tax.
    pub(crate) unit_sum: Dec,
    /// One unit without tax.
    pub(crate) unit_net: Dec,
}

impl Money {
    fn new(sum: Dec, net: Dec, quantity: Dec) -> Result<Self> {
        Ok(Self {
            sum,
            net,
            tax: sum - net,
            unit_sum: amounts::unit_price(sum, quantity, PRICE_DIGITS)?,
            unit_net: amounts::unit_price(net, quantity, PRICE_DIGITS)?,
        })
    }

    /// The same in another currency.
    pub(crate) fn at(self, rate: Dec, quantity: Dec) -> Result<Self> {
        if rate == Dec::ONE {
            return Ok(self);
        }
        Self::new((self.sum * rate).round(2), (self.net * rate).round(2), quantity)
    }
}

/// The lines of an order: goods, then what is paid beside them.
pub(crate) fn lines(config: &Config, order: &Order) -> Result<Vec<Line>> {
    let payables = amounts::payables(order)?;
    let mut lines = Vec::new();
    for (at, (line, payable)) in order.lines.iter().zip(payables).enumerate() {
        let skipped = match config.bundles {
            Bundles::Bundle => line.kind == LineKind::Component,
            Bundles::Components => line.kind == LineKind::Bundle,
        };
        if !skipped {
            lines.push(goods(config, order, at, line, payable)?);
        }
    }
    for (kind, amount) in fees(order) {
        let product = config.fees.need("fees", kind.as_str())?;
        if product != "none" {
            let included = order.prices_include_tax.unwrap_or(config.tax_included);
            lines.push(Line {
                product: product.to_owned(),
                unit: config.units.need("units", "C62")?.to_owned(),
                quantity: Dec::ONE,
                gift: false,
                tax_percent: config.tax_percent,
                money: money(amount, included, config.tax_percent, None, Dec::ONE)?,
            });
        }
    }
    if lines.is_empty() {
        return Err(rejected("the order has no lines"));
    }
    Ok(lines)
}

fn goods(config: &Config, order: &Order, at: usize, line: &OrderLine, payable: Dec) -> Result<Line> {
    let key = line.line_key.clone().unwrap_or_else(|| (at + 1).to_string());
    let sku = line.sku.as_deref().ok_or_else(|| rejected(format!("line {key} has no seller SKU")))?;
    let other = line.currency.as_deref().filter(|it| Some(*it) != order.currency.as_deref());
    if let Some(other) = other {
        return Err(rejected(format!("line {key} is in {other}: an order has one currency over there")));
    }
    let product = match config.skus.find(sku) {
        Some(product) => product,
        None if config.skus_only => config.skus.need("skus", sku)?,
        None => sku,
    };
    let tax = line.tax.as_ref();
    let percent = tax.and_then(|tax| tax.rate).map_or(config.tax_percent, |rate| rate * Dec::from(100));
    let included = tax.map(|tax| tax.included).or(order.prices_include_tax).unwrap_or(config.tax_included);
    let stated = tax.and_then(|tax| tax.amount);
    Ok(Line {
        product: product.to_owned(),
        unit: config.units.need("units", line.unit.as_deref().unwrap_or("C62"))?.to_owned(),
        quantity: line.quantity,
        gift: line.kind == LineKind::Gift,
        tax_percent: percent,
        money: money(payable, included, percent, stated, line.quantity)?,
    })
}

/// An amount taken apart: the tax as the source states it, else by the rate, to the cent.
fn money(amount: Dec, included: bool, percent: Dec, stated: Option<Dec>, quantity: Dec) -> Result<Money> {
    let rate = percent.checked_div(Dec::from(100)).unwrap_or_default();
    if included {
        let by_rate = || amount.checked_div(Dec::ONE + rate).unwrap_or(amount).round(2);
        return Money::new(amount, stated.map_or_else(by_rate, |tax| amount - tax), quantity);
    }
    let tax = stated.unwrap_or_else(|| (amount * rate).round(2));
    Money::new(amount + tax, amount, quantity)
}

/// What is paid beside the goods, by kind; shipping less what was taken off it.
fn fees(order: &Order) -> Vec<(FeeKind, Dec)> {
    let mut fees: Vec<(FeeKind, Dec)> = Vec::new();
    for fee in &order.fees {
        match fees.iter_mut().find(|(kind, _)| *kind == fee.kind) {
            Some((_, amount)) => *amount = *amount + fee.amount,
            None => fees.push((fee.kind, fee.amount)),
        }
    }
    let stated = order.totals.shipping.unwrap_or_default();
    if !fees.iter().any(|(kind, _)| *kind == FeeKind::Shipping) && !stated.is_zero() {
        fees.push((FeeKind::Shipping, stated));
    }
    let to_shipping = order.discounts.iter().filter(|discount| discount.target == DiscountTarget::Shipping);
    let off: Dec = to_shipping.map(|discount| discount.amount).sum();
    for (kind, amount) in &mut fees {
        if *kind == FeeKind::Shipping {
            *amount = *amount - off;
        }
    }
    fees.retain(|(_, amount)| !amount.is_zero());
    fees
}

fn rejected(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Dec {
        Dec::parse(text).unwrap()
    }

    #[test]
    fn an_amount_comes_apart_and_together_again() {
        // The sample of the fact sheet: 58.00 with 13 % are 51.33 and 6.67.
        let money = money(dec("58.00"), true, dec("13"), None, dec("2")).unwrap();
        assert_eq!((money.sum, money.net, money.tax), (dec("58"), dec("51.33"), dec("6.67")));
        assert_eq!((money.unit_sum, money.unit_net), (dec("29"), dec("25.665")));
        assert_eq!(money.net + money.tax, money.sum);
        let without = super::money(dec("100"), false, dec("13"), None, dec("3")).unwrap();
        assert_eq!((without.sum, without.net, without.tax), (dec("113"), dec("100"), dec("13")));
        let stated = super::money(dec("58.00"), true, dec("13"), Some(dec("6.66")), dec("2")).unwrap();
        assert_eq!((stated.net, stated.tax), (dec("51.34"), dec("6.66")));
        let abroad = money.at(dec("7.1"), dec("2")).unwrap();
        assert_eq!((abroad.sum, abroad.net, abroad.tax), (dec("411.8"), dec("364.44"), dec("47.36")));
    }
}
