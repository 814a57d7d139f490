//! Replies of the gateway around the objects: errors, lists, the queue of messages; and rows of the RDS tables.

use serde_json::value::RawValue;

use crossdock_connector::{fields, wire};

use super::Value;

fields! { default;
    /// What a reply holds when the call failed.
    ErrorReply {
        error_response: Option<ErrorBody<'a>>,
    }

    ErrorBody {
        code: Value<'a>,
        msg: Value<'a>,
        sub_code: Value<'a>,
        sub_msg: Value<'a>,
        request_id: Value<'a>,
    }

    /// A page of either list.
    ListReply {
        trades_sold_increment_get_response: Option<List<'a>>,
        refunds_receive_get_response: Option<List<'a>>,
    }

    List {
        total_results: Value<'a>,
        has_next: Value<'a>,
        #[serde(deserialize_with = "wire::wrapped")]
        trades: Vec<Row<'a>>,
        #[serde(deserialize_with = "wire::wrapped")]
        refunds: Vec<Row<'a>>,
    }

    /// A thin row: what to fetch.
    Row {
        tid: Value<'a>,
        tid_str: Value<'a>,
        refund_id: Value<'a>,
    }

    /// Reply of `taobao.tmc.messages.consume`.
    ConsumeReply {
        tmc_messages_consume_response: Option<Consumed<'a>>,
    }

    Consumed {
        /// Absent when the queue is empty.
        messages: Option<&'a RawValue>,
    }

    /// What of a message decides what becomes of it in the queue.
    QueueRow {
        id: Value<'a>,
        user_id: Value<'a>,
    }

    /// Reply of `taobao.tmc.messages.confirm`.
    ConfirmReply {
        tmc_messages_confirm_response: Option<Confirmed<'a>>,
    }

    Confirmed {
        is_success: Value<'a>,
    }

    /// A row of `jdp_tb_trade` or `jdp_tb_refund`.
    RdsRow {
        tid: Value<'a>,
        refund_id: Value<'a>,
        modified: Value<'a>,
        /// When the platform wrote the row.
        jdp_modified: Value<'a>,
        /// The whole reply of the gateway, as text.
        jdp_response: Option<&'a RawValue>,
    }
}
