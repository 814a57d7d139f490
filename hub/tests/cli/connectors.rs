//! What is compiled in, and dry runs of it.

use std::fs;

use super::bench::{Bench, fixture};

#[test]
fn connectors_are_listed_with_example_and_schema() {
    let bench = Bench::new("");
    let listed = bench.call(&["connectors"]).ends(0).values();
    let ids: Vec<&str> = listed.iter().filter_map(|value| value["id"].as_str()).collect();
    for id in ["own-store", "sheet", "shopify", "taobao", "sf", "file", "webhook"] {
        assert!(ids.contains(&id), "{id} in {ids:?}");
    }
    for value in &listed {
        assert!(value["settings"]["properties"].is_object(), "{value}");
        assert!(value["example"].as_str().is_some_and(|example| !example.is_empty()), "{value}");
    }
    let text = bench.call(&["connectors", "--text"]).ends(0).out;
    assert!(text.contains("sf") && text.contains("push, track"), "{text}");
}

#[test]
fn a_push_becomes_observations() {
    let bench = Bench::new("");
    let path = fixture("carriers/sf/fixtures/RoutePushService/signed/input.json");
    let from_file =
        bench.call(&["normalize", "sf", "--topic", "RoutePushService", path.to_str().expect("text")]).ends(0);
    let observation = from_file.value();
    assert_eq!(observation["kind"], "parcel");
    assert_eq!(observation["parcel"]["tracking_no"], "SF7444400091234");
    assert!(observation["parcel"]["parcel_key"].is_string(), "sealed: {observation}");
    let bytes = fs::read(&path).expect("fixture");
    let from_stdin = bench.pipe(&["normalize", "sf", "--topic", "RoutePushService"], &bytes).ends(0);
    assert_eq!(from_stdin.value()["parcel"]["parcel_key"], observation["parcel"]["parcel_key"]);
}

#[test]
fn a_nudge_says_what_to_fetch_and_nothing_says_why() {
    let bench = Bench::new("");
    let fixtures = fixture("platforms/taobao/fixtures/tmc");
    let nudge = fs::read(fixtures.join("buyer_pay/input.json")).expect("fixture");
    let called = bench.pipe(&["normalize", "taobao", "--topic", "tmc"], &nudge).ends(0);
    assert_eq!(called.value()["fetch"]["id"], "4123456789012345678");
    let nothing = fs::read(fixtures.join("rated/input.json")).expect("fixture");
    let called = bench.pipe(&["normalize", "taobao", "--topic", "tmc"], &nothing).ends(0);
    assert_eq!(called.out, "");
    assert!(called.err.starts_with("{\"ignored\":"), "{}", called.err);
}

#[test]
fn malformed_ends_with_3_and_says_where() {
    let bench = Bench::new("");
    let called = bench.pipe(&["normalize", "shopify", "--topic", "orders/create"], b"{\"id\": 1,").ends(3);
    assert_eq!(called.out, "");
    let error: serde_json::Value = serde_json::from_str(called.err.trim()).expect("NDJSON");
    assert_eq!(error["error"]["kind"], "malformed");
    assert!(error["error"]["message"].is_string());
}

#[test]
fn what_is_allowed_is_said() {
    let bench = Bench::new("");
    let unknown = bench.pipe(&["normalize", "nobody"], b"").ends(2);
    assert!(unknown.err.contains("shopify"), "{}", unknown.err);
    let topic = bench.pipe(&["normalize", "shopify"], b"{}").ends(2);
    assert!(topic.err.contains("orders/create"), "{}", topic.err);
    let sink = bench.pipe(&["normalize", "webhook"], b"{}").ends(2);
    assert!(sink.err.contains("is a sink"), "{}", sink.err);
    let header = bench.pipe(&["normalize", "sheet", "--header", "nothing"], b"").ends(2);
    assert!(header.err.contains("name: value"), "{}", header.err);
}

#[test]
fn settings_can_be_given() {
    let bench = Bench::new("");
    bench.write(
        "sheet.toml",
        "platform = \"corner_shop\"\nshop = \"main\"\ncurrency = \"EUR\"\nzone = \"UTC\"\n[columns]\norder_no = \"order\"\nsku = \"sku\"\nquantity = \"quantity\"\nunit_price = \"price\"\ntime = \"time\"\n",
    );
    let rows = b"order,sku,quantity,price,time\nA-1,MUG,2,12.50,2026-11-20 08:00:00\n";
    let called = bench.pipe(&["normalize", "sheet", "--settings", "sheet.toml"], rows).ends(0);
    assert_eq!(called.value()["order"]["order_no"], "A-1");
    bench.write("sheet.toml", "shopp = \"main\"\n");
    let wrong = bench.pipe(&["normalize", "sheet", "--settings", "sheet.toml"], rows).ends(2);
    assert!(wrong.err.contains("sheet.toml") && wrong.err.contains("shopp"), "{}", wrong.err);
}

#[test]
fn schemas_are_listed_and_written() {
    let bench = Bench::new("");
    let names: Vec<String> = bench
        .call(&["schema"])
        .ends(0)
        .values()
        .iter()
        .map(|value| value["document"].as_str().expect("a name").to_owned())
        .collect();
    assert!(names.contains(&"json/v1/observation.json".to_owned()), "{names:?}");
    bench.call(&["schema", "--out", "schemas"]).ends(0);
    for name in names {
        let text = fs::read_to_string(bench.path("schemas").join(&name)).expect("written");
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
