//! An order of 2026-01-01.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Map, Value};

use crossdock_connector::wire;
use crossdock_connector::{Error, IssueKind, Normalized, Result};
use crossdock_schemas::{
    Delivery, Ext, Fulfillment, Hold, Lifecycle, Observation, Order, OrderKind, Payment, PaymentKind,
    PaymentState, PaymentStatus, Related, Source, Status, Ts, Window,
};

use super::{PLATFORM, Reading, item, money, object, parcel, people, required, time};
use crate::codes;
use crate::wire as theirs;

/// Reads an order at `path`.
///
/// # Errors
/// `Malformed` with the path.
pub(super) fn read(reading: &mut Reading<'_>, body: &[u8], path: &str) -> Result<Normalized> {
    let given: theirs::Order<'_> = object(body, path)?;
    told(reading, &given, path)
}

/// What an order says.
///
/// # Errors
/// `Malformed` with the path.
pub(super) fn told(reading: &mut Reading<'_>, given: &theirs::Order<'_>, path: &str) -> Result<Normalized> {
    let order_no = required(&given.order_id, &format!("{path}.orderId"))?.to_owned();
    let changed_path = format!("{path}.lastUpdatedTime");
    let changed = time(&given.last_updated_time, &changed_path)?
        .ok_or_else(|| Error::malformed("must not be empty").at(changed_path))?;
    let channel = given.sales_channel.as_ref();
    let marketplace = match channel.and_then(|channel| channel.marketplace_id.text()) {
        Some(id) => id.to_owned(),
        // An order that does not say where it was placed can only be of the one marketplace there is.
        None => match reading.config.marketplaces.as_slice() {
            [only] => only.clone(),
            _ => {
                return Err(
                    Error::malformed("must not be empty").at(format!("{path}.salesChannel.marketplaceId"))
                );
            }
        },
    };
    if !reading.config.marketplaces.contains(&marketplace) {
        return Ok(Normalized::ignored("other_marketplace"));
    }
    reading.in_marketplace(&marketplace);
    let site = channel.and_then(|channel| channel.marketplace_name.owned());
    let mut order = Order {
        source: reading.source(changed.at, site),
        order_no: order_no.clone(),
        placed_at: time(&given.created_time, &format!("{path}.createdTime"))?,
        modified_at: Some(changed),
        currency: money::currency(given).or_else(|| codes::currency(&marketplace).map(str::to_owned)),
        ..Order::default()
    };
    header(reading, &mut order, given, path)?;
    let found = item::read(reading, given, path)?;
    order.lines = found.lines;
    money::fill(reading, &mut order, given, path)?;
    status(reading, &mut order, given, path);
    payments(&mut order, given, path)?;
    people::fill(reading, &mut order, given, path);
    let mut flags = flags(given);
    if found.asked_to_cancel {
        flags.push("cancel_requested".to_owned());
    }
    flags.sort_unstable();
    flags.dedup();
    order.flags = flags;
    order.ext = ext(given);
    let mut observations = documents(order);
    let reference = reading.order_ref(&order_no);
    observations.extend(found.cases.into_iter().map(|mut case| {
        case.source = reading.source(changed.at, None);
        case.modified_at = Some(changed);
        Observation::aftersale(case).with_refs([reference.clone()])
    }));
    observations.extend(parcel::read(reading, given, &reference, changed, path)?);
    Ok(Normalized { observations, ..Normalized::default() })
}

/// The order as it is stated. What Amazon shows of people depends on the role and on the age of the order: where it shows
/// less than a name, the order is a statement about everything else, and what is left of buyer and address one of its own,
/// older than any other. It fills a gap, and never takes the place of what was known before.
fn documents(mut order: Order) -> Vec<Observation> {
    let named = order.ship_to.as_ref().is_some_and(|to| to.name.is_some() || to.line1.is_some());
    let bought = order.buyer.as_ref().is_some_and(|buyer| buyer.name.is_some() || buyer.email.is_some());
    let whole = order.placed_at.is_some() && order.currency.is_some() && !order.lines.is_empty();
    if whole && named && bought {
        return vec![Observation::order(order)];
    }
    let before = order.placed_at.and_then(|at| at.at.checked_sub(SignedDuration::from_secs(1)).ok());
    let mut rest = Order { order_no: order.order_no.clone(), ..Order::default() };
    rest.ship_to = if named { None } else { order.ship_to.take() };
    rest.buyer = if bought { None } else { order.buyer.take() };
    let left = rest.ship_to.is_some() || rest.buyer.is_some();
    if let Some(before) = before.filter(|_| left) {
        rest.source = Source { revision: Some(Ts::utc(before).millis_text()), ..order.source.clone() };
        return vec![Observation::order(order).partial(), Observation::order(rest).partial()];
    }
    vec![Observation::order(order).partial()]
}

fn header(reading: &mut Reading<'_>, order: &mut Order, given: &theirs::Order<'_>, path: &str) -> Result<()> {
    let alias = given.order_aliases.iter().find(|alias| alias.alias_type.text() == Some("SELLER_ORDER_ID"));
    // It is Amazon's own number until the seller changes it.
    order.merchant_no =
        alias.and_then(|alias| alias.alias_id.owned()).filter(|alias| *alias != order.order_no);
    let program = |name: &str| given.programs.iter().any(|program| program.text() == Some(name));
    order.kind = if program("AMAZON_BUSINESS") { OrderKind::B2b } else { OrderKind::Sale };
    for (at, other) in given.associated_orders.iter().enumerate() {
        let (Some(order_no), Some(word)) = (other.order_id.owned(), other.association_type.text()) else {
            continue;
        };
        let found = codes::related(word);
        let kind = reading.word(found, word, &format!("{path}.associatedOrders[{at}].associationType"));
        match word {
            "REPLACEMENT_ORIGINAL_ID" => order.kind = OrderKind::Replacement,
            "EXCHANGE_ORIGINAL_ID" => order.kind = OrderKind::Exchange,
            _ => {}
        }
        order.related.push(Related {
            order_no,
            kind: kind.unwrap_or_default(),
            kind_raw: Some(word.to_owned()),
        });
    }
    if let Some(fulfillment) = &given.fulfillment {
        let at = format!("{path}.fulfillment");
        order.ship_by = window(reading, fulfillment.ship_by_window.as_ref(), &format!("{at}.shipByWindow"))?;
        order.deliver_by =
            window(reading, fulfillment.deliver_by_window.as_ref(), &format!("{at}.deliverByWindow"))?;
    }
    if order.deliver_by.is_none() {
        order.deliver_by = scheduled(reading, given, path)?;
    }
    order.delivery = delivery(given);
    Ok(())
}

/// 1995-07-16: before that day there were no orders.
const EPOCH_OF_ORDERS: i64 = 805_852_800;

fn window(
    reading: &mut Reading<'_>,
    given: Option<&theirs::Range<'_>>,
    path: &str,
) -> Result<Option<Window>> {
    let Some(given) = given else { return Ok(None) };
    let from = time(&given.earliest_date_time, &format!("{path}.earliestDateTime"))?;
    let to = time(&given.latest_date_time, &format!("{path}.latestDateTime"))?;
    // Seconds that somebody took for milliseconds: orders of 1970, in Amazon's own examples.
    let mut sound = |at: Option<Ts>, end: &str| {
        if at.is_some_and(|at| at.utc_seconds() < EPOCH_OF_ORDERS) {
            reading.issue(IssueKind::BadValue, format!("{path}.{end}"), "a time before there was Amazon");
            return None;
        }
        at
    };
    let (mut from, to) = (sound(from, "earliestDateTime"), sound(to, "latestDateTime"));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        reading.issue(IssueKind::BadValue, path, "ends before it begins");
        from = None;
    }
    Ok((from.is_some() || to.is_some()).then_some(Window { from, to }))
}

/// The time the buyer chose, where the order says none and all items have the same.
fn scheduled(reading: &mut Reading<'_>, given: &theirs::Order<'_>, path: &str) -> Result<Option<Window>> {
    let mut windows = Vec::new();
    for (at, item) in given.order_items.iter().enumerate() {
        let shipping = item.fulfillment.as_ref().and_then(|given| given.shipping.as_ref());
        let path = format!("{path}.orderItems[{at}].fulfillment.shipping.scheduledDeliveryWindow");
        windows.push(window(
            reading,
            shipping.and_then(|given| given.scheduled_delivery_window.as_ref()),
            &path,
        )?);
    }
    let first = windows.first().cloned().flatten();
    Ok(first.filter(|first| windows.iter().all(|window| window.as_ref() == Some(first))))
}

fn delivery(given: &theirs::Order<'_>) -> Option<Delivery> {
    let service = given.fulfillment.as_ref().and_then(|given| given.fulfillment_service_level.owned());
    let wishes = given.recipient.as_ref().and_then(|recipient| recipient.delivery_preference.as_ref());
    let instructions = wishes.map(|wishes| {
        let texts = [wishes.drop_off_location.text(), wishes.address_instruction.text()];
        texts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let instructions = instructions.filter(|text| !text.is_empty());
    let signature = demanded(given, |demands| &demands.signature_confirmation).then_some(true);
    (service.is_some() || instructions.is_some() || signature.is_some()).then(|| Delivery {
        method_code: service,
        instructions,
        signature,
        ..Delivery::default()
    })
}

/// Whether any item may only be handed over so.
fn demanded<'g, 'a>(
    given: &'g theirs::Order<'a>,
    what: fn(&'g theirs::Constraints<'a>) -> &'g wire::Scalar<'a>,
) -> bool {
    let demands = |item: &'g theirs::Item<'a>| {
        item.fulfillment.as_ref()?.shipping.as_ref()?.shipping_constraints.as_ref()
    };
    given.order_items.iter().filter_map(demands).any(|demands| what(demands).text() == Some("MANDATORY"))
}

fn status(reading: &mut Reading<'_>, order: &mut Order, given: &theirs::Order<'_>, path: &str) {
    let Some(word) = given.fulfillment.as_ref().and_then(|given| given.fulfillment_status.text()) else {
        return;
    };
    let at = format!("{path}.fulfillment.fulfillmentStatus");
    let Some(state) = reading.word(codes::state(word), word, &at) else {
        order.status = Status {
            lifecycle: Some(Lifecycle::Unknown),
            lifecycle_raw: Some(word.to_owned()),
            fulfillment: Some(Fulfillment::Unknown),
            fulfillment_raw: Some(word.to_owned()),
            ..Status::default()
        };
        return;
    };
    let raw = || Some(word.to_owned());
    let mut fulfillment = state.fulfillment;
    // Amazon has no word for it: all is sent, and all that was sent has arrived.
    let arrived = |package: &theirs::Package<'_>| {
        package.package_status.as_ref().and_then(|status| status.status.text()) == Some("DELIVERED")
    };
    if fulfillment == Some(Fulfillment::Shipped)
        && !given.packages.is_empty()
        && given.packages.iter().all(arrived)
    {
        fulfillment = Some(Fulfillment::Delivered);
    }
    order.status = Status {
        lifecycle: Some(state.lifecycle),
        lifecycle_raw: raw(),
        payment: state.payment,
        payment_raw: state.payment.and_then(|_| raw()),
        fulfillment,
        fulfillment_raw: fulfillment.and_then(|_| raw()),
        hold: state.hold.into_iter().collect::<Vec<Hold>>(),
        // Said also where nothing holds it: that ends a hold from before.
        hold_raw: raw(),
        ..Status::default()
    };
    if state.lifecycle == Lifecycle::Cancelled {
        order.cancelled_at = order.modified_at;
    }
}

/// Payments, where they are told: by country, mostly not.
fn payments(order: &mut Order, given: &theirs::Order<'_>, path: &str) -> Result<()> {
    let executions = given.payment.iter().flat_map(|payment| &payment.payment_executions);
    for (at, execution) in executions.enumerate() {
        let at = format!("{path}.payment.paymentExecutions[{at}].paymentAmount");
        let Some(amount) = money::of(execution.payment_amount.as_ref(), &at)? else { continue };
        let raw = execution.payment_method.owned();
        let name = raw.as_deref().unwrap_or("unknown");
        let kind = match name {
            "CashOnDelivery" | "COD" => PaymentKind::Cod,
            "GiftCard" | "GC" => PaymentKind::GiftCard,
            "PointsAccount" => PaymentKind::Points,
            _ => PaymentKind::Tender,
        };
        let taken = kind != PaymentKind::Cod;
        order.payments.push(Payment {
            method: money::slug(name),
            method_raw: raw,
            kind,
            amount,
            status: if taken { PaymentStatus::Captured } else { PaymentStatus::Pending },
            provider_ref: execution.authorization_code.owned(),
            ..Payment::default()
        });
    }
    let at_the_door = |payment: &Payment| payment.kind == PaymentKind::Cod;
    let open = order.status.fulfillment != Some(Fulfillment::Delivered);
    let door = match order.payments.as_slice() {
        [] => demanded(given, |demands| &demands.cash_on_delivery),
        told => told.iter().all(at_the_door),
    };
    if open && door && order.status.payment == Some(PaymentState::Paid) {
        order.status.payment = Some(PaymentState::CodPending);
    }
    Ok(())
}

fn flags(given: &theirs::Order<'_>) -> Vec<String> {
    let programs = given.programs.iter().filter_map(|program| program.text());
    let mut flags: Vec<String> = programs.map(str::to_ascii_lowercase).collect();
    // Of Amazon's there is nothing to ship for the seller: a warehouse's filter goes by this.
    match given.fulfillment.as_ref().and_then(|given| given.fulfilled_by.text()) {
        Some("AMAZON") => flags.push("fulfilled_by_amazon".to_owned()),
        Some("MERCHANT") => flags.push("fulfilled_by_merchant".to_owned()),
        _ => {}
    }
    // Sold elsewhere and only shipped by Amazon: the order of the shop where it was sold says the same.
    if given.sales_channel.as_ref().is_some_and(|channel| channel.channel_name.text() == Some("NON_AMAZON")) {
        flags.push("non_amazon".to_owned());
    }
    let demands = [
        ("pallet_delivery", demanded(given, |demands| &demands.pallet_delivery)),
        ("identity_verification", demanded(given, |demands| &demands.recipient_identity_verification)),
        ("age_verification", demanded(given, |demands| &demands.recipient_age_verification)),
    ];
    flags.extend(demands.into_iter().filter(|(_, demanded)| *demanded).map(|(flag, _)| flag.to_owned()));
    flags
}

fn ext(given: &theirs::Order<'_>) -> Ext {
    let mut own = Map::new();
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            own.insert(key.to_owned(), Value::from(value));
        }
    };
    put("fulfilled_by", given.fulfillment.as_ref().and_then(|given| given.fulfilled_by.owned()));
    put("channel", given.sales_channel.as_ref().and_then(|channel| channel.channel_name.owned()));
    put("purchase_order", given.buyer.as_ref().and_then(|buyer| buyer.buyer_purchase_order_number.owned()));
    let invoicing = given.tax.as_ref().and_then(|tax| tax.tax_invoicing.as_ref());
    put("invoice_preference", invoicing.and_then(|invoicing| invoicing.buyer_invoice_preference.owned()));
    put("invoice_status", invoicing.and_then(|invoicing| invoicing.invoice_status.owned()));
    wrap(own)
}

/// Fields under our name; nothing when there are none.
pub(super) fn wrap(own: Map<String, Value>) -> Ext {
    if own.is_empty() { Ext::new() } else { BTreeMap::from([(PLATFORM.to_owned(), own)]) }
}
