//! Orders of about one kilobyte, as an own store sends them.

use std::sync::{Arc, LazyLock};

use crossdock_connector::{Captured, Normalize, Parts, settings};
use crossdock_schemas::{Channel, Class};

use crate::backbone::NewCapture;
use crate::clock;
use crate::config::{Loaded, load_text};
use crate::enrich::embedded;
use crate::registry;

/// The secret that signs the corpus.
pub(super) const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The second product of order `n`. No SKU map knows what one in ten has: their orders are tagged.
const fn second_sku(n: usize) -> &'static str {
    if n % 10 == 9 { "OWN-SPOON-S" } else { "OWN-KNIFE-S" }
}

/// The body of order `n` in its first state.
pub(super) fn body(n: usize) -> String {
    let second = n % 86_400;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let time = format!("2026-11-20T{hour:02}:{minute:02}:{second:02}");
    let cents = n % 90 + 10;
    format!(
        concat!(
            r#"{{"kind":"order","partial":false,"order":{{"source":{{"platform":"own_store","shop":"bench","revision":"{time}.000Z"}},"#,
            r#""order_no":"B{n:09}","display_no":"B-{n}","kind":"sale","status":{{"lifecycle":"placed","payment":"paid","fulfillment":"unfulfilled"}},"#,
            r#""placed_at":"{time}Z","paid_at":"{time}Z","currency":"EUR","prices_include_tax":true,"#,
            r#""lines":[{{"line_ref":"1","kind":"product","sku":"OWN-BOARD-L","title":"Cutting board, large","quantity":"1","unit":"C62","unit_price":"39.{cents}","line_total":"39.{cents}"}},"#,
            r#"{{"line_ref":"2","kind":"product","sku":"{sku}","title":"Paring knife","quantity":"2","unit":"C62","unit_price":"12.50","line_total":"25.00"}}],"#,
            r#""fees":[{{"kind":"shipping","amount":"5.00"}}],"totals":{{"goods":"64.{cents}","shipping":"5.00","payable":"69.{cents}","paid":"69.{cents}"}},"#,
            r#""ship_to":{{"country":"IE","city":"Anytown","postal_code":"D02 AF30","line1":"{n} Fictional Row"}},"buyer":{{"id":"C{buyer:07}"}}}}}}"#
        ),
        time = time,
        n = n,
        cents = cents,
        sku = second_sku(n),
        buyer = n % 1_000_000,
    )
}

/// A connector of the fold benchmark, with orders of about one kilobyte as its vendor writes them.
pub(super) struct OfConnector {
    pub(super) id: &'static str,
    /// What sort of receivers its orders have.
    pub(super) receivers: &'static str,
    pub(super) topic: &'static str,
    settings: &'static str,
    pub(super) body: fn(usize) -> String,
}

/// The platforms of the fold benchmark.
pub(super) const CONNECTORS: &[OfConnector] = &[
    OfConnector { id: "shopify", receivers: "US", topic: "orders/paid", settings: SHOPIFY, body: shopify },
    OfConnector { id: "taobao", receivers: "masked", topic: "trade", settings: TAOBAO, body: taobao },
    OfConnector { id: "own-store", receivers: "IE", topic: "message", settings: OWN_STORE, body },
    OfConnector { id: "own-store", receivers: "CN", topic: "message", settings: OWN_STORE, body: chinese },
];

/// Province, city and district of every district, as shops name them.
static PLACES: LazyLock<Vec<[String; 3]>> = LazyLock::new(|| {
    let Ok(tables) = embedded() else { return Vec::new() };
    let districts = tables.divisions().filter(|unit| !unit.placeholder && !unit.zone && unit.code % 100 != 0);
    let names = districts.filter_map(|unit| {
        let province = tables.name_of(unit.code / 10_000 * 10_000)?;
        let city = unit.parent.and_then(|code| tables.name_of(code))?;
        Some([province, city, unit.name].map(str::to_owned))
    });
    names.collect()
});

fn place(n: usize) -> [&'static str; 3] {
    // Neighbours in the file are not neighbours in time.
    let at = n.wrapping_mul(1009) % PLACES.len().max(1);
    PLACES
        .get(at)
        .map_or(["广东省", "深圳市", "南山区"], |place| place.each_ref().map(String::as_str))
}

/// The same order to a Chinese address with a phone, another one each time.
fn chinese(n: usize) -> String {
    let [province, city, district] = place(n);
    let to = format!(
        r#""ship_to":{{"name":{{"value":"测试","state":"plain"}},"phones":[{{"national":"184{n:08}"}}],"country":"CN","province":"{province}","city":"{city}","district":"{district}","line1":"人民路{n}号阳光花园3栋{}室"}}"#,
        n % 900
    );
    let body = body(n);
    let head = body.split_once(r#""ship_to":"#).map_or(body.as_str(), |parts| parts.0);
    format!(r#"{head}{to},"buyer":{{"id":"C{:07}"}}}}}}"#, n % 1_000_000)
}

const OWN_STORE: &str = "shop = \"bench\"\nplatform = \"own_store\"\nsecrets = [{ env = \"SECRET\" }]";
const SHOPIFY: &str = "shop = \"bench.myshopify.com\"\nsecret = { env = \"SECRET\" }";
const TAOBAO: &str = "shop = \"2208812345\"\napp_key = \"12345678\"\napp_secret = { env = \"SECRET\" }\nsession = { env = \"SECRET\" }\npath_token = { env = \"SECRET\" }";

impl OfConnector {
    /// The connector's reader, built.
    pub(super) fn normalize(&self) -> Result<Arc<dyn Normalize>, String> {
        built(self.id, self.settings)?.normalize.ok_or_else(|| format!("{} does not normalize", self.id))
    }
}

fn shopify(n: usize) -> String {
    let cents = n % 90 + 10;
    format!(
        concat!(
            r#"{{"id":67123{n:08},"admin_graphql_api_id":"gid://shopify/Order/67123{n:08}","created_at":"2026-10-31T23:58:41-04:00","currency":"USD","#,
            r#""financial_status":"paid","fulfillment_status":null,"name":"\u0023{n}","order_number":{n},"presentment_currency":"USD","#,
            r#""processed_at":"2026-10-31T23:58:39-04:00","source_name":"web","subtotal_price":"64.{cents}","taxes_included":true,"test":false,"#,
            r#""total_discounts":"0.00","total_line_items_price":"64.{cents}","total_shipping_price_set":{{"shop_money":{{"amount":"5.00","currency_code":"USD"}}}},"total_price":"69.{cents}","total_tax":"0.00","updated_at":"2026-10-31T23:58:44-04:00","#,
            r#""line_items":[{{"id":155189{n:07}1,"current_quantity":1,"price":"39.{cents}","product_id":9782123600003,"quantity":1,"sku":"OWN-BOARD-L","title":"Cutting board, large","variant_id":50398373000003,"total_discount":"0.00"}},"#,
            r#"{{"id":155189{n:07}2,"current_quantity":2,"price":"12.50","product_id":9782123600004,"quantity":2,"sku":"{sku}","title":"Paring knife","variant_id":50398373000004,"total_discount":"0.00"}}],"#,
            r#""shipping_lines":[{{"id":494{n:08},"code":"Standard","price":"5.00","title":"Standard"}}],"#,
            r#""shipping_address":{{"name":"Test Person","address1":"{n} Fictional Street","city":"Anytown","province":"California","province_code":"CA","zip":"90001","country":"United States","country_code":"US","phone":"+1202555{last:04}"}},"refunds":[],"fulfillments":[]}}"#
        ),
        n = n,
        cents = cents,
        sku = second_sku(n),
        last = n % 10_000,
    )
}

fn taobao(n: usize) -> String {
    let cents = n % 90 + 10;
    let [province, city, district] = place(n);
    format!(
        concat!(
            r#"{{"trade_fullinfo_get_response":{{"trade":{{"tid":41234567{n:011},"tid_str":"41234567{n:011}","status":"WAIT_SELLER_SEND_GOODS","type":"fixed","#,
            r#""buyer_open_uid":"AAF0bench{n:08}","created":"2026-11-21 19:58:01","modified":"2026-11-21 20:00:05","pay_time":"2026-11-21 20:00:03","#,
            r#""payment":"69.{cents}","total_fee":"64.{cents}","discount_fee":"0.00","adjust_fee":"0.00","post_fee":"5.00","#,
            r#""receiver_name":"张**","receiver_mobile":"*******0000","receiver_state":"{province}","receiver_city":"{city}","receiver_district":"{district}","receiver_address":"测**","oaid":"1BenchOaid{n:08}","#,
            r#""orders":{{"order":[{{"oid":51234567{n:011},"oid_str":"51234567{n:011}","num_iid":700000000001,"sku_id":"5000000000011","outer_sku_id":"{sku}","title":"测试商品 纯棉T恤","price":"64.{cents}","num":1,"#,
            r#""discount_fee":"0.00","adjust_fee":"0.00","total_fee":"64.{cents}","payment":"64.{cents}","divide_order_fee":"64.{cents}","part_mjz_discount":"0.00","status":"WAIT_SELLER_SEND_GOODS","refund_status":"NO_REFUND"}}]}}}},"request_id":"bench"}}}}"#
        ),
        n = n,
        cents = cents,
        sku = if n % 10 == 9 { "CD-CAP-BLK" } else { "CD-TEE-BLK-L" },
        province = province,
        city = city,
        district = district,
    )
}

/// The own-store connector, built.
pub(super) fn parts() -> Result<Parts, String> {
    built("own-store", OWN_STORE)
}

fn built(id: &str, text: &str) -> Result<Parts, String> {
    let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    settings::resolve(&mut table, &|_| Ok(SECRET.to_owned())).map_err(|error| error.to_string())?;
    registry::find(id).and_then(|entry| entry.build(table)).map_err(|error| format!("{id}: {error}"))
}

/// A configuration with that source, and a sink when there is a receiver.
pub(super) fn loaded(
    dir: &std::path::Path,
    receiver: Option<std::net::SocketAddr>,
) -> Result<Loaded, String> {
    let sinks: Vec<(&str, std::net::SocketAddr, &str)> =
        receiver.map(|address| ("receiver", address, "concurrency = 32\n")).into_iter().collect();
    loaded_with(dir, &sinks)
}

/// A configuration with these sinks: id, address, further keys.
pub(super) fn loaded_with(
    dir: &std::path::Path,
    sinks: &[(&str, std::net::SocketAddr, &str)],
) -> Result<Loaded, String> {
    let secret = dir.join("secret");
    write_secret(&secret)?;
    let secret = secret.display();
    let sink: String = sinks
        .iter()
        .map(|(id, address, more)| {
            format!(
                "[[sink]]\nid = \"{id}\"\nuse = \"webhook\"\nevents = [\"order.paid\"]\n{more}[sink.settings]\nurl = \"http://{address}/\"\nsecret = {{ file = \"{secret}\" }}\n"
            )
        })
        .collect();
    let text = format!(
        "tenant = \"bench\"\n[data]\ndir = \"{}\"\n[webhook]\nlisten = \"127.0.0.1:0\"\nmax_connections_per_ip = 10000\n[admin]\nlisten = \"\"\n\
         [[source]]\nid = \"own\"\nuse = \"own-store\"\n[source.settings]\nshop = \"bench\"\nplatform = \"own_store\"\nsecrets = [{{ file = \"{secret}\" }}]\n{sink}",
        dir.join("data").display()
    );
    load_text("bench", &text, None)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

fn write_secret(path: &std::path::Path) -> Result<(), String> {
    let mut options = std::fs::File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(path).and_then(|mut file| std::io::Write::write_all(&mut file, SECRET.as_bytes()));
    written.map_err(|error| format!("{}: {error}", path.display()))
}

/// Captures of a range of orders.
pub(super) fn captures(range: std::ops::Range<usize>) -> Vec<NewCapture> {
    let source: Arc<str> = "own".into();
    let received_at = clock::now_micros();
    range
        .map(|n| NewCapture {
            source: Arc::clone(&source),
            captured: Captured::new("message", body(n)),
            channel: Channel::Webhook,
            class: Class::Normal,
            received_at,
            traceparent: None,
            answers: Vec::new(),
        })
        .collect()
}
