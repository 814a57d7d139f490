//! What the platform sends, read leniently: every value may be text, number, `""`, `null` or absent, every list a
//! list, one object, `""` or `null`. Fields we have no word for are passed over.

mod order;

use serde_json::value::RawValue;

use crossdock_connector::{fields, wire};

pub(crate) use order::{Delivery, Item, Order, OrderReply, SubWare};

pub(crate) use crossdock_connector::reading::{Value, text};

fields! { default;
    /// What a reply holds when the call failed.
    ErrorReply {
        error_response: Option<ErrorBody<'a>>,
    }

    ErrorBody {
        error_code: Value<'a>,
        error_msg: Value<'a>,
        sub_code: Value<'a>,
        sub_msg: Value<'a>,
        request_id: Value<'a>,
    }

    /// A page of changed orders: thin rows.
    OrderListReply {
        order_sn_increment_get_response: Option<OrderList<'a>>,
    }

    OrderList {
        total_count: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        order_sn_list: Vec<OrderRow<'a>>,
    }

    OrderRow {
        order_sn: Value<'a>,
    }

    /// A page of changed cases: whole rows, kept as they stand.
    RefundListReply {
        refund_increment_get_response: Option<RefundList<'a>>,
    }

    RefundList {
        total_count: Value<'a>,
        refund_list: Option<&'a RawValue>,
    }

    /// What tells the forms of a `refund` capture apart.
    RefundReply {
        refund_increment_get_response: Option<RefundList<'a>>,
        refund_information_get_response: Option<&'a RawValue>,
        error_response: Option<&'a RawValue>,
    }

    /// One case: a row of the list, or the shorter answer of the detail.
    Refund {
        id: Value<'a>,
        order_sn: Value<'a>,
        after_sales_type: Value<'a>,
        after_sales_status: Value<'a>,
        after_sale_reason: Value<'a>,
        after_sales_reason: Value<'a>,
        refund_amount: Value<'a>,
        order_amount: Value<'a>,
        discount_amount: Value<'a>,
        goods_id: Value<'a>,
        goods_name: Value<'a>,
        goods_number: Value<'a>,
        goods_price: Value<'a>,
        sku_id: Value<'a>,
        outer_id: Value<'a>,
        outer_goods_id: Value<'a>,
        out_sku_sn: Value<'a>,
        created_time: Value<'a>,
        recreated_at: Value<'a>,
        updated_time: Value<'a>,
        expire_time: Value<'a>,
        tracking_number: Value<'a>,
        express_no: Value<'a>,
        shipping_name: Value<'a>,
        shipping_status: Value<'a>,
        user_shipping_status: Value<'a>,
        speed_refund_flag: Value<'a>,
        speed_refund_status: Value<'a>,
        dispute_refund_status: Value<'a>,
    }

    /// A text frame of the message channel.
    Frame {
        id: Value<'a>,
        #[serde(rename = "commandType")]
        command: Value<'a>,
        time: Value<'a>,
        #[serde(rename = "sendTime")]
        send_time: Value<'a>,
        message: Option<Message<'a>>,
    }

    Message {
        #[serde(rename = "type")]
        kind: Value<'a>,
        #[serde(rename = "mallID")]
        mall_id: Value<'a>,
        /// JSON inside a text, or the object itself.
        content: Option<&'a RawValue>,
    }

    /// What a message is about. Its money is not read: it has been seen in another unit than the interface's.
    Content {
        mall_id: Value<'a>,
        tid: Value<'a>,
        order_sn: Value<'a>,
        refund_id: Value<'a>,
        modified: Value<'a>,
    }

    /// The field `json` of the relay.
    Relayed {
        #[serde(rename = "Tid")]
        tid: Value<'a>,
    }
}
