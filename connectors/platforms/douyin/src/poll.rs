//! What changed in a window of time, page by page, from the last page to the first.
//!
//! Every reply says the total. The platform counts pages from 0, we from 1.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crossdock_connector::backwards::{self, Place, not_ours};
use crossdock_connector::{
    Captured, Context, Cursor, Error, HttpRequest, HttpResponse, Page, Poll, Result, Topic, rows, wire,
};

use crate::gateway::Gateway;
use crate::wire::{ListReply, text};
use crate::{AFTERSALE, ORDER};

/// The poll part.
#[derive(Debug)]
pub(crate) struct DouyinPoll {
    pub(crate) gateway: Arc<Gateway>,
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
        backwards::start(topic, from, to)
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let page = Place::of(cursor)?.number().saturating_sub(1);
        let to = backwards::whole_second(cursor.to);
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
        let place = Place::of(cursor)?;
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
        place.agrees(total, list.len(), root)?;
        let turn = place.turn(backwards::pages(total, self.gateway.config.page_size));
        let next = turn.next.map(|next| next.on(cursor));
        if !turn.take {
            return Ok(Page { next, ..Page::default() });
        }
        // Each row is a whole order or case and a capture of its own: a bad one does not hold back the others.
        let record = |row: &serde_json::value::RawValue| {
            Captured::new(topic, reply.body.slice_ref(row.get().as_bytes()))
        };
        Ok(Page { captured: list.into_iter().map(record).collect(), fetch: Vec::new(), next })
    }
}
