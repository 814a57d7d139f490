//! An order as Salesforce's `Order` with its `OrderItem`s, or as objects of the org's own.

use serde_json::{Map, Value, json};

use crossdock_connector::{Delivery, Error, ErrorKind, Result};
use crossdock_schemas::{
    Address, Fulfillment, Lifecycle, Order, OrderLine, PaymentState, PresaleStage, Status,
};

use crate::api::Row;
use crate::config::Config;
use crate::plan::{LinePlan, OrderPlan, part_key};

/// The states an order can be in, as one word; rows of `statuses` are named by them.
pub(crate) const STATES: [&str; 11] = [
    "placed",
    "deposit_paid",
    "paid",
    "partially_shipped",
    "shipped",
    "delivered",
    "completed",
    "closed",
    "cancelled",
    "refunded",
    "returned",
];

/// What Salesforce needs to know about an order.
pub(crate) fn plan(config: &Config, order: &Order, delivery: &Delivery) -> Result<OrderPlan> {
    let key = delivery.event.key.as_str();
    let mut row = Row::new(key.to_owned());
    let mut first = Map::new();
    if config.orders.standard() {
        first = new_order(config, order)?;
        row.text("OrderReferenceNumber", Some(order.order_no.clone()));
        if config.orders.addresses {
            address(&mut row, "Shipping", order.ship_to.as_ref());
            address(&mut row, "Billing", order.bill_to.as_ref());
        }
    }
    row.custom(config, &config.orders.fields, delivery);
    let lines = if config.lines.enabled {
        order.lines.iter().map(|one| line(config, one, key)).collect::<Result<_>>()?
    } else {
        Vec::new()
    };
    let status = config.orders.statuses.find(state(&order.status)).map(str::to_owned);
    Ok(OrderPlan { row, first, status, lines })
}

/// What only a new order gets: it starts as a draft, for items can be added to nothing else.
fn new_order(config: &Config, order: &Order) -> Result<Map<String, Value>> {
    let source = &order.source;
    let account = config.orders.accounts.need_shop("orders.accounts", &source.platform, &source.shop)?;
    let mut first = Map::new();
    first.insert("Account".to_owned(), json!({ config.key_field.as_str(): account }));
    if let Some(placed) = order.placed_at {
        // The day at the place of the order: a date has no zone.
        let day = placed.to_string().get(..10).unwrap_or_default().to_owned();
        first.insert("EffectiveDate".to_owned(), Value::String(day));
    }
    first.insert(config.orders.status_field.clone(), Value::String(config.orders.initial_status.clone()));
    if let Some(pricebook) = &config.orders.pricebook {
        first.insert("Pricebook2Id".to_owned(), Value::String(pricebook.clone()));
    }
    if let Some(currency) = order.currency.clone().filter(|_| config.orders.currencies) {
        first.insert("CurrencyIsoCode".to_owned(), Value::String(currency));
    }
    Ok(first)
}

fn address(row: &mut Row, kind: &str, address: Option<&Address>) {
    let Some(address) = address else { return };
    let masked = || address.protected.as_ref().and_then(|whole| whole.shown()).map(str::to_owned);
    row.person(&format!("{kind}Street"), street(address).or_else(masked));
    row.text(&format!("{kind}City"), address.city.clone());
    row.text(&format!("{kind}State"), address.province.clone());
    row.text(&format!("{kind}PostalCode"), address.postal_code.clone());
    row.text(&format!("{kind}Country"), address.country.clone());
}

/// What comes below the city, in one line.
fn street(address: &Address) -> Option<String> {
    let detail = [&address.line1, &address.line2, &address.line3];
    // District and town alone are no street: a masked one says more.
    detail.iter().any(|line| line.is_some()).then(|| {
        let parts = [&address.district, &address.town].into_iter().chain(detail);
        parts.flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    })
}

fn line(config: &Config, line: &OrderLine, order: &str) -> Result<LinePlan> {
    let lines = &config.lines;
    let Some(line_key) = line.line_key.as_deref() else {
        return Err(Error::malformed("an order line without its key"));
    };
    let mut row = Row::new(part_key(order, line_key));
    // Neither the order nor the product of a line can be changed later.
    let mut first = Map::new();
    first.insert(lines.order.clone(), json!({ config.key_field.as_str(): order }));
    if lines.standard() {
        let Some(sku) = line.sku.as_deref() else {
            let what = format!("line {line_key} has no SKU, so it has no price book entry");
            return Err(Error::new(ErrorKind::Rejected, what));
        };
        let entry = lines.pricebook_entries.need("lines.pricebook_entries", sku)?;
        first.insert("PricebookEntryId".to_owned(), Value::String(entry.to_owned()));
    }
    row.number(&lines.quantity_field, Some(line.quantity));
    row.number(&lines.price_field, line.unit_price);
    row.text(&lines.title_field, title(line));
    row.text(&lines.sku_field, line.sku.clone());
    Ok(LinePlan { row, first })
}

fn title(line: &OrderLine) -> Option<String> {
    match (&line.title, &line.variant_title) {
        (Some(title), Some(variant)) => Some(format!("{title} {variant}")),
        (title, _) => title.clone(),
    }
}

/// Where an order is, as one word: the last thing that happened to it counts.
fn state(status: &Status) -> &'static str {
    match status.lifecycle {
        Some(Lifecycle::Cancelled) => return "cancelled",
        Some(Lifecycle::Closed) => return "closed",
        _ => {}
    }
    if status.payment == Some(PaymentState::Refunded) {
        return "refunded";
    }
    if status.fulfillment == Some(Fulfillment::Returned) {
        return "returned";
    }
    if status.lifecycle == Some(Lifecycle::Completed) {
        return "completed";
    }
    match status.fulfillment {
        Some(Fulfillment::Delivered) => return "delivered",
        Some(Fulfillment::Shipped | Fulfillment::PartiallyDelivered | Fulfillment::PartiallyReturned) => {
            return "shipped";
        }
        Some(Fulfillment::PartiallyShipped) => return "partially_shipped",
        _ => {}
    }
    match (status.payment, status.presale) {
        (Some(PaymentState::Paid | PaymentState::CodPending | PaymentState::PartiallyRefunded), _) => "paid",
        (_, Some(PresaleStage::DepositPaid | PresaleStage::BalanceDue)) => "deposit_paid",
        _ => "placed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_schemas::{Fulfillment as F, Lifecycle as L, PaymentState as P};

    #[test]
    fn the_last_thing_that_happened_counts() {
        for (word, lifecycle, payment, fulfillment) in [
            ("placed", L::Placed, P::Unpaid, F::Unfulfilled),
            ("paid", L::Placed, P::Paid, F::Unfulfilled),
            ("partially_shipped", L::Placed, P::Paid, F::PartiallyShipped),
            ("shipped", L::Confirmed, P::Paid, F::PartiallyDelivered),
            ("delivered", L::Placed, P::CodPending, F::Delivered),
            ("completed", L::Completed, P::Paid, F::Delivered),
            ("returned", L::Completed, P::PartiallyRefunded, F::Returned),
            ("refunded", L::Completed, P::Refunded, F::Delivered),
            ("cancelled", L::Cancelled, P::Voided, F::Unfulfilled),
            ("closed", L::Closed, P::Paid, F::Delivered),
        ] {
            let status = Status {
                lifecycle: Some(lifecycle),
                payment: Some(payment),
                fulfillment: Some(fulfillment),
                ..Status::default()
            };
            assert_eq!(state(&status), word);
            assert!(STATES.contains(&word));
        }
    }

    #[test]
    fn a_masked_street_stays_masked() {
        let masked = Address {
            district: Some("南山区".into()),
            protected: Some(crossdock_schemas::Protected::masked("科苑路*号")),
            ..Address::default()
        };
        let mut row = Row::new("k".into());
        address(&mut row, "Shipping", Some(&masked));
        assert_eq!(row.fields["ShippingStreet"], "科苑路*号");
        let plain = Address { line1: Some("演示路 1 号".into()), ..masked };
        address(&mut row, "Shipping", Some(&plain));
        assert_eq!(row.fields["ShippingStreet"], "南山区 演示路 1 号");
    }
}
