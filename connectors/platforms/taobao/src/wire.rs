//! What the platform sends, read leniently: every value may be text, number, bool, `""`, `null` or absent, every
//! list may be wrapped (`orders.order[]`) or plain (`simplify=true`). Fields we have no word for are passed over.

mod calls;

use serde_json::value::RawValue;

use crossdock_connector::fields;
use crossdock_connector::wire::{self, Scalar};

pub(crate) use calls::{
    ConfirmReply, ConsumeReply, ErrorBody, ErrorReply, List, ListReply, QueueRow, RdsRow, Row,
};

pub(crate) use crossdock_connector::reading::{Value, text};

fields! { default;
    /// Reply of `taobao.trade.fullinfo.get`, its `simplify=true` form, and what tells a bare trade.
    TradeReply {
        trade_fullinfo_get_response: Option<TradeHolder<'a>>,
        trade: Option<Trade<'a>>,
        error_response: Option<&'a RawValue>,
    }

    TradeHolder {
        trade: Option<Trade<'a>>,
    }

    /// A trade: the order.
    Trade {
        tid: Value<'a>,
        tid_str: Value<'a>,
        status: Value<'a>,
        #[serde(rename = "type")]
        kind: Value<'a>,
        created: Value<'a>,
        modified: Value<'a>,
        pay_time: Value<'a>,
        consign_time: Value<'a>,
        end_time: Value<'a>,
        payment: Value<'a>,
        total_fee: Value<'a>,
        discount_fee: Value<'a>,
        adjust_fee: Value<'a>,
        post_fee: Value<'a>,
        received_payment: Value<'a>,
        platform_subsidy_fee: Value<'a>,
        step_trade_status: Value<'a>,
        step_paid_fee: Value<'a>,
        order_tax_fee: Value<'a>,
        m_tariff_fee: Value<'a>,
        // In fen, unlike all amounts above.
        alipay_point: Value<'a>,
        pcc_af: Value<'a>,
        tmall_coupon_fee: Value<'a>,
        coupon_fee: Value<'a>,
        o2o_voucher_price: Value<'a>,
        propoint: Value<'a>,
        alipay_no: Value<'a>,
        buyer_nick: Value<'a>,
        buyer_open_uid: Value<'a>,
        buyer_message: Value<'a>,
        seller_memo: Value<'a>,
        seller_flag: Value<'a>,
        shipping_type: Value<'a>,
        is_part_consign: Value<'a>,
        trade_from: Value<'a>,
        cod_status: Value<'a>,
        top_hold: Value<'a>,
        cross_bonded_declare: Value<'a>,
        post_gate_declare: Value<'a>,
        lm: Value<'a>,
        invoice_name: Value<'a>,
        invoice_type: Value<'a>,
        receiver_name: Value<'a>,
        receiver_mobile: Value<'a>,
        receiver_phone: Value<'a>,
        receiver_country: Value<'a>,
        receiver_state: Value<'a>,
        receiver_city: Value<'a>,
        receiver_district: Value<'a>,
        receiver_town: Value<'a>,
        receiver_address: Value<'a>,
        receiver_zip: Value<'a>,
        oaid: Value<'a>,
        #[serde(deserialize_with = "wire::wrapped")]
        orders: Vec<SubOrder<'a>>,
        #[serde(deserialize_with = "wire::wrapped")]
        service_orders: Vec<ServiceOrder<'a>>,
        #[serde(deserialize_with = "wire::wrapped")]
        promotion_details: Vec<Promotion<'a>>,
    }

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

    /// A part of a bundle sold as one sub-order.
    Component {
        item_id: Value<'a>,
        sku_id: Value<'a>,
        outer_iid: Value<'a>,
        outer_sku_id: Value<'a>,
        quantity: Value<'a>,
    }

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

    /// A promotion; `id` is a `tid` for the whole trade or an `oid` for one line.
    Promotion {
        id: Value<'a>,
        promotion_id: Value<'a>,
        promotion_name: Value<'a>,
        discount_fee: Value<'a>,
    }

    /// Reply of `taobao.refund.get` and its `simplify=true` form.
    RefundReply {
        refund_get_response: Option<RefundHolder<'a>>,
        refund: Option<Refund<'a>>,
        error_response: Option<&'a RawValue>,
    }

    RefundHolder {
        refund: Option<Refund<'a>>,
    }

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

    /// A TMC message: the decoded headers of a Data frame, as a bridge posts them, or a row of the queue.
    Message {
        topic: Value<'a>,
        /// JSON inside a JSON text.
        content: Value<'a>,
        /// Whose message it is: the name in a frame, and in a row of the queue.
        userid: Value<'a>,
        user_id: Value<'a>,
    }

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
