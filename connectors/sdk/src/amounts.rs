//! What the lines of an order cost, for receivers that want one amount a line: exact, in the order's currency.
//!
//! What the platform allocated is taken as it is. What it left open is spread so that the lines add up.

use crossdock_schemas::{Dec, DiscountTarget, Order, OrderLine};

use crate::{Error, ErrorKind, Result};

/// What the buyer pays for each line: as the platform allocated it, else by ours.
///
/// An order-level discount that nobody allocated is spread by largest remainder in the currency's smallest unit, so
/// that the shares add up to it.
///
/// # Errors
/// `Rejected` when a line has no price, or a discount is for a line that is not there.
pub fn payables(order: &Order) -> Result<Vec<Dec>> {
    let mut amounts = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        amounts.push(before_allocation(line)?);
    }
    let stated = |line: &OrderLine| line.payable.is_some() || line.allocated_discount.is_some();
    if order.lines.iter().any(stated) {
        let lines = order.lines.iter().zip(amounts);
        return Ok(lines
            .map(|(line, amount)| {
                line.payable.unwrap_or(amount - line.allocated_discount.unwrap_or_default())
            })
            .collect());
    }
    let mut spread = Dec::ZERO;
    for discount in order.discounts.iter().filter(|discount| discount.target == DiscountTarget::Order) {
        if discount.allocations.is_empty() {
            spread = spread + discount.amount;
        }
        for share in &discount.allocations {
            let at = order.lines.iter().position(|line| line.line_key.as_deref() == Some(&share.line_key));
            match at.and_then(|at| amounts.get_mut(at)) {
                Some(amount) => *amount = *amount - share.amount,
                None => {
                    return Err(refused(format!(
                        "a discount for a line `{}` that is not there",
                        share.line_key
                    )));
                }
            }
        }
    }
    let shares = shares(spread, &amounts, order.currency.as_deref());
    Ok(amounts.into_iter().zip(shares).map(|(amount, share)| amount - share).collect())
}

fn before_allocation(line: &OrderLine) -> Result<Dec> {
    if let Some(amount) = line.line_total.or(line.payable) {
        return Ok(amount);
    }
    line.unit_price.and_then(|price| price.checked_mul(line.quantity)).ok_or_else(|| {
        refused(format!(
            "line {} has no price",
            line.line_key.as_deref().or(line.sku.as_deref()).unwrap_or("?")
        ))
    })
}

/// `total` spread over `weights`: ties go to the earlier line.
fn shares(total: Dec, weights: &[Dec], currency: Option<&str>) -> Vec<Dec> {
    let sum: Dec = weights.iter().sum();
    if total.is_zero() || sum.is_zero() {
        return weights.iter().map(|_| Dec::ZERO).collect();
    }
    let digits = fraction_digits(currency);
    let cent = (0..digits).fold(Dec::ONE, |unit, _| unit.checked_div(Dec::from(10)).unwrap_or(unit));
    let exact =
        |weight: &Dec| total.checked_mul(*weight).and_then(|part| part.checked_div(sum)).unwrap_or_default();
    let mut shares: Vec<(Dec, Dec)> = weights
        .iter()
        .map(|weight| {
            let exact = exact(weight);
            let down = Dec::from_decimal(exact.value().trunc_with_scale(digits));
            (down, exact - down)
        })
        .collect();
    let mut left = total - shares.iter().map(|(share, _)| *share).sum::<Dec>();
    let mut by_rest: Vec<usize> = (0..shares.len()).collect();
    by_rest.sort_by_key(|at| std::cmp::Reverse(shares.get(*at).map(|(_, rest)| *rest)));
    for at in by_rest {
        if left < cent {
            break;
        }
        if let Some((share, _)) = shares.get_mut(at) {
            *share = *share + cent;
            left = left - cent;
        }
    }
    // What is smaller than the smallest unit goes with the first.
    if let Some((share, _)) = shares.first_mut() {
        *share = *share + left;
    }
    shares.into_iter().map(|(share, _)| share).collect()
}

fn fraction_digits(currency: Option<&str>) -> u32 {
    match currency {
        Some("JPY" | "KRW" | "VND" | "CLP") => 0,
        Some("KWD" | "BHD" | "OMR" | "JOD" | "TND") => 3,
        _ => 2,
    }
}

/// The price of one unit, to as many digits as the receiver keeps.
///
/// # Errors
/// `Rejected` when there is no unit.
pub fn unit_price(amount: Dec, quantity: Dec, digits: u32) -> Result<Dec> {
    amount
        .checked_div(quantity)
        .map(|price| price.round(digits))
        .ok_or_else(|| refused("a quantity of zero".to_owned()))
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_schemas::{Allocation, Discount};

    fn dec(text: &str) -> Dec {
        Dec::parse(text).unwrap()
    }

    #[test]
    fn shares_add_up() {
        let split = |total: &str, weights: &[&str], currency| {
            let weights: Vec<Dec> = weights.iter().map(|weight| dec(weight)).collect();
            shares(dec(total), &weights, currency)
        };
        assert_eq!(split("10", &["1", "1", "1"], Some("CNY")), [dec("3.34"), dec("3.33"), dec("3.33")]);
        assert_eq!(split("10", &["1", "1", "1"], Some("JPY")), [dec("4"), dec("3"), dec("3")]);
        assert_eq!(split("0.05", &["99", "1"], None), [dec("0.05"), dec("0")]);
        assert_eq!(split("5", &["0", "0"], None), [dec("0"), dec("0")]);
        let parts = split("1.005", &["7", "11", "13"], None);
        assert_eq!(parts.iter().sum::<Dec>(), dec("1.005"));
    }

    fn line(key: &str, change: impl FnOnce(&mut OrderLine)) -> OrderLine {
        let mut line =
            OrderLine { line_key: Some(key.to_owned()), quantity: dec("2"), ..OrderLine::default() };
        change(&mut line);
        line
    }

    #[test]
    fn what_the_platform_states_is_taken() {
        let order = Order {
            lines: vec![
                line("a", |line| {
                    line.unit_price = Some(dec("10"));
                    line.payable = Some(dec("18.50"));
                }),
                line("b", |line| {
                    line.line_total = Some(dec("30"));
                    line.allocated_discount = Some(dec("1.5"));
                }),
            ],
            discounts: vec![Discount {
                amount: dec("3"),
                target: DiscountTarget::Order,
                ..Discount::default()
            }],
            ..Order::default()
        };
        assert_eq!(payables(&order).unwrap(), [dec("18.50"), dec("28.5")]);
    }

    #[test]
    fn a_discount_that_nobody_allocated_is_spread() {
        let mut order = Order {
            lines: vec![
                line("a", |line| line.unit_price = Some(dec("10"))),
                line("b", |line| line.unit_price = Some(dec("5"))),
            ],
            discounts: vec![Discount {
                amount: dec("1"),
                target: DiscountTarget::Order,
                ..Discount::default()
            }],
            ..Order::default()
        };
        assert_eq!(payables(&order).unwrap(), [dec("19.33"), dec("9.67")]);
        order.lines.push(line("c", |_| ()));
        assert_eq!(payables(&order).unwrap_err().message(), "line c has no price");
    }
    #[test]
    fn a_unit_has_a_price_when_there_is_one() {
        assert_eq!(unit_price(dec("10"), dec("3"), 6).unwrap(), dec("3.333333"));
        assert_eq!(unit_price(dec("10"), dec("3"), 2).unwrap(), dec("3.33"));
        assert_eq!(unit_price(dec("10"), dec("0"), 6).unwrap_err().kind(), ErrorKind::Rejected);
    }

    #[test]
    fn a_discount_for_no_line_is_refused() {
        let discount = |line: &str| Discount {
            amount: dec("1"),
            target: DiscountTarget::Order,
            allocations: vec![Allocation { line_key: line.to_owned(), amount: dec("1") }],
            ..Discount::default()
        };
        let mut order = Order {
            lines: vec![line("a", |line| line.unit_price = Some(dec("10")))],
            discounts: vec![discount("a")],
            ..Order::default()
        };
        assert_eq!(payables(&order).unwrap(), [dec("19")]);
        order.discounts = vec![discount("b")];
        let error = payables(&order).unwrap_err();
        assert_eq!(error.message(), "a discount for a line `b` that is not there");
    }
}
