//! The sink against a tenant of YonBIP and a U8 on this machine: what stands in their books in the end.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use std::collections::{BTreeMap, BTreeSet};

use crossdock_connector::{Connector, ConnectorConfig, Delivery, ErrorKind, Outcome, Parts, settings};
use crossdock_testkit::deliveries::{Events, again};
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::yonyou::yonbip::{self, Order, Yonbip};
use crossdock_testkit::standin::yonyou::{Fault, Faults, u8};
use crossdock_testkit::standin::{Rng, stopped};
use crossdock_yonyou::{Config, Yonyou};
use jiff::Timestamp;

const SECRET: &str = "demo-app-secret";
const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));
const ORDER_NO: &str = "4012345678901234567";
const ORDER_KEY: &str = "o1-b76088dbec01de8dadf361cc";
const NUMBER: &str = "XD-B76088DBEC01DE8DADF361CC";

fn now() -> Timestamp {
    Timestamp::from_second(1_795_275_120).unwrap()
}

fn codes(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

fn tenant() -> yonbip::Options {
    let products = codes(&["A-100-RED", "MUG-01", "MUG-02", "STICKER", "FREIGHT"]);
    yonbip::Options {
        app_key: "demo-app-key".into(),
        app_secret: SECRET.into(),
        master_data: BTreeMap::from([
            ("agentId".to_owned(), codes(&["CUST-TB"])),
            ("productId".to_owned(), products),
        ]),
        calls_a_minute: None,
        numbers_itself: false,
        clock: stopped(now()),
    }
}

fn build(change: impl FnOnce(&mut toml::Table)) -> Parts {
    let mut table: toml::Table = Config::example().parse().unwrap();
    change(&mut table);
    settings::resolve(&mut table, &|_| Ok(SECRET.to_owned())).unwrap();
    Yonyou::build(settings::read(table).unwrap()).unwrap()
}

fn driver(parts: &Parts) -> Driver {
    Driver::new(parts).unwrap().clock(stopped(now()))
}

struct Desk {
    tenant: Yonbip,
    driver: Driver,
}

impl Desk {
    async fn open(options: yonbip::Options) -> Self {
        let tenant = Yonbip::start(options).await.unwrap();
        let parts = build(|table| {
            let yonbip = table["yonbip"].as_table_mut().unwrap();
            yonbip.insert("gateway_url".into(), tenant.gateway_url().into());
            yonbip.insert("token_url".into(), tenant.token_url().into());
        });
        Self { driver: driver(&parts), tenant }
    }

    async fn hand(&mut self, delivery: Delivery) -> Outcome {
        self.driver.deliver(&[delivery]).await.remove(0)
    }

    async fn says(&mut self, name: &str, expected: &str) {
        let outcome = self.hand(about(name, 0)).await;
        assert_eq!(outcome.as_str(), expected, "{name}: {outcome:?}");
    }

    fn only(&self) -> Order {
        let mut orders = self.tenant.orders();
        assert_eq!(orders.len(), 1, "{orders:?}");
        orders.remove(0)
    }
}

/// A fixture's event, about the order with a number of its own.
fn about(name: &str, number: u64) -> Delivery {
    EVENTS.changed(name, |json| match number {
        0 => json,
        // 96 bits of the key are the order's number.
        _ => {
            json.replace(ORDER_NO, &format!("50{number:017}")).replace(ORDER_KEY, &format!("o1-{number:024}"))
        }
    })
}

#[tokio::test]
async fn an_order_lives_its_life() {
    let mut desk = Desk::open(tenant()).await;
    desk.says("order-unpaid", "already_there").await;
    desk.says("order-paid", "delivered").await;
    let order = desk.only();
    assert_eq!((order.code.as_str(), order.status.as_str()), (NUMBER, "DELIVERGOODS"));
    assert_eq!(order.fields["payMoney"].to_string(), "136.41");
    desk.says("order-paid", "already_there").await;
    desk.says("order-held", "delivered").await;
    assert_eq!(desk.only().status, "CONFIRMORDER");
    desk.says("order-released", "delivered").await;
    desk.says("order-shipped", "already_there").await;
    desk.says("order-changed", "rejected").await;
    assert_eq!(desk.only(), order, "not a word of it changed");
    desk.says("order-cancelled", "delivered").await;
    assert_eq!(desk.only().status, "CONFIRMORDER");
    desk.says("order-cancelled", "already_there").await;
    assert_eq!((desk.tenant.counts().created, desk.tenant.counts().tokens), (1, 1));
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_order() {
    for call in ["singleSave", "batchsubmit", "batchaudit"] {
        let mut desk = Desk::open(tenant()).await;
        desk.tenant.next_meets(call, Fault::LostReply);
        let first = about("order-paid", 0);
        let outcome = desk.hand(first.clone()).await;
        assert_eq!(outcome.as_str(), "uncertain", "{call}: {outcome:?}");
        let outcome = desk.hand(again(&first)).await;
        assert!(matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere), "{call}: {outcome:?}");
        assert_eq!(
            (desk.only().status.as_str(), desk.tenant.counts().created),
            ("DELIVERGOODS", 1),
            "{call}"
        );
    }
}

/// Where the tenant numbers orders itself, no question by number finds them: the key of the save does.
#[tokio::test]
async fn the_key_of_the_save_guards_where_numbers_do_not() {
    let mut desk = Desk::open(yonbip::Options { numbers_itself: true, ..tenant() }).await;
    desk.tenant.next_meets("batchaudit", Fault::LostReply);
    let first = about("order-paid", 0);
    assert_eq!(desk.hand(first.clone()).await.as_str(), "uncertain");
    assert_eq!(desk.hand(again(&first)).await.as_str(), "delivered");
    desk.tenant.an_hour_passes();
    assert_eq!(desk.hand(again(&first)).await.as_str(), "delivered");
    desk.says("order-shipped", "delivered").await;
    let counts = desk.tenant.counts();
    assert_eq!((desk.only().status.as_str(), counts.created, counts.repeated), ("DELIVERGOODS", 1, 3));
}

#[tokio::test]
async fn a_token_that_ends_is_fetched_again() {
    let mut desk = Desk::open(tenant()).await;
    desk.says("order-paid", "delivered").await;
    desk.tenant.end_tokens();
    let outcome = desk.hand(about("order-paid", 1)).await;
    assert_eq!(outcome.as_str(), "delivered", "{outcome:?}");
    desk.tenant.next_meets("list", Fault::Text("非法token"));
    let outcome = desk.hand(about("order-paid", 2)).await;
    assert_eq!(outcome.as_str(), "delivered", "{outcome:?}");
    assert_eq!((desk.tenant.counts().tokens, desk.tenant.counts().created), (3, 3));
}

#[tokio::test]
async fn limits_and_slow_saves_are_waited_for() {
    let mut desk = Desk::open(yonbip::Options { calls_a_minute: Some(1), ..tenant() }).await;
    desk.says("order-paid", "delivered").await;
    let Outcome::Retry(Some(wait), error) = desk.hand(about("order-paid", 1)).await else {
        panic!("no retry")
    };
    assert_eq!((wait.as_secs(), error.kind()), (60, ErrorKind::RateLimited));
    let mut desk = Desk::open(tenant()).await;
    desk.tenant.next_meets("singleSave", Fault::Code("202"));
    let first = about("order-paid", 0);
    let Outcome::Retry(Some(wait), error) = desk.hand(first.clone()).await else { panic!("no retry") };
    assert_eq!((wait.as_secs(), error.vendor_code.as_deref()), (5, Some("202")));
    assert_eq!(desk.hand(again(&first)).await.as_str(), "delivered");
    assert_eq!(desk.tenant.counts().created, 1);
}

#[tokio::test]
async fn what_is_refused_is_told_in_the_vendors_words() {
    let mut desk = Desk::open(tenant()).await;
    desk.says("order-without-sku", "rejected").await;
    let mut options = tenant();
    options.master_data.insert("agentId".to_owned(), codes(&["SOMEBODY-ELSE"]));
    let mut desk = Desk::open(options).await;
    let Outcome::Rejected(error) = desk.hand(about("order-paid", 0)).await else { panic!("not rejected") };
    assert_eq!(error.message(), "yonyou singleSave: 示例:agentId 不存在");
    assert_eq!(error.vendor_code.as_deref(), Some("999"));
    let mut desk = Desk::open(yonbip::Options { app_secret: "another".into(), ..tenant() }).await;
    let Outcome::Retry(_, error) = desk.hand(about("order-paid", 0)).await else { panic!("not a retry") };
    assert_eq!(error.kind(), ErrorKind::Auth);
}

/// One order of a batch is refused; its neighbours are not.
#[tokio::test]
async fn of_several_orders_only_the_wrong_one_is_refused() {
    let mut desk = Desk::open(tenant()).await;
    let batch = [about("order-paid", 1), about("order-without-sku", 2), about("order-paid", 3)];
    let outcomes = desk.driver.deliver(&batch).await;
    let words: Vec<&str> = outcomes.iter().map(Outcome::as_str).collect();
    assert_eq!(words, ["delivered", "rejected", "delivered"]);
    assert_eq!(desk.tenant.orders().len(), 2);
}

/// Hands lives over in any order of orders until all is taken.
async fn live(driver: &mut Driver, seed: u64, orders: u64) {
    let mut order = Rng::named(seed, "order of events");
    let mut left: Vec<(u64, Vec<&str>)> = (1..=orders)
        .map(|number| {
            let life: &[&str] = match number % 3 {
                0 => &["order-paid", "order-shipped"],
                1 => &["order-unpaid", "order-paid", "order-held", "order-released"],
                _ => &["order-paid", "order-cancelled"],
            };
            (number, life.iter().rev().copied().collect())
        })
        .collect();
    let mut tries = BTreeMap::new();
    while !left.is_empty() {
        let at = usize::try_from(order.below(left.len() as u64)).unwrap();
        let (number, life) = &mut left[at];
        let name = *life.last().unwrap();
        let first = about(name, *number);
        let tried: &mut u32 = tries.entry((*number, name)).or_default();
        let delivery = if *tried == 0 { first } else { again(&first) };
        *tried += 1;
        assert!(*tried < 100, "{name} of {number} never ends");
        match driver.deliver(&[delivery]).await.remove(0) {
            Outcome::Delivered | Outcome::AlreadyThere => drop(life.pop()),
            Outcome::Retry(..) | Outcome::Uncertain(_) => {}
            other => panic!("{name} of {number}: {other:?}"),
        }
        left.retain(|(_, life)| !life.is_empty());
    }
}

#[tokio::test]
async fn chance_changes_nothing_in_the_end() {
    const ORDERS: u64 = 40;
    for (seed, numbers_itself) in [(1, false), (2, false), (3, true)] {
        let mut desk = Desk::open(yonbip::Options { numbers_itself, ..tenant() }).await;
        desk.tenant.set_faults(Faults { seed, broken: 80, lost_reply: 150, token_ended: 50 });
        if numbers_itself {
            // Nothing can be cancelled that cannot be found.
            for number in 1..=ORDERS {
                let first = about("order-paid", number);
                let mut outcome = desk.hand(first.clone()).await;
                for _ in 0..50 {
                    if matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere) {
                        break;
                    }
                    outcome = desk.hand(again(&first)).await;
                }
            }
            assert!(desk.tenant.orders().iter().all(|order| order.status == "DELIVERGOODS"));
        } else {
            live(&mut desk.driver, seed, ORDERS).await;
            for (number, order) in (1..).zip(desk.tenant.orders()) {
                let expected = if number % 3 == 2 { "CONFIRMORDER" } else { "DELIVERGOODS" };
                assert_eq!(order.status, expected, "order {number}, seed {seed}");
            }
        }
        let made = (desk.tenant.orders().len() as u64, desk.tenant.counts().created);
        assert_eq!(made, (ORDERS, ORDERS), "seed {seed}");
    }
}

fn installation() -> u8::Options {
    u8::Options {
        from_account: "demo-from".into(),
        to_account: "demo-to".into(),
        app_key: "demo-key".into(),
        app_secret: SECRET.into(),
        products: codes(&["A-100-RED", "MUG-01", "STICKER", "FREIGHT"]),
    }
}

fn u8_driver(erp: &u8::U8) -> Driver {
    driver(&build(|table| {
        table.remove("yonbip");
        table.insert("product".into(), "u8".into());
        table.insert("fields".into(), toml::Table::new().into());
        let settings = format!(
            "base_url = '{}'\nfrom_account = 'demo-from'\nto_account = 'demo-to'\napp_key = 'demo-key'\n\
             app_secret = {{ env = 'X' }}\nsale_type = '01'\ndepartments = {{ '*' = '01' }}\n\
             session_errors = ['10002']",
            erp.url()
        );
        table.insert("u8".into(), settings.parse::<toml::Table>().unwrap().into());
    }))
}

#[tokio::test]
async fn u8_takes_orders_once_and_takes_approvals_back() {
    let erp = u8::U8::start(installation()).await.unwrap();
    let mut driver = u8_driver(&erp);
    let mut says = async |name: &str, number: u64| driver.deliver(&[about(name, number)]).await.remove(0);
    for (name, expected, verifier) in [
        ("order-paid", "delivered", "demo"),
        ("order-paid", "already_there", "demo"),
        ("order-held", "delivered", ""),
        ("order-released", "delivered", "demo"),
        ("order-changed", "rejected", "demo"),
        ("order-cancelled", "delivered", ""),
    ] {
        let outcome = says(name, 0).await;
        assert_eq!(outcome.as_str(), expected, "{name}: {outcome:?}");
        assert_eq!(erp.orders()[0].verifier, verifier, "{name}");
    }
    assert_eq!((erp.orders()[0].code.as_str(), erp.counts().created), (NUMBER, 1));
    erp.end_tokens();
    assert_eq!(says("order-paid", 1).await.as_str(), "delivered");
    let Outcome::Rejected(error) = says("order-changed", 2).await else { panic!("not rejected") };
    assert_eq!(error.message(), "u8 saleorder/add: 示例:存货 MUG-02 不存在");
}

#[tokio::test]
async fn chance_changes_nothing_at_u8() {
    const ORDERS: u64 = 30;
    for seed in 1..=2 {
        let erp = u8::U8::start(installation()).await.unwrap();
        erp.set_faults(Faults { seed, broken: 80, lost_reply: 150, token_ended: 50 });
        live(&mut u8_driver(&erp), seed, ORDERS).await;
        assert_eq!((erp.orders().len() as u64, erp.counts().created), (ORDERS, ORDERS), "seed {seed}");
        for (number, order) in (1..).zip(erp.orders()) {
            assert_eq!(order.verifier.is_empty(), number % 3 == 2, "order {number}, seed {seed}");
        }
    }
}
