//! An order as HubSpot's order (or deal), its line items and its contact.

use crossdock_schemas::{
    Address, Fulfillment, Lifecycle, Order, OrderLine, PaymentState, PresaleStage, Status, Ts,
};

use crate::batch::{Property, Row};
use crate::config::{Config, Object};
use crate::plan::{Missing, Plan, amount, part_key, push};

/// The states an order can be in, as one word; rows of `stages` are named by them.
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

/// What HubSpot needs to know about an order.
pub(crate) fn plan(config: &Config, order: &Order, key: &str) -> Plan {
    let properties = match config.object {
        Object::Order => order_properties(config, order),
        Object::Deals => deal_properties(config, order),
    };
    Plan {
        orders: vec![key.to_owned()],
        missing: Missing::Brought,
        revision: None,
        properties,
        lines: if config.lines.enabled { lines(order, key) } else { Vec::new() },
        contact: config.contacts.enabled.then(|| contact(order)).flatten(),
        notes: Vec::new(),
    }
}

fn order_properties(config: &Config, order: &Order) -> Vec<Property> {
    let mut out = Vec::with_capacity(24);
    let mut say = |name: &str, value: Option<String>| push(&mut out, name, value, false);
    let (source, status, totals) = (&order.source, &order.status, &order.totals);
    let store = config.shops.shop(&source.platform, &source.shop).map(str::to_owned);
    say("hs_order_name", Some(order.display_no.clone().unwrap_or_else(|| order.order_no.clone())));
    say("hs_external_order_id", Some(order.order_no.clone()));
    say("hs_external_order_status", status.lifecycle.map(|word| word.to_string()));
    say("hs_source_store", Some(store.unwrap_or_else(|| format!("{}/{}", source.platform, source.shop))));
    say("hs_currency_code", order.currency.clone());
    say("hs_total_price", amount(totals.payable));
    say("hs_subtotal_price", amount(totals.goods));
    say("hs_tax", amount(totals.tax));
    say("hs_shipping_cost", amount(totals.shipping));
    say("hs_order_discount", amount(totals.discount));
    say("hs_pipeline", config.pipeline.clone());
    say("hs_pipeline_stage", config.stages.find(state(status)).map(str::to_owned));
    let theirs =
        |codes: &crossdock_connector::mapping::Codes, ours: &str| codes.find(ours).unwrap_or(ours).to_owned();
    say(
        "hs_fulfillment_status",
        status
            .fulfillment
            .filter(|word| *word != Fulfillment::Unknown)
            .map(|word| theirs(&config.fulfillment, word.as_str())),
    );
    say(
        "hs_payment_status",
        status
            .payment
            .filter(|word| *word != PaymentState::Unknown)
            .map(|word| theirs(&config.payment, word.as_str())),
    );
    say("hs_external_created_date", order.placed_at.map(millis));
    if let Some(address) = &order.ship_to {
        address_properties(&mut out, address);
    }
    out
}

fn address_properties(out: &mut Vec<Property>, address: &Address) {
    let masked = || address.protected.as_ref().and_then(|whole| whole.shown()).map(str::to_owned);
    let name = address.name.as_ref().and_then(|name| name.shown()).map(str::to_owned);
    push(out, "hs_shipping_address_name", name, true);
    push(out, "hs_shipping_address_street", street(address).or_else(masked), true);
    push(out, "hs_shipping_address_city", address.city.clone(), false);
    push(out, "hs_shipping_address_state", address.province.clone(), false);
    push(out, "hs_shipping_address_postal_code", address.postal_code.clone(), true);
    push(out, "hs_shipping_address_country", address.country.clone(), false);
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

fn deal_properties(config: &Config, order: &Order) -> Vec<Property> {
    let mut out = Vec::with_capacity(8);
    let mut say = |name: &str, value: Option<String>| push(&mut out, name, value, false);
    say("dealname", Some(order.display_no.clone().unwrap_or_else(|| order.order_no.clone())));
    say("amount", amount(order.totals.payable));
    say("pipeline", config.pipeline.clone());
    say("dealstage", config.stages.find(state(&order.status)).map(str::to_owned));
    say("closedate", order.paid_at.map(millis));
    out
}

fn lines(order: &Order, key: &str) -> Vec<Row> {
    let row = |line: &OrderLine| {
        let line_key = line.line_key.as_deref()?;
        let mut properties = Vec::with_capacity(4);
        let mut say = |name: &str, value: Option<String>| push(&mut properties, name, value, false);
        say("name", name(line));
        say("quantity", Some(line.quantity.to_string()));
        say("price", amount(line.unit_price));
        say("hs_sku", line.sku.clone());
        Some(Row { key: part_key(key, line_key), properties })
    };
    order.lines.iter().filter_map(row).collect()
}

fn name(line: &OrderLine) -> Option<String> {
    match (&line.title, &line.variant_title) {
        (Some(title), Some(variant)) => Some(format!("{title} {variant}")),
        (Some(title), None) => Some(title.clone()),
        (None, _) => line.sku.clone().or_else(|| line.line_key.clone()),
    }
}

/// The buyer, when the mail address is known in the clear: nothing else tells contacts apart.
fn contact(order: &Order) -> Option<Row> {
    let email = order.buyer.as_ref()?.email.as_ref()?.value.as_deref()?;
    let email = email.trim().to_lowercase();
    let whole = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    whole.then(|| Row {
        key: email.clone(),
        properties: vec![Property { name: "email".to_owned(), value: email, personal: true }],
    })
}

/// Where an order is, as one word: the last thing that happened to it counts.
pub(crate) fn state(status: &Status) -> &'static str {
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

/// Times are milliseconds since 1970.
pub(crate) fn millis(at: Ts) -> String {
    at.at.as_millisecond().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_thing_that_happened_counts() {
        let status = |lifecycle, payment, fulfillment| Status {
            lifecycle: Some(lifecycle),
            payment: Some(payment),
            fulfillment: Some(fulfillment),
            ..Status::default()
        };
        use crossdock_schemas::{Fulfillment as F, Lifecycle as L, PaymentState as P};
        for (word, told) in [
            ("placed", status(L::Placed, P::Unpaid, F::Unfulfilled)),
            ("paid", status(L::Placed, P::Paid, F::Unfulfilled)),
            ("paid", status(L::Confirmed, P::CodPending, F::Unfulfilled)),
            ("partially_shipped", status(L::Placed, P::Paid, F::PartiallyShipped)),
            ("shipped", status(L::Placed, P::Paid, F::Shipped)),
            ("delivered", status(L::Placed, P::Paid, F::Delivered)),
            ("completed", status(L::Completed, P::Paid, F::Delivered)),
            ("refunded", status(L::Completed, P::Refunded, F::Delivered)),
            ("returned", status(L::Completed, P::PartiallyRefunded, F::Returned)),
            ("cancelled", status(L::Cancelled, P::Refunded, F::Unfulfilled)),
            ("closed", status(L::Closed, P::Paid, F::Delivered)),
        ] {
            assert_eq!(state(&told), word);
            assert!(STATES.contains(&word));
        }
        let deposit = Status { presale: Some(PresaleStage::DepositPaid), ..Status::default() };
        assert_eq!(state(&deposit), "deposit_paid");
    }

    #[test]
    fn a_masked_mail_address_is_no_contact() {
        use crossdock_schemas::{Party, Protected};
        let order = |email| Order {
            buyer: Some(Party { email: Some(email), ..Party::default() }),
            ..Order::default()
        };
        assert_eq!(contact(&order(Protected::masked("l***@example.com"))), None);
        assert_eq!(contact(&order(Protected::plain("nobody"))), None);
        let row = contact(&order(Protected::plain(" Lin@Example.com "))).unwrap();
        assert_eq!(row.key, "lin@example.com");
    }
}
