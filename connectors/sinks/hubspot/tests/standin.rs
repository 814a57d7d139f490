//! The sink against a portal over real HTTP: what is there in the end counts.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use crossdock_connector::{Connector, Delivery, ErrorKind, Outcome, settings};
use crossdock_hubspot::{Config, Hubspot};
use crossdock_testkit::deliveries::{self, Events, rejection, words};
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::hubspot::{Fault, Hubspot as Portal, Options, Record};
use crossdock_testkit::standin::{Clock, stopped};
use jiff::Timestamp;

const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));
const FIRST: &str = "o1-b76088dbec01de8dadf361cc926a8a9959dee9431f674c69c851096d4d4d0e0b";
const SECOND: &str = "o1-48abba11384af31e68f3b55ff93c56e34b8905551f373f49c398fbba037ef69d";

fn noon() -> Clock {
    stopped(Timestamp::from_second(1_795_262_400).unwrap())
}

/// The same again, as after an attempt whose end nobody knows.
fn again(batch: &[Delivery]) -> Vec<Delivery> {
    batch.iter().map(deliveries::again).collect()
}

/// The same order under another number of the shop, so that batches can be larger.
fn copy(name: &str, number: usize, change: impl Fn(String) -> String) -> Delivery {
    let key = EVENTS.event(name).key;
    EVENTS.changed(name, |json| change(json.replace(&key, &format!("o1-{number:064x}"))))
}

fn driver(portal: &Portal, more: &str) -> Driver {
    let login = if more.contains("oauth") { "" } else { "token = { env = 'TOKEN' }" };
    let text = format!("base_url = '{}'\n{login}\n{more}", portal.url());
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|reference| match reference {
        settings::SecretRef::Env("TOKEN") => Ok("demo-private-app-token".to_owned()),
        settings::SecretRef::Env("SECRET") => Ok("demo-client-secret".to_owned()),
        settings::SecretRef::Env("REFRESH") => Ok("demo-refresh-token".to_owned()),
        _ => panic!("no such secret"),
    })
    .unwrap();
    let config: Config = settings::read(table).unwrap();
    Driver::new(&Hubspot::build(config).unwrap()).unwrap().clock(noon())
}

const OAUTH: &str = "oauth = { client_id = 'demo-client', client_secret = { env = 'SECRET' }, refresh_token = { env = 'REFRESH' } }";

fn order(portal: &Portal, key: &str) -> Record {
    portal.find("order", "hub_key", key).unwrap()
}

#[tokio::test]
async fn each_kind_of_event_finds_its_place() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "stages = { paid = 's1', shipped = 's2', cancelled = 's9' }");
    for (name, outcome) in [
        ("order-placed", "delivered"),
        ("order-paid", "delivered"),
        ("order-plain", "delivered"),
        ("parcel-created", "already_there"),
        ("parcel-linked", "delivered"),
        ("milestone-picked-up", "delivered"),
        ("milestone-exception", "delivered"),
        ("milestone-delivered", "delivered"),
        ("milestone-exception-old", "already_there"),
        ("refund-requested", "delivered"),
        ("refund-completed", "delivered"),
        ("order-shipped", "delivered"),
    ] {
        assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&[name])).await), [outcome], "{name}");
    }
    let first = order(&portal, FIRST);
    for (name, value) in [
        ("hs_total_price", "196.31"),
        ("hs_pipeline_stage", "s2"),
        ("hs_fulfillment_status", "shipped"),
        ("hs_shipping_tracking_number", "SF1234567890123"),
        ("hs_shipping_address_name", "张**"),
        ("hub_revision", "4"),
    ] {
        assert_eq!(first.properties[name], value, "{name}");
    }
    assert_eq!(portal.linked("order", &first.id, "line_items"), 2);
    assert_eq!(portal.linked("order", &first.id, "contacts"), 0, "a masked buyer is nobody");
    // Picked up (told by the link and by itself), a problem, delivered, a refund asked for and done.
    assert_eq!(portal.linked("order", &first.id, "notes"), 5);
    let second = order(&portal, SECOND);
    assert_eq!(portal.linked("order", &second.id, "contacts"), 1);
    assert_eq!(portal.records("contacts")[0].properties["email"], "lin@example.com");
    assert!(portal.records("order").iter().all(|record| !format!("{record:?}").contains("example-token")));
    portal.stop().await;
}

#[tokio::test]
async fn two_events_of_one_order_never_share_a_batch() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "lines = { enabled = false }");
    let batch = EVENTS.deliveries(&[
        "order-paid",
        "order-plain",
        "order-shipped",
        "milestone-picked-up",
        "order-cancelled",
    ]);
    assert_eq!(words(&driver.deliver(&batch).await), ["delivered"; 5]);
    let found = order(&portal, FIRST);
    assert_eq!((found.properties["hub_revision"].as_str(), found.writes), ("5", 4));
    // An order with a milestone of its own goes in four conversations: orders 1 and its contact 2, then 1, 4, 1.
    assert_eq!(driver.calls(), 3 + 1 + 4 + 1);
    portal.stop().await;
}

#[tokio::test]
async fn said_twice_is_there_once() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "");
    let batch = EVENTS.deliveries(&["order-paid", "order-plain"]);
    assert_eq!(words(&driver.deliver(&batch).await), ["delivered", "delivered"]);
    let creates = portal.counts().creates;
    assert_eq!(words(&driver.deliver(&again(&batch)).await), ["delivered", "delivered"]);
    assert_eq!(portal.counts().creates, creates);
    assert_eq!((portal.records("order").len(), portal.records("line_items").len()), (2, 3));
    portal.stop().await;
}

#[tokio::test]
async fn a_lost_reply_at_any_step_leaves_no_second_record() {
    let calls = 5;
    for lost in 0..calls {
        let portal = Portal::start(Options::new(noon())).await.unwrap();
        let mut driver = driver(&portal, "");
        let batch = EVENTS.deliveries(&["order-plain"]);
        portal.faults(std::iter::repeat_n(Fault::None, lost).chain([Fault::LostReply]));
        assert_eq!(words(&driver.deliver(&batch).await), ["uncertain"], "{lost}");
        assert_eq!(words(&driver.deliver(&again(&batch)).await), ["delivered"], "{lost}");
        let found = order(&portal, SECOND);
        assert_eq!(portal.records("order").len(), 1);
        assert_eq!(portal.records("line_items").len(), 1);
        assert_eq!(portal.records("contacts").len(), 1);
        assert_eq!(portal.linked("order", &found.id, "line_items"), 1);
        assert_eq!(portal.linked("order", &found.id, "contacts"), 1);
        portal.stop().await;
    }
}

#[tokio::test]
async fn an_older_state_never_overwrites_a_newer_one() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "");
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-cancelled"])).await), ["delivered"]);
    let newest = order(&portal, FIRST);
    // A replay, and an attempt that comes back late.
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-shipped-again"])).await), ["already_there"]);
    assert_eq!(words(&driver.deliver(&again(&EVENTS.deliveries(&["order-paid"]))).await), ["already_there"]);
    assert_eq!(order(&portal, FIRST), newest);
    assert_eq!(newest.properties["hub_revision"], "5");
    portal.stop().await;
}

#[tokio::test]
async fn one_bad_record_holds_up_no_other() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "");
    let mut batch: Vec<Delivery> = (1..=20).map(|number| copy("order-paid", number, |json| json)).collect();
    // A currency the portal does not know: HTTP 207.
    batch[6] = copy("order-paid", 7, |json| json.replace("\"CNY\"", "\"XTS\""));
    let outcomes = driver.deliver(&batch).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.as_str(), if at == 6 { "rejected" } else { "delivered" }, "{at}");
    }
    assert!(rejection(&outcomes[6]).contains("hs_currency_code has an unsupported value: XTS"));
    assert_eq!(portal.records("order").len(), 19);
    assert_eq!(portal.records("line_items").len(), 38);
    portal.stop().await;
}

#[tokio::test]
async fn a_batch_refused_as_a_whole_is_cut_until_it_fits() {
    let mut options = Options::new(noon());
    options.properties.push(("order", "hub_buyer_note".to_owned(), false));
    let portal = Portal::start(options).await.unwrap();
    // `hub_missing` is no property of the portal: whoever sends it spoils the whole batch.
    let more = "fields = { hub_buyer_note = 'order.buyer_note', hub_missing = 'order.seller_note' }";
    let mut driver = driver(&portal, more);
    let mut batch: Vec<Delivery> = (1..=16).map(|number| copy("order-paid", number, |json| json)).collect();
    batch[10] = copy("order-paid", 11, |json| {
        json.replace("\"buyer_note\":", "\"seller_note\":\"call Lin Yi\",\"buyer_note\":")
    });
    let outcomes = driver.deliver(&batch).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.as_str(), if at == 10 { "rejected" } else { "delivered" }, "{at}");
    }
    assert!(rejection(&outcomes[10]).contains("Property \"hub_missing\" does not exist"));
    assert_eq!(portal.records("order").len(), 15);
    assert!(driver.calls() < 30, "{}", driver.calls());
    portal.stop().await;
}

#[tokio::test]
async fn a_refusal_does_not_repeat_what_we_sent_about_people() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "");
    let bad = copy("order-plain", 1, |json| json.replace("Lin@Example.com", "lin@nowhere.invalid"));
    let outcomes = driver.deliver(&[bad]).await;
    let said = rejection(&outcomes[0]);
    assert!(said.contains("property email has an unsupported value") && !said.contains("lin@"), "{said}");
    portal.stop().await;
}

#[tokio::test]
async fn a_refund_waits_for_its_order() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "");
    let refund = EVENTS.deliveries(&["refund-requested"]);
    assert_eq!(words(&driver.deliver(&refund).await), ["wait"]);
    assert!(portal.records("notes").is_empty() && portal.records("order").is_empty());
    driver.deliver(&EVENTS.deliveries(&["order-paid"])).await;
    assert_eq!(words(&driver.deliver(&again(&refund)).await), ["delivered"]);
    let outcomes = driver.deliver(&EVENTS.deliveries(&["refund-without-order"])).await;
    assert!(rejection(&outcomes[0]).contains("names no order"));
    portal.stop().await;
}

#[tokio::test]
async fn a_milestone_makes_its_order_or_waits_as_configured() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut waits = driver(&portal, "orders_from_milestones = false");
    assert_eq!(words(&waits.deliver(&EVENTS.deliveries(&["milestone-delivered"])).await), ["wait"]);
    let mut makes = driver(&portal, "");
    assert_eq!(words(&makes.deliver(&EVENTS.deliveries(&["milestone-delivered"])).await), ["delivered"]);
    assert_eq!(order(&portal, FIRST).properties["hs_order_name"], "SF1234567890123");
    // The order itself fills it in and keeps what the parcel said.
    makes.deliver(&EVENTS.deliveries(&["order-paid"])).await;
    let found = order(&portal, FIRST);
    assert_eq!(found.properties["hs_order_name"], "4012345678901234567");
    assert_eq!(found.properties["hs_shipping_tracking_number"], "SF1234567890123");
    assert_eq!((portal.records("order").len(), portal.linked("order", &found.id, "notes")), (1, 1));
    portal.stop().await;
}

#[tokio::test]
async fn limits_are_waited_for() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "portal_zone = 'Asia/Shanghai'");
    let batch = EVENTS.deliveries(&["order-plain"]);
    for (fault, seconds) in [(Fault::Limited, 10), (Fault::DailyLimited, 4 * 3600), (Fault::Locked, 2)] {
        portal.faults([fault]);
        match &driver.deliver(&batch).await[0] {
            Outcome::Retry(Some(wait), _) => assert_eq!(wait.as_secs(), seconds, "{fault:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
    }
    // A limit in the middle: what is written stays, the rest follows.
    portal.faults([Fault::None, Fault::None, Fault::Limited]);
    assert_eq!(words(&driver.deliver(&batch).await), ["retry"]);
    assert_eq!(words(&driver.deliver(&again(&batch)).await), ["delivered"]);
    assert_eq!(portal.records("line_items").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn a_broken_gateway_is_tried_again() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "");
    portal.faults([Fault::Broken]);
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-paid"])).await), ["retry"]);
    portal.server().set_down(true);
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-paid"])).await), ["uncertain"]);
    portal.server().set_down(false);
    assert_eq!(words(&driver.deliver(&again(&EVENTS.deliveries(&["order-paid"]))).await), ["delivered"]);
    portal.stop().await;
}

#[tokio::test]
async fn a_token_that_ends_is_renewed() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, OAUTH);
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-paid"])).await), ["delivered"]);
    assert_eq!(portal.counts().logins, 1);
    // Dead in the middle of a conversation: a new one, and once more from the start.
    portal.faults([Fault::None, Fault::TokensDead]);
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-shipped"])).await), ["delivered"]);
    assert_eq!((portal.counts().logins, portal.counts().refused), (2, 1));
    assert_eq!(portal.records("order").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn a_private_app_without_its_scope_says_so() {
    let portal = Portal::start(Options::new(noon())).await.unwrap();
    let mut driver = driver(&portal, "");
    portal.faults([Fault::NoScope]);
    match &driver.deliver(&EVENTS.deliveries(&["order-paid"])).await[0] {
        Outcome::Retry(None, error) => {
            assert_eq!(error.kind(), ErrorKind::Auth);
            assert_eq!(error.vendor_code.as_deref(), Some("MISSING_SCOPES"));
        }
        other => panic!("{other:?}"),
    }
    portal.stop().await;
}
