//! Whole hubs that ask stand-in carriers over HTTP: what is asked, how often, and what becomes of the answers.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use crossdock_connector::Captured;
use crossdock_schemas::{Channel, Class, HistoryKind};
use crossdock_testkit::standin::sf::{Desk, Options, Route};
use serde_json::json;

use crate::backbone::*;
use crate::clock;
use crate::config::load_text;
use crate::hub::Hub;
use crate::ledger::Ledger;
use crate::lock::private_file;

const SHOP: &str = "[[source]]\nid = \"store\"\nuse = \"own-store\"\n[source.settings]\nshop = \"main\"\n\
                    secrets = [{ file = \"SECRET\" }]\n";

const WORD: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A file with one secret for everything.
fn secret(dir: &Path) -> String {
    let path = dir.join("secret");
    if !path.exists() {
        private_file(&path).unwrap();
        std::fs::write(&path, WORD).unwrap();
    }
    path.to_str().unwrap().to_owned()
}

/// A hub in a folder with one carrier, whose settings are given.
async fn start(dir: &Path, carrier: &str) -> Hub {
    let secret = secret(dir);
    let text = format!(
        "{SHOP}[webhook]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"\"\n[[source]]\nid = \"carrier\"\n{carrier}"
    );
    let text = text.replace("SECRET", &secret);
    match load_text("test", &text, Some(&dir.join("data"))) {
        Ok(loaded) => Hub::start(loaded).await.unwrap(),
        Err(problems) => panic!("{}", problems[0].message),
    }
}

fn sf(desk: &Desk, more: &str) -> String {
    format!(
        "use = \"sf\"\n{more}\n[source.settings]\npath_token = {{ file = \"SECRET\" }}\n[source.settings.track]\n\
         endpoint = \"{}\"\npartner_id = \"PARTNER\"\ncheckword = {{ file = \"SECRET\" }}\n",
        desk.url()
    )
}

async fn desk() -> Desk {
    Desk::start(Options { partner_id: "PARTNER".into(), checkword: WORD.into() }).await.unwrap()
}

/// A shop tells of an order and of a parcel of it, about which only its number is known.
async fn ships(hub: &Hub, carrier: &str, number: &str) {
    let order = json!({
        "order_no": number, "kind": "sale", "currency": "CNY",
        "status": {"lifecycle": "placed", "payment": "paid", "fulfillment": "fulfilled"},
        "placed_at": "2026-11-20T08:00:00+08:00", "modified_at": "2026-11-20T08:05:00+08:00",
        "lines": [{"line_ref": "1", "sku": "MUG", "title": "Mug", "quantity": "1", "unit_price": "12.50", "line_total": "12.50"}],
        "totals": {"goods": "12.50", "payable": "12.50"},
        "ship_to": {"country": "CN", "phones": [{"kind": "mobile", "protected": {"masked": "138****0246", "state": "masked"}}]},
    });
    let parcel = json!({"carrier": carrier, "tracking_no": number, "direction": "outbound"});
    let body = json!([
        {"kind": "order", "order": order},
        {"kind": "parcel", "partial": true, "parcel": parcel, "refs": [{"order_no": number}]},
    ]);
    let capture = NewCapture {
        source: "store".into(),
        captured: Captured::new("message", body.to_string()),
        channel: Channel::Webhook,
        class: Class::Normal,
        received_at: clock::now_micros(),
        traceparent: None,
        answers: Vec::new(),
    };
    hub.backbone.capture(vec![capture]).await.unwrap();
}

async fn status(hub: &Hub, carrier: &str, number: &str) -> Option<String> {
    let key = HistoryKey {
        kind: HistoryKind::Parcel,
        platform: carrier.into(),
        shop: "".into(),
        number: number.into(),
    };
    let state = hub.backbone.load(vec![key]).await.unwrap().remove(0)?;
    let parcel: serde_json::Value = serde_json::from_str(&state.snapshot?).unwrap();
    Some(parcel["status"].as_str().unwrap_or_default().to_owned())
}

/// Waits for something that has to come.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..600 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came: {what}");
}

fn route(number: &str, code: &str, time: &str) -> Route {
    Route {
        mailno: number.into(),
        op_code: code.into(),
        accept_time: time.into(),
        accept_address: "杭州市".into(),
        remark: "快件".into(),
        ..Route::default()
    }
}

async fn balances(hub: &Hub) {
    until("all is folded", async || {
        let Answer::Ledger(counts) = hub.backbone.ask(Question::Ledger).await.unwrap() else { panic!() };
        assert!(Ledger::of(&counts).balanced);
        assert!(counts.sources.values().all(|source| source.quarantined.is_empty()), "{counts:?}");
        counts.sources.values().all(|source| source.pending == 0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parcel_is_asked_for_until_it_is_delivered_and_a_number_nobody_knows_yet_is_no_error() {
    const NUMBER: &str = "SF7444400031887";
    let (dir, desk) = (tempfile::tempdir().unwrap(), desk().await);
    // Shown only to those who know the recipient's phone, which only the order has.
    desk.ask_for_phone(NUMBER, "0246");
    let hub = start(dir.path(), &sf(&desk, "track_every = \"200ms\"")).await;
    ships(&hub, "sf_express", NUMBER).await;
    until("the carrier is asked", async || desk.counts().queries >= 2).await;
    assert_eq!(status(&hub, "sf_express", NUMBER).await.as_deref(), Some(""));
    desk.put([route(NUMBER, "50", "2026-11-21 20:00:00")]);
    until("picked up", async || status(&hub, "sf_express", NUMBER).await.as_deref() == Some("picked_up"))
        .await;
    desk.put([route(NUMBER, "80", "2026-11-22 10:00:00")]);
    until("delivered", async || status(&hub, "sf_express", NUMBER).await.as_deref() == Some("delivered"))
        .await;
    until("struck out", async || hub.metrics.render().contains("crossdock_track_open{source=\"carrier\"} 0"))
        .await;
    let asked = desk.counts().queries;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(desk.counts().queries, asked, "what is over is not asked for");
    assert_eq!(desk.counts().refused, 0);
    assert!(hub.metrics.render().contains("crossdock_tracks_total{outcome=\"captured\"}"));
    balances(&hub).await;
    hub.shutdown().await.unwrap();
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_carrier_that_is_down_is_probed_and_a_restart_knows_every_open_parcel() {
    let (dir, desk) = (tempfile::tempdir().unwrap(), desk().await);
    let numbers: Vec<String> = (0..40).map(|at| format!("SF74444000{at:05}")).collect();
    let settings = sf(&desk, "track_every = \"300ms\"\ntrack_phone = \"0135\"");
    desk.server().set_down(true);
    let hub = start(dir.path(), &settings).await;
    for number in &numbers {
        ships(&hub, "sf_express", number).await;
    }
    until("it is tried", async || desk.server().turned_away() >= 5).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let tried = desk.server().turned_away();
    assert!(tried <= 14, "{tried} calls of a vendor that is down");
    hub.shutdown().await.unwrap();
    desk.server().set_down(false);
    for number in &numbers {
        desk.put([route(number, "80", "2026-11-22 10:00:00")]);
        desk.ask_for_phone(number, "0135");
    }
    // Nothing was kept but the parcels themselves.
    let hub = start(dir.path(), &settings).await;
    for number in &numbers {
        until("delivered", async || status(&hub, "sf_express", number).await.as_deref() == Some("delivered"))
            .await;
    }
    let asked = desk.counts().queries;
    assert!((4..=40).contains(&asked), "{asked} calls for forty parcels, ten at most in each");
    balances(&hub).await;
    hub.shutdown().await.unwrap();
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_day_allows_is_not_more_after_a_restart() {
    const HOUR: Micros = 3_600_000_000;
    // A part of the day is an hour: not across its end.
    let left = HOUR - clock::now_micros() % HOUR;
    if left < 30_000_000 {
        tokio::time::sleep(Duration::from_micros(u64::try_from(left).unwrap())).await;
    }
    let (dir, desk) = (tempfile::tempdir().unwrap(), desk().await);
    let settings = sf(&desk, "track_every = \"100ms\"\ntrack_phone = \"0135\"\ntrack_per_day = 24");
    let hub = start(dir.path(), &settings).await;
    ships(&hub, "sf_express", "SF7444400031887").await;
    until("the carrier is asked", async || desk.counts().queries == 2).await;
    hub.shutdown().await.unwrap();
    let hub = start(dir.path(), &settings).await;
    until("it is due", async || {
        let text = hub.metrics.render();
        let late =
            text.lines().find(|line| line.starts_with("crossdock_track_late_seconds{")).unwrap_or(" 0");
        late.rsplit(' ').next().is_some_and(|late| late.parse::<u32>().unwrap() >= 1)
    })
    .await;
    assert_eq!(desk.counts().queries, 2, "twice the even share of an hour, and no more");
    hub.shutdown().await.unwrap();
    desk.stop().await;
}

/// FedEx' token service and tracking: the first token ends at once, the number is unknown at first.
#[derive(Default)]
struct Fedex {
    tokens: AtomicU32,
    asked: AtomicU32,
}

const FOUND: &str =
    include_str!("../../../../connectors/carriers/fedex/fixtures/conversations/track-two.toml");

async fn fedex() -> (String, Arc<Fedex>) {
    let fedex = Arc::new(Fedex::default());
    let token = async |Shared(fedex): Shared<Arc<Fedex>>| {
        let number = fedex.tokens.fetch_add(1, Ordering::SeqCst) + 1;
        json!({"access_token": format!("token-{number}"), "expires_in": 3599}).to_string()
    };
    let track = async |Shared(fedex): Shared<Arc<Fedex>>, headers: HeaderMap| {
        if headers["authorization"] == "Bearer token-1" {
            let body = json!({"errors": [{"code": "NOT.AUTHORIZED.ERROR", "message": "ended"}]});
            return (StatusCode::UNAUTHORIZED, body.to_string());
        }
        if fedex.asked.fetch_add(1, Ordering::SeqCst) == 0 {
            let body = json!({"errors": [{"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "no"}]});
            return (StatusCode::NOT_FOUND, body.to_string());
        }
        let body = FOUND.lines().find_map(|line| line.strip_prefix("reply_body = '")).unwrap();
        (StatusCode::OK, body.trim_end_matches('\'').to_owned())
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/oauth/token", post(token))
        .route("/track/v1/trackingnumbers", post(track))
        .with_state(Arc::clone(&fedex));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, fedex)
}

#[cfg(feature = "fedex")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ended_is_opened_anew_and_not_found_is_not_yet() {
    let (dir, (url, fedex)) = (tempfile::tempdir().unwrap(), fedex().await);
    let settings = format!(
        "use = \"fedex\"\ntrack_every = \"100ms\"\n[source.settings.track]\nendpoint = \"{url}\"\n\
         client_id = \"x\"\nclient_secret = {{ file = \"SECRET\" }}\n"
    );
    let hub = start(dir.path(), &settings).await;
    ships(&hub, "fedex", "980000000127").await;
    until("asked", async || fedex.tokens.load(Ordering::SeqCst) == 2).await;
    until("not found", async || {
        hub.metrics.render().contains("crossdock_tracks_total{outcome=\"not_yet\"} 1")
    })
    .await;
    assert_eq!(status(&hub, "fedex", "980000000127").await.as_deref(), Some(""));
    until("found", async || status(&hub, "fedex", "980000000127").await.as_deref() == Some("picked_up"))
        .await;
    assert_eq!(fedex.tokens.load(Ordering::SeqCst), 2, "one session for all calls");
    balances(&hub).await;
    hub.shutdown().await.unwrap();
}

#[cfg(feature = "17track")]
#[tokio::test]
async fn settings_that_cannot_work_are_told_with_their_line() {
    let dir = tempfile::tempdir().unwrap();
    let secret = secret(dir.path());
    let check = |text: &str| {
        let text = format!("[[source]]\nid = \"x\"\n{text}").replace("SECRET", &secret);
        match load_text("f", &text, None) {
            Ok(loaded) => (String::new(), loaded.sources.len()),
            Err(problems) => (format!("{}: {}", problems[0].key, problems[0].message), problems.len()),
        }
    };
    let aggregator =
        "use = \"17track\"\n[source.settings]\nkey = { file = \"SECRET\" }\n[source.settings.track]\n";
    let with = |first: &str| aggregator.replacen('\n', &format!("\n{first}\n"), 1);
    assert_eq!(check(&with("track_every = \"2h\"\ncarriers = [\"zto\"]")), (String::new(), 1));
    for (text, key, words) in [
        (with("track_every = \"2h\""), "track_every", "say whose"),
        (with("track_every = \"0s\"\ncarriers = [\"zto\"]"), "track_every", "0 is"),
        (with("track_every = \"2h\"\ncarriers = [\"zto\"]\ntrack_per_day = 0"), "track_per_day", "never"),
        (with("track_every = \"2h\"\ncarriers = [\"zto\"]\ntrack_phone = \"13\""), "track_phone", "four digits"),
        (with("carriers = [\"zto\"]"), "carriers", "nothing without"),
        (
            "use = \"17track\"\ntrack_every = \"2h\"\ncarriers = [\"zto\"]\n[source.settings]\nkey = { file = \"SECRET\" }".into(),
            "track_every",
            "do not say how",
        ),
        (
            "use = \"sf\"\ntrack_every = \"2h\"\ncarriers = [\"zto\"]\n[source.settings]\npath_token = { file = \"SECRET\" }\n[source.settings.track]\npartner_id = \"P\"\ncheckword = { file = \"SECRET\" }".into(),
            "carriers",
            "of sf_express only",
        ),
        (
            "use = \"own-store\"\ntrack_every = \"2h\"\n[source.settings]\nshop = \"m\"\nsecrets = [{ file = \"SECRET\" }]".into(),
            "track_every",
            "cannot be asked",
        ),
    ] {
        let (told, count) = check(&text);
        assert!(count == 1 && told.contains(key) && told.contains(words), "{text}: {told}");
    }
}
