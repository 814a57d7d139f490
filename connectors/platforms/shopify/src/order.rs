//! One order body: the order itself, the parcels of its fulfilments, the cases of its refunds.

use serde_json::{Map, Value};

use crossdock_connector::wire::Scalar;
use crossdock_connector::{Error, Issue, IssueKind, Result};
use crossdock_schemas::{Delivery, Ext, Observation, Order, OrderKind};

use crate::codes::{self, Sent};
use crate::config::NoteBy;
use crate::normalize::{PLATFORM, Reading};
use crate::read::{self, dec, moment, owned, required, shop_amount, text, time, yes};
use crate::{aftersale, discount, line, money, parcel, people, status, wire};

/// Mark of an order that was placed to try the shop out.
const TEST: &str = "test";
/// Put before the merchant's free tags, so that none of them can pass for a mark.
const TAG: &str = "tag:";
/// Bytes of note attributes that still fit into an extension.
const ATTRIBUTES_LIMIT: usize = 12 * 1024;

/// Everything one order body says.
pub(crate) fn observations(reading: &mut Reading<'_>, body: &wire::Order<'_>) -> Result<Vec<Observation>> {
    let order_no = required(&body.id, "$.id")?;
    let updated = time(&body.updated_at, "$.updated_at")?;
    let mut found = vec![Observation::order(order(reading, body, order_no)?)];
    let fulfillments = body.fulfillments.as_deref().unwrap_or_default();
    for (i, one) in fulfillments.iter().enumerate() {
        if !replaced(one, fulfillments) {
            found.extend(parcel::observations(reading, one, order_no, &format!("$.fulfillments[{i}]"))?);
        }
    }
    for (i, one) in body.refunds.as_deref().unwrap_or_default().iter().enumerate() {
        found.push(aftersale::observation(reading, one, order_no, updated, &format!("$.refunds[{i}]"))?);
    }
    Ok(found)
}

/// A cancelled fulfilment whose number another one uses: the number was entered again, its parcel goes on.
fn replaced(one: &wire::Fulfillment<'_>, all: &[wire::Fulfillment<'_>]) -> bool {
    let state = |one: &wire::Fulfillment<'_>| text(&one.status).and_then(codes::sent);
    if state(one) != Some(Sent::Undone) {
        return false;
    }
    let numbers = parcel::numbers(one);
    let alive = all.iter().filter(|other| matches!(state(other), Some(Sent::Yes | Sent::NotYet)));
    alive.flat_map(parcel::numbers).any(|number| numbers.contains(&number))
}

fn order(reading: &mut Reading<'_>, body: &wire::Order<'_>, order_no: &str) -> Result<Order> {
    let currency = required(&body.currency, "$.currency")?;
    let created = moment(required(&body.created_at, "$.created_at")?, "$.created_at")?;
    let updated = time(&body.updated_at, "$.updated_at")?;
    if body.line_items.is_empty() {
        return Err(Error::malformed("an order without lines").at("$.line_items"));
    }
    let discounts = discount::Discounts::read(reading, body)?;
    let lines = line::lines(reading, body, &discounts)?;
    let (buyer_note, seller_note) = match reading.reader.note_by {
        NoteBy::Buyer => (owned(&body.note), None),
        NoteBy::Seller => (None, owned(&body.note)),
    };
    Ok(Order {
        source: reading.source(updated),
        order_no: order_no.to_owned(),
        display_no: owned(&body.name),
        kind: kind(body),
        status: status::status(reading, body)?,
        // Imported orders were processed long before they were created here.
        placed_at: Some(time(&body.processed_at, "$.processed_at")?.unwrap_or(created)),
        cancelled_at: time(&body.cancelled_at, "$.cancelled_at")?,
        modified_at: updated,
        currency: Some(currency.to_owned()),
        prices_include_tax: text(&body.taxes_included).map(|word| word == "true"),
        lines,
        fees: money::fees(reading, body)?,
        totals: money::totals(reading, body)?,
        discounts: discounts.into_model(),
        buyer: people::buyer(body),
        ship_to: body.shipping_address.as_ref().and_then(people::address),
        bill_to: body.billing_address.as_ref().and_then(people::address),
        delivery: delivery(body),
        buyer_note,
        seller_note,
        flags: flags(body),
        ext: ext(reading, body)?,
        ..Order::default()
    })
}

fn kind(body: &wire::Order<'_>) -> OrderKind {
    if body.company.is_some() {
        OrderKind::B2b
    } else if text(&body.source_name) == Some("pos") {
        OrderKind::Pos
    } else {
        OrderKind::Sale
    }
}

fn delivery(body: &wire::Order<'_>) -> Option<Delivery> {
    let lines = body.shipping_lines.as_deref().unwrap_or_default();
    let line = lines.iter().find(|line| !yes(&line.is_removed))?;
    let delivery =
        Delivery { method_code: owned(&line.code), method_name: owned(&line.title), ..Delivery::default() };
    (delivery != Delivery::default()).then_some(delivery)
}

fn flags(body: &wire::Order<'_>) -> Vec<String> {
    let mut flags = Vec::new();
    if yes(&body.test) {
        flags.push(TEST.to_owned());
    }
    // All tags are one text.
    let tags = text(&body.tags).unwrap_or_default().split(',').map(str::trim).filter(|tag| !tag.is_empty());
    flags.extend(tags.map(|tag| format!("{TAG}{tag}")));
    flags
}

/// What only Shopify knows.
fn ext(reading: &mut Reading<'_>, body: &wire::Order<'_>) -> Result<Ext> {
    let mut own = Map::new();
    let texts: [(&str, &Option<Scalar<'_>>); 8] = [
        ("source_name", &body.source_name),
        ("source_identifier", &body.source_identifier),
        ("confirmation_number", &body.confirmation_number),
        ("po_number", &body.po_number),
        ("location_id", &body.location_id),
        ("cancel_reason", &body.cancel_reason),
        ("closed_at", &body.closed_at),
        ("total_outstanding", &body.total_outstanding),
    ];
    for (name, field) in texts {
        if let Some(value) = text(field).filter(|value| name != "total_outstanding" || !is_zero(value)) {
            own.insert(name.to_owned(), Value::from(value));
        }
    }
    let gateways: Vec<Value> =
        body.payment_gateway_names.iter().flatten().filter_map(|name| name.text().map(Value::from)).collect();
    if !gateways.is_empty() {
        own.insert("payment_gateways".to_owned(), Value::from(gateways));
    }
    let rounding = &body.total_cash_rounding_payment_adjustment_set;
    let rounding = shop_amount(rounding, "$.total_cash_rounding_payment_adjustment_set")?;
    if let Some(amount) = rounding.filter(|amount| !amount.is_zero()) {
        own.insert("cash_rounding".to_owned(), Value::from(amount.to_string()));
    }
    if let Some(terms) = terms(body) {
        own.insert("payment_terms".to_owned(), terms);
    }
    if let Some(presentment) = presentment(body) {
        own.insert("presentment".to_owned(), presentment);
    }
    if let Some(current) = current(body)? {
        own.insert("current".to_owned(), current);
    }
    if let Some(attributes) = attributes(reading, body) {
        own.insert("note_attributes".to_owned(), attributes);
    }
    Ok(if own.is_empty() { Ext::new() } else { Ext::from([(PLATFORM.to_owned(), own)]) })
}

fn is_zero(amount: &str) -> bool {
    amount.bytes().all(|byte| byte == b'0' || byte == b'.')
}

/// When an order on account is to be paid.
fn terms(body: &wire::Order<'_>) -> Option<Value> {
    let terms = body.payment_terms.as_ref()?;
    let fields = [("name", &terms.payment_terms_name), ("due_in_days", &terms.due_in_days)];
    let own: Map<_, _> =
        fields.into_iter().filter_map(|(name, field)| Some((name.to_owned(), text(field)?.into()))).collect();
    (!own.is_empty()).then_some(Value::Object(own))
}

/// What the buyer was charged, where that is another currency than the shop's.
fn presentment(body: &wire::Order<'_>) -> Option<Value> {
    let currency = text(&body.presentment_currency).filter(|own| Some(*own) != body.currency.text())?;
    let mut own = Map::new();
    own.insert("currency".to_owned(), Value::from(currency));
    let total = body.total_price_set.as_ref().and_then(|set| set.presentment_money.as_ref());
    if let Some(total) = total.and_then(|money| text(&money.amount)) {
        own.insert("total_price".to_owned(), Value::from(total));
    }
    Some(Value::Object(own))
}

/// The sums after edits and refunds, where they differ from those at the time of the order.
fn current(body: &wire::Order<'_>) -> Result<Option<Value>> {
    let pairs = [
        ("subtotal_price", &body.current_subtotal_price, &body.subtotal_price),
        ("total_discounts", &body.current_total_discounts, &body.total_discounts),
        ("total_tax", &body.current_total_tax, &body.total_tax),
        ("total_price", &body.current_total_price, &body.total_price),
    ];
    let mut own = Map::new();
    let mut differs = false;
    for (name, now, then) in pairs {
        let Some(value) = text(now) else { continue };
        let now = dec(now, || format!("$.current_{name}"))?;
        differs |= now != dec(then, || format!("$.{name}"))?;
        own.insert(name.to_owned(), Value::from(value));
    }
    Ok(differs.then_some(Value::Object(own)))
}

fn attributes(reading: &mut Reading<'_>, body: &wire::Order<'_>) -> Option<Value> {
    let attributes = read::properties(body.note_attributes);
    if attributes.is_empty() {
        return None;
    }
    let size: usize = attributes.iter().map(|(name, value)| name.len() + value.len() + 32).sum();
    if size > ATTRIBUTES_LIMIT {
        let what = "too long for an extension, left out";
        reading.issues.push(Issue::new(IssueKind::BadValue, "$.note_attributes", what));
        return None;
    }
    let entry = |(name, value): (String, String)| {
        let mut entry = Map::new();
        entry.insert("name".to_owned(), Value::from(name));
        entry.insert("value".to_owned(), Value::from(value));
        Value::Object(entry)
    };
    Some(attributes.into_iter().map(entry).collect())
}
