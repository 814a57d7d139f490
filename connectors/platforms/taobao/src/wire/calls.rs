//! Replies of the gateway around the objects: errors and lists.

use serde::Deserialize;

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
