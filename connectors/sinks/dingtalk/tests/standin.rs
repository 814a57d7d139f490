//! The sink against a bot that behaves as DingTalk's: what people see, and how often.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails as the test itself does")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use crossdock_connector::{Connector, Delivery, ErrorKind, Outcome, Parts, Repeat, SinkPart, settings};
use crossdock_dingtalk::{Config, Dingtalk};
use crossdock_schemas::Event;
use crossdock_testkit::standin::Clock;
use crossdock_testkit::standin::bots::{Bot, Fault, Options, Shown, Vendor};
use crossdock_testkit::standin::handover::Driver;
use jiff::Timestamp;

const SETTINGS: &str = "access_token = { env = 'KEY' }\nsecret = { env = 'SECRET' }";
const KEY: &str = "key-0a1b2c3d";
const SECRET: &str = "SEC0a1b2c3d";
/// 2026-11-22T12:00:00Z.
const NOW: i64 = 1_795_348_800;

fn parts(toml: &str) -> Parts {
    let mut table: toml::Table = toml.parse().unwrap();
    settings::resolve(&mut table, &|reference| match reference {
        settings::SecretRef::Env("SECRET") => Ok(SECRET.to_owned()),
        _ => Ok(KEY.to_owned()),
    })
    .unwrap();
    Dingtalk::build(settings::read::<Config>(table).unwrap()).unwrap()
}

fn delivery(name: &str, number: u32) -> Delivery {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/events").join(format!("{name}.json"));
    let text = fs::read_to_string(path).unwrap();
    // Many parcels from one: each with its own number.
    let text = text.replace("SF1234567890123", &format!("SF99{number:011}"));
    let mut event = Event::from_json(text.trim()).unwrap();
    event.id = format!("{}{number:04}", event.id);
    Delivery { json: Bytes::from(event.to_json()), event: Arc::new(event), attempt: 1, maybe_there: false }
}

fn many(name: &str, count: u32) -> Vec<Delivery> {
    (1..=count).map(|number| delivery(name, number)).collect()
}

struct Desk {
    bot: Bot,
    driver: Driver,
    now: Arc<AtomicI64>,
}

impl Desk {
    async fn open(settings: &str) -> Self {
        Self::with(settings, |_| {}).await
    }

    async fn with(settings: &str, change: impl FnOnce(&mut Options)) -> Self {
        let now = Arc::new(AtomicI64::new(NOW));
        let shared = Arc::clone(&now);
        let clock: Clock = Arc::new(move || Timestamp::from_second(shared.load(Ordering::Relaxed)).unwrap());
        let mut options = Options {
            vendor: Vendor::DingTalk,
            key: KEY.to_owned(),
            secret: Some(SECRET.to_owned()),
            keyword: None,
            clock: Arc::clone(&clock),
        };
        change(&mut options);
        let bot = Bot::start(options).await.unwrap();
        let all = format!("base_url = '{}'\n{SETTINGS}\n{settings}", bot.url());
        let driver = Driver::new(&parts(&all)).unwrap().clock(clock);
        Self { bot, driver, now }
    }

    async fn hand(&mut self, batch: &[Delivery]) -> Vec<Outcome> {
        self.driver.deliver(batch).await
    }

    async fn words(&mut self, batch: &[Delivery]) -> Vec<&'static str> {
        self.hand(batch).await.iter().map(Outcome::as_str).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.bot.shown().into_iter().map(|shown: Shown| shown.text).collect()
    }
}

#[tokio::test]
async fn people_read_what_happened() {
    for (language, name, start, line) in [
        ("zh", "picked-up", "【揽收】快递已揽收包裹\n", "\n快递：顺丰速运\n"),
        ("zh", "delivered", "【妥投】包裹已妥投，本人签收\n", "\n运单号：SF9900000000001\n"),
        ("zh", "exception", "【异常】收件人不在\n", "\n目的城市：深圳市\n"),
        (
            "zh",
            "corrected",
            "【更正】妥投记录已撤回，包裹尚未妥投，请以本条为准\n",
            "\n订单号：4012345678901234567\n",
        ),
        ("en", "picked-up", "[Picked up] The carrier has the parcel\n", "\nCarrier: SF Express\n"),
        ("en", "exception", "[Exception] Nobody was there to take it\n", "\nTo: 深圳市\n"),
        ("en", "order-paid", "[New order] Paid, to be shipped\n", "\nOrder: 4012345678901234567\n"),
        ("zh", "refund-completed", "【退款】已退款\n", "\n售后单号：77001\n"),
    ] {
        let settings = format!("language = '{language}'\ntell = ['milestones', 'orders', 'refunds']");
        let mut desk = Desk::open(&settings).await;
        assert_eq!(desk.words(&many(name, 1)).await, ["delivered"], "{name}");
        let texts = desk.texts();
        let text = texts.first().unwrap();
        assert!(text.starts_with(start) && text.contains(line), "{name}: {text}");
        assert!(!text.contains('张') && !text.contains("138"), "{name}: {text}");
        desk.bot.stop().await;
    }
}

#[tokio::test]
async fn repetitions_trials_and_old_news_make_no_call() {
    let mut desk = Desk::open("").await;
    let batch = ["replayed", "trial", "superseded", "order-paid"].map(|name| delivery(name, 1));
    assert_eq!(desk.words(&batch).await, ["already_there"; 4]);
    assert_eq!((desk.driver.calls(), desk.bot.counts().calls), (0, 0));
}

#[tokio::test]
async fn many_events_are_few_messages_and_each_is_told_once() {
    let mut desk = Desk::open("").await;
    let batch = many("picked-up", 25);
    assert_eq!(desk.words(&batch).await, ["delivered"; 25]);
    let texts = desk.texts();
    // Ten to a message, or as many as the vendor takes.
    assert!(texts.len() <= 3, "{} messages", texts.len());
    let all = texts.join("\n");
    for number in 1..=25 {
        assert_eq!(all.matches(&format!("SF99{number:011}")).count(), 1, "{number}");
    }
    assert!(texts.iter().all(|text| !text.contains('…')), "nothing is cut");
}

#[tokio::test]
async fn a_lost_reply_is_not_told_again() {
    let parts = parts(SETTINGS);
    let Some(SinkPart::Http(sink)) = &parts.sink else { panic!("no sink") };
    assert_eq!(sink.repeat(), Repeat::AtMostOnce);
    let mut desk = Desk::open("").await;
    desk.bot.next_meet(&[Fault::LostReply, Fault::HangUp, Fault::Status(502), Fault::Status(500)]);
    // Shown or not: the hub cannot know, so it must not say it again.
    for number in 1..=4 {
        assert_eq!(desk.words(&[delivery("delivered", number)]).await, ["uncertain"], "{number}");
    }
    assert_eq!(desk.texts().len(), 1);
    // What surely was not taken comes again.
    desk.bot.next_meet(&[Fault::Status(503), Fault::Status(429)]);
    for word in ["retry", "retry", "delivered"] {
        assert_eq!(desk.words(&[delivery("delivered", 5)]).await, [word]);
    }
    assert_eq!(desk.texts().len(), 2);
}

#[tokio::test]
async fn who_is_too_fast_waits_as_long_as_the_vendor_wants() {
    let mut desk = Desk::open("batch = 1").await;
    let Some(SinkPart::Http(sink)) = parts(SETTINGS).sink else { panic!("no sink") };
    let outcomes = desk.hand(&many("picked-up", 20 + 1)).await;
    let (last, taken) = outcomes.split_last().unwrap();
    assert!(taken.iter().all(|outcome| matches!(outcome, Outcome::Delivered)));
    let Outcome::Retry(wait, error) = last else { panic!("{last:?}") };
    assert_eq!(*wait, Some(Duration::from_secs(600)));
    assert_eq!((error.kind(), error.vendor_code.as_deref()), (ErrorKind::RateLimited, Some("130101")));
    let reply = crossdock_connector::HttpResponse {
        status: 200,
        headers: crossdock_connector::Headers::default(),
        body: Bytes::from_static(br#"{"errcode":130101,"errmsg":"slow"}"#),
    };
    assert_eq!(sink.pause(&reply), *wait, "all other messages wait too");
    // After that wait, and not before, it is taken.
    let late = [delivery("picked-up", 20 + 1)];
    desk.now.fetch_add(600, Ordering::Relaxed);
    assert_eq!(desk.words(&late).await, ["delivered"]);
    assert_eq!((desk.texts().len(), desk.bot.counts().limited), (20 + 1, 1));
}

#[tokio::test]
async fn a_refusal_has_the_vendors_words_and_several_are_tried_one_by_one() {
    let mut desk = Desk::open("").await;
    desk.bot.next_meet(&[Fault::Code(987_654)]);
    let outcomes = desk.hand(&[delivery("delivered", 1)]).await;
    let Some(Outcome::Rejected(error)) = outcomes.first() else { panic!("{outcomes:?}") };
    assert_eq!(error.to_string(), "dingtalk refuses the message: as the test wants it (code 987654)");
    desk.bot.next_meet(&[Fault::Code(987_654)]);
    let mut batch = many("delivered", 2);
    assert_eq!(desk.words(&batch).await, ["retry"; 2]);
    batch.iter_mut().for_each(|delivery| delivery.attempt = 3);
    desk.bot.next_meet(&[Fault::Code(987_654)]);
    assert_eq!(desk.words(&batch).await, ["rejected", "delivered"]);
}

#[tokio::test]
async fn wrong_keys_can_be_mended() {
    for change in [
        |options: &mut Options| options.key = "another".into(),
        |options: &mut Options| options.secret = Some("SECother".into()),
        |options: &mut Options| options.keyword = Some("cargo".into()),
    ] {
        let mut desk = Desk::with("", change).await;
        let outcomes = desk.hand(&many("delivered", 1)).await;
        let Some(Outcome::Retry(None, error)) = outcomes.first() else { panic!("{outcomes:?}") };
        assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
        assert!(desk.texts().is_empty());
    }
    let mut desk = Desk::with("keyword = 'cargo'", |options| options.keyword = Some("cargo".into())).await;
    assert_eq!(desk.words(&many("delivered", 1)).await, ["delivered"]);
    assert!(desk.texts().iter().all(|text| text.starts_with("cargo\n\n【妥投】")));
}

#[tokio::test]
async fn no_value_calls_anybody_or_breaks_out_of_its_line() {
    for format in ["format = 'text'", "format = 'markdown'"] {
        let mut desk = Desk::open(format).await;
        assert_eq!(desk.words(&many("hostile", 1)).await, ["delivered"]);
        let shown = desk.bot.shown();
        let shown = shown.first().unwrap();
        assert!(!shown.mentions, "{}", shown.text);
        for bad in ["<", "@", "](", "://", "evil.example", "\u{202e}", "\n#", "\n# "] {
            assert!(!shown.text.contains(bad), "{bad:?} in {}", shown.text);
        }
    }
}

#[tokio::test]
async fn the_longest_message_fits() {
    for format in ["format = 'text'", "format = 'markdown'"] {
        let everything = "show = ['order_no', 'carrier', 'tracking_no', 'city', 'place', 'shop', 'recipient', 'phone', 'carrier_text']\nbatch = 20";
        let mut desk = Desk::open(&format!("{everything}\n{format}")).await;
        let long = "\\\"".repeat(40) + &"漢".repeat(400);
        let batch: Vec<Delivery> = many("hostile", 20)
            .into_iter()
            .map(|delivery| {
                let mut data: serde_json::Value = serde_json::from_str(delivery.event.data.get()).unwrap();
                for pointer in ["/parcel/tracking_no", "/parcel/to/city", "/parcel/carrier", "/order_nos/0"] {
                    *data.pointer_mut(pointer).unwrap() = long.as_str().into();
                }
                let mut event = (*delivery.event).clone();
                event.data = serde_json::value::to_raw_value(&data).unwrap();
                Delivery { event: Arc::new(event), ..delivery }
            })
            .collect();
        assert_eq!(desk.words(&batch).await, ["delivered"; 20], "{format}");
    }
}
