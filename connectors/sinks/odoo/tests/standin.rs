//! The sink against a database that behaves like Odoo, over real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use crossdock_connector::{Connector, ConnectorConfig, ErrorKind, Outcome, settings};
use crossdock_odoo::{Config, Odoo as Sink};
use crossdock_testkit::deliveries::{Events, attempt, is, said};
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::odoo::{Fault, Faults, Odoo, Options};
use serde_json::{Value, json};

const KEY: &str = "a-key-of-the-test";
const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));

async fn odoo(faults: Faults) -> Odoo {
    let custom_fields = vec!["x_crossdock_revision".to_owned(), "x_channel".to_owned()];
    let (database, login, key) = ("acme".to_owned(), "bot".to_owned(), KEY.to_owned());
    let odoo = Odoo::start(Options { database, login, key, custom_fields, faults }).await.unwrap();
    odoo.put("res.partner", json!({"name": "Shop"}));
    for code in ["A-100-RED", "SHIP", "ADJUST", "REFUND", "UNKNOWN"] {
        odoo.put("product.product", json!({"default_code": code, "name": code}));
    }
    // Archived, and sold all the same.
    odoo.put("product.product", json!({"default_code": "GIFT-01", "name": "Gift", "active": false}));
    odoo
}

fn driver(odoo: &Odoo, more: &str) -> Driver {
    let text = format!(
        "base_url = '{}'\ndatabase = 'acme'\napi_key = {{ env = 'KEY' }}\nfallback_product = 'UNKNOWN'\n\
         adjustment_product = 'ADJUST'\nrevision_field = 'x_crossdock_revision'\nfees = {{ '*' = 'SHIP' }}\n\
         refunds = {{ product = 'REFUND', post = true }}\nfields = {{ x_channel = 'order.source.platform' }}\n{more}",
        odoo.url()
    );
    let mut table: toml::Table = text.parse().unwrap();
    if !table.contains_key("customers") {
        let shop: toml::Table = "partners = { '*' = '1' }".parse().unwrap();
        table.insert("customers".to_owned(), toml::Value::Table(shop));
    }
    settings::resolve(&mut table, &|_| Ok(KEY.to_owned())).unwrap();
    let config: Config = settings::read(table).unwrap();
    config.validate().unwrap();
    Driver::new(&Sink::build(config).unwrap()).unwrap()
}

async fn hand_over(driver: &mut Driver, name: &str) -> Outcome {
    driver.deliver(&[EVENTS.delivery(name)]).await.pop().unwrap()
}

async fn again(driver: &mut Driver, name: &str) -> Outcome {
    driver.deliver(&[EVENTS.attempt(name, 2)]).await.pop().unwrap()
}

fn order(odoo: &Odoo) -> serde_json::Map<String, Value> {
    let mut orders = odoo.records("sale.order");
    assert_eq!(orders.len(), 1, "{orders:?}");
    orders.remove(0)
}

#[tokio::test]
async fn an_order_lives_its_life() {
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, "");
    is(&hand_over(&mut driver, "order-placed").await, "already_there");
    assert!(odoo.calls().is_empty());
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    let there = order(&odoo);
    assert_eq!((&there["state"], &there["client_order_ref"]), (&json!("sale"), &json!("XD20260105-0001")));
    assert_eq!(there["amount_total"].to_string(), "63.99");
    assert_eq!(
        (&there["date_order"], &there["x_channel"]),
        (&json!("2026-01-05 01:00:00"), &json!("taobao"))
    );
    assert_eq!((&there["x_crossdock_revision"], &there["note"]), (&json!(2), &json!("请放门口")));
    let lines = odoo.records("sale.order.line");
    assert_eq!(lines.len(), 4);
    let address = &odoo.records("res.partner")[1];
    assert_eq!(
        (&address["parent_id"], &address["type"], &address["id"]),
        (&json!(1), &json!("delivery"), &json!(2))
    );
    assert_eq!(there["partner_shipping_id"], json!(2));

    is(&hand_over(&mut driver, "parcel-created").await, "delivered");
    assert_eq!(odoo.records("stock.picking")[0]["carrier_tracking_ref"], "SF0000000000001");
    is(&hand_over(&mut driver, "parcel-created").await, "already_there");
    is(&hand_over(&mut driver, "parcel-cancelled").await, "delivered");
    assert_eq!(odoo.records("stock.picking")[0]["carrier_tracking_ref"], false);
    is(&hand_over(&mut driver, "parcel-return").await, "already_there");

    is(&hand_over(&mut driver, "order-delivered").await, "already_there");
    is(&hand_over(&mut driver, "refund-requested").await, "already_there");
    is(&hand_over(&mut driver, "refund-completed").await, "delivered");
    let note = &odoo.records("account.move")[0];
    assert_eq!((&note["move_type"], &note["state"]), (&json!("out_refund"), &json!("posted")));
    assert_eq!(
        (note["amount_total"].to_string(), &note["ref"]),
        ("28.0".to_owned(), &json!("taobao/2208812345/R-1"))
    );
    is(&hand_over(&mut driver, "refund-completed").await, "already_there");

    is(&hand_over(&mut driver, "order-cancelled").await, "delivered");
    assert_eq!(order(&odoo)["state"], "cancel");
    is(&hand_over(&mut driver, "order-cancelled").await, "already_there");
    assert_eq!((odoo.mails(), odoo.records("account.move").len()), (1, 1));
}

#[tokio::test]
async fn the_same_over_json_rpc() {
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, "protocol = 'jsonrpc'\nlogin = 'bot'");
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    is(&hand_over(&mut driver, "order-paid").await, "already_there");
    is(&hand_over(&mut driver, "parcel-created").await, "delivered");
    is(&hand_over(&mut driver, "refund-completed").await, "delivered");
    assert_eq!((order(&odoo)["state"].as_str(), odoo.records("account.move").len()), (Some("sale"), 1));
}

#[tokio::test]
async fn a_login_that_is_not_known_is_for_people_to_mend() {
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, "protocol = 'jsonrpc'\nlogin = 'somebody'");
    match hand_over(&mut driver, "order-paid").await {
        Outcome::Retry(_, error) => assert_eq!(error.kind(), ErrorKind::Auth),
        other => panic!("{other:?}"),
    }
    assert!(odoo.calls().is_empty());
}

/// Wherever an answer is lost, the next attempt finds what was done.
#[tokio::test]
async fn a_lost_answer_makes_nothing_twice() {
    for fault in [Fault::LostReply, Fault::GatewayTimeout] {
        for method in ["load", "action_confirm"] {
            let odoo = odoo(Faults::default()).await;
            let mut driver = driver(&odoo, "");
            odoo.fail_next(method, fault);
            is(&hand_over(&mut driver, "order-paid").await, "uncertain");
            let outcome = again(&mut driver, "order-paid").await;
            assert!(matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere), "{outcome:?}");
            assert_eq!(order(&odoo)["state"], "sale", "{method}");
            assert_eq!((odoo.records("sale.order.line").len(), odoo.records("res.partner").len()), (4, 2));
            assert_eq!(odoo.mails(), 1);
        }
        let odoo = odoo(Faults::default()).await;
        let mut driver = driver(&odoo, "");
        is(&hand_over(&mut driver, "order-paid").await, "delivered");
        odoo.fail_next("load", fault);
        is(&hand_over(&mut driver, "refund-completed").await, "uncertain");
        let outcome = again(&mut driver, "refund-completed").await;
        assert!(matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere), "{outcome:?}");
        assert_eq!(odoo.records("account.move").len(), 1);
        assert_eq!(odoo.records("account.move")[0]["state"], "posted");
        odoo.fail_next("write", fault);
        is(&hand_over(&mut driver, "parcel-created").await, "uncertain");
        is(&again(&mut driver, "parcel-created").await, "already_there");
        assert_eq!(odoo.records("stock.picking")[0]["carrier_tracking_ref"], "SF0000000000001");
    }
}

#[tokio::test]
async fn passing_troubles_are_tried_again_and_others_are_not() {
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, "");
    odoo.fail_next("search_read", Fault::Throttled(5));
    match hand_over(&mut driver, "order-paid").await {
        Outcome::Retry(Some(wait), error) => {
            assert_eq!((wait.as_secs(), error.kind()), (5, ErrorKind::RateLimited));
        }
        other => panic!("{other:?}"),
    }
    for fault in [Fault::Conflict, Fault::Broken] {
        odoo.fail_next("load", fault);
        is(&hand_over(&mut driver, "order-paid").await, "retry");
    }
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    odoo.fail_next("*", Fault::KeyRevoked);
    for _ in 0..2 {
        match hand_over(&mut driver, "order-delivered").await {
            Outcome::Retry(_, error) => assert_eq!(error.kind(), ErrorKind::Auth),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_depends_on_the_order_waits_for_it() {
    let odoo = odoo(Faults::default()).await;
    let mut held = driver(&odoo, "confirm = false");
    is(&hand_over(&mut held, "refund-completed").await, "wait");
    is(&hand_over(&mut held, "parcel-created").await, "wait");
    is(&hand_over(&mut held, "order-paid").await, "delivered");
    assert_eq!(order(&odoo)["state"], "draft");
    is(&hand_over(&mut held, "refund-completed").await, "delivered");
    // A quotation has no delivery yet.
    is(&hand_over(&mut held, "parcel-created").await, "wait");
    let mut driver = driver(&odoo, "");
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    is(&hand_over(&mut driver, "parcel-created").await, "delivered");
}

#[tokio::test]
async fn a_quotation_follows_its_order_and_a_confirmed_one_does_not() {
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, "");
    is(&hand_over(&mut driver, "order-held").await, "delivered");
    assert_eq!(order(&odoo)["state"], "draft");
    is(&hand_over(&mut driver, "order-changed").await, "delivered");
    let quantities: Vec<String> =
        odoo.records("sale.order.line").iter().map(|line| line["product_uom_qty"].to_string()).collect();
    assert_eq!(quantities, ["3.0", "1.0", "1.0", "1.0"]);
    assert_eq!(
        (order(&odoo)["amount_total"].to_string(), order(&odoo)["state"].as_str()),
        ("93.99".to_owned(), Some("sale"))
    );
    // An older event does not bring the old quantity back.
    is(&hand_over(&mut driver, "order-paid").await, "already_there");
    is(&hand_over(&mut driver, "order-changed").await, "already_there");
    odoo.change("sale.order.line", 1, json!({"product_uom_qty": 2}));
    let refused = hand_over(&mut driver, "order-changed").await;
    assert!(
        said(&refused).starts_with("the order is confirmed in odoo and its lines are others"),
        "{refused:?}"
    );
    is(&hand_over(&mut driver, "order-address-changed").await, "delivered");
    assert!(odoo.records("res.partner")[1]["street"].as_str().unwrap().ends_with("示范路2号"));
    is(&hand_over(&mut driver, "order-held").await, "already_there");
}

#[tokio::test]
async fn a_line_that_is_gone_is_dropped() {
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, "confirm = false");
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    let mut smaller = EVENTS.event("order-changed");
    let mut data: Value = serde_json::from_str(smaller.data.get()).unwrap();
    data["order"]["lines"].as_array_mut().unwrap().remove(1);
    smaller.data = serde_json::value::to_raw_value(&data).unwrap();
    let outcome = driver.deliver(&[attempt(smaller, 1)]).await.pop().unwrap();
    is(&outcome, "delivered");
    assert_eq!(odoo.records("sale.order.line").len(), 3);
    assert_eq!(odoo.records("sale.order.line")[0]["product_uom_qty"].to_string(), "3.0");
}

#[tokio::test]
async fn a_total_that_differs_is_never_confirmed() {
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, "");
    odoo.change("product.product", 1, json!({"tax": 13}));
    let refused = hand_over(&mut driver, "order-paid").await;
    is(&refused, "rejected");
    assert!(said(&refused).starts_with("the total is 63.99, odoo makes it 71.27"), "{refused:?}");
    assert_eq!((order(&odoo)["state"].as_str(), odoo.mails()), (Some("draft"), 0));
    // Mended, and retried.
    odoo.change("product.product", 1, json!({"tax": 0}));
    is(&again(&mut driver, "order-paid").await, "delivered");
    assert_eq!(order(&odoo)["state"], "sale");
}

#[tokio::test]
async fn refusals_say_what_and_why() {
    let odoo = odoo(Faults::default()).await;
    let partner =
        said(&hand_over(&mut driver(&odoo, "customers = { partners = { '*' = '77' } }"), "order-paid").await);
    assert!(partner.contains("No matching record found for .id '77'"), "{partner}");
    let field = "fields = { x_nobody = 'order.currency' }";
    let mut without: String = field.to_owned();
    without.push('\n');
    let unknown = said(&hand_over(&mut driver_without(&odoo, &without), "order-paid").await);
    assert!(unknown.contains("Invalid field name") && unknown.contains("builtins.ValueError"), "{unknown}");
    assert!(odoo.records("sale.order").is_empty());
    let fee =
        said(&hand_over(&mut driver_without(&odoo, "adjustment_product = 'ADJUST'"), "order-paid").await);
    assert!(fee.contains("add \"shipping\" = \"..\" to the sink's settings.fees"), "{fee}");
    let refund = said(&hand_over(&mut driver_without(&odoo, ""), "refund-completed").await);
    assert!(refund.starts_with("refunds have no place"), "{refund}");
}

/// Settings without the tables of [`driver`].
fn driver_without(odoo: &Odoo, more: &str) -> Driver {
    let fees =
        if more.contains("fields") { "adjustment_product = 'ADJUST'\nfees = { '*' = 'SHIP' }" } else { "" };
    let text = format!(
        "base_url = '{}'\napi_key = {{ env = 'KEY' }}\nfallback_product = 'UNKNOWN'\n{fees}\n{more}\n\
         [customers]\npartners = {{ '*' = '1' }}",
        odoo.url()
    );
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok(KEY.to_owned())).unwrap();
    Driver::new(&Sink::build(settings::read(table).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_buyer_is_one_partner_however_often_he_buys() {
    const BY_BUYER: &str = "customers = { by = 'buyer', create = true, find_by_email = true }";
    let odoo = odoo(Faults::default()).await;
    let mut driver = driver(&odoo, BY_BUYER);
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    let mut second = EVENTS.event("order-paid");
    second.key = second.key.replace("o1-", "o1-0");
    is(&driver.deliver(&[attempt(second, 1)]).await.pop().unwrap(), "delivered");
    let orders = odoo.records("sale.order");
    assert_eq!((orders.len(), &orders[0]["partner_id"]), (2, &orders[1]["partner_id"]));
    // The shop's partner, the buyer, and one address for each order.
    let partners = odoo.records("res.partner");
    assert_eq!(partners.len(), 4);
    assert_eq!((&partners[1]["name"], &partners[1]["ref"]), (&json!("林**"), &json!("b-10001")));
    assert_eq!(partners[1]["email"], "xiaoman@example.com");
}

#[tokio::test]
async fn a_partner_with_the_buyers_address_is_taken_unless_there_are_two() {
    const BY_BUYER: &str =
        "customers = { by = 'buyer', create = true, find_by_email = true, without_delivery_contact = true }";
    let odoo = odoo(Faults::default()).await;
    let known =
        odoo.put("res.partner", json!({"name": "Lin", "email": "xiaoman@example.com", "active": false}));
    is(&hand_over(&mut driver(&odoo, BY_BUYER), "order-paid").await, "delivered");
    assert_eq!(order(&odoo)["partner_id"], json!(known));
    odoo.put("res.partner", json!({"name": "Lin's shop", "email": "xiaoman@example.com"}));
    let mut second = EVENTS.event("order-paid");
    second.key = second.key.replace("o1-", "o1-0");
    is(&driver(&odoo, BY_BUYER).deliver(&[attempt(second, 1)]).await.pop().unwrap(), "delivered");
    assert_eq!(odoo.records("res.partner").len(), 4);
}

#[tokio::test]
async fn another_company_sees_its_own_only() {
    let odoo = odoo(Faults::default()).await;
    odoo.put("res.company", json!({"name": "Acme Two"}));
    let mut driver = driver(&odoo, "companies = { 'taobao' = '2' }");
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    assert_eq!(order(&odoo)["company_id"], json!(2));
    is(&hand_over(&mut driver, "order-paid").await, "already_there");
    is(&hand_over(&mut driver, "parcel-created").await, "delivered");
    is(&hand_over(&mut driver, "refund-completed").await, "delivered");
    is(&hand_over(&mut driver, "refund-completed").await, "already_there");
    assert_eq!(odoo.records("account.move")[0]["company_id"], json!(2));
}

/// Whatever goes wrong on the way, the end is the same.
#[tokio::test]
async fn faults_do_not_show_in_the_end() {
    for seed in 0..12 {
        let faults = Faults { seed, throttled: 60, conflict: 80, broken: 60, lost_reply: 120 };
        let odoo = odoo(faults).await;
        let mut driver = driver(&odoo, "");
        for name in ["order-held", "order-changed", "parcel-created", "refund-completed", "order-cancelled"] {
            let mut attempt = 1;
            loop {
                let outcome = driver.deliver(&[EVENTS.attempt(name, attempt)]).await.pop().unwrap();
                match outcome {
                    Outcome::Delivered | Outcome::AlreadyThere => break,
                    Outcome::Retry(..) | Outcome::Uncertain(_) if attempt < 60 => attempt += 1,
                    other => panic!("seed {seed}, {name}, attempt {attempt}: {other:?}"),
                }
            }
        }
        let there = order(&odoo);
        assert_eq!(
            (there["state"].as_str(), there["amount_total"].to_string()),
            (Some("cancel"), "93.99".to_owned())
        );
        let counts = ["sale.order.line", "res.partner", "stock.picking", "account.move"]
            .map(|model| odoo.records(model).len());
        assert_eq!(counts, [4, 2, 1, 1], "seed {seed}");
        assert_eq!(odoo.records("account.move")[0]["state"], "posted");
        assert_eq!(
            (odoo.records("stock.picking")[0]["carrier_tracking_ref"].as_str(), odoo.mails()),
            (Some("SF0000000000001"), 1)
        );
    }
}
