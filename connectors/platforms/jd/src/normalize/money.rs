//! Amounts of an order of the JOS interface. They are taken as stated; nothing is repaired.
//!
//! JD says: payment = goods - reductions - balance used + freight + tax + service. Balance, beans and gift cards are means of
//! payment, so what the buyer owes is the payment and these together.

use crossdock_connector::{IssueKind, Result, rows, wire};
use crossdock_schemas::{
    Allocation, ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Fee, FeeKind, Money, Order,
    OrderLine, Payment, PaymentKind, PaymentState, PaymentStatus, Totals, text::clean,
};

use super::{CNY, Reading};
use crate::wire::{Coupon, OrderInfo, glued, text};

/// Amounts of an order, read once.
pub(super) struct Amounts {
    goods: Option<Dec>,
    payment: Option<Dec>,
    freight: Option<Dec>,
    balance: Option<Dec>,
    tax: Option<Dec>,
    service: Option<Dec>,
}

impl Amounts {
    pub(super) fn read(reading: &Reading<'_>, info: &OrderInfo<'_>) -> Result<Self> {
        reading.dec(&info.order_seller_price, "orderSellerPrice")?;
        reading.dec(&info.seller_discount, "sellerDiscount")?;
        Ok(Self {
            goods: reading.dec(&info.order_total_price, "orderTotalPrice")?,
            payment: reading.dec(&info.order_payment, "orderPayment")?,
            freight: reading.dec(&info.freight_price, "freightPrice")?,
            balance: reading.amount(&info.balance_used, "balanceUsed")?,
            tax: reading.amount(&info.tax_fee, "taxFee")?,
            service: reading.amount(&info.service_fee, "serviceFee")?,
        })
    }
}

/// Puts discounts, payments, fees and totals into the order, and the reductions of single articles into their lines.
pub(super) fn put(
    reading: &mut Reading<'_>,
    info: &OrderInfo<'_>,
    amounts: &Amounts,
    lines: &mut [OrderLine],
    order: &mut Order,
) -> Result<()> {
    let mut tenders: Vec<Payment> = Vec::new();
    if let Some(balance) = amounts.balance {
        tenders.push(tender("jd_balance", PaymentKind::Tender, balance));
    }
    for (path, coupon) in coupons(reading, info) {
        let Some(amount) = reading.amount(&coupon.coupon_price, format_args!("{path}.couponPrice"))? else {
            continue;
        };
        let raw = wire::text(coupon.coupon_type.as_ref());
        let row = raw.as_deref().and_then(|raw| reading.of.codes.coupon.get(glued(raw)));
        if let Some((kind, method)) = row.and_then(|row| row.tender.zip(row.method.as_deref())) {
            tenders.push(Payment { method_raw: raw, ..tender(method, kind, amount) });
            continue;
        }
        let (kind, funded_by) = row
            .map_or((DiscountKind::Unknown, None), |row| (row.discount.unwrap_or_default(), row.funded_by));
        if let (None, Some(raw)) = (row, &raw) {
            reading.unmapped(format_args!("{path}.couponType"), raw);
        }
        let (target, allocations) = place(&coupon, amount, lines);
        let discount =
            Discount { kind, kind_raw: raw, funded_by, amount, target, allocations, ..Discount::default() };
        // Without lines a part of the discounts would look like all.
        if !lines.is_empty() {
            order.discounts.push(discount);
        }
    }
    order.discounts.sort_by(|a, b| (&a.kind_raw, a.amount).cmp(&(&b.kind_raw, b.amount)));
    tenders.sort_by(|a, b| (&a.method, a.amount.amount).cmp(&(&b.method, b.amount.amount)));
    if let Some(service) = amounts.service {
        order.fees.push(Fee { kind: FeeKind::Service, amount: service, ..Fee::default() });
    }
    let by_tender: Dec = tenders.iter().map(|payment| payment.amount.amount).sum();
    let payable = amounts.payment.map(|payment| payment + by_tender);
    payments(reading, info, amounts, tenders, order);
    totals(amounts, payable, !lines.is_empty(), order);
    check(reading, order);
    Ok(())
}

/// The reductions. Elements may be lists themselves; one that cannot be read costs itself, and the sums tell.
fn coupons<'w>(reading: &mut Reading<'_>, info: &OrderInfo<'w>) -> Vec<(String, Coupon<'w>)> {
    const FIELD: &str = "couponDetailList";
    let mut found = Vec::new();
    let all = info.coupon_detail_list.map_or(Ok(Vec::new()), |raw| rows::inside(raw, FIELD));
    let all = all.unwrap_or_else(|error| {
        reading.issue(IssueKind::Malformed, FIELD, error.message());
        Vec::new()
    });
    for (at, row) in all.into_iter().enumerate() {
        for coupon in rows::inside(row, FIELD).unwrap_or_else(|_| vec![row]) {
            let path = format!("{FIELD}[{at}]");
            match rows::object(coupon, &path) {
                Ok(coupon) => found.push((path, coupon)),
                Err(error) => reading.issue(IssueKind::Malformed, path, error.message()),
            }
        }
    }
    found
}

/// A reduction of one article belongs to its line where there is no doubt which one it is; the same article may stand there
/// as a gift as well. Otherwise it is the order's, so that it is not lost.
fn place(coupon: &Coupon<'_>, amount: Dec, lines: &mut [OrderLine]) -> (DiscountTarget, Vec<Allocation>) {
    let Some(sku) = text(&coupon.sku_id).filter(|sku| *sku != "0") else {
        return (DiscountTarget::Order, Vec::new());
    };
    let fits = |line: &OrderLine| {
        line.variant_ref.as_deref() == Some(sku) && line.line_total.is_some_and(|total| total >= amount)
    };
    let mut found = lines.iter().enumerate().filter(|(_, line)| fits(line)).map(|(at, _)| at);
    let (Some(at), None) = (found.next(), found.next()) else {
        return (DiscountTarget::Order, Vec::new());
    };
    let alone = lines.get(at).is_some_and(|line| {
        line.line_ref.is_some() || lines.iter().filter(|other| other.sku == line.sku).count() == 1
    });
    let Some(line) = lines.get_mut(at) else { return (DiscountTarget::Order, Vec::new()) };
    line.line_total = line.line_total.map(|total| total - amount);
    // The name that sealing gives to it.
    let key = line
        .line_ref
        .clone()
        .or_else(|| alone.then(|| format!("{}#1", clean(line.sku.as_deref().unwrap_or_default()))));
    (DiscountTarget::Line, key.map(|line_key| Allocation { line_key, amount }).into_iter().collect())
}

fn tender(method: &str, kind: PaymentKind, amount: Dec) -> Payment {
    Payment { method: method.to_owned(), kind, amount: Money::new(amount, CNY), ..Payment::default() }
}

/// Where the money of a payment is, as far as the order says.
pub(super) fn taken(order: &Order) -> PaymentStatus {
    match order.status.payment {
        Some(PaymentState::Paid) => PaymentStatus::Captured,
        Some(PaymentState::Voided) => PaymentStatus::Voided,
        Some(PaymentState::Unpaid | PaymentState::CodPending) => PaymentStatus::Pending,
        _ if order.paid_at.is_some() => PaymentStatus::Captured,
        _ => PaymentStatus::Unknown,
    }
}

fn payments(
    reading: &mut Reading<'_>,
    info: &OrderInfo<'_>,
    amounts: &Amounts,
    tenders: Vec<Payment>,
    order: &mut Order,
) {
    let (status, at) = (taken(order), order.paid_at);
    if let (Some(amount), Some(raw)) =
        (amounts.payment.filter(|amount| !amount.is_zero()), text(&info.pay_type))
    {
        let code = glued(raw);
        let method = match reading.of.codes.pay_type.get(code) {
            Some(row) => row.method.clone(),
            None => {
                reading.unmapped("payType", raw);
                "unknown".to_owned()
            }
        };
        let kind = if code == "1" { PaymentKind::Cod } else { PaymentKind::Tender };
        order.payments.push(Payment { method_raw: Some(raw.to_owned()), ..tender(&method, kind, amount) });
    }
    order.payments.extend(tenders);
    for payment in &mut order.payments {
        payment.status = status;
        payment.at = at;
    }
}

fn totals(amounts: &Amounts, payable: Option<Dec>, lines: bool, order: &mut Order) {
    let paid = match order.status.payment {
        Some(PaymentState::Paid) => payable,
        Some(PaymentState::Unpaid | PaymentState::CodPending | PaymentState::Voided) => Some(Dec::ZERO),
        _ => None,
    };
    order.totals = Totals {
        goods: amounts.goods.filter(|_| lines),
        discount: lines.then(|| order.discounts.iter().map(|discount| discount.amount).sum()),
        shipping: amounts.freight,
        fees: (!order.fees.is_empty()).then(|| order.fees.iter().map(|fee| fee.amount).sum()),
        tax: amounts.tax,
        payable,
        paid,
        computed_by: Some(ComputedBy::Platform),
        ..Totals::default()
    };
}

/// Says where the stated amounts do not add up.
pub(super) fn check(reading: &mut Reading<'_>, order: &Order) {
    let totals = &order.totals;
    let (Some(goods), Some(payable)) = (totals.goods, totals.payable) else { return };
    let part = |part: Option<Dec>| part.unwrap_or_default();
    let sum = goods - part(totals.discount) + part(totals.shipping) + part(totals.fees) + part(totals.tax);
    if sum != payable {
        let detail = format!("the parts make {}, to be paid are {}", sum.canonical(), payable.canonical());
        reading.issue(IssueKind::AmountMismatch, "totals", &detail);
    }
}
