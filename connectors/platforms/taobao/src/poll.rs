//! What changed in a window of time, page by page, from the last page to the first.
//!
//! A row leaves the window when it is changed again, and everything behind it moves one place forward. Read
//! forwards, the row that moved from page 3 to page 2 is never seen; read backwards, it is seen twice, which
//! is harmless. So the first call counts (`use_has_next=false` gives the total), and the pages are then read
//! from the last one down with `use_has_next=true`, which is much cheaper for the platform. A last page that
//! has a next one after all grew in the meantime: reading starts again from there.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crossdock_connector::{
    Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, ObjectId, Page, Poll, Result, Topic, wire,
};

use crate::gateway::{Gateway, accept, china_text};
use crate::wire::{List, ListReply, Row, text};
use crate::{REFUND, TMC, TRADE, queue};

/// The poll part.
#[derive(Debug)]
pub(crate) struct TaobaoPoll {
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

impl Poll for TaobaoPoll {
    fn topics(&self) -> &'static [Topic] {
        // What was paid a second ago stands in the queue first.
        if self.gateway.config().queue.is_some() { &[TMC, TRADE, REFUND] } else { &[TRADE, REFUND] }
    }

    fn empties(&self, topic: Topic) -> bool {
        topic == TMC
    }

    fn overlap_seconds(&self) -> u32 {
        300
    }

    fn window_seconds(&self) -> u32 {
        1800
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        let place = if topic == TMC { queue::CONSUME.to_owned() } else { Place::Count.write() };
        Cursor { topic: topic.to_owned(), from, to, place }
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let config = self.gateway.config();
        if let (TMC, Some(queue)) = (cursor.topic.as_str(), &config.queue) {
            return queue::request(&self.gateway, queue, &cursor.place, context);
        }
        let place = place(cursor)?;
        let (method, fields, types) = match cursor.topic.as_str() {
            TRADE => ("taobao.trades.sold.increment.get", "tid,tid_str,status,modified", &config.trade_types),
            REFUND => ("taobao.refunds.receive.get", "refund_id,tid,status,modified", &config.refund_types),
            _ => return Err(not_ours(cursor)),
        };
        let (page, has_next) = match place {
            Place::Count => (1, false),
            Place::Page { page, .. } => (page, true),
        };
        // The platform knows whole seconds only: the end is rounded up, or its last second would be lost.
        let to = match cursor.to.subsec_nanosecond() {
            0 => cursor.to,
            _ => cursor.to.saturating_add(SignedDuration::from_secs(1)).unwrap_or(cursor.to),
        };
        let mut own = vec![
            ("fields", fields.to_owned()),
            ("start_modified", china_text(cursor.from)),
            ("end_modified", china_text(to)),
            ("page_no", page.to_string()),
            ("page_size", config.page_size.to_string()),
            ("use_has_next", has_next.to_string()),
        ];
        if !types.is_empty() {
            own.push(("type", types.join(",")));
        }
        self.gateway.call(method, own, context.now)
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        if cursor.topic == TMC {
            return queue::page(&self.gateway.config().shop, cursor, reply);
        }
        let place = place(cursor)?;
        accept(reply)?;
        let read: ListReply<'_> = wire::parse(&reply.body)?;
        let (list, root) = match cursor.topic.as_str() {
            TRADE => (read.trades_sold_increment_get_response, "$.trades_sold_increment_get_response"),
            REFUND => (read.refunds_receive_get_response, "$.refunds_receive_get_response"),
            _ => return Err(not_ours(cursor)),
        };
        // An answer to something else must never look like an empty page.
        let list = list.ok_or_else(|| Error::malformed("a reply without the list asked for").at(root))?;
        let next = |place: Place| Some(Cursor { place: place.write(), ..cursor.clone() });
        match place {
            Place::Count => {
                let total = total(&list, root)?;
                let size = u64::from(self.gateway.config().page_size).max(1);
                match total.div_ceil(size) {
                    0 => Ok(Page::default()),
                    // The only page was read whole in this one reply.
                    1 => {
                        let fetch = ids(cursor, &list, root)?;
                        if fetch.is_empty() {
                            let what = "the total says there are rows, the page holds none";
                            return Err(Error::malformed(what).at(root));
                        }
                        Ok(Page { fetch, ..Page::default() })
                    }
                    last => Ok(Page { next: next(Place::Page { page: last, last }), ..Page::default() }),
                }
            }
            Place::Page { page, last } => {
                let more = text(&list.has_next)
                    .ok_or_else(|| Error::malformed("has_next is missing").at(format!("{root}.has_next")))?
                    == "true";
                let fetch = ids(cursor, &list, root)?;
                let next = if page == last && more {
                    next(Place::Page { page: last.saturating_add(1), last: last.saturating_add(1) })
                } else if page > 1 {
                    next(Place::Page { page: page.saturating_sub(1), last })
                } else {
                    None
                };
                Ok(Page { fetch, next, ..Page::default() })
            }
        }
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

fn total(list: &List<'_>, root: &str) -> Result<u64> {
    let path = || format!("{root}.total_results");
    let text =
        text(&list.total_results).ok_or_else(|| Error::malformed("total_results is missing").at(path()))?;
    text.parse().map_err(|_| Error::malformed("total_results is not a count").at(path()))
}

fn ids(cursor: &Cursor, list: &List<'_>, root: &str) -> Result<Vec<ObjectId>> {
    let trades = cursor.topic == TRADE;
    let (rows, kind, name): (&[Row<'_>], _, _) =
        if trades { (&list.trades, TRADE, "trades") } else { (&list.refunds, REFUND, "refunds") };
    rows.iter()
        .enumerate()
        .map(|(at, row)| {
            let id = if trades { text(&row.tid_str).or(text(&row.tid)) } else { text(&row.refund_id) };
            id.map(|id| ObjectId::new(kind, id))
                .ok_or_else(|| Error::malformed("a row without an id").at(format!("{root}.{name}[{at}]")))
        })
        .collect()
}
