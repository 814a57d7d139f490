//! Addresses, SKUs and risk as people call them, from the list to an order that is let go.

use super::bench::Bench;

const CONFIG: &str = r#"
[webhook]
listen = "127.0.0.1:0"
[admin]
listen = "127.0.0.1:0"
[enrich.risk]
rules = "risk.toml"
secret = { file = "key" }
[[enrich.sku]]
source = "*"
file = "skus.csv"
[[source]]
id = "own"
use = "own-store"
insecure_accept_unsigned = true
[source.settings]
shop = "main"
secrets = [{ file = "key" }]
secret_encoding = "raw"
"#;

const RULES: &str = "version = \"1\"\n\
    [[rule]]\nid = \"listed\"\nseverity = \"block\"\nwhen.listed = \"phone\"\n\
    [[rule]]\nid = \"large\"\nseverity = \"info\"\nwhen.amount_over = { CNY = \"20\" }\n";

fn bench() -> Bench {
    let bench = Bench::new(CONFIG);
    bench.secret("key", "a key that only this test knows");
    bench.write("risk.toml", RULES);
    bench.write("skus.csv", "sku,item,pieces\nMUG-2,MUG,2\n");
    bench
}

fn order(number: &str, phone: &str) -> Vec<u8> {
    serde_json::json!({"kind": "order", "order": {
        "order_no": number, "kind": "sale",
        "status": {"lifecycle": "placed", "payment": "paid", "fulfillment": "unfulfilled"},
        "placed_at": "2026-11-20T08:00:00+08:00", "modified_at": "2026-11-20T08:05:00+08:00", "currency": "CNY",
        "lines": [
            {"line_ref": "1", "sku": "MUG-2", "quantity": "3", "unit_price": "5", "line_total": "15"},
            {"line_ref": "2", "sku": "NEW", "title": "Neu", "quantity": "1", "unit_price": "10", "line_total": "10"}],
        "ship_to": {"country": "CN", "line1": "广东省深圳市南山区粤海街道科苑路15号", "phones": [{"national": phone}]},
        "totals": {"goods": "25", "payable": "25"}}})
    .to_string()
    .into_bytes()
}

#[test]
fn addresses_one_a_line() {
    let bench = Bench::new("");
    let one = bench.call(&["address", "张三 18400001234-5678 广东深圳南山科技园科苑路15号"]).ends(0).value();
    assert_eq!((&one["district"], &one["detail"]), (&"440305".into(), &"科技园科苑路15号".into()));
    assert_eq!(
        (&one["name"], &one["phone_ext"], &one["grade"]),
        (&"张三".into(), &"5678".into(), &"B".into())
    );
    let input = "南山区人民路1号\n\n{\"raw\": \"科苑路15号\", \"hints\": {\"city\": \"深圳市\", \"district\": \"南山区\"}}\n{\"raw\": 13800000000}\n";
    let called = bench.pipe(&["address"], input.as_bytes()).ends(3);
    let lines = called.values();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["grade"], lines[0]["candidates"].as_array().map(Vec::len)), (&"D".into(), Some(2)));
    assert_eq!(lines[1]["district"], "440305");
    assert!(called.err.contains("\"line\":4") && !called.err.contains("13800000000"), "{}", called.err);
    let info = bench.call(&["address", "--info"]).ends(0).value();
    assert!(info["districts"].as_u64().is_some_and(|count| count > 2500), "{info}");
    assert!(info["date"].as_str().is_some_and(|date| date.starts_with("20")), "{info}");
}

#[test]
fn a_listed_phone_holds_an_order_until_somebody_lets_it_go() {
    let bench = bench();
    assert_eq!(bench.call(&["risk", "add", "phone", "18400001234"]).ends(0).value()["added"], 1);
    assert_eq!(bench.pipe(&["risk", "add", "phone", "-"], b"184 0000 1234\n").ends(0).value()["added"], 0);
    let listed = bench.call(&["risk", "list"]).ends(0).value();
    assert_eq!(listed["kind"], "phone");
    let bad = bench.call(&["risk", "add", "phone", "1234567"]).ends(2);
    assert!(bad.err.contains("not a phone number") && !bad.err.contains("1234567"), "{}", bad.err);

    let hub = bench.hub();
    assert_eq!(hub.post("own", &order("H-1", "18400001234")), 200);
    assert_eq!(hub.post("own", &order("F-1", "18400009999")), 200);
    let exported = bench.until("orders", || {
        let orders = bench.call(&["export", "orders"]).ends(0).values();
        (orders.len() == 2).then_some(orders)
    });
    let of =
        |number: &str| exported.iter().find(|order| order["order_no"] == number).expect("exported").clone();
    let held = of("H-1");
    assert_eq!(held["status"]["hold"], serde_json::json!(["risk"]));
    assert_eq!(held["lines"][0]["items"], serde_json::json!([{"sku": "MUG", "quantity": "6"}]));
    assert_eq!(held["ship_to"]["region_codes"]["street"], "440305007");
    let rules: Vec<&str> =
        held["risk_tags"].as_array().expect("tags").iter().filter_map(|tag| tag["rule"].as_str()).collect();
    assert_eq!(rules, ["listed", "large", "sku_unmapped"]);
    assert!(of("F-1")["status"]["hold"].is_null());
    // Whoever asks why it is held is told, and how it is let go.
    let why = bench.call(&["order", "own", "H-1", "--text"]).ends(0).out;
    assert!(why.contains("  risk    block by listed 1: listed since 20"), "{why}");
    assert!(why.contains("  held    crossdock risk release own H-1\n"), "{why}");
    let why = bench.call(&["order", "own", "H-1"]).ends(0).value();
    let tagged = why["timeline"].as_array().expect("entries").iter().find(|it| it["type"] == "risk.tagged");
    assert_eq!(tagged.expect("it was tagged")["tags"], why["state"]["risk_tags"]);
    let free = bench.call(&["order", "own", "F-1", "--text"]).ends(0).out;
    assert!(free.contains("info by large 1: 25 CNY is over 20") && !free.contains("risk release"), "{free}");

    bench.call(&["risk", "release", "own", "F-1"]).ends(1);
    bench.call(&["risk", "release", "own", "H-1", "--by", "Erika Mustermann"]).ends(2);
    bench.call(&["risk", "release", "own", "H-1", "--by", "night-shift"]).ends(0);
    bench.call(&["risk", "release", "own", "H-1"]).ends(1);
    let timeline = bench.call(&["order", "own", "H-1"]).ends(0).out;
    assert!(timeline.contains("order.held") && timeline.contains("order.released"), "{timeline}");
    let why = bench.call(&["order", "own", "H-1", "--text"]).ends(0).out;
    assert!(why.contains("  let go  by night-shift at ") && !why.contains("risk release"), "{why}");
    // The source tells the same again: nothing comes of it.
    assert_eq!(hub.post("own", &order("H-1", "18400001234")), 200);
    bench.until("the ledger", || {
        let ledger = bench.call(&["ledger"]).ends(0).value();
        let own = ledger["sources"].as_array()?.iter().find(|source| source["source"] == "own")?.clone();
        (own["duplicate"] == 1).then_some(())
    });
    assert_eq!(bench.call(&["ledger"]).ends(0).value()["balanced"], true);
    let (code, err) = hub.stop();
    assert_eq!(code, 0, "{err}");

    // Without a hub it is the same store and the same history.
    let unmapped = bench.call(&["sku", "unmapped"]).ends(0).value();
    assert_eq!(
        (&unmapped["sku"], &unmapped["lines"], &unmapped["pieces"]),
        (&"NEW".into(), &2.into(), &"2".into())
    );
    bench.write("skus.csv", "sku,item,pieces\nMUG-2,MUG,2\nNEW,N,1\n");
    assert!(bench.call(&["sku", "unmapped"]).ends(0).out.is_empty());
    bench.write("new.toml", &RULES.replace("\"info\"", "\"review\"").replace("\"20\"", "\"30\""));
    let tried =
        bench.call(&["risk", "dry-run", "--rules", "new.toml", "--last", "2026-11-01"]).ends(0).values();
    assert_eq!(
        (&tried[0]["rule"], &tried[0]["orders"], &tried[0]["gone"]),
        (&"large".into(), &0.into(), &2.into())
    );
    assert_eq!(
        (&tried[1]["rule"], &tried[1]["new"], &tried[1]["examples"][0]),
        (&"listed".into(), &0.into(), &"H-1".into())
    );
    assert_eq!(tried[2]["looked_at"], 2);
    // Rules for single sources find what those sources told.
    let tries = |source: &str, code: i32| {
        let limited = format!("sources = [\"{source}\"]\nwhen.amount_over");
        bench.write(
            "own.toml",
            &RULES.replace("when.amount_over", &limited).replace("\"large\"", "\"of-own\""),
        );
        bench.call(&["risk", "dry-run", "--rules", "own.toml", "--last", "2026-11-01"]).ends(code)
    };
    let found = tries("own", 0).values();
    let of_own = found.iter().find(|row| row["rule"] == "of-own").expect("the rule found something");
    assert_eq!((&of_own["orders"], &of_own["new"]), (&2.into(), &2.into()));
    let refused = tries("nobody", 2);
    assert!(refused.err.contains("for source `nobody`, which is not configured"), "{}", refused.err);
    assert_eq!(bench.call(&["risk", "remove", "phone", "18400001234"]).ends(0).value()["removed"], 1);
    assert!(bench.call(&["risk", "list"]).ends(0).out.is_empty());
}

#[test]
fn a_list_from_a_file_holds_from_the_next_order_on() {
    let bench = bench();
    let hub = bench.hub();
    assert_eq!(hub.post("own", &order("BEFORE", "18400001234")), 200);
    bench.write("bad.csv", "kind,value\nphone,18400001234\nphone,nobody\n");
    let bad = bench.call(&["risk", "import", "bad.csv"]).ends(2);
    assert!(bad.err.contains("line 3") && !bad.err.contains("nobody"), "{}", bad.err);
    assert!(bench.call(&["risk", "list"]).ends(0).out.is_empty(), "all of a file or nothing");
    bench.write("list.csv", "kind,value\nphone,18400001234\nbuyer,own:b-7\nphone,+8618400001234\n");
    assert_eq!(bench.call(&["risk", "import", "list.csv"]).ends(0).value()["added"], 2);
    let listed = bench.call(&["risk", "list"]).ends(0).values();
    assert_eq!(listed.iter().map(|entry| &entry["kind"]).collect::<Vec<_>>(), ["phone", "buyer"]);
    // The hub that runs takes it over by itself.
    let mut number = 0;
    bench.until("an order that is held", || {
        number += 1;
        let name = format!("AFTER-{number}");
        assert_eq!(hub.post("own", &order(&name, "18400001234")), 200);
        let exported = bench.call(&["export", "orders"]).ends(0).values();
        let held = |order: &&serde_json::Value| order["status"]["hold"] == serde_json::json!(["risk"]);
        let held: Vec<_> = exported.iter().filter(held).map(|order| &order["order_no"]).collect();
        assert!(held.iter().all(|number| **number != "BEFORE"), "what was folded stays as it is: {held:?}");
        (!held.is_empty()).then_some(())
    });
    let (code, err) = hub.stop();
    assert_eq!(code, 0, "{err}");
}

#[test]
fn a_sku_map_is_a_file_or_a_table() {
    let rows = |rows: &str| {
        let table = format!("source = \"own\"\nrows = [{rows}]");
        Bench::new(&CONFIG.replace("source = \"*\"\nfile = \"skus.csv\"", &table))
    };
    let bench = rows(
        "{ sku = \"MUG-2\", item = \"MUG\", pieces = 2 }, { sku = \"MUG-2\", item = \"BOX\", pieces = \"0.5\" }",
    );
    bench.secret("key", "a key that only this test knows");
    bench.write("risk.toml", RULES);
    let hub = bench.hub();
    assert_eq!(hub.post("own", &order("T-1", "18400009999")), 200);
    let told = bench.until("the order", || {
        let orders = bench.call(&["export", "orders"]).ends(0).values();
        orders.into_iter().next()
    });
    let items = serde_json::json!([{"sku": "MUG", "quantity": "6"}, {"sku": "BOX", "quantity": "1.5"}]);
    assert_eq!(told["lines"][0]["items"], items);
    let (code, err) = hub.stop();
    assert_eq!(code, 0, "{err}");
    assert_eq!(bench.call(&["sku", "unmapped"]).ends(0).value()["sku"], "NEW");
    for (given, says) in [
        (
            "{ sku = \"A\", item = \"B\", pieces = 0 }",
            "enrich.sku[0].rows: row 1: pieces `0` is not a number above 0",
        ),
        (
            "{ sku = \"A\", item = \"B\", pieces = 1, by = \"name\" }",
            "rows: row 1: `name` is not sku, variant or product",
        ),
        ("", "enrich.sku[0].file: a map has either a file or rows"),
    ] {
        let bench = rows(given);
        bench.secret("key", "a key that only this test knows");
        bench.write("risk.toml", RULES);
        let called = bench.call(&["check"]).ends(2);
        assert!(called.err.contains(says), "{says} not in\n{}", called.err);
    }
}

#[test]
fn what_cannot_be_used_is_named_by_check() {
    let bench = bench();
    assert!(bench.call(&["check"]).ends(0).err.contains("without a valid signature"));
    bench.write(
        "risk.toml",
        "version = \"1\"\n[[rule]]\nid = \"x\"\nseverity = \"block\"\nwhen.region = [\"Tibet\"]\n",
    );
    bench.write("skus.csv", "sku,item,pieces\nA,B,none\n");
    bench.secret("key", "short");
    let called = bench.call(&["check"]).ends(2);
    for says in [
        "crossdock.toml:7: enrich.risk.rules: risk.toml: rule `x`: `Tibet` is not",
        "crossdock.toml:8: enrich.risk.secret: the secret is shorter than 16 bytes",
        "enrich.sku[0].file: skus.csv: line 2: pieces `none`",
    ] {
        assert!(called.err.contains(says), "{says} not in\n{}", called.err);
    }
    assert!(!called.err.contains("short\n"), "{}", called.err);
}
