//! The real sales that the demo plays: an excerpt of the Online Retail data set, built into the binary
//! (Chen 2015, UCI Machine Learning Repository, CC BY 4.0: see `config/demo/LICENSE.md`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use crossdock_schemas::Dec;
use crossdock_testkit::standin::Rng;
use crossdock_testkit::standin::generate::rows::{self, Sale};
use flate2::read::GzDecoder;

const SAMPLE: &[u8] = include_bytes!("../../../config/demo/online-retail-sample.csv.gz");

/// Most lines of an order that is reshaped: larger invoices come as rows.
const MOST_LINES: usize = 12;

/// What an invoice is, by its number and quantities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something was sold.
    Sale,
    /// A sale was taken back: number with `C`.
    Cancellation,
    /// Bookkeeping: adjustments and write-offs.
    Other,
}

/// All rows of one invoice, as they stand in the file.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) number: String,
    pub(super) kind: Kind,
    /// Quantity times price, summed over its rows.
    pub(super) amount: Dec,
    pub(super) rows: Vec<String>,
}

/// Who tells of which sales.
pub(super) struct Shares {
    pub(super) header: String,
    pub(super) sheet: Vec<Document>,
    pub(super) shopify: Vec<Sale>,
    pub(super) taobao: Vec<Sale>,
}

/// Deals `orders` sales out: two fifths to Shopify, one fifth to Taobao, the rest as rows, together with their share
/// of the file's cancellations and bookkeeping.
pub(super) fn deal(orders: usize, rng: &mut Rng) -> Result<Shares, String> {
    let broken = |error: std::io::Error| format!("the built-in sample cannot be read: {error}");
    let mut sales = rows::read(SAMPLE).map_err(broken)?.sales;
    let mut text = String::new();
    GzDecoder::new(SAMPLE).read_to_string(&mut text).map_err(broken)?;
    let (header, documents) = documents(&text)?;

    rng.shuffle(&mut sales);
    sales.retain(|sale| sale.lines.len() <= MOST_LINES);
    let (mut shopify, taobao) = (orders * 2 / 5, orders / 5);
    let mut taken = used(&sales, shopify + taobao);
    let rest = documents.iter().filter(|one| one.kind == Kind::Sale && !taken.contains(&one.number)).count();
    let sheet = (orders - shopify - taobao).min(rest);
    if shopify + taobao + sheet < orders {
        // More orders than the sample has: some invoices are sold again under new numbers.
        shopify = orders - taobao - sheet;
        taken = used(&sales, shopify + taobao);
    }
    let mut reshaped = sales.iter().cycle().cloned();
    let taobao_sales = reshaped.by_ref().take(taobao).collect();
    let shopify_sales = reshaped.take(shopify).collect();

    let (mut sold, mut others): (Vec<_>, Vec<_>) =
        documents.into_iter().partition(|one| one.kind == Kind::Sale);
    let share = others.len() * sheet / sold.len().max(1);
    sold.retain(|one| !taken.contains(&one.number));
    rng.shuffle(&mut sold);
    rng.shuffle(&mut others);
    sold.truncate(sheet);
    others.truncate(share);
    sold.append(&mut others);
    Ok(Shares { header, sheet: sold, shopify: shopify_sales, taobao: taobao_sales })
}

fn used(sales: &[Sale], count: usize) -> HashSet<String> {
    sales.iter().take(count).map(|sale| sale.invoice.clone()).collect()
}

/// The invoices of the file in its order. Rows of the sample hold no line breaks, and commas only in descriptions.
fn documents(text: &str) -> Result<(String, Vec<Document>), String> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default().to_owned();
    let mut found: Vec<Document> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut sold: BTreeMap<usize, bool> = BTreeMap::new();
    for (at, row) in lines.enumerate() {
        let bad = || format!("the built-in sample has a row that is none: row {}", at + 2);
        let number = row.split(',').next().unwrap_or_default();
        let mut last = row.rsplit(',').skip(2);
        let (price, _time, quantity) = (last.next(), last.next(), last.next());
        let price = price.and_then(|text| Dec::parse(text).ok()).ok_or_else(bad)?;
        let quantity = quantity.and_then(|text| Dec::parse(text).ok()).ok_or_else(bad)?;
        let amount = price.checked_mul(quantity).ok_or_else(bad)?;
        let place = *places.entry(number.to_owned()).or_insert_with(|| {
            let kind = if number.starts_with('C') { Kind::Cancellation } else { Kind::Other };
            found.push(Document { number: number.to_owned(), kind, amount: Dec::ZERO, rows: Vec::new() });
            found.len() - 1
        });
        if number.bytes().all(|byte| byte.is_ascii_digit()) && quantity > Dec::ZERO {
            sold.insert(place, true);
        }
        if let Some(document) = found.get_mut(place) {
            document.amount = document.amount.checked_add(amount).ok_or_else(bad)?;
            document.rows.push(row.to_owned());
        }
    }
    for place in sold.into_keys() {
        if let Some(document) = found.get_mut(place) {
            document.kind = Kind::Sale;
        }
    }
    Ok((header, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The counts of `config/demo/LICENSE.md`.
    #[test]
    fn the_sample_is_what_its_licence_page_says() {
        let mut text = String::new();
        GzDecoder::new(SAMPLE).read_to_string(&mut text).unwrap();
        let (_, documents) = documents(&text).unwrap();
        let count = |kind| documents.iter().filter(|one| one.kind == kind).count();
        assert_eq!((count(Kind::Sale), count(Kind::Cancellation), count(Kind::Other)), (4003, 729, 398));
        let sum = |kind| {
            let amounts = documents.iter().filter(|one| one.kind == kind).map(|one| one.amount);
            amounts.reduce(|a, b| a.checked_add(b).unwrap()).unwrap().canonical()
        };
        assert_eq!((sum(Kind::Sale), sum(Kind::Cancellation)), ("1936174.441".into(), "-271284.55".into()));
    }

    #[test]
    fn every_order_is_told_by_one_source_only() {
        let shares = deal(3000, &mut Rng::new(7)).unwrap();
        let sold = shares.sheet.iter().filter(|one| one.kind == Kind::Sale);
        assert_eq!(sold.clone().count() + shares.shopify.len() + shares.taobao.len(), 3000);
        assert_eq!((shares.shopify.len(), shares.taobao.len()), (1200, 600));
        let mut numbers: HashSet<&str> = sold.map(|one| one.number.as_str()).collect();
        for sale in shares.shopify.iter().chain(&shares.taobao) {
            assert!(numbers.insert(&sale.invoice), "{} is told twice", sale.invoice);
        }
        assert!(shares.sheet.iter().any(|one| one.kind == Kind::Cancellation));
    }

    #[test]
    fn more_orders_than_the_sample_has() {
        let shares = deal(9000, &mut Rng::new(7)).unwrap();
        let sold = shares.sheet.iter().filter(|one| one.kind == Kind::Sale).count();
        assert_eq!(sold + shares.shopify.len() + shares.taobao.len(), 9000);
    }
}
