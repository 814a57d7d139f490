//! What stands in the tables.

use crossdock_connector::{Outcome, Repeat};
use crossdock_schemas::EventType;
use serde_json::json;

use crate::events::*;
use crate::site::{Site, deliver, failure, words};

#[tokio::test]
async fn an_order_is_a_row_with_its_lines() {
    let site = Site::new().await;
    let sink = site.sink();
    assert_eq!(sink.repeat(), Repeat::Upsert);
    assert_eq!(sink.takes(), ["*"]);
    assert!(sink.deliver(&[]).await.is_empty());
    let one = plain("1001");
    deliver(&sink, std::slice::from_ref(&one)).await;

    let said = site
        .row(
            "SELECT tenant, order_key, revision, event_id, event_type, platform, shop, order_no, display_no, \
             merchant_no, kind, lifecycle, payment, fulfillment, aftersale, hold[2], currency, prices_include_tax, \
             ship_to_country, ship_to_province, ship_to_city, ship_to_district, address_grade \
             FROM crossdock.orders",
        )
        .await;
    let (key, id) = (order_key("1001"), &one.event.id);
    assert_eq!(
        said,
        format!(
            "acme|{key}|1|{id}|order.placed|shopify|{SHOP}|1001|#1001|-|sale|placed|paid|unfulfilled|-|address|CNY|t|\
             CN|广东省|深圳市|南山区|A"
        )
    );
    let times = "SELECT to_json(t::timestamptz AT TIME ZONE 'UTC') FROM crossdock.orders, \
                 unnest(ARRAY[event_time, recorded_at, placed_at, paid_at, shipped_at]) AS t";
    let expected = [
        "\"2026-11-21T12:00:00.25\"",
        "\"2026-11-21T12:00:01.123456\"",
        "\"2026-11-21T11:59:00\"",
        "\"2026-11-21T12:00:00.25\"",
        "-",
    ];
    assert_eq!(site.rows(times).await, expected);
    // The document is the whole order, and nothing but the order.
    let document = order_data("1001")["order"].to_string().replace('\'', "''");
    let same = format!("SELECT snapshot = '{document}'::jsonb FROM crossdock.orders");
    assert_eq!(site.row(&same).await, "t");

    let lines = "SELECT order_key, line_key, revision, sku, title, quantity, shipped, unit_price, line_total, currency, \
                 tax_included, tax_rate, tax_amount, payable, warehouse, fulfillment \
                 FROM crossdock.order_lines ORDER BY line_key";
    let expected = [("L1", "2"), ("L2", "0.500")].map(|(line, quantity)| {
        format!(
            "{key}|{line}|1|SKU-{line}|蓝色 mug|{quantity}|1|94.90|189.80|CNY|t|0.13|21.83|-|W1|unfulfilled"
        )
    });
    assert_eq!(site.rows(lines).await, expected);

    let event = "SELECT event_id, event_type, tenant, key, revision, class, correlation_id, idem_key, \
                 data->'order'->>'order_no' FROM crossdock.events";
    assert_eq!(site.row(event).await, format!("{id}|order.placed|acme|{key}|1|n|raw:7|-|1001"));
}

#[tokio::test]
async fn amounts_are_exact() {
    let site = Site::new().await;
    let sink = site.sink();
    let amounts = ["0.10", "-0.01", "99999999999999999.99", "1234567890123456789.012345678", "0", "100.000"];
    let batch: Vec<_> = (0..)
        .zip(amounts)
        .map(|(number, amount)| {
            order(&format!("{number}"), 1, |order| order["totals"] = json!({"payable": amount}))
        })
        .collect();
    deliver(&sink, &batch).await;
    let found = site.rows("SELECT payable FROM crossdock.orders ORDER BY order_no").await;
    assert_eq!(found, amounts);
    // Ten times ten cents is a whole one: no amount went through a binary fraction.
    let sum = "SELECT payable * 10 = 1 FROM crossdock.orders WHERE order_no = '0'";
    assert_eq!(site.row(sum).await, "t");
    let odd = "SELECT snapshot->'ext'->'shopify'->'deep'->>'n' FROM crossdock.orders WHERE order_no = '0'";
    assert_eq!(site.row(odd).await, "12345678901234567890");
}

#[tokio::test]
async fn what_comes_again_changes_nothing() {
    let site = Site::new().await;
    let sink = site.sink();
    let batch = [plain("1001"), plain("1002"), aftersale("R1", 1, "requested")];
    deliver(&sink, &batch).await;
    let versions = "SELECT string_agg(xmin::text, ',') FROM (SELECT xmin FROM crossdock.orders UNION ALL \
                    SELECT xmin FROM crossdock.order_lines UNION ALL SELECT xmin FROM crossdock.events UNION ALL \
                    SELECT xmin FROM crossdock.aftersales) AS t";
    let before = site.row(versions).await;
    assert_eq!(words(&sink, &batch).await, ["already_there"; 3]);
    assert_eq!(words(&site.sink(), &batch).await, ["already_there"; 3]);
    assert_eq!(site.row(versions).await, before, "a row was written anew");
    // Twice in one batch is once.
    let twice = [plain("1001"), plain("1003"), plain("1003")];
    assert_eq!(words(&sink, &twice).await, ["already_there", "delivered", "delivered"]);
    assert_eq!(site.row("SELECT count(*) FROM crossdock.events").await, "4");
}

#[tokio::test]
async fn lines_that_are_gone_go() {
    let site = Site::new().await;
    let sink = site.sink();
    deliver(&sink, &[plain("1001"), plain("1002")]).await;
    deliver(&sink, &[order("1001", 2, |order| order["lines"] = json!([line("L2", "3"), line("L9", "1")]))])
        .await;
    let lines = "SELECT order_no, line_key, l.quantity, l.revision FROM crossdock.order_lines AS l \
                 JOIN crossdock.orders USING (tenant, order_key) ORDER BY 1, 2";
    assert_eq!(site.rows(lines).await, ["1001|L2|3|2", "1001|L9|1|2", "1002|L1|2|1", "1002|L2|0.500|1"]);
    deliver(&sink, &[order("1001", 3, |order| order["lines"] = json!([]))]).await;
    assert_eq!(site.rows(lines).await, ["1002|L1|2|1", "1002|L2|0.500|1"]);
}

#[tokio::test]
async fn an_older_revision_never_overwrites() {
    let site = Site::new().await;
    let sink = site.sink();
    let at = |revision: u64| {
        order("1001", revision, |order| order["buyer_note"] = json!(format!("note {revision}")))
    };
    let note = "SELECT revision, snapshot->>'buyer_note' FROM crossdock.orders";
    // In one batch, newest in the middle: told as it is, and all three are kept as events.
    deliver(&sink, &[at(2), at(5), at(3)]).await;
    assert_eq!(site.row(note).await, "5|note 5");
    deliver(&sink, &[at(4)]).await;
    assert_eq!(site.row(note).await, "5|note 5");
    assert_eq!(site.row("SELECT count(*), min(revision) FROM crossdock.order_lines").await, "2|5");
    assert_eq!(site.rows("SELECT revision FROM crossdock.events ORDER BY 1").await, ["2", "3", "4", "5"]);
    deliver(&sink, &[at(6)]).await;
    assert_eq!(site.row(note).await, "6|note 6");
}

#[tokio::test]
async fn each_kind_has_its_table() {
    let site = Site::new().await;
    let sink = site.sink();
    let exception = parcel(EventType::MilestoneException, "SF2", 4, |data| {
        data["reason"] = json!("address_problem");
        data["at_quality"] = json!("inferred");
        data["superseded"] = json!(true);
        data["corrects"] = json!("e1-0");
    });
    let risk = event(EventType::RiskTagged, &order_key("2002"), 7, &{
        let mut data = order_data("2002");
        data["tags"] = json!([]);
        data
    });
    let invoice = event(EventType::InvoiceIssued, &order_key("2003"), 8, &order_data("2003"));
    let source = json!({"platform": "shopify", "shop": SHOP});
    let product = event(EventType::ProductUpserted, "p1-1", 1, &json!({"source": source, "sku": "A"}));
    let hub = event(EventType::ConnectorUp, "shopify", 1, &json!({"connector": "shopify@0.1.0"}));
    let batch = [
        aftersale("R1", 2, "refunded"),
        parcel(EventType::ParcelStatusChanged, "SF1", 3, |_| {}),
        exception.clone(),
        inventory("MUG", 9, "11.25"),
        risk,
        invoice,
        product,
        hub,
    ];
    deliver(&sink, &batch).await;
    let aftersales = "SELECT revision, aftersale_no, order_key, kind, phase, status, reason_code, goods_state, refund, \
                      refund_currency, shipping_refund, snapshot->'lines'->0->>'line_key' FROM crossdock.aftersales";
    let order = order_key("1001");
    let expected =
        format!("2|R1|{order}|return_refund|after_delivery|refunded|damaged|received|94.90|CNY|8|L1");
    assert_eq!(site.row(aftersales).await, expected);
    let parcels = "SELECT revision, carrier, tracking_no, direction, status, weight_g, cod_amount, cod_currency, \
                   to_city, orders[1], snapshot->>'tracking_no', eta_from IS NOT NULL, eta_to IS NULL \
                   FROM crossdock.parcels ORDER BY tracking_no";
    let parcel = |revision, number| {
        format!(
            "{revision}|sf_express|{number}|outbound|picked_up|1250.5|12.00|CNY|深圳市|{order}|{number}|t|t"
        )
    };
    assert_eq!(site.rows(parcels).await, [parcel(3, "SF1"), parcel(4, "SF2")]);
    let milestones = "SELECT event_id, revision, milestone, reason, at_quality, superseded, corrects, carrier, \
                      tracking_no, direction, class, array_length(orders, 1), reached_at = event_time \
                      FROM crossdock.milestones";
    let expected = format!(
        "{}|4|exception|address_problem|inferred|t|e1-0|sf_express|SF2|outbound|n|2|t",
        exception.event.id
    );
    assert_eq!(site.row(milestones).await, expected);
    let inventory =
        "SELECT revision, location, sku, on_hand, reserved, available, mode FROM crossdock.inventory";
    assert_eq!(site.row(inventory).await, "9|W1|MUG|12.5|-|11.25|absolute");
    let orders = "SELECT order_no, revision, event_type FROM crossdock.orders ORDER BY 1";
    assert_eq!(site.rows(orders).await, ["2002|7|risk.tagged", "2003|8|invoice.issued"]);
    assert_eq!(site.row("SELECT count(*) FROM crossdock.events").await, "8");
    assert_eq!(words(&sink, &batch).await, ["already_there"; 8]);
}

#[tokio::test]
async fn every_event_type_finds_its_place() {
    let site = Site::new().await;
    let sink = site.sink();
    let batch: Vec<_> = (1..)
        .zip(EventType::ALL)
        .map(|(revision, event_type)| {
            let mut data = order_data("1001");
            data["parcel"] = parcel_data("SF1")["parcel"].clone();
            data["new_events"] = json!([]);
            for part in [aftersale("R1", 1, "requested"), inventory("A", 1, "1")] {
                let body: serde_json::Value = serde_json::from_str(part.event.data.get()).unwrap();
                data.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            }
            event(*event_type, &format!("key of {event_type:?}"), revision, &data)
        })
        .collect();
    deliver(&sink, &batch).await;
    let entities = "SELECT (SELECT count(*) FROM crossdock.orders), (SELECT count(*) FROM crossdock.aftersales), \
                    (SELECT count(*) FROM crossdock.parcels), (SELECT count(*) FROM crossdock.milestones), \
                    (SELECT count(*) FROM crossdock.inventory), (SELECT count(*) FROM crossdock.events)";
    let count = |bodies: &[&str]| EventType::ALL.iter().filter(|one| bodies.contains(&one.body())).count();
    let expected = format!(
        "{}|{}|{}|{}|{}|{}",
        count(&["order", "risk", "invoice"]),
        count(&["aftersale"]),
        count(&["parcel", "milestone"]),
        count(&["milestone"]),
        count(&["inventory"]),
        EventType::ALL.len()
    );
    assert_eq!(site.row(entities).await, expected);
}

#[tokio::test]
async fn an_emptied_table_is_filled_again_by_a_replay() {
    let site = Site::new().await;
    let sink = site.sink();
    let (first, second) = (plain("1001"), order("1001", 2, |_| {}));
    deliver(&sink, &[first.clone(), second.clone()]).await;
    site.run("TRUNCATE crossdock.orders, crossdock.order_lines").await;
    // The events are known, but the order is not.
    assert_eq!(words(&sink, &[first, second.clone()]).await, ["already_there", "delivered"]);
    assert_eq!(site.row("SELECT revision FROM crossdock.orders").await, "2");
    assert_eq!(site.row("SELECT count(*) FROM crossdock.order_lines").await, "2");
    assert_eq!(words(&sink, &[second]).await, ["already_there"]);
}

#[tokio::test]
async fn tenants_do_not_meet() {
    let site = Site::new().await;
    let sink = site.sink();
    let key = order_key("1001");
    let ours = event_of("acme", EventType::OrderPlaced, &key, 9, &order_data("1001"));
    let theirs = event_of("other", EventType::OrderPlaced, &key, 1, &order_data("1001"));
    deliver(&sink, &[ours, theirs]).await;
    let found = site.rows("SELECT tenant, revision FROM crossdock.orders ORDER BY 1").await;
    assert_eq!(found, ["acme|9", "other|1"]);
    assert_eq!(site.row("SELECT count(*) FROM crossdock.order_lines").await, "4");
}

#[tokio::test]
async fn data_that_is_not_what_its_type_promises_is_refused_alone() {
    let site = Site::new().await;
    let sink = site.sink();
    let key = order_key("1001");
    let broken = [
        event(EventType::OrderPlaced, &key, 1, &json!({"order": {"order_no": NAME}})),
        event(EventType::OrderPlaced, &key, 1, &json!({"order": [NAME]})),
        event(EventType::OrderPlaced, &key, 1, &json!({"parcel": {}})),
        event(EventType::RefundAgreed, &key, 1, &json!({"order": {}})),
        event(EventType::MilestoneDelivered, &key, 1, &json!({"parcel": {"carrier": NAME}})),
        order("1001", 1, |order| order["lines"] = json!([line("L1", "1"), line("L1", "2")])),
        order("1001", 1, |order| drop(order["lines"][0].as_object_mut().unwrap().remove("line_key"))),
        order("1001", u64::MAX, |_| {}),
    ];
    for (place, one) in broken.iter().enumerate() {
        let (word, _, message) = failure(&sink, one).await;
        assert_eq!(word, "rejected", "{place}: {message}");
        assert!(!message.contains(NAME), "{message}");
    }
    let mut batch = broken.to_vec();
    batch.insert(3, plain("1002"));
    batch.push(plain("1003"));
    let outcomes = sink.deliver(&batch).await;
    for (place, outcome) in outcomes.iter().enumerate() {
        let taken = matches!(outcome, Outcome::Delivered);
        assert_eq!(taken, [3, batch.len() - 1].contains(&place), "{place}: {outcome:?}");
    }
    assert_eq!(site.rows("SELECT order_no FROM crossdock.orders ORDER BY 1").await, ["1002", "1003"]);
    assert_eq!(site.row("SELECT count(*) FROM crossdock.events").await, "2");
}
