//! Amounts: what an item brings, part by part, and what an order comes to.
//!
//! Whether the amount of a discount has a sign is not documented: its size counts, and the sum shows whether it fits.

use std::collections::BTreeMap;

use serde_json::Value;

use crossdock_connector::{Error, IssueKind, Result};
use crossdock_schemas::{
    Allocation, Dec, Discount, DiscountKind, DiscountTarget, Fee, LineTax, Money, Order, OrderLine,
};

use super::{PLATFORM, Reading};
use crate::codes;
use crate::wire as theirs;

/// An amount with its currency.
pub(super) fn of(given: Option<&theirs::Money<'_>>, path: &str) -> Result<Option<Money>> {
    let Some(given) = given else { return Ok(None) };
    let Some(amount) = given.amount.dec(&format!("{path}.amount"))? else { return Ok(None) };
    let currency = given.currency_code.text().map(str::to_ascii_uppercase).unwrap_or_default();
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Error::malformed("expected an ISO 4217 code").at(format!("{path}.currencyCode")));
    }
    Ok(Some(Money { amount, currency }))
}

/// The currency of an order: that of its total, else of the first amount of an item.
pub(super) fn currency(given: &theirs::Order<'_>) -> Option<String> {
    let total = given.proceeds.as_ref().and_then(|proceeds| proceeds.grand_total.as_ref());
    let items = given.order_items.iter().flat_map(|item| {
        let price = item.product.as_ref().and_then(|product| product.price.as_ref()?.unit_price.as_ref());
        let proceeds = item.proceeds.as_ref().and_then(|proceeds| proceeds.proceeds_total.as_ref());
        [proceeds, price].into_iter().flatten()
    });
    let named = total.into_iter().chain(items).find_map(|money| money.currency_code.text());
    named.filter(|code| code.len() == 3).map(str::to_ascii_uppercase)
}

/// A word for a way to pay: lower case, blanks as `_`.
pub(super) fn slug(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    name.chars().map(plain).take(32).collect()
}

/// The parts of the proceeds.
#[derive(Default)]
struct Parts {
    item: Option<Dec>,
    tax: Option<Dec>,
    /// The size of all discounts.
    discount: Dec,
    /// Of these, what is taken off shipping.
    off_shipping: Dec,
    /// Of these, what is taken off gift wrap and the fee for cash on delivery.
    off_fees: Dec,
    /// Everything else that is charged.
    fees: Vec<(String, Dec)>,
    /// Parts in another currency than the order's, which are not counted.
    foreign: Vec<String>,
}

impl Parts {
    fn read(given: &theirs::Proceeds<'_>, currency: Option<&str>, path: &str) -> Result<Self> {
        let mut parts = Self::default();
        let add = |held: &mut Option<Dec>, more: Dec| *held = Some(held.unwrap_or_default() + more);
        for (at, part) in given.breakdowns.iter().enumerate() {
            let at = format!("{path}.breakdowns[{at}]");
            let Some(money) = of(part.subtotal.as_ref(), &format!("{at}.subtotal"))? else { continue };
            let amount = money.amount;
            if currency.is_some_and(|currency| currency != money.currency) {
                parts.foreign.push(at);
                continue;
            }
            match part.r#type.text().unwrap_or_default() {
                "ITEM" => add(&mut parts.item, amount),
                "TAX" => add(&mut parts.tax, amount),
                "DISCOUNT" => {
                    parts.discount = parts.discount + amount.abs();
                    for (place, detail) in part.detailed_breakdowns.iter().enumerate() {
                        let part = match detail.subtype.text() {
                            Some("SHIPPING") => &mut parts.off_shipping,
                            Some("GIFT_WRAP" | "COD_FEE") => &mut parts.off_fees,
                            _ => continue,
                        };
                        let at = format!("{at}.detailedBreakdowns[{place}].value");
                        let off = of(detail.value.as_ref(), &at)?.map(|money| money.amount.abs());
                        *part = *part + off.unwrap_or_default();
                    }
                }
                // A tip that is not final yet may still change; it is told as it is.
                word => parts.fees.push((word.to_owned(), amount)),
            }
        }
        Ok(parts)
    }

    /// Says what was not counted.
    fn tell(&self, reading: &mut Reading<'_>) {
        for part in &self.foreign {
            reading.issue(IssueKind::BadValue, part.clone(), "an amount in another currency, not counted");
        }
    }

    /// What is taken off the goods.
    fn off_goods(&self) -> Dec {
        self.discount - self.off_shipping - self.off_fees
    }

    /// Everything but tax.
    fn net(&self) -> Dec {
        let charged: Dec = self.fees.iter().map(|(_, amount)| *amount).sum();
        self.item.unwrap_or_default() + charged - self.discount
    }

    /// Whether tax is part of the other amounts: `None` when the total does not tell.
    fn included(&self, total: Dec) -> Option<bool> {
        let tax = self.tax?;
        if self.net() + tax == total {
            Some(false)
        } else if self.net() == total {
            Some(true)
        } else {
            None
        }
    }

    fn fits(&self, total: Dec) -> bool {
        self.net() == total || self.included(total).is_some()
    }
}

/// The amounts of a line.
pub(super) fn line(
    reading: &mut Reading<'_>,
    line: &mut OrderLine,
    item: &theirs::Item<'_>,
    currency: Option<&str>,
    at: &str,
) -> Result<()> {
    let Some(given) = &item.proceeds else { return Ok(()) };
    let at = format!("{at}.proceeds");
    let parts = Parts::read(given, currency, &at)?;
    parts.tell(reading);
    let total = of(given.proceeds_total.as_ref(), &format!("{at}.proceedsTotal"))?.map(|money| money.amount);
    line.line_total = parts.item;
    let off = parts.off_goods();
    if let Some(whole) = parts.item
        && !off.is_zero()
    {
        line.allocated_discount = Some(off);
        line.payable = whole.checked_sub(off);
    }
    if let Some(tax) = parts.tax {
        let model = item.tax.iter().flat_map(|tax| &tax.tax_collections).find_map(|found| found.model.text());
        let collected_by = model.and_then(|word| {
            let path = format!("{at}.tax.taxCollections[0].model");
            reading.word(codes::collected_by(word), word, &path)
        });
        match total.and_then(|total| parts.included(total)) {
            Some(included) => {
                line.tax = Some(LineTax {
                    included,
                    amount: Some(tax),
                    collected_by,
                    collected_by_raw: model.map(str::to_owned),
                    ..LineTax::default()
                });
            }
            // Whether it comes on top cannot be told: the amount is kept beside.
            None => {
                let own = line.ext.entry(PLATFORM.to_owned()).or_default();
                own.insert("tax".to_owned(), Value::from(tax.canonical()));
            }
        }
    }
    let told = !given.breakdowns.is_empty();
    if let Some(total) = total.filter(|total| told && !parts.fits(*total)) {
        let what =
            format!("the parts come to {}, the total is {}", parts.net().canonical(), total.canonical());
        reading.issue(IssueKind::AmountMismatch, at, what);
    }
    Ok(())
}

/// Fees, discounts and totals of the order.
pub(super) fn fill(
    reading: &mut Reading<'_>,
    order: &mut Order,
    given: &theirs::Order<'_>,
    path: &str,
) -> Result<()> {
    discounts(order, given, path)?;
    let Some(proceeds) = &given.proceeds else { return fees_of_items(reading, order, given, path) };
    let at = format!("{path}.proceeds");
    let total = of(proceeds.grand_total.as_ref(), &format!("{at}.grandTotal"))?.map(|money| money.amount);
    order.totals.payable = total;
    if proceeds.breakdowns.is_empty() {
        return fees_of_items(reading, order, given, path);
    }
    let parts = Parts::read(proceeds, order.currency.as_deref(), &at)?;
    parts.tell(reading);
    let mut other = Dec::ZERO;
    for (word, amount) in &parts.fees {
        let kind = reading.word(codes::fee(word), word, &format!("{at}.breakdowns"));
        if word == "SHIPPING" {
            order.totals.shipping = Some(order.totals.shipping.unwrap_or_default() + *amount);
        } else {
            other = other + *amount;
        }
        order.fees.push(Fee {
            kind: kind.unwrap_or_default(),
            kind_raw: Some(word.clone()).filter(|word| !word.is_empty()),
            amount: *amount,
            ..Fee::default()
        });
    }
    order.totals.goods = parts.item;
    order.totals.fees = Some(other).filter(|other| !other.is_zero());
    order.totals.discount = Some(parts.discount).filter(|off| !off.is_zero());
    order.totals.tax = parts.tax;
    order.prices_include_tax = total.and_then(|total| parts.included(total));
    if let Some(total) = total.filter(|total| !parts.fits(*total)) {
        let what =
            format!("the parts come to {}, the total is {}", parts.net().canonical(), total.canonical());
        reading.issue(IssueKind::AmountMismatch, at, what);
    }
    Ok(())
}

/// Where the order does not say what was charged beside the goods, its items do.
fn fees_of_items(
    reading: &mut Reading<'_>,
    order: &mut Order,
    given: &theirs::Order<'_>,
    path: &str,
) -> Result<()> {
    let mut sums: BTreeMap<String, Dec> = BTreeMap::new();
    for (at, item) in given.order_items.iter().enumerate() {
        let Some(proceeds) = &item.proceeds else { continue };
        let at = format!("{path}.orderItems[{at}].proceeds");
        let parts = Parts::read(proceeds, order.currency.as_deref(), &at)?;
        for (word, amount) in parts.fees {
            let sum = sums.entry(word).or_default();
            *sum = *sum + amount;
        }
    }
    for (word, amount) in sums.into_iter().filter(|(_, amount)| !amount.is_zero()) {
        let kind = reading.word(codes::fee(&word), &word, &format!("{path}.orderItems.proceeds.breakdowns"));
        order.fees.push(Fee {
            kind: kind.unwrap_or_default(),
            kind_raw: Some(word).filter(|word| !word.is_empty()),
            amount,
            ..Fee::default()
        });
    }
    Ok(())
}

/// What each item was made cheaper by. Who bears it is not told.
fn discounts(order: &mut Order, given: &theirs::Order<'_>, path: &str) -> Result<()> {
    for (at, item) in given.order_items.iter().enumerate() {
        let (Some(proceeds), Some(id)) = (&item.proceeds, item.order_item_id.text()) else { continue };
        if !order.lines.iter().any(|line| line.line_ref.as_deref() == Some(id)) {
            continue;
        }
        let at = format!("{path}.orderItems[{at}].proceeds");
        let parts = Parts::read(proceeds, order.currency.as_deref(), &at)?;
        let promoted =
            item.promotion.as_ref().map(|promotion| promotion.breakdowns.as_slice()).unwrap_or_default();
        let id_of = match promoted {
            [only] => only.promotion_id.owned(),
            _ => None,
        };
        let found = [
            (parts.off_goods(), DiscountKind::Promotion, DiscountTarget::Line),
            (parts.off_fees, DiscountKind::Promotion, DiscountTarget::Order),
            (parts.off_shipping, DiscountKind::Shipping, DiscountTarget::Shipping),
        ];
        for (amount, kind, target) in found.into_iter().filter(|(amount, _, _)| *amount > Dec::ZERO) {
            let share = Allocation { line_key: id.to_owned(), amount };
            order.discounts.push(Discount {
                id: id_of.clone(),
                kind,
                amount,
                target,
                allocations: if target == DiscountTarget::Line { vec![share] } else { Vec::new() },
                ..Discount::default()
            });
        }
    }
    Ok(())
}
