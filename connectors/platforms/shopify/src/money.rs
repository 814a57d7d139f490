//! Fees and sums, in the shop's currency, as Shopify states them at the time of the order. The figures after
//! edits and refunds are in the extension: refunds are documents of their own and must not count twice.

use crossdock_connector::{Issue, IssueKind, Result};
use crossdock_schemas::{ComputedBy, Dec, Fee, FeeKind, Totals};

use crate::normalize::Reading;
use crate::read::{dec, owned, shop_amount, yes};
use crate::wire;

/// What the buyer pays beside the goods.
pub(crate) fn fees(reading: &mut Reading<'_>, order: &wire::Order<'_>) -> Result<Vec<Fee>> {
    let mut fees = Vec::new();
    for (i, line) in order.shipping_lines.iter().flatten().enumerate() {
        let at = |field: &str| format!("$.shipping_lines[{i}].{field}");
        let Some(amount) = dec(&line.price, || at("price"))?.filter(|_| !yes(&line.is_removed)) else {
            continue;
        };
        let mut tax = None;
        for one in line.tax_lines.iter().flatten() {
            if let Some(price) = dec(&one.price, || at("tax_lines[].price"))? {
                tax = Some(tax.unwrap_or(Dec::ZERO) + price);
            }
        }
        fees.push(Fee { kind: FeeKind::Shipping, amount, tax, name: owned(&line.title), ..Fee::default() });
    }
    let other = Other::read(order)?;
    let mut add = |kind, raw: &str, amount: Option<Dec>| {
        if let Some(amount) = amount {
            fees.push(Fee { kind, kind_raw: Some(raw.to_owned()), amount, ..Fee::default() });
        }
    };
    add(FeeKind::Tip, "total_tip_received", other.tip);
    add(FeeKind::Duty, "original_total_duties_set", other.duties);
    if other.additional.is_some() {
        // What they are for is not said.
        let path = "$.original_total_additional_fees_set";
        reading.issues.push(Issue::unmapped(path, "additional_fees"));
        add(FeeKind::Unknown, "original_total_additional_fees_set", other.additional);
    }
    Ok(fees)
}

/// The sums. They add up only with the duties, so those are among the fees and also named apart.
pub(crate) fn totals(reading: &mut Reading<'_>, order: &wire::Order<'_>) -> Result<Totals> {
    let other = Other::read(order)?;
    let fees = [other.tip, other.duties, other.additional];
    let some_fee = fees.iter().any(Option::is_some);
    let totals = Totals {
        goods: dec(&order.total_line_items_price, || "$.total_line_items_price".to_owned())?,
        discount: dec(&order.total_discounts, || "$.total_discounts".to_owned())?,
        shipping: shipping(order)?,
        fees: some_fee.then(|| fees.into_iter().flatten().sum()),
        tax: dec(&order.total_tax, || "$.total_tax".to_owned())?,
        duties: other.duties,
        payable: dec(&order.total_price, || "$.total_price".to_owned())?,
        computed_by: Some(ComputedBy::Platform),
        ..Totals::default()
    };
    check(reading, order, &totals)?;
    Ok(totals)
}

/// Whether the sums make what is to be paid. Whether cash rounding is inside of that is not established.
fn check(reading: &mut Reading<'_>, order: &wire::Order<'_>, totals: &Totals) -> Result<()> {
    let (Some(goods), Some(payable)) = (totals.goods, totals.payable) else { return Ok(()) };
    let known = |part: Option<Dec>| part.unwrap_or(Dec::ZERO);
    let tax = if yes(&order.taxes_included) { Dec::ZERO } else { known(totals.tax) };
    let sum = goods - known(totals.discount) + known(totals.shipping) + known(totals.fees) + tax;
    let rounding = &order.total_cash_rounding_payment_adjustment_set;
    let rounding = known(shop_amount(rounding, "$.total_cash_rounding_payment_adjustment_set")?);
    if sum != payable && sum + rounding != payable {
        let detail = format!("the parts make {}, total_price says {}", sum.canonical(), payable.canonical());
        reading.issues.push(Issue::new(IssueKind::AmountMismatch, "$.total_price", detail));
    }
    Ok(())
}

/// What shipping costs; older bodies only have its lines.
fn shipping(order: &wire::Order<'_>) -> Result<Option<Dec>> {
    if let Some(total) = shop_amount(&order.total_shipping_price_set, "$.total_shipping_price_set")? {
        return Ok(Some(total));
    }
    let mut sum = None;
    for (i, line) in
        order.shipping_lines.iter().flatten().enumerate().filter(|(_, line)| !yes(&line.is_removed))
    {
        if let Some(price) = dec(&line.price, || format!("$.shipping_lines[{i}].price"))? {
            sum = Some(sum.unwrap_or(Dec::ZERO) + price);
        }
    }
    Ok(sum)
}

/// Amounts that stand outside of goods, shipping and tax; `None` for zero.
struct Other {
    tip: Option<Dec>,
    duties: Option<Dec>,
    additional: Option<Dec>,
}

impl Other {
    fn read(order: &wire::Order<'_>) -> Result<Self> {
        let some = |amount: Option<Dec>| amount.filter(|amount| !amount.is_zero());
        let duties = shop_amount(&order.original_total_duties_set, "$.original_total_duties_set")?;
        let additional = &order.original_total_additional_fees_set;
        Ok(Self {
            tip: some(dec(&order.total_tip_received, || "$.total_tip_received".to_owned())?),
            // Duties inside the prices are not charged on top.
            duties: some(duties).filter(|_| !yes(&order.duties_included)),
            additional: some(shop_amount(additional, "$.original_total_additional_fees_set")?),
        })
    }
}
