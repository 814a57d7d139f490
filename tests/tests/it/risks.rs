//! An order that the risk rules hold, as those see it who have to decide: what was found, who is on the list, how it is
//! let go, and what other rules would have found.

use std::time::{Duration, Instant};

use crossdock::enrich::risk::rules::EXAMPLE;
use serde_json::Value;

use crate::calls::send;
use crate::orders::order;
use crate::site::{PATIENCE, Site};

const PHONE: &str = "+8618400001234";

/// A hub with the example rules, a key for the list and a SKU map.
fn site() -> Site {
    let site = Site::new(
        "[enrich.risk]\nrules = \"risk.toml\"\nsecret = { file = \"risk.key\" }\n\
         [[enrich.sku]]\nsource = \"*\"\nfile = \"skus.csv\"\n",
    );
    std::fs::write(site.path("risk.toml"), EXAMPLE).unwrap();
    std::fs::write(site.path("skus.csv"), "sku,item,pieces\nSET,CUP,2\nSET,SAUCER,2\n").unwrap();
    std::fs::write(site.path("risk.key"), "sixteen bytes are enough").unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(site.path("risk.key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    site
}

/// An order of one piece by somebody with this phone.
fn by(number: &str, phone: &str) -> String {
    let buyer = format!("\"buyer\":{{\"phones\":[{{\"e164\":\"{phone}\"}}]}},\"lines\"");
    order(number, 1).replacen("\"lines\"", &buyer, 1)
}

fn seen(site: &Site, number: &str) -> (Value, Vec<Value>, String) {
    let object = site.ask(&["order", "store", number, "--json"]).remove(0);
    let text = site.call(&["order", "store", number, "--text"]).stdout;
    let timeline = object["timeline"].as_array().unwrap().clone();
    (object["state"].clone(), timeline, String::from_utf8(text).unwrap())
}

fn failed(site: &Site, arguments: &[&str], code: i32, words: &str) {
    let output = site.call(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.contains(words), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_why_an_order_is_held_is_told_and_can_let_it_go() {
    let site = site();
    let hub = site.start();
    assert_eq!(send(&hub, "m1", &order("MANY", 200)).await.status, 200);
    assert_eq!(send(&hub, "m2", &order("FEW", 2)).await.status, 200);
    site.settled();
    let (state, timeline, text) = seen(&site, "MANY");
    assert_eq!(state["status"]["hold"], serde_json::json!(["risk"]));
    let tag = state["risk_tags"].as_array().unwrap().iter().find(|tag| tag["rule"] == "many-pieces").unwrap();
    assert_eq!(
        (&tag["severity"], &tag["evidence"]),
        (&"review".into(), &"200 pieces of MUG, over 100".into())
    );
    let tagged = timeline.iter().find(|entry| entry["type"] == "risk.tagged").unwrap();
    assert!(tagged["tags"].as_array().unwrap().contains(tag), "{tagged}");
    assert!(text.contains("risk    review by many-pieces 1: 200 pieces of MUG, over 100\n"), "{text}");
    assert!(text.contains("held    crossdock risk release store MANY\n"), "{text}");
    let (state, _, text) = seen(&site, "FEW");
    assert_eq!(state["status"].get("hold"), None);
    assert!(text.contains("info by sku_unmapped") && !text.contains("risk release"), "{text}");

    // With the hub running, and the second time there is nothing to let go.
    let released = site.ask(&["risk", "release", "store", "MANY", "--by", "night-shift", "--json"]);
    assert_eq!(released, [serde_json::json!({"released": "MANY", "hold": []})]);
    failed(&site, &["risk", "release", "store", "MANY"], 1, "no risk rule holds order MANY");
    failed(&site, &["risk", "release", "store", "NONE"], 1, "NONE");
    let (state, timeline, text) = seen(&site, "MANY");
    assert_eq!(state["risk_released"]["by"], "night-shift");
    assert_eq!(timeline.last().unwrap()["type"], "order.released");
    assert!(text.contains("let go  by night-shift at ") && !text.contains("risk release"), "{text}");

    // The same sent again, by another number of the message: nobody has to look again.
    assert_eq!(send(&hub, "m3", &order("MANY", 200)).await.status, 200);
    site.settled();
    assert_eq!(seen(&site, "MANY").0["status"].get("hold"), None);

    // Stricter rules, tried before they go live.
    std::fs::write(site.path("strict.toml"), EXAMPLE.replace("pieces = \"100\"", "pieces = \"1\"")).unwrap();
    let found = site.ask(&["risk", "dry-run", "--rules", "strict.toml", "--last", "9999d", "--json"]);
    let rule = found.iter().find(|row| row["rule"] == "many-pieces").unwrap();
    assert_eq!((&rule["orders"], &rule["new"]), (&2.into(), &1.into()), "{rule}");
    assert_eq!(seen(&site, "FEW").0["status"].get("hold"), None, "nothing was changed");
    let unmapped = site.ask(&["sku", "unmapped", "--json"]);
    assert_eq!((&unmapped[0]["sku"], &unmapped[0]["lines"]), (&"MUG".into(), &2.into()), "{unmapped:?}");
    site.ledger();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_holds_whom_it_names_from_the_next_order_on() {
    let site = site();
    let hub = site.start();
    assert_eq!(send(&hub, "m1", &by("BEFORE", PHONE)).await.status, 200);
    site.settled();
    assert_eq!(site.ask(&["risk", "add", "phone", PHONE, PHONE, "--json"])[0]["added"], 1);
    std::fs::write(site.path("more.csv"), "kind,value\nbuyer,own:b-7\nphone,18400005678\n").unwrap();
    assert_eq!(site.ask(&["risk", "import", "more.csv", "--json"])[0]["added"], 2);
    std::fs::write(site.path("bad.csv"), "kind,value\nphone,nobody\n").unwrap();
    failed(&site, &["risk", "import", "bad.csv"], 2, "line 2");
    let list = site.ask(&["risk", "list", "--json"]);
    assert_eq!(list.len(), 3, "{list:?}");
    let file = std::fs::read_to_string(site.path("data/risk-list.tsv")).unwrap();
    assert!(!file.contains("18400001234") && !file.contains("b-7"), "{file}");

    // The hub that runs takes it over by itself.
    let begun = Instant::now();
    let listed = loop {
        let number = format!("AFTER-{}", begun.elapsed().as_millis());
        assert_eq!(send(&hub, &number, &by(&number, PHONE)).await.status, 200);
        site.settled();
        let (state, _, text) = seen(&site, &number);
        if state["status"].get("hold").is_some() {
            assert!(!text.contains("18400001234"), "{text}");
            break text;
        }
        assert!(begun.elapsed() < PATIENCE, "it is not taken over");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert!(listed.contains("block by listed-phone 1: listed since 20"), "{listed}");
    assert_eq!(seen(&site, "BEFORE").0["status"].get("hold"), None, "what was folded stays as it is");
    assert_eq!(site.ask(&["risk", "remove", "phone", PHONE, "--json"])[0]["removed"], 1);
    assert_eq!(site.ask(&["risk", "list", "--json"]).len(), 2);
}
