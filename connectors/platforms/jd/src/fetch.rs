//! One order or one after-sale case by its number.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, wire,
};

use crate::error::Reader;
use crate::gateway::{Gateway, answer, readable};
use crate::wire::OrderReply;
use crate::{ORDER, SELLER_CASE, SELLER_ORDER};

/// Everything we map. What is not named is not sent.
pub(crate) const FIELDS: &str = "orderId,venderId,orderType,payType,orderTotalPrice,orderSellerPrice,orderPayment,\
freightPrice,sellerDiscount,balanceUsed,taxFee,serviceFee,orderState,orderStateRemark,deliveryType,invoiceEasyInfo,\
orderRemark,venderRemark,orderStartTime,orderEndTime,paymentConfirmTime,modified,outBoundDate,consigneeInfo,itemInfoList,\
couponDetailList,open_id_buyer,xid_buyer,returnOrder,waybill,logisticsId,partialLogisticsInfoModel,parentOrderId,\
directParentOrderId,customs,customsModel,orderSource,storeOrder,idSopShipmenttype,storeId";

/// The fetch part.
pub(crate) struct JdFetch {
    pub(crate) gateway: Arc<Gateway>,
}

impl Fetch for JdFetch {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        let seller = &self.gateway.config.seller;
        match id.kind.as_str() {
            ORDER => {
                let mut own = Map::new();
                own.insert("order_id".to_owned(), Json::from(id.id.as_str()));
                own.insert("optional_fields".to_owned(), Json::from(FIELDS));
                self.gateway.jos("jingdong.pop.order.enGet", own, context)
            }
            SELLER_ORDER => self.gateway.seller(
                "/rest/sp-order/v0/orders",
                Some(("orderId", &id.id)),
                &[("scopeSet", &seller.order_scope), ("venderId", &self.gateway.config.shop)],
                context,
            ),
            SELLER_CASE => self.gateway.seller(
                "/rest/sp-aftercare/v0/afs-orders",
                Some(("afsOrderId", &id.id)),
                &[("scopeSet", &seller.case_scope)],
                context,
            ),
            _ => Err(unknown_kind(id)),
        }
    }

    fn record(&self, id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        let body = readable(reply)?;
        let reader = self.gateway.reader();
        let found = match id.kind.as_str() {
            ORDER => order(reader, body, reply)?,
            SELLER_ORDER | SELLER_CASE => case(reader, body, reply)?,
            _ => return Err(unknown_kind(id)),
        };
        if !found {
            return Err(Error::malformed(format!("a reply without the {}", id.kind)).at("$"));
        }
        Ok(Captured::new(id.kind.clone(), reply.body.clone()))
    }
}

fn order(reader: Reader<'_>, body: &[u8], reply: &HttpResponse) -> Result<bool> {
    let read: Result<OrderReply<'_>> = wire::parse(body);
    if !reply.is_success() {
        return Err(match read.ok().and_then(|read| read.error_response) {
            Some(trouble) => reader.trouble(&trouble),
            None => Error::from_response(reply),
        });
    }
    let read = read?;
    if let Some(trouble) = &read.error_response {
        return Err(reader.trouble(trouble));
    }
    let Some(holder) = read.get else { return Ok(false) };
    let detail = holder.order_detail_info.0;
    reader.said(&holder.code, detail.as_ref().and_then(|detail| detail.api_result.0.as_ref()))?;
    Ok(detail.is_some_and(|detail| detail.order_info.0.is_some_and(|order| order.order_id.is_some())))
}

fn case(reader: Reader<'_>, body: &[u8], reply: &HttpResponse) -> Result<bool> {
    let read = answer(body);
    if !reply.is_success() {
        return Err(match read {
            Ok(read) if !read.error_list.is_empty() => match reader.seller(&read.success, &read.error_list) {
                Err(error) => error,
                Ok(()) => Error::from_response(reply),
            },
            _ => Error::from_response(reply),
        });
    }
    let read = read?;
    if read.data.is_none() && read.success.is_none() && read.error_list.is_empty() {
        return Ok(false);
    }
    reader.seller(&read.success, &read.error_list)?;
    Ok(read.data.is_some_and(|data| data.get().starts_with('{')))
}

fn unknown_kind(id: &ObjectId) -> Error {
    Error::new(ErrorKind::Unsupported, "only orders and after-sale cases are fetched").with("kind", &id.kind)
}
