//! One order or one return by its id.

use std::sync::Arc;

use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, percent,
};

use crate::config::Config;
use crate::{ORDER, RETURN, calls, error};

/// The fetch part.
pub(crate) struct AmazonFetch {
    pub(crate) config: Arc<Config>,
}

/// The documented pace of getOrder, in seconds a call.
const PACE: u64 = 2;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reply<'a> {
    #[serde(borrow)]
    order: Option<Named<'a>>,
    /// Of a return, which comes without a wrapper.
    #[serde(borrow)]
    id: Scalar<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow, rename = "orderId")]
    order_id: Scalar<'a>,
}

impl Fetch for AmazonFetch {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        let own = percent::encode(&id.id);
        match id.kind.as_str() {
            ORDER => {
                let included = self.config.included_data.join(",");
                let path = format!("/orders/2026-01-01/orders/{own}");
                calls::get(&self.config, &path, &[("includedData", &included)], context)
            }
            RETURN => {
                let path = format!("/externalFulfillment/2024-09-11/returns/{own}");
                calls::get(&self.config, &path, &[], context)
            }
            _ => Err(unknown_kind(id)),
        }
    }

    fn record(&self, id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        error::accept(reply, PACE)?;
        let read: Reply<'_> = wire::object(&reply.body)?;
        let found = match id.kind.as_str() {
            ORDER => read.order.as_ref().and_then(|order| order.order_id.text()),
            RETURN => read.id.text(),
            _ => return Err(unknown_kind(id)),
        };
        match found {
            Some(found) if found == id.id => Ok(Captured::new(id.kind.clone(), reply.body.clone())),
            Some(_) => Err(Error::malformed("a reply about another object").at("$")),
            None => Err(Error::malformed(format!("a reply without the {}", id.kind)).at("$")),
        }
    }
}

fn unknown_kind(id: &ObjectId) -> Error {
    Error::new(ErrorKind::Unsupported, "only orders and returns are fetched").with("kind", &id.kind)
}
