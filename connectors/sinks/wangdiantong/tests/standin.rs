//! The sink against a server that behaves as WDT does: what it holds in the end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use std::time::Duration;

use crossdock_connector::{Connector, Delivery, ErrorKind, Outcome, Secret, settings};
use crossdock_testkit::deliveries::{Events, words};
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::stopped;
use crossdock_testkit::standin::wangdiantong::{Fault, Generation, Options, Wangdiantong as Wdt};
use crossdock_wangdiantong::{Config, Wangdiantong};

const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));
const TID: &str = "tb-4012345678901234567";
const SECOND: &str = "tb-4012345678901234577";

struct Stage {
    wdt: Wdt,
    driver: Driver,
}

async fn stage(generation: Generation, more: &str) -> Stage {
    let now = stopped("2026-11-21T12:01:00Z".parse().unwrap());
    let wdt = Wdt::start(Options {
        generation,
        sid: "demo".into(),
        appkey: "demo-key".into(),
        secret: "demo-secret".into(),
        salt: "demo-salt".into(),
        shops: vec!["S001".into()],
        clock: now.clone(),
    })
    .await
    .unwrap();
    let (name, secret) = match generation {
        Generation::Qyb => ("qyb", "demo-secret"),
        Generation::Y => ("y", "demo-secret"),
        Generation::Qjb => ("qjb", "demo-secret:demo-salt"),
    };
    let text = format!(
        "generation = '{name}'\nsid = 'demo'\nappkey = 'demo-key'\nappsecret = {{ env = 'S' }}\nbase_url = '{}'\n\
         shops = {{ taobao = 'S001', shopify = 'S009' }}\nprefixes = {{ taobao = 'tb-', shopify = 'sp-' }}\n{more}",
        wdt.url()
    );
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok(secret.to_owned())).unwrap();
    let parts = Wangdiantong::build(settings::read::<Config>(table).unwrap()).unwrap();
    Stage { wdt, driver: Driver::new(&parts).unwrap().clock(now).timeout(Duration::from_millis(500)) }
}

/// An event of the fixtures, some texts of it replaced.
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

const ALL: [Generation; 3] = [Generation::Qyb, Generation::Y, Generation::Qjb];

#[tokio::test]
async fn orders_and_refunds_arrive_once_in_every_generation() {
    for generation in ALL {
        let mut stage = stage(generation, "").await;
        let first = [EVENTS.attempt("order-paid", 1), EVENTS.attempt("order-paid-second", 1)];
        assert_eq!(words(&stage.driver.deliver(&first).await), ["delivered", "delivered"]);
        assert_eq!(stage.driver.calls(), 1, "{generation:?}");
        let order = stage.wdt.order(TID).unwrap();
        assert_eq!((&order["trade_status"], &order["receiver_name"]), (&30.into(), &"林小满".into()));
        assert_eq!(order["buyer_message"], "请放门口");
        assert_eq!(order["order_list"].as_array().unwrap().len(), 2);
        let refund = [EVENTS.attempt("refund-requested", 1)];
        assert_eq!(words(&stage.driver.deliver(&refund).await), ["delivered"]);
        assert_eq!(stage.wdt.refund("tb-32").unwrap()["status"], 2);
        // The line is what stops the picker.
        assert_eq!(
            words(&stage.driver.deliver(&[EVENTS.attempt("order-line-refund", 1)]).await),
            ["delivered"]
        );
        let lines = stage.wdt.order(TID).unwrap()["order_list"].clone();
        let back: Vec<u64> =
            lines.as_array().unwrap().iter().map(|l| l["refund_status"].as_u64().unwrap()).collect();
        assert!(back.contains(&2), "{back:?}");
        assert_eq!(
            words(&stage.driver.deliver(&[EVENTS.attempt("refund-completed", 1)]).await),
            ["delivered"]
        );
        assert_eq!(stage.wdt.refund("tb-32").unwrap()["status"], 5);
        assert_eq!(
            words(&stage.driver.deliver(&[EVENTS.attempt("order-cancelled", 1)]).await),
            ["delivered"]
        );
        assert_eq!(stage.wdt.order(TID).unwrap()["trade_status"], 80);
        assert_eq!(stage.wdt.documents(), (2, 1));
        let counts = stage.wdt.counts();
        assert_eq!((counts.refused, counts.frozen, counts.collisions), (0, 0, 0), "{generation:?}");
        stage.wdt.stop().await;
    }
}

#[tokio::test]
async fn a_lost_reply_makes_no_second_document() {
    for generation in ALL {
        let mut stage = stage(generation, "").await;
        stage.wdt.fail_next(1, Fault::LostReply);
        let outcomes = stage.driver.deliver(&[EVENTS.attempt("order-paid", 1)]).await;
        assert_eq!(words(&outcomes), ["uncertain"]);
        assert_eq!(stage.wdt.documents(), (1, 0));
        assert_eq!(words(&stage.driver.deliver(&[EVENTS.attempt("order-paid", 2)]).await), ["delivered"]);
        stage.wdt.fail_next(1, Fault::LostReply);
        assert_eq!(
            words(&stage.driver.deliver(&[EVENTS.attempt("refund-requested", 1)]).await),
            ["uncertain"]
        );
        assert_eq!(
            words(&stage.driver.deliver(&[EVENTS.attempt("refund-requested", 2)]).await),
            ["delivered"]
        );
        assert_eq!(stage.wdt.documents(), (1, 1));
        let counts = stage.wdt.counts();
        assert_eq!((counts.created, counts.changed), (2, 2));
        stage.wdt.stop().await;
    }
}

#[tokio::test]
async fn a_changed_price_does_not_touch_what_is_frozen() {
    let mut stage = stage(Generation::Qyb, "").await;
    stage.driver.deliver(&[EVENTS.attempt("order-paid", 1)]).await;
    assert_eq!(
        words(&stage.driver.deliver(&[EVENTS.attempt("order-price-changed", 1)]).await),
        ["delivered"]
    );
    let order = stage.wdt.order(TID).unwrap();
    assert_eq!(order["paid"], "59.5100");
    let lines = order["order_list"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["price"] == "30.0000" && line["discount"] == "5.0000"), "{lines:?}");
    assert_eq!(stage.wdt.counts().frozen, 0);
    stage.wdt.stop().await;
}

#[tokio::test]
async fn one_bad_order_holds_nobody_up() {
    // A time after the server's clock is what WDT calls an illegal time.
    let future = [("2026-11-21T19:58:00+08:00", "2026-11-21T23:58:00+08:00")];
    for generation in ALL {
        let mut stage = stage(generation, "").await;
        let batch = [EVENTS.attempt("order-paid", 1), changed("order-paid-second", 1, &future)];
        let outcomes = stage.driver.deliver(&batch).await;
        if generation == Generation::Qjb {
            assert_eq!(words(&outcomes), ["delivered", "rejected"]);
        } else {
            // All were refused, and nobody says for which.
            assert_eq!(words(&outcomes), ["retry", "retry"]);
            assert_eq!(stage.wdt.documents(), (0, 0));
        }
        let again = [EVENTS.attempt("order-paid", 2), changed("order-paid-second", 2, &future)];
        let outcomes = stage.driver.deliver(&again).await;
        assert_eq!(words(&outcomes), ["delivered", "rejected"], "{generation:?}");
        let Outcome::Rejected(error) = &outcomes[1] else { panic!("{outcomes:?}") };
        assert_eq!(error.message(), "下单时间非法");
        assert!(stage.wdt.order(TID).is_some() && stage.wdt.order(SECOND).is_none());
        stage.wdt.stop().await;
    }
}

#[tokio::test]
async fn one_buyers_orders_go_one_by_one() {
    let mut stage = stage(Generation::Qyb, "").await;
    let same = [("demo_nick_02", "demo_nick_01")];
    let batch = [EVENTS.attempt("order-paid", 1), changed("order-paid-second", 1, &same)];
    assert_eq!(words(&stage.driver.deliver(&batch).await), ["delivered", "delivered"]);
    assert_eq!((stage.driver.calls(), stage.wdt.documents()), (2, (2, 0)));
    stage.wdt.stop().await;
}

#[tokio::test]
async fn two_events_of_one_order_keep_their_order() {
    let mut stage = stage(Generation::Y, "").await;
    let batch = [
        EVENTS.attempt("order-paid", 1),
        EVENTS.attempt("order-shipped", 1),
        EVENTS.attempt("order-cancelled", 1),
    ];
    assert_eq!(words(&stage.driver.deliver(&batch).await), ["delivered"; 3]);
    assert_eq!(stage.wdt.order(TID).unwrap()["trade_status"], 80);
    assert_eq!(stage.wdt.counts().calls, 3);
    stage.wdt.stop().await;
}

#[tokio::test]
async fn a_refund_waits_for_its_order() {
    let words_of_qjb = "wait_texts = ['原始订单不存在']";
    for (generation, more) in [(Generation::Qyb, ""), (Generation::Y, ""), (Generation::Qjb, words_of_qjb)] {
        let mut stage = stage(generation, more).await;
        let outcomes = stage.driver.deliver(&[EVENTS.attempt("refund-requested", 1)]).await;
        assert_eq!(words(&outcomes), ["wait"], "{generation:?}");
        stage.driver.deliver(&[EVENTS.attempt("order-paid", 1)]).await;
        assert_eq!(
            words(&stage.driver.deliver(&[EVENTS.attempt("refund-requested", 2)]).await),
            ["delivered"]
        );
        stage.wdt.stop().await;
    }
}

#[tokio::test]
async fn names_made_from_keys_tie_refunds_to_orders() {
    let mut stage = stage(Generation::Qjb, "order_names = 'key'").await;
    let batch = [
        EVENTS.attempt("order-paid", 1),
        EVENTS.attempt("refund-by-key", 1),
        EVENTS.attempt("return-several-lines", 1),
    ];
    assert_eq!(words(&stage.driver.deliver(&batch).await), ["delivered"; 3]);
    // The case of two lines is two refunds over there.
    assert_eq!(stage.wdt.documents(), (1, 3));
    stage.wdt.stop().await;
}

#[tokio::test]
async fn faults_are_told_apart() {
    for (generation, fault, expected, wait) in [
        (Generation::Qjb, Fault::TooMany, ErrorKind::RateLimited, Some(300)),
        (Generation::Qjb, Fault::Busy, ErrorKind::RateLimited, Some(300)),
        (Generation::Qjb, Fault::Database, ErrorKind::Unavailable, None),
        (Generation::Qyb, Fault::Busy, ErrorKind::Unavailable, Some(60)),
        (Generation::Qyb, Fault::TooMany, ErrorKind::RateLimited, Some(300)),
        (Generation::Qyb, Fault::Database, ErrorKind::Unavailable, None),
    ] {
        let mut stage = stage(generation, "").await;
        stage.wdt.fail_next(1, fault);
        let outcomes = stage.driver.deliver(&[EVENTS.attempt("order-paid", 1)]).await;
        let Outcome::Retry(given, error) = &outcomes[0] else { panic!("{fault:?}: {outcomes:?}") };
        assert_eq!(
            (error.kind(), *given),
            (expected, wait.map(Duration::from_secs)),
            "{generation:?} {fault:?}"
        );
        assert_eq!(words(&stage.driver.deliver(&[EVENTS.attempt("order-paid", 2)]).await), ["delivered"]);
        stage.wdt.stop().await;
    }
}

#[tokio::test]
async fn a_shop_that_is_not_there_and_wrong_keys_are_for_people() {
    let mut stage = stage(Generation::Qyb, "").await;
    let outcomes = stage.driver.deliver(&[changed("order-paid", 1, &[("taobao", "shopify")])]).await;
    let Outcome::Retry(_, error) = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!((error.kind(), error.vendor_code.as_deref()), (ErrorKind::Auth, Some("2310")));
    stage.wdt.stop().await;
    for (generation, code) in [(Generation::Qyb, "9001"), (Generation::Qjb, "1")] {
        let other = self::stage(generation, "").await;
        let text = format!(
            "generation = '{}'\nsid = 'demo'\nappkey = 'demo-key'\nappsecret = {{ env = 'S' }}\nbase_url = '{}'\n\
             shops = {{ '*' = 'S001' }}\nprefixes = {{ taobao = 'tb-' }}",
            if generation == Generation::Qjb { "qjb" } else { "qyb" },
            other.wdt.url()
        );
        let mut table: toml::Table = text.parse().unwrap();
        settings::resolve(&mut table, &|_| Ok("wrong:demo-salt".to_owned())).unwrap();
        let parts = Wangdiantong::build(settings::read::<Config>(table).unwrap()).unwrap();
        let clock = stopped("2026-11-21T12:01:00Z".parse().unwrap());
        let mut driver = Driver::new(&parts).unwrap().clock(clock);
        let outcomes = driver.deliver(&[EVENTS.attempt("order-paid", 1)]).await;
        let Outcome::Retry(_, error) = &outcomes[0] else { panic!("{outcomes:?}") };
        assert_eq!((error.kind(), error.vendor_code.as_deref()), (ErrorKind::Auth, Some(code)));
        assert_eq!(other.wdt.documents(), (0, 0));
        other.wdt.stop().await;
    }
}

#[test]
fn a_secret_without_its_salt_is_refused() {
    let text = "generation = 'qjb'\nsid = 'demo'\nappkey = 'k'\nappsecret = { env = 'S' }\nshops = { '*' = 'S001' }\nprefixes = { taobao = 'tb-' }";
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("only-half".to_owned())).unwrap();
    let config: Config = settings::read(table).unwrap();
    assert!(format!("{config:?}").contains("redacted") && config.appsecret == Secret::new("only-half"));
    let Err(error) = Wangdiantong::build(config) else { panic!("accepted") };
    assert_eq!(error.path.as_deref(), Some("appsecret"));
    assert!(!error.to_string().contains("only-half"), "{error}");
}
