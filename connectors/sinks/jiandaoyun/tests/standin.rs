//! The sink against forms that behave like the vendor's, over real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use crossdock_connector::{Connector, ConnectorConfig, Delivery, ErrorKind, Outcome, SinkPart, settings};
use crossdock_jiandaoyun::{Config, Jiandaoyun as Sink};
use crossdock_testkit::deliveries::{Events, is, said};
use crossdock_testkit::standin::handover::Driver;
use crossdock_testkit::standin::jiandaoyun::{Fault, Faults, Jiandaoyun, Options, Widget};
use serde_json::{Value, json};

const KEY: &str = "a-key-of-the-test";
const EVENTS: Events = Events(env!("CARGO_MANIFEST_DIR"));
const APP: &str = "59f0000000000000000000a1";
const ORDERS: &str = "59f0000000000000000000b2";
const REFUNDS: &str = "59f0000000000000000000b3";
const PARCELS: &str = "59f0000000000000000000b4";

fn widgets(of: &[(&str, &'static str)]) -> Vec<Widget> {
    let own = [("hub_key", "text"), ("hub_revision", "number")];
    own.iter().chain(of).map(|(name, kind)| Widget::new(name, kind)).collect()
}

fn order_widgets() -> Vec<Widget> {
    let mut orders = widgets(&[
        ("order_no", "text"),
        ("shop", "combo"),
        ("status", "radiogroup"),
        ("paid_at", "datetime"),
        ("amount", "number"),
        ("receiver", "text"),
        ("phone", "phone"),
        ("ship_to", "address"),
        ("note", "textarea"),
        ("holds", "combocheck"),
        ("origin", "text"),
    ]);
    let items =
        [("line_key", "text"), ("sku", "text"), ("title", "text"), ("qty", "number"), ("price", "number")];
    orders.push(Widget::subform("lines", items.iter().map(|(name, kind)| Widget::new(name, kind)).collect()));
    orders
}

/// A company with the forms of the example.
async fn company(hidden_for: u32, faults: Faults) -> Jiandaoyun {
    let options = Options { key: KEY.into(), members: vec!["crossdock".into()], hidden_for, faults };
    let company = Jiandaoyun::start(options).await.unwrap();
    company.put_form(APP, ORDERS, order_widgets());
    let refunds = [("refund_no", "text"), ("order_key", "text"), ("amount", "number"), ("status", "text")];
    company.put_form(APP, REFUNDS, widgets(&refunds));
    let parcels = [
        ("carrier", "combo"),
        ("tracking_no", "text"),
        ("order_keys", "text"),
        ("status", "text"),
        ("delivered_at", "datetime"),
    ];
    company.put_form(APP, PARCELS, widgets(&parcels));
    company
}

fn driver(company: &Jiandaoyun, change: impl FnOnce(&mut toml::Table)) -> Driver {
    let mut table: toml::Table = Config::example().parse().unwrap();
    table.insert("base_url".into(), company.url().into());
    change(&mut table);
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

fn only_row(company: &Jiandaoyun, form: &str) -> serde_json::Map<String, Value> {
    let mut rows = company.rows(APP, form);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

#[tokio::test]
async fn an_order_a_refund_and_a_parcel_have_rows() {
    let company = company(0, Faults::default()).await;
    let mut driver = driver(&company, |_| {});
    is(&hand_over(&mut driver, "order-placed").await, "already_there");
    assert!(company.calls().is_empty());
    is(&hand_over(&mut driver, "refund-requested").await, "wait");
    is(&hand_over(&mut driver, "refund-homeless").await, "wait");
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    let row = only_row(&company, ORDERS);
    for (widget, value) in [
        ("order_no", json!("XD20260105-0001")),
        ("shop", json!("旗舰店")),
        ("status", json!("待发货")),
        ("paid_at", json!("2026-01-05T01:01:12.000Z")),
        ("receiver", json!("林**")),
        ("phone", json!({"phone": "13800000001"})),
        ("note", json!("请放门口")),
        ("origin", json!("crossdock")),
        ("hub_revision", json!(2)),
    ] {
        assert_eq!(row[widget], value, "{widget}");
    }
    assert_eq!(row["amount"].to_string(), "64");
    assert_eq!(row["ship_to"]["detail"], "示范路1号");
    let lines = row["lines"].as_array().unwrap().clone();
    assert_eq!(
        (lines.len(), &lines[0]["sku"], lines[0]["qty"].to_string()),
        (2, &json!("A-100-RED"), "2".to_owned())
    );

    is(&hand_over(&mut driver, "order-changed").await, "delivered");
    let row = only_row(&company, ORDERS);
    assert_eq!(
        (&row["note"], &row["holds"], &row["hub_revision"]),
        (&json!(""), &json!(["风控"]), &json!(4))
    );
    let changed = row["lines"].as_array().unwrap();
    assert_eq!((changed.len(), &changed[0]["_id"]), (1, &lines[0]["_id"]));
    // An older event changes nothing.
    is(&hand_over(&mut driver, "order-paid").await, "already_there");
    is(&hand_over(&mut driver, "order-replayed").await, "delivered");
    is(&hand_over(&mut driver, "order-cancelled").await, "delivered");
    assert_eq!(only_row(&company, ORDERS)["status"], "已取消");

    is(&hand_over(&mut driver, "refund-completed").await, "delivered");
    assert_eq!(only_row(&company, REFUNDS)["status"], "refunded");
    is(&hand_over(&mut driver, "refund-requested").await, "already_there");
    is(&hand_over(&mut driver, "parcel-created").await, "delivered");
    is(&hand_over(&mut driver, "milestone-delivered").await, "delivered");
    let parcel = only_row(&company, PARCELS);
    assert_eq!(
        (&parcel["carrier"], &parcel["delivered_at"]),
        (&json!("顺丰"), &json!("2026-01-07T07:00:00.000Z"))
    );
    assert_eq!(company.started(), 0);
}

#[tokio::test]
async fn workflows_and_automations_start_when_asked() {
    let company = company(0, Faults::default()).await;
    let mut driver = driver(&company, |table| {
        let orders = table["orders"].as_table_mut().unwrap();
        orders.insert("start_workflow".into(), true.into());
        orders.insert("start_trigger".into(), true.into());
    });
    is(&hand_over(&mut driver, "order-paid").await, "delivered");
    is(&hand_over(&mut driver, "order-changed").await, "delivered");
    assert_eq!(company.started(), 2);
}

/// Wherever an answer is lost, and however long a new row hides, there is one row.
#[tokio::test]
async fn a_lost_answer_makes_no_second_row() {
    for fault in [Fault::LostReply, Fault::Gateway] {
        for hidden_for in [0, 3] {
            let company = company(hidden_for, Faults::default()).await;
            let mut driver = driver(&company, |_| {});
            company.fail_next("data/batch_create", fault);
            is(&hand_over(&mut driver, "order-paid").await, "uncertain");
            let mut last = again(&mut driver, "order-paid").await;
            for _ in 0..5 {
                if matches!(last, Outcome::Delivered | Outcome::AlreadyThere) {
                    break;
                }
                is(&last, "retry");
                last = again(&mut driver, "order-paid").await;
            }
            assert!(matches!(last, Outcome::Delivered | Outcome::AlreadyThere), "{last:?}");
            assert_eq!(only_row(&company, ORDERS)["hub_revision"], json!(2));
            company.fail_next("data/update", fault);
            is(&hand_over(&mut driver, "order-changed").await, "uncertain");
            is(&again(&mut driver, "order-changed").await, "already_there");
            assert_eq!(only_row(&company, ORDERS)["hub_revision"], json!(4));
        }
    }
}

/// A row that hides is not delivered yet: otherwise the next revision would make a second one.
#[tokio::test]
async fn a_row_that_hides_is_tried_until_it_shows() {
    let company = company(2, Faults::default()).await;
    let mut driver = driver(&company, |_| {});
    let hidden = hand_over(&mut driver, "order-paid").await;
    assert!(said(&hidden).starts_with("the new row does not show"), "{hidden:?}");
    is(&hidden, "retry");
    while !matches!(again(&mut driver, "order-paid").await, Outcome::Delivered | Outcome::AlreadyThere) {}
    is(&hand_over(&mut driver, "order-changed").await, "delivered");
    assert_eq!(only_row(&company, ORDERS)["hub_revision"], json!(4));
}

#[tokio::test]
async fn a_refused_row_holds_nobody_up_and_a_rate_limit_holds_all() {
    let company = company(0, Faults::default()).await;
    let mut driver = driver(&company, |_| {});
    let batch = [EVENTS.delivery("order-too-long"), EVENTS.delivery("order-second")];
    let outcomes = driver.deliver(&batch).await;
    is(&outcomes[0], "rejected");
    assert!(said(&outcomes[0]).contains("at settings.orders.fields.amount"), "{:?}", outcomes[0]);
    is(&outcomes[1], "delivered");
    assert_eq!(only_row(&company, ORDERS)["order_no"], "XD20260105-0002");

    company.fail_next("data/batch_create", Fault::Throttled);
    let batch = [EVENTS.delivery("order-paid"), EVENTS.delivery("order-second")];
    match driver.deliver(&batch).await.as_slice() {
        [Outcome::Retry(Some(wait), error), Outcome::AlreadyThere] => {
            assert_eq!((wait.as_secs(), error.kind()), (1, ErrorKind::RateLimited));
        }
        other => panic!("{other:?}"),
    }
    company.fail_next("data/list", Fault::Crowded);
    for outcome in driver.deliver(&batch).await {
        is(&outcome, "retry");
    }
    let before = driver.calls();
    for outcome in driver.deliver(&batch).await {
        assert!(matches!(outcome, Outcome::Delivered | Outcome::AlreadyThere), "{outcome:?}");
    }
    // Widgets, list, one row, seen.
    assert_eq!(driver.calls() - before, 4);
}

#[tokio::test]
async fn events_of_one_row_and_of_other_forms_go_apart() {
    let company = company(0, Faults::default()).await;
    let mut driver = driver(&company, |_| {});
    let names = ["order-paid", "order-changed", "order-second", "parcel-created"];
    let batch: Vec<Delivery> = names.iter().map(|name| EVENTS.delivery(name)).collect();
    for outcome in driver.deliver(&batch).await {
        is(&outcome, "delivered");
    }
    let revisions: Vec<Value> =
        company.rows(APP, ORDERS).iter().map(|row| row["hub_revision"].clone()).collect();
    assert_eq!(revisions, [json!(4), json!(1)]);
    assert_eq!(company.rows(APP, PARCELS).len(), 1);
}

#[tokio::test]
async fn settings_that_do_not_fit_the_form_are_noticed_before_anything_vanishes() {
    let company = company(0, Faults::default()).await;
    let mut fewer = order_widgets();
    fewer.retain(|widget| widget.name != "amount");
    company.put_form(APP, ORDERS, fewer);
    let mut checked = driver(&company, |_| {});
    let refused = said(&hand_over(&mut checked, "order-paid").await);
    assert_eq!(
        refused,
        "the form has no widget `amount`: give its alias, or its id if it has none at settings.orders.fields.amount"
    );
    assert!(company.rows(APP, ORDERS).is_empty());
    // Unchecked, the value vanishes without a word: that is what the check is for.
    let mut unchecked = driver(&company, |table| drop(table.insert("check_widgets".into(), false.into())));
    is(&hand_over(&mut unchecked, "order-paid").await, "delivered");
    assert!(only_row(&company, ORDERS).get("amount").is_none());
}

#[tokio::test]
async fn words_of_the_vendor_are_kept() {
    let company = company(0, Faults::default()).await;
    let mut nobody = driver(&company, |table| {
        drop(table["orders"].as_table_mut().unwrap().insert("creator".into(), "nobody".into()));
    });
    let refused = said(&hand_over(&mut nobody, "order-paid").await);
    assert!(refused.starts_with("The member doesn't exist. (code 1010)"), "{refused}");
    let mut unmapped = driver(&company, |table| {
        let fields = table["orders"]["fields"].as_table_mut().unwrap();
        fields["shop"] =
            "from = 'order.source.shop'\ncodes = { other = 'x' }".parse::<toml::Table>().unwrap().into();
    });
    let refused = said(&hand_over(&mut unmapped, "order-paid").await);
    let expected = "add \"2208812345\" = \"..\" to the sink's settings.orders.fields.shop.codes";
    assert!(refused.contains(expected), "{refused}");
}

#[tokio::test]
async fn a_disabled_key_is_auth_once_its_code_is_known() {
    let company = company(0, Faults::default()).await;
    company.fail_next("*", Fault::KeyDisabled);
    is(&hand_over(&mut driver(&company, |_| {}), "order-paid").await, "rejected");
    let mut told = driver(&company, |table| {
        drop(table["codes"].as_table_mut().unwrap().insert("0".into(), "auth".into()))
    });
    match hand_over(&mut told, "order-paid").await {
        Outcome::Retry(_, error) => assert_eq!(error.kind(), ErrorKind::Auth),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_takes_only_what_it_has_forms_for() {
    let takes = |forms: &[&str]| {
        let mut table: toml::Table = Config::example().parse().unwrap();
        for form in ["orders", "refunds", "parcels"].iter().filter(|form| !forms.contains(form)) {
            table.remove(*form);
        }
        settings::resolve(&mut table, &|_| Ok(KEY.to_owned())).unwrap();
        match Sink::build(settings::read(table).unwrap()).unwrap().sink {
            Some(SinkPart::Http(sink)) => sink.takes(),
            _ => panic!("no sink"),
        }
    };
    assert_eq!(takes(&["orders"]), ["order.*"]);
    assert_eq!(takes(&["refunds"]), ["refund.*", "return.*", "exchange.*"]);
    assert_eq!(takes(&["parcels"]), ["parcel.*", "milestone.*"]);
    assert_eq!(takes(&["orders", "parcels"]).len(), 3);
    assert_eq!(takes(&["orders", "refunds", "parcels"]).len(), 6);
}

/// Whatever goes wrong on the way, the end is the same.
#[tokio::test]
async fn faults_do_not_show_in_the_end() {
    for seed in 0..12 {
        let faults = Faults { seed, throttled: 60, crowded: 40, gateway: 80, lost_reply: 80 };
        let company = company(u32::try_from(seed % 3).unwrap(), faults).await;
        let mut driver = driver(&company, |_| {});
        for name in [
            "order-paid",
            "order-second",
            "order-changed",
            "parcel-created",
            "refund-completed",
            "order-cancelled",
        ] {
            let mut attempt = 1;
            loop {
                let outcome = driver.deliver(&[EVENTS.attempt(name, attempt)]).await.pop().unwrap();
                match outcome {
                    Outcome::Delivered | Outcome::AlreadyThere => break,
                    Outcome::Retry(..) | Outcome::Uncertain(_) if attempt < 80 => attempt += 1,
                    other => panic!("seed {seed}, {name}, attempt {attempt}: {other:?}"),
                }
            }
        }
        let orders = company.rows(APP, ORDERS);
        assert_eq!(
            (orders.len(), &orders[0]["hub_revision"], &orders[0]["status"]),
            (2, &json!(5), &json!("已取消"))
        );
        assert_eq!(
            (company.rows(APP, REFUNDS).len(), company.rows(APP, PARCELS).len()),
            (1, 1),
            "seed {seed}"
        );
    }
}
