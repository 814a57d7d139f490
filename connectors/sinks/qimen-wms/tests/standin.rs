//! The sink against a warehouse that behaves as the fact sheet says: what it holds in the end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use std::collections::BTreeSet;
use std::time::Duration;

use crossdock_connector::{Connector, ConnectorConfig, Delivery, ErrorKind, Outcome, settings};
use crossdock_qimen_wms::{Config, QimenWms};
use crossdock_testkit::deliveries::Events;
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::qimen::{Fault, Options, Second, Warehouse};
use crossdock_testkit::standin::stopped;

const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));
const CODE: &str = "XDb76088dbec01de8dadf361cc926a8a99";

struct Stage {
    warehouse: Warehouse,
    driver: Driver,
}

impl Stage {
    async fn hand(&mut self, delivery: Delivery) -> Outcome {
        self.driver.deliver(&[delivery]).await.remove(0)
    }

    async fn word(&mut self, name: &str, attempt: u32) -> &'static str {
        self.hand(EVENTS.attempt(name, attempt)).await.as_str()
    }

    /// Hands an event over until it is done; at no time there are two delivery orders that will be carried out.
    async fn until_done(&mut self, name: &str) {
        for attempt in 1..9 {
            let outcome = self.word(name, attempt).await;
            assert!(self.live().len() <= 1, "{name}, attempt {attempt}: {:?}", self.live());
            if matches!(outcome, "delivered" | "already_there") {
                return;
            }
            assert!(matches!(outcome, "uncertain" | "retry"), "{name}, attempt {attempt}: {outcome}");
        }
        panic!("{name} does not get there");
    }

    /// The codes that will be carried out.
    fn live(&self) -> Vec<String> {
        let all = self.warehouse.deliveries().into_iter();
        all.filter(|(_, one)| one.status != "CANCELED").map(|(code, _)| code).collect()
    }
}

async fn stage(second: Second, answers_queries: bool, change: &[(&str, &str)]) -> Stage {
    let now = stopped("2026-11-21T12:01:00Z".parse().unwrap());
    let warehouse = Warehouse::start(Options {
        app_key: "demo-key".into(),
        secret: "demo-secret".into(),
        customer_id: "stub-cust".into(),
        items: BTreeSet::from(["A-100-RED".to_owned(), "GIFT-1".to_owned()]),
        second,
        answers_queries,
        clock: now.clone(),
    })
    .await
    .unwrap();
    let mut text = Config::example().replace("https://wms.example.com/qimen/service", &warehouse.url());
    for (from, to) in change {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("demo-secret".to_owned())).unwrap();
    let parts = QimenWms::build(settings::read::<Config>(table).unwrap()).unwrap();
    Stage { warehouse, driver: Driver::new(&parts).unwrap().clock(now).timeout(Duration::from_millis(500)) }
}

/// An event of the fixtures, some texts of it replaced. A later attempt comes after one of which nobody knows.
fn changed(name: &str, attempt: u32, change: &[(&str, &str)]) -> Delivery {
    let changed = EVENTS.changed(name, |mut json| {
        for (from, to) in change {
            assert!(json.contains(from), "{from} is not in {name}");
            json = json.replace(from, to);
        }
        json
    });
    Delivery { attempt, maybe_there: attempt > 1, ..changed }
}

const RECREATE: (&str, &str) = ("changes = \"reject\"", "changes = \"recreate\"");

#[tokio::test]
async fn an_order_is_there_once_however_often_it_is_told() {
    for second in [Second::Success, Second::Refusal] {
        let mut stage = stage(second, true, &[]).await;
        assert_eq!(stage.word("order-placed-paid", 1).await, "delivered");
        let again = stage.word("order-paid", 1).await;
        assert_eq!(again, if second == Second::Success { "delivered" } else { "already_there" });
        for name in
            ["order-confirmed", "order-note-changed", "order-shipped", "order-unpaid", "milestone-delivered"]
        {
            assert_eq!(stage.word(name, 1).await, "already_there", "{name}");
        }
        assert_eq!((stage.live(), stage.warehouse.counts().created), (vec![CODE.to_owned()], 1));
        let there = stage.warehouse.delivery(CODE).unwrap();
        assert_eq!(there.receiver.0, "林小满");
        assert_eq!(there.lines[0].1, "A-100-RED");
        assert_eq!(there.amounts, ("62.51".to_owned(), "0.00".to_owned()));
        assert_eq!(stage.warehouse.counts().refused, 0);
        stage.warehouse.stop().await;
    }
}

#[tokio::test]
async fn what_was_lost_on_the_way_is_asked_for_first() {
    for fault in [Fault::LostReply, Fault::GatewayTimeout] {
        let mut stage = stage(Second::Refusal, true, &[]).await;
        stage.warehouse.fail_after(0, fault);
        assert_eq!(stage.word("order-paid", 1).await, "uncertain", "{fault:?}");
        assert_eq!(stage.word("order-paid", 2).await, "already_there", "{fault:?}");
        // A cancellation is asked for as well.
        stage.warehouse.fail_after(1, fault);
        assert_eq!(stage.word("order-cancelled", 1).await, "uncertain", "{fault:?}");
        assert_eq!(stage.word("order-cancelled", 2).await, "already_there", "{fault:?}");
        let counts = stage.warehouse.counts();
        assert_eq!((counts.created, counts.seconds, counts.cancelled), (1, 0, 1), "{fault:?}");
        assert!(stage.live().is_empty());
        stage.warehouse.stop().await;
    }
    let mut stage = stage(Second::Refusal, true, &[]).await;
    stage.warehouse.fail_after(0, Fault::HangUp);
    assert_eq!(stage.word("order-paid", 1).await, "uncertain");
    assert!(stage.warehouse.deliveries().is_empty());
    assert_eq!(stage.word("order-paid", 2).await, "delivered");
    stage.warehouse.fail_after(0, Fault::HangUp);
    assert_eq!(stage.word("order-confirmed", 1).await, "retry");
    stage.warehouse.fail_after(0, Fault::Gateway);
    assert_eq!(stage.word("order-confirmed", 1).await, "retry");
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn a_hold_calls_off_and_a_release_creates_anew() {
    let mut stage = stage(Second::Refusal, true, &[]).await;
    assert_eq!(stage.word("order-paid", 1).await, "delivered");
    assert_eq!(stage.word("order-held", 1).await, "delivered");
    assert!(stage.live().is_empty());
    assert_eq!(stage.word("order-held", 2).await, "already_there");
    assert_eq!(stage.word("order-released", 1).await, "delivered");
    assert_eq!(stage.word("order-released", 2).await, "already_there");
    assert_eq!(stage.live(), [format!("{CODE}-3")]);
    assert_eq!(stage.warehouse.delivery(&format!("{CODE}-3")).unwrap().previous, CODE);
    // What comes later finds the one that counts.
    assert_eq!(stage.word("order-cancelled-later", 1).await, "delivered");
    assert!(stage.live().is_empty());
    assert_eq!((stage.warehouse.counts().created, stage.warehouse.counts().cancelled), (2, 2));
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn a_refund_before_shipping_leaves_what_is_left() {
    let mut stage = stage(Second::Refusal, true, &[]).await;
    assert_eq!(stage.word("order-paid", 1).await, "delivered");
    assert_eq!(stage.word("order-refund-open", 1).await, "delivered");
    assert!(stage.live().is_empty());
    assert_eq!(stage.word("order-refund-closed", 1).await, "delivered");
    let there = stage.warehouse.delivery(&format!("{CODE}-5")).unwrap();
    assert_eq!(there.lines.iter().map(|line| line.2).collect::<Vec<_>>(), [1, 1]);
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn a_change_is_for_people_unless_it_may_be_replaced() {
    let mut stage = stage(Second::Refusal, true, &[]).await;
    assert_eq!(stage.word("order-paid", 1).await, "delivered");
    for name in ["order-address-changed", "order-quantity-changed"] {
        let Outcome::Rejected(error) = stage.hand(EVENTS.attempt(name, 1)).await else { panic!("{name}") };
        assert!(error.message().contains("no update"), "{error}");
    }
    assert_eq!(stage.live(), [CODE]);
    stage.warehouse.stop().await;
}

/// Every call of a replacement may be the one whose answer is lost: in the end there is one delivery order, the right
/// one, and never two at a time.
#[tokio::test]
async fn a_replacement_survives_every_loss() {
    for fault in [Fault::LostReply, Fault::HangUp, Fault::GatewayTimeout] {
        for lost in 0..8 {
            let mut stage = stage(Second::Refusal, true, &[RECREATE]).await;
            assert_eq!(stage.word("order-paid", 1).await, "delivered");
            stage.warehouse.fail_after(lost, fault);
            stage.until_done("order-address-changed").await;
            assert_eq!(stage.live(), [format!("{CODE}-4")], "{fault:?} at {lost}");
            let there = stage.warehouse.delivery(&format!("{CODE}-4")).unwrap();
            assert_eq!(there.receiver.2, "示范路2号");
            // And once more, after it was replaced already.
            stage.until_done("order-address-changed-again").await;
            assert_eq!(stage.live(), [format!("{CODE}-5")]);
            stage.warehouse.stop().await;
        }
    }
}

#[tokio::test]
async fn shipped_is_too_late() {
    let mut stage = stage(Second::Refusal, true, &[RECREATE]).await;
    assert_eq!(stage.word("order-paid", 1).await, "delivered");
    assert!(stage.warehouse.set_status(CODE, "DELIVERED"));
    assert_eq!(stage.word("order-confirmed", 1).await, "already_there");
    for name in ["order-cancelled", "order-address-changed"] {
        let Outcome::Rejected(error) = stage.hand(EVENTS.attempt(name, 1)).await else { panic!("{name}") };
        assert!(error.message().contains("too late"), "{error}");
    }
    assert_eq!(stage.live(), [CODE]);
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn a_return_waits_for_its_delivery_order_and_names_its_articles() {
    let mut stage = stage(Second::Refusal, true, &[]).await;
    assert_eq!(stage.word("return-agreed", 1).await, "wait");
    assert_eq!(stage.word("order-paid", 1).await, "delivered");
    assert!(stage.warehouse.set_status(CODE, "DELIVERED"));
    stage.warehouse.fail_after(1, Fault::LostReply);
    assert_eq!(stage.word("return-agreed", 1).await, "uncertain");
    assert_eq!(stage.word("return-agreed", 2).await, "already_there");
    assert_eq!(stage.word("return-shipped", 1).await, "already_there");
    let returns = stage.warehouse.returns();
    assert_eq!(returns.len(), 1);
    assert_eq!(returns[0].1.previous, CODE);
    assert_eq!(returns[0].1.lines, [("A-100-RED".to_owned(), 1)]);
    for name in ["refund-only", "return-requested"] {
        assert_eq!(stage.word(name, 1).await, "already_there");
    }
    assert_eq!(stage.word("return-closed", 1).await, "delivered");
    assert_eq!(stage.warehouse.returns()[0].1.status, "CANCELED");
    assert_eq!(stage.word("return-closed", 2).await, "already_there");
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn a_protected_receiver_arrives_as_its_token_and_nothing_else() {
    let mut stage = stage(Second::Refusal, true, &[]).await;
    assert_eq!(stage.word("order-protected-and-known", 1).await, "delivered");
    let there = stage.warehouse.delivery(CODE).unwrap();
    assert_eq!(there.oaid, "oaid-demo-000001");
    assert_eq!(there.receiver, ("林**".to_owned(), "138****0001".to_owned(), "***".to_owned()));
    let Outcome::Rejected(error) = stage.hand(EVENTS.attempt("order-masked", 2)).await else { panic!() };
    assert!(error.message().contains("no token"), "{error}");
    stage.warehouse.stop().await;
    // Sent all the same, a warehouse that looks says what is missing.
    let send = ("masked_receivers = \"reject\"", "masked_receivers = \"send\"");
    let mut stage = self::stage(Second::Refusal, true, &[send]).await;
    let Outcome::Rejected(error) = stage.hand(EVENTS.attempt("order-masked", 1)).await else { panic!() };
    assert_eq!((error.message(), error.vendor_code.as_deref()), ("收件人信息已脱敏,缺少oaid", Some("V103")));
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn an_unknown_article_is_told_in_the_warehouses_words() {
    let mut stage = stage(Second::Refusal, true, &[]).await;
    let outcome = stage.hand(changed("order-paid", 1, &[("TS-RED-L", "A-999")])).await;
    let Outcome::Rejected(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.message(), error.vendor_code.as_deref()), ("商品编码 A-999 不存在", Some("V101")));
    assert!(error.to_string().contains("top_request_id r-1"), "{error}");
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn a_rule_says_what_this_warehouse_means() {
    let busy = ("[[rules]]", "[[rules]]\ncode = \"W900\"\nmeans = \"retry\"\n\n[[rules]]");
    let mut stage = stage(Second::Refusal, true, &[busy]).await;
    stage.warehouse.fail_after(0, Fault::Busy);
    let outcome = stage.hand(EVENTS.attempt("order-paid", 1)).await;
    let Outcome::Retry(_, error) = &outcome else { panic!("{outcome:?}") };
    assert_eq!((error.kind(), error.vendor_code.as_deref()), (ErrorKind::Unavailable, Some("W900")));
    assert_eq!(stage.word("order-paid", 1).await, "delivered");
    stage.warehouse.stop().await;
    let mut stage = self::stage(Second::Refusal, true, &[]).await;
    stage.warehouse.fail_after(0, Fault::Busy);
    assert_eq!(stage.word("order-paid", 1).await, "rejected");
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn a_warehouse_that_cannot_be_asked() {
    let text = [("evidence = \"query\"", "evidence = \"text\""), ("held = \"cancel\"", "held = \"ignore\"")];
    let mut stage = stage(Second::Refusal, false, &text).await;
    stage.warehouse.fail_after(0, Fault::LostReply);
    assert_eq!(stage.word("order-paid", 1).await, "uncertain");
    assert_eq!(stage.word("order-paid", 2).await, "already_there");
    assert_eq!(stage.word("order-note-changed", 1).await, "already_there");
    assert_eq!(stage.word("order-address-changed", 1).await, "rejected");
    assert_eq!(stage.word("order-cancelled", 1).await, "delivered");
    assert_eq!(stage.word("order-cancelled", 2).await, "already_there");
    assert_eq!(stage.warehouse.counts().created, 1);
    stage.warehouse.stop().await;
    // With the default it says what is wrong, instead of taking a refusal for a no.
    let mut stage = self::stage(Second::Refusal, false, &[]).await;
    let Outcome::Rejected(error) = stage.hand(EVENTS.attempt("order-confirmed", 1)).await else { panic!() };
    assert!(error.message().contains("does not say whether it has the document: 接口未实现"), "{error}");
    assert!(stage.warehouse.deliveries().is_empty());
    stage.warehouse.stop().await;
}

#[tokio::test]
async fn wrong_keys_are_for_people() {
    let mut stage = stage(Second::Refusal, true, &[]).await;
    let mut table: toml::Table = Config::example()
        .replace("https://wms.example.com/qimen/service", &stage.warehouse.url())
        .parse()
        .unwrap();
    settings::resolve(&mut table, &|_| Ok("another-secret".to_owned())).unwrap();
    let parts = QimenWms::build(settings::read::<Config>(table).unwrap()).unwrap();
    let now = stopped("2026-11-21T12:01:00Z".parse().unwrap());
    stage.driver = Driver::new(&parts).unwrap().clock(now);
    let outcome = stage.hand(EVENTS.attempt("order-paid", 1)).await;
    let Outcome::Retry(_, error) = &outcome else { panic!("{outcome:?}") };
    assert_eq!((error.kind(), error.vendor_code.as_deref()), (ErrorKind::Auth, Some("TOP15")));
    assert_eq!(stage.warehouse.counts().refused, 1);
    stage.warehouse.stop().await;
}
