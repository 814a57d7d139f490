//! SF Express: [pushes](Pusher) routes until they are acknowledged, and [answers](Desk) route queries.
//!
//! As the fact sheet says: pushes are unsigned, hold at most ten routes in no order, each comes several times, and
//! everything but the ack `return_code` 0000 means that the whole batch comes again. Queries are signed with the
//! check word, and their result is JSON inside a JSON text.

mod desk;
mod push;

use serde::Serialize;

pub use desk::{Counts, Desk, Options, digest};
pub use push::{MOST_ROUTES, Plan, Pushed, Pusher, batches};

/// One scan, with the field names of a push.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Waybill number.
    pub mailno: String,
    /// Place, as text.
    #[serde(rename = "acceptAddress")]
    pub accept_address: String,
    /// Reason in words.
    #[serde(rename = "reasonName")]
    pub reason_name: String,
    /// The shipper's own order number; may be empty.
    pub orderid: String,
    /// When, in China: `2026-11-21 20:00:00`.
    #[serde(rename = "acceptTime")]
    pub accept_time: String,
    /// A sentence in Chinese.
    pub remark: String,
    /// Operation code.
    #[serde(rename = "opCode")]
    pub op_code: String,
    /// Id of the route.
    pub id: String,
    /// Reason code; mostly empty.
    #[serde(rename = "reasonCode")]
    pub reason_code: String,
}
