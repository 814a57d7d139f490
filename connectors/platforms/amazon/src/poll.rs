//! What changed in a window, page by page: orders, and returns where they are asked for.
//!
//! The end of a window has to lie two minutes in the past, and all parameters but the token have to stay the same from page to
//! page. So the end that Amazon used, which its first reply repeats, travels in the cursor.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, Page, Poll, Result, Topic,
};

use crate::config::Config;
use crate::{ORDER, RETURN, calls, error};

/// The poll part.
pub(crate) struct AmazonPoll {
    pub(crate) config: Arc<Config>,
}

/// The documented pace of searchOrders, in seconds a call.
const PACE: u64 = 179;
/// The end of a window lies so far in the past; two minutes are demanded.
const SETTLED: SignedDuration = SignedDuration::from_secs(180);
/// What a window of which nothing is left is widened to.
const LEAST: SignedDuration = SignedDuration::from_secs(60);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reply<'a> {
    #[serde(borrow)]
    orders: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    returns: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pagination: Option<Pagination<'a>>,
    #[serde(borrow)]
    next_token: Scalar<'a>,
    #[serde(borrow)]
    last_updated_before: Scalar<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pagination<'a> {
    #[serde(borrow)]
    next_token: Scalar<'a>,
}

/// Seconds in UTC, as the interface takes them.
fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Start and end of a window that may be asked for now.
fn window(cursor: &Cursor, now: Timestamp) -> (Timestamp, Timestamp) {
    let settled = now.checked_sub(SETTLED).unwrap_or(now);
    let to = cursor.to.min(settled);
    let latest = to.checked_sub(LEAST).unwrap_or(to);
    (cursor.from.min(latest), to)
}

impl Poll for AmazonPoll {
    fn topics(&self) -> &'static [Topic] {
        if self.config.returns { &[ORDER, RETURN] } else { &[ORDER] }
    }

    fn overlap_seconds(&self) -> u32 {
        self.config.overlap_minutes * 60
    }

    fn window_seconds(&self) -> u32 {
        24 * 3600
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        Cursor { topic: topic.to_owned(), from, to, place: String::new() }
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        // `2026-11-21T12:00:00Z|token` once the first page is read.
        let (end, token) = match cursor.place.split_once('|') {
            Some((end, token)) => (Some(end), Some(token)),
            None => (None, None),
        };
        let (from, to) = window(cursor, context.now);
        let (from, to) = match end {
            // The start of a window that was widened was told by its end.
            Some(end) => {
                let to: Timestamp =
                    end.parse().map_err(|_| Error::new(ErrorKind::Bug, "a cursor that is none of ours"))?;
                (cursor.from.min(to.checked_sub(LEAST).unwrap_or(to)), to)
            }
            None => (from, to),
        };
        let (from, to, size) = (shown(from), shown(to), self.config.page_size.to_string());
        let marketplaces = self.config.marketplaces.join(",");
        let included = self.config.included_data.join(",");
        let fulfilled_by = self.config.fulfilled_by.join(",");
        let mut query = vec![("lastUpdatedAfter", from.as_str()), ("lastUpdatedBefore", to.as_str())];
        let path = match cursor.topic.as_str() {
            ORDER => {
                query.push(("marketplaceIds", &marketplaces));
                if !fulfilled_by.is_empty() {
                    query.push(("fulfilledBy", &fulfilled_by));
                }
                query.push(("maxResultsPerPage", &size));
                query.push(("includedData", &included));
                query.extend(token.map(|token| ("paginationToken", token)));
                "/orders/2026-01-01/orders"
            }
            RETURN => {
                query.push(("maxResults", &size));
                query.extend(token.map(|token| ("nextToken", token)));
                "/externalFulfillment/2024-09-11/returns"
            }
            _ => return Err(Error::new(ErrorKind::Bug, "a cursor of a topic that is not polled")),
        };
        calls::get(&self.config, path, &query, context)
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        error::accept(reply, PACE)?;
        let read: Reply<'_> = wire::object(&reply.body)?;
        let orders = cursor.topic == ORDER;
        let list = if orders { read.orders } else { read.returns };
        let Some(list) = list else {
            let what = format!("a page without its list of {}s", cursor.topic);
            return Err(Error::malformed(what).at("$"));
        };
        let token = match &read.pagination {
            Some(pagination) if orders => pagination.next_token.text(),
            _ => read.next_token.text().filter(|_| !orders),
        };
        let next = token.map(|token| {
            let used = cursor.place.split_once('|').map(|(end, _)| end.to_owned());
            let said = read.last_updated_before.text().and_then(|text| text.parse::<Timestamp>().ok());
            let end = used.unwrap_or_else(|| shown(said.unwrap_or(cursor.to)));
            Cursor { place: format!("{end}|{token}"), ..cursor.clone() }
        });
        let mut captured: Vec<Captured> = Vec::with_capacity(list.len());
        for raw in list {
            if !raw.get().starts_with('{') {
                return Err(Error::malformed("a row that is no object").at("$"));
            }
            let record = Captured::new(cursor.topic.clone(), raw.get().as_bytes().to_vec());
            if !captured.contains(&record) {
                captured.push(record);
            }
        }
        Ok(Page { captured, fetch: Vec::new(), next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_in_the_past() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let cursor = |from: &str, to: &str| Cursor {
            topic: ORDER.to_owned(),
            from: at(from),
            to: at(to),
            place: String::new(),
        };
        let now = at("2026-11-21T12:00:00Z");
        let whole = cursor("2026-11-21T08:00:00Z", "2026-11-21T11:00:00Z");
        assert_eq!(window(&whole, now), (whole.from, whole.to));
        let fresh = cursor("2026-11-21T08:00:00Z", "2026-11-21T12:00:00Z");
        assert_eq!(window(&fresh, now), (fresh.from, at("2026-11-21T11:57:00Z")));
        let nothing = cursor("2026-11-21T11:59:00Z", "2026-11-21T12:00:00Z");
        assert_eq!(window(&nothing, now), (at("2026-11-21T11:56:00Z"), at("2026-11-21T11:57:00Z")));
    }
}
