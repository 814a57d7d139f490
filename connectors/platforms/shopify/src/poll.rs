//! Orders that changed in a window, by `updated_at`, page by page.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, Page, Poll, Result, Topic, wire,
};

use crate::config::PollBy;
use crate::fetch::Admin;
use crate::{error, graphql};

/// Rows in a page: the most the API gives.
pub(crate) const PAGE: u32 = 250;
/// What is polled, by either list.
pub(crate) const TOPIC: Topic = "order";

/// Polls orders, by either list.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) admin: Admin,
    pub(crate) by: PollBy,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    orders: Option<Vec<&'a RawValue>>,
}

impl Poll for Changes {
    fn topics(&self) -> &'static [Topic] {
        &[TOPIC]
    }

    fn overlap_seconds(&self) -> u32 {
        // How far the index lags is not published; five minutes cost one page.
        300
    }

    fn window_seconds(&self) -> u32 {
        7 * 24 * 3600
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        Cursor { topic: topic.to_owned(), from, to, place: String::new() }
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        if cursor.topic != TOPIC {
            return Err(Error::new(ErrorKind::Bug, "cursor of another topic").with("topic", &cursor.topic));
        }
        if self.by == PollBy::Graphql {
            return graphql::request(&self.admin, cursor, context);
        }
        if !cursor.place.is_empty() {
            // Beside a page token only the limit is allowed.
            let token = page_token(&cursor.place)
                .ok_or_else(|| Error::new(ErrorKind::Bug, "cursor holds no page token"))?;
            return self.admin.get(&format!("orders.json?limit={PAGE}&page_info={token}"), context);
        }
        // Without `status=any` closed and cancelled orders would be missing.
        let (from, to) = (seconds(cursor.from), seconds(cursor.to));
        let query = format!(
            "orders.json?status=any&limit={PAGE}&order=updated_at%20asc&updated_at_min={from}&updated_at_max={to}"
        );
        self.admin.get(&query, context)
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        let page = match self.by {
            PollBy::Rest => rows(cursor, reply),
            PollBy::Graphql => graphql::page(cursor, reply),
        };
        page.map_err(|error| self.admin.refused(error, reply))
    }
}

/// A page of whole orders.
fn rows(cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
    error::check(reply)?;
    let body: Reply<'_> = wire::parse(&reply.body)?;
    let rows = body.orders.ok_or_else(|| Error::malformed("reply without orders").at("$.orders"))?;
    let record = |row: &RawValue| Captured::new(TOPIC, reply.body.slice_ref(row.get().as_bytes()));
    let next = reply.headers.get("link").and_then(next_page);
    let next = next.map(|place| Cursor { place: place.to_owned(), ..cursor.clone() });
    Ok(Page { captured: rows.into_iter().map(record).collect(), fetch: Vec::new(), next })
}

/// Whole seconds in UTC; the API has no finer filter.
pub(crate) fn seconds(at: Timestamp) -> String {
    crossdock_schemas::Ts::utc(at).utc_text()
}

/// The page token of the `rel="next"` link. Only the token is taken: where to call is ours to say.
fn next_page(link: &str) -> Option<&str> {
    let entry = link.split(',').find(|entry| {
        entry.split(';').skip(1).any(|attribute| matches!(attribute.trim(), "rel=\"next\"" | "rel=next"))
    })?;
    let url = entry.split(';').next()?.trim().strip_prefix('<')?.strip_suffix('>')?;
    let (_, query) = url.split_once('?')?;
    page_token(query.split('&').find_map(|pair| pair.strip_prefix("page_info="))?)
}

/// A token that can stand in a query as it is.
fn page_token(text: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%=".contains(&byte);
    (!text.is_empty() && text.bytes().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        let first =
            "<https://a.myshopify.com/admin/api/2026-10/orders.json?limit=250&page_info=eyJ>; rel=\"next\"";
        assert_eq!(next_page(first), Some("eyJ"));
        let middle = "<https://a.myshopify.com/x?page_info=back&limit=250>; rel=\"previous\", \
                      <https://a.myshopify.com/x?page_info=on&limit=250>; rel=\"next\"";
        assert_eq!(next_page(middle), Some("on"));
        assert_eq!(next_page("<https://a.myshopify.com/x?page_info=back>; rel=\"previous\""), None);
        assert_eq!(next_page("<https://a.myshopify.com/x?page_info=a b>; rel=\"next\""), None);
        assert_eq!(next_page("nonsense"), None);
    }
}
