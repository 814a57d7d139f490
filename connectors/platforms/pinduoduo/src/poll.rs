//! What changed in a window of time, page by page, from the last page to the first.
//!
//! Every reply says the total.

use std::sync::Arc;

use jiff::Timestamp;

use crossdock_connector::backwards::{self, Place, not_ours};
use crossdock_connector::{
    Captured, Context, Cursor, Error, HttpRequest, HttpResponse, ObjectId, Page, Poll, Result, Topic, rows,
    wire,
};

use crate::gateway::Gateway;
use crate::wire::{OrderListReply, RefundListReply, Value, text};
use crate::{ORDER, REFUND};

/// The poll part.
#[derive(Debug)]
pub(crate) struct PinduoduoPoll {
    pub(crate) gateway: Arc<Gateway>,
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
        backwards::start(topic, from, to)
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let page = Place::of(cursor)?.number();
        let config = self.gateway.config();
        let to = backwards::whole_second(cursor.to);
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
        let place = Place::of(cursor)?;
        self.gateway.accept(reply)?;
        let found = match cursor.topic.as_str() {
            ORDER => orders(&reply.body)?,
            REFUND => refunds(&reply.body)?,
            _ => return Err(not_ours(cursor)),
        };
        place.agrees(found.total, found.captured.len().max(found.fetch.len()), "$")?;
        let turn = place.turn(backwards::pages(found.total, self.gateway.config().page_size));
        let next = turn.next.map(|next| next.on(cursor));
        if !turn.take {
            return Ok(Page { next, ..Page::default() });
        }
        Ok(Page { captured: found.captured, fetch: found.fetch, next })
    }
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
