//! An order of the seller interface. Its lines have ids (`skuUuid`): the same article may be bought and given away.

use serde_json::{Map, Value as Json};

use crossdock_connector::{IssueKind, Normalized, Result, carrier, wire};
use crossdock_schemas::{
    ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Fee, FeeKind, FundedBy, Lifecycle, LineKind,
    Money, Observation, Order, OrderLine, ParcelLine, Payment, PaymentKind, PaymentState, Presale,
    PresaleStage, Totals, Ts,
};

use super::order::{kind, quantity, related};
use super::parcel::{Parcels, put_line};
use super::{CNY, PLATFORM, Reading, money, needed, number, receiver, same_shop, state};
use crate::wire::seller::{Order as Wire, PaymentDetail, PaymentInfo, Sku};
use crate::wire::{Value, text};

pub(super) fn read(mut reading: Reading<'_>, info: &Wire<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let order_no = needed(reading, &info.order_id, "orderId")?;
    same_shop(reading, &info.vender_id)?;
    let modified = reading.time_needed(&info.modified_time, "modifiedTime")?;
    let placed_at = reading.time_needed(&info.created_time, "createdTime")?;
    let lines = lines(reading, info)?;
    let partial = lines.is_empty();
    if partial {
        reading.issue(
            IssueKind::BadValue,
            "skuItemInfoList",
            "no lines in the payload, only the header is taken",
        );
    } else if placed_at.is_none() {
        return Err(reading.malformed("createdTime", "the time of the order is missing"));
    }
    let shipped_at = reading.time(&info.outbound_time, "outboundTime");
    let (parcels, partly) = parcels(reading, info, modified)?;
    let pay = info.payment_info.0.as_ref();
    let paid = pay.and_then(|pay| reading.time(&pay.payment_confirm_time, "paymentInfo.paymentConfirmTime"));
    let facts = state::Facts {
        paid: pay.filter(|pay| pay.payment_confirm_time.is_some()).map(|_| paid),
        cash: pay.and_then(|pay| text(&pay.payment_type)) == Some("1"),
        sent: shipped_at.is_some() || !parcels.is_empty(),
        partly,
    };
    let (mut status, returned) = state::status(reading, text(&info.order_status), "orderStatus", &facts);
    let presale = presale(reading, info)?;
    if let Some((stage, raw)) = info
        .step_payment_info
        .0
        .as_ref()
        .and_then(|step| text(&step.step_order_status))
        .map(|raw| (PresaleStage::Unknown, raw))
    {
        reading.unmapped("stepPaymentInfo.stepOrderStatus", raw);
        status.presale = Some(stage);
        status.presale_raw = Some(raw.to_owned());
    }
    // Consolidated cross-border orders go to a warehouse first; the receiver there is not who bought.
    let consignee = info.consignee_info.0.as_ref().or(info.final_consignee_info.0.as_ref());
    let mut order = Order {
        source: reading.source(modified),
        order_no: order_no.to_owned(),
        parent_no: number(&info.parent_order_id).map(str::to_owned),
        related: related(&[&info.parent_order_id, &info.root_order_id]),
        kind: kind(reading, &info.order_type),
        kind_raw: wire::text(info.order_type.as_ref()),
        placed_at,
        shipped_at,
        modified_at: modified,
        currency: Some(CNY.to_owned()),
        presale,
        buyer: receiver::buyer(&None, &info.xid_buyer),
        ship_to: consignee.and_then(receiver::ship_to),
        buyer_note: info.buyer_remark.0.as_ref().and_then(|remark| wire::text(remark.remark.as_ref())),
        seller_note: info.vender_remark_info.0.as_ref().and_then(|remark| wire::text(remark.remark.as_ref())),
        flags: flags(info, returned),
        invoice: info.invoice_info.0.as_ref().and_then(receiver::invoice),
        lines,
        ..Order::default()
    };
    // The root of an order that was never split is the order itself.
    order.related.retain(|related| related.order_no != order_no);
    let finished = reading.time(&info.finished_time, "finishedTime");
    match status.lifecycle {
        Some(Lifecycle::Completed) => order.completed_at = finished,
        Some(Lifecycle::Cancelled) => order.cancelled_at = finished,
        _ => {}
    }
    if !matches!(status.payment, Some(PaymentState::Unpaid | PaymentState::CodPending)) {
        order.paid_at = paid;
    }
    order.status = status;
    amounts(reading, info, pay, &mut order)?;
    let reference = reading.order_ref(order_no);
    let order = Observation::order(order);
    let mut observations = vec![if partial { order.partial() } else { order }];
    observations.extend(parcels.finish(&reference));
    Ok(reading.finish(observations))
}

fn flags(info: &Wire<'_>, returned: bool) -> Vec<String> {
    let mut flags: Vec<String> = returned.then(|| "delivery_return".to_owned()).into_iter().collect();
    if let Some(flag) = &info.order_flag.0 {
        for (name, value) in [
            ("presale", &flag.pre_sale_order),
            ("partial_shipment", &flag.partial_shipment),
            ("global", &flag.global_order),
        ] {
            if text(value) == Some("true") {
                flags.push(name.to_owned());
            }
        }
    }
    flags
}

fn lines(reading: &Reading<'_>, info: &Wire<'_>) -> Result<Vec<OrderLine>> {
    let mut lines = Vec::with_capacity(info.sku_item_info_list.len());
    for (at, sku) in info.sku_item_info_list.iter().enumerate() {
        lines.push(line(reading, sku, &info.payment_detail_list, at)?);
    }
    lines.sort_by(|a: &OrderLine, b| {
        (&a.line_ref, &a.sku, a.unit_price).cmp(&(&b.line_ref, &b.sku, b.unit_price))
    });
    for (position, line) in (1_u32..).zip(&mut lines) {
        line.position = Some(position);
    }
    Ok(lines)
}

fn line(reading: &Reading<'_>, sku: &Sku<'_>, details: &[PaymentDetail<'_>], at: usize) -> Result<OrderLine> {
    let path = |name: &str| format!("skuItemInfoList[{at}].{name}");
    let quantity = quantity(reading, &sku.num, &path("num"))?;
    let price = reading.dec(&sku.jd_price, path("jdPrice"))?;
    let main = text(&sku.gift_ref_uuid);
    let mut line = OrderLine {
        line_ref: wire::text(sku.sku_uuid.as_ref()),
        kind: if main.is_some() { LineKind::Gift } else { LineKind::Product },
        parent_ref: main.map(str::to_owned),
        sku: wire::text(sku.outer_sku_id.as_ref()),
        product_ref: number(&sku.product_id).map(str::to_owned),
        variant_ref: number(&sku.sku_id).map(str::to_owned),
        title: wire::text(sku.sku_name.as_ref()),
        variant_title: wire::text(sku.sku_spec.as_ref()),
        quantity,
        unit_price: price,
        line_total: price.and_then(|price| price.checked_mul(quantity)),
        warehouse: number(&sku.store_id).map(str::to_owned),
        ..OrderLine::default()
    };
    let mut ext = Map::new();
    if let Some(kind) = text(&sku.sku_type) {
        ext.insert("sku_type".to_owned(), Json::from(kind));
    }
    // How JD split the amounts, with what it calls them: which of them the merchant bears is not established.
    let own = details.iter().filter(|detail| text(&detail.sku_uuid).is_some());
    let own = own.filter(|detail| text(&detail.sku_uuid) == text(&sku.sku_uuid));
    let mut parts: Vec<Vec<&str>> = own
        .flat_map(|detail| &detail.amount_expand_list)
        .map(|part| {
            [&part.kind, &part.type_name, &part.amount].map(|value| text(value).unwrap_or_default()).to_vec()
        })
        .collect();
    parts.sort_unstable();
    if !parts.is_empty() {
        let parts = parts.iter().map(|part| Json::from(part.join(" "))).collect();
        ext.insert("amounts".to_owned(), Json::Array(parts));
    }
    if !ext.is_empty() {
        line.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(line)
}

fn parcels(reading: &mut Reading<'_>, info: &Wire<'_>, modified: Option<Ts>) -> Result<(Parcels, bool)> {
    let mut parcels = Parcels::default();
    let Some(transport) = &info.transport_info.0 else { return Ok((parcels, false)) };
    parcels.named(
        reading,
        (&transport.waybill_code, "transportInfo.waybillCode"),
        (&transport.logistics_id, "transportInfo.logisticsId"),
        modified,
    );
    for (at, part) in transport.partial_shipment_list.iter().enumerate() {
        let field = format!("transportInfo.partialShipmentList[{at}]");
        let shipped_at = reading.time(&part.shipment_time, format_args!("{field}.shipmentTime"));
        let Some(id) = text(&part.logistics_id) else {
            reading.issue(IssueKind::BadValue, &field, "a waybill without its carrier");
            continue;
        };
        let numbers: Vec<String> =
            text(&part.waybill_code).unwrap_or_default().split(',').filter_map(carrier::number).collect();
        let mut lines = Vec::new();
        // Which of several parcels holds a line is not said.
        if numbers.len() == 1 {
            for (line, sku) in part.sku_list.iter().enumerate() {
                let quantity = quantity(reading, &sku.num, &format!("{field}.skuList[{line}].num"))?;
                if let Some(line_key) = wire::text(sku.sku_uuid.as_ref()) {
                    lines.push(ParcelLine { line_key, quantity, ..ParcelLine::default() });
                }
            }
        }
        for number in numbers {
            let Some(parcel) = parcels.add(reading, &format!("{field}.logisticsId"), id, number, modified)
            else {
                continue;
            };
            parcel.shipped_at = parcel.shipped_at.or(shipped_at);
            for line in lines.drain(..) {
                put_line(parcel, line);
            }
        }
    }
    Ok((parcels, !transport.partial_shipment_list.is_empty()))
}

/// A sale paid in two steps, where the payload says how much the deposit is. What the numbers of the step mean is not
/// established.
fn presale(reading: &mut Reading<'_>, info: &Wire<'_>) -> Result<Option<Presale>> {
    let Some(step) = &info.step_payment_info.0 else { return Ok(None) };
    let dec = |reading: &Reading<'_>, value: &Value<'_>, name: &str| {
        reading.amount(value, format_args!("stepPaymentInfo.{name}"))
    };
    let real = dec(reading, &step.pay_bargain_real, "payBargainReal")?;
    let plan = dec(reading, &step.pay_bargain_plan, "payBargainPlan")?;
    let balance = dec(reading, &step.pay_balance_plan, "payBalancePlan")?;
    Ok(real.or(plan).map(|deposit| Presale {
        stage: PresaleStage::Unknown,
        deposit: Money::new(deposit, CNY),
        balance: balance.map(|balance| Money::new(balance, CNY)),
        balance_from: reading.time(&step.balance_start_time, "stepPaymentInfo.balanceStartTime"),
        balance_to: reading.time(&step.balance_end_time, "stepPaymentInfo.balanceEndTime"),
        ..Presale::default()
    }))
}

fn amounts(
    reading: &mut Reading<'_>,
    info: &Wire<'_>,
    pay: Option<&PaymentInfo<'_>>,
    order: &mut Order,
) -> Result<()> {
    let mut ext = Map::new();
    let prices = info.seller_trade_price_info.0.as_ref();
    let mut goods = None;
    if let Some(prices) = prices {
        let path = |name: &str| format!("sellerTradePriceInfo.{name}");
        goods = reading.dec(&prices.total_original_price_amount, path("totalOriginalPriceAmount"))?;
        let reduced =
            reading.amount(&prices.total_seller_discount_amount, path("totalSellerDiscountAmount"))?;
        if let Some(amount) = reduced.filter(|_| !order.lines.is_empty()) {
            order.discounts.push(Discount {
                kind: DiscountKind::Promotion,
                funded_by: Some(FundedBy::Seller),
                amount,
                target: DiscountTarget::Order,
                ..Discount::default()
            });
        }
        if let Some(text) = text(&prices.total_seller_receivable_amount) {
            ext.insert("seller_receivable".to_owned(), Json::from(text));
        }
    }
    if let Some(pay) = pay {
        let path = |name: &str| format!("paymentInfo.{name}");
        let payable = reading.dec(&pay.should_pay_amount, path("shouldPayAmount"))?;
        let actual = reading.dec(&pay.actual_pay_amount, path("actualPayAmount"))?;
        let fee = pay.service_fee_info.0.as_ref().map(|info| &info.service_fee);
        let fee = fee.map_or(Ok(None), |fee| reading.amount(fee, path("serviceFeeInfo.serviceFee")))?;
        let tax = pay.tax_info.0.as_ref().map(|info| &info.tax_fee);
        let tax = tax.map_or(Ok(None), |tax| reading.amount(tax, path("taxInfo.taxFee")))?;
        order.fees =
            fee.map(|amount| Fee { kind: FeeKind::Service, amount, ..Fee::default() }).into_iter().collect();
        if let Some(text) = text(&pay.pay_discount_amount) {
            ext.insert("pay_discount".to_owned(), Json::from(text));
        }
        order.totals = Totals {
            goods: goods.filter(|_| !order.lines.is_empty()),
            discount: (!order.lines.is_empty())
                .then(|| order.discounts.iter().map(|discount| discount.amount).sum()),
            shipping: reading.dec(&pay.freight_fee, path("freightFee"))?,
            fees: fee,
            tax,
            payable,
            paid: match order.status.payment {
                Some(PaymentState::Paid) => actual,
                Some(PaymentState::Unpaid | PaymentState::CodPending | PaymentState::Voided) => {
                    Some(Dec::ZERO)
                }
                _ => None,
            },
            computed_by: Some(ComputedBy::Platform),
            ..Totals::default()
        };
        payment(reading, pay, actual.or(payable), order);
        money::check(reading, order);
    }
    if !ext.is_empty() {
        order.ext.insert(PLATFORM.to_owned(), ext);
    }
    Ok(())
}

fn payment(reading: &mut Reading<'_>, pay: &PaymentInfo<'_>, amount: Option<Dec>, order: &mut Order) {
    let (Some(amount), Some(code)) = (amount.filter(|amount| !amount.is_zero()), text(&pay.payment_type))
    else {
        return;
    };
    let method = match reading.of.codes.pay_type.get(code) {
        Some(row) => row.method.clone(),
        None => {
            reading.unmapped("paymentInfo.paymentType", code);
            "unknown".to_owned()
        }
    };
    order.payments.push(Payment {
        method,
        method_raw: Some(code.to_owned()),
        kind: if code == "1" { PaymentKind::Cod } else { PaymentKind::Tender },
        amount: Money::new(amount, CNY),
        status: money::taken(order),
        at: order.paid_at,
        ..Payment::default()
    });
}
