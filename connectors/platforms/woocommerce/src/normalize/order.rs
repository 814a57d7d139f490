//! One order body: the order, the refunds it mentions, the parcels that plugins keep in it.

use serde_json::{Map, Value as Json};

use crossdock_connector::{Error, IssueKind, Normalized, ObjectId, Result};
use crossdock_schemas::{Delivery, Lifecycle, Observation, Order, OrderKind};

use super::{PLATFORM, Reading, line, money, parcel, people, refund, state};
use crate::REFUNDS;
use crate::config::Meaning;
use crate::read::{id, moment, name, number, owned, plain, text};
use crate::wire::{Order as Wire, Text};

/// Everything one order body says.
pub(super) fn read(mut reading: Reading<'_>, body: &Wire<'_>) -> Result<Normalized> {
    let reading = &mut reading;
    let order_no = number(&body.id, "$.id")?;
    let word = text(&body.status).ok_or_else(|| Error::malformed("the status is missing").at("$.status"))?;
    let lines = line::lines(reading, body)?;
    let meaning = state::meaning(reading, body);
    if meaning == Some(Meaning::Ignore) {
        return Ok(Normalized::ignored("no_order_yet"));
    }
    let currency = text(&body.currency).map(str::to_ascii_uppercase);
    let currency = currency
        .filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        .ok_or_else(|| Error::malformed("is not a currency").at("$.currency"))?;
    let placed = moment(&body.date_created_gmt, &body.date_created, || "$.date_created_gmt".to_owned())?;
    let placed = placed.ok_or_else(|| {
        Error::malformed("the time in UTC is missing: set the API version of the webhook to v3")
            .at("$.date_created_gmt")
    })?;
    let modified = moment(&body.date_modified_gmt, &body.date_modified, || "$.date_modified_gmt".to_owned())?;
    let modified = Some(modified.unwrap_or(placed));
    let paid_at = moment(&body.date_paid_gmt, &body.date_paid, || "$.date_paid_gmt".to_owned())?;
    let done = moment(&body.date_completed_gmt, &body.date_completed, || "$.date_completed_gmt".to_owned())?;
    let amounts = money::Amounts::read(body, &lines)?;
    let parcels = parcel::outbound(reading, body, order_no, modified, &lines);
    let known = state::Known {
        meaning,
        paid_at,
        total: amounts.total,
        refunded: amounts.refunded,
        tracked: !parcels.is_empty(),
    };
    let status = state::status(body, &known);
    let totals = amounts.totals(reading, &lines, status.payment);
    let mut order = Order {
        source: reading.source(modified),
        order_no: order_no.to_owned(),
        display_no: owned(&body.number).filter(|shown| shown != order_no),
        parent_no: id(&body.parent_id).map(str::to_owned),
        kind: OrderKind::Sale,
        placed_at: Some(placed),
        paid_at,
        completed_at: done.filter(|_| status.lifecycle == Some(Lifecycle::Completed)),
        shipped_at: done.filter(|_| meaning == Some(Meaning::Shipped)),
        modified_at: modified,
        // Whatever the shop shows to buyers, all amounts here are without tax.
        prices_include_tax: Some(false),
        payments: money::payments(body, &currency, amounts.charge, status.payment, paid_at),
        buyer: people::buyer(body),
        ship_to: people::recipient(body),
        bill_to: people::address(body.billing.as_ref()),
        delivery: delivery(body),
        buyer_note: name(&body.customer_note),
        totals,
        status,
        lines,
        fees: amounts.fees,
        discounts: amounts.discounts,
        ..Order::default()
    };
    let mut observations = refund::mentioned(reading, body, order_no, &currency, modified)?;
    let detail = (!observations.is_empty() && reading.config.consumer_key.is_some())
        .then(|| ObjectId::new(REFUNDS, format!("{order_no}/{currency}")));
    order.currency = Some(currency);
    let ext = extension(reading, body, word);
    if !ext.is_empty() {
        order.ext.insert(PLATFORM.to_owned(), ext);
    }
    // The shop can make an order of fees alone; for us an order has lines.
    let without_lines = order.lines.is_empty();
    let order = Observation::order(order);
    if without_lines {
        reading.issue(IssueKind::BadValue, "$.line_items", "no lines, only the header is taken");
        observations.insert(0, order.partial());
    } else {
        observations.insert(0, order);
    }
    observations.extend(parcels);
    Ok(Normalized {
        observations,
        issues: std::mem::take(&mut reading.issues),
        fetch: detail.into_iter().collect(),
        ignored: None,
    })
}

fn delivery(body: &Wire<'_>) -> Option<Delivery> {
    let line = body.shipping_lines.iter().flatten().next()?;
    let delivery = Delivery {
        method_code: owned(&line.method_id),
        method_name: name(&line.method_title),
        ..Delivery::default()
    };
    (delivery != Delivery::default()).then_some(delivery)
}

/// What only this shop says. The buyer's address on the network, program and the key to the order's page are not kept.
fn extension(reading: &Reading<'_>, body: &Wire<'_>, word: &str) -> Map<String, Json> {
    let mut ext = Map::new();
    ext.insert("status".to_owned(), Json::from(word));
    let texts: [(&str, &Text<'_>); 7] = [
        ("created_via", &body.created_via),
        ("version", &body.version),
        ("prices_include_tax", &body.prices_include_tax),
        ("payment_method_title", &body.payment_method_title),
        ("discount_tax", &body.discount_tax),
        ("shipping_tax", &body.shipping_tax),
        ("cart_tax", &body.cart_tax),
    ];
    for (name, field) in texts {
        if let Some(value) = text(field) {
            ext.insert(name.to_owned(), Json::from(value));
        }
    }
    let mut kept = Map::new();
    for meta in body.meta_data.iter().flatten() {
        let Some(key) = text(&meta.key).filter(|key| reading.config.kept_meta.iter().any(|own| own == key))
        else {
            continue;
        };
        if let Some(value) = plain(meta).filter(|value| value.len() <= 1024) {
            kept.insert(key.to_owned(), Json::from(value));
        }
    }
    if !kept.is_empty() {
        ext.insert("meta".to_owned(), Json::Object(kept));
    }
    ext
}
