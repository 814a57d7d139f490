//! One order by its number, or one case by order, number and time of change.
//!
//! The platform's detail of a case has neither its lines nor the time of its last change, without which two states
//! of it cannot be put in order. So a case is fetched from the list of changes, narrowed to its order and to half an
//! hour around the change we were told of. When the list does not have it (not yet, because its index lags; or no
//! longer, because it changed again), the list is kept as it is, and the case comes with the next poll.

use std::sync::Arc;

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, rows, wire,
};

use crate::gateway::Gateway;
use crate::wire::{OrderReply, Refund, RefundListReply, text};
use crate::{ORDER, REFUND};

/// The fetch part.
#[derive(Debug)]
pub(crate) struct PinduoduoFetch {
    pub(crate) gateway: Arc<Gateway>,
}

/// How far before the change we were told of the window begins, in seconds: clocks differ.
const BEFORE: i64 = 300;
/// Longest window the platform answers, in seconds.
const WINDOW: i64 = 1800;

/// A case to fetch.
pub(crate) struct CaseId<'i> {
    order_sn: &'i str,
    id: &'i str,
    seconds: i64,
}

impl<'i> CaseId<'i> {
    /// Written `order/case/seconds`.
    pub(crate) fn write(order_sn: &str, id: &str, seconds: i64) -> ObjectId {
        ObjectId::new(REFUND, format!("{order_sn}/{id}/{seconds}"))
    }

    fn read(object: &'i ObjectId) -> Result<Self> {
        let mut parts = object.id.split('/');
        match (parts.next(), parts.next(), parts.next().and_then(|text| text.parse().ok()), parts.next()) {
            (Some(order_sn), Some(id), Some(seconds), None) => Ok(Self { order_sn, id, seconds }),
            _ => Err(Error::new(ErrorKind::Unsupported, "a case is fetched as order/case/seconds")),
        }
    }
}

impl Fetch for PinduoduoFetch {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        match id.kind.as_str() {
            ORDER => {
                self.gateway.call("pdd.order.information.get", vec![("order_sn", id.id.clone())], context)
            }
            REFUND => {
                let case = CaseId::read(id)?;
                let start = case.seconds.saturating_sub(BEFORE);
                // Never into the future, unless our clock is behind theirs.
                let now = context.now.as_second();
                let end = start.saturating_add(WINDOW);
                let end = if now > start { end.min(now) } else { end };
                let mut own = vec![
                    ("order_sn", case.order_sn.to_owned()),
                    ("start_updated_at", start.to_string()),
                    ("end_updated_at", end.to_string()),
                    ("after_sales_type", "1".to_owned()),
                    ("page", "1".to_owned()),
                    ("page_size", "100".to_owned()),
                ];
                let status = &self.gateway.config().refund_query_status;
                if !status.is_empty() {
                    own.push(("after_sales_status", status.clone()));
                }
                self.gateway.call("pdd.refund.list.increment.get", own, context)
            }
            _ => Err(unknown_kind(id)),
        }
    }

    fn record(&self, id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        self.gateway.accept(reply)?;
        match id.kind.as_str() {
            ORDER => {
                let read: OrderReply<'_> = wire::parse(&reply.body)?;
                if read.order_info_get_response.is_none_or(|holder| holder.order_info.is_none()) {
                    let root = "$.order_info_get_response.order_info";
                    return Err(Error::malformed("a reply without the order").at(root));
                }
                Ok(Captured::new(ORDER, reply.body.clone()))
            }
            REFUND => {
                let case = CaseId::read(id)?;
                let root = "$.refund_increment_get_response";
                let read: RefundListReply<'_> = wire::parse(&reply.body)?;
                let list = read.refund_increment_get_response;
                let list =
                    list.ok_or_else(|| Error::malformed("a reply without the list asked for").at(root))?;
                let found = match list.refund_list {
                    Some(raw) => rows::rows(raw.get(), root)?,
                    None => Vec::new(),
                };
                for raw in found {
                    let row: Refund<'_> = rows::object(raw, root)?;
                    // A gateway that does not know `order_sn` here answers with all rows of the window.
                    if text(&row.id) == Some(case.id) {
                        return Ok(Captured::new(REFUND, raw.get().to_owned()));
                    }
                }
                Ok(Captured::new(REFUND, reply.body.clone()))
            }
            _ => Err(unknown_kind(id)),
        }
    }
}

fn unknown_kind(id: &ObjectId) -> Error {
    Error::new(ErrorKind::Unsupported, "only order and refund are fetched").with("kind", &id.kind)
}
