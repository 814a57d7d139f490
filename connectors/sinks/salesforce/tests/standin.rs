//! The sink against an org over real HTTP: what is there in the end counts.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a helper of a test fails as the test itself does"
)]

use crossdock_connector::{Connector, Delivery, HttpSink, Outcome, SinkPart, settings};
use crossdock_salesforce::{Config, Salesforce};
use crossdock_testkit::deliveries::{self, Events, rejection, words};
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::salesforce::{Fault, Options, Record, Salesforce as Org};
use crossdock_testkit::standin::{Clock, stopped};
use jiff::Timestamp;
use serde_json::json;

const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));
const FIRST: &str = "o1-b76088dbec01de8dadf361cc926a8a9959dee9431f674c69c851096d4d4d0e0b";
const SECOND: &str = "o1-48abba11384af31e68f3b55ff93c56e34b8905551f373f49c398fbba037ef69d";
const PARCEL: &str = "s1-57a6d70789defcd2b9de5bb9aa6bd64e362b706c233bd5d20ccdc6476f326197";
const CASE: &str = "a1-1c98257ebc94a6237eff1e72cfe61355e83f222ef098c95d09c7c91cfa1bc845";

/// What a merchant with the standard objects sets.
const STANDARD: &str = r#"
orders = { accounts = { "*" = "cust-web" }, statuses = { shipped = "Activated", cancelled = "Cancelled" } }
lines = { pricebook_entries = { "*" = "01u000000000001AAA" } }
shipments = { wait_for_order = true }
"#;

/// What a merchant with objects of the org's own sets.
const OWN: &str = r#"
[orders]
object = "Hub_Order__c"
status_field = "Status__c"
statuses = { "*" = "seen" }
fields = { Number__c = "order.order_no", Amount__c = "order.totals.payable" }
[lines]
object = "Hub_Order_Line__c"
order = "Hub_Order__r"
quantity_field = "Quantity__c"
price_field = "Price__c"
title_field = "Title__c"
sku_field = "Sku__c"
remove = true
"#;

fn noon() -> Clock {
    stopped(Timestamp::from_second(1_795_262_400).unwrap())
}

async fn org() -> Org {
    Org::start(Options::new(noon())).await.unwrap()
}

/// The same again, as after an attempt whose end nobody knows.
fn again(batch: &[Delivery]) -> Vec<Delivery> {
    batch.iter().map(deliveries::again).collect()
}

/// A changed event; with a number it is about an order of its own.
fn changed(name: &str, number: Option<usize>, change: impl Fn(String) -> String) -> Delivery {
    let key = EVENTS.event(name).key;
    EVENTS.changed(name, |json| match number {
        Some(number) => change(json.replace(&key, &format!("o1-{number:064x}"))),
        None => change(json),
    })
}

fn driver(org: &Org, more: &str) -> Driver {
    let text = format!(
        "base_url = '{}'\nclient_id = 'demo-client'\nclient_secret = {{ env = 'SECRET' }}\n{more}",
        org.url()
    );
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("demo-client-secret".to_owned())).unwrap();
    let config: Config = settings::read(table).unwrap();
    Driver::new(&Salesforce::build(config).unwrap()).unwrap().clock(noon())
}

fn order(org: &Org, key: &str) -> Record {
    org.find("Order", key).unwrap()
}

#[tokio::test]
async fn each_kind_of_event_finds_its_place() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    for (name, outcome) in [
        ("parcel-created", "delivered"),
        ("milestone-picked-up", "wait"),
        ("order-placed", "delivered"),
        ("order-paid", "delivered"),
        ("order-plain", "delivered"),
        ("milestone-picked-up", "delivered"),
        ("parcel-linked", "delivered"),
        ("milestone-exception", "delivered"),
        ("milestone-delivered", "delivered"),
        ("milestone-exception-old", "already_there"),
        ("order-shipped", "delivered"),
        ("refund-requested", "delivered"),
        ("refund-completed", "delivered"),
    ] {
        assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&[name])).await), [outcome], "{name}");
    }
    let first = order(&org, FIRST);
    for (name, value) in [
        ("OrderReferenceNumber", json!("4012345678901234567")),
        ("EffectiveDate", json!("2026-11-20")),
        ("Status", json!("Activated")),
        ("ShippingStreet", json!("科苑路*号")),
        ("Hub_Version__c", json!(4)),
    ] {
        assert_eq!(first.fields[name], value, "{name}");
    }
    let lines = org.records("OrderItem");
    assert_eq!(lines.iter().filter(|line| line.fields["Order"] == first.id.as_str()).count(), 2);
    let shirt = lines.iter().find(|line| line.fields["Description"] == "T恤 红色 L").unwrap();
    assert_eq!(
        (shirt.fields["UnitPrice"].to_string(), shirt.fields["Quantity"].to_string()),
        ("99.90".into(), "2".into())
    );
    let shipment = org.find("Hub_Shipment__c", PARCEL).unwrap();
    assert_eq!(
        (&shipment.fields["Order__r"], &shipment.fields["Status__c"]),
        (&json!(first.id), &json!("delivered"))
    );
    let milestones = org.records("Hub_Milestone__c");
    assert_eq!(milestones.len(), 3);
    assert!(milestones.iter().all(|row| row.fields["Shipment__r"] == shipment.id.as_str()));
    let refund = org.find("Hub_Refund__c", CASE).unwrap();
    assert_eq!(
        (&refund.fields["Status__c"], refund.fields["Amount__c"].to_string()),
        (&json!("refunded"), "94.16".into())
    );
    assert_eq!(org.counts().logins, 1);
    org.stop().await;
}

#[tokio::test]
async fn an_order_and_what_hangs_below_it_go_in_one_conversation() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    let batch = EVENTS.deliveries(&["order-paid", "milestone-picked-up", "refund-requested", "order-plain"]);
    assert_eq!(words(&driver.deliver(&batch).await), ["delivered"; 4]);
    // Login, look, orders, lines, shipments, milestones, refunds.
    assert_eq!(driver.calls(), 7);
    // Two events of one order never share a call.
    let batch = EVENTS.deliveries(&["order-paid", "order-shipped", "order-cancelled"]);
    assert_eq!(words(&driver.deliver(&batch).await), ["delivered"; 3]);
    assert_eq!(order(&org, FIRST).fields["Status"], "Cancelled");
    org.stop().await;
}

#[tokio::test]
async fn said_twice_is_there_once() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    let batch = EVENTS.deliveries(&["order-paid", "order-plain", "milestone-delivered", "refund-completed"]);
    assert_eq!(words(&driver.deliver(&batch).await), ["delivered"; 4]);
    let creates = org.counts().creates;
    assert_eq!(words(&driver.deliver(&again(&batch)).await), ["delivered"; 4]);
    assert_eq!(org.counts().creates, creates);
    org.stop().await;
}

#[tokio::test]
async fn a_lost_reply_at_any_step_leaves_no_second_record() {
    for lost in 0..6 {
        let org = org().await;
        let mut driver = driver(&org, STANDARD);
        let batch = EVENTS.deliveries(&["order-paid", "milestone-delivered", "refund-completed"]);
        org.faults(std::iter::repeat_n(Fault::None, lost).chain([Fault::LostReply]));
        let outcome = if lost == 0 { "retry" } else { "uncertain" };
        assert_eq!(words(&driver.deliver(&batch).await), [outcome; 3], "{lost}");
        assert_eq!(words(&driver.deliver(&again(&batch)).await), ["delivered"; 3], "{lost}");
        for (object, count) in [
            ("Order", 1),
            ("OrderItem", 2),
            ("Hub_Shipment__c", 1),
            ("Hub_Milestone__c", 1),
            ("Hub_Refund__c", 1),
        ] {
            assert_eq!(org.records(object).len(), count, "{object}, {lost}");
        }
        org.stop().await;
    }
}

#[tokio::test]
async fn an_older_state_never_overwrites_a_newer_one() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    let newest = ["order-cancelled", "milestone-delivered", "refund-completed"];
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&newest)).await), ["delivered"; 3]);
    let before = (order(&org, FIRST), org.records("Hub_Shipment__c"), org.records("Hub_Refund__c"));
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-shipped-again"])).await), ["already_there"]);
    let late = again(&EVENTS.deliveries(&["order-paid", "parcel-linked", "refund-requested"]));
    assert_eq!(words(&driver.deliver(&late).await), ["already_there"; 3]);
    assert_eq!((order(&org, FIRST), org.records("Hub_Shipment__c"), org.records("Hub_Refund__c")), before);
    org.stop().await;
}

#[tokio::test]
async fn one_bad_record_holds_up_no_other() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    let mut batch: Vec<Delivery> =
        (1..=20).map(|number| changed("order-paid", Some(number), |json| json)).collect();
    // Without a time of order there is no date.
    batch[3] = changed("order-paid", Some(4), |json| {
        json.replace("\"placed_at\":\"2026-11-20T20:15:00+08:00\",", "")
    });
    let outcomes = driver.deliver(&batch).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.as_str(), if at == 3 { "rejected" } else { "delivered" }, "{at}");
    }
    assert!(rejection(&outcomes[3]).contains("Required fields are missing: [EffectiveDate]"));
    assert_eq!((org.records("Order").len(), org.records("OrderItem").len()), (19, 38));
    org.stop().await;
}

#[tokio::test]
async fn a_call_refused_as_a_whole_is_cut_until_it_fits() {
    let org = org().await;
    // `Missing__c` is no field of the org: whoever sends it spoils the whole call.
    let more = STANDARD.replace("orders = {", "orders = { fields = { Missing__c = 'order.seller_note' },");
    let mut driver = driver(&org, &more);
    let mut batch: Vec<Delivery> =
        (1..=16).map(|number| changed("order-paid", Some(number), |json| json)).collect();
    batch[12] = changed("order-paid", Some(13), |json| {
        json.replace("\"buyer_note\":", "\"seller_note\":\"x\",\"buyer_note\":")
    });
    let outcomes = driver.deliver(&batch).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.as_str(), if at == 12 { "rejected" } else { "delivered" }, "{at}");
    }
    assert!(rejection(&outcomes[12]).contains("No such column 'Missing__c'"));
    assert_eq!(org.records("Order").len(), 15);
    org.stop().await;
}

#[tokio::test]
async fn a_missing_row_of_the_settings_says_what_to_add() {
    let org = org().await;
    let more = "orders = { accounts = { 'taobao' = 'cust-web' } }\nlines = { pricebook_entries = { 'TS-RED-L' = '01u000000000001AAA' } }";
    let mut driver = driver(&org, more);
    let outcomes = driver.deliver(&EVENTS.deliveries(&["order-plain", "order-paid"])).await;
    assert!(
        rejection(&outcomes[0])
            .contains("add \"shopify/demo.example.com\" = \"..\" to the sink's settings.orders.accounts")
    );
    assert!(
        rejection(&outcomes[1])
            .contains("add \"GIFT-01\" = \"..\" to the sink's settings.lines.pricebook_entries")
    );
    assert_eq!(org.counts().calls, 0);
    org.stop().await;
}

#[tokio::test]
async fn a_refund_waits_for_its_order_and_an_order_for_its_account() {
    let org = org().await;
    let mut driver = driver(&org, &STANDARD.replace("cust-web", "cust-new"));
    assert_eq!(
        words(&driver.deliver(&EVENTS.deliveries(&["refund-requested", "order-plain"])).await),
        ["wait", "wait"]
    );
    assert!(org.records("Hub_Refund__c").is_empty() && org.records("Order").is_empty());
    org.plant("Account", json!({"Hub_Key__c": "cust-new", "Name": "new"}));
    driver.deliver(&EVENTS.deliveries(&["order-paid"])).await;
    let later = again(&EVENTS.deliveries(&["refund-requested", "order-plain"]));
    assert_eq!(words(&driver.deliver(&later).await), ["delivered", "delivered"]);
    assert!(
        rejection(&driver.deliver(&EVENTS.deliveries(&["refund-without-order"])).await[0])
            .contains("names no order")
    );
    org.stop().await;
}

#[tokio::test]
async fn milestones_alone_need_no_order() {
    let org = org().await;
    let mut driver = driver(&org, "");
    let batch = EVENTS.deliveries(&["milestone-picked-up", "milestone-delivered"]);
    assert_eq!(words(&driver.deliver(&batch).await), ["delivered", "delivered"]);
    let shipment = org.find("Hub_Shipment__c", PARCEL).unwrap();
    assert!(!shipment.fields.contains_key("Order__r"));
    assert_eq!(org.records("Hub_Milestone__c").len(), 2);
    org.stop().await;
}

#[tokio::test]
async fn a_milestone_that_comes_late_is_written_below_a_shipment_that_moved_on() {
    let org = org().await;
    let mut driver = driver(&org, "");
    driver.deliver(&EVENTS.deliveries(&["milestone-delivered"])).await;
    let shipment = org.find("Hub_Shipment__c", PARCEL).unwrap();
    let late = again(&EVENTS.deliveries(&["milestone-picked-up"]));
    assert_eq!(words(&driver.deliver(&late).await), ["delivered"]);
    assert_eq!(org.find("Hub_Shipment__c", PARCEL).unwrap(), shipment);
    assert_eq!(org.records("Hub_Milestone__c").len(), 2);
    // Once more: nothing is written a second time.
    assert_eq!(words(&driver.deliver(&late).await), ["delivered"]);
    assert!(org.records("Hub_Milestone__c").iter().all(|row| row.writes == 1));
    org.stop().await;
}

#[tokio::test]
async fn an_activated_order_takes_no_more_lines_and_says_so() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    driver.deliver(&EVENTS.deliveries(&["order-paid"])).await;
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-shipped"])).await), ["delivered"]);
    let writes = order(&org, FIRST).writes;
    // The same lines again are fine.
    assert_eq!(words(&driver.deliver(&again(&EVENTS.deliveries(&["order-shipped"]))).await), ["delivered"]);
    assert_eq!(order(&org, FIRST).writes, writes + 1, "its status is not written again");
    let more =
        changed("order-shipped", None, |json| json.replace("4012345678903234567", "4012345678904234567"));
    assert!(rejection(&driver.deliver(&[more]).await[0]).contains("its products are locked"));
    org.stop().await;
}

#[tokio::test]
async fn objects_of_the_orgs_own_and_a_line_that_left() {
    let mut options = Options::new(noon());
    options.page = 1;
    let org = Org::start(options).await.unwrap();
    let mut driver = driver(&org, OWN);
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-paid"])).await), ["delivered"]);
    let found = org.find("Hub_Order__c", FIRST).unwrap();
    assert_eq!(
        (found.fields["Amount__c"].to_string(), &found.fields["Status__c"]),
        ("196.31".into(), &json!("seen"))
    );
    assert_eq!(org.records("Hub_Order_Line__c").len(), 2);
    let gift = changed("order-shipped", None, |json| {
        let at = json.find(",{\"line_ref\":\"4012345678903234567\"").unwrap();
        let (before, rest) = json.split_at(at);
        let (_, after) = rest.split_once('}').unwrap();
        format!("{before}{after}")
    });
    assert_eq!(words(&driver.deliver(&[gift]).await), ["delivered"]);
    let lines = org.records("Hub_Order_Line__c");
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].fields["Sku__c"], "TS-RED-L");
    org.stop().await;
}

#[tokio::test]
async fn locks_and_races_are_tried_again() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    let batch = EVENTS.deliveries(&["order-paid", "order-plain"]);
    for fault in [Fault::Locked, Fault::Race] {
        org.faults([Fault::None, fault]);
        assert_eq!(words(&driver.deliver(&batch).await), ["retry", "delivered"], "{fault:?}");
    }
    assert_eq!(words(&driver.deliver(&again(&batch)).await), ["delivered", "delivered"]);
    assert_eq!(org.records("Order").len(), 2);
    org.faults([Fault::Unavailable]);
    assert_eq!(words(&driver.deliver(&batch).await), ["retry", "retry"]);
    org.stop().await;
}

#[tokio::test]
async fn a_session_that_ended_is_opened_anew() {
    let org = org().await;
    let mut driver = driver(&org, STANDARD);
    driver.deliver(&EVENTS.deliveries(&["order-paid"])).await;
    // In the middle of a conversation.
    org.faults([Fault::None, Fault::SessionsEnd]);
    assert_eq!(
        words(&driver.deliver(&EVENTS.deliveries(&["order-shipped", "order-plain"])).await),
        ["delivered"; 2]
    );
    assert_eq!((org.counts().logins, org.counts().refused), (2, 1));
    assert_eq!((org.records("Order").len(), org.records("OrderItem").len()), (2, 3));
    org.stop().await;
}

#[tokio::test]
async fn the_limit_of_the_day_pauses_everything() {
    let mut options = Options::new(noon());
    options.daily_calls = 4;
    let org = Org::start(options).await.unwrap();
    let mut driver = driver(&org, STANDARD);
    assert_eq!(words(&driver.deliver(&EVENTS.deliveries(&["order-plain"])).await), ["delivered"]);
    match &driver.deliver(&EVENTS.deliveries(&["order-paid"])).await[0] {
        Outcome::Retry(Some(wait), error) => {
            assert_eq!(wait.as_secs(), 900);
            assert_eq!(error.vendor_code.as_deref(), Some("REQUEST_LIMIT_EXCEEDED"));
        }
        other => panic!("{other:?}"),
    }
    org.stop().await;
}

#[tokio::test]
async fn a_key_that_is_not_unique_is_noticed() {
    let org = org().await;
    for _ in 0..2 {
        org.plant("Order", json!({"Hub_Key__c": SECOND, "Status": "Draft"}));
    }
    let mut driver = driver(&org, STANDARD);
    let outcomes = driver.deliver(&EVENTS.deliveries(&["order-plain", "order-paid"])).await;
    assert!(rejection(&outcomes[0]).contains("2 records have this key: Hub_Key__c has to be unique"));
    assert_eq!(outcomes[1].as_str(), "delivered");
    org.stop().await;
}

#[test]
fn the_pause_before_the_limit_leaves_calls_to_others() {
    let text = "base_url = 'https://demo.my.salesforce.example.test'\nclient_id = 'x'\nclient_secret = { env = 'S' }\nspare_calls = 1000";
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("demo-client-secret".to_owned())).unwrap();
    let parts = Salesforce::build(settings::read(table).unwrap()).unwrap();
    let Some(SinkPart::Http(sink)) = parts.sink else { panic!("no sink") };
    let pause = |usage: &str| {
        let mut headers = crossdock_connector::Headers::default();
        headers.push("Sforce-Limit-Info", format!("api-usage={usage}"));
        let reply = crossdock_connector::HttpResponse { status: 200, headers, body: "".into() };
        HttpSink::pause(&*sink, &reply).map(|wait| wait.as_secs())
    };
    assert_eq!(pause("98999/100000"), None);
    assert_eq!(pause("99000/100000"), Some(900));
}
