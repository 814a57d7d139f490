//! The sink against a Kingdee on this machine: what stands in its books in the end.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use std::collections::{BTreeMap, BTreeSet};

use crossdock_connector::{Connector, ConnectorConfig, Delivery, ErrorKind, Outcome, Parts, settings};
use crossdock_kingdee::{Config, Kingdee};
use crossdock_testkit::deliveries::{Events, again};
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::kingdee::{self, Bill, Fault, Faults, Kingdee as Erp, Options};
use crossdock_testkit::standin::{Rng, stopped};
use jiff::Timestamp;
use serde_json::{Value, json};

const ORDER: &str = "SAL_SaleOrder";
const PASSWORD: &str = "demo-password";
const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
const APP_ID: &str = "demoapp_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY";
const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));
const ORDER_NO: &str = "4012345678901234567";
const ORDER_KEY: &str = "o1-b76088dbec01de8dadf361cc";

fn now() -> Timestamp {
    Timestamp::from_second(1_795_275_120).unwrap()
}

fn options() -> Options {
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
    Options {
        account: "65demo0000acct".into(),
        user: "demo.user".into(),
        password: PASSWORD.into(),
        app_id: APP_ID.into(),
        app_secret: APP_SECRET.into(),
        master_data: BTreeMap::from([
            ("FCustId".to_owned(), codes(&["CUST-TB", "CUST-WEB"])),
            ("FMaterialId".to_owned(), codes(&["A-100-RED", "MUG-01", "MUG-02", "STICKER", "FREIGHT"])),
        ]),
        calls_a_minute: None,
        clock: stopped(now()),
    }
}

struct Desk {
    erp: Erp,
    driver: Driver,
}

fn parts(erp: &Erp, signed: bool) -> Parts {
    let mut table: toml::Table = Config::example().parse().unwrap();
    table.insert("base_url".into(), erp.url().into());
    if signed {
        table.remove("password");
        table.insert("login".into(), "signed".into());
        table.insert("app_id".into(), APP_ID.into());
        let secret = toml::Table::from_iter([("env".to_owned(), "APP_SECRET".into())]);
        table.insert("app_secret".into(), secret.into());
    }
    let secret = if signed { APP_SECRET } else { PASSWORD };
    settings::resolve(&mut table, &|_| Ok(secret.to_owned())).unwrap();
    Kingdee::build(settings::read(table).unwrap()).unwrap()
}

impl Desk {
    async fn open(options: Options) -> Self {
        Self::with(options, false).await
    }

    async fn with(options: Options, signed: bool) -> Self {
        let erp = Erp::start(options).await.unwrap();
        let driver = Driver::new(&parts(&erp, signed)).unwrap().clock(stopped(now()));
        Self { erp, driver }
    }

    async fn hand(&mut self, delivery: Delivery) -> Outcome {
        self.driver.deliver(&[delivery]).await.remove(0)
    }

    async fn says(&mut self, name: &str, expected: &str) {
        let outcome = self.hand(EVENTS.delivery(name)).await;
        assert_eq!(outcome.as_str(), expected, "{name}: {outcome:?}");
    }

    fn only(&self, form: &str) -> Bill {
        let mut bills = self.erp.bills(form);
        assert_eq!(bills.len(), 1, "{bills:?}");
        bills.remove(0)
    }
}

/// A fixture's event, about the order with a number of its own.
fn about(name: &str, number: u64) -> Delivery {
    EVENTS.changed(name, |json| match number {
        0 => json,
        // 96 bits of the key are the bill's number.
        _ => {
            json.replace(ORDER_NO, &format!("50{number:017}")).replace(ORDER_KEY, &format!("o1-{number:024}"))
        }
    })
}

fn quantities(bill: &Bill) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    bill.lines
        .iter()
        .map(|line| (text(&line.fields["FMaterialId"]["FNumber"]), text(&line.fields["FQty"])))
        .collect()
}

#[tokio::test]
async fn an_order_lives_its_life() {
    let mut desk = Desk::open(options()).await;
    desk.says("order-unpaid", "already_there").await;
    assert_eq!(desk.driver.calls(), 1, "only the login");
    desk.says("order-paid", "delivered").await;
    let bill = desk.only(ORDER);
    assert_eq!((bill.status, bill.number.as_str()), ('C', "XD-B76088DBEC01DE8DADF361CC"));
    let price = |at: usize| bill.lines[at].fields["FTaxPrice"].to_string();
    assert_eq!([price(0), price(1), price(2), price(3)], ["32.803333", "20", "0", "8"], "no list price");
    desk.says("order-paid", "already_there").await;
    desk.says("order-held", "delivered").await;
    assert_eq!(desk.only(ORDER).status, 'D');
    desk.says("order-released", "delivered").await;
    assert_eq!(desk.only(ORDER).status, 'C');
    desk.says("order-shipped", "already_there").await;
    desk.says("order-cancelled", "delivered").await;
    assert_eq!(desk.only(ORDER).status, 'D');
    desk.says("order-cancelled", "already_there").await;
    let counts = desk.erp.counts();
    assert_eq!((counts.created, counts.updated, counts.blanks, counts.logins), (1, 0, 0, 1));
}

#[tokio::test]
async fn a_change_keeps_the_lines_of_people() {
    let mut desk = Desk::open(options()).await;
    desk.says("order-paid", "delivered").await;
    let number = desk.only(ORDER).number;
    let by_people = json!({"FMaterialId": {"FNumber": "LEAFLET"}, "FQty": 1, "FEntryNote": "随货宣传册"});
    let added = kingdee::Line { id: 7, fields: by_people.as_object().unwrap().clone() };
    assert!(desk.erp.by_hand(ORDER, &number, |bill| bill.lines.push(added)));
    let before = desk.only(ORDER).lines[0].id;
    desk.says("order-changed", "delivered").await;
    let bill = desk.only(ORDER);
    let expected = [("A-100-RED", "2"), ("MUG-02", "1.5"), ("FREIGHT", "1"), ("LEAFLET", "1")];
    let found = quantities(&bill);
    assert_eq!(found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!((bill.status, bill.lines[0].id), ('C', before), "the same line, approved again");
    assert_eq!(bill.fields["F_XD_Revision"], "3");
    // Once more changes nothing, and what is older neither.
    desk.says("order-changed", "already_there").await;
    desk.says("order-paid", "already_there").await;
    assert_eq!(desk.only(ORDER), bill);
}

#[tokio::test]
async fn signed_calls_need_no_session() {
    let mut desk = Desk::with(options(), true).await;
    desk.says("order-paid", "delivered").await;
    assert_eq!((desk.only(ORDER).status, desk.erp.counts().logins), ('C', 0));
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_bill() {
    for operation in ["Save", "Submit", "Audit"] {
        let mut desk = Desk::open(options()).await;
        desk.erp.next_meets(operation, Fault::LostReply);
        let first = EVENTS.delivery("order-paid");
        let outcome = desk.hand(first.clone()).await;
        assert_eq!(outcome.as_str(), "uncertain", "{operation}: {outcome:?}");
        let outcome = desk.hand(again(&first)).await;
        assert!(matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere), "{operation}: {outcome:?}");
        assert_eq!((desk.only(ORDER).status, desk.erp.counts().created), ('C', 1), "{operation}");
    }
}

#[tokio::test]
async fn a_refusal_that_left_nothing_behind_is_a_refusal() {
    let mut desk = Desk::open(options()).await;
    desk.erp.next_meets("Save", Fault::Code(11));
    let outcome = desk.hand(EVENTS.delivery("order-paid")).await;
    let Outcome::Rejected(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.vendor_code.as_deref(), error.message()), (Some("11"), "kingdee save: 示例:故障"));
    assert_eq!(desk.erp.bills(ORDER), []);
}

#[tokio::test]
async fn of_several_new_orders_only_the_wrong_one_is_refused() {
    let mut desk = Desk::open(options()).await;
    let batch = [about("order-paid", 1), EVENTS.delivery("order-paid-2"), about("order-paid", 2)];
    let outcomes = desk.driver.deliver(&batch).await;
    let words: Vec<&str> = outcomes.iter().map(Outcome::as_str).collect();
    assert_eq!(words, ["delivered", "rejected", "delivered"]);
    let Outcome::Rejected(error) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!(error.message(), "kingdee save: FMaterialId: 示例:编码不存在");
    let bills = desk.erp.bills(ORDER);
    assert_eq!(bills.iter().map(|bill| bill.status).collect::<String>(), "CC");
    // Login, question, save, look, submit, audit.
    assert_eq!(desk.driver.calls(), 6);
}

#[tokio::test]
async fn a_session_that_ends_is_opened_again() {
    let mut desk = Desk::open(options()).await;
    desk.says("order-paid", "delivered").await;
    desk.erp.end_sessions();
    let outcome = desk.hand(about("order-paid", 1)).await;
    assert_eq!(outcome.as_str(), "delivered", "{outcome:?}");
    let counts = desk.erp.counts();
    assert_eq!((counts.logins, counts.created, counts.strangers), (2, 2, 1));
}

#[tokio::test]
async fn too_many_calls_wait_and_lose_nothing() {
    let mut desk = Desk::open(Options { calls_a_minute: Some(2), ..options() }).await;
    let first = EVENTS.delivery("order-paid");
    let Outcome::Retry(Some(wait), error) = desk.hand(first.clone()).await else { panic!("not a retry") };
    assert_eq!((wait.as_secs(), error.kind()), (60, ErrorKind::RateLimited));
    assert_eq!(desk.only(ORDER).status, 'A');
}

#[tokio::test]
async fn parcels_and_returns_wait_for_their_order_and_take_its_prices() {
    let mut desk = Desk::open(options()).await;
    for name in ["parcel-created", "return-received", "refund-completed"] {
        desk.says(name, "wait").await;
    }
    desk.says("parcel-unlinked", "already_there").await;
    desk.says("refund-requested", "already_there").await;
    desk.says("order-held", "delivered").await;
    desk.says("parcel-created", "wait").await;
    desk.says("order-released", "delivered").await;
    desk.says("parcel-created", "delivered").await;
    let bill = desk.only("SAL_OUTSTOCK");
    assert_eq!((bill.status, &bill.fields["FCarriageNO"]), ('C', &json!("SF1234567890123")));
    let line = |at: usize, name: &str| bill.lines[at].fields[name].to_string();
    assert_eq!((line(0, "FRealQty"), line(0, "FTaxPrice")), ("2".into(), "32.803333".into()));
    assert_eq!((line(1, "FRealQty"), line(1, "FTaxPrice")), ("1.5".into(), "20".into()));
    let order = desk.only(ORDER);
    let link = &bill.lines[0].fields["FEntity_Link"][0];
    assert_eq!(link["FEntity_Link_FSId"], order.lines[0].id.to_string());
    desk.says("parcel-created", "already_there").await;
    desk.says("parcel-without-lines", "already_there").await;
    desk.says("return-received", "delivered").await;
    desk.says("return-received", "already_there").await;
    assert_eq!(desk.only("SAL_RETURNSTOCK").lines[0].fields["FTaxPrice"].to_string(), "32.8");
    desk.says("refund-completed", "delivered").await;
    assert_eq!(desk.only("AR_REFUNDBILL").lines[0].fields["FREFUNDAMOUNTFOR"].to_string(), "5");
    // Goods that left keep the order as it is: people have to look.
    let outcome = desk.hand(EVENTS.delivery("order-cancelled")).await;
    let Outcome::Rejected(error) = outcome else { panic!("{outcome:?}") };
    assert!(error.message().contains("存在下游单据"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_with_what_to_add() {
    let mut desk = Desk::open(options()).await;
    let outcome = desk.hand(EVENTS.delivery("order-without-sku")).await;
    let Outcome::Rejected(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.message(), "line 4012345678902234567 has no seller SKU");
    assert_eq!(desk.erp.bills(ORDER), []);
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let mut desk = Desk::open(Options { password: "another".into(), ..options() }).await;
    let Outcome::Retry(_, error) = desk.hand(EVENTS.delivery("order-paid")).await else {
        panic!("not a retry")
    };
    assert_eq!(error.kind(), ErrorKind::Auth);
}

/// Lost answers, lost sessions, limits and failures, over many orders: in the end the books are as they should be.
#[tokio::test]
async fn chance_changes_nothing_in_the_end() {
    const ORDERS: u64 = 40;
    for seed in 1..=3 {
        let mut desk = Desk::open(options()).await;
        desk.erp.set_faults(Faults { seed, limited: 60, broken: 60, lost_reply: 120, session_lost: 40 });
        let mut order = Rng::named(seed, "order of events");
        let mut left: Vec<(u64, Vec<&str>)> = (1..=ORDERS)
            .map(|number| {
                let life: &[&str] = match number % 4 {
                    0 => &["order-paid"],
                    1 => &["order-paid", "order-changed"],
                    2 => &["order-paid", "order-held", "order-released", "order-cancelled"],
                    _ => &["order-unpaid", "order-paid", "order-changed", "order-shipped"],
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
            match desk.hand(delivery).await {
                Outcome::Delivered | Outcome::AlreadyThere => {
                    life.pop();
                }
                Outcome::Retry(..) | Outcome::Uncertain(_) => {}
                other => panic!("{name} of {number}: {other:?}"),
            }
            left.retain(|(_, life)| !life.is_empty());
        }
        let bills = desk.erp.bills(ORDER);
        assert_eq!((bills.len() as u64, desk.erp.counts().created), (ORDERS, ORDERS), "seed {seed}");
        for (number, bill) in (1..).zip(&bills) {
            let (status, lines): (char, &[&str]) = match number % 4 {
                0 => ('C', &["3", "1.5", "1", "1"]),
                2 => ('D', &["3", "1.5", "1", "1"]),
                _ => ('C', &["2", "1.5", "1"]),
            };
            let found: Vec<String> = quantities(bill).into_iter().map(|(_, quantity)| quantity).collect();
            assert_eq!(
                (bill.status, found.iter().map(String::as_str).collect()),
                (status, lines.to_vec()),
                "{number}"
            );
        }
    }
}
