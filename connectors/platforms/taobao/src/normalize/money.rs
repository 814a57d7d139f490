//! Discounts, fees, payments and totals. Amounts are taken as stated; nothing is repaired.

use crossdock_connector::{IssueKind, Result, wire};
use crossdock_schemas::{
    Allocation, ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Fee, FeeKind, Money, Order,
    OrderLine, Payment, PaymentKind, PaymentState, PaymentStatus, Presale, PresaleStage, Status, Totals, Ts,
};

use super::line::oid;
use super::{CNY, Reading};
use crate::wire::{Promotion, Trade, text};

/// Amounts of a trade, read once.
pub(super) struct Amounts {
    pub(super) goods: Option<Dec>,
    pub(super) postage: Option<Dec>,
    pub(super) payment: Option<Dec>,
    pub(super) tax: Option<Dec>,
    received: Option<Dec>,
    step_paid: Option<Dec>,
    discount: Option<Dec>,
    adjust: Option<Dec>,
}

impl Amounts {
    pub(super) fn read(reading: &Reading<'_>, trade: &Trade<'_>) -> Result<Self> {
        let some = |value: Option<Dec>| value.filter(|amount| !amount.is_zero());
        Ok(Self {
            goods: reading.dec(&trade.total_fee, "total_fee")?,
            postage: reading.dec(&trade.post_fee, "post_fee")?,
            payment: reading.dec(&trade.payment, "payment")?,
            tax: some(reading.dec(&trade.order_tax_fee, "order_tax_fee")?),
            received: reading.dec(&trade.received_payment, "received_payment")?,
            step_paid: reading.dec(&trade.step_paid_fee, "step_paid_fee")?,
            discount: some(reading.dec(&trade.discount_fee, "discount_fee")?),
            adjust: some(reading.dec(&trade.adjust_fee, "adjust_fee")?),
        })
    }
}

/// Discounts of trade and lines, and what was changed by hand.
pub(super) fn discounts(
    reading: &Reading<'_>,
    trade: &Trade<'_>,
    order_no: &str,
    amounts: &Amounts,
    lines: &[OrderLine],
) -> Result<(Vec<Discount>, Vec<Fee>)> {
    let (mut discounts, mut fees) = (Vec::new(), Vec::new());
    // Without lines the discounts of the lines are not known either, and a part of them would look like all.
    if lines.is_empty() {
        return Ok((discounts, fees));
    }
    let single = trade.orders.len() == 1;
    let of_trade = amounts.discount.or_else(|| shares(lines));
    let mut of_order = listed(reading, trade, order_no)?;
    for (at, order) in trade.orders.iter().enumerate() {
        let Some(oid) = oid(order) else { continue };
        let dec = |value, name: &str| reading.dec(value, format_args!("orders[{at}].{name}"));
        let stated = dec(&order.discount_fee, "discount_fee")?;
        // A trade of one line and that line have the same number: what is listed under it belongs to
        // whichever of the two states that sum.
        let of_line = match single {
            true if sum(&of_order) != of_trade.unwrap_or_default() && Some(sum(&of_order)) == stated => {
                std::mem::take(&mut of_order)
            }
            true => Vec::new(),
            false => listed(reading, trade, oid)?,
        };
        level(stated, of_line, DiscountTarget::Line, oid, &mut discounts);
        let by_hand = dec(&order.adjust_fee, "adjust_fee")?.or(if single { amounts.adjust } else { None });
        if let Some(change) = by_hand.filter(|change| !change.is_zero()) {
            if change.is_negative() {
                discounts.push(Discount {
                    kind: DiscountKind::Hand,
                    amount: change.abs(),
                    target: DiscountTarget::Line,
                    allocations: vec![Allocation { line_key: oid.to_owned(), amount: change.abs() }],
                    ..Discount::default()
                });
            } else {
                fees.push(Fee { kind: FeeKind::Adjustment, amount: change, ..Fee::default() });
            }
        }
    }
    let before = discounts.len();
    level(of_trade, of_order, DiscountTarget::Order, "", &mut discounts);
    // The shares of the lines are only stated for all promotions of the trade together.
    if discounts.len() == before.saturating_add(1)
        && let Some(only) = discounts.last_mut()
    {
        only.allocations = lines.iter().filter_map(share).collect();
    }
    discounts.sort_by(|a, b| {
        (a.target, &a.id, a.amount)
            .cmp(&(b.target, &b.id, b.amount))
            .then_with(|| line_of(a).cmp(&line_of(b)))
    });
    Ok((discounts, fees))
}

/// What the lines carry of the trade's promotions, when each of them says so.
fn shares(lines: &[OrderLine]) -> Option<Dec> {
    lines
        .iter()
        .filter(|line| line.payable.is_some() || line.allocated_discount.is_some())
        .map(|line| line.allocated_discount)
        .collect::<Option<Vec<_>>>()
        .filter(|shares| !shares.is_empty())
        .map(|shares| shares.into_iter().sum())
}

fn line_of(discount: &Discount) -> Option<&str> {
    discount.allocations.first().map(|share| share.line_key.as_str())
}

fn share(line: &OrderLine) -> Option<Allocation> {
    let amount = line.allocated_discount.filter(|amount| !amount.is_zero())?;
    Some(Allocation { line_key: line.line_ref.clone()?, amount })
}

/// The promotions listed under a number. Some have no amount: free shipping, gifts.
fn listed<'t, 'a>(
    reading: &Reading<'_>,
    trade: &'t Trade<'a>,
    number: &str,
) -> Result<Vec<(&'t Promotion<'a>, Dec)>> {
    let mut found = Vec::new();
    for (at, promotion) in trade.promotion_details.iter().enumerate() {
        if text(&promotion.id) == Some(number) {
            let amount =
                reading.dec(&promotion.discount_fee, format_args!("promotion_details[{at}].discount_fee"))?;
            if let Some(amount) = amount.filter(|amount| !amount.is_zero()) {
                found.push((promotion, amount));
            }
        }
    }
    Ok(found)
}

fn sum(listed: &[(&Promotion<'_>, Dec)]) -> Dec {
    listed.iter().map(|(_, amount)| *amount).sum()
}

/// Discounts of one level: the list where it adds up to the stated sum, else the sum alone.
fn level(
    stated: Option<Dec>,
    listed: Vec<(&Promotion<'_>, Dec)>,
    target: DiscountTarget,
    oid: &str,
    discounts: &mut Vec<Discount>,
) {
    let make = |amount: Dec| Discount {
        kind: DiscountKind::Promotion,
        amount,
        target,
        allocations: if target == DiscountTarget::Line {
            vec![Allocation { line_key: oid.to_owned(), amount }]
        } else {
            Vec::new()
        },
        ..Discount::default()
    };
    if let Some(stated) = stated.filter(|stated| *stated != sum(&listed)) {
        if !stated.is_zero() {
            discounts.push(make(stated));
        }
        return;
    }
    discounts.extend(listed.into_iter().map(|(promotion, amount)| Discount {
        id: wire::text(promotion.promotion_id.as_ref()),
        kind_raw: wire::text(promotion.promotion_name.as_ref()),
        ..make(amount)
    }));
}

/// Sums as stated. What cannot be known from the payload stays absent; without lines that is how the goods
/// came down to what is to be paid.
pub(super) fn totals(amounts: &Amounts, order: &Order) -> Totals {
    let (status, fees) = (&order.status, &order.fees);
    let paid = match (status.presale, status.payment) {
        (Some(PresaleStage::DepositPaid | PresaleStage::Failed), _) => amounts.step_paid,
        (_, Some(PaymentState::Paid | PaymentState::PartiallyRefunded | PaymentState::Refunded)) => {
            amounts.payment
        }
        (_, Some(PaymentState::Unpaid | PaymentState::CodPending | PaymentState::Voided)) => Some(Dec::ZERO),
        _ => None,
    };
    Totals {
        goods: amounts.goods.filter(|_| !order.lines.is_empty()),
        discount: (!order.lines.is_empty())
            .then(|| order.discounts.iter().map(|discount| discount.amount).sum()),
        shipping: amounts.postage,
        fees: (!fees.is_empty()).then(|| fees.iter().map(|fee| fee.amount).sum()),
        tax: amounts.tax,
        payable: amounts.payment,
        paid,
        settled: amounts.received,
        computed_by: Some(ComputedBy::Platform),
        ..Totals::default()
    }
}

/// The platform says that the lines' shares and the postage make up the payment.
pub(super) fn check(reading: &mut Reading<'_>, trade: &Trade<'_>, amounts: &Amounts, lines: &[OrderLine]) {
    let (Some(payment), Some(postage)) = (amounts.payment, amounts.postage) else { return };
    if lines.is_empty() {
        return;
    }
    let mut sum = postage;
    for line in lines {
        // Lines closed before payment are no longer part of it; services have no share of their own.
        let closed = line.status.as_ref().and_then(|status| status.fulfillment_raw.as_deref());
        if closed == Some("TRADE_CLOSED_BY_TAOBAO") && text(&trade.status) != Some("TRADE_CLOSED_BY_TAOBAO") {
            continue;
        }
        let Some(share) = line.payable else { return };
        sum = sum + share;
    }
    if sum == payment || amounts.tax.is_some_and(|tax| sum + tax == payment) {
        return;
    }
    let detail = format!(
        "shares of the lines and postage make {}, payment says {}",
        sum.canonical(),
        payment.canonical()
    );
    reading.issue(IssueKind::AmountMismatch, "payment", &detail);
}

/// The deposit of a presale, where the payload says how much it was. Once the balance is paid,
/// `step_paid_fee` holds both, so the deposit is no longer known.
pub(super) fn presale(trade: &Trade<'_>, amounts: &Amounts, status: &Status) -> Option<Presale> {
    let stage =
        status.presale.filter(|stage| matches!(stage, PresaleStage::DepositPaid | PresaleStage::Failed))?;
    let deposit = amounts.step_paid.filter(|amount| !amount.is_zero())?;
    Some(Presale {
        stage,
        stage_raw: wire::text(trade.step_trade_status.as_ref()),
        deposit: Money::new(deposit, CNY),
        ..Presale::default()
    })
}

/// Payments the payload proves: one at the door, or one that has a number at Alipay.
pub(super) fn payments(
    trade: &Trade<'_>,
    amounts: &Amounts,
    status: &Status,
    paid_at: Option<Ts>,
) -> Vec<Payment> {
    let Some(amount) = amounts.payment else { return Vec::new() };
    if text(&trade.kind) == Some("cod") {
        let status = match status.payment {
            Some(PaymentState::Paid | PaymentState::PartiallyRefunded) => PaymentStatus::Captured,
            Some(PaymentState::Refunded) => PaymentStatus::Refunded,
            Some(PaymentState::Voided) => PaymentStatus::Voided,
            _ => PaymentStatus::Pending,
        };
        return vec![Payment {
            method: "cod".to_owned(),
            kind: PaymentKind::Cod,
            amount: Money::new(amount, CNY),
            status,
            ..Payment::default()
        }];
    }
    let Some(number) = text(&trade.alipay_no) else { return Vec::new() };
    // A presale has two payments and one number field: which of the two it names is not established.
    let taken = matches!(status.payment, Some(PaymentState::Paid | PaymentState::PartiallyRefunded));
    if !taken || text(&trade.step_trade_status).is_some() {
        return Vec::new();
    }
    vec![Payment {
        payment_ref: Some(number.to_owned()),
        method: "alipay".to_owned(),
        kind: PaymentKind::Tender,
        amount: Money::new(amount, CNY),
        status: PaymentStatus::Captured,
        at: paid_at,
        ..Payment::default()
    }]
}
