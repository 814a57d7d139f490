//! Raw bytes to observations: chooses by topic, keeps what all mappings share.

use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, Normalize, Normalized, ObjectId, Result, wire as read_json,
};
use crossdock_schemas::{OrderRef, Source};

use crate::carrier::Carriers;
use crate::config::NoteBy;
use crate::privacy::{self, Demand};
use crate::{aftersale, codes, order, parcel, read, wire};

/// Our name of the platform.
pub(crate) const PLATFORM: &str = "shopify";
const CONNECTOR: &str = concat!("shopify@", env!("CARGO_PKG_VERSION"));

/// Topics and what their bodies are.
pub(crate) const TOPICS: &[&str] = &[
    "order",
    "orders/create",
    "orders/paid",
    "orders/updated",
    "orders/edited",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/partially_fulfilled",
    "orders/delete",
    "fulfillments/create",
    "fulfillments/update",
    "refunds/create",
    "app/uninstalled",
    "customers/data_request",
    "customers/redact",
    "shop/redact",
];

/// Reads what one shop sends.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) shop: String,
    pub(crate) note_by: NoteBy,
    pub(crate) carriers: Carriers,
}

/// One capture being read: what the mappings share.
pub(crate) struct Reading<'r> {
    pub(crate) reader: &'r Reader,
    pub(crate) issues: Vec<Issue>,
}

impl Reading<'_> {
    /// Where it was seen, as of a time.
    pub(crate) fn source(&self, as_of: Option<crossdock_schemas::Ts>) -> Source {
        Source {
            platform: PLATFORM.to_owned(),
            shop: self.reader.shop.clone(),
            connector: Some(CONNECTOR.to_owned()),
            revision: as_of.map(crossdock_schemas::Ts::millis_text),
            ..Source::default()
        }
    }

    /// The order that a parcel or an after-sale case belongs to.
    pub(crate) fn order_ref(&self, order_no: &str) -> OrderRef {
        OrderRef {
            platform: PLATFORM.to_owned(),
            shop: self.reader.shop.clone(),
            order_no: order_no.to_owned(),
        }
    }

    /// Looks a word up; one that is not in the table is counted.
    pub(crate) fn word<T>(
        &mut self,
        found: Option<T>,
        word: &str,
        path: impl FnOnce() -> String,
    ) -> Option<T> {
        if found.is_none() {
            self.issues.push(Issue::unmapped(path(), word));
        }
        found
    }
}

impl Normalize for Reader {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut reading = Reading { reader: self, issues: Vec::new() };
        let body: &[u8] = &capture.body;
        let observations = match capture.topic.as_str() {
            "order"
            | "orders/create"
            | "orders/paid"
            | "orders/updated"
            | "orders/cancelled"
            | "orders/fulfilled"
            | "orders/partially_fulfilled" => {
                let body: wire::Order<'_> = read_json::parse(body)?;
                order::observations(&mut reading, &body)?
            }
            "fulfillments/create" | "fulfillments/update" => {
                let body: wire::Fulfillment<'_> = read_json::parse(body)?;
                let order_no = read::text(&body.order_id)
                    .ok_or_else(|| Error::malformed("a fulfilment without its order").at("$.order_id"))?;
                let parcels = parcel::observations(&mut reading, &body, order_no, "$")?;
                if parcels.is_empty() {
                    let failed = read::text(&body.status).and_then(codes::sent) == Some(codes::Sent::Failed);
                    let reason = if failed { "fulfillment_failed" } else { "no_tracking_number" };
                    return Ok(Normalized { issues: reading.issues, ..Normalized::ignored(reason) });
                }
                parcels
            }
            "refunds/create" => {
                let body: wire::Refund<'_> = read_json::parse(body)?;
                let order_no = read::text(&body.order_id)
                    .ok_or_else(|| Error::malformed("a refund without its order").at("$.order_id"))?;
                vec![aftersale::observation(&mut reading, &body, order_no, None, "$")?]
            }
            "orders/edited" => return edited(body),
            "orders/delete" => return nothing(body, "deleted_at_platform"),
            "app/uninstalled" => return privacy::uninstalled(&self.shop, body),
            "customers/data_request" => return privacy::read(&self.shop, Demand::Tell, body),
            "customers/redact" => return privacy::read(&self.shop, Demand::Erase, body),
            "shop/redact" => return privacy::read(&self.shop, Demand::EraseShop, body),
            _ => return Err(Error::new(ErrorKind::Unsupported, "topic is not one this connector reads")),
        };
        Ok(Normalized { observations, issues: reading.issues, fetch: Vec::new(), ignored: None })
    }
}

/// An edit only lists what was added and removed, so the order has to be fetched.
fn edited(body: &[u8]) -> Result<Normalized> {
    let body: wire::Edited<'_> = read_json::parse(body)?;
    let inner = body.order_edit.as_ref().and_then(|edit| read::text(&edit.order_id));
    let order_no = inner
        .or_else(|| read::text(&body.order_id))
        .ok_or_else(|| Error::malformed("an edit without its order").at("$.order_edit.order_id"))?;
    Ok(Normalized::nudge(ObjectId::new("order", order_no)))
}

/// A message that says nothing about an order's state; still it has to be what it claims to be.
fn nothing(body: &[u8], reason: &'static str) -> Result<Normalized> {
    let _: wire::AnyObject = read_json::parse(body)?;
    Ok(Normalized::ignored(reason))
}
