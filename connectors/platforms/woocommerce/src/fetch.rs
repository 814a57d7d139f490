//! One order, or the refunds of one.

use std::sync::Arc;

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, Headers, HttpRequest, HttpResponse, ObjectId, Result, rows,
    wire as read_json,
};

use crate::api::Api;
use crate::normalize::{CURRENCY_HEADER, ORDER_HEADER};
use crate::read::{is_number, number};
use crate::wire::Thin;
use crate::{ORDER, REFUNDS, error};

/// The header that every list has: how many rows there are.
pub(crate) const TOTAL: &str = "x-wp-total";

/// The fetch part.
#[derive(Debug)]
pub(crate) struct Orders {
    pub(crate) api: Arc<Api>,
}

/// The refunds of an order: `order/currency`, because refunds do not name their currency.
fn refunds(id: &ObjectId) -> Result<(&str, &str)> {
    let (order, currency) = id.id.split_once('/').unwrap_or((&id.id, ""));
    let fits = is_number(order) && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits { Ok((order, currency)) } else { Err(unsupported(id, "refunds are fetched as order/currency")) }
}

fn unsupported(id: &ObjectId, what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, what).with("kind", &id.kind)
}

impl Fetch for Orders {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        match id.kind.as_str() {
            // The id comes from a body, so it must not be able to name another path.
            ORDER if is_number(&id.id) => self.api.get(&format!("orders/{}", id.id), &[], context),
            ORDER => Err(unsupported(id, "an order is fetched by its number")),
            REFUNDS => {
                let (order, _) = refunds(id)?;
                let query = [("per_page", "100".to_owned())];
                self.api.get(&format!("orders/{order}/refunds"), &query, context)
            }
            _ => Err(unsupported(id, "only orders and their refunds are fetched")),
        }
    }

    fn record(&self, id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        error::check(reply)?;
        match id.kind.as_str() {
            ORDER => {
                let body: Thin<'_> = read_json::parse(&reply.body)?;
                if number(&body.id, "$.id")? != id.id {
                    return Err(Error::malformed("another order than was asked for").at("$.id"));
                }
                Ok(Captured::new(ORDER, reply.body.clone()))
            }
            REFUNDS => {
                let (order, currency) = refunds(id)?;
                let body = read_json::utf8(&reply.body)?;
                // A list says how long it is; an empty one that does not is something else's answer.
                let there = reply.headers.get(TOTAL).is_some();
                if !body.trim_start().starts_with('[') || (rows::rows(body, "$")?.is_empty() && !there) {
                    return Err(Error::malformed("not a list of refunds").at("$"));
                }
                let mut headers = Headers::default();
                headers.push(ORDER_HEADER, order);
                headers.push(CURRENCY_HEADER, currency);
                Ok(Captured { headers, ..Captured::new(REFUNDS, reply.body.clone()) })
            }
            _ => Err(unsupported(id, "only orders and their refunds are fetched")),
        }
    }
}
