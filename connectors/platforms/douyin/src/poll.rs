//! What changed in a window of time, page by page, from the last page to the first.
//!
//! A row leaves the window when it is changed again, and everything behind it moves one place forward. Read forwards, the
//! row that moved from page 3 to page 2 is never seen; read backwards, it is seen twice, which is harmless. So the first
//! call counts, and the pages are then read from the last one down. Every reply says the total: a last page that is no
//! longer the last one grew, and reading starts again from there. The platform counts pages from 0, we from 1.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, Page, Poll, Result, Topic, rows,
    wire,
};

use crate::gateway::Gateway;
use crate::wire::{ListReply, text};
use crate::{AFTERSALE, ORDER};

/// The poll part.
#[derive(Debug)]
pub(crate) struct DouyinPoll {
    pub(crate) gateway: Arc<Gateway>,
}

/// Where we are inside a window: `count`, or `page/last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Count,
    Page { page: u64, last: u64 },
}

impl Place {
    fn read(cursor: &Cursor) -> Result<Self> {
        let text = &cursor.place;
        if text == "count" {
            return Ok(Self::Count);
        }
        let parts =
            text.split_once('/').and_then(|(page, last)| Some((page.parse().ok()?, last.parse().ok()?)));
        match parts {
            Some((page, last)) if (1..=last).contains(&page) => Ok(Self::Page { page, last }),
            _ => Err(not_ours(cursor)),
        }
    }

    fn write(self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Page { page, last } => format!("{page}/{last}"),
        }
    }
}

impl Poll for DouyinPoll {
    fn topics(&self) -> &'static [Topic] {
        &[ORDER, AFTERSALE]
    }

    /// Windows that end near now lose rows: the index lags by minutes.
    fn overlap_seconds(&self) -> u32 {
        600
    }

    fn window_seconds(&self) -> u32 {
        self.gateway.config.window_minutes.saturating_mul(60)
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        Cursor { topic: topic.to_owned(), from, to, place: Place::Count.write() }
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let page = match Place::read(cursor)? {
            Place::Count => 0,
            Place::Page { page, .. } => page.saturating_sub(1),
        };
        // The platform knows whole seconds only: the end is rounded up, or its last second would be lost.
        let to = match cursor.to.subsec_nanosecond() {
            0 => cursor.to,
            _ => cursor.to.saturating_add(SignedDuration::from_secs(1)).unwrap_or(cursor.to),
        };
        let (from, to) = (Value::from(cursor.from.as_second()), Value::from(to.as_second()));
        let mut own = Map::new();
        own.insert("page".to_owned(), page.into());
        own.insert("size".to_owned(), self.gateway.config.page_size.into());
        match cursor.topic.as_str() {
            ORDER => {
                own.insert("update_time_start".to_owned(), from);
                own.insert("update_time_end".to_owned(), to);
                // An order that does not change its place when it is changed.
                own.insert("order_by".to_owned(), "create_time".into());
                own.insert("order_asc".to_owned(), true.into());
                self.gateway.call("order.searchList", own, context)
            }
            AFTERSALE => {
                own.insert("update_start_time".to_owned(), from);
                own.insert("update_end_time".to_owned(), to);
                own.insert("order_by".to_owned(), vec!["apply_time asc"].into());
                own.insert("need_special_type".to_owned(), self.gateway.config.special_cases.into());
                self.gateway.call("afterSale.List", own, context)
            }
            _ => Err(not_ours(cursor)),
        }
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        let place = Place::read(cursor)?;
        self.gateway.accept(reply)?;
        let read: ListReply<'_> = wire::parse(&reply.body)?;
        let data = read.data.ok_or_else(|| Error::malformed("a reply without the list").at("$.data"))?;
        let total = text(&data.total).and_then(|text| text.parse::<u64>().ok());
        let total =
            total.ok_or_else(|| Error::malformed("the total is missing or no count").at("$.data.total"))?;
        let (topic, raw, root) = match cursor.topic.as_str() {
            ORDER => (ORDER, data.shop_order_list, "$.data.shop_order_list"),
            AFTERSALE => (AFTERSALE, data.items, "$.data.items"),
            _ => return Err(not_ours(cursor)),
        };
        let list = match raw {
            Some(raw) => rows::rows(raw.get(), root)?,
            None => Vec::new(),
        };
        let pages = total.div_ceil(u64::from(self.gateway.config.page_size).max(1));
        let at = |page: u64, last: u64| {
            Some(Cursor { place: Place::Page { page, last }.write(), ..cursor.clone() })
        };
        let next = match place {
            Place::Count if list.is_empty() != (total == 0) => {
                return Err(Error::malformed(
                    "the total and the rows of the first page contradict each other",
                )
                .at(root));
            }
            Place::Count if pages > 1 => return Ok(Page { next: at(pages, pages), ..Page::default() }),
            Place::Count => None,
            Place::Page { page, last } if page == last && pages > last => at(pages, pages),
            Place::Page { page, last } if page > 1 => at(page.saturating_sub(1), last),
            Place::Page { .. } => None,
        };
        // Each row is a whole order or case and a capture of its own: a bad one does not hold back the others.
        let record = |row: &serde_json::value::RawValue| {
            Captured::new(topic, reply.body.slice_ref(row.get().as_bytes()))
        };
        Ok(Page { captured: list.into_iter().map(record).collect(), fetch: Vec::new(), next })
    }
}

fn not_ours(cursor: &Cursor) -> Error {
    Error::new(ErrorKind::Bug, "not a cursor of this connector")
        .with("topic", &cursor.topic)
        .with("place", &cursor.place)
}
