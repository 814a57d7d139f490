//! One trade or one refund by its id.

use std::sync::Arc;

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, wire,
};

use crate::gateway::{Gateway, accept};
use crate::scrub::scrub;
use crate::wire::{RefundReply, TradeReply};
use crate::{REFUND, TRADE};

/// Everything we map. What is not named is not sent; `oaid` is sent only when `receiver_name`,
/// `receiver_address`, `created`, `receiver_mobile` and `receiver_phone` are named as well.
pub(crate) const TRADE_FIELDS: &str = "tid,tid_str,status,type,created,modified,pay_time,consign_time,end_time,\
payment,total_fee,discount_fee,adjust_fee,post_fee,received_payment,platform_subsidy_fee,\
step_trade_status,step_paid_fee,new_presell,order_tax_fee,m_tariff_fee,\
alipay_point,pcc_af,tmall_coupon_fee,coupon_fee,o2o_voucher_price,propoint,alipay_no,\
seller_nick,buyer_nick,buyer_open_uid,buyer_message,has_buyer_message,seller_memo,seller_flag,\
shipping_type,is_part_consign,trade_from,cod_status,top_hold,cross_bonded_declare,post_gate_declare,lm,\
receiver_name,receiver_mobile,receiver_phone,receiver_country,receiver_state,receiver_city,\
receiver_district,receiver_town,receiver_address,receiver_zip,oaid,\
orders,service_orders,promotion_details";

/// Everything we map of a refund.
pub(crate) const REFUND_FIELDS: &str = "refund_id,tid,oid,status,order_status,good_status,refund_phase,\
refund_version,dispute_type,has_good_return,refund_fee,payment,total_fee,num,num_iid,sku,outer_id,title,price,\
reason,buyer_open_uid,seller_nick,created,modified,end_time,cs_status,advance_status,special_refund_type,\
sid,company_name";

/// The fetch part.
#[derive(Debug)]
pub(crate) struct TaobaoFetch {
    pub(crate) gateway: Arc<Gateway>,
}

impl Fetch for TaobaoFetch {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        match id.kind.as_str() {
            TRADE => {
                let mut own = vec![("fields", TRADE_FIELDS.to_owned()), ("tid", id.id.clone())];
                if let Some(value) = &self.gateway.config().include_oaid {
                    own.push(("include_oaid", value.clone()));
                }
                self.gateway.call("taobao.trade.fullinfo.get", own, context.now)
            }
            REFUND => {
                let own = vec![("fields", REFUND_FIELDS.to_owned()), ("refund_id", id.id.clone())];
                self.gateway.call("taobao.refund.get", own, context.now)
            }
            _ => Err(unknown_kind(id)),
        }
    }

    fn record(&self, id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        accept(reply)?;
        let found = match id.kind.as_str() {
            TRADE => {
                let read: TradeReply<'_> = wire::parse(&reply.body)?;
                read.trade_fullinfo_get_response.is_some_and(|holder| holder.trade.is_some())
                    || read.trade.is_some()
            }
            REFUND => {
                let read: RefundReply<'_> = wire::parse(&reply.body)?;
                read.refund_get_response.is_some_and(|holder| holder.refund.is_some())
                    || read.refund.is_some()
            }
            _ => return Err(unknown_kind(id)),
        };
        if !found {
            return Err(Error::malformed(format!("a reply without a {}", id.kind)).at("$"));
        }
        Ok(match scrub(&reply.body) {
            None => Captured::new(id.kind.clone(), reply.body.clone()),
            Some((body, headers)) => Captured { headers, ..Captured::new(id.kind.clone(), body) },
        })
    }
}

fn unknown_kind(id: &ObjectId) -> Error {
    Error::new(ErrorKind::Unsupported, "only trade and refund are fetched").with("kind", &id.kind)
}
