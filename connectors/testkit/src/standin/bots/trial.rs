//! What must hold for the sink of every bot, told to a [`Bot`] over real HTTP: what people see, and how often.
//!
//! The vendors differ in keys, forms, lengths and pace, which a [`Trial`] says; that nobody is told twice, called by
//! name or shown a link is the same for all: [`bot_trials!`](crate::bot_trials) makes the named tests of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails as the test itself does")]
#![allow(clippy::missing_panics_doc, reason = "they are tests: what does not hold ends them")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crossdock_connector::{
    Connector, Delivery, ErrorKind, Headers, HttpResponse, HttpSink, Outcome, Parts, Repeat, Result,
    SinkPart, settings,
};
use jiff::Timestamp;

use super::{Bot, Fault, Options, Vendor};
use crate::deliveries::{self, Events};
use crate::standin::Clock;
use crate::standin::handover::Driver;

/// The key in the address of every bot.
pub const KEY: &str = "key-0a1b2c3d";
const SECRET: &str = "SEC0a1b2c3d";
/// 2026-11-22T12:00:00Z.
const NOW: i64 = 1_795_348_800;
/// Stands in the events; each delivery has its own.
const TRACKING_NO: &str = "SF1234567890123";

/// A bot's sink, and how its vendor differs from others.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// The events of the sink.
    pub events: Events,
    /// Whose bot it is.
    pub vendor: Vendor,
    /// Id of the connector.
    pub id: &'static str,
    /// Its settings beside `base_url`: `KEY` and `SECRET` are in the environment.
    pub settings: &'static str,
    /// [`build`] of the connector.
    pub build: fn(toml::Table) -> Result<Parts>,
    /// Whether messages are signed.
    pub signed: bool,
    /// Settings for each form of a message.
    pub formats: &'static [&'static str],
    /// Most messages for 25 events.
    pub most_messages: usize,
    /// Messages the vendor takes before it wants a wait.
    pub pace: u32,
    /// Seconds of that wait.
    pub wait: u32,
    /// The vendor's code for it.
    pub too_fast: &'static str,
    /// A reply with that code.
    pub too_fast_reply: &'static str,
}

/// The tests that every bot's sink has, each by the name of what it shows: `bot_trials!(TRIAL);`.
#[macro_export]
macro_rules! bot_trials {
    ($trial:expr) => {
        $crate::bot_trials!(
            $trial;
            people_read_what_happened,
            repetitions_trials_and_old_news_make_no_call,
            many_events_are_few_messages_and_each_is_told_once,
            a_lost_reply_is_not_told_again,
            who_is_too_fast_waits_as_long_as_the_vendor_wants,
            a_refusal_has_the_vendors_words_and_several_are_tried_one_by_one,
            no_value_calls_anybody_or_breaks_out_of_its_line,
            the_longest_message_fits
        );
    };
    ($trial:expr; $($name:ident),+) => {
        $(
            #[tokio::test]
            async fn $name() {
                $trial.$name().await;
            }
        )+
    };
}

/// Builds a connector from its settings.
///
/// # Errors
/// As the connector does.
pub fn build<C: Connector>(settings: toml::Table) -> Result<Parts> {
    C::build(settings::read::<C::Config>(settings)?)
}

/// A bot and what hands over to it.
pub struct Desk {
    /// The bot.
    pub bot: Bot,
    driver: Driver,
    now: Arc<AtomicI64>,
}

impl Desk {
    /// Hands over.
    pub async fn hand(&mut self, batch: &[Delivery]) -> Vec<Outcome> {
        self.driver.deliver(batch).await
    }

    /// Hands over; the outcomes as words.
    pub async fn words(&mut self, batch: &[Delivery]) -> Vec<&'static str> {
        deliveries::words(&self.hand(batch).await)
    }

    /// What people read.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.bot.shown().into_iter().map(|shown| shown.text).collect()
    }
}

impl Trial {
    /// One of many events made from one: each with a number of its own.
    #[must_use]
    pub fn delivery(&self, name: &str, number: u32) -> Delivery {
        let own = |json: String| json.replace(TRACKING_NO, &format!("SF99{number:011}"));
        let mut event = (*self.events.changed(name, own).event).clone();
        event.id = format!("{}{number:04}", event.id);
        deliveries::attempt(event, 1)
    }

    /// Many events made from one.
    #[must_use]
    pub fn many(&self, name: &str, count: u32) -> Vec<Delivery> {
        (1..=count).map(|number| self.delivery(name, number)).collect()
    }

    fn parts(&self, settings: &str) -> Parts {
        let mut table: toml::Table = settings.parse().unwrap();
        settings::resolve(&mut table, &|reference| match reference {
            settings::SecretRef::Env("SECRET") => Ok(SECRET.to_owned()),
            _ => Ok(KEY.to_owned()),
        })
        .unwrap();
        (self.build)(table).unwrap()
    }

    fn sink(&self) -> Arc<dyn HttpSink> {
        match self.parts(self.settings).sink {
            Some(SinkPart::Http(sink)) => sink,
            _ => panic!("no sink"),
        }
    }

    /// A bot that fits the settings.
    pub async fn open(&self, settings: &str) -> Desk {
        self.with(settings, |_| {}).await
    }

    /// A bot that may not fit the settings.
    pub async fn with(&self, settings: &str, change: impl FnOnce(&mut Options)) -> Desk {
        let now = Arc::new(AtomicI64::new(NOW));
        let shared = Arc::clone(&now);
        let clock: Clock = Arc::new(move || Timestamp::from_second(shared.load(Ordering::Relaxed)).unwrap());
        let mut options = Options {
            vendor: self.vendor,
            key: KEY.to_owned(),
            secret: self.signed.then(|| SECRET.to_owned()),
            keyword: None,
            clock: Arc::clone(&clock),
        };
        change(&mut options);
        let bot = Bot::start(options).await.unwrap();
        let all = format!("base_url = '{}'\n{}\n{settings}", bot.url(), self.settings);
        let driver = Driver::new(&self.parts(&all)).unwrap().clock(clock);
        Desk { bot, driver, now }
    }

    /// Each kind of event is said in the language of the settings, without a person in it.
    pub async fn people_read_what_happened(&self) {
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
            let mut desk = self.open(&settings).await;
            assert_eq!(desk.words(&self.many(name, 1)).await, ["delivered"], "{name}");
            let texts = desk.texts();
            let text = texts.first().unwrap();
            assert!(text.starts_with(start) && text.contains(line), "{name}: {text}");
            assert!(!text.contains('张') && !text.contains("138"), "{name}: {text}");
            desk.bot.stop().await;
        }
    }

    /// What nobody is told makes no call.
    pub async fn repetitions_trials_and_old_news_make_no_call(&self) {
        let mut desk = self.open("").await;
        let batch = ["replayed", "trial", "superseded", "order-paid"].map(|name| self.delivery(name, 1));
        assert_eq!(desk.words(&batch).await, ["already_there"; 4]);
        assert_eq!((desk.driver.calls(), desk.bot.counts().calls), (0, 0));
    }

    /// Vendors count messages.
    pub async fn many_events_are_few_messages_and_each_is_told_once(&self) {
        let mut desk = self.open("").await;
        assert_eq!(desk.words(&self.many("picked-up", 25)).await, ["delivered"; 25]);
        let texts = desk.texts();
        assert!(texts.len() <= self.most_messages, "{} messages", texts.len());
        let all = texts.join("\n");
        for number in 1..=25 {
            assert_eq!(all.matches(&format!("SF99{number:011}")).count(), 1, "{number}");
        }
        assert!(texts.iter().all(|text| !text.contains('…')), "nothing is cut");
    }

    /// What may have been shown is not said again.
    pub async fn a_lost_reply_is_not_told_again(&self) {
        assert_eq!(self.sink().repeat(), Repeat::AtMostOnce);
        let mut desk = self.open("").await;
        desk.bot.next_meet(&[Fault::LostReply, Fault::HangUp, Fault::Status(502), Fault::Status(500)]);
        // Shown or not: the hub cannot know, so it must not say it again.
        for number in 1..=4 {
            let said = desk.words(&[self.delivery("delivered", number)]).await;
            assert_eq!(said, ["uncertain"], "{number}");
        }
        assert_eq!(desk.texts().len(), 1);
        // What surely was not taken comes again.
        desk.bot.next_meet(&[Fault::Status(503), Fault::Status(429)]);
        for word in ["retry", "retry", "delivered"] {
            assert_eq!(desk.words(&[self.delivery("delivered", 5)]).await, [word]);
        }
        assert_eq!(desk.texts().len(), 2);
    }

    /// The vendor's own wait holds up every message, and no longer than it says.
    pub async fn who_is_too_fast_waits_as_long_as_the_vendor_wants(&self) {
        let mut desk = self.open("batch = 1").await;
        let (many, wait) = (self.pace + 1, Duration::from_secs(self.wait.into()));
        let outcomes = desk.hand(&self.many("picked-up", many)).await;
        let (last, taken) = outcomes.split_last().unwrap();
        assert!(taken.iter().all(|outcome| matches!(outcome, Outcome::Delivered)));
        let Outcome::Retry(Some(told), error) = last else { panic!("{last:?}") };
        assert_eq!(*told, wait);
        let code = error.vendor_code.as_deref();
        assert_eq!((error.kind(), code), (ErrorKind::RateLimited, Some(self.too_fast)));
        let reply =
            HttpResponse { status: 200, headers: Headers::default(), body: self.too_fast_reply.into() };
        assert_eq!(self.sink().pause(&reply), Some(wait), "all other messages wait too");
        // After that wait it is taken.
        desk.now.fetch_add(self.wait.into(), Ordering::Relaxed);
        assert_eq!(desk.words(&[self.delivery("picked-up", many)]).await, ["delivered"]);
        let shown = u32::try_from(desk.texts().len()).unwrap();
        assert_eq!((shown, desk.bot.counts().limited), (many, 1));
    }

    /// One message that the vendor does not like holds up no other.
    pub async fn a_refusal_has_the_vendors_words_and_several_are_tried_one_by_one(&self) {
        let mut desk = self.open("").await;
        desk.bot.next_meet(&[Fault::Code(987_654)]);
        let outcomes = desk.hand(&[self.delivery("delivered", 1)]).await;
        let Some(Outcome::Rejected(error)) = outcomes.first() else { panic!("{outcomes:?}") };
        let expected = format!("{} refuses the message: as the test wants it (code 987654)", self.id);
        assert_eq!(error.to_string(), expected);
        desk.bot.next_meet(&[Fault::Code(987_654)]);
        let mut batch = self.many("delivered", 2);
        assert_eq!(desk.words(&batch).await, ["retry"; 2]);
        batch.iter_mut().for_each(|delivery| delivery.attempt = 3);
        desk.bot.next_meet(&[Fault::Code(987_654)]);
        assert_eq!(desk.words(&batch).await, ["rejected", "delivered"]);
    }

    /// Values come from outside: they are shown and never obeyed.
    pub async fn no_value_calls_anybody_or_breaks_out_of_its_line(&self) {
        for format in self.formats {
            let mut desk = self.open(format).await;
            assert_eq!(desk.words(&self.many("hostile", 1)).await, ["delivered"]);
            let shown = desk.bot.shown();
            let shown = shown.first().unwrap();
            assert!(!shown.mentions, "{}", shown.text);
            for bad in ["<", "@", "](", "://", "evil.example", "\u{202e}", "\n#", "\n# "] {
                assert!(!shown.text.contains(bad), "{bad:?} in {}", shown.text);
            }
        }
    }

    /// However long the values are, the vendor takes the message.
    pub async fn the_longest_message_fits(&self) {
        for format in self.formats {
            let everything = "show = ['order_no', 'carrier', 'tracking_no', 'city', 'place', 'shop', 'recipient', 'phone', 'carrier_text']\nbatch = 20";
            let mut desk = self.open(&format!("{everything}\n{format}")).await;
            let long = "\\\"".repeat(40) + &"漢".repeat(400);
            let batch: Vec<Delivery> = self
                .many("hostile", 20)
                .into_iter()
                .map(|delivery| {
                    let mut data: serde_json::Value =
                        serde_json::from_str(delivery.event.data.get()).unwrap();
                    for pointer in
                        ["/parcel/tracking_no", "/parcel/to/city", "/parcel/carrier", "/order_nos/0"]
                    {
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
}
