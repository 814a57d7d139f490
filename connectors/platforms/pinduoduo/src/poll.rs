//! What changed in a window of time, page by page, from the last page to the first.
//!
//! A row leaves the window when it is changed again, and everything behind it moves one place forward. Read
//! forwards, the row that moved from page 3 to page 2 is never seen; read backwards, it is seen twice, which is
//! harmless. So the first call counts, and the pages are then read from the last one down. Every reply says the
//! total: a last page that is no longer the last one grew, and reading starts again from there.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, ObjectId, Page, Poll, Result,
    Topic, rows, wire,
};

use crate::gateway::Gateway;
use crate::wire::{OrderListReply, RefundListReply, Value, text};
use crate::{ORDER, REFUND};

/// The poll part.
#[derive(Debug)]
pub(crate) struct PinduoduoPoll {
    pub(crate) gateway: Arc<Gateway>,
}

/// Where we are inside a window: `count`, or `page/last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Count,
    Page { page: u64, last: u64 },
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        if text == "count" {
            return Some(Self::Count);
        }
        let (page, last) = text.split_once('/')?;
        let (page, last) = (page.parse().ok()?, last.parse().ok()?);
        (1 <= page && page <= last).then_some(Self::Page { page, last })
    }

    fn write(self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Page { page, last } => format!("{page}/{last}"),
        }
    }
}

/// What a reply holds.
#[derive(Default)]
struct Found {
    total: u64,
    captured: Vec<Captured>,
    fetch: Vec<ObjectId>,
}

impl Poll for PinduoduoPoll {
    fn topics(&self) -> &'static [Topic] {
        &[ORDER, REFUND]
    }

    /// The index lags up to three minutes behind.
    fn overlap_seconds(&self) -> u32 {
        300
    }

    fn window_seconds(&self) -> u32 {
        1800
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        Cursor { topic: topic.to_owned(), from, to, place: Place::Count.write() }
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let page = match place(cursor)? {
            Place::Count => 1,
            Place::Page { page, .. } => page,
        };
        let config = self.gateway.config();
        // The platform knows whole seconds only: the end is rounded up, or its last second would be lost.
        let to = match cursor.to.subsec_nanosecond() {
            0 => cursor.to,
            _ => cursor.to.saturating_add(SignedDuration::from_secs(1)).unwrap_or(cursor.to),
        };
        let mut own = vec![
            ("start_updated_at", cursor.from.as_second().to_string()),
            ("end_updated_at", to.as_second().to_string()),
            ("page", page.to_string()),
            ("page_size", config.page_size.to_string()),
        ];
        let all = |name: &'static str, value: &str| (name, value.to_owned());
        match cursor.topic.as_str() {
            ORDER => {
                own.extend([
                    all("order_status", "5"),
                    all("refund_status", "5"),
                    all("is_lucky_flag", "0"),
                    all("use_has_next", "false"),
                ]);
                self.gateway.call("pdd.order.number.list.increment.get", own, context)
            }
            REFUND => {
                own.push(all("after_sales_type", "1"));
                if !config.refund_query_status.is_empty() {
                    own.push(("after_sales_status", config.refund_query_status.clone()));
                }
                self.gateway.call("pdd.refund.list.increment.get", own, context)
            }
            _ => Err(not_ours(cursor)),
        }
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        let place = place(cursor)?;
        self.gateway.accept(reply)?;
        let found = match cursor.topic.as_str() {
            ORDER => orders(&reply.body)?,
            REFUND => refunds(&reply.body)?,
            _ => return Err(not_ours(cursor)),
        };
        let size = u64::from(self.gateway.config().page_size).max(1);
        let pages = found.total.div_ceil(size);
        let at = |page: u64, last: u64| {
            Some(Cursor { place: Place::Page { page, last }.write(), ..cursor.clone() })
        };
        let empty = found.captured.is_empty() && found.fetch.is_empty();
        let next = match place {
            Place::Count if pages > 1 => {
                return Ok(Page { next: at(pages, pages), ..Page::default() });
            }
            Place::Count if pages == 1 && empty => {
                return Err(Error::malformed("the total says there are rows, the page holds none").at("$"));
            }
            Place::Count => None,
            Place::Page { page, last } if page == last && pages > last => at(pages, pages),
            Place::Page { page, last } if page > 1 => at(page.saturating_sub(1), last),
            Place::Page { .. } => None,
        };
        Ok(Page { captured: found.captured, fetch: found.fetch, next })
    }
}

fn place(cursor: &Cursor) -> Result<Place> {
    Place::read(&cursor.place).ok_or_else(|| not_ours(cursor))
}

fn not_ours(cursor: &Cursor) -> Error {
    Error::new(ErrorKind::Bug, "not a cursor of this connector")
        .with("topic", &cursor.topic)
        .with("place", &cursor.place)
}

/// An answer to something else must never look like an empty page.
fn missing(root: &str) -> Error {
    Error::malformed("a reply without the list asked for").at(root)
}

fn total(value: &Value<'_>, root: &str) -> Result<u64> {
    let count = text(value).and_then(|text| text.parse().ok());
    count
        .ok_or_else(|| Error::malformed("the total is missing or no count").at(format!("{root}.total_count")))
}

fn orders(body: &[u8]) -> Result<Found> {
    let root = "$.order_sn_increment_get_response";
    let read: OrderListReply<'_> = wire::parse(body)?;
    let list = read.order_sn_increment_get_response.ok_or_else(|| missing(root))?;
    let mut found = Found { total: total(&list.total_count, root)?, ..Found::default() };
    for (at, row) in list.order_sn_list.iter().enumerate() {
        let number = text(&row.order_sn);
        let path = || format!("{root}.order_sn_list[{at}].order_sn");
        let number = number.ok_or_else(|| Error::malformed("a row without an order number").at(path()))?;
        found.fetch.push(ObjectId::new(ORDER, number));
    }
    Ok(found)
}

/// Each row is a whole case and a capture of its own: a bad one does not hold back the others.
fn refunds(body: &[u8]) -> Result<Found> {
    let root = "$.refund_increment_get_response";
    let read: RefundListReply<'_> = wire::parse(body)?;
    let list = read.refund_increment_get_response.ok_or_else(|| missing(root))?;
    let rows = match list.refund_list {
        Some(raw) => rows::rows(raw.get(), &format!("{root}.refund_list"))?,
        None => Vec::new(),
    };
    let captured = rows.into_iter().map(|row| Captured::new(REFUND, row.get().to_owned())).collect();
    Ok(Found { total: total(&list.total_count, root)?, captured, ..Found::default() })
}
