//! Discounts, fees, payments and sums, as the shop states them: one currency, amounts without tax and the tax beside them.

use crossdock_connector::{IssueKind, Result};
use crossdock_schemas::{
    Allocation, ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Fee, FeeKind, Money, OrderLine,
    Payment, PaymentKind, PaymentState, PaymentStatus, Totals, Ts,
};

use super::Reading;
use crate::codes;
use crate::read::{dec, name, owned, text};
use crate::wire::{GiftCard, Order};

/// Amounts of an order, read once.
pub(super) struct Amounts {
    /// What the buyer owes, by whatever it is paid.
    pub(super) total: Option<Dec>,
    /// What is left of it for the payment method, after gift cards.
    pub(super) charge: Option<Dec>,
    pub(super) refunded: Option<Dec>,
    pub(super) fees: Vec<Fee>,
    pub(super) discounts: Vec<Discount>,
    taken_off: Dec,
    charged: Option<Dec>,
    coupons: Option<Dec>,
    shipping: Option<Dec>,
    tax: Option<Dec>,
}

impl Amounts {
    pub(super) fn read(order: &Order<'_>, lines: &[OrderLine]) -> Result<Self> {
        let charge = dec(&order.total, || "$.total".to_owned())?;
        let mut total = charge;
        for (i, card) in order.gift_cards.iter().flatten().enumerate() {
            let paid = dec(&card.amount, || format!("$.gift_cards[{i}].amount"))?;
            total = total.zip(paid).map(|(total, paid)| total + paid).or(total);
        }
        let mut amounts = Self {
            total,
            charge,
            refunded: None,
            fees: Vec::new(),
            discounts: coupons(order, lines)?,
            taken_off: Dec::ZERO,
            charged: None,
            coupons: dec(&order.discount_total, || "$.discount_total".to_owned())?,
            shipping: dec(&order.shipping_total, || "$.shipping_total".to_owned())?,
            tax: dec(&order.total_tax, || "$.total_tax".to_owned())?,
        };
        for (i, line) in order.shipping_lines.iter().flatten().enumerate() {
            let at = |field: &str| format!("$.shipping_lines[{i}].{field}");
            let Some(amount) = dec(&line.total, || at("total"))? else { continue };
            let tax = dec(&line.total_tax, || at("total_tax"))?;
            let name = name(&line.method_title);
            amounts.fees.push(Fee { kind: FeeKind::Shipping, amount, tax, name, ..Fee::default() });
        }
        for (i, line) in order.fee_lines.iter().flatten().enumerate() {
            let at = |field: &str| format!("$.fee_lines[{i}].{field}");
            let Some(amount) = dec(&line.total, || at("total"))? else { continue };
            let tax = dec(&line.total_tax, || at("total_tax"))?;
            let name = name(&line.name);
            if amount.is_negative() {
                // How plugins take something off the whole order.
                amounts.taken_off = amounts.taken_off + amount.abs();
                amounts.discounts.push(Discount {
                    id: name,
                    kind: DiscountKind::Unknown,
                    amount: amount.abs(),
                    target: DiscountTarget::Order,
                    ..Discount::default()
                });
            } else {
                // What it is for is a text of the merchant's.
                amounts.charged = Some(amounts.charged.unwrap_or(Dec::ZERO) + amount);
                amounts.fees.push(Fee { kind: FeeKind::Unknown, amount, tax, name, ..Fee::default() });
            }
        }
        for (i, refund) in order.refunds.iter().flatten().enumerate() {
            if let Some(total) = dec(&refund.total, || format!("$.refunds[{i}].total"))? {
                // Negative, because it lowers what the order brought in.
                amounts.refunded = Some(amounts.refunded.unwrap_or(Dec::ZERO) + total.abs());
            }
        }
        Ok(amounts)
    }

    /// The sums, and whether they add up as the shop says: lines, shipping, fees and tax make the total.
    pub(super) fn totals(
        &self,
        reading: &mut Reading<'_>,
        lines: &[OrderLine],
        state: Option<PaymentState>,
    ) -> Totals {
        let goods: Option<Dec> = lines.iter().map(|line| line.line_total).sum();
        let discount = self.coupons.map(|coupons| coupons + self.taken_off);
        let discount = discount.or(Some(self.taken_off).filter(|amount| !amount.is_zero()));
        let or_none = |amount: Option<Dec>| amount.unwrap_or(Dec::ZERO);
        if let (Some(goods), Some(total)) = (goods, self.total) {
            let sum = goods - or_none(discount)
                + or_none(self.shipping)
                + or_none(self.charged)
                + or_none(self.tax);
            if sum != total {
                let detail = format!("the parts make {}, total says {}", sum.canonical(), total.canonical());
                reading.issue(IssueKind::AmountMismatch, "$.total", detail);
            }
        }
        let paid = match state {
            Some(PaymentState::Paid | PaymentState::PartiallyRefunded | PaymentState::Refunded) => self.total,
            Some(
                PaymentState::Unpaid | PaymentState::CodPending | PaymentState::Failed | PaymentState::Voided,
            ) => Some(Dec::ZERO),
            _ => None,
        };
        Totals {
            goods,
            discount,
            shipping: self.shipping,
            fees: self.charged,
            tax: self.tax,
            payable: self.total,
            paid,
            refunded: self.refunded,
            computed_by: Some(ComputedBy::Platform),
            ..Totals::default()
        }
    }
}

/// Coupons. The shares of a single one are what its lines lost.
fn coupons(order: &Order<'_>, lines: &[OrderLine]) -> Result<Vec<Discount>> {
    let mut found = Vec::new();
    for (i, coupon) in order.coupon_lines.iter().flatten().enumerate() {
        let amount = dec(&coupon.discount, || format!("$.coupon_lines[{i}].discount"))?;
        // One that only makes shipping free takes nothing off.
        let Some(amount) = amount.filter(|amount| *amount > Dec::ZERO) else { continue };
        found.push(Discount {
            id: owned(&coupon.code),
            kind: DiscountKind::Coupon,
            amount,
            target: DiscountTarget::Order,
            ..Discount::default()
        });
    }
    if let [only] = found.as_mut_slice() {
        let share = |line: &OrderLine| {
            let amount = line.allocated_discount.filter(|amount| !amount.is_zero())?;
            Some(Allocation { line_key: line.line_ref.clone()?, amount })
        };
        let shares: Vec<Allocation> = lines.iter().filter_map(share).collect();
        if shares.iter().map(|share| share.amount).sum::<Dec>() == only.amount {
            only.allocations = shares;
        }
    }
    Ok(found)
}

/// The payment that the order proves.
pub(super) fn payments(
    order: &Order<'_>,
    currency: &str,
    charge: Option<Dec>,
    state: Option<PaymentState>,
    paid_at: Option<Ts>,
) -> Vec<Payment> {
    let mut payments = gift_cards(order, currency, state, paid_at);
    let (Some(gateway), Some(charge)) = (text(&order.payment_method), charge) else { return payments };
    let status = match state {
        Some(PaymentState::Paid | PaymentState::PartiallyRefunded) => PaymentStatus::Captured,
        Some(PaymentState::Refunded) => PaymentStatus::Refunded,
        Some(PaymentState::CodPending) => PaymentStatus::Pending,
        Some(PaymentState::Failed) => PaymentStatus::Failed,
        _ => return payments,
    };
    payments.push(Payment {
        method: codes::pay_method(gateway),
        method_raw: Some(gateway.to_owned()),
        kind: if gateway == codes::CASH { PaymentKind::Cod } else { PaymentKind::Tender },
        amount: Money::new(charge, currency),
        status,
        at: paid_at,
        provider_ref: owned(&order.transaction_id),
        ..Payment::default()
    });
    payments
}

/// What gift cards paid, once the order is paid; whether a refund went back to them is not said.
fn gift_cards(
    order: &Order<'_>,
    currency: &str,
    state: Option<PaymentState>,
    at: Option<Ts>,
) -> Vec<Payment> {
    let paid = [PaymentState::Paid, PaymentState::PartiallyRefunded, PaymentState::Refunded];
    if !state.is_some_and(|state| paid.contains(&state)) {
        return Vec::new();
    }
    let payment = |card: &GiftCard<'_>| {
        Some(Payment {
            payment_ref: owned(&card.id),
            method: "gift_card".to_owned(),
            kind: PaymentKind::GiftCard,
            amount: Money::new(Dec::parse(text(&card.amount)?).ok()?, currency),
            status: PaymentStatus::Captured,
            at,
            ..Payment::default()
        })
    };
    order.gift_cards.iter().flatten().filter_map(payment).collect()
}
