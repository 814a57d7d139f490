//! Sales out of rows `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country`.
//!
//! Only plain sales are taken: cancellations, adjustments and write-offs are documents of their own kind and are
//! counted, not turned into orders.

use std::io::{self, Read};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub use super::money::Mills;

/// One invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Invoice number.
    pub invoice: String,
    /// When; the rows are times in London.
    pub at: Timestamp,
    /// Customer number; none for guests.
    pub customer: Option<String>,
    /// Country as written in the rows.
    pub country: String,
    /// Goods.
    pub lines: Vec<Line>,
    /// Postage and carriage.
    pub shipping: Mills,
}

/// One row of goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Stock code: letter case matters.
    pub sku: String,
    /// Description; may be empty.
    pub title: String,
    /// How many.
    pub quantity: i64,
    /// Price of one.
    pub price: Mills,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sales {
    /// Plain sales, in the order of the file.
    pub sales: Vec<Sale>,
    /// Documents of another kind.
    pub others: usize,
}

/// Codes that are not goods but the way to the customer.
const SHIPPING: &[&str] = &["POST", "DOT", "C2"];

/// Reads rows, as CSV or gzipped CSV.
///
/// # Errors
/// `InvalidData` with the line when a row is not of this form.
pub fn read(mut source: impl Read) -> io::Result<Sales> {
    let mut start = [0_u8; 2];
    source.read_exact(&mut start)?;
    let source = start.as_slice().chain(source);
    if start == [0x1f, 0x8b] { read_csv(flate2::read::GzDecoder::new(source)) } else { read_csv(source) }
}

/// A document while its rows are gathered.
struct Draft {
    sale: Sale,
    plain: bool,
}

fn read_csv(source: impl Read) -> io::Result<Sales> {
    let mut reader = csv::Reader::from_reader(source);
    let zone = TimeZone::get("Europe/London").map_err(io::Error::other)?;
    let mut found = Sales::default();
    let mut open: Option<Draft> = None;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(io::Error::other)? {
        let at_line = record.position().map_or(0, csv::Position::line);
        let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("line {at_line}: {what}"));
        let field = |at: usize| record.get(at).unwrap_or_default();
        let invoice = field(0);
        if open.as_ref().is_none_or(|draft| draft.sale.invoice != invoice) {
            found.close(open.take());
            let civil: DateTime = field(4).parse().map_err(|_| bad("not a time"))?;
            let customer = field(6).strip_suffix(".0").unwrap_or(field(6));
            open = Some(Draft {
                sale: Sale {
                    invoice: invoice.to_owned(),
                    at: zone.to_timestamp(civil).map_err(|_| bad("not a time"))?,
                    customer: (!customer.is_empty()).then(|| customer.to_owned()),
                    country: field(7).to_owned(),
                    lines: Vec::new(),
                    shipping: Mills::ZERO,
                },
                plain: invoice.bytes().all(|byte| byte.is_ascii_digit()),
            });
        }
        let quantity: i64 = field(3).parse().map_err(|_| bad("not a quantity"))?;
        let price = Mills::parse(field(5)).ok_or_else(|| bad("not a price"))?;
        let Some(draft) = &mut open else { continue };
        draft.plain &= quantity > 0 && price >= Mills::ZERO;
        if SHIPPING.contains(&field(1)) {
            draft.sale.shipping = draft.sale.shipping + price.times(quantity);
        } else {
            draft.sale.lines.push(Line {
                sku: field(1).to_owned(),
                title: field(2).to_owned(),
                quantity,
                price,
            });
        }
    }
    found.close(open);
    Ok(found)
}

impl Sales {
    fn close(&mut self, draft: Option<Draft>) {
        match draft {
            Some(draft) if draft.plain && !draft.sale.lines.is_empty() => self.sales.push(draft.sale),
            Some(_) => self.others += 1,
            None => {}
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Rows in the form of the data set, made up.
    pub(crate) const ROWS: &str = "\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
900001,10001A,LAMP  BRASS ,6,2011-03-21 08:18:00,2.55,90001.0,United Kingdom
900001,10001a,\"THROW, INDIGO\",1,2011-03-21 08:18:00,0.001,90001.0,United Kingdom
900001,POST,POSTAGE,2,2011-03-21 08:18:00,18.0,90001.0,United Kingdom
C900002,10001A,LAMP BRASS,-6,2011-03-21 08:20:00,2.55,90001.0,United Kingdom
900003,10002,,-3,2011-03-21 08:21:00,0.0,,United Kingdom
900004,10003,CANDLE,80000,2011-04-01 08:22:00,1.04,,EIRE
900005,POST,POSTAGE,1,2011-04-01 08:23:00,18.0,90002.0,France
";

    #[test]
    fn plain_sales_become_orders_and_the_rest_is_counted() {
        let found = read(ROWS.as_bytes()).unwrap();
        assert_eq!((found.sales.len(), found.others), (2, 3));
        let first = &found.sales[0];
        assert_eq!((first.customer.as_deref(), first.shipping.to_string()), (Some("90001"), "36.00".into()));
        assert_eq!(first.lines[1].sku, "10001a");
        assert_eq!(first.lines[0].title, "LAMP  BRASS ");
        assert_eq!(first.at.to_string(), "2011-03-21T08:18:00Z");
        // Summer time has begun.
        assert_eq!(found.sales[1].at.to_string(), "2011-04-01T07:22:00Z");
        assert_eq!(found.sales[1].customer, None);
    }

    #[test]
    fn gzip_is_read_too() {
        use std::io::Write;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(ROWS.as_bytes()).unwrap();
        assert_eq!(read(gz.finish().unwrap().as_slice()).unwrap(), read(ROWS.as_bytes()).unwrap());
    }

    #[test]
    fn a_bad_row_names_its_line() {
        for bad in [
            "900001,A,B,x,2011-03-21 08:18:00,1,,UK",
            "900001,A,B,1,never,1,,UK",
            "900001,A,B,1,2011-03-21 08:18:00,1e3,,UK",
        ] {
            let text = format!("{}\n{bad}\n", ROWS.lines().next().unwrap());
            let error = read(text.as_bytes()).unwrap_err();
            assert!(error.to_string().starts_with("line 2: not a"), "{error}");
        }
    }
}
