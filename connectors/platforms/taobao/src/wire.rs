//! What the platform sends, read leniently: every value may be text, number, bool, `""`, `null` or absent, every
//! list may be wrapped (`orders.order[]`) or plain (`simplify=true`). Fields we have no word for are passed over.

mod calls;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crossdock_connector::wire;
use crossdock_connector::wire::Scalar;

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

wire! {
    TradeHolder {
        trade: Option<Trade<'a>>,
    }
}

/// A trade: the order.
#[derive(Debug, Deserialize)]
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

wire! {
    /// A sub-order: a line.
    SubOrder {
        oid: Value<'a>,
        oid_str: Value<'a>,
        num_iid: Value<'a>,
        sku_id: Value<'a>,
        outer_iid: Value<'a>,
        outer_sku_id: Value<'a>,
        sku_properties_name: Value<'a>,
        title: Value<'a>,
        pic_path: Value<'a>,
        cid: Value<'a>,
        price: Value<'a>,
        num: Value<'a>,
        total_fee: Value<'a>,
        discount_fee: Value<'a>,
        adjust_fee: Value<'a>,
        divide_order_fee: Value<'a>,
        part_mjz_discount: Value<'a>,
        sub_order_tax_fee: Value<'a>,
        tax_free: Value<'a>,
        status: Value<'a>,
        refund_status: Value<'a>,
        refund_id: Value<'a>,
        logistics_company: Value<'a>,
        invoice_no: Value<'a>,
        consign_time: Value<'a>,
        store_code: Value<'a>,
        bind_oids: Value<'a>,
        gift_mids: Value<'a>,
        is_free_gift: Value<'a>,
        is_service_order: Value<'a>,
        is_oversold: Value<'a>,
        combo_id: Value<'a>,
        bundle_id: Value<'a>,
        item_meal_id: Value<'a>,
        item_meal_name: Value<'a>,
        customization: Value<'a>,
        special_refund_type: Value<'a>,
        modify_address: Value<'a>,
        ti_modify_address_time: Value<'a>,
        #[serde(deserialize_with = "wire::wrapped")]
        combine_item_info: Vec<Component<'a>>,
    }
}

wire! {
    /// A part of a bundle sold as one sub-order.
    Component {
        item_id: Value<'a>,
        sku_id: Value<'a>,
        outer_iid: Value<'a>,
        outer_sku_id: Value<'a>,
        quantity: Value<'a>,
    }
}

wire! {
    /// A service sold with the goods.
    ServiceOrder {
        oid: Value<'a>,
        item_oid: Value<'a>,
        service_id: Value<'a>,
        num: Value<'a>,
        price: Value<'a>,
        total_fee: Value<'a>,
        title: Value<'a>,
    }
}

wire! {
    /// A promotion; `id` is a `tid` for the whole trade or an `oid` for one line.
    Promotion {
        id: Value<'a>,
        promotion_id: Value<'a>,
        promotion_name: Value<'a>,
        discount_fee: Value<'a>,
    }
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

wire! {
    RefundHolder {
        refund: Option<Refund<'a>>,
    }
}

wire! {
    /// A refund, return or exchange of one sub-order.
    Refund {
        refund_id: Value<'a>,
        tid: Value<'a>,
        oid: Value<'a>,
        status: Value<'a>,
        order_status: Value<'a>,
        good_status: Value<'a>,
        refund_phase: Value<'a>,
        refund_version: Value<'a>,
        dispute_type: Value<'a>,
        has_good_return: Value<'a>,
        refund_fee: Value<'a>,
        num: Value<'a>,
        reason: Value<'a>,
        created: Value<'a>,
        modified: Value<'a>,
        end_time: Value<'a>,
        cs_status: Value<'a>,
        advance_status: Value<'a>,
        special_refund_type: Value<'a>,
        sid: Value<'a>,
        company_name: Value<'a>,
    }
}

wire! {
    /// A TMC message: the decoded headers of a Data frame, as a bridge posts them, or a row of the queue.
    Message {
        topic: Value<'a>,
        /// JSON inside a JSON text.
        content: Value<'a>,
        /// Whose message it is: the name in a frame, and in a row of the queue.
        userid: Value<'a>,
        user_id: Value<'a>,
    }
}

wire! {
    /// `content` of a message: what it is about.
    Content {
        tid: Value<'a>,
        refund_id: Value<'a>,
    }
}

/// A documented bool, whichever way it is written.
pub(crate) fn yes(value: &Value<'_>) -> bool {
    matches!(value.as_ref().and_then(Scalar::text), Some("true" | "1"))
}
