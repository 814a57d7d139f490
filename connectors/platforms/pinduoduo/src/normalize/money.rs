//! Discounts, fees, payments and totals, in yuan. Amounts are taken as stated; nothing is repaired.

use crossdock_connector::{IssueKind, Result, wire};
use crossdock_schemas::{
    Allocation, ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Fee, FeeKind, FundedBy, Money,
    OrderLine, Payment, PaymentKind, PaymentState, PaymentStatus, Presale, Status, Totals, Ts,
};

use super::line::{self, some};
use super::{CNY, Reading};
use crate::codes;
use crate::wire::{Order, text};

/// Amounts of an order, read once.
pub(super) struct Amounts {
    pub(super) goods: Option<Dec>,
    postage: Option<Dec>,
    payable: Option<Dec>,
    discount: Option<Dec>,
    platform: Option<Dec>,
    seller: Option<Dec>,
    leader: Option<Dec>,
    deposit: Option<Dec>,
    step_paid: Option<Dec>,
}

impl Amounts {
    pub(super) fn read(reading: &Reading<'_>, order: &Order<'_>) -> Result<Self> {
        let (deposit, step_paid) = match &order.step_order_info {
            Some(step) => (
                reading.dec(&step.advanced_paid_fee, "step_order_info.advanced_paid_fee")?,
                reading.dec(&step.step_paid_fee, "step_order_info.step_paid_fee")?,
            ),
            None => (None, None),
        };
        Ok(Self {
            goods: reading.dec(&order.goods_amount, "goods_amount")?,
            postage: reading.dec(&order.postage, "postage")?,
            payable: reading.dec(&order.pay_amount, "pay_amount")?,
            discount: reading.dec(&order.discount_amount, "discount_amount")?,
            platform: some(reading.dec(&order.platform_discount, "platform_discount")?),
            seller: some(reading.dec(&order.seller_discount, "seller_discount")?),
            leader: some(reading.dec(&order.capital_free_discount, "capital_free_discount")?),
            deposit: some(deposit),
            step_paid,
        })
    }
}

/// The discounts by who bears them. Of one line sold, its shares are known.
pub(super) fn discounts(
    reading: &mut Reading<'_>,
    amounts: &Amounts,
    lines: &mut [OrderLine],
) -> Vec<Discount> {
    let make = |kind, funded_by, raw: &str, amount| Discount {
        kind,
        kind_raw: Some(raw.to_owned()),
        funded_by,
        amount,
        target: DiscountTarget::Order,
        ..Discount::default()
    };
    let parts = [
        (DiscountKind::PlatformSubsidy, Some(FundedBy::Platform), "platform_discount", amounts.platform),
        (DiscountKind::Promotion, Some(FundedBy::Seller), "seller_discount", amounts.seller),
        // The group's leader gets it free; who bears that is not established.
        (DiscountKind::Promotion, None, "capital_free_discount", amounts.leader),
    ];
    let mut discounts: Vec<Discount> = parts
        .into_iter()
        .filter_map(|(kind, funded_by, raw, amount)| Some(make(kind, funded_by, raw, amount?)))
        .collect();
    let sum: Dec = discounts.iter().map(|discount| discount.amount).sum();
    match some(amounts.discount) {
        Some(stated) if discounts.is_empty() => {
            discounts.push(make(DiscountKind::Promotion, None, "discount_amount", stated));
        }
        Some(stated) if stated != sum => {
            let detail =
                format!("the parts make {}, discount_amount says {}", sum.canonical(), stated.canonical());
            reading.issue(IssueKind::AmountMismatch, "discount_amount", &detail);
        }
        _ => {}
    }
    share(amounts, lines, &mut discounts);
    discounts
}

/// Nearly every order has one line that was sold: what the order states is then what that line states.
fn share(amounts: &Amounts, lines: &mut [OrderLine], discounts: &mut [Discount]) {
    let mut sold = lines.iter().enumerate().filter(|(_, line)| !is_gift(line)).map(|(at, _)| at);
    let (Some(at), None) = (sold.next(), sold.next()) else { return };
    let key = line::key(lines, at);
    let Some(line) = lines.get_mut(at) else { return };
    // Changed by hand: `goods_amount` is price times quantity less the change.
    line.line_total = amounts.goods.or(line.line_total);
    let Some(total) = line.line_total else { return };
    let sum: Dec = discounts.iter().map(|discount| discount.amount).sum();
    line.allocated_discount = Some(sum);
    line.payable = Some(total - sum);
    if let Some(key) = key {
        for discount in discounts {
            discount.allocations = vec![Allocation { line_key: key.clone(), amount: discount.amount }];
        }
    }
}

fn is_gift(line: &OrderLine) -> bool {
    line.kind == crossdock_schemas::LineKind::Gift
}

/// Fees for services. What is sold as delivery to the door or assembly stands in `ext` as well, by its own name.
pub(super) fn fees(reading: &Reading<'_>, order: &Order<'_>) -> Result<Vec<Fee>> {
    let mut fees = Vec::new();
    for (at, fee) in order.service_fee_detail.iter().enumerate() {
        let amount = reading.dec(&fee.service_fee, format_args!("service_fee_detail[{at}].service_fee"))?;
        if let Some(amount) = some(amount) {
            let name = wire::text(fee.service_name.as_ref());
            fees.push(Fee { kind: FeeKind::Service, amount, name, ..Fee::default() });
        }
    }
    Ok(fees)
}

/// Sums as stated, and whether they add up as the platform says: goods - discount + postage + service fees.
pub(super) fn totals(
    reading: &mut Reading<'_>,
    amounts: &Amounts,
    status: &Status,
    discounts: &[Discount],
    fees: &[Fee],
) -> Totals {
    let discount: Dec = discounts.iter().map(|discount| discount.amount).sum();
    let fee: Dec = fees.iter().map(|fee| fee.amount).sum();
    let paid = match status.payment {
        Some(PaymentState::Paid | PaymentState::Refunded) => amounts.payable,
        Some(PaymentState::PartiallyPaid) => amounts.step_paid.or(amounts.deposit),
        Some(PaymentState::Unpaid | PaymentState::Voided) => Some(Dec::ZERO),
        _ => None,
    };
    if let (Some(goods), Some(payable)) = (amounts.goods, amounts.payable) {
        let sum = goods - discount + amounts.postage.unwrap_or(Dec::ZERO) + fee;
        if sum != payable {
            let detail = format!(
                "goods, discounts, postage and fees make {}, pay_amount says {}",
                sum.canonical(),
                payable.canonical()
            );
            reading.issue(IssueKind::AmountMismatch, "pay_amount", &detail);
        }
    }
    Totals {
        goods: amounts.goods,
        discount: Some(discount),
        shipping: amounts.postage,
        fees: (!fees.is_empty()).then_some(fee),
        payable: amounts.payable,
        paid,
        computed_by: Some(ComputedBy::Platform),
        ..Totals::default()
    }
}

/// A sale in two steps, once it says how much the first is.
pub(super) fn presale(amounts: &Amounts, status: &Status) -> Option<Presale> {
    Some(Presale {
        stage: status.presale?,
        stage_raw: status.presale_raw.clone(),
        deposit: Money::new(amounts.deposit?, CNY),
        ..Presale::default()
    })
}

/// The payment the payload proves. A presale has two payments and one number, and nothing says whose it is.
pub(super) fn payments(
    order: &Order<'_>,
    amounts: &Amounts,
    status: &Status,
    paid_at: Option<Ts>,
) -> Vec<Payment> {
    let (Some(amount), Some(number)) = (amounts.payable, text(&order.pay_no)) else { return Vec::new() };
    let taken = match status.payment {
        Some(PaymentState::Paid) => PaymentStatus::Captured,
        Some(PaymentState::Refunded) => PaymentStatus::Refunded,
        _ => return Vec::new(),
    };
    if order.step_order_info.is_some() {
        return Vec::new();
    }
    let method = text(&order.pay_type);
    vec![Payment {
        payment_ref: Some(number.to_owned()),
        method: method.map_or_else(|| "unknown".to_owned(), codes::pay_method),
        method_raw: method.map(str::to_owned),
        kind: PaymentKind::Tender,
        amount: Money::new(amount, CNY),
        status: taken,
        at: paid_at,
        ..Payment::default()
    }]
}
