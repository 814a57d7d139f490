//! What goes through a hub right now, and what has piled up.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;

use crate::calls::send;
use crate::orders::order;
use crate::site::{PATIENCE, Site, receiver, sink};

#[tokio::test(flavor = "multi_thread")]
async fn top_shows_who_lags_and_why() {
    let erp = receiver().await;
    // Nobody listens there.
    let dead = sink("wms", "http://127.0.0.1:9/", "order.placed");
    let site = Site::new(&format!("{}{dead}", sink("erp", &erp.url(), "order.placed")));
    let refused = site.call(&["top", "--once"]);
    assert_eq!(refused.status.code(), Some(1));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("no hub runs on data") && words.contains("crossdock run"), "{words}");

    let hub = site.start();
    for number in 1..=12 {
        assert_eq!(send(&hub, &format!("m{number}"), &order(&format!("A-{number}"), 1)).await.status, 200);
    }
    let deadline = Instant::now() + PATIENCE;
    let picture = loop {
        let picture = site.ask(&["top", "--once"]).remove(0);
        let sinks = picture["sinks"].as_array().unwrap();
        if sinks.iter().any(|sink| sink["sink"] == "erp" && sink["pending"] == 0)
            && sinks.iter().any(|sink| sink["left_alone"] == true)
        {
            break picture;
        }
        assert!(Instant::now() < deadline, "{picture}");
    };
    let of = |list: &str, name: &str, id: &str| {
        let found = picture[list].as_array().unwrap().iter().find(|row| row[name] == id);
        found.unwrap_or_else(|| panic!("no {id} in {picture}")).clone()
    };
    let store = of("sources", "source", "store");
    assert_eq!((&store["pending"], &store["oldest_seconds"]), (&0.into(), &Value::Null));
    let (erp_line, wms) = (of("sinks", "sink", "erp"), of("sinks", "sink", "wms"));
    assert_eq!((&erp_line["left_alone"], &erp_line["trouble"]), (&false.into(), &Value::Null));
    assert_eq!((&wms["pending"], &wms["parked"]), (&12.into(), &0.into()));
    assert!(wms["oldest_seconds"].is_u64(), "{wms}");
    assert!(wms["trouble"]["words"].as_str().unwrap().contains("cannot connect"), "{wms}");
    let text = site.call(&["top", "--once", "--text"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("left alone") && text.contains("cannot connect"), "{text}");
    assert!(!text.contains('\u{1b}'), "no terminal, no control: {text}");

    // Where nobody looks at a screen it writes a line a second, until it is asked to stop.
    let mut child = site.command(None, &["top"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    let first = next();
    assert_eq!(send(&hub, "m99", &order("A-99", 1)).await.status, 200);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let later = next();
        assert!(later["at"].as_str() > first["at"].as_str());
        let source = later["sources"].as_array().unwrap().iter().find(|row| row["source"] == "store");
        if source.unwrap()["captured_per_second"].as_f64().unwrap() > 0.0 {
            break;
        }
        assert!(Instant::now() < deadline, "no rate: {later}");
    }
    let ended = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(hub.terminate().0.success());
}
