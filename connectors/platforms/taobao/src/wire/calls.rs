//! Replies of the gateway around the objects: errors, lists, the queue of messages; and rows of the RDS tables.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire;

use super::Value;

/// What a reply holds when the call failed.
#[derive(Deserialize)]
pub(crate) struct ErrorReply<'a> {
    #[serde(borrow, default)]
    pub(crate) error_response: Option<ErrorBody<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct ErrorBody<'a> {
    #[serde(borrow, default)]
    pub(crate) code: Value<'a>,
    #[serde(default)]
    pub(crate) msg: Value<'a>,
    #[serde(default)]
    pub(crate) sub_code: Value<'a>,
    #[serde(default)]
    pub(crate) sub_msg: Value<'a>,
    #[serde(default)]
    pub(crate) request_id: Value<'a>,
}

/// A page of either list.
#[derive(Deserialize)]
pub(crate) struct ListReply<'a> {
    #[serde(borrow, default)]
    pub(crate) trades_sold_increment_get_response: Option<List<'a>>,
    #[serde(default)]
    pub(crate) refunds_receive_get_response: Option<List<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct List<'a> {
    #[serde(borrow, default)]
    pub(crate) total_results: Value<'a>,
    #[serde(default)]
    pub(crate) has_next: Value<'a>,
    #[serde(default, deserialize_with = "wire::wrapped")]
    pub(crate) trades: Vec<Row<'a>>,
    #[serde(default, deserialize_with = "wire::wrapped")]
    pub(crate) refunds: Vec<Row<'a>>,
}

/// A thin row: what to fetch.
#[derive(Deserialize)]
pub(crate) struct Row<'a> {
    #[serde(borrow, default)]
    pub(crate) tid: Value<'a>,
    #[serde(default)]
    pub(crate) tid_str: Value<'a>,
    #[serde(default)]
    pub(crate) refund_id: Value<'a>,
}

/// Reply of `taobao.tmc.messages.consume`.
#[derive(Deserialize)]
pub(crate) struct ConsumeReply<'a> {
    #[serde(borrow, default)]
    pub(crate) tmc_messages_consume_response: Option<Consumed<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Consumed<'a> {
    /// Absent when the queue is empty.
    #[serde(borrow, default)]
    pub(crate) messages: Option<&'a RawValue>,
}

/// What of a message decides what becomes of it in the queue.
#[derive(Deserialize)]
pub(crate) struct QueueRow<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Value<'a>,
    #[serde(default)]
    pub(crate) user_id: Value<'a>,
}

/// Reply of `taobao.tmc.messages.confirm`.
#[derive(Deserialize)]
pub(crate) struct ConfirmReply<'a> {
    #[serde(borrow, default)]
    pub(crate) tmc_messages_confirm_response: Option<Confirmed<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Confirmed<'a> {
    #[serde(borrow, default)]
    pub(crate) is_success: Value<'a>,
}

/// A row of `jdp_tb_trade` or `jdp_tb_refund`.
#[derive(Deserialize)]
pub(crate) struct RdsRow<'a> {
    #[serde(borrow, default)]
    pub(crate) tid: Value<'a>,
    #[serde(default)]
    pub(crate) refund_id: Value<'a>,
    #[serde(default)]
    pub(crate) modified: Value<'a>,
    /// When the platform wrote the row.
    #[serde(default)]
    pub(crate) jdp_modified: Value<'a>,
    /// The whole reply of the gateway, as text.
    #[serde(borrow, default)]
    pub(crate) jdp_response: Option<&'a RawValue>,
}
