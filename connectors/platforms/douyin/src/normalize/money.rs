//! Discounts, fees, payments and totals. The platform counts in fen; amounts are taken as stated, nothing is repaired.

use crossdock_connector::reading::some;
use crossdock_connector::{IssueKind, Result};
use crossdock_schemas::{
    Allocation, ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Fee, FeeKind, FundedBy, Money,
    OrderLine, Payment, PaymentKind, PaymentState, PaymentStatus, Presale, Status, Totals, Ts,
};

use super::state::{is_paid, phases};
use super::{CNY, Reading};
use crate::wire::{Line, Order, Phase, Value, told};

/// Amounts of an order, read once.
pub(super) struct Amounts {
    goods: Option<Dec>,
    payable: Option<Dec>,
    post: Option<Dec>,
    tax: Option<Dec>,
    packing: Option<Dec>,
    promotion: Option<Dec>,
    pub(super) discounts: Vec<Discount>,
    pub(super) fees: Vec<Fee>,
}

/// One of the three kinds of promotion: of an order, and of its lines.
struct Kind {
    field: &'static str,
    kind: DiscountKind,
    funded_by: Option<FundedBy>,
    of: for<'o, 'a> fn(&'o Order<'a>) -> &'o Value<'a>,
    of_line: for<'o, 'a> fn(&'o Line<'a>) -> &'o Value<'a>,
    /// Who bears it, as the order states it.
    cost: for<'o, 'a> fn(&'o Order<'a>) -> &'o Value<'a>,
}

const KINDS: [Kind; 3] = [
    Kind {
        field: "promotion_shop_amount",
        kind: DiscountKind::Promotion,
        funded_by: Some(FundedBy::Seller),
        of: |order| &order.promotion_shop_amount,
        of_line: |line| &line.promotion_shop_amount,
        cost: |order| &order.shop_cost_amount,
    },
    Kind {
        field: "promotion_platform_amount",
        kind: DiscountKind::PlatformSubsidy,
        funded_by: Some(FundedBy::Platform),
        of: |order| &order.promotion_platform_amount,
        of_line: |line| &line.promotion_platform_amount,
        cost: |order| &order.only_platform_cost_amount,
    },
    Kind {
        field: "promotion_talent_amount",
        // The host of a live stream pays for it, for whom our model has no word.
        kind: DiscountKind::Promotion,
        funded_by: None,
        of: |order| &order.promotion_talent_amount,
        of_line: |line| &line.promotion_talent_amount,
        cost: |order| &order.author_cost_amount,
    },
];

impl Amounts {
    pub(super) fn read(reading: &mut Reading<'_>, order: &Order<'_>, lines: &[OrderLine]) -> Result<Self> {
        let mut goods: Option<Dec> = None;
        for (at, line) in order.sku_order_list.iter().enumerate() {
            let sum =
                reading.hundredths(&line.sum_amount, format_args!("sku_order_list[{at}].sum_amount"))?;
            goods = match (goods, sum) {
                (Some(goods), Some(sum)) => Some(goods + sum),
                (None, sum) if at == 0 => sum,
                // One line that does not say it, and the sum is not known.
                _ => None,
            };
        }
        let mut amounts = Self {
            goods,
            payable: reading.hundredths(&order.pay_amount, "pay_amount")?,
            post: reading.hundredths(&order.post_amount, "post_amount")?,
            tax: some(reading.hundredths(&order.tax_amount, "tax_amount")?),
            packing: some(reading.hundredths(&order.packing_amount, "packing_amount")?),
            promotion: reading.hundredths(&order.promotion_amount, "promotion_amount")?,
            discounts: promotions(reading, order, lines)?,
            fees: Vec::new(),
        };
        let sum: Dec = amounts.discounts.iter().map(|discount| discount.amount).sum();
        match some(amounts.promotion) {
            Some(stated) if amounts.discounts.is_empty() => amounts.discounts.push(Discount {
                kind: DiscountKind::Promotion,
                kind_raw: Some("promotion_amount".to_owned()),
                amount: stated,
                target: DiscountTarget::Order,
                ..Discount::default()
            }),
            Some(stated) if stated != sum => {
                let (sum, stated) = (sum.canonical(), stated.canonical());
                let detail = format!("the parts make {sum}, promotion_amount says {stated}");
                reading.issue(IssueKind::AmountMismatch, "promotion_amount", &detail);
            }
            _ => {}
        }
        let fee =
            |kind, raw: &str, amount| Fee { kind, kind_raw: Some(raw.to_owned()), amount, ..Fee::default() };
        if let Some(post) = some(amounts.post) {
            amounts.fees.push(fee(FeeKind::Shipping, "post_amount", post));
        }
        if let Some(packing) = amounts.packing {
            amounts.fees.push(fee(FeeKind::Service, "packing_amount", packing));
        }
        amounts.by_hand(reading, order)?;
        Ok(amounts)
    }

    /// What the merchant changed by hand. Its sign is not established: it is read off where the sums say it.
    fn by_hand(&mut self, reading: &mut Reading<'_>, order: &Order<'_>) -> Result<()> {
        let goods = some(reading.hundredths(&order.modify_amount, "modify_amount")?).unwrap_or(Dec::ZERO);
        let post =
            some(reading.hundredths(&order.modify_post_amount, "modify_post_amount")?).unwrap_or(Dec::ZERO);
        let Some(off) = some(self.off()) else { return Ok(()) };
        let known = [goods.abs(), (goods + post).abs()].contains(&off.abs());
        if known && off.is_negative() {
            self.discounts.push(Discount {
                kind: DiscountKind::Hand,
                kind_raw: Some("modify_amount".to_owned()),
                funded_by: Some(FundedBy::Seller),
                amount: off.abs(),
                target: DiscountTarget::Order,
                ..Discount::default()
            });
        } else if known {
            self.fees.push(Fee {
                kind: FeeKind::Adjustment,
                kind_raw: Some("modify_amount".to_owned()),
                amount: off,
                ..Fee::default()
            });
        }
        Ok(())
    }

    fn discount(&self) -> Dec {
        let hand: Dec =
            self.discounts.iter().filter(|one| one.kind == DiscountKind::Hand).map(|one| one.amount).sum();
        let parts: Dec = self.discounts.iter().map(|one| one.amount).sum();
        self.promotion.map_or(parts, |promotion| promotion + hand)
    }

    fn other_fees(&self) -> Option<Dec> {
        let other = self.fees.iter().filter(|fee| fee.kind != FeeKind::Shipping);
        other.map(|fee| fee.amount).reduce(|sum, amount| sum + amount)
    }

    /// By how much the sums miss what has to be paid; tax may be inside the prices.
    fn off(&self) -> Option<Dec> {
        let zero = |amount: Option<Dec>| amount.unwrap_or(Dec::ZERO);
        let sum = self.goods? - self.discount() + zero(self.post) + zero(self.other_fees());
        let off = self.payable? - sum;
        Some(if off == zero(self.tax) { Dec::ZERO } else { off })
    }

    /// Sums as stated, and whether they add up.
    pub(super) fn totals(&self, reading: &mut Reading<'_>, order: &Order<'_>, status: &Status) -> Totals {
        if let Some(off) = some(self.off()) {
            let detail =
                format!("goods, promotions, freight and fees miss pay_amount by {}", off.canonical());
            reading.issue(IssueKind::AmountMismatch, "pay_amount", &detail);
        }
        let paid = match status.payment {
            Some(PaymentState::Paid | PaymentState::Refunded | PaymentState::PartiallyRefunded) => {
                self.payable
            }
            Some(PaymentState::Unpaid | PaymentState::Voided | PaymentState::CodPending) => Some(Dec::ZERO),
            Some(PaymentState::PartiallyPaid) => {
                let paid = phases(order).into_iter().filter(|phase| is_paid(phase));
                let fen = |phase: &Phase<'_>| {
                    reading.hundredths(&phase.phase_pay_amount, "order_phase_list").ok().flatten()
                };
                paid.map(fen).sum()
            }
            _ => None,
        };
        Totals {
            goods: self.goods,
            discount: Some(self.discount()),
            shipping: self.post,
            fees: self.other_fees(),
            tax: self.tax,
            payable: self.payable,
            paid,
            computed_by: Some(ComputedBy::Platform),
            ..Totals::default()
        }
    }
}

/// Promotions by whose they are, with their shares by line. Who bears them is said only where the order's costs agree.
fn promotions(reading: &Reading<'_>, order: &Order<'_>, lines: &[OrderLine]) -> Result<Vec<Discount>> {
    let mut agree = true;
    for kind in &KINDS {
        let amount = reading.hundredths((kind.of)(order), kind.field)?.unwrap_or(Dec::ZERO);
        agree &= reading.hundredths((kind.cost)(order), "cost")?.unwrap_or(amount) == amount;
    }
    let mut found = Vec::new();
    for kind in &KINDS {
        let Some(amount) = some(reading.hundredths((kind.of)(order), kind.field)?) else { continue };
        let mut shares: Vec<Allocation> = Vec::new();
        for (at, line) in order.sku_order_list.iter().enumerate() {
            let share = reading
                .hundredths((kind.of_line)(line), format_args!("sku_order_list[{at}].{}", kind.field))?;
            if let (Some(amount), Some(id)) = (some(share), told(&line.order_id)) {
                shares.push(Allocation { line_key: id.to_owned(), amount });
            }
        }
        let place = |share: &Allocation| {
            lines.iter().position(|line| line.line_ref.as_ref() == Some(&share.line_key))
        };
        shares.sort_by_key(place);
        let whole = shares.iter().map(|share| share.amount).sum::<Dec>() == amount;
        found.push(Discount {
            kind: kind.kind,
            kind_raw: Some(kind.field.to_owned()),
            funded_by: kind.funded_by.filter(|_| agree),
            amount: amount.abs(),
            target: DiscountTarget::Order,
            allocations: if whole { shares } else { Vec::new() },
            ..Discount::default()
        });
    }
    Ok(found)
}

fn method(reading: &mut Reading<'_>, code: Option<&str>, field: &str) -> (String, Option<String>) {
    let Some(code) = code else { return ("unknown".to_owned(), None) };
    let known = reading.of.codes.pay_type.get(code).map(|row| row.method.clone());
    if known.is_none() {
        reading.unmapped(field, code);
    }
    (known.unwrap_or_else(|| format!("douyin_{code}")), Some(code.to_owned()))
}

/// The payments that the order proves: one, or one for each step that is paid.
pub(super) fn payments(
    reading: &mut Reading<'_>,
    order: &Order<'_>,
    amounts: &Amounts,
    status: &Status,
    paid_at: Option<Ts>,
) -> Result<Vec<Payment>> {
    let steps = phases(order);
    if steps.is_empty() {
        let taken = match status.payment {
            Some(PaymentState::Paid | PaymentState::PartiallyRefunded) => PaymentStatus::Captured,
            Some(PaymentState::Refunded) => PaymentStatus::Refunded,
            Some(PaymentState::CodPending) => PaymentStatus::Pending,
            _ => return Ok(Vec::new()),
        };
        let Some(amount) = amounts.payable else { return Ok(Vec::new()) };
        let (method, method_raw) = method(reading, crate::wire::text(&order.pay_type), "pay_type");
        return Ok(vec![Payment {
            kind: if method == "cod" { PaymentKind::Cod } else { PaymentKind::Tender },
            method,
            method_raw,
            amount: Money::new(amount, CNY),
            status: taken,
            at: paid_at,
            provider_ref: told(&order.channel_payment_no).map(str::to_owned),
            ..Payment::default()
        }]);
    }
    let mut payments = Vec::new();
    let last = steps.len().saturating_sub(1);
    for (at, step) in steps.into_iter().enumerate().filter(|(_, step)| is_paid(step)) {
        let path = |field: &str| format!("order_phase_list[{at}].{field}");
        let Some(amount) = reading.hundredths(&step.phase_pay_amount, path("phase_pay_amount"))? else {
            continue;
        };
        let (method, method_raw) =
            method(reading, crate::wire::text(&step.phase_pay_type), &path("phase_pay_type"));
        payments.push(Payment {
            method,
            method_raw,
            kind: if at == last { PaymentKind::Balance } else { PaymentKind::Deposit },
            amount: Money::new(amount, CNY),
            status: PaymentStatus::Captured,
            at: reading.time(&step.phase_pay_time, path("phase_pay_time")),
            provider_ref: told(&step.channel_payment_no).map(str::to_owned),
            ..Payment::default()
        });
    }
    Ok(payments)
}

/// A sale in steps.
pub(super) fn presale(
    reading: &mut Reading<'_>,
    order: &Order<'_>,
    status: &Status,
) -> Result<Option<Presale>> {
    let steps = phases(order);
    let (Some(stage), Some(first), Some(last)) = (status.presale, steps.first(), steps.last()) else {
        return Ok(None);
    };
    let amount = |step: &Phase<'_>, reading: &Reading<'_>| -> Result<Option<Dec>> {
        let paid = some(reading.hundredths(&step.phase_pay_amount, "order_phase_list.phase_pay_amount")?);
        match paid {
            Some(paid) => Ok(Some(paid)),
            None => reading.hundredths(&step.phase_order_amount, "order_phase_list.phase_order_amount"),
        }
    };
    let Some(deposit) = amount(first, reading)? else { return Ok(None) };
    let balance = if steps.len() > 1 { amount(last, reading)? } else { None };
    Ok(Some(Presale {
        stage,
        deposit: Money::new(deposit, CNY),
        balance: balance.map(|balance| Money::new(balance, CNY)),
        balance_from: reading.time(&last.phase_open_time, "order_phase_list.phase_open_time"),
        balance_to: reading.time(&last.phase_close_time, "order_phase_list.phase_close_time"),
        ..Presale::default()
    }))
}
