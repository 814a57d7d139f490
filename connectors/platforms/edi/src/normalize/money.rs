//! Amounts of orders: what lines cost, what is taken off and charged, and whether it adds up.

use crossdock_connector::IssueKind;
use crossdock_schemas::{Allocation, Dec, Discount, DiscountKind, DiscountTarget, Fee, FeeKind, Order};

use super::Teller;
use crate::codes;
use crate::read::{Allowance, Line, Purchase};

/// The amount of a line: as it is stated, else price by quantity less what is taken off this line.
pub(super) fn line_total(line: &Line) -> Option<Dec> {
    if line.amount.is_some() {
        return line.amount;
    }
    let whole = line.price?.checked_mul(line.quantity)?;
    let off: Dec = line.allowances.iter().filter(|found| !found.charge).map(|found| found.amount).sum();
    whole.checked_sub(off)
}

/// Adds allowances and charges: those of the order, those of lines (`refs` names them), and the totals.
pub(super) fn fill(teller: &mut Teller<'_>, order: &mut Order, read: &Purchase, refs: &[Option<String>]) {
    for found in &read.allowances {
        put(teller, order, found, DiscountTarget::Order, Vec::new());
    }
    for (line, name) in read.lines.iter().zip(refs) {
        for found in &line.allowances {
            let share = name.iter().map(|name| Allocation { line_key: name.clone(), amount: found.amount });
            put(teller, order, found, DiscountTarget::Line, share.collect());
        }
    }
    order.totals.payable = read.total;
    let lines = read.lines.iter().filter_map(|line| line.tax);
    order.totals.tax = lines.chain(read.tax).reduce(|held, more| held + more);
    let off: Dec = order.discounts.iter().map(|discount| discount.amount).sum();
    order.totals.discount = Some(off).filter(|off| !off.is_zero());
    checked(teller, order);
}

fn put(
    teller: &Teller<'_>,
    order: &mut Order,
    found: &Allowance,
    target: DiscountTarget,
    allocations: Vec<Allocation>,
) {
    let code = found.code.as_deref();
    let raw = found.code.clone().or_else(|| found.text.clone());
    if found.charge {
        let kind = code.and_then(|code| codes::charge(teller.syntax, code)).unwrap_or(FeeKind::Unknown);
        order.fees.push(Fee {
            kind,
            kind_raw: raw,
            amount: found.amount,
            name: found.text.clone(),
            ..Fee::default()
        });
    } else {
        let kind =
            code.and_then(|code| codes::allowance(teller.syntax, code)).unwrap_or(DiscountKind::Unknown);
        order.discounts.push(Discount {
            kind,
            kind_raw: raw,
            amount: found.amount,
            target,
            allocations,
            ..Discount::default()
        });
    }
}

/// Whether lines, charges and allowances come to the total, with tax or without.
fn checked(teller: &mut Teller<'_>, order: &Order) {
    let Some(total) = order.totals.payable else { return };
    let lines: Option<Vec<Dec>> = order.lines.iter().map(|line| line.line_total).collect();
    let Some(lines) = lines else { return };
    let sum: Dec = lines.into_iter().sum();
    let charged: Dec = order.fees.iter().map(|fee| fee.amount).sum();
    let whole = order.discounts.iter().filter(|discount| discount.target == DiscountTarget::Order);
    let off: Dec = whole.map(|discount| discount.amount).sum();
    let sum = sum + charged - off;
    if sum != total && sum + order.totals.tax.unwrap_or_default() != total {
        let what = format!(
            "lines, charges and allowances come to {}, the total is {}",
            sum.canonical(),
            total.canonical()
        );
        teller.issue(IssueKind::AmountMismatch, "total", what);
    }
}
