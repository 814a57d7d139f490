//! What changed in a window of time, page by page, from the last page to the first.
//!
//! The first call says how many pages there are (`X-WP-TotalPages`).

use std::sync::Arc;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use crossdock_connector::backwards::{self, Place};
use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, ObjectId, Page, Poll, Result,
    Topic, rows, wire,
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
        backwards::start(topic, from, to)
    }

    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest> {
        let page = Place::of(cursor)?.number();
        // Both ends are outside of what is answered, so they are moved by a second.
        let second = SignedDuration::from_secs(1);
        let (from, to) = (utc(cursor.from, -second), utc(backwards::whole_second(cursor.to), second));
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
        let place = Place::of(cursor)?;
        match error::check(reply) {
            Ok(()) => {}
            // Rows left the window since they were counted.
            Err(error) if place != Place::Count && error::is_page_gone(&error) => {
                return Ok(Page { next: place.before().next.map(|next| next.on(cursor)), ..Page::default() });
            }
            Err(error) => return Err(error),
        }
        let body = wire::utf8(&reply.body)?;
        if !body.trim_start().starts_with('[') {
            return Err(Error::malformed("not a list").at("$"));
        }
        let list = rows::rows(body, "$")?;
        place.agrees(counted(reply, TOTAL)?, list.len(), "$")?;
        let turn = place.turn(counted(reply, PAGES)?);
        let mut found = Page { next: turn.next.map(|next| next.on(cursor)), ..Page::default() };
        if !turn.take {
            return Ok(found);
        }
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

fn counted(reply: &HttpResponse, header: &str) -> Result<u64> {
    let count = reply.headers.get(header).and_then(|text| text.trim().parse().ok());
    count.ok_or_else(|| Error::malformed(format!("a list without the header {header}")).at("$"))
}

/// Whole seconds in UTC without a mark, as the filters want them.
fn utc(at: Timestamp, shift: SignedDuration) -> String {
    let moved = at.saturating_add(shift).unwrap_or(at);
    Offset::UTC.to_datetime(moved).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_a_window_are_outside_of_it() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let from = |text: &str| utc(at(text), -SignedDuration::from_secs(1));
        let to = |text: &str| utc(backwards::whole_second(at(text)), SignedDuration::from_secs(1));
        assert_eq!(from("2026-11-01T00:00:00Z"), "2026-10-31T23:59:59");
        assert_eq!(from("2026-11-01T00:00:00.500Z"), "2026-10-31T23:59:59");
        assert_eq!(to("2026-11-01T00:00:00Z"), "2026-11-01T00:00:01");
        assert_eq!(to("2026-11-01T00:00:00.500Z"), "2026-11-01T00:00:02");
    }
}
