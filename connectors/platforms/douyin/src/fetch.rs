//! One order, or one after-sale case.

use std::sync::Arc;

use serde_json::{Map, Value};

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, wire,
};

use crate::gateway::Gateway;
use crate::wire::{CaseReply, OrderReply};
use crate::{AFTERSALE, ORDER};

/// The fetch part.
#[derive(Debug)]
pub(crate) struct DouyinFetch {
    pub(crate) gateway: Arc<Gateway>,
}

impl Fetch for DouyinFetch {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        let asked = |name: &str| Map::from_iter([(name.to_owned(), Value::from(id.id.as_str()))]);
        match id.kind.as_str() {
            ORDER => self.gateway.call("order.orderDetail", asked("shop_order_id"), context),
            AFTERSALE => self.gateway.call("afterSale.Detail", asked("after_sale_id"), context),
            _ => Err(unknown_kind(id)),
        }
    }

    fn record(&self, id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        self.gateway.accept(reply)?;
        match id.kind.as_str() {
            ORDER => {
                let read: OrderReply<'_> = wire::parse(&reply.body)?;
                if read.data.and_then(|data| data.shop_order_detail).is_none() {
                    let root = "$.data.shop_order_detail";
                    return Err(Error::malformed("a reply without the order").at(root));
                }
                Ok(Captured::new(ORDER, reply.body.clone()))
            }
            AFTERSALE => {
                let read: CaseReply<'_> = wire::parse(&reply.body)?;
                if read.data.and_then(|data| data.process_info).is_none() {
                    return Err(Error::malformed("a reply without the case").at("$.data.process_info"));
                }
                Ok(Captured::new(AFTERSALE, reply.body.clone()))
            }
            _ => Err(unknown_kind(id)),
        }
    }
}

fn unknown_kind(id: &ObjectId) -> Error {
    Error::new(ErrorKind::Unsupported, "only orders and after-sale cases are fetched").with("kind", &id.kind)
}
