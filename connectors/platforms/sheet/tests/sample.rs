//! Real rows from file to observations, as the hub takes them: gathered by document, sorted, refunds matched with
//! their sales. Counts and sums were computed by another program from the same rows.

mod common;

use std::collections::BTreeMap;
use std::io::Write as _;

use crossdock_schemas::{Aftersale, Dec, Entity, FeeKind, LineKind, Order};

use common::{SAMPLE, ingest, part};

fn orders(all: &common::Ingested) -> Vec<&Order> {
    let order = |entity: &&Entity| matches!(entity, Entity::Order(_));
    all.entities()
        .filter(order)
        .map(|entity| match entity {
            Entity::Order(order) => &**order,
            _ => unreachable!(),
        })
        .collect()
}

fn refunds(all: &common::Ingested) -> Vec<&Aftersale> {
    let case = |entity: &&Entity| matches!(entity, Entity::Aftersale(_));
    all.entities()
        .filter(case)
        .map(|entity| match entity {
            Entity::Aftersale(case) => &**case,
            _ => unreachable!(),
        })
        .collect()
}

#[test]
fn every_row_is_accounted_for_and_sums_are_exact() {
    let all = ingest("sample.csv", SAMPLE);
    assert_eq!(all.bad, []);
    assert!(all.errors.is_empty(), "{:?}", all.errors);
    let orders = orders(&all);
    let rows: usize = orders.iter().map(|order| order.lines.len() + order.fees.len()).sum();
    let lines: Dec =
        orders.iter().flat_map(|o| &o.lines).map(|line| line.quantity * line.unit_price.unwrap()).sum();
    let fees: Dec = orders.iter().flat_map(|o| &o.fees).map(|fee| fee.amount).sum();
    assert_eq!((orders.len(), rows), (47, 591));
    assert_eq!((lines + fees).canonical(), "104317.083");
    let refunds = refunds(&all);
    let given_back: Dec = refunds.iter().map(|case| case.refund.as_ref().unwrap().amount).sum();
    assert_eq!((refunds.len(), given_back.canonical().as_str()), (12, "77867.33"));
    assert_eq!(all.ignored, BTreeMap::from([("adjustment", 3), ("write_off", 5)]));
}

#[test]
fn refunds_find_their_sales() {
    let all = ingest("sample.csv", SAMPLE);
    let linked: Vec<(&str, &str)> = all.links.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    assert!(linked.contains(&("C541433", "541431")), "{linked:?}");
    assert!(linked.contains(&("C537314", "537298")), "{linked:?}");
    // No customer number: nothing to match by.
    assert!(linked.iter().all(|(from, _)| *from != "C537251"), "{linked:?}");
    let case = refunds(&all).into_iter().find(|case| case.aftersale_no == "C541433").unwrap();
    let order = orders(&all).into_iter().find(|order| order.order_no == "541431").unwrap();
    assert_eq!(case.order_key, order.order_key);
    assert_eq!(Some(&case.lines[0].line_key), order.lines[0].line_key.as_ref());
}

#[test]
fn dirt_of_the_real_world() {
    let all = ingest("sample.csv", SAMPLE);
    let orders: BTreeMap<&str, &Order> =
        orders(&all).into_iter().map(|order| (order.order_no.as_str(), order)).collect();
    let order = |number: &str| orders[number];
    // Customer numbers went through a float column.
    assert_eq!(order("536365").buyer.as_ref().unwrap().id.as_deref(), Some("17850"));
    assert!(order("536596").buyer.is_none());
    // Winter and summer in London.
    assert_eq!(order("536365").placed_at.unwrap().to_string(), "2010-12-01T08:26:00Z");
    assert_eq!(order("561226").placed_at.unwrap().offset.seconds(), 3600);
    // Two minutes in one invoice: the earlier.
    assert_eq!(order("544926").placed_at.unwrap().to_string(), "2011-02-24T17:50:00Z");
    // Equal rows stay lines of their own, told apart by their number.
    let mut keys: Vec<_> = order("536559").lines.iter().map(|line| line.line_key.clone().unwrap()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 9);
    // Countries, and what is none.
    let country = |number: &str| {
        let to = order(number).ship_to.clone().unwrap();
        (to.country.unwrap_or_default(), to.raw.unwrap_or_default())
    };
    assert_eq!(country("536541"), ("IE".to_owned(), String::new()));
    assert_eq!(country("571035"), ("ZA".to_owned(), String::new()));
    assert_eq!(country("538002"), (String::new(), "Channel Islands".to_owned()));
    assert_eq!(country("549687"), (String::new(), "Unspecified".to_owned()));
    // Postage is a fee; an invoice of fees alone keeps them as lines.
    let fee = &order("536370").fees[0];
    assert_eq!(
        (fee.kind, fee.kind_raw.as_deref(), fee.amount.canonical().as_str()),
        (FeeKind::Shipping, Some("POST"), "54")
    );
    assert_eq!(order("537632").lines[0].kind, LineKind::Service);
    assert!(order("537632").fees.is_empty());
    // Prices below a penny.
    assert!(order("568200").lines.iter().any(|line| line.unit_price.unwrap().canonical() == "0.001"));
    let refunds = refunds(&all);
    let case = |number: &str| *refunds.iter().find(|case| case.aftersale_no == number).unwrap();
    assert!(case("C536379").lines.is_empty());
    assert_eq!(case("C536379").refund.as_ref().unwrap().amount.canonical(), "27.5");
    assert!(case("C537414").shipping_refund.is_some());
}

#[test]
fn shuffled_repeated_and_requoted_files_give_the_same_documents() {
    let text = std::str::from_utf8(SAMPLE).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut lines: Vec<&str> = rows.lines().collect();
    lines.reverse();
    let shuffled = format!("{header}\r\n{}\r\n", lines.join("\r\n"));
    let first = ingest("sample.csv", SAMPLE);
    let second = ingest("shuffled.csv", shuffled.as_bytes());
    assert_eq!(first.captures, second.captures);
    let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    pack.write_all(SAMPLE).unwrap();
    let packed = pack.finish().unwrap();
    assert_eq!(first.captures, ingest("sample.csv.gz", &packed).captures);
    let marked = [b"\xEF\xBB\xBF", SAMPLE].concat();
    assert_eq!(first.captures, ingest("marked.csv", &marked).captures);
}

#[test]
fn a_broken_gzip_says_so_and_keeps_what_was_whole() {
    let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    pack.write_all(SAMPLE).unwrap();
    let packed = pack.finish().unwrap();
    let all = ingest("cut.csv.gz", &packed[..packed.len() / 2]);
    assert!(all.captures.len() > 10, "{}", all.captures.len());
    let (_, problem) = all.bad.last().unwrap();
    assert!(problem.contains("cannot be read further"), "{problem}");
}

#[test]
fn the_progress_ends_at_the_size_of_the_file() {
    let parts = part();
    let files = parts.files.unwrap();
    let mut rows = files.open("sample.csv", Box::new(std::io::Cursor::new(SAMPLE))).unwrap();
    while rows.next_row().is_some() {}
    assert_eq!(rows.position(), u64::try_from(SAMPLE.len()).unwrap());
}
