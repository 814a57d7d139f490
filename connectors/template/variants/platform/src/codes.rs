//! The tables of Acme's words, read once when the connector is built.

use serde::Deserialize;

use crossdock_connector::Result;
use crossdock_connector::codes::CodeTable;
use crossdock_schemas::{AftersaleStatus, Fulfillment, Lifecycle, PaymentState};

/// What the state of an order means: Acme has one word where we have three axes.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct OrderState {
    pub(super) lifecycle: Lifecycle,
    pub(super) payment: PaymentState,
    pub(super) fulfillment: Fulfillment,
}

/// What an unknown word means: nothing.
pub(super) const UNKNOWN: OrderState = OrderState {
    lifecycle: Lifecycle::Unknown,
    payment: PaymentState::Unknown,
    fulfillment: Fulfillment::Unknown,
};

/// What the state of a refund means.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct RefundState {
    pub(super) status: AftersaleStatus,
}

pub(super) fn order_states() -> Result<CodeTable<OrderState>> {
    CodeTable::read(include_str!("codes.toml"))
}

pub(super) fn refund_states() -> Result<CodeTable<RefundState>> {
    CodeTable::read(include_str!("refund_codes.toml"))
}
