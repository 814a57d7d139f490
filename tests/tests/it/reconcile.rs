//! The platform's own list, over real HTTP, against what is known here and what sinks accepted.

use std::sync::Arc;

use crossdock_testkit::standin::generate::rows;
use crossdock_testkit::standin::generate::taobao::{Course, Life, life};
use crossdock_testkit::standin::top::{Faults, Options, Top};
use jiff::SignedDuration;
use serde_json::Value;

use crate::repair::refuser;
use crate::site::{Site, basics, receiver, sink};

const ROWS: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom
";

/// A gateway that knows our key.
pub(crate) async fn gateway(faults: Faults) -> Top {
    let options = Options {
        app_key: "12345678".into(),
        secret: "sandbox0123456789abcdef".into(),
        session: "test_session_001".into(),
        clock: Arc::new(crossdock::clock::now),
        faults,
    };
    Top::start(options).await.unwrap()
}

/// Trades that were paid three hours ago and have been shipped since.
pub(crate) fn lives(count: usize) -> Vec<Life> {
    let sale = rows::read(ROWS.as_bytes()).unwrap().sales.remove(0);
    let now = crossdock::clock::now();
    let all = (1..).map(|nth| life(&sale, nth, now - SignedDuration::from_hours(3), 7));
    all.filter(|life| life.course == Course::Finished && life.states[2].at < now).take(count).collect()
}

/// The configuration with a shop at this gateway.
pub(crate) fn shop(url: &str, sinks: &str) -> String {
    format!(
        r#"{}[[source]]
id = "taobao"
use = "taobao"
[source.settings]
shop = "2000000001"
app_key = "12345678"
app_secret = {{ file = "app-secret" }}
session = {{ file = "session" }}
path_token = {{ file = "path" }}
gateway = "{url}"
page_size = 3
{sinks}"#,
        basics()
    )
}

pub(crate) fn site(config: &str) -> Site {
    let site = Site::new("");
    for (name, secret) in [
        ("app-secret", "sandbox0123456789abcdef"),
        ("session", "test_session_001"),
        ("path", "a-long-path-token"),
    ] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(site.path(name), secret).unwrap();
        std::fs::set_permissions(site.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    site.configure(config);
    site
}

/// Calls it; gives its exit code, its lines, and the summary at their end.
fn reconcile(site: &Site, more: &[&str]) -> (i32, Vec<Value>, Value) {
    let from: &[&str] = if more.contains(&"--from") { &[] } else { &["--from", "4h"] };
    let output = site.call(&[&["reconcile", "taobao", "--json"], from, more].concat());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap_or_else(|| panic!("it said nothing: {errors}"));
    (output.status.code().unwrap(), lines, last["summary"].clone())
}

fn numbers<'a>(lines: &'a [Value], difference: &str) -> Vec<&'a str> {
    let fits = |line: &&Value| line["difference"] == difference && line["kind"] == "order";
    lines.iter().filter(fits).map(|line| line["number"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_lists_is_compared_and_pulled() {
    // Now and then a call goes wrong in one way or the other: a list is asked for until it is whole.
    let faults = Faults { seed: 3, broken: 100, remote: 100, ..Faults::default() };
    let (top, erp) = (gateway(faults).await, receiver().await);
    let lives = lives(5);
    for life in &lives {
        assert!(top.put_trade(life.states[1].trade.clone()));
    }
    let site = site(&shop(&top.url(), &sink("erp", &erp.url(), "order.*")));
    let hub = site.start();

    let (code, lines, summary) = reconcile(&site, &[]);
    assert_eq!(code, 1);
    let tids: Vec<String> = lives.iter().map(|life| life.tid.to_string()).collect();
    let mut missing = numbers(&lines, "missing");
    missing.sort_unstable();
    assert_eq!(missing, tids, "{lines:?}");
    assert_eq!((&summary["missing"], &summary["open"]), (&5.into(), &5.into()), "{summary}");
    assert!(site.ledger().sources.iter().all(|line| line.source != "taobao"), "looking changes nothing");

    let (code, lines, summary) = reconcile(&site, &["--repair"]);
    assert_eq!((code, &summary["repaired"], &summary["open"]), (0, &5.into(), &0.into()), "{summary}");
    assert!(lines.iter().all(|line| line["repaired"] == true), "{lines:?}");
    let ledger = site.settled();
    let line = ledger.sources.iter().find(|line| line.source == "taobao").unwrap();
    assert_eq!((line.captured, line.folded), (5, 5));
    let told = site.ask(&["order", "taobao", &tids[0], "--json"]).remove(0);
    assert_eq!(told["timeline"][0]["channel"], "poll", "{told}");

    let (code, lines, summary) = reconcile(&site, &[]);
    assert_eq!((code, lines.len(), &summary["listed"]), (0, 0, &5.into()), "{lines:?} {summary}");
    assert_eq!(summary["sinks"][0]["accepted"], 5, "{summary}");
    assert!(hub.terminate().0.success());

    // One of them goes on while nobody listens; the store of a hub that is stopped can be repaired too.
    assert!(top.put_trade(lives[2].states[2].trade.clone()));
    let (code, lines, _) = reconcile(&site, &[]);
    assert_eq!((code, numbers(&lines, "different")), (1, vec![tids[2].as_str()]));
    let changed = lines.iter().find(|line| line["difference"] == "different").unwrap()["changed"].to_string();
    assert!(changed.contains("/status/fulfillment"), "{changed}");
    let text = site.call(&["reconcile", "taobao", "--text", "--from", "4h"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains(&format!("different  order taobao/2000000001 {}: ", tids[2])), "{text}");
    assert!(text.contains("--repair"), "{text}");
    let (code, _, summary) = reconcile(&site, &["--repair"]);
    assert_eq!((code, &summary["open"]), (0, &0.into()), "{summary}");
    assert_eq!(reconcile(&site, &[]).0, 0);
    // In another time there is nothing.
    let (code, _, summary) = reconcile(&site, &["--from", "50h", "--to", "48h"]);
    assert_eq!((code, &summary["listed"], &summary["extra"]), (0, &0.into(), &Value::Null), "{summary}");
    assert!(top.counts().faults > 0, "nothing went wrong: {:?}", top.counts());
    top.stop().await;
    erp.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_here_and_not_on_their_list_is_extra() {
    let top = gateway(Faults::default()).await;
    let lives = lives(3);
    for life in &lives {
        assert!(top.put_trade(life.states[1].trade.clone()));
    }
    let site = site(&shop(&top.url(), ""));
    drop(site.start());
    assert_eq!(reconcile(&site, &["--repair"]).0, 0);
    top.stop().await;
    // The same shop, as if one of its trades had never been there.
    let other = gateway(Faults::default()).await;
    for life in &lives[..2] {
        assert!(other.put_trade(life.states[1].trade.clone()));
    }
    site.configure(&shop(&other.url(), ""));
    let (code, lines, summary) = reconcile(&site, &["--repair"]);
    let gone = lives[2].tid.to_string();
    assert_eq!(
        (code, numbers(&lines, "extra")),
        (1, vec![gone.as_str()]),
        "nobody can pull what is not there"
    );
    assert_eq!((&summary["extra"], &summary["open"]), (&1.into(), &1.into()));
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sink_lacks_is_named_and_handed_off_again() {
    let (top, wms) = (gateway(Faults::default()).await, receiver().await);
    let lives = lives(2);
    for life in &lives {
        assert!(top.put_trade(life.states[1].trade.clone()));
    }
    let site = site(&shop(&top.url(), &sink("wms", &refuser(), "order.placed")));
    let hub = site.start();
    assert_eq!(reconcile(&site, &["--repair"]).0, 0);
    assert_eq!(site.settled().sinks[0].parked, 2);
    let (code, lines, summary) = reconcile(&site, &[]);
    assert_eq!((code, numbers(&lines, "parked").len(), &summary["sinks"][0]["parked"]), (1, 2, &2.into()));
    assert!(lines[0]["detail"].as_str().unwrap().contains("no such hook!"), "{lines:?}");
    // One of them is dropped by people, then the receiver is mended.
    let number = lines[0]["number"].as_str().unwrap();
    let dropped = site.ask(&["parked", "drop", "--sink", "wms", "--number", number, "--yes"]).remove(0);
    assert_eq!(dropped["dropped"], 1);
    assert!(hub.terminate().0.success());
    site.configure(&shop(&top.url(), &sink("wms", &wms.url(), "order.placed")));
    let hub = site.start();
    let (code, lines, summary) = reconcile(&site, &["--repair"]);
    assert_eq!((code, &summary["handed_again"]), (0, &2.into()), "{lines:?} {summary}");
    assert_eq!((numbers(&lines, "parked").len(), numbers(&lines, "dropped").len()), (1, 1));
    let deadline = std::time::Instant::now() + crate::site::PATIENCE;
    while wms.distinct() < 2 {
        assert!(std::time::Instant::now() < deadline, "{}", site.log());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    site.settled();
    assert_eq!(reconcile(&site, &[]).0, 0);
    assert!(hub.terminate().0.success());
    assert_eq!(wms.stop().await.distinct, 2);
    top.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_said() {
    let top = gateway(Faults::default()).await;
    let told = r#"
[[source]]
id = "us"
use = "shopify"
settings = { shop = "demo-store-one.myshopify.com", secret = { file = "app-secret" } }
"#;
    let site = site(&shop(&top.url(), told));
    let says = |arguments: &[&str], code: i32, words: &str| {
        let output = site.call(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{errors}");
        assert!(errors.contains(words), "{errors}");
    };
    says(&["reconcile", "taobao"], 1, "there is no store in");
    drop(site.start());
    says(&["reconcile", "taobo"], 2, "no source `taobo`: store, sheet, taobao, us");
    says(&["reconcile", "store"], 2, "`own-store` is told by pushes or files only");
    says(
        &["reconcile", "us"],
        2,
        "`shopify` could be asked, but this source's settings have no access to it",
    );
    says(&["reconcile", "taobao", "--from", "1d", "--to", "2d"], 2, "is not before");
    std::fs::write(site.path("session"), "another").unwrap();
    says(&["reconcile", "taobao"], 1, "taobao does not give its list of");
    top.stop().await;
}
