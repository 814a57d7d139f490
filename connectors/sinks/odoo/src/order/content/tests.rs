use super::*;
use crate::config::Config;
use crossdock_connector::{Secret, settings};
use serde_json::{Value, json};

fn config(change: &str) -> Config {
    let mut table: toml::Table = format!("base_url = 'https://erp.example.com'\n{change}").parse().unwrap();
    let mut key = toml::Table::new();
    key.insert(Secret::resolved_key().to_owned(), toml::Value::String("k".into()));
    table.insert("api_key".into(), toml::Value::Table(key));
    settings::read(table).unwrap()
}

const FULL: &str = "adjustment_product = 'ADJ'\nfees = { shipping = 'SHIP' }\nskus = { 'A-1' = '10' }";

fn read(order: Value, config: &Config) -> Result<Content> {
    let mut whole = json!({
        "source": {"platform": "acme", "shop": "demo"}, "order_no": "1", "kind": "sale", "lines": [], "totals": {},
    });
    for (name, value) in order.as_object().unwrap() {
        whole[name] = value.clone();
    }
    content(&serde_json::from_value(whole).unwrap(), config)
}

fn shown(content: &Content) -> Vec<String> {
    let line = |line: &Line| {
        let code = line.code.as_deref().unwrap_or("-");
        format!("{} {} x {}", code, line.quantity.canonical(), line.price.canonical())
    };
    content.lines.iter().map(line).collect()
}

#[test]
fn prices_are_net_and_the_rest_is_exact() {
    // 3 x 33.33 is a cent short of 100.00, and the coupon of 5.00 is on no line.
    let order = json!({
        "lines": [
            {"line_key": "1", "sku": "A-1", "quantity": "3", "unit_price": "33.335", "payable": "100.00"},
            {"line_key": "2", "sku": "GIFT", "quantity": "1", "payable": "0.00"},
        ],
        "fees": [{"kind": "shipping", "amount": "8.00"}],
        "totals": {"payable": "103.00"},
    });
    let content = read(order, &config(FULL)).unwrap();
    assert_eq!(shown(&content), ["10 3 x 33.33", "GIFT 1 x 0", "SHIP 1 x 8", "ADJ 1 x -4.99"]);
    assert_eq!(content.total, Some(Dec::parse("103").unwrap()));
    let sum: Dec = content.lines.iter().map(|line| line.price * line.quantity).sum();
    assert_eq!(Some(sum), content.total);
}

#[test]
fn sums_that_do_not_add_up_are_not_made_to_fit() {
    let order = json!({
        "lines": [{"line_key": "1", "sku": "A-1", "quantity": "1", "unit_price": "10.00"}],
        "totals": {"payable": "12.00", "check": "mismatch"},
    });
    let content = read(order, &config(FULL)).unwrap();
    assert_eq!(shown(&content), ["10 1 x 10"]);
    // Compared with what Odoo computes, this is never confirmed.
    assert_eq!(content.total, Some(Dec::parse("12").unwrap()));
}

#[test]
fn what_was_cancelled_is_not_ordered() {
    let order = json!({
        "lines": [
            {"line_key": "1", "sku": "A-1", "quantity": "3", "payable": "30.00", "quantities": {"cancelled": "1"}},
            {"line_key": "2", "sku": "B", "quantity": "1", "payable": "5.00", "quantities": {"cancelled": "1"}},
        ],
        "totals": {"payable": "35.00"},
    });
    let content = read(order, &config(FULL)).unwrap();
    assert_eq!(shown(&content), ["10 2 x 10"]);
    assert_eq!(content.total, Some(Dec::parse("20").unwrap()));
}

#[test]
fn tax_on_top_is_left_to_odoo() {
    let order = json!({
        "lines": [{"line_key": "1", "sku": "A-1", "quantity": "2", "unit_price": "10.00"}],
        "prices_include_tax": false,
        "totals": {"payable": "22.60", "tax": "2.60"},
    });
    let content = read(order, &config("")).unwrap();
    assert_eq!(shown(&content), ["A-1 2 x 10"]);
    assert_eq!(content.total, Some(Dec::parse("22.6").unwrap()));
}

#[test]
fn parts_of_a_bundle_are_left_out_unless_asked_for() {
    let order = json!({
        "lines": [
            {"line_key": "1", "kind": "bundle", "sku": "SET", "quantity": "1", "payable": "50.00"},
            {"line_key": "2", "kind": "component", "sku": "A", "quantity": "2", "payable": "0.00"},
        ],
        "totals": {"payable": "50.00"},
    });
    assert_eq!(shown(&read(order.clone(), &config(FULL)).unwrap()), ["SET 1 x 50"]);
    let sent = read(order, &config("components = 'send'")).unwrap();
    assert_eq!(shown(&sent), ["SET 1 x 50", "A 2 x 0"]);
}

#[test]
fn shipping_that_is_only_in_the_totals_is_a_fee() {
    let order = json!({
        "lines": [{"line_key": "1", "sku": "A-1", "quantity": "1", "payable": "10.00"}],
        "totals": {"payable": "18.00", "shipping": "8.00"},
    });
    assert_eq!(shown(&read(order.clone(), &config(FULL)).unwrap()), ["10 1 x 10", "SHIP 1 x 8"]);
    let error = read(order, &config("")).unwrap_err();
    assert!(error.to_string().contains("add \"shipping\" = \"..\" to the sink's settings.fees"), "{error}");
}

#[test]
fn what_cannot_be_said_names_the_setting() {
    let unpriced =
        json!({"lines": [{"line_key": "1", "sku": "A-1", "quantity": "1", "list_price": "10.00"}]});
    assert_eq!(read(unpriced, &config("")).unwrap_err().to_string(), "line 1 has no price");
    let discount = json!({
        "lines": [{"line_key": "1", "sku": "A-1", "quantity": "1", "payable": "10.00"}], "totals": {"payable": "9.00"},
    });
    let error = read(discount, &config("")).unwrap_err();
    assert!(error.to_string().ends_with("settings.adjustment_product"), "{error}");
}
