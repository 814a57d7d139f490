//! What the platform sends, read leniently: every value may be text, number, bool, `""`, `null` or absent, every
//! list may be wrapped (`orders.order[]`) or plain (`simplify=true`). Fields we have no word for are passed over.

mod calls;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crossdock_connector::wire::{self, Scalar};

pub(crate) use calls::{
    ConfirmReply, ConsumeReply, ErrorBody, ErrorReply, List, ListReply, QueueRow, RdsRow, Row,
};

pub(crate) use crossdock_connector::reading::{Value, text};

/// Reply of `taobao.trade.fullinfo.get`, its `simplify=true` form, and what tells a bare trade.
#[derive(Deserialize)]
pub(crate) struct TradeReply<'a> {
    #[serde(borrow, default)]
    pub(crate) trade_fullinfo_get_response: Option<TradeHolder<'a>>,
    #[serde(default)]
    pub(crate) trade: Option<Trade<'a>>,
    #[serde(default)]
    pub(crate) error_response: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct TradeHolder<'a> {
    #[serde(borrow, default)]
    pub(crate) trade: Option<Trade<'a>>,
}

/// A trade: the order.
#[derive(Deserialize)]
pub(crate) struct Trade<'a> {
    #[serde(borrow, default)]
    pub(crate) tid: Value<'a>,
    #[serde(default)]
    pub(crate) tid_str: Value<'a>,
    #[serde(default)]
    pub(crate) status: Value<'a>,
    #[serde(default, rename = "type")]
    pub(crate) kind: Value<'a>,
    #[serde(default)]
    pub(crate) created: Value<'a>,
    #[serde(default)]
    pub(crate) modified: Value<'a>,
    #[serde(default)]
    pub(crate) pay_time: Value<'a>,
    #[serde(default)]
    pub(crate) consign_time: Value<'a>,
    #[serde(default)]
    pub(crate) end_time: Value<'a>,
    #[serde(default)]
    pub(crate) payment: Value<'a>,
    #[serde(default)]
    pub(crate) total_fee: Value<'a>,
    #[serde(default)]
    pub(crate) discount_fee: Value<'a>,
    #[serde(default)]
    pub(crate) adjust_fee: Value<'a>,
    #[serde(default)]
    pub(crate) post_fee: Value<'a>,
    #[serde(default)]
    pub(crate) received_payment: Value<'a>,
    #[serde(default)]
    pub(crate) platform_subsidy_fee: Value<'a>,
    #[serde(default)]
    pub(crate) step_trade_status: Value<'a>,
    #[serde(default)]
    pub(crate) step_paid_fee: Value<'a>,
    #[serde(default)]
    pub(crate) order_tax_fee: Value<'a>,
    #[serde(default)]
    pub(crate) m_tariff_fee: Value<'a>,
    // In fen, unlike all amounts above.
    #[serde(default)]
    pub(crate) alipay_point: Value<'a>,
    #[serde(default)]
    pub(crate) pcc_af: Value<'a>,
    #[serde(default)]
    pub(crate) tmall_coupon_fee: Value<'a>,
    #[serde(default)]
    pub(crate) coupon_fee: Value<'a>,
    #[serde(default)]
    pub(crate) o2o_voucher_price: Value<'a>,
    #[serde(default)]
    pub(crate) propoint: Value<'a>,
    #[serde(default)]
    pub(crate) alipay_no: Value<'a>,
    #[serde(default)]
    pub(crate) buyer_nick: Value<'a>,
    #[serde(default)]
    pub(crate) buyer_open_uid: Value<'a>,
    #[serde(default)]
    pub(crate) buyer_message: Value<'a>,
    #[serde(default)]
    pub(crate) seller_memo: Value<'a>,
    #[serde(default)]
    pub(crate) seller_flag: Value<'a>,
    #[serde(default)]
    pub(crate) shipping_type: Value<'a>,
    #[serde(default)]
    pub(crate) is_part_consign: Value<'a>,
    #[serde(default)]
    pub(crate) trade_from: Value<'a>,
    #[serde(default)]
    pub(crate) cod_status: Value<'a>,
    #[serde(default)]
    pub(crate) top_hold: Value<'a>,
    #[serde(default)]
    pub(crate) cross_bonded_declare: Value<'a>,
    #[serde(default)]
    pub(crate) post_gate_declare: Value<'a>,
    #[serde(default)]
    pub(crate) lm: Value<'a>,
    #[serde(default)]
    pub(crate) invoice_name: Value<'a>,
    #[serde(default)]
    pub(crate) invoice_type: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_name: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_mobile: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_phone: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_country: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_state: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_city: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_district: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_town: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_address: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_zip: Value<'a>,
    #[serde(default)]
    pub(crate) oaid: Value<'a>,
    #[serde(default, deserialize_with = "wire::wrapped")]
    pub(crate) orders: Vec<SubOrder<'a>>,
    #[serde(default, deserialize_with = "wire::wrapped")]
    pub(crate) service_orders: Vec<ServiceOrder<'a>>,
    #[serde(default, deserialize_with = "wire::wrapped")]
    pub(crate) promotion_details: Vec<Promotion<'a>>,
}

/// A sub-order: a line.
#[derive(Deserialize)]
pub(crate) struct SubOrder<'a> {
    #[serde(borrow, default)]
    pub(crate) oid: Value<'a>,
    #[serde(default)]
    pub(crate) oid_str: Value<'a>,
    #[serde(default)]
    pub(crate) num_iid: Value<'a>,
    #[serde(default)]
    pub(crate) sku_id: Value<'a>,
    #[serde(default)]
    pub(crate) outer_iid: Value<'a>,
    #[serde(default)]
    pub(crate) outer_sku_id: Value<'a>,
    #[serde(default)]
    pub(crate) sku_properties_name: Value<'a>,
    #[serde(default)]
    pub(crate) title: Value<'a>,
    #[serde(default)]
    pub(crate) pic_path: Value<'a>,
    #[serde(default)]
    pub(crate) cid: Value<'a>,
    #[serde(default)]
    pub(crate) price: Value<'a>,
    #[serde(default)]
    pub(crate) num: Value<'a>,
    #[serde(default)]
    pub(crate) total_fee: Value<'a>,
    #[serde(default)]
    pub(crate) discount_fee: Value<'a>,
    #[serde(default)]
    pub(crate) adjust_fee: Value<'a>,
    #[serde(default)]
    pub(crate) divide_order_fee: Value<'a>,
    #[serde(default)]
    pub(crate) part_mjz_discount: Value<'a>,
    #[serde(default)]
    pub(crate) sub_order_tax_fee: Value<'a>,
    #[serde(default)]
    pub(crate) tax_free: Value<'a>,
    #[serde(default)]
    pub(crate) status: Value<'a>,
    #[serde(default)]
    pub(crate) refund_status: Value<'a>,
    #[serde(default)]
    pub(crate) refund_id: Value<'a>,
    #[serde(default)]
    pub(crate) logistics_company: Value<'a>,
    #[serde(default)]
    pub(crate) invoice_no: Value<'a>,
    #[serde(default)]
    pub(crate) consign_time: Value<'a>,
    #[serde(default)]
    pub(crate) store_code: Value<'a>,
    #[serde(default)]
    pub(crate) bind_oids: Value<'a>,
    #[serde(default)]
    pub(crate) gift_mids: Value<'a>,
    #[serde(default)]
    pub(crate) is_free_gift: Value<'a>,
    #[serde(default)]
    pub(crate) is_service_order: Value<'a>,
    #[serde(default)]
    pub(crate) is_oversold: Value<'a>,
    #[serde(default)]
    pub(crate) combo_id: Value<'a>,
    #[serde(default)]
    pub(crate) bundle_id: Value<'a>,
    #[serde(default)]
    pub(crate) item_meal_id: Value<'a>,
    #[serde(default)]
    pub(crate) item_meal_name: Value<'a>,
    #[serde(default)]
    pub(crate) customization: Value<'a>,
    #[serde(default)]
    pub(crate) special_refund_type: Value<'a>,
    #[serde(default)]
    pub(crate) modify_address: Value<'a>,
    #[serde(default)]
    pub(crate) ti_modify_address_time: Value<'a>,
    #[serde(default, deserialize_with = "wire::wrapped")]
    pub(crate) combine_item_info: Vec<Component<'a>>,
}

/// A part of a bundle sold as one sub-order.
#[derive(Deserialize)]
pub(crate) struct Component<'a> {
    #[serde(borrow, default)]
    pub(crate) item_id: Value<'a>,
    #[serde(default)]
    pub(crate) sku_id: Value<'a>,
    #[serde(default)]
    pub(crate) outer_iid: Value<'a>,
    #[serde(default)]
    pub(crate) outer_sku_id: Value<'a>,
    #[serde(default)]
    pub(crate) quantity: Value<'a>,
}

/// A service sold with the goods.
#[derive(Deserialize)]
pub(crate) struct ServiceOrder<'a> {
    #[serde(borrow, default)]
    pub(crate) oid: Value<'a>,
    #[serde(default)]
    pub(crate) item_oid: Value<'a>,
    #[serde(default)]
    pub(crate) service_id: Value<'a>,
    #[serde(default)]
    pub(crate) num: Value<'a>,
    #[serde(default)]
    pub(crate) price: Value<'a>,
    #[serde(default)]
    pub(crate) total_fee: Value<'a>,
    #[serde(default)]
    pub(crate) title: Value<'a>,
}

/// A promotion; `id` is a `tid` for the whole trade or an `oid` for one line.
#[derive(Deserialize)]
pub(crate) struct Promotion<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Value<'a>,
    #[serde(default)]
    pub(crate) promotion_id: Value<'a>,
    #[serde(default)]
    pub(crate) promotion_name: Value<'a>,
    #[serde(default)]
    pub(crate) discount_fee: Value<'a>,
}

/// Reply of `taobao.refund.get` and its `simplify=true` form.
#[derive(Deserialize)]
pub(crate) struct RefundReply<'a> {
    #[serde(borrow, default)]
    pub(crate) refund_get_response: Option<RefundHolder<'a>>,
    #[serde(default)]
    pub(crate) refund: Option<Refund<'a>>,
    #[serde(default)]
    pub(crate) error_response: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct RefundHolder<'a> {
    #[serde(borrow, default)]
    pub(crate) refund: Option<Refund<'a>>,
}

/// A refund, return or exchange of one sub-order.
#[derive(Deserialize)]
pub(crate) struct Refund<'a> {
    #[serde(borrow, default)]
    pub(crate) refund_id: Value<'a>,
    #[serde(default)]
    pub(crate) tid: Value<'a>,
    #[serde(default)]
    pub(crate) oid: Value<'a>,
    #[serde(default)]
    pub(crate) status: Value<'a>,
    #[serde(default)]
    pub(crate) order_status: Value<'a>,
    #[serde(default)]
    pub(crate) good_status: Value<'a>,
    #[serde(default)]
    pub(crate) refund_phase: Value<'a>,
    #[serde(default)]
    pub(crate) refund_version: Value<'a>,
    #[serde(default)]
    pub(crate) dispute_type: Value<'a>,
    #[serde(default)]
    pub(crate) has_good_return: Value<'a>,
    #[serde(default)]
    pub(crate) refund_fee: Value<'a>,
    #[serde(default)]
    pub(crate) num: Value<'a>,
    #[serde(default)]
    pub(crate) reason: Value<'a>,
    #[serde(default)]
    pub(crate) created: Value<'a>,
    #[serde(default)]
    pub(crate) modified: Value<'a>,
    #[serde(default)]
    pub(crate) end_time: Value<'a>,
    #[serde(default)]
    pub(crate) cs_status: Value<'a>,
    #[serde(default)]
    pub(crate) advance_status: Value<'a>,
    #[serde(default)]
    pub(crate) special_refund_type: Value<'a>,
    #[serde(default)]
    pub(crate) sid: Value<'a>,
    #[serde(default)]
    pub(crate) company_name: Value<'a>,
}

/// A TMC message: the decoded headers of a Data frame, as a bridge posts them, or a row of the queue.
#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow, default)]
    pub(crate) topic: Value<'a>,
    /// JSON inside a JSON text.
    #[serde(default)]
    pub(crate) content: Value<'a>,
    /// Whose message it is: the name in a frame, and in a row of the queue.
    #[serde(default)]
    pub(crate) userid: Value<'a>,
    #[serde(default)]
    pub(crate) user_id: Value<'a>,
}

/// `content` of a message: what it is about.
#[derive(Deserialize)]
pub(crate) struct Content<'a> {
    #[serde(borrow, default)]
    pub(crate) tid: Value<'a>,
    #[serde(default)]
    pub(crate) refund_id: Value<'a>,
}

/// A documented bool, whichever way it is written.
pub(crate) fn yes(value: &Value<'_>) -> bool {
    matches!(value.as_ref().and_then(Scalar::text), Some("true" | "1"))
}
