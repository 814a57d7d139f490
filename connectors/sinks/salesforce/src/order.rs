//! An order as Salesforce's `Order` with its `OrderItem`s, or as objects of the org's own.

use serde_json::{Map, Value, json};

use crossdock_connector::address::street;
use crossdock_connector::{Delivery, Error, ErrorKind, Result, stage};
use crossdock_schemas::{Address, Order, OrderLine};

use crate::api::Row;
use crate::config::Config;
use crate::plan::{LinePlan, OrderPlan, part_key};

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
    let status = config.orders.statuses.find(stage::word(&order.status)).map(str::to_owned);
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
    row.person(&format!("{kind}Street"), street(address));
    row.text(&format!("{kind}City"), address.city.clone());
    row.text(&format!("{kind}State"), address.province.clone());
    row.text(&format!("{kind}PostalCode"), address.postal_code.clone());
    row.text(&format!("{kind}Country"), address.country.clone());
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

#[cfg(test)]
mod tests {
    use super::*;

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
