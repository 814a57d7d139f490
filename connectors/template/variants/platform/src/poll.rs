//! Orders that changed in a window, page by page: the safety net under the webhooks.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, Page, Poll, Result, Secret,
    Topic, wire,
};
use crossdock_schemas::Ts;

use super::error;
use super::normalize::ORDER;

/// Rows in a page: the most Acme gives.
pub(super) const PAGE: u32 = 100;

/// Polls orders.
#[derive(Debug)]
pub(super) struct Changes {
    pub(super) base_url: String,
    pub(super) token: Secret,
}

#[derive(Deserialize)]
struct Reply<'a> {
    // Each row is handed on as the bytes it came in, so that a mended mapping can read it again.
    #[serde(borrow)]
    orders: Option<Vec<&'a RawValue>>,
    next: Option<String>,
}

impl Poll for Changes {
    fn topics(&self) -> &'static [Topic] {
        &[ORDER]
    }

    // Acme's index lags: a new window reaches back into the one before. Seeing an order twice is harmless.
    fn overlap_seconds(&self) -> u32 {
        120
    }

    fn window_seconds(&self) -> u32 {
        24 * 3600
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        Cursor { topic: topic.to_owned(), from, to, place: String::new() }
    }

    fn request(&self, cursor: &Cursor, _context: &Context<'_>) -> Result<HttpRequest> {
        let (from, to) = (Ts::utc(cursor.from).utc_text(), Ts::utc(cursor.to).utc_text());
        let mut url = format!("{}/v1/orders?updated_from={from}&updated_to={to}&limit={PAGE}", self.base_url);
        if !cursor.place.is_empty() {
            if !is_page(&cursor.place) {
                return Err(Error::new(ErrorKind::Bug, "cursor holds no page of this vendor"));
            }
            url.push_str("&page=");
            url.push_str(&cursor.place);
        }
        let token = self.token.expose_text().ok_or_else(|| Error::config("not text").at("api_token"))?;
        // Never in the address: every proxy would log it.
        Ok(HttpRequest::get(url).header("authorization", format!("Bearer {token}")))
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        error::check(reply)?;
        let body: Reply<'_> = wire::parse(&reply.body)?;
        // A reply without the list is no empty page: it would move the cursor past orders nobody saw.
        let rows = body.orders.ok_or_else(|| Error::malformed("reply without orders").at("$.orders"))?;
        let record = |row: &RawValue| Captured::new(ORDER, reply.body.slice_ref(row.get().as_bytes()));
        let next = match body.next {
            Some(place) if !is_page(&place) => return Err(Error::malformed("no page").at("$.next")),
            Some(place) => Some(Cursor { place, ..cursor.clone() }),
            None => None,
        };
        Ok(Page { captured: rows.into_iter().map(record).collect(), fetch: Vec::new(), next })
    }
}

/// What can stand in an address as it is: the vendor's text must not change the call.
fn is_page(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
