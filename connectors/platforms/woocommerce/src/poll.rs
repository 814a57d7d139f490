//! What changed in a window of time, page by page, from the last page to the first.
//!
//! Pages are cut anew for each call. An order that is changed again leaves the window, and everything behind it moves
//! forward: read forwards, what moved from page 3 to page 2 is never seen; read backwards, it is seen twice, which is
//! harmless. So the first call counts (`X-WP-TotalPages`), and the pages are then read from the last one down.

use std::sync::Arc;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, ObjectId, Page, Poll, Result,
    Topic, rows,
};

use crate::api::Api;
use crate::fetch::TOTAL;
use crate::read::number;
use crate::wire::Thin;
use crate::{ORDER, REFUND, error};

const PAGES: &str = "x-wp-totalpages";

/// The poll part.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) api: Arc<Api>,
}

/// Where we are inside a window: `count`, or `page/last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Count,
    Page { page: u32, last: u32 },
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
            _ => Err(Error::new(ErrorKind::Bug, "not a cursor of this connector").with("place", text)),
        }
    }

    fn write(self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Page { page, last } => format!("{page}/{last}"),
        }
    }
}

impl Poll for Changes {
    fn topics(&self) -> &'static [Topic] {
        if self.api.config.poll_refunds { &[ORDER, REFUND] } else { &[ORDER] }
    }

    /// Nothing is published; shops write orders in the background, minutes after the buyer paid.
    fn overlap_seconds(&self) -> u32 {
        600
    }

    fn window_seconds(&self) -> u32 {
        7 * 24 * 3600
    }

    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
        Cursor { topic: topic.to_owned(), from, to, place: Place::Count.write() }
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let page = match Place::read(cursor)? {
            Place::Count => 1,
            Place::Page { page, .. } => page,
        };
        // Both ends are outside of what is answered, so they are moved by a second.
        let second = SignedDuration::from_secs(1);
        let (from, to) = (utc(cursor.from, -second), utc(cursor.to, second));
        let paging = [
            ("dates_are_gmt", "true".to_owned()),
            ("orderby", "id".to_owned()),
            ("order", "asc".to_owned()),
            ("per_page", self.api.config.page_size.to_string()),
            ("page", page.to_string()),
        ];
        let (path, mut query) = match cursor.topic.as_str() {
            ORDER => {
                let window =
                    vec![("modified_after", from), ("modified_before", to), ("status", "any".to_owned())];
                ("orders", window)
            }
            REFUND => ("refunds", vec![("after", from), ("before", to)]),
            other => return Err(Error::new(ErrorKind::Bug, "cursor of another topic").with("topic", other)),
        };
        query.extend(paging);
        self.api.get(path, &query, context)
    }

    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
        let place = Place::read(cursor)?;
        let at = |page: u32, last: u32| {
            Some(Cursor { place: Place::Page { page, last }.write(), ..cursor.clone() })
        };
        match (error::check(reply), place) {
            (Ok(()), _) => {}
            // Rows left the window since they were counted.
            (Err(error), Place::Page { page, last }) if error::is_page_gone(&error) => {
                let next = if page > 1 { at(page.saturating_sub(1), last) } else { None };
                return Ok(Page { next, ..Page::default() });
            }
            (Err(error), _) => return Err(error),
        }
        let body =
            std::str::from_utf8(&reply.body).map_err(|_| Error::malformed("not UTF-8 text").at("$"))?;
        if !body.trim_start_matches('\u{feff}').trim_start().starts_with('[') {
            return Err(Error::malformed("not a list").at("$"));
        }
        let list = rows::rows(body.trim_start_matches('\u{feff}'), "$")?;
        let (total, pages) = (counted(reply, TOTAL)?, counted(reply, PAGES)?);
        if place == Place::Count && list.is_empty() != (total == 0) {
            return Err(
                Error::malformed("the total and the rows of the first page contradict each other").at("$")
            );
        }
        let next = match place {
            // Read again in its turn, from the end.
            Place::Count if pages > 1 => return Ok(Page { next: at(pages, pages), ..Page::default() }),
            Place::Count => None,
            Place::Page { page, last } if page == last && pages > last => at(pages, pages),
            Place::Page { page, last } if page > 1 => at(page.saturating_sub(1), last),
            Place::Page { .. } => None,
        };
        let mut found = Page { next, ..Page::default() };
        for (i, row) in list.into_iter().enumerate() {
            if cursor.topic == ORDER {
                found.captured.push(Captured::new(ORDER, reply.body.slice_ref(row.get().as_bytes())));
            } else {
                let order = order_of(row, i)?;
                // An order with several refunds is fetched once.
                if !found.fetch.contains(&order) {
                    found.fetch.push(order);
                }
            }
        }
        Ok(found)
    }
}

/// The order of a refund: it names its currency, and leads to the refund.
fn order_of(row: &RawValue, at: usize) -> Result<ObjectId> {
    let refund: Thin<'_> = rows::object(row, &format!("$[{at}]"))?;
    Ok(ObjectId::new(ORDER, number(&refund.parent_id, &format!("$[{at}].parent_id"))?))
}

fn counted(reply: &HttpResponse, header: &str) -> Result<u32> {
    let count = reply.headers.get(header).and_then(|text| text.trim().parse().ok());
    count.ok_or_else(|| Error::malformed(format!("a list without the header {header}")).at("$"))
}

/// Whole seconds in UTC without a mark, as the filters want them.
fn utc(at: Timestamp, shift: SignedDuration) -> String {
    let moved = at.saturating_add(shift).unwrap_or(at);
    // Of a fraction the end must not lose its last second.
    let whole = match moved.subsec_nanosecond() {
        0 => moved,
        _ if shift.is_positive() => moved.saturating_add(SignedDuration::from_secs(1)).unwrap_or(moved),
        _ => moved,
    };
    Offset::UTC.to_datetime(whole).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_a_window_are_outside_of_it() {
        let at = |text: &str, seconds: i64| utc(text.parse().unwrap(), SignedDuration::from_secs(seconds));
        assert_eq!(at("2026-11-01T00:00:00Z", -1), "2026-10-31T23:59:59");
        assert_eq!(at("2026-11-01T00:00:00.500Z", -1), "2026-10-31T23:59:59");
        assert_eq!(at("2026-11-01T00:00:00Z", 1), "2026-11-01T00:00:01");
        assert_eq!(at("2026-11-01T00:00:00.500Z", 1), "2026-11-01T00:00:02");
    }
}
