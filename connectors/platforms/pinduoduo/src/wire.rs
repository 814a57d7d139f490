//! What the platform sends, read leniently: every value may be text, number, `""`, `null` or absent, every list a
//! list, one object, `""` or `null`. Fields we have no word for are passed over.

mod order;

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire;

pub(crate) use order::{Delivery, Item, Order, OrderReply, SubWare};

pub(crate) use crossdock_connector::reading::{Value, text};

/// What a reply holds when the call failed.
#[derive(Deserialize)]
pub(crate) struct ErrorReply<'a> {
    #[serde(borrow, default)]
    pub(crate) error_response: Option<ErrorBody<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct ErrorBody<'a> {
    #[serde(borrow, default)]
    pub(crate) error_code: Value<'a>,
    #[serde(default)]
    pub(crate) error_msg: Value<'a>,
    #[serde(default)]
    pub(crate) sub_code: Value<'a>,
    #[serde(default)]
    pub(crate) sub_msg: Value<'a>,
    #[serde(default)]
    pub(crate) request_id: Value<'a>,
}

/// A page of changed orders: thin rows.
#[derive(Deserialize)]
pub(crate) struct OrderListReply<'a> {
    #[serde(borrow, default)]
    pub(crate) order_sn_increment_get_response: Option<OrderList<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct OrderList<'a> {
    #[serde(borrow, default)]
    pub(crate) total_count: Value<'a>,
    #[serde(borrow, default, deserialize_with = "wire::one_or_many")]
    pub(crate) order_sn_list: Vec<OrderRow<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct OrderRow<'a> {
    #[serde(borrow, default)]
    pub(crate) order_sn: Value<'a>,
}

/// A page of changed cases: whole rows, kept as they stand.
#[derive(Deserialize)]
pub(crate) struct RefundListReply<'a> {
    #[serde(borrow, default)]
    pub(crate) refund_increment_get_response: Option<RefundList<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct RefundList<'a> {
    #[serde(borrow, default)]
    pub(crate) total_count: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) refund_list: Option<&'a RawValue>,
}

/// What tells the forms of a `refund` capture apart.
#[derive(Deserialize)]
pub(crate) struct RefundReply<'a> {
    #[serde(borrow, default)]
    pub(crate) refund_increment_get_response: Option<RefundList<'a>>,
    #[serde(borrow, default)]
    pub(crate) refund_information_get_response: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) error_response: Option<&'a RawValue>,
}

/// One case: a row of the list, or the shorter answer of the detail.
#[derive(Deserialize)]
pub(crate) struct Refund<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Value<'a>,
    #[serde(default)]
    pub(crate) order_sn: Value<'a>,
    #[serde(default)]
    pub(crate) after_sales_type: Value<'a>,
    #[serde(default)]
    pub(crate) after_sales_status: Value<'a>,
    #[serde(default)]
    pub(crate) after_sale_reason: Value<'a>,
    #[serde(default)]
    pub(crate) after_sales_reason: Value<'a>,
    #[serde(default)]
    pub(crate) refund_amount: Value<'a>,
    #[serde(default)]
    pub(crate) order_amount: Value<'a>,
    #[serde(default)]
    pub(crate) discount_amount: Value<'a>,
    #[serde(default)]
    pub(crate) goods_id: Value<'a>,
    #[serde(default)]
    pub(crate) goods_name: Value<'a>,
    #[serde(default)]
    pub(crate) goods_number: Value<'a>,
    #[serde(default)]
    pub(crate) goods_price: Value<'a>,
    #[serde(default)]
    pub(crate) sku_id: Value<'a>,
    #[serde(default)]
    pub(crate) outer_id: Value<'a>,
    #[serde(default)]
    pub(crate) outer_goods_id: Value<'a>,
    #[serde(default)]
    pub(crate) out_sku_sn: Value<'a>,
    #[serde(default)]
    pub(crate) created_time: Value<'a>,
    #[serde(default)]
    pub(crate) recreated_at: Value<'a>,
    #[serde(default)]
    pub(crate) updated_time: Value<'a>,
    #[serde(default)]
    pub(crate) expire_time: Value<'a>,
    #[serde(default)]
    pub(crate) tracking_number: Value<'a>,
    #[serde(default)]
    pub(crate) express_no: Value<'a>,
    #[serde(default)]
    pub(crate) shipping_name: Value<'a>,
    #[serde(default)]
    pub(crate) shipping_status: Value<'a>,
    #[serde(default)]
    pub(crate) user_shipping_status: Value<'a>,
    #[serde(default)]
    pub(crate) speed_refund_flag: Value<'a>,
    #[serde(default)]
    pub(crate) speed_refund_status: Value<'a>,
    #[serde(default)]
    pub(crate) dispute_refund_status: Value<'a>,
}

/// A text frame of the message channel.
#[derive(Deserialize)]
pub(crate) struct Frame<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Value<'a>,
    #[serde(default, rename = "commandType")]
    pub(crate) command: Value<'a>,
    #[serde(default)]
    pub(crate) time: Value<'a>,
    #[serde(default, rename = "sendTime")]
    pub(crate) send_time: Value<'a>,
    #[serde(default)]
    pub(crate) message: Option<Message<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow, default, rename = "type")]
    pub(crate) kind: Value<'a>,
    #[serde(default, rename = "mallID")]
    pub(crate) mall_id: Value<'a>,
    /// JSON inside a text, or the object itself.
    #[serde(borrow, default)]
    pub(crate) content: Option<&'a RawValue>,
}

/// What a message is about. Its money is not read: it has been seen in another unit than the interface's.
#[derive(Deserialize)]
pub(crate) struct Content<'a> {
    #[serde(borrow, default)]
    pub(crate) mall_id: Value<'a>,
    #[serde(default)]
    pub(crate) tid: Value<'a>,
    #[serde(default)]
    pub(crate) order_sn: Value<'a>,
    #[serde(default)]
    pub(crate) refund_id: Value<'a>,
    #[serde(default)]
    pub(crate) modified: Value<'a>,
}

/// The field `json` of the relay.
#[derive(Deserialize)]
pub(crate) struct Relayed<'a> {
    #[serde(borrow, default, rename = "Tid")]
    pub(crate) tid: Value<'a>,
}
