//! What changed in a window of time, page by page, from the last page to the first.
//!
//! The first call counts (`use_has_next=false` gives the total), and the pages are then read with `use_has_next=true`,
//! which is much cheaper for the platform. A last page that has a next one after all grew in the meantime.

use std::sync::Arc;

use jiff::Timestamp;

use crossdock_connector::backwards::{self, Place, not_ours};
use crossdock_connector::{
    Context, Cursor, Error, HttpRequest, HttpResponse, ObjectId, Page, Poll, Result, Topic, wire,
};

use crate::gateway::{Gateway, accept, china_text};
use crate::wire::{List, ListReply, Row, text};
use crate::{REFUND, TMC, TRADE, queue};

/// The poll part.
#[derive(Debug)]
pub(crate) struct TaobaoPoll {
    pub(crate) gateway: Arc<Gateway>,
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
        if topic == TMC {
            return Cursor { topic: topic.to_owned(), from, to, place: queue::CONSUME.to_owned() };
        }
        backwards::start(topic, from, to)
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let config = self.gateway.config();
        if let (TMC, Some(queue)) = (cursor.topic.as_str(), &config.queue) {
            return queue::request(&self.gateway, queue, &cursor.place, context);
        }
        let place = Place::of(cursor)?;
        let (method, fields, types) = match cursor.topic.as_str() {
            TRADE => ("taobao.trades.sold.increment.get", "tid,tid_str,status,modified", &config.trade_types),
            REFUND => ("taobao.refunds.receive.get", "refund_id,tid,status,modified", &config.refund_types),
            _ => return Err(not_ours(cursor)),
        };
        let mut own = vec![
            ("fields", fields.to_owned()),
            ("start_modified", china_text(cursor.from)),
            ("end_modified", china_text(backwards::whole_second(cursor.to))),
            ("page_no", place.number().to_string()),
            ("page_size", config.page_size.to_string()),
            ("use_has_next", (place != Place::Count).to_string()),
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
        let place = Place::of(cursor)?;
        accept(reply)?;
        let read: ListReply<'_> = wire::parse(&reply.body)?;
        let (list, root) = match cursor.topic.as_str() {
            TRADE => (read.trades_sold_increment_get_response, "$.trades_sold_increment_get_response"),
            REFUND => (read.refunds_receive_get_response, "$.refunds_receive_get_response"),
            _ => return Err(not_ours(cursor)),
        };
        // An answer to something else must never look like an empty page.
        let list = list.ok_or_else(|| Error::malformed("a reply without the list asked for").at(root))?;
        let fetch = ids(cursor, &list, root)?;
        let turn = match place {
            Place::Count => {
                let total = total(&list, root)?;
                place.agrees(total, fetch.len(), root)?;
                place.turn(backwards::pages(total, self.gateway.config().page_size))
            }
            Place::Page { .. } => {
                let more = text(&list.has_next);
                let more = more
                    .ok_or_else(|| Error::malformed("has_next is missing").at(format!("{root}.has_next")))?;
                place.turn_by_more(more == "true")
            }
        };
        let fetch = if turn.take { fetch } else { Vec::new() };
        Ok(Page { fetch, next: turn.next.map(|next| next.on(cursor)), ..Page::default() })
    }
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
