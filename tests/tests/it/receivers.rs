//! Receivers of every kind over real HTTP, each failing in its own ways, while the hub is killed again and again: each
//! ends with exactly what it should have, no document twice, no message twice, and the ledger balances.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use crossdock_testkit::standin::bots::{Bot, Fault as BotFault, Options as BotOptions, Vendor};
use crossdock_testkit::standin::odoo::{Faults as OdooFaults, Odoo, Options as OdooOptions};
use crossdock_testkit::standin::receiver::Faults;
use crossdock_testkit::standin::wangdiantong::{
    Fault as WdtFault, Generation, Options as WdtOptions, Wangdiantong,
};
use crossdock_testkit::standin::{Client, Clock, Rng};
use serde_json::{Value, json};

use crate::orders::{self, signed};
use crate::site::{Site, receiver, sink};

const SEED: u64 = 20_261_122;
const LIVES: u32 = 10;
/// The bots' service takes twenty messages a minute: so many orders can be told without waiting for it.
const ORDERS: usize = 18;
const KEY: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// A paid order whose note says its revision.
fn order(number: usize, revision: u32) -> String {
    let (minute, second) = (revision / 60, revision % 60);
    json!({"kind": "order", "order": {
        "order_no": format!("R-{number}"), "kind": "sale",
        "status": {"lifecycle": "placed", "payment": "paid", "fulfillment": "unfulfilled"},
        "placed_at": "2026-01-05T08:00:00Z", "paid_at": "2026-01-05T08:01:00Z",
        "modified_at": format!("2026-01-05T09:{minute:02}:{second:02}Z"), "currency": "CNY",
        "lines": [{"line_ref": "1", "sku": "A-100-RED", "title": "Mug", "quantity": "1", "unit_price": "10.00",
                   "line_total": "10.00"}],
        "totals": {"goods": "10.00", "payable": "10.00", "paid": "10.00"},
        "ship_to": {"name": {"value": "林小满", "state": "plain"}, "phones": [{"e164": "+8613800000001",
            "national": "13800000001", "kind": "mobile"}], "country": "CN", "province": "浙江省",
            "city": "杭州市", "district": "西湖区", "line1": "示范路1号"},
        "buyer_note": format!("r{revision}")}})
    .to_string()
}

struct World {
    wdt: Wangdiantong,
    odoo: Odoo,
    erp: crossdock_testkit::standin::receiver::Receiver,
    bot: Bot,
}

impl World {
    async fn start() -> Self {
        let clock: Clock = Arc::new(crossdock::clock::now);
        let wdt = Wangdiantong::start(WdtOptions {
            generation: Generation::Qyb,
            sid: "demo".into(),
            appkey: "demo-key".into(),
            secret: orders::secret(),
            salt: String::new(),
            shops: vec!["S001".into()],
            clock: clock.clone(),
        })
        .await
        .unwrap();
        let odoo = Odoo::start(OdooOptions {
            database: "acme".into(),
            login: "bot".into(),
            key: orders::secret(),
            custom_fields: vec!["x_revision".into(), "x_note".into()],
            faults: OdooFaults { seed: SEED, throttled: 10, conflict: 30, broken: 30, lost_reply: 40 },
        })
        .await
        .unwrap();
        odoo.put("res.partner", json!({"name": "Shop"}));
        odoo.put("product.product", json!({"default_code": "A-100-RED", "name": "Mug"}));
        let erp = receiver().await;
        erp.set_faults(Faults { seed: SEED, error: 60, lost_reply: 60, ..Faults::default() });
        let options =
            BotOptions { vendor: Vendor::DingTalk, key: KEY.into(), secret: None, keyword: None, clock };
        let bot = Bot::start(options).await.unwrap();
        Self { wdt, odoo, erp, bot }
    }

    fn sinks(&self) -> String {
        let pace = "retry_base = \"20ms\"\nretry_max = \"300ms\"\n";
        format!(
            "{}[[sink]]\nid = \"wdt\"\nuse = \"wangdiantong\"\nbatch = 4\n{pace}[sink.settings]\ngeneration = \"qyb\"\n\
             sid = \"demo\"\nappkey = \"demo-key\"\nappsecret = {{ env = \"STORE_SECRET\" }}\nbase_url = \"{}\"\n\
             shops = {{ \"*\" = \"S001\" }}\nprefixes = {{ own_store = \"x-\" }}\npause_seconds = 1\n\
             [[sink]]\nid = \"odoo\"\nuse = \"odoo\"\n{pace}[sink.settings]\nbase_url = \"{}\"\ndatabase = \"acme\"\n\
             api_key = {{ env = \"STORE_SECRET\" }}\nrevision_field = \"x_revision\"\nconfirm = false\n\
             fields = {{ x_note = \"order.buyer_note\" }}\n\
             customers = {{ partners = {{ \"*\" = \"1\" }} }}\n\
             [[sink]]\nid = \"bot\"\nuse = \"dingtalk\"\nevents = [\"order.paid\"]\n{pace}[sink.settings]\nbase_url = \"{}\"\n\
             access_token = {{ env = \"BOT_KEY\" }}\ntell = [\"orders\"]\nbatch = 1\n",
            sink("erp", &self.erp.url(), "*"),
            self.wdt.url(),
            self.odoo.url(),
            self.bot.url(),
        )
    }

    /// Something goes wrong with the next call.
    fn trouble(&self, rng: &mut Rng) {
        let wdt = [WdtFault::Busy, WdtFault::Database, WdtFault::LostReply, WdtFault::HangUp];
        let bot = [BotFault::Status(503), BotFault::LostReply, BotFault::HangUp];
        let pick =
            |rng: &mut Rng, most: usize| usize::try_from(rng.below(u64::try_from(most).unwrap())).unwrap();
        self.wdt.fail_next(1, wdt[pick(rng, wdt.len())]);
        if rng.chance(300) {
            self.bot.next_meet(&[bot[pick(rng, bot.len())]]);
        }
    }
}

/// Sends the revisions of all orders, one after the other, each until it is acknowledged.
async fn sender(url: String, stop: Arc<AtomicBool>, mut turn: usize) -> usize {
    let mut client = Client::new(&url, Duration::from_secs(10)).unwrap();
    while !stop.load(Ordering::Relaxed) {
        let (number, revision) = (turn % ORDERS, u32::try_from(turn / ORDERS).unwrap() + 1);
        let body = order(number, revision);
        let headers = signed(&format!("R-{number}-{revision}"), body.as_bytes());
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match client.post("/in/store", &headers, Bytes::from(body)).await {
            Ok(reply) if reply.status == 200 => turn += 1,
            Ok(_) => {}
            Err(_) => break,
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    turn
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receivers_of_every_kind_end_with_exactly_what_they_should_have() {
    let world = World::start().await;
    let site = Site::new(&world.sinks());
    let mut rng = Rng::named(SEED, "receivers");
    println!("seed {SEED}");
    let mut turn = 0;
    for _ in 0..LIVES {
        let hub = site.start();
        let stop = Arc::new(AtomicBool::new(false));
        let work = tokio::spawn(sender(hub.webhook.clone(), Arc::clone(&stop), turn));
        for _ in 0..4 + rng.below(8) {
            world.trouble(&mut rng);
            tokio::time::sleep(Duration::from_millis(20 + rng.below(60))).await;
        }
        hub.kill();
        stop.store(true, Ordering::Relaxed);
        turn = work.await.unwrap();
    }
    // A last life without an end.
    world.erp.set_faults(Faults::default());
    let hub = site.start();
    let stop = Arc::new(AtomicBool::new(false));
    let whole = turn.div_ceil(ORDERS) * ORDERS;
    let work = tokio::spawn(sender(hub.webhook.clone(), Arc::clone(&stop), turn));
    while work.is_finished() || site.ledger().sources[0].captured < u64::try_from(whole).unwrap() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.store(true, Ordering::Relaxed);
    work.await.unwrap();
    let ledger = site.settled();
    let seen = check(&site, world, &ledger).await;
    println!("{seen}");
    assert!(hub.terminate().0.success());
}

/// Gives what was seen, for people.
async fn check(site: &Site, world: World, ledger: &crossdock::ledger::Ledger) -> String {
    let mut stands: BTreeMap<String, String> = BTreeMap::new();
    for order in site.ask(&["export", "orders"]) {
        let text = |name: &str| order[name].as_str().unwrap().to_owned();
        stands.insert(text("order_no"), text("buyer_note"));
    }
    assert_eq!(stands.len(), ORDERS);
    let line = |id: &str| ledger.sinks.iter().find(|line| line.sink == id).unwrap();
    for id in ["erp", "wdt", "odoo"] {
        assert_eq!(line(id).parked, 0, "{:?}\n{:?}", line(id), site.ask(&["parked", "list", "--json"]));
    }

    // Upsert: one document an order, at its last state.
    let counts = world.wdt.counts();
    assert_eq!((counts.created, counts.refused, counts.collisions), (u64::try_from(ORDERS).unwrap(), 0, 0));
    assert!(counts.changed > 0);
    for (number, note) in &stands {
        assert_eq!(&world.wdt.order(&format!("x-{number}")).unwrap()["buyer_message"], note, "{number}");
    }

    // Query first: the same, though it makes a second one when it is told twice.
    let orders = world.odoo.records("sale.order");
    assert_eq!(orders.len(), ORDERS, "no document twice");
    let notes: BTreeSet<&str> = orders.iter().map(|order| order["x_note"].as_str().unwrap()).collect();
    assert_eq!(notes, stands.values().map(String::as_str).collect(), "each at its last state");

    // Unique key: every event once, in order.
    let log = site.ask(&["export", "events"]);
    let all: BTreeSet<String> =
        log.iter().map(|event: &Value| event["id"].as_str().unwrap().to_owned()).collect();
    let report = world.erp.stop().await;
    let has: BTreeSet<String> = report.entries.iter().map(|entry| entry.id.clone()).collect();
    assert_eq!(has, all);
    orders::kept_in_order(&log, &report);

    // At most once: nothing twice, and what people may not have seen is parked for them.
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for shown in world.bot.shown() {
        let number = stands.keys().filter(|number| says(&shown.text, number)).collect::<Vec<_>>();
        assert_eq!(number.len(), 1, "{}", shown.text);
        *seen.entry(number[0].clone()).or_default() += 1;
    }
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");
    let bot = line("bot");
    assert_eq!(bot.delivered + bot.parked, u64::try_from(ORDERS).unwrap(), "{bot:?}");
    assert!(u64::try_from(seen.len()).unwrap() >= bot.delivered, "{bot:?} {seen:?}");
    format!("{} events, {} redelivered, bot {bot:?}, {} seen", all.len(), report.duplicates, seen.len())
}

/// Whether a text names this order and not one whose number begins with it.
fn says(text: &str, number: &str) -> bool {
    text.match_indices(number)
        .any(|(at, _)| !text[at + number.len()..].starts_with(|letter: char| letter.is_ascii_digit()))
}
