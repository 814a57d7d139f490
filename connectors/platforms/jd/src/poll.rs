//! What changed in a window of time, page by page, from the last page to the first.
//!
//! Each reply says how many rows there are. A page has to hold as many of them as its own total says: less is a fault,
//! never an empty page.
//!
//! Refunds of the JOS interface can only be asked for by when they were requested (services also by when they were approved),
//! not by their last change. Their windows therefore reach back by `lookback_hours`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};

use crossdock_connector::backwards::{self, Place, not_ours};
use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, ObjectId, Page, Poll, Result,
    Topic, rows, wire,
};

use crate::config::Interface;
use crate::fetch::FIELDS;
use crate::gateway::{Gateway, answer, readable};
use crate::wire::{ApiResult, CaseReply, OrderReply, Value, seller, text};
use crate::{ORDER, REFUND, SELLER_CASE, SELLER_ORDER, SERVICE, sign};

/// Most rows of a page of refunds or after-sale cases.
const CASES: u32 = 50;

/// The poll part.
pub(crate) struct JdPoll {
    pub(crate) gateway: Arc<Gateway>,
}

/// Where we are inside a window: `0:count` or `0:page/last`. Services are read twice, by request and by approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pass {
    pass: u8,
    place: Place,
}

impl Pass {
    const fn new(pass: u8) -> Self {
        Self { pass, place: Place::Count }
    }

    fn of(cursor: &Cursor) -> Result<Self> {
        let read =
            |(pass, place): (&str, &str)| Some(Self { pass: pass.parse().ok()?, place: Place::read(place)? });
        cursor.place.split_once(':').and_then(read).ok_or_else(|| not_ours(cursor))
    }

    fn on(self, cursor: &Cursor) -> Cursor {
        Cursor { place: format!("{}:{}", self.pass, self.place), ..cursor.clone() }
    }
}

impl Poll for JdPoll {
    fn topics(&self) -> &'static [Topic] {
        match self.gateway.config.interface {
            Interface::Jos => &[ORDER, REFUND, SERVICE],
            Interface::Seller => &[SELLER_ORDER, SELLER_CASE],
        }
    }

    fn overlap_seconds(&self) -> u32 {
        600
    }

    /// A day is what is answered; an hour less leaves room for the overlap.
    fn window_seconds(&self) -> u32 {
        82_800
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        Pass::new(0).on(&backwards::start(topic, from, to))
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let Pass { pass, place } = Pass::of(cursor)?;
        let page = place.number();
        match cursor.topic.as_str() {
            ORDER => self.orders(cursor, page, context),
            REFUND => self.refunds(cursor, page, context),
            SERVICE => self.services(cursor, pass, page, context),
            SELLER_ORDER | SELLER_CASE => self.seller(cursor, page, context),
            _ => Err(not_ours(cursor)),
        }
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        let Pass { pass, place } = Pass::of(cursor)?;
        let body = readable(reply)?;
        let list = match cursor.topic.as_str() {
            ORDER => self.order_page(body, reply)?,
            REFUND | SERVICE => self.case_page(body, reply, cursor.topic == REFUND)?,
            SELLER_ORDER | SELLER_CASE => self.seller_page(body, reply)?,
            _ => return Err(not_ours(cursor)),
        };
        let size = self.size(&cursor.topic);
        let turn = place.turn(backwards::pages(list.total, size));
        let next = match turn.next {
            Some(place) => Some(Pass { pass, place }),
            None if cursor.topic == SERVICE && pass == 0 => Some(Pass::new(1)),
            None => None,
        };
        let next = next.map(|next| next.on(cursor));
        if !turn.take {
            return Ok(Page { next, ..Page::default() });
        }
        let size = u64::from(size).max(1);
        let before = place.number().saturating_sub(1).saturating_mul(size);
        let expected = list.total.saturating_sub(before).min(size);
        let there = u64::try_from(list.rows.len()).unwrap_or(u64::MAX);
        if there != expected {
            let what = format!("the page holds {there} rows, its total says {expected}");
            return Err(Error::new(ErrorKind::Unavailable, what).at(list.path));
        }
        let mut read = Page { next, ..Page::default() };
        for (at, row) in list.rows.iter().enumerate() {
            match cursor.topic.as_str() {
                SELLER_ORDER | SELLER_CASE => read.fetch.push(id(&cursor.topic, row, list.path, at)?),
                topic => read.captured.push(Captured::new(topic, row.get().as_bytes().to_vec())),
            }
        }
        Ok(read)
    }
}

/// A page as it was answered.
struct List<'a> {
    total: u64,
    rows: Vec<&'a serde_json::value::RawValue>,
    path: &'static str,
}

impl JdPoll {
    fn size(&self, topic: &str) -> u32 {
        let size = self.gateway.config.page_size;
        if topic == ORDER || topic == SELLER_ORDER { size } else { size.min(CASES) }
    }

    fn orders(&self, cursor: &Cursor, page: u64, context: &Context<'_>) -> Result<HttpRequest> {
        let config = &self.gateway.config;
        let mut own = Map::new();
        for (name, value) in [
            ("start_date", sign::moment(cursor.from)),
            ("end_date", sign::moment(backwards::whole_second(cursor.to))),
            ("order_state", config.order_states.join(",")),
            ("optional_fields", FIELDS.to_owned()),
            ("page", page.to_string()),
            ("page_size", config.page_size.to_string()),
            ("dateType", config.date_type.to_string()),
        ] {
            own.insert(name.to_owned(), Json::from(value));
        }
        self.gateway.jos("jingdong.pop.order.enSearch", own, context)
    }

    fn refunds(&self, cursor: &Cursor, page: u64, context: &Context<'_>) -> Result<HttpRequest> {
        let mut own = Map::new();
        own.insert("applyTimeStart".to_owned(), Json::from(sign::moment(self.reach_back(cursor, 0))));
        own.insert("applyTimeEnd".to_owned(), Json::from(sign::moment(backwards::whole_second(cursor.to))));
        own.insert("pageIndex".to_owned(), Json::from(page));
        own.insert("pageSize".to_owned(), Json::from(self.size(REFUND)));
        self.gateway.jos("jingdong.pop.afs.soa.refundapply.queryPageList", own, context)
    }

    fn services(&self, cursor: &Cursor, pass: u8, page: u64, context: &Context<'_>) -> Result<HttpRequest> {
        let (begin, end, more) = match pass {
            0 => ("applyTimeBegin", "applyTimeEnd", 0),
            // By approval ten days are answered: two more than by request, for refunds that take their time.
            _ => ("approveTimeBegin", "approveTimeEnd", 48),
        };
        let mut own = Map::new();
        own.insert(begin.to_owned(), Json::from(sign::moment(self.reach_back(cursor, more))));
        own.insert(end.to_owned(), Json::from(sign::moment(backwards::whole_second(cursor.to))));
        own.insert("pageNumber".to_owned(), Json::from(page));
        own.insert("pageSize".to_owned(), Json::from(self.size(SERVICE)));
        self.gateway.jos("jingdong.asc.serviceAndRefund.view", own, context)
    }

    /// The start of a window of refunds: as far back as settings say, and never later than asked.
    fn reach_back(&self, cursor: &Cursor, more: u32) -> Timestamp {
        let hours = i64::from(self.gateway.config.lookback_hours.saturating_add(more));
        let back = cursor.to.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(cursor.from);
        back.min(cursor.from)
    }

    fn seller(&self, cursor: &Cursor, page: u64, context: &Context<'_>) -> Result<HttpRequest> {
        let config = &self.gateway.config;
        let (from, to) = (cursor.from.as_millisecond().to_string(), cursor.to.as_millisecond().to_string());
        let (page, size) = (page.to_string(), self.size(&cursor.topic).to_string());
        if cursor.topic == SELLER_CASE {
            let query = [
                ("updateStartTime", from.as_str()),
                ("updateEndTime", &to),
                ("page", &page),
                ("pageSize", &size),
            ];
            return self.gateway.seller("/rest/sp-aftercare/v0/afs-orders", None, &query, context);
        }
        let states = config.order_states.join(",");
        let query = [
            ("startTime", from.as_str()),
            ("endTime", &to),
            ("orderStatus", &states),
            ("page", &page),
            ("pageSize", &size),
            ("sortBy", &config.seller.sort_by),
            ("sortOrder", &config.seller.sort_order),
            ("venderId", &config.shop),
        ];
        self.gateway.seller("/rest/sp-order/v0/orders", None, &query, context)
    }

    fn order_page<'a>(&self, body: &'a [u8], reply: &HttpResponse) -> Result<List<'a>> {
        let path = "$.jingdong_pop_order_enSearch_responce.searchorderinfo_result";
        let read: Result<OrderReply<'a>> = wire::parse(body);
        let reader = self.gateway.reader();
        if let Ok(OrderReply { error_response: Some(trouble), .. }) = &read {
            return Err(reader.trouble(trouble));
        }
        good(reply)?;
        let holder =
            read?.search.ok_or_else(|| Error::malformed("a reply without the list asked for").at(path))?;
        let result = holder.searchorderinfo_result.0;
        reader.said(&holder.code, result.as_ref().and_then(|result| result.api_result.0.as_ref()))?;
        let result = result.ok_or_else(|| Error::malformed("the list is missing").at(path))?;
        list(&result.order_total, result.order_info_list, path)
    }

    fn case_page<'a>(&self, body: &'a [u8], reply: &HttpResponse, refunds: bool) -> Result<List<'a>> {
        let path = "$.queryResult";
        let read: Result<CaseReply<'a>> = wire::parse(body);
        let reader = self.gateway.reader();
        if let Ok(CaseReply { error_response: Some(trouble), .. }) = &read {
            return Err(reader.trouble(trouble));
        }
        good(reply)?;
        let read = read?;
        let holder = if refunds { read.refunds } else { read.services };
        let holder = holder.ok_or_else(|| Error::malformed("a reply without the list asked for").at(path))?;
        let page = holder.query_result.0.unwrap_or_default();
        let result = ApiResult { success: page.success, error_code: page.error_code, ..ApiResult::default() };
        reader.said(&holder.code, Some(&result))?;
        list(&page.total_count, page.result, path)
    }

    fn seller_page<'a>(&self, body: &'a [u8], reply: &HttpResponse) -> Result<List<'a>> {
        let path = "$.Response";
        let read = answer(body);
        let reader = self.gateway.reader();
        if let Ok(read) = &read
            && !read.error_list.is_empty()
        {
            reader.seller(&read.success, &read.error_list)?;
        }
        good(reply)?;
        let read = read?;
        let pages = read.pagination_data.0.as_ref();
        let pages = pages.ok_or_else(|| Error::malformed("a reply without the list asked for").at(path))?;
        reader.seller(&read.success, &read.error_list)?;
        list(&pages.total_items, read.data, path)
    }
}

fn good(reply: &HttpResponse) -> Result<()> {
    if reply.is_success() { Ok(()) } else { Err(Error::from_response(reply)) }
}

fn list<'a>(
    total: &Value<'_>,
    raw: Option<&'a serde_json::value::RawValue>,
    path: &'static str,
) -> Result<List<'a>> {
    let total = text(total).ok_or_else(|| Error::malformed("the total is missing").at(path))?;
    let total = total.parse().map_err(|_| Error::malformed("the total is not a count").at(path))?;
    let rows = raw.map_or(Ok(Vec::new()), |raw| rows::rows(raw.get(), path))?;
    Ok(List { total, rows, path })
}

fn id(topic: &str, row: &serde_json::value::RawValue, path: &str, at: usize) -> Result<ObjectId> {
    let place = format!("{path}.data[{at}]");
    let row: seller::Row<'_> = rows::object(row, &place)?;
    let number = if topic == SELLER_CASE { text(&row.afs_order_id) } else { text(&row.order_id) };
    let number = number.ok_or_else(|| Error::malformed("a row without its number").at(place))?;
    Ok(ObjectId::new(topic, number))
}
