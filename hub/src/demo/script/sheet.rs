//! The spreadsheet: rows of invoices in no order, some of them broken, and the same file once more in another order.

use crossdock_testkit::standin::Rng;

use super::{Ends, Known, SHEET, Script};
use crate::demo::sample::{Kind, Shares};

/// The texts of the files.
#[derive(Default)]
pub(in crate::demo) struct Files {
    pub(in crate::demo) first: String,
    pub(in crate::demo) again: String,
    pub(in crate::demo) rows: u64,
}

/// Rows that nobody can read: without a number, cut off, with a word for a quantity.
const BROKEN: &[&str] = &[
    ",22423,REGENCY CAKESTAND 3 TIER,1,2011-04-01 09:00:00,12.75,,United Kingdom",
    "990001,22423,REGENCY CAKEST",
    "990002,22423,REGENCY CAKESTAND 3 TIER,some,2011-04-01 09:00:00,12.75,,United Kingdom",
];

pub(super) fn write(shares: &Shares, seed: u64, script: &mut Script) {
    let mut rng = Rng::named(seed, "rows");
    let mut rows: Vec<&str> = BROKEN.to_vec();
    for document in &shares.sheet {
        rows.extend(document.rows.iter().map(String::as_str));
        match document.kind {
            Kind::Sale => {
                let known = Known { amount: document.amount, ends: Ends::Open };
                script.expected.orders.insert((SHEET, document.number.clone()), known);
            }
            Kind::Cancellation => *script.expected.cases.entry(SHEET).or_default() += 1,
            Kind::Other => {}
        }
    }
    // Both files hold them.
    for _ in 0..BROKEN.len() * 2 {
        script.malformed(SHEET);
    }
    let mut text = || {
        rng.shuffle(&mut rows);
        let mut text = shares.header.clone();
        for row in &rows {
            text.push('\n');
            text.push_str(row);
        }
        text.push('\n');
        text
    };
    let (first, again) = (text(), text());
    script.files = Files { first, again, rows: u64::try_from(rows.len()).unwrap_or(0) };
}
