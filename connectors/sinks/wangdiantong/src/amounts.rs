//! Money: sums that WDT checks by adding up.
//!
//! `paid` = Σ(`price` × `num` + `adjust_amount` − `discount` − `share_discount`) + `post_amount` + `other_amount`. The
//! platform's own sum is `paid`; what its parts do not explain goes where it belongs, so that the sum is always right.

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Dec, DiscountTarget, FeeKind, LineKind, Order, OrderLine};

use crate::config::Config;

/// Most digits after the point.
const DIGITS: u32 = 4;

/// Amounts of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineSums {
    pub(crate) num: Dec,
    pub(crate) price: Dec,
    pub(crate) adjust: Dec,
    pub(crate) discount: Dec,
    pub(crate) share: Dec,
}

impl LineSums {
    /// Before the line's share of what the whole order is cheaper by.
    pub(crate) fn total(&self) -> Dec {
        (self.price * self.num).round(DIGITS) + self.adjust - self.discount
    }

    /// What is paid for it.
    pub(crate) fn net(&self) -> Dec {
        self.total() - self.share
    }
}

/// Amounts of an order.
#[derive(Debug)]
pub(crate) struct Sums {
    pub(crate) lines: Vec<LineSums>,
    pub(crate) post: Dec,
    pub(crate) other: Dec,
    pub(crate) paid: Dec,
}

impl Sums {
    /// All reductions.
    pub(crate) fn discount(&self) -> Dec {
        self.lines.iter().map(|line| line.discount + line.share).sum()
    }

    /// How many pieces.
    pub(crate) fn pieces(&self) -> Dec {
        self.lines.iter().map(|line| line.num).sum()
    }
}

/// Four digits after the point, as the samples write amounts.
pub(crate) fn text(amount: Dec) -> String {
    format!("{:.4}", amount.round(DIGITS))
}

/// Reads the amounts of the lines that are sent.
///
/// # Errors
/// `Rejected` when a price is missing, the currency is another one, or the parts are more than the whole explains.
pub(crate) fn read(config: &Config, order: &Order, lines: &[&OrderLine]) -> Result<Sums> {
    let currency = order.currency.as_deref().unwrap_or_default();
    for found in lines.iter().filter_map(|line| line.currency.as_deref()).chain([currency]) {
        if found != config.currency {
            let what = format!("the order is in `{found}`, this account counts in {}", config.currency);
            return Err(refused(what));
        }
    }
    let mut sums = Sums {
        lines: lines.iter().map(|line| read_line(line)).collect::<Result<_>>()?,
        post: order
            .totals
            .shipping
            .unwrap_or_else(|| fees(order, |kind| kind == FeeKind::Shipping))
            .round(DIGITS),
        other: other(order).round(DIGITS),
        paid: Dec::ZERO,
    };
    let known = sums.lines.iter().map(LineSums::net).sum::<Dec>() + sums.post + sums.other;
    sums.paid = order.totals.payable.or(order.totals.paid).unwrap_or(known).round(DIGITS);
    if sums.paid > known {
        sums.other = sums.other + (sums.paid - known);
    } else if sums.paid < known {
        let by = known - sums.paid;
        lower(order, &mut sums, by)?;
    }
    Ok(sums)
}

fn read_line(line: &OrderLine) -> Result<LineSums> {
    let name = line.line_key.as_deref().unwrap_or_default();
    let num = line.quantity;
    if num <= Dec::ZERO || num.round(DIGITS) != num {
        return Err(refused(format!("line {name}: WDT cannot take a quantity of {num}")));
    }
    let total = line.line_total.or_else(|| Some(line.payable? + line.allocated_discount.unwrap_or_default()));
    let price = line.unit_price.or(line.list_price).or_else(|| total?.checked_div(num));
    let price = match price {
        Some(price) => price.round(DIGITS),
        None if line.kind == LineKind::Gift => Dec::ZERO,
        None => return Err(refused(format!("line {name} has no price"))),
    };
    let whole = (price * num).round(DIGITS);
    let difference = total.map_or(Dec::ZERO, |total| total.round(DIGITS) - whole);
    let (adjust, discount) =
        if difference.is_negative() { (Dec::ZERO, difference.abs()) } else { (difference, Dec::ZERO) };
    Ok(LineSums {
        num,
        price,
        adjust,
        discount,
        share: line.allocated_discount.unwrap_or_default().round(DIGITS),
    })
}

fn fees(order: &Order, wanted: impl Fn(FeeKind) -> bool) -> Dec {
    order.fees.iter().filter(|fee| wanted(fee.kind)).map(|fee| fee.amount).sum()
}

/// What is paid beside goods and shipping.
fn other(order: &Order) -> Dec {
    let fees = order.totals.fees.unwrap_or_else(|| fees(order, |kind| kind != FeeKind::Shipping));
    let duties = order.totals.duties.unwrap_or_default();
    let tax = if order.prices_include_tax == Some(false) {
        order.totals.tax.unwrap_or_default()
    } else {
        Dec::ZERO
    };
    let other = fees + duties + tax;
    if other.is_negative() { Dec::ZERO } else { other }
}

/// Takes off what the whole is cheaper by: from shipping what was meant for it, then from the lines by their worth,
/// the last one taking the rest, then from what is left.
fn lower(order: &Order, sums: &mut Sums, by: Dec) -> Result<()> {
    let mut rest = by;
    let shipping = order.discounts.iter().filter(|one| one.target == DiscountTarget::Shipping);
    let meant: Dec = shipping.map(|one| one.amount).sum();
    take(&mut sums.post, &mut rest, meant);
    let worth: Dec = sums.lines.iter().map(LineSums::net).filter(|net| !net.is_negative()).sum();
    let whole = rest.min(worth);
    let mut left = whole;
    let last = sums.lines.len().saturating_sub(1);
    for (at, line) in sums.lines.iter_mut().enumerate() {
        let net = line.net();
        let share = if at == last {
            left
        } else {
            // Cents, as the platform would have split it.
            (whole * net).checked_div(worth).unwrap_or_default().round(2).min(net).min(left)
        };
        if !share.is_negative() {
            line.share = line.share + share;
            left = left - share;
        }
    }
    rest = rest - (whole - left);
    let Sums { post, other, .. } = sums;
    for place in [post, other] {
        let most = *place;
        take(place, &mut rest, most);
    }
    if rest.is_zero() {
        return Ok(());
    }
    Err(refused(format!("the amounts do not add up: {} too much", rest.canonical())))
}

fn take(from: &mut Dec, rest: &mut Dec, most: Dec) {
    let amount = (*rest).min(*from).min(most);
    if amount > Dec::ZERO {
        *from = *from - amount;
        *rest = *rest - amount;
    }
}

fn refused(what: String) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(json: &str) -> Result<Sums> {
        let text = format!(
            r#"{{"source":{{"platform":"taobao","shop":"1"}},"order_no":"1","kind":"sale","currency":"CNY",{json}}}"#
        );
        let order: Order = serde_json::from_str(&text).unwrap();
        let lines: Vec<&OrderLine> = order.lines.iter().collect();
        read(&crate::config::tests::config(&[]).unwrap(), &order, &lines)
    }

    fn adds_up(sums: &Sums) {
        let lines: Dec = sums.lines.iter().map(LineSums::net).sum();
        assert_eq!(lines + sums.post + sums.other, sums.paid, "{sums:?}");
        assert!(sums.lines.iter().all(|line| !line.net().is_negative()), "{sums:?}");
    }

    fn texts(line: &LineSums) -> [String; 5] {
        [line.num, line.price, line.adjust, line.discount, line.share].map(text)
    }

    #[test]
    fn the_sample_of_the_sheet() {
        let sums = sums(
            r#""lines":[{"line_ref":"1","quantity":"2","unit_price":"30.00","line_total":"58.00"}],
               "totals":{"shipping":"6.00","payable":"64.00"}"#,
        )
        .unwrap();
        adds_up(&sums);
        assert_eq!(texts(&sums.lines[0]), ["2.0000", "30.0000", "0.0000", "2.0000", "0.0000"]);
        assert_eq!([sums.post, sums.other, sums.paid].map(text), ["6.0000", "0.0000", "64.0000"]);
    }

    #[test]
    fn a_discount_nobody_allocated_goes_to_the_lines_and_the_last_takes_the_rest() {
        let sums = sums(
            r#""lines":[{"line_ref":"1","quantity":"1","unit_price":"10"},{"line_ref":"2","quantity":"1","unit_price":"10"},
                        {"line_ref":"3","quantity":"1","unit_price":"10"}],
               "totals":{"payable":"20.00"}"#,
        )
        .unwrap();
        adds_up(&sums);
        let shares: Vec<String> = sums.lines.iter().map(|line| text(line.share)).collect();
        assert_eq!(shares, ["3.3300", "3.3300", "3.3400"]);
    }

    #[test]
    fn free_shipping_lowers_shipping_and_not_the_goods() {
        let sums = sums(
            r#""lines":[{"line_ref":"1","quantity":"1","unit_price":"10"}],
               "discounts":[{"kind":"shipping","amount":"8","target":"shipping"}],
               "totals":{"shipping":"8","payable":"10"}"#,
        )
        .unwrap();
        adds_up(&sums);
        assert_eq!([sums.post, sums.lines[0].share].map(text), ["0.0000", "0.0000"]);
    }

    #[test]
    fn a_price_raised_by_hand_is_an_adjustment_and_tax_on_top_is_something_else() {
        let sums = sums(
            r#""lines":[{"line_ref":"1","quantity":"1","unit_price":"10","line_total":"12"}],
               "prices_include_tax":false,"totals":{"tax":"1.2","rounding":"0.05","payable":"13.25"}"#,
        )
        .unwrap();
        adds_up(&sums);
        assert_eq!(text(sums.lines[0].adjust), "2.0000");
        assert_eq!(text(sums.other), "1.2500");
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for (json, what) in [
            (r#""lines":[{"line_ref":"1","quantity":"1"}]"#, "has no price"),
            (r#""lines":[{"line_ref":"1","quantity":"0.00001","unit_price":"1"}]"#, "a quantity of"),
            (
                r#""lines":[{"line_ref":"1","quantity":"1","unit_price":"1","currency":"USD"}]"#,
                "in `USD`, this account counts in CNY",
            ),
            (
                r#""lines":[{"line_ref":"1","quantity":"1","unit_price":"1"}],"totals":{"payable":"-1"}"#,
                "do not add up",
            ),
        ] {
            let error = sums(json).unwrap_err();
            assert!(error.message().contains(what), "{error}");
        }
        let gift = sums(r#""lines":[{"line_ref":"1","kind":"gift","quantity":"1"}]"#).unwrap();
        assert_eq!(text(gift.paid), "0.0000");
    }
}
