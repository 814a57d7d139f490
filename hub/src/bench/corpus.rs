//! Orders of about one kilobyte, as an own store sends them.

use std::sync::Arc;

use crossdock_connector::{Captured, Parts, settings};
use crossdock_schemas::{Channel, Class};

use crate::backbone::NewCapture;
use crate::clock;
use crate::config::{Loaded, load_text};
use crate::registry;

/// The secret that signs the corpus.
pub(super) const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

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
            r#"{{"line_ref":"2","kind":"product","sku":"OWN-KNIFE-S","title":"Paring knife","quantity":"2","unit":"C62","unit_price":"12.50","line_total":"25.00"}}],"#,
            r#""fees":[{{"kind":"shipping","amount":"4.90"}}],"totals":{{"goods":"64.{cents}","shipping":"4.90","payable":"69.{cents}","paid":"69.{cents}"}},"#,
            r#""ship_to":{{"country":"IE","city":"Anytown","postal_code":"00000","line1":"{n} Fictional Row"}},"buyer":{{"id":"C{buyer:07}"}}}}}}"#
        ),
        time = time,
        n = n,
        cents = cents,
        buyer = n % 1_000_000,
    )
}

/// The own-store connector, built.
pub(super) fn parts() -> Result<Parts, String> {
    let mut table: toml::Table = "shop = \"bench\"\nplatform = \"own_store\"\nsecrets = [{ env = \"SECRET\" }]"
        .parse()
        .map_err(|error: toml::de::Error| error.to_string())?;
    settings::resolve(&mut table, &|_| Ok(SECRET.to_owned())).map_err(|error| error.to_string())?;
    registry::find("own-store").and_then(|entry| entry.build(table)).map_err(|error| error.to_string())
}

/// A configuration with that source, and a sink when there is a receiver.
pub(super) fn loaded(dir: &std::path::Path, receiver: Option<std::net::SocketAddr>) -> Result<Loaded, String> {
    let secret = dir.join("secret");
    write_secret(&secret)?;
    let secret = secret.display();
    let sink = receiver.map_or_else(String::new, |address| {
        format!(
            "[[sink]]\nid = \"receiver\"\nuse = \"webhook\"\nevents = [\"order.paid\"]\nconcurrency = 32\n[sink.settings]\nurl = \"http://{address}/\"\nsecret = {{ file = \"{secret}\" }}\n"
        )
    });
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
    let written = options.open(path).and_then(|mut file| std::io::Write::write_all(&mut file, SECRET.as_bytes()));
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
