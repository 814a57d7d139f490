//! An order as HubSpot's order (or deal), its line items and its contact.

use crossdock_connector::{address, stage};
use crossdock_schemas::{Address, Fulfillment, Order, OrderLine, PaymentState, Ts};

use crate::batch::{Property, Row};
use crate::config::{Config, Object};
use crate::plan::{Missing, Plan, amount, part_key, push};

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
    say("hs_pipeline_stage", config.stages.find(stage::word(status)).map(str::to_owned));
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

fn address_properties(out: &mut Vec<Property>, to: &Address) {
    let name = to.name.as_ref().and_then(|name| name.shown()).map(str::to_owned);
    push(out, "hs_shipping_address_name", name, true);
    push(out, "hs_shipping_address_street", address::street(to), true);
    push(out, "hs_shipping_address_city", to.city.clone(), false);
    push(out, "hs_shipping_address_state", to.province.clone(), false);
    push(out, "hs_shipping_address_postal_code", to.postal_code.clone(), true);
    push(out, "hs_shipping_address_country", to.country.clone(), false);
}

fn deal_properties(config: &Config, order: &Order) -> Vec<Property> {
    let mut out = Vec::with_capacity(8);
    let mut say = |name: &str, value: Option<String>| push(&mut out, name, value, false);
    say("dealname", Some(order.display_no.clone().unwrap_or_else(|| order.order_no.clone())));
    say("amount", amount(order.totals.payable));
    say("pipeline", config.pipeline.clone());
    say("dealstage", config.stages.find(stage::word(&order.status)).map(str::to_owned));
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

/// Times are milliseconds since 1970.
pub(crate) fn millis(at: Ts) -> String {
    at.at.as_millisecond().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

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
