//! The parts of a built connector: settings, and the layouts of the headers seen so far.

use std::sync::{Arc, RwLock};

use crossdock_connector::{Capture, Error, ErrorKind, Normalize, Normalized, Result};

use crate::document;
use crate::frame::{Dialect, Framed, Record, frame};
use crate::layout::Layout;
use crate::plan::Plan;

/// Topic of a document: a header and the rows of one order number.
pub(crate) const DOCUMENT: &str = "sheet-document";
/// Topic of a row that belongs to no document.
pub(crate) const BAD_ROW: &str = "sheet-bad-row";
/// Header: how many rows the document has.
pub(crate) const ROWS: &str = "x-crossdock-rows";
/// Header: the order that a refund document was matched to.
pub(crate) const LINKED: &str = "x-crossdock-linked-order";
/// Header: why a row could not be read, where the hub keeps it.
const PROBLEM: &str = "x-crossdock-problem";

/// How many headers are remembered: files of one source share theirs.
const MAX_LAYOUTS: usize = 8;

/// The connector with its settings.
#[derive(Debug)]
pub(crate) struct Sheets {
    pub(crate) plan: Plan,
    pub(crate) layouts: Layouts,
}

/// Layouts by the header's cells.
#[derive(Debug, Default)]
pub(crate) struct Layouts(RwLock<Vec<(Vec<u8>, Arc<Layout>)>>);

impl Layouts {
    /// The layout of a header.
    pub(crate) fn of(&self, plan: &Plan, header: Record<'_>) -> Result<Arc<Layout>> {
        let mut key = Vec::with_capacity(128);
        for cell in header.iter() {
            key.extend_from_slice(cell);
            key.push(0);
        }
        if let Ok(known) = self.0.read()
            && let Some((_, layout)) = known.iter().find(|(known, _)| *known == key)
        {
            return Ok(Arc::clone(layout));
        }
        let layout = Arc::new(Layout::new(plan, header)?);
        // Without the lock it is only worked out again.
        if let Ok(mut known) = self.0.write() {
            if known.len() >= MAX_LAYOUTS {
                known.clear();
            }
            known.push((key, Arc::clone(&layout)));
        }
        Ok(layout)
    }
}

impl Normalize for Sheets {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let read = match capture.topic.as_str() {
            DOCUMENT => document::read(self, capture),
            BAD_ROW => Err(why_bad(capture)),
            _ => {
                let what = format!("not a topic of this connector, expected {DOCUMENT} or {BAD_ROW}");
                return Err(Error::new(ErrorKind::Unsupported, what));
            }
        };
        read.map_err(|error| match &capture.origin {
            Some(origin) => error.with("file", origin),
            None => error,
        })
    }
}

/// Says again why a row could not be read, as far as the row itself tells.
fn why_bad(capture: &Capture) -> Error {
    let what = match capture.headers.get(PROBLEM) {
        Some(problem) => problem.to_owned(),
        None if std::str::from_utf8(&capture.body).is_err() => "the row is not UTF-8 text".to_owned(),
        None => match frame(&capture.body, Dialect::OURS, true) {
            Framed::Unterminated => "a quote opens a cell and does not close it".to_owned(),
            Framed::Record { .. } | Framed::More => {
                "the row belongs to no document: its order number is empty or cannot be read".to_owned()
            }
        },
    };
    Error::malformed(what).at("$")
}
